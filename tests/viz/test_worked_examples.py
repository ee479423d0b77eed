"""The pictures that every course shows, read back from the SVG number by number."""

import re

import pytest
from svg import edges, labels, nodes, numbers, wires

import autograd_core as ag
import viz


def leaf(value, name):
    return ag.tensor(value, requires_grad=True, name=name)


def worked():
    return (leaf(-2.0, "x") + leaf(5.0, "y")) * leaf(-4.0, "z")


def neuron(whole):
    names = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    w0, x0, w1, x1, w2 = (leaf(value, name) for name, value in names.items())
    s = w0 * x0 + w1 * x1 + w2
    return ag.sigmoid(s) if whole else 1 / (1 + ag.exp(-s))


@pytest.mark.parametrize("backward_first", [False, True])
def test_worked_example_shows_every_value_and_gradient(backward_first):
    f = worked()
    if backward_first:
        f.backward()
    assert numbers(viz.draw(f)) == sorted(["-2/-4", "5/-4", "3/-4", "-4/3", "-12/1"])


def test_value_stands_above_its_wire_in_green_and_gradient_below_in_red():
    for wire in wires(viz.draw(worked())):
        assert wire.value.y < wire.line < wire.gradient.y
        red, green, _ = bytes.fromhex(wire.value.colour[1:])
        assert green > red
        red, green, _ = bytes.fromhex(wire.gradient.colour[1:])
        assert red > green


def test_top_to_bottom_has_the_same_numbers():
    assert numbers(viz.draw(worked(), direction="TB")) == numbers(viz.draw(worked()))


def test_neuron_op_by_op():
    leaves = ["2/-0.20", "-1/0.39", "-3/-0.39", "-2/-0.59", "-3/0.20"]
    inner = ["-2/0.20", "6/0.20", "4/0.20", "1/0.20", "-1/-0.20", "0.37/-0.53", "1.37/-0.53", "0.73/1"]
    constants = ["1/", "1/"]
    assert numbers(viz.draw(neuron(whole=False))) == sorted(leaves + inner + constants)


def test_neuron_with_the_sigmoid_as_one_node_has_equal_gradients():
    drawing = viz.draw(neuron(whole=True))
    leaves = ["2/-0.20", "-1/0.39", "-3/-0.39", "-2/-0.59", "-3/0.20"]
    assert numbers(drawing) == sorted([*leaves, "-2/0.20", "6/0.20", "4/0.20", "1/0.20", "0.73/1"])
    assert "σ" in [label.text for node in nodes(drawing).values() for label in labels(node)]


def test_exact_numbers_are_in_the_tooltips():
    assert "value 0.7310585786300049" in viz.draw(neuron(whole=True)).svg()


def test_a_value_used_twice_by_one_op_has_two_wires():
    x = leaf(3.0, "x")
    assert edges(viz.draw(x * x)).count(("v0.value", "v1")) == 2


def test_shared_adds_draw_every_operand():
    x = leaf(1.0, "x")
    for _ in range(17):
        x = x + x
    drawing = viz.draw(x)
    assert len(wires(drawing)) == 18
    operands = [edge for edge in edges(drawing) if edge[0].endswith(".value") and not edge[1].endswith(".out")]
    assert len(operands) == 34


def test_operands_that_cannot_change_places_are_told_apart():
    a, b = leaf(3.0, "a"), leaf(4.0, "b")
    drawing = viz.draw(b - a)
    assert sorted(label.text for label in labels(nodes(drawing)["v2"])) == ["a", "b", "−"]
    assert '"v1.value":wire:e -> v2:p0:w' in drawing.source
    assert '"v0.value":wire:e -> v2:p1:w' in drawing.source


def test_every_entrance_of_a_concatenation_has_its_wire():
    a, b = ag.tensor([1.0], requires_grad=True), ag.tensor([2.0], requires_grad=True)
    drawing = viz.draw(ag.concatenate([a, ag.tensor([5.0]), b]))
    shown = [label.text for label in labels(nodes(drawing)["v2"])]
    assert shown.index("0") < shown.index("2")
    entrances = re.findall(r'PORT="(p\d)"', drawing.source)
    assert sorted(re.findall(r"-> v2:(p\d):w", drawing.source)) == entrances


def test_a_constant_in_front_is_the_first_operand():
    source = viz.draw(1 / leaf(4.0, "x")).source
    assert '"v1_a.value":wire:e -> v1:p0:w' in source
    assert '"v0.value":wire:e -> v1:p1:w' in source
