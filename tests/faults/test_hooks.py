"""Hooks that write into what they get, keep it, raise, remove themselves or return what does not fit."""

import numpy as np
import pytest

import autograd_core as ag


def leaf(value):
    return ag.tensor(value, requires_grad=True)


def _times_ten(g):
    g *= 10


def _first_to_nine(g):
    g[0] = 9.0


def _by_data(g):
    g.data[...] = 9.0


WRITING = {
    "g *= 10": (_times_ten, [10.0, 10.0]), "g[0] = 9": (_first_to_nine, [9.0, 1.0]), "g.data": (_by_data, [9.0, 9.0]),
    "and returned": (lambda g: g.__imul__(10), [10.0, 10.0]),
}


@pytest.mark.parametrize(("hook", "made"), WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("first", [True, False])
def test_a_hook_that_writes_changes_the_gradient_of_its_own_tensor_only(hook, made, create_graph, first):
    """The sum sends one array to both sides, whichever is visited first."""
    x, seed = leaf([1.0, 2.0]), np.ones(2)
    a, b = x * 2, x * 3
    (a if first else b).register_hook(hook)
    (g,) = ag.gradients(a + b, x, seed, create_graph=create_graph)
    changed, other = (2, 3) if first else (3, 2)
    assert g.tolist() == (changed * np.array(made) + other).tolist()
    assert seed.tolist() == [1.0, 1.0]


def test_a_hook_on_the_output_does_not_reach_the_callers_seed():
    x, seed = leaf([1.0, 2.0]), ag.tensor([1.0, 1.0])
    y = x * 2
    y.register_hook(_times_ten)
    y.backward(seed)
    assert (seed.tolist(), x.grad.tolist()) == ([1.0, 1.0], [20.0, 20.0])


@pytest.mark.parametrize("returned", [lambda g, mine: None, lambda g, mine: g, lambda g, mine: mine])
def test_what_a_hook_keeps_or_gives_is_not_the_memory_of_grad(returned):
    x, kept, mine = leaf([1.0, 2.0]), [], np.array([7.0, 7.0])
    x.register_hook(lambda g: kept.append(g) or returned(g, mine))
    (x * 2).sum().backward()
    assert not np.shares_memory(x.grad.data, kept[0].data)
    assert not np.shares_memory(x.grad.data, mine)


@pytest.mark.parametrize(("hook", "error", "words"), [
    (lambda g: g[:1], ag.ShapeError, r"returned float64 of shape \(1,\) for a gradient of float64 and shape \(2,\)"),
    (lambda g: 5, ag.ShapeError, r"returned int64 of shape \(\).*return None"),
    (lambda g: g.numpy().astype("float32"), ag.ShapeError, "returned float32"),
    (lambda g: np.ones(2, int), ag.ShapeError, "returned int64"), (lambda g: "a", ag.ShapeError, "returned <U1"),
    (lambda g: False, ag.ShapeError, "returned bool"), (lambda g: g * 1j, ag.DTypeError, "complex128"),
    (lambda g: 1 / 0, ZeroDivisionError, "division"),
    (lambda g: g.numpy().__setitem__(0, 1.0), ValueError, "read-only"),
    (lambda g: g[5], ag.SelectionError, "index 5"),
])
@pytest.mark.parametrize("where", ["leaf", "middle", "output"])
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_hook_that_fails_changes_nothing_and_backward_can_be_tried_again(hook, error, words, where, create_graph):
    x = leaf([1.0, 2.0])
    middle = x * x
    out = middle * 3
    remove = {"leaf": x, "middle": middle, "output": out}[where].register_hook(hook)
    with pytest.raises(error, match=words):
        out.backward(np.ones(2), create_graph=create_graph)
    assert x.grad is None
    assert ag.is_grad_enabled()
    remove()
    out.backward(np.ones(2))
    assert x.grad.tolist() == [6.0, 12.0]


@pytest.mark.parametrize("hook", [3, None, "print", [print]])
def test_what_cannot_be_called_is_no_hook(hook):
    x = leaf(1.0)
    with pytest.raises(ag.DTypeError, match="register_hook: expected a function of the gradient, got a"):
        x.register_hook(hook)
    (x * 2).backward()
    assert x.grad.item() == 2.0


def test_hooks_may_remove_and_add_hooks_while_they_run():
    """Those that were there when the gradient arrived run, once each."""
    x, seen = leaf(2.0), []
    y = x * 3

    def once(g):
        seen.append("once")
        remove()
        y.register_hook(lambda g: seen.append("late"))

    remove = y.register_hook(once)
    y.register_hook(lambda g: g * 5)
    y.backward(retain_graph=True)
    assert (seen, x.grad.item()) == (["once"], 15.0)
    y.backward()
    assert (seen, x.grad.item()) == (["once", "late"], 30.0)


def test_a_hook_may_run_a_backward_of_its_own():
    x, z = leaf(2.0), leaf(3.0)

    def inner(_):
        with ag.enable_grad():
            (z * z).backward()

    y = x * z
    y.register_hook(inner)
    y.backward()
    assert (x.grad.item(), z.grad.item()) == (3.0, 6.0 + 2.0)


def test_hooks_run_in_the_order_of_registration_and_see_what_the_last_one_made():
    x, seen = leaf([1.0, 2.0]), []
    y = x * 1
    for _ in range(3):
        y.register_hook(lambda g: seen.append(g.tolist()))
        y.register_hook(_times_ten)
    y.sum().backward()
    assert seen == [[1.0, 1.0], [10.0, 10.0], [100.0, 100.0]]
    assert x.grad.tolist() == [1000.0, 1000.0]


def test_a_retained_gradient_is_what_the_hooks_made():
    x = leaf([1.0, 2.0])
    y = x * 3
    y.retain_grad()
    y.register_hook(_times_ten)
    y.sum().backward()
    assert (y.grad.tolist(), x.grad.tolist()) == ([10.0, 10.0], [30.0, 30.0])
    assert not np.shares_memory(y.grad.data, x.grad.data)
