"""What PyTorch does not have, against plain NumPy formulas; and what the textbooks say of each."""

import formulas
import numpy as np
import pytest
from cases import ALL_OPTIONS, TYPICAL

import autograd_core as ag
import optim

CURVATURE = np.geomspace(1e-3, 100, 12).reshape(3, 4)
START = np.random.default_rng(0).standard_normal((3, 4))


def tensor(values=START):
    return ag.tensor(values, requires_grad=True)


def follow(optimizer, p, steps, slope=lambda p: CURVATURE * p):
    """The values of ``p`` after each step down a slope."""
    for _ in range(steps):
        p.grad = ag.tensor(slope(p.data))
        optimizer.step()
        yield p.data.copy()


def expected(step, steps, slope=lambda p: CURVATURE * p):
    p = START
    for _ in range(steps):
        p = step(p, slope(p))
        yield p


def same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * np.abs(b).max())


@pytest.mark.parametrize("name", sorted(formulas.BY_NAME))
def test_all_options_crossed(name):
    for options in ALL_OPTIONS[name]:
        p = tensor()
        optimizer = getattr(optim, name)([p], **options)
        same(follow(optimizer, p, 6), expected(formulas.BY_NAME[name](**options), 6))


@pytest.mark.parametrize(("name", "options"), [(n, o) for n in sorted(formulas.BY_NAME) for o in TYPICAL[n]])
def test_two_hundred_steps(name, options):
    p = tensor()
    options = options | ({"lr": 0.01} if name == "GD" else {})  # 2 / 100 is the largest rate that does not explode
    optimizer = getattr(optim, name)([p], **options)
    defaults = {"AMSGrad": {"betas": (0.9, 0.999), "eps": 1e-8}, "LAMB": {"betas": (0.9, 0.999), "eps": 1e-6},
                "SWATS": {"betas": (0.9, 0.999), "eps": 1e-8}, "Lion": {"betas": (0.9, 0.99)},
                "AdaptiveGains": {"increase": 0.05, "decrease": 0.95, "bounds": (0.1, 10.0)}, "GD": {}}[name]
    same(follow(optimizer, p, 200), expected(formulas.BY_NAME[name](**defaults | options), 200))


def test_momentum_as_a_running_mean_of_the_gradients():
    p = tensor()
    optimizer = optim.SGD([p], lr=0.02, momentum=0.9, averaged=True)
    same(follow(optimizer, p, 200), expected(formulas.sgd_averaged(0.02, 0.9), 200))


def test_the_averaged_form_is_the_classical_one_with_a_smaller_rate():
    a, b = tensor(), tensor()
    averaged, classical = optim.SGD([a], lr=0.1, momentum=0.9, averaged=True), optim.SGD([b], lr=0.01, momentum=0.9)
    same(follow(averaged, a, 50), follow(classical, b, 50))


def test_adam_without_bias_correction():
    p = tensor()
    optimizer = optim.Adam([p], lr=0.02, bias_correction=False)
    same(follow(optimizer, p, 200), expected(formulas.adam_without_correction(0.02, (0.9, 0.999), 1e-8), 200))


def test_adam_moves_by_lr_at_first_whatever_the_scale_of_the_gradient():
    for scale in (1e-3, 1.0, 1e3):
        p = tensor()
        (after,) = follow(optim.Adam([p], lr=0.1), p, 1, lambda p, scale=scale: scale * p)
        np.testing.assert_allclose(after, START - 0.1 * np.sign(START), atol=1e-4)


def test_amsgrad_never_takes_a_larger_step_after_a_large_gradient():
    """After one huge gradient Adam forgets, AMSGrad does not."""
    steps = {}
    for amsgrad in (False, True):
        p = tensor(np.zeros(1))
        optimizer = optim.Adam([p], lr=1.0, betas=(0.0, 0.5), amsgrad=amsgrad)
        gradients = iter([1e3] + [1.0] * 40)
        *_, before, last = follow(optimizer, p, 41, lambda p, gradients=gradients: np.array([next(gradients)]))
        steps[amsgrad] = abs(float(last[0] - before[0]))
    assert steps[False] > 0.9
    assert steps[True] < 0.01


def test_swats_ends_as_sgd_with_the_rate_it_found_and_schedules_go_on_scaling_it():
    p = tensor()
    optimizer = optim.SWATS([p], lr=0.01, tolerance=0.3)
    list(follow(optimizer, p, 20))
    assert optimizer.switched
    assert optimizer.sgd_lr > 0
    assert list(optimizer.state_dict()["state"]["0"]) == ["step", "momentum_buffer"]
    before, velocity = p.data.copy(), optimizer.state_dict()["state"]["0"]["momentum_buffer"]
    optimizer.lr = 0.001  # a tenth
    (after,) = follow(optimizer, p, 1)
    step = 0.1 * optimizer.sgd_lr * (0.9 * velocity + CURVATURE * before) * 0.1
    np.testing.assert_allclose(after, before - step, rtol=1e-12)


def test_gains_stay_between_their_bounds():
    p = tensor()
    optimizer = optim.AdaptiveGains([p], lr=1e-5, bounds=(0.1, 10.0))
    list(follow(optimizer, p, 200, lambda p: np.ones_like(p)))
    gain = optimizer.state_dict()["state"]["0"]["gain"]
    np.testing.assert_array_equal(gain, 10.0)
    signs = iter([1.0, -1.0] * 100)
    list(follow(optimizer, p, 200, lambda p: np.full_like(p, next(signs))))
    np.testing.assert_array_equal(optimizer.state_dict()["state"]["0"]["gain"], 0.1)


def test_lamb_moves_every_parameter_in_proportion_to_its_length():
    for scale in (1e-3, 1.0, 1e3):
        p = tensor(scale * START)
        (after,) = follow(optim.LAMB([p], lr=0.01, eps=0.0), p, 1)
        assert np.linalg.norm(after - scale * START) == pytest.approx(0.01 * np.linalg.norm(scale * START))


def test_lion_moves_by_lr_or_not_at_all():
    p = tensor()
    (after,) = follow(optim.Lion([p], lr=0.1), p, 1)
    np.testing.assert_allclose(np.abs(after - START), 0.1)


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop"])
def test_weight_decay_is_the_gradient_of_half_the_square(name):
    a, b = tensor(), tensor()
    decayed, plain = getattr(optim, name)([a], weight_decay=0.1), getattr(optim, name)([b])
    same(follow(decayed, a, 10), follow(plain, b, 10, lambda p: CURVATURE * p + 0.1 * p))
