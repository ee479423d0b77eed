"""What ``draw`` can be asked to show: depth, folded modules, repeats, kinds, a focus, a size."""

from __future__ import annotations

import numpy as np
import pytest
from svg import labels, nodes, wires

import autograd_core as ag
import nn
import viz
from autograd_core.modes import module_path
from viz.pictures.fitting import fitted
from viz.pictures.picture import picture


def layers(count=4):
    x = ag.tensor(0.5, requires_grad=True, name="x")
    for i in range(count):
        with module_path(f"layers.{i}"), module_path("inner"):
            x = ag.tanh(x * 2)
    return ag.exp(x)


def texts(drawing):
    return [label.text for node in nodes(drawing).values() for label in labels(node)]


@pytest.mark.parametrize(("options", "shown"), [
    ({"depth": 0}, ["layers.0", "layers.1", "layers.2", "layers.3"]),
    ({"depth": 1}, ["inner"] * 4),
    ({"depth": 2}, []),
    ({"fold": "layers.[12]"}, ["layers.1", "layers.2"]),
    ({"fold": ["layers.3", "layers.0.inner"]}, ["inner", "layers.3"]),
    ({"fold": lambda path: path.endswith("inner")}, ["inner"] * 4),
    ({"depth": 0, "repeats": True}, ["layers.0 … layers.3 × 4"]),
])
def test_folded_modules_are_boxes_with_their_contents(options, shown):
    drawing = viz.draw(layers(), **options)
    written = texts(drawing)
    assert sorted(text for text in written if "layers" in text or text == "inner") == shown
    assert written.count("*, tanh") == len(shown)


def test_repeats_are_shown_once_in_a_frame():
    source = viz.draw(layers(12), repeats=True).source
    assert 'label="layers.0 … layers.11 × 12' in source
    assert source.count("label=tanh") + source.count(">tanh<") == 1
    assert 'label="11×"' in source


def test_counts_stand_on_merged_wires():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    with module_path("cube"):
        y = x * x * x
    assert 'label="3×"' in viz.draw(y, depth=0).source


def test_show_leaves_out_what_is_not_asked_for_and_says_so():
    rng = np.random.default_rng(0)
    w = nn.Parameter(rng.normal(size=(10, 10)))
    loss = ag.sum(w * ag.tensor(np.ones((10, 10)), requires_grad=True, name="x") * 3.0)
    whole = texts(viz.draw(loss))
    assert any("float64" in text for text in whole)
    assert not any("float64" in text for text in texts(viz.draw(loss, show=["values", "gradients"])))
    only_shapes = viz.draw(loss, show="shapes")
    assert not any("±" in text or "rms " in text for text in texts(only_shapes))
    assert "Not drawn: 1 parameter." in only_shapes.svg()
    assert "Not drawn: 1 constant." in only_shapes.svg()
    bare = viz.draw(loss, show=())
    assert not any(name.endswith(".value") for name in nodes(bare))
    assert not wires(bare)


def test_a_focus_shows_its_neighbourhood():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    h = ag.tanh(x)
    h.name = "h"
    y = ag.exp(ag.sin(ag.cos(h)))
    for focus in (h, "h"):
        drawing = viz.draw(y, focus=focus, radius=1)
        assert {"x", "tanh", "cos", "… 1 more"} <= set(texts(drawing))
        assert "exp" not in texts(drawing)
        assert "are more than 1 wires away" in drawing.svg()
    inside = viz.draw(layers(), focus="layers.2", radius=1, depth=0)
    assert [text for text in texts(inside) if text.startswith("layers")] == ["layers.1", "layers.2", "layers.3"]


@pytest.mark.parametrize(("options", "error", "said"), [
    ({"show": ["vaules"]}, viz.FormatError, "'vaules'.*'values'"),
    ({"depth": -1}, ag.OptionError, "depth=-1"),
    ({"max_nodes": 1}, ag.OptionError, "max_nodes=1"),
    ({"radius": -1}, ag.OptionError, "radius=-1"),
    ({"fold": "layer.0"}, ag.SelectionError, "'layer.0'.*'layers.0'"),
    ({"focus": "y"}, ag.SelectionError, "'y'"),
    ({"focus": ag.tensor(1.0, requires_grad=True)}, ag.SelectionError, "not in this graph"),
    ({"focus": ag.tensor(1.0)}, ag.SelectionError, "not in this graph"),
])
def test_what_cannot_be_shown_is_an_error_that_helps(options, error, said):
    with pytest.raises(error, match=said):
        viz.draw(layers(), **options)


def test_a_large_graph_is_folded_to_the_deepest_depth_that_fits_and_says_so():
    rng = np.random.default_rng(0)
    x = ag.tensor(0.5, requires_grad=True, name="x")
    for i in range(6):
        with module_path(f"block{i}"), module_path("inner"):
            for _ in range(rng.integers(10, 20)):
                x = ag.tanh(x)
    drawing = viz.draw(x, max_nodes=8)
    assert drawing.source.count("subgraph") == 6
    assert "are more than max_nodes=8: modules are folded below depth 1." in drawing.svg()
    coarse = viz.draw(x, max_nodes=6)
    assert "all modules are folded, ops are folded in the order of recording." in coarse.svg()
    assert any(text.startswith("block0 … block") for text in texts(coarse))


def test_a_value_with_hundreds_of_users_is_drawn_in_time(tmp_path):
    x = y = ag.tensor(0.5, requires_grad=True, name="x")
    for _ in range(190):
        y = ag.tanh(y) * x
    drawing = viz.draw(y)
    assert drawing.source.count("x (again)") == 190
    assert "<svg" in drawing.svg()


def test_a_page_holds_the_picture(tmp_path):
    page = viz.draw(layers()).save(tmp_path / "x.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg") == page.count("</svg>") == 1


def test_statistics_of_large_intermediates_are_those_of_what_rules_kept():
    x = ag.tensor(np.linspace(-1, 1, 100), requires_grad=True)
    y = ag.exp(x)
    graph = ag.graph((y * y).sum())
    value = graph.vertices[1].value
    assert value.elements is None
    assert value.mean == pytest.approx(y.data.mean())
    z = y * x
    with ag.no_grad():
        y[0] = 100.0
    assert ag.graph(z).vertices[1].value.mean is None


def test_an_operand_that_is_not_drawn_leaves_its_place():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    assert "out = x * …  [2, 4]" in viz.draw(x * 2, show="values").text
    assert "out = … - x" in viz.draw(2 - x, show="values").text
    y = x * 3 * x
    assert "= x * (… 1 more)" in viz.draw(y, focus="x", radius=1).text
    assert "v2 = multiply(… 2 more" in viz.draw(y, focus=y, radius=0).text


def test_a_segment_of_one_is_called_by_its_name():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    y = x
    for _ in range(7):
        y = ag.tanh(y)
    few = [box.text for box in fitted(picture(ag.graph(y)), 8).boxes]
    assert few == ["x", "ops 1–2", "op 3", "op 4", "op 5", "op 6", "op 7", "out"]
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=0))
    drawing = viz.draw(model([[1.0, 1.0]]), max_nodes=4)
    assert "\n2: Linear (linear, 4 parameters)" in drawing.text
