"""Gauss-Newton and Levenberg-Marquardt, on fits with known answers, and beside SciPy's."""

import numpy as np
import pytest

import autograd_core as ag
import optim

X = np.linspace(0, 4, 20)
CURVE = 3 * np.exp(-0.7 * X) + 0.5


def exponential(p, x=X, y=CURVE):
    return p[0] * ag.exp(p[1] * x) + p[2] - y


def rosenbrock_residuals(p):
    return ag.stack([10 * (p[1] - p[0] ** 2), 1 - p[0]])


def powell_residuals(p):
    return ag.stack([p[0] + 10 * p[1], 5**0.5 * (p[2] - p[3]), (p[1] - 2 * p[2]) ** 2, 10**0.5 * (p[0] - p[3]) ** 2])


def test_gauss_newton_fits_what_is_linear_in_one_step_as_lstsq_does():
    rng = np.random.default_rng(0)
    for rank in (4, 2):
        A, y = rng.standard_normal((9, rank)) @ rng.standard_normal((rank, 4)), rng.standard_normal(9)
        w, b = ag.tensor(np.zeros((2, 1)), requires_grad=True), ag.tensor(np.zeros(2), requires_grad=True)
        loss = optim.GaussNewton([w, b]).step(lambda A=A, y=y, w=w, b=b: A[:, :2] @ w[:, 0] + A[:, 2:] @ b - y)
        assert loss == pytest.approx(y @ y / 2)
        found = np.concatenate([w.numpy()[:, 0], b.numpy()])
        np.testing.assert_allclose(found, np.linalg.lstsq(A, y, None)[0], atol=1e-10)


@pytest.mark.parametrize(("residuals", "start", "answer"), [
    (exponential, [2.0, -0.4, 0.3], [3.0, -0.7, 0.5]),
    (rosenbrock_residuals, [-1.2, 1.0], [1.0, 1.0]),
    (lambda p: rosenbrock_residuals(p * np.array([1e-3, 1e3])), [-1.2e3, 1e-3], [1e3, 1e-3]),  # other units
])
@pytest.mark.parametrize("method", ["levenberg-marquardt", "gauss-newton"])
def test_curves(method, residuals, start, answer):
    options = {"line_search_fn": "strong_wolfe"} if method == "gauss-newton" else {}
    found = optim.minimize(residuals, np.array(start), method, tol=1e-9, max_iter=100, **options)
    np.testing.assert_allclose(found.x.numpy(), answer, rtol=1e-5)
    r = residuals(found.x).numpy()
    assert found.fun == pytest.approx(r @ r / 2)
    assert found.history == sorted(found.history, reverse=True)


def test_levenberg_marquardt_needs_no_more_evaluations_than_minpack():
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy's MINPACK is the peer here: pip install scipy")
    for residuals, start in ((exponential, [1.0, -0.1, 0.0]), (rosenbrock_residuals, [-1.2, 1.0]),
                             (powell_residuals, [3.0, -1.0, 0.0, 1.0])):
        x0 = np.array(start)
        theirs = optimize.least_squares(lambda p, r=residuals: r(ag.tensor(p)).numpy(), x0, method="lm", gtol=1e-15,
                                        xtol=1e-15, ftol=1e-15,
                                        jac=lambda p, r=residuals: ag.jacobian(r)(p).numpy())
        ours = optim.minimize(residuals, x0, "levenberg-marquardt", tol=1e-6)
        assert ours.converged
        assert ours.evaluations <= 1.2 * theirs.nfev, (residuals, ours.evaluations, theirs.nfev)


def test_a_jacobian_that_loses_rank_stops_neither():
    p = ag.tensor([0.5, 3.0], requires_grad=True)
    for make in (optim.LevenbergMarquardt, lambda params: optim.GaussNewton(params, max_iter=5)):
        make([p]).step(lambda: ag.stack([p[0] - 2, 2 * p[0] - 4]))  # p[1] is not used: a column of zeros
        np.testing.assert_allclose(p.numpy(), [2.0, 3.0], rtol=1e-6)


def test_one_step_is_the_formula():
    start = np.array([2.0, -0.4, 0.3])
    p = ag.tensor(start, requires_grad=True)
    optim.LevenbergMarquardt([p], damping=0.5, max_iter=1).step(lambda: exponential(p))
    r, J = exponential(ag.tensor(start)).numpy(), ag.jacobian(exponential)(start).numpy()
    normal = J.T @ J
    step = np.linalg.solve(normal + 0.5 * np.diag(np.diag(normal)), J.T @ r)
    np.testing.assert_allclose(p.numpy(), start - step, rtol=1e-9)


def test_damping_follows_success_and_is_saved():
    p = ag.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = optim.LevenbergMarquardt([p], damping=1.0, max_iter=1)
    for _ in range(30):
        optimizer.step(lambda: rosenbrock_residuals(p))
    now = optimizer.param_groups[0]["damping"]
    assert now < 1e-2
    assert optimizer.state_dict()["groups"][0]["damping"] == now


def test_residuals_that_stop_being_finite_are_stepped_back_from():
    p = ag.tensor([1e-3], requires_grad=True)
    with np.errstate(all="ignore"):
        optim.LevenbergMarquardt([p], damping=1e-12, max_iter=60).step(lambda: ag.log(p) + 2)
    np.testing.assert_allclose(p.numpy(), np.exp(-2), rtol=1e-5)


def test_the_loss_is_half_the_sum_of_squares_and_no_descent_no_move():
    p = ag.tensor([2.0], requires_grad=True)
    optimizer = optim.LevenbergMarquardt([p])
    optimizer.step(lambda: 2 * p.detach() - p + 1)  # the slope lies: no step goes down
    np.testing.assert_array_equal(p.numpy(), [2.0])
    with pytest.raises(optim.OptionError, match="damping"):
        optim.LevenbergMarquardt([p], damping=0.0)
    with pytest.raises(optim.OptionError, match="rcond"):
        optim.GaussNewton([p], rcond=-1.0)


def test_levenberg_marquardt_has_no_learning_rate_and_says_so():
    optimizer = optim.LevenbergMarquardt([ag.tensor([1.0], requires_grad=True)])
    for call in (lambda: optimizer.lr, lambda: setattr(optimizer, "lr", 1.0)):
        with pytest.raises(AttributeError, match="LevenbergMarquardt has no learning rate; its options are damping"):
            call()
    with pytest.raises(optim.OptionError, match="StepLR: LevenbergMarquardt has no learning rate to schedule"):
        optim.StepLR(optimizer, 1)
    assert "lr" not in optimizer.param_groups[0]
