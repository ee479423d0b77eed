"""Infinite derivatives: an exact zero that arrives stays zero; real infinities and NaNs show, and are said aloud."""

import numpy as np
import pytest

import autograd_core as ag


def leaf(value):
    return ag.tensor(value, requires_grad=True)


BRANCHES = {
    "log": lambda x: ag.where(x > 0, ag.log(x), 0.0),
    "divide": lambda x: ag.where(x > 0, 1 / x, 0.0),
    "both of a quotient": lambda x: ag.where(x > 0, x / x, 0.0),
    "sqrt": lambda x: ag.where(x > 0, ag.sqrt(x), 0.0),
    "power": lambda x: ag.where(x > 0, x**0.5, 0.0),
    "sqrt of a negative": lambda x: ag.where(x > 1, ag.sqrt(x - 1), 0.0),
    "maximum": lambda x: ag.maximum(ag.log(x), -5.0),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_the_branch_not_taken_stays_out_of_the_gradient_to_order_2(name):
    f, x = BRANCHES[name], leaf([0.0, 4.0])
    with np.errstate(divide="ignore", invalid="ignore"):  # of the forward pass
        y = f(x).sum()
    (first,) = ag.gradients(y, x, create_graph=True)
    (second,) = ag.gradients(first.sum(), x)
    alone = leaf([4.0])
    (expected,) = ag.gradients(f(alone).sum(), alone, create_graph=True)
    assert first.tolist() == [0.0, *expected.tolist()]
    assert second.tolist() == [0.0, *ag.gradients(expected.sum(), alone)[0].tolist()]


def test_a_real_infinity_shows_and_warns_by_name():
    x = leaf([0.0, 4.0])
    with pytest.warns(RuntimeWarning, match="the derivative of sqrt is infinite or undefined"):
        ag.sqrt(x).sum().backward()
    assert x.grad.tolist() == [np.inf, 0.25]


def test_what_the_caller_asks_of_numpy_is_done():
    x = leaf([0.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ag.sqrt(x).sum().backward()
    assert x.grad.tolist() == [np.inf]
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="sqrt"):
        ag.sqrt(x).sum().backward()
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        ag.log(x)
    assert np.geterr()["divide"] == "warn"


def test_a_nan_that_comes_in_goes_on():
    x = leaf([np.nan, 1.0])
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [np.nan, 2.0])


def test_a_zero_gradient_keeps_its_slope_beside_a_singular_element():
    x = leaf([0.0, -np.inf])
    with np.errstate(all="ignore"):
        (first,) = ag.gradients((x * ag.sigmoid(x)).sum(), x, create_graph=True)
        (second,) = ag.gradients(first.sum(), x)
    assert (first.numpy()[0], second.numpy()[0]) == (0.5, 0.5)
