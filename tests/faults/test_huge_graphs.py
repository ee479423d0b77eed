"""Graphs a million ops deep, and with 2**20 paths: built, looked at, differentiated and gone, without recursion."""

import copy
import gc
import weakref

import numpy as np
import pytest

import autograd_core as ag

DEEP = 20_000  # far beyond the recursion limit


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(x, depth, step=lambda y: y + 1.0):
    y = x
    for _ in range(depth):
        y = step(y)
    return y


def test_a_million_ops_deep(no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    y = chain(x, 10**6)
    first = weakref.ref(y.node.edges[0][1])
    y.backward()
    assert (y.item(), x.grad.item()) == (10**6 + 1, 1.0)
    del y
    assert first() is None


@pytest.mark.parametrize("step", [
    lambda y: y * y * 0.5 + 0.5, lambda y: ag.stack([y, y]).mean(), lambda y: y.reshape(1, 1)[0, 0],
    lambda y: -1.0 * -y,
])
def test_deep_graphs_of_other_ops_live_and_die(step, no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    y = chain(x, 5_000, step)
    last = weakref.ref(y.node)
    assert ag.gradients(y, x, retain_graph=True)[0].item() == 1.0
    del y
    assert last() is None


def test_a_chain_of_writes_to_one_tensor(no_collector):
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1.0
    view = y[:1]
    for _ in range(2_000):
        y += 1.0
        y[0] = y[1]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 2.0]
    assert view.tolist() == [2002.0]
    last = weakref.ref(y.node)
    del y, view
    assert last() is None


def test_a_tensor_with_very_many_uses(no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    total = sum((x * float(i) for i in range(DEEP)), start=x * 0.0)
    total.backward()
    assert x.grad.item() == DEEP * (DEEP - 1) / 2


@pytest.mark.parametrize("double", [lambda y: y + y, lambda y: y * y, lambda y: ag.maximum(y, y) + y,
                                    lambda y: ag.concatenate([y, y])[:1] + y])
def test_2_to_the_20_paths(double, no_collector):
    """Twenty doublings: the walk takes a node once, however many paths lead to it."""
    x = ag.tensor([1.0], requires_grad=True)
    y = chain(x, 20, double)
    nodes = ag.graph(y).vertices
    assert len(nodes) <= 81
    (slope,) = ag.gradients(y, x, create_graph=True)
    assert slope.tolist() == [2.0**20]
    if slope.requires_grad:  # it is a product: x**(2**20)
        assert ag.gradients(slope, x)[0].tolist() in ([0.0], [2.0**20 * (2**20 - 1)])
    last = weakref.ref(y.node)
    del y, slope
    assert last() is None


def test_deep_graphs_can_be_printed_copied_and_looked_at(no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    y = chain(x, 4_999)
    assert repr(y) == "tensor(5000., op=add)"
    assert f"{y:.1f}" == "5000.0"
    assert len(ag.graph(y).vertices) == 5_000
    with pytest.raises(ag.GraphError, match="part of a graph"):
        copy.deepcopy(y)
    assert copy.copy(y).item() == y.clone().item() == copy.deepcopy(y.detach()).item() == 5_000


def test_a_deep_second_derivative(no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    y = chain(x, 3_000, lambda y: y * 1.0001)
    (slope,) = ag.gradients(y * y, x, create_graph=True)
    assert ag.gradients(slope, x)[0].item() == pytest.approx(2 * 1.0001**6_000)


def test_failures_in_deep_graphs_leave_them_usable(no_collector):
    x = ag.tensor(1.0, requires_grad=True)
    middle = chain(x, DEEP)
    y = chain(middle, DEEP)
    remove = middle.register_hook(lambda g: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            y.backward()
        assert x.grad is None
    remove()
    y.backward()
    assert x.grad.item() == 1.0


def test_jacobians_of_wide_and_deep():
    f = ag.jacobian(lambda v: chain(v, 500, lambda y: y * 1.0 + 0.0))
    np.testing.assert_array_equal(np.asarray(f(np.ones(5))), np.eye(5))
