"""vjp, jvp and hvp: each other's transposes, and right in themselves."""

import numpy as np
import pytest

import autograd_core as ag

RNG = np.random.default_rng(0)
A = RNG.standard_normal((4, 3))
W = RNG.standard_normal((3, 3))


def smooth(x, s):
    h = ag.tanh(x @ W)
    return {"sum": (h * s).sum(axis=0), "both": [ag.exp(h[0] * 0.1), h.max() * s]}


def dot(a, b):
    return sum(float((np.asarray(x) * np.asarray(y)).sum()) for x, y in zip(a, b, strict=True))


def test_jvp_and_vjp_are_transposes():
    x, s, dx, ds = A, 0.7, RNG.standard_normal(A.shape), 1.3
    outputs, pullback = ag.vjp(smooth, x, s)
    v = {"sum": RNG.standard_normal(3), "both": [RNG.standard_normal(3), 0.4]}
    again, slopes = ag.jvp(smooth, (x, s), (dx, ds))
    gx, gs = pullback(v)
    forward = dot([v["sum"], *v["both"]], [slopes["sum"], *slopes["both"]])
    assert forward == pytest.approx(dot([gx, gs], [dx, ds]), rel=1e-12)
    np.testing.assert_array_equal(outputs["sum"].numpy(), again["sum"].numpy())


def test_both_are_linear():
    _, pullback = ag.vjp(lambda x: ag.sin(x) * x, A)
    u, v = RNG.standard_normal((2, 4, 3))
    (a,), (b,), (c,) = pullback(u), pullback(v), pullback(2 * u - 3 * v)
    np.testing.assert_allclose(c.numpy(), (2 * a - 3 * b).numpy(), atol=1e-13)
    slopes = [ag.jvp(lambda x: ag.sin(x) * x, (A,), (t,))[1].numpy() for t in (u, v, 2 * u - 3 * v)]
    np.testing.assert_allclose(slopes[2], 2 * slopes[0] - 3 * slopes[1], atol=1e-13)


def test_jvp_is_the_directional_derivative():
    y, slope = ag.jvp(lambda x: ag.exp(x).sum(), (np.array([0.0, 1.0]),), (np.array([1.0, 2.0]),))
    assert (y.item(), slope.item()) == (pytest.approx(1 + np.e), pytest.approx(1 + 2 * np.e))


def test_jvp_where_the_function_is_singular_for_another_element():
    # sqrt'(0) is infinite; the regular element must not be drawn in.
    _, slope = ag.jvp(lambda x: np.where(x > 0, np.sqrt(x), 0.0), (np.array([0.0, 4.0]),), (np.array([1.0, 1.0]),))
    np.testing.assert_array_equal(slope.numpy(), [0.0, 0.25])


def test_outputs_that_do_not_vary():
    (a, b, c), (da, db, dc) = ag.jvp(lambda x: (x * 2, 5, np.array([1.0, 2.0])), (1.0,), (1.0,))
    assert (a.item(), da.item(), b.item(), db) == (2, 2, 5, None)
    np.testing.assert_array_equal(c.numpy(), [1, 2])
    np.testing.assert_array_equal(dc.numpy(), [0, 0])
    (_, n), pullback = ag.vjp(lambda x, k: (x * k, k), 2.0, 3)
    assert n.item() == 3
    gx, gk = pullback((1.0, None))
    assert (gx.item(), gk) == (3, None)


def test_float32_tangents_and_cotangents_are_cast():
    x = np.ones(3, np.float32)
    _, slope = ag.jvp(lambda x: x * x, (x,), (np.ones(3),))
    _, pullback = ag.vjp(lambda x: x * x, x)
    assert slope.dtype == pullback(np.array([1, 2, 3]))[0].dtype == np.float32


