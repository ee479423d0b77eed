"""optim.minimize: its own methods beside SciPy's, SciPy's methods themselves, structures, constraints, errors."""

import sys
from typing import NamedTuple

import numpy as np
import pytest
from valleys import VALLEYS, beale, powell, rosenbrock

import autograd_core as ag
import optim
from autograd_core.errors import DTypeError, GraphError, ShapeError

START = np.array([-1.2, 1.0])
OWN = ["l-bfgs", "cg", "newton", "newton-cg"]


@pytest.fixture
def scipy_optimize():
    return pytest.importorskip("scipy.optimize", reason="SciPy is the peer here: pip install scipy")


# Function evaluations until no element of the gradient exceeds 1e-5, ours and SciPy's (1.17):
#                    l-bfgs        cg           newton-cg
# Rosenbrock, 2      44,  45       63,   78      87, 106
# Rosenbrock, 100   614, 606     1396, 1876     272, 258
# Beale              16,  16       27,   41      11,  14
# Powell             32,  31      117,  112      19,  20
# breast cancer      20,  19       38,   49       9,   9

PEERS = {
    "l-bfgs": ("L-BFGS-B", {"ftol": 0, "gtol": 0, "maxfun": 10_000}),
    "cg": ("CG", {"gtol": 0}),
    "newton-cg": ("Newton-CG", {"xtol": 0}),
}


def evaluations_of_scipy(optimize, f, x0, method, options, tol=1e-5):
    """How often SciPy has called f when it first comes to a point with such a gradient."""
    calls, known = [], {}

    def value(x):
        calls.append(x)
        return both(x)[0].item()

    def both(x):
        if x.tobytes() not in known:
            known[x.tobytes()] = ag.value_and_grad(f)(x)
        return known[x.tobytes()]

    def slope(x):
        return both(x)[1].numpy()

    def stop(x):
        if np.abs(slope(x)).max() <= tol:
            raise StopIteration

    def product(x, v):
        if ("pull", x.tobytes()) not in known:
            known["pull", x.tobytes()] = ag.vjp(ag.grad(f), x)[1]
        return known["pull", x.tobytes()](v)[0].numpy()

    second = {"hessp": product} if method == "Newton-CG" else {}
    found = optimize.minimize(value, x0, jac=slope, method=method, callback=stop, options=options, **second)
    assert np.abs(slope(found.x)).max() <= tol
    return len(calls)


@pytest.mark.parametrize("method", PEERS)
@pytest.mark.parametrize("valley", VALLEYS)
def test_no_more_evaluations_than_scipy(scipy_optimize, valley, method):
    make, x0 = VALLEYS[valley]
    f, calls = make(), []

    def counted(x):
        calls.append(x)
        return f(x)

    ours = optim.minimize(counted, x0, method, tol=1e-5)
    assert ours.converged
    assert ours.evaluations == len(calls)
    assert np.abs(ag.grad(f)(ours.x).numpy()).max() <= 1e-5
    theirs = evaluations_of_scipy(scipy_optimize, f, x0, *PEERS[method])
    assert ours.evaluations <= 1.2 * theirs, f"{valley}, {method}: {ours.evaluations} against SciPy's {theirs}"


def test_the_minima_are_the_known_ones():
    for f, x0, at in ((rosenbrock, START, np.ones(2)), (beale, [1.0, 1.0], [3.0, 0.5]),
                      (powell, [3.0, -1.0, 0.0, 1.0], np.zeros(4))):
        for method in ("l-bfgs", "cg", "newton-cg"):
            found = optim.minimize(f, np.array(x0), method, tol=1e-7)
            np.testing.assert_allclose(found.x.numpy(), at, atol=5e-2 if f is powell else 1e-4)


# What goes in and comes out


class Line(NamedTuple):
    slope: object
    offset: object


@pytest.mark.parametrize("method", [*OWN, "levenberg-marquardt"])
@pytest.mark.parametrize("x0", [
    {"line": Line(np.float32(0.0), 1), "rest": [np.zeros((2, 3)), (0.0,)]},
    [0.0, 0.0],
    ag.tensor([[1.0, 2.0]]),
    2.0,
    3,
])
def test_any_structure(method, x0):
    from autograd_core.transforms.structure import leaves, map_leaves

    def residuals(tree):
        assert isinstance(tree, type(x0)) or not isinstance(x0, (dict, list))
        return ag.concatenate([(leaf - 2).reshape(-1).astype(float) for leaf in leaves(tree)])

    def loss(tree):
        return (residuals(tree) ** 2).sum()

    before = map_leaves(np.copy, x0)
    found = optim.minimize(residuals if method == "levenberg-marquardt" else loss, x0, method)
    assert found.converged
    for leaf, given, gradient, old in zip(*map(leaves, (found.x, x0, found.gradient, before)), strict=True):
        np.testing.assert_allclose(leaf.numpy(), 2.0, atol=1e-4)
        assert leaf.shape == np.shape(given) == gradient.shape
        assert leaf.dtype == (given.dtype if hasattr(given, "dtype") else np.float64)
        assert not leaf.requires_grad
        assert np.array_equal(given, old)


def test_the_result_says_what_happened():
    seen = []
    found = optim.minimize(rosenbrock, START, callback=lambda x, value: seen.append((x, value)))
    assert found.fun == rosenbrock(found.x).item() == found.history[-1]
    assert found.history[0] == rosenbrock(START)
    assert [value for _, value in seen] == found.history[1:]
    assert len(seen) == found.iterations
    assert isinstance(seen[0][0], ag.Tensor)
    assert "tolerance" in found.message
    np.testing.assert_array_equal(found.gradient.numpy(), ag.grad(rosenbrock)(found.x).numpy())


