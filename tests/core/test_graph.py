"""Snapshots of a graph."""


import numpy as np
import pytest

import autograd_core as ag


def leaf(value, name=None):
    return ag.tensor(value, requires_grad=True, name=name)


def numbers(graph):
    return [(v.op or v.name, v.value.elements.item(), v.gradient.elements.item()) for v in graph.vertices]


@pytest.mark.parametrize("after_backward", [False, True])
def test_values_and_gradients_before_and_after_backward(after_backward):
    x, y, z = leaf(-2.0, "x"), leaf(5.0, "y"), leaf(-4.0, "z")
    f = (x + y) * z
    if after_backward:
        f.backward()
    graph = ag.graph(f)
    assert numbers(graph) == [("x", -2, -4), ("y", 5, -4), ("z", -4, 3), ("add", 3, -4), ("multiply", -12, 1)]
    wires = [(w.source, w.target, w.operand) for w in graph.wires]
    assert wires == [(0, 3, "a"), (1, 3, "b"), (3, 4, "a"), (2, 4, "b")]
    assert [v.is_output for v in graph.vertices] == [False] * 4 + [True]
    assert (x.grad is None) is not after_backward


def test_looking_changes_nothing():
    x = leaf(3.0)
    y = ag.exp(x) * x
    first = ag.graph(y)
    assert numbers(first) == numbers(ag.graph(y))
    y.backward()
    assert x.grad.item() == pytest.approx(4 * np.exp(3.0))


def test_a_snapshot_is_immutable():
    x = leaf(3.0)
    graph = ag.graph(x * x)
    with pytest.raises(AttributeError):
        graph.vertices[0].op = "other"
    with pytest.raises(ValueError, match="read-only"):
        graph.vertices[0].value.elements[...] = 7
    with ag.no_grad():
        x += 1
    assert graph.vertices[0].value.elements.item() == 3.0


def test_an_operand_used_twice_has_two_wires_and_constants_are_known():
    x = leaf(3.0)
    graph = ag.graph(x * x + 2)
    assert [(w.source, w.target) for w in graph.wires] == [(0, 1), (0, 1), (1, 2)]
    assert graph.vertices[2].constants["b"].elements.item() == 2


def test_constants_in_a_joined_sequence_are_all_there():
    graph = ag.graph(ag.stack([1.0, leaf(2.0), 3.0]).sum())
    assert {name: c.elements.item() for name, c in graph.vertices[1].constants.items()} == {"x0": 1.0, "x2": 3.0}


def test_options_and_large_arrays():
    x = leaf(np.ones((40, 5)))
    graph = ag.graph(x.sum(axis=1))
    (first, total) = graph.vertices
    assert total.options == {"axis": 1, "keepdims": False, "dtype": None}
    assert (first.value.shape, first.value.elements, first.value.mean, first.value.rms) == ((40, 5), None, 1.0, 1.0)
    assert first.gradient is None  # not a scalar: no gradient is known
    seeded = ag.graph(x.sum(axis=1), grad=np.full(40, 3.0))
    assert seeded.vertices[0].gradient.rms == 3.0


def test_values_that_no_rule_keeps_are_computed_again():
    x = leaf(np.linspace(-1.0, 2.0, 100))
    shifted = x * 3 + 1
    graph = ag.graph(ag.relu(shifted + 1).sum())
    means = {v.op: v.value.mean for v in graph.vertices}
    assert means["multiply"] == pytest.approx((3 * x._data).mean())
    assert [v.value.mean for v in graph.vertices if v.op == "add"] == pytest.approx(
        [shifted._data.mean(), shifted._data.mean() + 1])


def test_what_was_overwritten_or_freed_is_not_known_rather_than_wrong():
    w = leaf(np.ones(100))
    y = ag.square(w) + 1
    with ag.no_grad():
        w += 1
    assert [v.value.mean for v in ag.graph(y).vertices] == [2.0, None, 2.0]
    z = ag.relu(w + 1) + 1
    assert [v.value.mean for v in ag.graph(z).vertices] == [2.0, 3.0, 3.0, 4.0]
    with ag.no_grad():
        w -= 1
    assert [v.value.mean for v in ag.graph(z).vertices] == [1.0, None, 3.0, 4.0]
    z.sum().backward()
    assert [v.value.mean for v in ag.graph(z).vertices] == [1.0, None, None, 4.0]


def test_not_finite_is_noted():
    x = leaf([0.0, 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        graph = ag.graph(ag.log(x).sum())
    assert [v.value.finite for v in graph.vertices] == [True, False, False]
    assert not graph.vertices[0].gradient.finite


def test_a_graph_of_a_second_derivative():
    x = leaf(2.0)
    (slope,) = ag.gradients(x**3, x, create_graph=True)
    assert ag.graph(slope).vertices[0].gradient.elements.item() == 12.0


def test_several_outputs_and_none():
    x = leaf(2.0)
    graph = ag.graph([x * 2, x * 3])
    assert [v.is_output for v in graph.vertices] == [False, True, True]
    assert graph.vertices[0].gradient.elements.item() == 5.0
    with pytest.raises(ag.GraphError, match="graph: this tensor does not require grad"):
        ag.graph(ag.tensor(1.0))
    with pytest.raises(ag.GraphError, match="graph: there are no outputs"):
        ag.graph([])


def test_each_of_several_outputs_has_a_gradient_of_its_own():
    x = leaf(2.0)
    a, b = x * np.ones((2, 3)), x * 5.0
    g = np.arange(6.0).reshape(2, 3)
    for grad in ([g, 1.0], (g, None), [ag.tensor(g), np.array(1.0)]):
        graph = ag.graph([a, b], grad)
        assert [graph.vertices[id].gradient.shape for id in graph.outputs] == [(2, 3), ()]
        assert graph.vertices[0].gradient.elements == g.sum() + 5
    assert ag.graph([a, a], g).vertices[0].gradient.elements == 2 * g.sum()
    assert ag.graph([b, a], [1.0, g]).outputs == (2, 1)
    assert ag.graph([a, b]).vertices[0].gradient is None
    with pytest.raises(ag.ShapeError, match="grad= has 1 for 2 outputs; give one for each"):
        ag.graph([a, b], [g])
    with pytest.raises(ag.ShapeError, match=r"graph: grad= of float64 and shape \(\) for an output of shape \(2, 3\)"):
        ag.graph([a, b], 1.0)


def test_a_deep_graph():
    x = leaf(1.0)
    y = x
    for _ in range(50_000):
        y = y + 1.0
    assert len(ag.graph(y).vertices) == 50_001
