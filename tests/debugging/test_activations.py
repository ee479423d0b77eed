"""Activations: which operations have slopes to speak of, and when those are trouble."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.debugging.activations import Slopes, last_activation
from autograd_core.modes import module_path

X = np.array([[-1.0, 2.0], [-3.0, 4.0]])


@pytest.mark.parametrize("function", [
    lambda y: y, lambda y: -y, lambda y: 3 - y / 2, np.sign, lambda y: ag.exp(y) * np.ones((2, 2)),
])
def test_the_slopes_are_those_of_the_activation_before_other_functions(function):
    found = last_activation(function(ag.relu(ag.tensor(X, requires_grad=True))).node)
    assert not found.saturates
    np.testing.assert_array_equal(found.slopes, [[0, 1], [0, 1]])


@pytest.mark.parametrize("function", [
    lambda x: x + 0, ag.sign, lambda x: ag.relu(x).sum(0), lambda x: x * ag.sigmoid(x), lambda x: ag.relu(x[:0]),
])
def test_what_comes_from_no_activation_alone_has_none(function):
    assert last_activation(function(ag.tensor(X, requires_grad=True)).node) is None


def test_the_activation_of_another_module_is_not_this_ones():
    with module_path("relu"):
        hidden = ag.relu(ag.tensor(X, requires_grad=True))
    with module_path("scale"):
        assert last_activation((2 * hidden).node) is None


@pytest.mark.parametrize(("slopes", "dead", "saturated"), [
    (Slopes(False, 0.5, off=2, units=4, batch=8), True, False),
    (Slopes(False, 0.5, off=1, units=4, batch=8), False, False),
    (Slopes(False, 0.5, off=2, units=4, batch=1), False, False),  # one sample turns half of all units off
    (Slopes(False, 1.0, off=4, units=4, batch=1), True, False),
    (Slopes(False, 1.0, off=1, units=1, batch=1), False, False),
    (Slopes(True, 0.5, off=4, units=4, batch=8), False, True),
    (Slopes(True, 0.4, off=0, units=4, batch=8), False, False),
])
def test_verdicts(slopes, dead, saturated):
    assert (slopes.is_dead(), slopes.is_saturated()) == (dead, saturated)


def test_no_unit_that_is_on_is_dead_whatever_the_threshold():
    assert not Slopes(False, 0.0, off=0, units=4, batch=8).is_dead(many=0.0)
