"""backward() and gradients(): seeds, accumulation, hooks, freed graphs, failures half way."""

import numpy as np
import pytest

import autograd_core as ag


def leaf(value, **options):
    return ag.tensor(value, requires_grad=True, **options)


def test_the_worked_example():
    x, y, z = leaf(-2.0), leaf(5.0), leaf(-4.0)
    q = x + y
    f = q * z
    assert (q.item(), f.item()) == (3.0, -12.0)
    f.backward()
    assert [t.grad.item() for t in (x, y, z)] == [-4.0, -4.0, 3.0]


@pytest.mark.parametrize("fused", [False, True])
def test_the_sigmoid_neuron(fused):
    w0, x0, w1, x1, w2 = (leaf(v) for v in (2.0, -1.0, -3.0, -2.0, -3.0))
    s = w0 * x0 + w1 * x1 + w2
    out = ag.sigmoid(s) if fused else 1 / (1 + ag.exp(-s))
    out.backward()
    sigma = 1 / (1 + np.exp(-1.0))
    slope = sigma * (1 - sigma)
    assert out.item() == pytest.approx(sigma, abs=1e-12)
    expected = [-1 * slope, 2 * slope, -2 * slope, -3 * slope, slope]
    np.testing.assert_allclose([t.grad.item() for t in (w0, x0, w1, x1, w2)], expected, rtol=0, atol=1e-12)
    assert [round(e, 2) for e in expected] == [-0.20, 0.39, -0.39, -0.59, 0.20]


def test_gradients_accumulate_until_forgotten():
    x = leaf([1.0, 2.0])
    (x * x).sum().backward()
    (x * 3).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [5.0, 7.0])
    x.zero_grad()
    assert x.grad is None


def test_a_leaf_alone_and_an_output_used_as_input():
    x = leaf(3.0)
    x.backward()
    assert x.grad.item() == 1.0
    y = x * 2
    assert [g.item() for g in ag.gradients(y * y, [y, x])] == [12.0, 24.0]
    assert ag.gradients(y, y)[0].item() == 1.0


def test_seeds():
    x = leaf(np.ones((2, 3)))
    y = x * 2
    y.backward(np.arange(6).reshape(2, 3), retain_graph=True)
    np.testing.assert_array_equal(x.grad.numpy(), 2.0 * np.arange(6).reshape(2, 3))
    with pytest.raises(ag.ShapeError, match=r"shape \(2, 3\) has no single derivative.*\.sum\(\)"):
        y.backward(retain_graph=True)
    with pytest.raises(ag.ShapeError, match=r"seed of float64 and shape \(3,\) for an output of shape \(2, 3\)"):
        y.backward(np.ones(3))
    with pytest.raises(ag.DTypeError, match="the seed is a ndarray of dtype <U1"):
        y.backward(np.full((2, 3), "a"))
    y.backward(ag.tensor(np.ones((2, 3)), dtype="float32"))
    assert x.grad.dtype == np.float64


def test_several_outputs():
    x = leaf(2.0)
    a, b = x * x, x * 3
    assert ag.gradients([a, b], x, [1.0, 10.0])[0].item() == 34.0
    a, b = x * x, x * 3
    assert ag.gradients([a, a, b], x)[0].item() == 11.0
    with pytest.raises(ag.ShapeError, match="1 grad_outputs for 2 outputs"):
        ag.gradients([a, b], x, [1.0])


def test_unused_inputs():
    x, z = leaf(2.0), leaf(1.0)
    y = x * x
    with pytest.raises(ag.GraphError, match=r"no output depends on inputs \[1\].*allow_unused"):
        ag.gradients(y, [x, z], retain_graph=True)
    g, none = ag.gradients(y, [x, z], allow_unused=True)
    assert (g.item(), none) == (4.0, None)


def test_what_does_not_require_grad():
    c = ag.tensor(1.0)
    with pytest.raises(ag.GraphError, match=r"backward: this tensor does not require grad.*requires_grad=True"):
        (c * 2).backward()
    with pytest.raises(ag.GraphError, match=r"inputs\[0\]"):
        ag.gradients(leaf(1.0) * 2, c)
    with pytest.raises(ag.GraphError, match="expected a Tensor, got a float"):
        ag.gradients(leaf(1.0) * 2, [1.0])


@pytest.mark.parametrize("program", [lambda x: x + 1, lambda x: ag.exp(x), lambda x: x * x])
def test_a_second_backward_needs_retain_graph(program):
    x = leaf(1.0)
    y = program(x)
    y.backward(retain_graph=True)
    y.backward()
    before = x.grad.item()
    with pytest.raises(ag.GraphError, match="retain_graph=True"):
        y.backward()
    assert x.grad.item() == before


def test_a_freed_part_is_an_error_only_where_it_is_needed():
    x = leaf(2.0)
    q = x * x
    q.backward()
    f = q * 3
    assert ag.gradients(f, q, retain_graph=True)[0].item() == 3.0
    with pytest.raises(ag.GraphError, match="freed"):
        f.backward()


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_exception_half_way_changes_nothing_and_backward_can_be_tried_again(error):
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    (w * 1.0).sum().backward()
    loss = (ag.exp(x * w) * w).sum()

    def fail(_):
        raise error

    remove = x.register_hook(fail)
    with pytest.raises(error):
        loss.backward()
    assert x.grad is None
    np.testing.assert_array_equal(w.grad.numpy(), [1.0, 1.0])
    remove()
    loss.backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp([3.0, 8.0]) * np.array([9.0, 16.0]))


def test_hooks_see_and_change_the_complete_gradient():
    x = leaf([1.0, 2.0])
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.numpy().copy()))
    remove = y.register_hook(lambda g: g * 10)
    (y + y * y).sum().backward(retain_graph=True)
    np.testing.assert_array_equal(seen[0], [5.0, 9.0])
    np.testing.assert_array_equal(x.grad.numpy(), [100.0, 180.0])
    remove()
    remove()
    x.zero_grad()
    (y + y * y).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [10.0, 18.0])


def test_a_hook_must_keep_shape_and_dtype():
    x = leaf([1.0, 2.0])
    x.register_hook(lambda g: g.sum())
    with pytest.raises(ag.ShapeError, match=r"returned float64 of shape \(\) for a gradient of float64 and shape"):
        (x * 2).sum().backward()
    with pytest.raises(ag.GraphError, match="does not require grad"):
        ag.tensor(1.0).register_hook(print)


def test_hooks_can_be_differentiated_through():
    x = leaf(3.0)
    x.register_hook(lambda g: g * g)
    (g,) = ag.gradients(x * x, x, create_graph=True)
    assert g.item() == 36.0
    x.node.hooks.clear()
    assert ag.gradients(g, x)[0].item() == 24.0


def test_retain_grad():
    x = leaf(2.0)
    q = x * 3
    q.retain_grad()
    q.retain_grad()
    (q * q).backward()
    assert q.grad.item() == 12.0
    assert (x * 3).grad is None


def test_higher_orders():
    x = leaf(0.7)
    y = ag.sin(x)
    values = [y.item()]
    for _ in range(6):
        (y,) = ag.gradients(y, x, create_graph=True)
        values.append(y.item())
    s, c = np.sin(0.7), np.cos(0.7)
    np.testing.assert_allclose(values, [s, c, -s, -c, s, c, -s], atol=1e-12)


def test_backward_with_create_graph_leaves_a_differentiable_grad():
    x = leaf(2.0)
    (x**3).backward(create_graph=True)
    g = x.grad
    x.zero_grad()
    g.backward()
    assert (g.item(), x.grad.item()) == (12.0, 12.0)
    x.zero_grad()


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_share_no_memory(create_graph):
    x, y, z = leaf([1.0, 2.0]), leaf([3.0, 4.0]), leaf(np.ones((2, 1)))
    seed = np.ones((2, 2))
    out = x + y + z
    gx, gy, gz = ag.gradients(out, [x, y, z], seed, create_graph=create_graph)
    grads = [g._data for g in (gx, gy, gz)]
    for i, a in enumerate(grads):
        assert a.flags.writeable
        assert not any(np.shares_memory(a, b) for b in (*grads[:i], seed, x._data, y._data, out._data))


def test_accumulating_does_not_touch_a_gradient_that_was_handed_out():
    x = leaf([1.0, 2.0])
    (x * 2).sum().backward()
    first = x.grad
    (x * 2).sum().backward()
    np.testing.assert_array_equal(first.numpy(), [2.0, 2.0])
    np.testing.assert_array_equal(x.grad.numpy(), [4.0, 4.0])


def test_a_float32_leaf_in_float64_company_gets_a_float32_gradient():
    x, w = leaf([1.0, 2.0], dtype="float32"), leaf([[3.0], [4.0]])
    ((x @ w) * x[0]).sum().backward()
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)
    (g,) = ag.gradients((x @ w).sum() * x[0], x, create_graph=True)
    assert g.dtype == np.float32


def test_many_uses_of_one_tensor_add_up_in_place_without_harm():
    x = leaf(np.arange(3.0))
    y = x * 1.0
    total = sum((y * float(i) for i in range(5)), start=y)
    total.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.full(3, 11.0))