def test_hvp_is_the_hessian_times_a_vector():
    def f(p):
        return (ag.tanh(p["w"] @ A.T) ** 2).sum() + p["b"] ** 3

    p, t = {"w": W, "b": 2.0, "n": 3}, {"w": RNG.standard_normal((3, 3)), "b": 0.5, "n": None}
    (found,) = ag.hvp(f, (p,), (t,))
    hessian = ag.hessian(f)(p)
    full = hessian["w"]["w"].numpy().reshape(9, 9)
    np.testing.assert_allclose(found["w"].numpy().ravel(), full @ t["w"].ravel(), rtol=1e-12)
    assert found["b"].item() == pytest.approx(6 * 2.0 * 0.5)
    assert found["n"] is None
    assert hessian["n"] is None
    # forward over reverse says the same
    _, other = ag.jvp(ag.grad(f), (p,), (t,))
    np.testing.assert_allclose(other["w"].numpy(), found["w"].numpy(), rtol=1e-12)


def test_products_can_be_differentiated():
    # d/dx of the slope of x³ along t: 6 x t
    assert ag.grad(lambda x: ag.jvp(lambda x: x**3, (x,), (2.0,))[1])(5.0).item() == 60
    assert ag.grad(lambda t: ag.jvp(lambda x: x**3, (2.0,), (t,))[1])(5.0).item() == 12
    assert ag.grad(lambda x: ag.vjp(lambda x: x**3, x)[1](2.0)[0])(5.0).item() == 60
    assert ag.grad(lambda x: ag.hvp(lambda x: x**4, (x,), (1.0,))[0])(2.0).item() == 48
    _, pullback = ag.vjp(lambda x: x**3, 2.0)
    assert ag.grad(lambda v: pullback(v)[0] * v)(5.0).item() == 120  # 12 v²
    third = ag.jvp(lambda x: ag.jvp(lambda x: ag.jvp(ag.exp, (x,), (1.0,))[1], (x,), (1.0,))[1], (0.5,), (1.0,))[1]
    assert third.item() == pytest.approx(np.exp(0.5))


def test_a_pullback_does_not_wear_out_and_gives_constants():
    x = ag.tensor(3.0, requires_grad=True)
    y, pullback = ag.vjp(lambda x: x * x, x)
    assert [pullback(v)[0].item() for v in (1.0, 2.0, 1.0)] == [6, 12, 6]
    assert y.requires_grad
    assert pullback(1.0)[0].requires_grad
    with ag.no_grad():
        assert not pullback(1.0)[0].requires_grad
    _, pullback = ag.vjp(lambda x: x * x, 3.0)
    assert not pullback(1.0)[0].requires_grad


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ag.jvp(ag.exp, 1.0, 1.0), ag.ShapeError, r"jvp: primals: expected a tuple.*float; write \(x,\)"),
        (lambda: ag.jvp(ag.exp, (1.0,), ()), ag.ShapeError, r"jvp: tangents: expected a tuple with \[0\]"),
        (lambda: ag.jvp(ag.exp, (np.ones(2),), (1.0,)), ag.ShapeError, r"tangents\[0\]: shape \(\).*\(2,\)"),
        (lambda: ag.jvp(ag.exp, ({"a": 1.0},), ({"a": "x"},)), ag.DTypeError, r"tangents\[0\]\['a'\]: .*a str"),
        (lambda: ag.jvp(ag.exp, (1.0,), (None,)), ag.DTypeError, r"tangents\[0\]: .*NoneType"),
        (lambda: ag.hvp(ag.exp, 1.0, 1.0), ag.ShapeError, "hvp: primals"),
        (lambda: ag.hvp(ag.exp, (np.ones(2),), (np.ones(2),)), ag.ShapeError, "single number"),
        (lambda: ag.vjp(ag.exp, np.ones(2))[1](1.0), ag.ShapeError, r"vjp: cotangents: shape \(\)"),
        (lambda: ag.vjp(lambda x: [x], 1.0)[1](1.0), ag.ShapeError, "vjp: cotangents: expected a list"),
        (lambda: ag.vjp(ag.exp), ag.DTypeError, "vjp: there is no float"),
        (lambda: ag.jvp(ag.exp, (3,), (None,)), ag.DTypeError, "jvp: there is no float"),
    ],
)
def test_errors_say_what_to_do(call, error, said):
    with pytest.raises(error, match=said):
        call()
