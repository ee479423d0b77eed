"""The examples of science: their numbers against closed forms."""

import importlib.util
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag

FOLDER = Path(__file__).parents[2] / "examples"
NAMES = ["rosenbrock_hessian", "gaussian_process", "ode_sensitivity", "implicit_layer", "black_box_vi", "newton_root"]


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_from_top_to_bottom_and_stays_short(name, capsys):
    load(name).main()
    assert capsys.readouterr().out.count("\n") >= 2
    assert len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_rosenbrock():
    example = load("rosenbrock_hessian")
    for p in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        np.testing.assert_allclose(ag.hessian(example.rosenbrock)(p).numpy(), example.hessian_by_hand(p), rtol=1e-12)
    path = example.newton(example.rosenbrock, np.array([-1.2, 1.0]), 7)
    np.testing.assert_allclose(path[-1], [1, 1], rtol=1e-14)


def test_gaussian_process():
    example = load("gaussian_process")
    x, y = example.data()
    theta = {"length": -0.3, "amplitude": 0.2, "noise": -1.5}
    value, slope = ag.value_and_grad(example.log_likelihood)(theta, x, y)
    K = example.kernel(theta, x)
    inverse = np.linalg.inv(K)
    alpha = inverse @ y
    by_hand = -0.5 * y @ alpha - 0.5 * np.linalg.slogdet(K)[1] - len(x) / 2 * math.log(2 * math.pi)
    assert value.item() == pytest.approx(by_hand, rel=1e-10)
    noise = math.exp(2 * theta["noise"]) * np.eye(len(x))
    distance = (x[:, None] - x) ** 2 / math.exp(2 * theta["length"])
    slopes = {"length": (K - noise) * distance, "amplitude": 2 * (K - noise), "noise": 2 * noise}  # dK/dθ
    for name, dk in slopes.items():
        assert slope[name].item() == pytest.approx(0.5 * np.trace((np.outer(alpha, alpha) - inverse) @ dk), rel=1e-8)
    fitted, history = example.fit({"length": 0.0, "amplitude": 0.0, "noise": -1.0}, x, y)
    assert np.all(np.diff(history[-150:]) > -1e-9)
    assert math.exp(fitted["noise"]) == pytest.approx(0.1, abs=0.03)


def test_ode():
    example = load("ode_sensitivity")
    parameters = {"r": 1.3, "K": 2.0, "x0": 0.25}
    errors = []
    for steps in (20, 40):
        found = ag.grad(lambda p, steps=steps: example.solve(p, steps=steps))(parameters)
        exact = example.sensitivities_by_hand(parameters)
        errors.append(max(abs(found[name].item() - exact[name]) for name in exact))
    assert errors[1] < 1e-6
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.2)  # fourth order, like the solution itself


def test_implicit_layer():
    example = load("implicit_layer")
    rng = np.random.default_rng(1)
    W, c = 0.3 * rng.standard_normal((4, 4)), rng.standard_normal(4)
    z = example.equilibrium(W, c).numpy()
    np.testing.assert_allclose(z, np.tanh(W @ z + c), rtol=0, atol=1e-13)
    D = np.diag(1 - z * z)
    by_c = ag.jacobian(example.equilibrium, 1)(W, c).numpy()
    np.testing.assert_allclose(by_c, np.linalg.solve(np.eye(4) - D @ W, D), rtol=1e-9, atol=1e-12)
    for order in (ag.grad, lambda f, at: ag.hessian(f, at)):
        both = [order(lambda W, c, layer=layer: (layer(W, c) ** 2).sum(), at)(W, c)
                for layer in (example.equilibrium, example.unrolled) for at in (0, 1)]
        for implicit, unrolled in zip(both[:2], both[2:], strict=True):
            np.testing.assert_allclose(implicit.numpy(), unrolled.numpy(), rtol=1e-8, atol=1e-9)


def test_variational_inference():
    example = load("black_box_vi")
    x = np.random.default_rng(2).normal(-0.7, 1, 12)
    found = example.fit(lambda m: example.log_joint(m, x))
    np.testing.assert_allclose(found, example.posterior_by_hand(x), rtol=1e-6)


def test_newton():
    example = load("newton_root")
    path = example.newton(example.circle_and_hyperbola, np.array([2.0, 1.0]))
    errors = [np.abs(p - example.ROOT).max() for p in path]
    assert errors[-1] < 1e-15
    assert all(later < 2 * earlier**2 for earlier, later in pairwise(errors[1:5]))
