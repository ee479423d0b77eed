"""What all plots have in common: how they are saved, where they draw, and that names are only names."""

import inspect
import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_core as ag
import viz
from viz.plots.canvas import literal

Figure = pytest.importorskip("matplotlib.figure", reason="draws the plots: pip install '.[plot]'").Figure
STEPS = (1e-3, np.nan, 0.0)
PLOTS = {  # by name of the function, a call with names in it
    "plot_activations": lambda *names, **to: viz.plot_activations(dict.fromkeys(names, np.eye(2)), **to),
    "plot_functions": lambda *names, **to: viz.plot_functions(dict.fromkeys(names, ag.relu), **to),
    "plot_gradient_history": lambda *names, **to: viz.plot_gradient_history(dict.fromkeys(names, STEPS), **to),
    "plot_gradients": lambda *names, **to: viz.plot_gradients({**dict.fromkeys(names, np.ones(2)), "z": None}, **to),
    "plot_history": lambda *names, **to: viz.plot_history(dict.fromkeys(names, (2.0, 1.0)), **to),
    "plot_projection": lambda *names, **to: viz.plot_projection(np.eye(len(names) + 2), [*names, "y", "z"], **to),
    "plot_regions": lambda *names, **to: viz.plot_regions(lambda x: x, np.eye(2), [0, 1], **to),
    "plot_updates": lambda *names, **to: viz.plot_updates(dict.fromkeys(names, STEPS), **to),
}
HOSTILE = ["_hidden", "", "$x$ \\frac{1}{2} \\$", "--><script>&\"'</text>",
           "\0\N{RIGHT-TO-LEFT OVERRIDE}a\nb%d{0}", "y" * 10_000]

NAMES = {plot: name for name, plot in PLOTS.items()}

every = pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)


def texts(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text)]


def test_this_list_has_all():
    assert sorted(PLOTS) == [name for name in sorted(viz.__all__) if name.startswith("plot_")]


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_files_are_whole_and_have_no_date(suffix, start, tmp_path):
    path = tmp_path / "new" / "folder" / f"x{suffix.upper()}"
    PLOTS["plot_history"]("layer", path=str(path))
    assert path.read_bytes().startswith(start)
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate", path.read_bytes())
    assert list(path.parent.iterdir()) == [path]  # no drafts are left


@every
def test_the_same_picture_is_the_same_bytes(plot, tmp_path):
    for name in "xy":
        plot("layer", path=tmp_path / f"{name}.svg")
    assert (tmp_path / "x.svg").read_bytes() == (tmp_path / "y.svg").read_bytes()


@every
def test_names_are_data(plot, tmp_path):
    figure = plot(*HOSTILE, path=tmp_path / "x.svg")
    root = ET.parse(tmp_path / "x.svg").getroot()
    assert not [element for element in root.iter() if element.tag.endswith(("script", "}b"))]
    shown = texts(figure)
    assert max(map(len, shown)) < 100
    if plot is not PLOTS["plot_regions"]:  # it has none but classes
        assert not [name for name in HOSTILE if not any(literal(name) in text for text in shown)]
        assert "Oblique" not in (tmp_path / "x.svg").read_text("utf-8")  # as an x of mathematics would be


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_are_data(title, tmp_path):
    figure = PLOTS["plot_history"]("layer", title=title)
    figure.canvas.draw()
    assert figure.get_suptitle().count("\n") == title.count("\n")


@every
def test_it_draws_in_a_part_of_a_figure(plot):
    left, right = Figure(figsize=(12, 5), layout="constrained").subfigures(1, 2)
    assert plot("layer", figure=left, title="on the left") is left
    assert left.get_suptitle() == "on the left"
    assert left.axes
    assert not right.axes


def test_in_a_plain_figure_the_legend_has_room(tmp_path):
    figure = PLOTS["plot_gradients"]("0.weight", figure=Figure(), path=tmp_path / "x.png")
    legend, label = figure.legends[0].get_window_extent(), figure.axes[0].xaxis.label.get_window_extent()
    assert legend.y1 <= label.y0


def test_with_a_part_all_of_the_figure_is_saved(tmp_path):
    for name, part in zip("ab", Figure(layout="constrained").subfigures(1, 2), strict=True):
        viz.plot_history({name: [2.0, 1.0]}, path=tmp_path / "x.svg", figure=part, title=f"title of {name}")
    assert re.findall("<!-- (title of .) -->", (tmp_path / "x.svg").read_text("utf-8")) == ["title of a", "title of b"]


@every
def test_nothing_global_is_touched(plot):
    import matplotlib

    before = dict(matplotlib.rcParams)
    plot("layer")
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_notebooks_show_it():
    formatters = pytest.importorskip("IPython.core.formatters", reason="what notebooks ask for pictures")
    shown, _ = formatters.DisplayFormatter().format(PLOTS["plot_history"]("layer"))
    assert shown["image/png"].startswith(b"\x89PNG")


@every
def test_all_but_data_is_passed_by_name(plot, tmp_path):
    parameters = inspect.signature(getattr(viz, NAMES[plot])).parameters.values()
    named = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    assert named >= {"path", "title", "figure"}
    assert plot("layer", title=3).get_suptitle() == "3"
    with pytest.raises(ag.DTypeError, match=r"^plot_\w+: path is a int; expected a file name"):
        plot("layer", path=3)


@every
def test_on_a_dark_ground_nothing_is_black(plot):
    from matplotlib import style
    from matplotlib.colors import to_rgb
    from matplotlib.text import Text

    with style.context("dark_background"):
        figure = plot("layer")
        drawn = [text for text in figure.findobj(Text) if text.get_text().strip()]
        lines = [line for axes in figure.axes for line in axes.lines if line.get_linestyle() != "None"]
    assert min(max(to_rgb(artist.get_color())) for artist in [*drawn, *lines]) > 0.4


@every
def test_refusals_are_specific_and_come_before_anything_is_written(plot, tmp_path, monkeypatch):
    with pytest.raises(viz.FormatError, match=r"^plot_\w+: .*\.png, \.svg or \.pdf"):
        plot("layer", path=tmp_path / "x.gif")
    with pytest.raises(ag.DTypeError, match=r"^plot_\w+: figure is a Axes; expected a matplotlib Figure or SubFigure"):
        plot("layer", figure=Figure().subplots())
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ag.MissingExtraError, match=r"\.\[plot\]"):
        plot("layer", path=tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []
