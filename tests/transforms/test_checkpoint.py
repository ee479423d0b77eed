"""checkpoint: the same derivatives, from less memory."""

import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.modes import module_path

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 3))


@pytest.fixture
def parts():
    w = ag.tensor(RNG.standard_normal((3, 3)), requires_grad=True)
    x = ag.tensor(X, requires_grad=True)
    return w, x, w * 2  # the last is used from around, and so is what it was computed from


def function(w, h):
    def f(x, *, scale):
        z = ag.tanh(x @ h + w[0])
        return {"one": z.sum(), "two": [(z * scale).astype("float32"), "label"], "x": x}

    return f


def loss(f, x):
    out = f(x, scale=3.0)
    assert out["two"][1] == "label"
    return out["one"] * (out["two"][0].sum() + 1) + (out["x"] * 0.5).sum()


def test_first_and_second_derivatives_are_the_same(parts):
    w, x, h = parts
    f = function(w, h)

    def derivatives(f):
        first = ag.gradients(loss(f, x), [x, w], retain_graph=True)
        (g,) = ag.gradients(loss(f, x), x, create_graph=True)
        return [*first, *ag.gradients((g * g).sum(), [x, w], retain_graph=True)]

    for a, b in zip(derivatives(f), derivatives(ag.checkpoint(f)), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


def test_gradcheck_finds_nothing():
    w = ag.tensor(RNG.standard_normal((3, 2)), requires_grad=True)
    inner = ag.checkpoint(lambda x, s: (ag.tanh(x @ w) * s, ag.exp(x).sum(axis=1)))
    assert ag.testing.gradcheck(inner, X, 0.3).passed
    assert ag.testing.gradcheck(ag.checkpoint(lambda x: ag.checkpoint(ag.sin)(x) * x), X).passed  # one in another


def test_in_and_around_transforms():
    f = ag.checkpoint(lambda x: ag.tanh(x) * x[0])
    plain = f.__wrapped__
    x, t = np.array([0.5, -1.0]), np.array([1.0, 2.0])
    np.testing.assert_allclose(ag.jacobian(f)(x).numpy(), ag.jacobian(plain)(x).numpy(), rtol=1e-14)
    slopes = [ag.grad(lambda x, g=g: g(x).sum()) for g in (f, plain)]
    for a, b in ((f, plain), slopes):
        np.testing.assert_allclose(ag.jvp(a, (x,), (t,))[1].numpy(), ag.jvp(b, (x,), (t,))[1].numpy(), rtol=1e-14)
    checkpointed_gradient = ag.checkpoint(ag.grad(lambda x: (x**3).sum()))
    np.testing.assert_allclose(ag.jacobian(checkpointed_gradient)(x).numpy(), np.diag(6 * x))


def test_it_keeps_nothing_but_its_inputs(parts):
    w, x, _ = parts
    inside = []

    def f(x):
        y = ag.exp(x @ w)
        inside.extend(map(weakref.ref, (y, y.data, y.node)))
        return (y * y).sum()

    out = ag.checkpoint(f)(x)
    assert all(reference() is None for reference in inside)
    out.backward()
    assert len(inside) == 6
    assert all(reference() is None for reference in inside)


def test_it_runs_once_forward_and_once_for_all_gradients(parts):
    w, x, h = parts
    calls = []
    f = ag.checkpoint(lambda *args, **kwargs: calls.append(1) or function(w, h)(*args, **kwargs))
    loss(f, x).backward()
    assert len(calls) == 2
    assert x.grad is not None
    assert w.grad is not None


def test_what_nobody_differentiates_is_not_recorded():
    calls = []
    f = ag.checkpoint(lambda x: calls.append(ag.is_grad_enabled()) or x * 2)
    assert not f(ag.tensor(1.0)).requires_grad
    with ag.no_grad():
        assert not f(ag.tensor(1.0, requires_grad=True)).requires_grad
    assert calls == [True, False]


def test_it_runs_again_in_its_own_module_and_recording(parts):
    w, x, _ = parts
    modes = []

    def f(x):
        y = x @ w
        modes.append((y.node.path, ag.is_grad_enabled()))
        return y.sum()

    with module_path("net"), module_path("block"):
        y = ag.checkpoint(f)(x)
    assert (y.node.primitive.name, y.node.path) == ("checkpoint", "net.block")
    y.backward()
    assert modes == [("net.block", True)] * 2


def test_a_parameter_made_in_the_first_run_gets_its_gradient():
    made = {}

    def lazy(x):
        if "w" not in made:
            made["w"] = ag.tensor(3.0, requires_grad=True)
        return made["w"] * x

    ag.checkpoint(lazy)(2.0).backward()
    assert made["w"].grad.item() == 2


def test_a_graph_is_used_once(parts):
    _, x, _ = parts
    y = ag.checkpoint(ag.exp)(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * np.exp(X))
    with pytest.raises(ag.GraphError, match="freed"):
        y.backward()


def test_a_function_that_changes_its_mind_is_noticed(parts):
    w, x, _ = parts
    rng = np.random.default_rng(0)
    dropout = ag.checkpoint(lambda x: x * (rng.random(X.shape) < 0.5))
    with pytest.raises(ag.GraphError, match=r"another result when it ran again.*random numbers"):
        dropout(x).sum().backward()
    several = [w, ag.tensor(w.numpy(), requires_grad=True)]
    swapped = ag.checkpoint(lambda x: (x @ several.pop()).sum())
    with pytest.raises(ag.GraphError, match="used other tensors"):
        swapped(x).backward()
    assert x.grad is None


def test_a_parameter_updated_too_early_is_noticed(parts):
    w, x, _ = parts
    for update in (lambda: w.__isub__(0.1), lambda: setattr(w, "data", w.data * 2), lambda: x.__isub__(0.1)):
        y = ag.checkpoint(lambda x: x @ w)(x).sum()
        with ag.no_grad():
            update()
        with pytest.raises(ag.SavedArrayError, match="checkpoint"):
            y.backward()


def test_an_exception_in_the_second_run_changes_nothing(parts):
    w, x, _ = parts
    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 2:
            raise KeyError("second")
        return (x @ w).sum()

    y = ag.checkpoint(f)(x)
    with pytest.raises(KeyError, match="second"):
        y.backward()
    assert x.grad is None
    assert ag.is_grad_enabled()
    y.backward()
    np.testing.assert_allclose(w.grad.numpy(), X.T @ np.ones((2, 3)))


def test_writes_to_one_of_several_outputs_are_recorded(parts):
    _, x, _ = parts
    a, b = ag.checkpoint(lambda x: (x * 2, x * 3))(x)
    a += 1
    (a * b).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 12 * X + 3)