@pytest.mark.parametrize("method", [*OWN, "BFGS", "TNC", "trust-constr", "Nelder-Mead", "SLSQP"])
def test_limits_and_callbacks_end_it(method):
    if method not in OWN:
        pytest.importorskip("scipy", reason="SciPy's methods: pip install scipy")
    short = optim.minimize(rosenbrock, START, method, max_iter=3)
    assert not short.converged
    assert short.iterations <= 3
    assert short.fun <= rosenbrock(START)
    stopped = optim.minimize(rosenbrock, START, method, callback=lambda x, value: True)
    assert (stopped.iterations, stopped.message, stopped.converged) == (1, "the callback stopped it", False)


def test_a_search_at_its_limit_of_precision_ends_and_says_so():
    found = optim.minimize(rosenbrock, START, tol=0.0)
    assert found.fun < 1e-20
    assert found.evaluations < 500
    single = optim.minimize(rosenbrock, START.astype(np.float32), tol=1e-12)
    assert single.evaluations < 500
    assert single.x.dtype == np.float32
    np.testing.assert_allclose(single.x.numpy(), 1, atol=2e-3)


# SciPy's methods

SCIPYS = ["BFGS", "L-BFGS-B", "TNC", "SLSQP", "trust-ncg", "trust-krylov", "trust-constr", "trust-exact", "dogleg",
          "Nelder-Mead", "Powell", "COBYQA"]


@pytest.mark.parametrize("method", SCIPYS)
def test_methods_of_scipy_get_the_derivatives_that_they_use(scipy_optimize, method):
    calls = []

    def f(x):
        calls.append(x)
        return rosenbrock(x) + 0.1 * (x * x).sum()

    found = optim.minimize(f, np.array([1.2, 1.2]), method)
    assert found.converged
    np.testing.assert_allclose(ag.grad(f)(found.x).numpy(), 0, atol=0.02)
    assert found.evaluations == len(calls) - 1  # the last was ours
    if method in ("trust-ncg", "trust-krylov", "trust-constr"):
        assert found.products > 0
        assert found.evaluations <= found.iterations + 5


@pytest.mark.parametrize("method", ["SLSQP", "COBYLA", "COBYQA"])
def test_constraints_get_tensors_and_need_no_jacobian(scipy_optimize, method):
    recorded = []

    def area(p):
        recorded.append(p["width"].requires_grad)
        return p["width"] * p["height"]

    found = optim.minimize(
        lambda p: p["width"] + p["height"], {"width": 1.0, "height": 3.0}, method, tol=1e-8,
        constraints=[{"type": "ineq", "fun": lambda p: area(p) - 4}, {"type": "ineq", "fun": lambda p: p["width"] - 1}],
        bounds=[(0, 10), (0, 10)],
    )
    assert any(recorded) == (method == "SLSQP")  # by SciPy's methods that use a Jacobian
    assert area(found.x).item() == pytest.approx(4, abs=1e-5)
    assert found.x["width"].item() == pytest.approx(2, abs=1e-3)


def test_bounds_and_jacobians_of_ones_own(scipy_optimize):
    found = optim.minimize(lambda x: (x * x).sum(), np.array([3.0, 3.0]), "SLSQP", bounds=[(1, None), (None, None)],
                           constraints={"type": "eq", "fun": lambda x: x[0] + x[1] - 3, "jac": lambda x: [1.0, 1.0]})
    np.testing.assert_allclose(found.x.numpy(), [1.5, 1.5], atol=1e-6)
    with pytest.raises(DTypeError, match=r"constraints\[0\]"):
        optim.minimize(lambda x: (x * x).sum(), np.array([3.0, 3.0]), "SLSQP",
                       constraints=[{"type": "eq", "fun": lambda x: 3.0}])


def test_without_scipy_the_error_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ag.MissingExtraError, match=r"\.\[scipy\]"):
        optim.minimize(rosenbrock, START, "BFGS")
    assert optim.minimize(rosenbrock, START).converged


# Errors


@pytest.mark.parametrize("method", OWN)
@pytest.mark.parametrize(("f", "error", "match"), [
    (lambda x: x * 2, ShapeError, r"shape \(2,\)"),
    (lambda x: None, DTypeError, "None"),
    (lambda x: ag.tensor(1.0), GraphError, "does not depend"),
    (lambda x: x.sum() * np.nan, GraphError, "nan"),
])
def test_what_is_no_function_to_minimize(method, f, error, match):
    with pytest.raises(error, match=match):
        optim.minimize(f, START, method)


def test_what_is_no_point_or_method():
    for x0, match in ((np.array([1 + 2j]), "complex"), ([], "no numbers"), ("text", "U4"), ({"a": None}, "object")):
        with pytest.raises(DTypeError, match=match):
            optim.minimize(rosenbrock, x0)
    with pytest.raises(DTypeError, match="bool"):
        optim.minimize(rosenbrock, np.array([True]))
    for options, match in (({"tol": -1.0}, "minimize: tol"), ({"max_iter": 0}, "max_iter"),
                           ({"bounds": [(0, 1)]}, "SLSQP"), ({"method": "cg", "constraints": []}, "SLSQP")):
        with pytest.raises(optim.OptionError, match=match):
            optim.minimize(rosenbrock, START, **options)


def test_an_unknown_method(scipy_optimize):
    with pytest.raises(optim.OptionError, match="simplex"):
        optim.minimize(rosenbrock, START, "simplex")
