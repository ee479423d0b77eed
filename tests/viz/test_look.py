"""What a glance at a picture must give: which class a module is, and which number belongs to which wire."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from svg import SVG, labels, nodes

import autograd_core as ag
import nn
import viz
from autograd_core.graph import Reading
from autograd_core.modes import module_path
from viz.looks.look import GRADIENT, VALUE
from viz.pictures.captions import value_lines

X = np.ones((2, 3), "float32")


def frames(drawing):
    groups = ET.fromstring(drawing.svg()).iter(f"{SVG}g")
    return [group.findtext(f".//{SVG}text") for group in groups if group.get("class") == "cluster"]


def folded(drawing):
    """The first line of every box that says how many parameters it holds."""
    texts = [[label.text for label in labels(node)] for node in nodes(drawing).values()]
    return [lines[0] for lines in texts if lines and "parameters" in lines[-1]]


def linears(count, cls=nn.Linear):
    rng = np.random.default_rng(0)
    return nn.Sequential(*(cls(3, 3, rng=rng) for _ in range(count)))


def test_a_module_says_its_class_open_and_folded():
    y = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh(), nn.Linear(2, 1, rng=1))(X).sum()
    assert sorted(frames(viz.draw(y))) == ["0: Linear", "1: Tanh", "2: Linear"]
    assert folded(viz.draw(y, depth=0)) == ["0: Linear", "2: Linear"]


def test_a_call_of_several_has_its_number_before_the_class():
    layer = linears(1)
    y = layer(layer(X)).sum()
    assert sorted(frames(viz.draw(y))) == ["0 (call 1 of 2): Linear", "0 (call 2 of 2): Linear"]


def test_frames_drawn_as_one_say_the_class_of_the_innermost():
    assert frames(viz.draw(nn.Sequential(nn.Sequential(nn.Linear(3, 2, rng=0)))(X).sum())) == ["0.0: Linear"]


def test_repeats_say_their_class_if_they_share_it():
    y = linears(4)(X).sum()
    assert frames(viz.draw(y, repeats=True)) == ["0 … 3 × 4: Linear"]
    assert folded(viz.draw(y, depth=0, repeats=True)) == ["0 … 3 × 4: Linear"]

    class Projection(nn.Linear):
        pass

    model = nn.Sequential(*linears(1), Projection(3, 3, rng=0))
    assert frames(viz.draw(model(X).sum(), repeats=True)) == ["0 … 1 × 2"]


def test_paths_that_nobody_gave_a_class_stand_alone():
    with module_path("net"):
        y = ag.tanh(ag.tensor(1.0, requires_grad=True)) * 2
    assert frames(viz.draw(y)) == ["net"]


@pytest.mark.parametrize("value", [3.0, np.ones((4, 5))])
def test_from_top_to_bottom_value_stands_left_of_the_wire_and_gradient_right(value):
    x = ag.tensor(value, requires_grad=True, name="x")
    node = nodes(viz.draw((x * 2).sum(), direction="TB"))["v0.value"]
    corners = [corner.split(",") for corner in node.find(f".//{SVG}polygon").get("points").split()]
    left, right = min(float(x) for x, _ in corners), max(float(x) for x, _ in corners)
    starts = {colour: [float(text.get("x")) for text in node.iter(f"{SVG}text") if text.get("fill") == colour]
              for colour in (VALUE, GRADIENT)}
    assert max(starts[VALUE]) < left
    assert min(starts[GRADIENT]) >= right + 3  # so much room that they do not touch


def test_an_op_with_much_to_say_is_a_rounded_frame():
    with np.errstate(invalid="ignore"):
        drawing = viz.draw(ag.log(ag.tensor([0.5, -0.2], requires_grad=True)).sum())
    node = nodes(drawing)["v1"]
    assert [label.text for label in labels(node)] == ["ln", "× NaN/INF", "first NaN/inf, forward"]
    assert node.find(f".//{SVG}ellipse") is None


def test_the_tabs_of_folded_modules_are_not_cut_off():
    class ProjectionThatIsWiderThanTheLegend(nn.Linear):
        pass

    y = linears(2, ProjectionThatIsWiderThanTheLegend)(ag.tensor(X, requires_grad=True)).sum()
    root = ET.fromstring(viz.draw(y, depth=0, direction="TB").svg())
    shift = float(re.search(r"translate\(([\d.]+) ", next(root.iter(f"{SVG}g")).get("transform"))[1])
    drawn = [group for group in root.iter(f"{SVG}g") if group.get("class") == "node"]
    lefts = [float(corner.split(",")[0]) for group in drawn for shape in group.iter(f"{SVG}polygon")
             for corner in shape.get("points").split()]
    assert min(lefts) + shift > 1


@pytest.mark.parametrize(("array", "line"), [
    (np.array([[1, -1, 1, -1 + 2e-7]], "float32"), "0 ± 1.00"),  # rounding is all that is left of the mean
    (np.array([[1.0, -1.0, 1.0, -1 + 2e-7]]), "5e-8 ± 1.00"),  # in float64 it is not
    (np.array([[2.0**-28] * 4], "float32"), "3.7e-9 ± 0"),
    (np.array([[0, 0, 0, 1]]), "0.25 ± 0.43"),
])
def test_a_mean_that_is_rounding_is_0(array, line):
    assert value_lines(Reading.of(array))[1] == line
