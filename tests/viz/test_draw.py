"""What drawings say of arrays, modules and missing gradients, and that they are the same every time."""

import contextlib
import re
import subprocess
import sys

import numpy as np
import pytest
from svg import edges, labels, nodes, numbers

import autograd_core as ag
import nn
import viz
from autograd_core.modes import module_path
from viz.looks import frames
from viz.pictures.captions import short
from viz.pictures.picture import Kind, picture

PROGRAM = """
import numpy as np, autograd_core as ag, viz
x = ag.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True, name="x")
x2 = x * 1
x2[0] = 0.0
print(viz.draw(ag.sum(x2[np.array([0, 1])] * x2[1:], axis=None)).source)
"""


def texts(drawing):
    return [label.text for node in nodes(drawing).values() for label in labels(node)]


def test_dot_is_the_same_bytes_in_every_run():
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
    assert b" at 0x" not in runs.pop()


def test_arrays_show_shape_dtype_statistics_and_rms():
    rng = np.random.default_rng(0)
    w = ag.tensor(rng.normal(size=(64, 10)).astype("float32"), requires_grad=True, name="w")
    drawing = viz.draw(ag.mean(w * w))
    shown = texts(drawing)
    assert "(64, 10) float32" in shown
    assert any("±" in text for text in shown)
    assert any(text.startswith("rms ") for text in shown)
    assert "gradient rms" in drawing.svg()


def test_short_vectors_are_written_out():
    v = ag.tensor([1.0, 2.5], requires_grad=True)
    assert "[1, 2.50]/[1, 1]" in numbers(viz.draw(ag.sum(v)))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (1, 1), (5,)])
def test_every_shape_draws(shape):
    assert "<svg" in viz.draw(ag.sum(ag.tensor(np.ones(shape), requires_grad=True))).svg()


def test_an_unknown_gradient_is_not_zero():
    v = ag.tensor([1.0, 2.0], requires_grad=True)
    unknown = viz.draw(v * 2)
    assert "?" in texts(unknown)
    assert "no gradient is known" in unknown.svg()
    x = ag.tensor(2.0, requires_grad=True)
    assert "2/0" in numbers(viz.draw(x * 0))
    assert "?" not in texts(viz.draw(x * 0))


def test_a_constant_has_a_value_and_no_gradient():
    assert "3/" in numbers(viz.draw(ag.tensor(2.0, requires_grad=True) * 3))


def test_kinds_differ_in_shape():
    x = ag.tensor(0.1, requires_grad=True, name="x")
    with module_path("layer"):
        y = x * 3 + nn.Parameter(1.0)
    source = viz.draw(ag.exp(y) + x).source
    for shape in ("box tooltip", "cylinder", "plain", "circle", "ellipse", "box style=rounded"):
        assert f"shape={shape}" in source


def test_an_input_of_one_module_alone_is_still_an_input():
    x = ag.tensor(np.ones((1, 2)), requires_grad=True, name="x")
    boxes = picture(ag.graph(nn.Linear(2, 1, rng=0)(x).sum())).boxes
    kinds = {box.text: (box.kind, bool(box.module)) for box in boxes if box.text in ("x", "weight", "bias")}
    assert kinds["x"] == (Kind.INPUT, False)
    assert kinds["weight"][0] is kinds["bias"][0] is Kind.PARAMETER


def test_modules_are_clusters_in_one_another():
    x = ag.tensor(2.0, requires_grad=True, name="x")
    with module_path("net"):
        with module_path("layer1"):
            h = ag.tanh(x)
        with module_path("layer2"):
            y = ag.exp(h)
    drawing = viz.draw(y + x)
    assert drawing.source.count("subgraph cluster_") == 3
    assert drawing.svg().count('class="cluster"') == 3
    inside = drawing.source.split("subgraph cluster_")[1]
    assert "label=net" in inside


def test_options_are_in_the_label():
    x = ag.tensor(np.ones((2, 3)), requires_grad=True)
    shown = texts(viz.draw(ag.sum(ag.max(x, axis=1, keepdims=True)[:, 0])))
    assert "axis=1, keepdims" in shown
    assert "index=(:, 0)" in shown


