"""Curves of training: what they show, and what they refuse."""

import sys

import pytest

import autograd_core as ag
import viz

HISTORY = {
    "train loss": [2.0, 1.0, 0.5], "held-out loss": [2.1, 1.2, 0.9],
    "train accuracy": [0.5, 0.7, 0.9], "held-out accuracy": [0.5, 0.6, 0.8],
}


def test_losses_and_accuracies_have_panels_of_their_own(tmp_path):
    figure = viz.plot_history(HISTORY, tmp_path / "new" / "loss.png", title="costs $5")
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert [list(line.get_ydata()) for line in figure.axes[0].lines] == [[2.0, 1.0, 0.5], [2.1, 1.2, 0.9]]
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "linear"]
    assert (tmp_path / "new" / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_epochs_without_a_number_are_marked(tmp_path):
    figure = viz.plot_history({"loss": [1.0, float("nan"), 0.2]}, tmp_path / "x.svg")
    assert list(figure.axes[0].lines[1].get_xdata()) == [2]
    assert "NaN or inf" in [text.get_text().split(": ")[-1] for text in figure.axes[0].get_legend().get_texts()]


@pytest.mark.parametrize("values", [[float("nan")] * 3, [0.0, -1.0, 2.0], [1.0], [1, 2, 3], [1e-30, 1e30]])
def test_any_numbers_draw(values, tmp_path):
    viz.plot_history({"loss": values}, tmp_path / "x.png")


@pytest.mark.parametrize("name", ["_hidden", "$x", "a$b$", "\\frac", "<b>", ""])
def test_names_are_data(name, tmp_path):
    figure = viz.plot_history({name: [1.0, 2.0]}, tmp_path / "x.svg", title=name)
    assert len(figure.axes[0].get_legend().get_texts()) == 1


def test_no_global_state_is_touched():
    viz.plot_history(HISTORY)
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


BAD = [{}, {"loss": []}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": [[1.0]]}, {"a": ["x"]}, {"a": 1.0}]


@pytest.mark.parametrize("history", BAD)
def test_bad_histories_are_refused(history):
    with pytest.raises(viz.HistoryError, match="plot_history"):
        viz.plot_history(history)


def test_an_unknown_suffix_is_refused(tmp_path):
    with pytest.raises(viz.FormatError, match=r"\.png, \.svg or \.pdf"):
        viz.plot_history(HISTORY, tmp_path / "x.gif")


def test_missing_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ag.MissingExtraError, match=r"autograd-core\[plot\]"):
        viz.plot_history(HISTORY)
