"""At a kink, a gradient has to be a subgradient; then gradcheck looks beside it. At a jump there is none."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.recording import Primitive
from autograd_core.testing import GradcheckError, gradcheck

KINKED = {
    "relu": ag.relu,
    "absolute": ag.absolute,
    "max": ag.max,
    "min of rows": lambda x: ag.min(x, axis=1),
    "median": ag.median,
    "sort": ag.sort,
    "clip": lambda x: ag.clip(x, -1.0, 1.0),
    "norm": ag.linalg.norm,
    "sum of several": lambda x: (ag.relu(x) + 2 * ag.absolute(x)).sum(),
    "inside": lambda x: ag.tanh(ag.relu(x @ np.ones((3, 4)) - 1.0)),
    "order 2 only": lambda x: ag.relu(x) ** 2,
}


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize("seed", range(4))
def test_right_gradients_at_ties_and_integers_pass(name, seed):
    rng = np.random.default_rng(seed)
    for x in (rng.integers(-1, 2, (2, 3)).astype(float), np.zeros((2, 3))):
        gradcheck(KINKED[name], x, seed=seed)


def test_the_report_says_where_the_kink_is():
    report = gradcheck(ag.relu, np.array([1.0, 0.0, -1.0]))
    assert report.kinks == ["kink at input 0 (1,)"]
    assert "kink at input 0 (1,)" in str(report)
    assert gradcheck(ag.relu, np.array([1.0, 2.0])).kinks == []


@pytest.mark.parametrize("distance", 10.0 ** -np.arange(3, 13, 3))
@pytest.mark.parametrize("f", [ag.relu, ag.absolute, ag.max], ids=lambda f: f.__name__)
def test_near_a_kink_is_no_reason_for_an_alarm(f, distance):
    for seed in range(3):
        gradcheck(f, np.array([distance, -distance, 0.0, 1.0, 1.0 + distance]), seed=seed)


def at_zero(slope):
    """relu with another gradient at 0."""
    return Primitive("bent", lambda x: np.maximum(x, 0), {"x": lambda g, x: g * ((x > 0) + slope * (x == 0))})


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_any_subgradient_will_do(slope):
    assert gradcheck(at_zero(slope), np.array([0.0, 2.0, 0.0])).kinks


@pytest.mark.parametrize("slope", [-0.1, 1.1, 2.0, -5.0])
def test_no_other_will(slope):
    with pytest.raises(GradcheckError, match="order 1: the gradient of input 0 is wrong"):
        gradcheck(at_zero(slope), np.array([0.0, 2.0, 0.0]))


@pytest.mark.parametrize("share", [0.0, 1.0, 0.6])
def test_shares_of_a_tie_must_add_up(share):
    """Each share alone would be a slope of the maximum; together they are not."""
    both = Primitive("both", np.maximum, {
        "a": lambda g, a, b: g * ((a > b) + share * (a == b)), "b": lambda g, a, b: g * ((b > a) + share * (a == b))})
    for seed in range(5):
        with pytest.raises(GradcheckError):
            gradcheck(lambda x: both(x[:4], x[4:]), np.ones(8), seed=seed)
        with pytest.raises(GradcheckError, match="all inputs, moved alike"):
            gradcheck(both, np.ones(4), np.ones(()), seed=seed)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_any_shares_that_add_up_will_do(share):
    both = Primitive("both", np.maximum, {
        "a": lambda g, a, b: g * ((a > b) + share * (a == b)),
        "b": lambda g, a, b: g * ((b > a) + (1 - share) * (a == b))})
    assert gradcheck(both, np.ones(4), np.array([1.0, 2.0, 1.0, 0.0])).kinks


@pytest.mark.parametrize("f", [
    Primitive("half", lambda x: np.maximum(x, 0), {"x": lambda g, x: g * (x > 0) * 0.999}),
    Primitive("twice", lambda x: np.maximum(x, 0), {"x": lambda g, x: g * (x > 0) * (1 + (x < 1))}),
    Primitive("order 2", lambda x: np.maximum(x, 0) ** 2, {"x": lambda g, x: g * (x > 0) * (ag.tensor(2 * x.data)
                                                           if isinstance(x, ag.Tensor) else 2 * x)}),
], ids=lambda f: f.name)
def test_beside_a_kink_the_check_has_full_strength(f):
    with pytest.raises(GradcheckError, match=r"wrong|missing"):
        gradcheck(f, np.array([0.0, 0.5, 0.0, -1.0, 2.0]))


@pytest.mark.parametrize("f", [
    Primitive("step", lambda x: (x > 0) * 1.0, {"x": lambda g: g * 0}),
    lambda x: ag.floor(x) + x,
    lambda x: ag.sign(x) * ag.tensor([1.0, 2.0]),
], ids=["step", "floor", "sign"])
def test_a_jump_is_said_to_be_one(f):
    with pytest.raises(GradcheckError, match="jumps here, along input 0"):
        gradcheck(f, np.array([0.0, 1.5]))