def test_values_that_are_not_finite_are_flagged():
    x = ag.tensor([1.0, -np.inf, np.nan], requires_grad=True)
    drawing = viz.draw(ag.sum(x))
    assert "[1, -inf, NaN]" in texts(drawing)
    assert 'BORDER="1"' in drawing.source
    large = ag.tensor(np.full(100, np.nan), requires_grad=True)
    assert "has NaN or inf" in texts(viz.draw(ag.sum(large)))


def test_several_outputs_each_have_their_wire():
    x = ag.tensor(2.0, requires_grad=True, name="x")
    y = ag.exp(x)
    assert viz.draw([y, y * 2, x]).source.count("peripheries=2") == 3


def test_gradients_of_several_outputs_are_said_to_be_of_their_sum():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    said = "Gradients are summed over the 2 outputs."
    assert said in viz.draw([x.sum(), x.mean()]).text
    assert said in viz.draw([x.sum(), x.mean()]).source
    assert said in viz.draw([x, x * 2], grad=[np.ones(2), np.ones(2)]).text
    assert "Gradients are" not in viz.draw(x.sum()).text
    assert "Gradients are" not in viz.draw([x, x * 2]).text  # there are none
    total = viz.diff([x.sum(), x.mean()], x.sum()).text
    assert f"before: {said}" in total
    assert "after: " not in total


def test_a_recorded_gradient_draws_too():
    x = ag.tensor(3.0, requires_grad=True, name="x")
    (slope,) = ag.gradients(x**3, x, create_graph=True)
    assert any(pair.startswith("27/") for pair in numbers(viz.draw(slope)))


def test_frames_in_one_another_end_at_a_depth_that_can_be_read():
    x = ag.tensor(2.0, requires_grad=True)
    with contextlib.ExitStack() as modules:
        for _ in range(60):
            modules.enter_context(module_path("m"))
            x = ag.exp(-x)
    drawing = viz.draw(x, max_nodes=2000)
    assert drawing.source.count("subgraph cluster_") == frames.NESTED
    assert drawing.svg().count('class="cluster"') == frames.NESTED


def test_a_frame_that_holds_nothing_but_a_frame_is_drawn_as_one():
    x = ag.tensor(2.0, requires_grad=True)
    with module_path("net"), module_path("encoder"), module_path("layer"):
        y = ag.exp(x)
    assert viz.draw(y).source.count("subgraph cluster_") == 1
    assert 'label="net.encoder.layer"' in viz.draw(y).source


def test_directions_are_two():
    with pytest.raises(viz.FormatError, match='"LR" or "TB"'):
        viz.draw(ag.tensor(2.0, requires_grad=True), direction="RL")


def test_notebooks_get_an_svg():
    drawing = viz.draw(ag.tensor(2.0, requires_grad=True) * 3)
    bundle = drawing._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == drawing.text


def test_numbers_of_half_precision_do_not_overflow():
    text = viz.draw(ag.tensor(np.float16(3), requires_grad=True) * 2).text
    assert "v0 * 2  6  grad 1" in text
    assert [short(x) for x in (np.float16(60000), 9999.999, 9999.99, 12345.6)] == ["60000", "1e4", "9999.99", "1.2e4"]


def test_a_write_says_where_it_went():
    u = ag.tensor(np.zeros((3, 2)), requires_grad=True) * 1
    u[0] = 5.0
    u[:, 1:] = 6.0
    u.T[0] = 7.0
    drawing = viz.draw(u.sum())
    assert all(f"place={place})" in drawing.text for place in ("[0]", "[:, 1:]", ".transpose()"))
    assert "getitem, " not in drawing.text
    assert numbers(drawing)[-3:] == ["5/", "6/", "7/"]  # each on a wire of its own, into the write
    assert sum(source == f"{target}_value.value" for source, target in edges(drawing)) == 3


def test_an_array_that_nobody_kept_is_marked_as_unknown():
    x, target = ag.tensor(np.ones((64, 8)), requires_grad=True, name="x"), np.zeros((64, 8))
    text = viz.draw(ag.relu(x - target).mean()).text
    assert re.search(r"constant v1_b +\(64, 8\) float64  \?\n", text)
    assert re.search(r"v2 = relu\(v1\) +\(64, 8\) float64  1 ± 0 ", text)
