"""Nonlinear conjugate gradients."""

import numpy as np
import pytest
from valleys import powell, rosenbrock

import autograd_core as ag
import optim

BETAS = ["polak-ribiere", "fletcher-reeves"]


@pytest.mark.parametrize("beta", BETAS)
def test_with_exact_searches_a_quadratic_takes_as_many_iterations_as_it_has_curvatures(beta):
    c, b = np.array([1.0, 3.0, 10.0, 10.0]), np.array([1.0, -2.0, 3.0, 1.0])
    p = ag.tensor(np.zeros(4), requires_grad=True)
    optimizer = optim.ConjugateGradient([p], beta=beta, max_iter=50, tolerance_grad=1e-8, tolerance_change=0)
    optimizer.curvature = 1e-12
    optimizer.step(lambda: (0.5 * c * p * p - b * p).sum())
    assert optimizer.iterations == 3
    np.testing.assert_allclose(p.numpy(), b / c, rtol=1e-8)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize(("valley", "start"), [(rosenbrock, [-1.2, 1.0]), (powell, [3.0, -1.0, 0.0, 1.0])])
def test_both_reach_the_bottom(beta, valley, start):
    found = optim.minimize(valley, np.array(start), "cg", beta=beta, tol=1e-7)
    assert found.converged
    assert found.fun < 1e-8


@pytest.mark.parametrize("beta", BETAS)
def test_directions_are_the_formulas(beta):
    p = ag.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = optim.ConjugateGradient([p], beta=beta, max_iter=1)
    optimizer.step(lambda: rosenbrock(p))
    before, d = optimizer.memory["gradient"], optimizer.memory["direction"]
    np.testing.assert_array_equal(d, -before)
    g = ag.grad(rosenbrock)(p.numpy()).numpy()
    optimizer.step(lambda: rosenbrock(p))
    ratio = max(0, g @ (g - before) / (before @ before)) if beta == "polak-ribiere" else g @ g / (before @ before)
    if beta == "fletcher-reeves" and abs(g @ before) >= 0.1 * (g @ g):
        ratio = 0
    np.testing.assert_allclose(optimizer.memory["direction"], ratio * d - g, rtol=1e-12)


def test_its_options_are_checked():
    with pytest.raises(optim.OptionError, match="ConjugateGradient: beta"):
        optim.ConjugateGradient([ag.tensor([1.0], requires_grad=True)], beta="hestenes")
