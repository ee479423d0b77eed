"""Newton's method, with the Hessian and without; and what is made of curvature that is not positive."""

import numpy as np
import pytest
from valleys import rosenbrock

import autograd_core as ag
import optim

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis draws the quadratics: pip install hypothesis")
st = hypothesis.strategies


def quadratic(seed, size, rank):
    """A (size, size) positive semidefinite matrix of that rank, and a vector in its range."""
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((rank, size))
    hessian = half.T @ half
    return hessian, hessian @ rng.standard_normal(size), rng.standard_normal(size)


@hypothesis.settings(max_examples=40)
@hypothesis.given(st.integers(0, 1000), st.integers(1, 6), st.data())
def test_one_step_to_the_minimum_of_a_quadratic_also_a_singular_one(seed, size, data):
    rank = data.draw(st.integers(1, size))
    hessian, b, start = quadratic(seed, size, rank)
    hypothesis.assume(np.linalg.svd(hessian)[1][rank - 1] > 1e-3)
    cut = data.draw(st.integers(0, size))  # two parameters, which make one vector
    p, q = (ag.tensor(part, requires_grad=True) for part in (start[:cut], start[cut:]))

    def loss():
        x = ag.concatenate([p, q])
        return 0.5 * x @ hessian @ x - b @ x

    optim.Newton([p, q], rcond=1e-9).step(loss)
    found = np.concatenate([p.numpy(), q.numpy()])
    np.testing.assert_allclose(hessian @ found, b, atol=1e-6 * max(1, np.abs(b).max()))
    nearest = start + np.linalg.pinv(hessian, 1e-9) @ (b - hessian @ start)  # of all minima, that nearest to the start
    np.testing.assert_allclose(found, nearest, atol=1e-5 * max(1, np.abs(nearest).max()))


def test_the_default_cutoff_takes_care_of_an_exactly_singular_hessian():
    for dtype in (np.float32, np.float64):
        p = ag.tensor(np.array([3, 4, 5], dtype), requires_grad=True)
        optim.Newton([p]).step(lambda p=p: (p[0] + p[1] + p[2] - 6) ** 2 + (p[0] - p[1]) ** 2)
        np.testing.assert_allclose(p.numpy().sum(), 6, rtol=1e-5)
        np.testing.assert_allclose(p.numpy()[0], p.numpy()[1], rtol=1e-5)
        np.testing.assert_allclose(p.numpy()[2] - p.numpy()[0], 1.5, rtol=1e-5)  # along the valley it has not moved


def test_damping_and_lr_are_where_the_formula_has_them():
    hessian, b, start = quadratic(0, 4, 4)
    p = ag.tensor(start, requires_grad=True)
    optim.Newton([p], lr=0.3, damping=2.0).step(lambda: 0.5 * p @ hessian @ p - b @ p)
    step = np.linalg.solve(hessian + 2 * np.eye(4), hessian @ start - b)
    np.testing.assert_allclose(p.numpy(), start - 0.3 * step, rtol=1e-10)


def test_near_the_minimum_digits_double():
    p = ag.tensor([1.1, 1.1], requires_grad=True)
    optimizer, errors = optim.Newton([p], tolerance_grad=0), []
    for _ in range(6):
        optimizer.step(lambda: rosenbrock(p))
        errors.append(np.abs(p.numpy() - 1).max())
    assert errors[0] > 1e-3
    assert errors[-1] < 1e-14


@pytest.mark.parametrize("make", [
    lambda params: optim.Newton(params, line_search_fn="strong_wolfe", max_iter=50),
    lambda params: optim.Newton(params, damping=2.5, max_iter=200),
    lambda params: optim.NewtonCG(params, max_iter=50),
])
def test_a_saddle_is_left_downhill(make):
    p = ag.tensor([0.1, 1.0], requires_grad=True)

    def loss():
        return p[0] ** 4 / 4 - p[0] ** 2 + p[1] ** 2  # minima at (±√2, 0), a saddle at 0

    assert ag.hessian(lambda x: x[0] ** 4 / 4 - x[0] ** 2 + x[1] ** 2)(p.numpy()).numpy()[0, 0] < 0
    make([p]).step(loss)
    np.testing.assert_allclose(np.abs(p.numpy()), [np.sqrt(2), 0], atol=1e-4)


def test_newton_cg_is_newton_where_it_solves_exactly():
    hessian, b, start = quadratic(3, 5, 5)
    p = ag.tensor(start, requires_grad=True)
    optim.NewtonCG([p], max_iter=20, tolerance_grad=1e-9).step(lambda: 0.5 * p @ hessian @ p - b @ p)
    np.testing.assert_allclose(p.numpy(), np.linalg.solve(hessian, b), rtol=1e-6)


def test_products_with_the_hessian_take_no_evaluation():
    calls = []
    p = ag.tensor(np.tile([-1.2, 1.0], 5), requires_grad=True)

    def loss():
        calls.append(1)
        return rosenbrock(p)

    run = optim.NewtonCG([p], max_iter=10).run(loss)
    objective = run.point.objective
    assert objective.evaluations == len(calls)
    assert objective.products > 10
    v = np.random.default_rng(0).standard_normal(10)
    np.testing.assert_allclose(run.point.hessian_times(v), run.point.hessian @ v, rtol=1e-9)


def test_max_cg_bounds_the_products():
    p = ag.tensor(np.tile([-1.2, 1.0], 5), requires_grad=True)
    run = optim.NewtonCG([p], max_iter=4, max_cg=2).run(lambda: rosenbrock(p))
    assert run.point.objective.products <= 8


def test_a_linear_loss_has_no_curvature():
    p = ag.tensor([1.0, 2.0], requires_grad=True)
    optim.NewtonCG([p]).step(lambda: 3 * p.sum())
    assert p.numpy().sum() < 3
    before = p.numpy().copy()
    optim.Newton([p]).step(lambda: 3 * p.sum())
    np.testing.assert_array_equal(p.numpy(), before)  # H⁺ is 0


def test_options_are_checked():
    p = ag.tensor([1.0], requires_grad=True)
    for kind, options in ((optim.Newton, {"damping": -1}), (optim.Newton, {"rcond": -1}),
                          (optim.NewtonCG, {"max_cg": 0})):
        with pytest.raises(optim.OptionError, match=f"{kind.__name__}: {next(iter(options))}"):
            kind([p], **options)
