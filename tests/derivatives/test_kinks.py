"""At a kink the gradient is a convention: 0 for a function of one operand, an even share for ties."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.derivatives.domains import Elementwise

ELEMENTWISE = [entry for entry in TABLE.values() if isinstance(entry.over, Elementwise)]
UNARY = [entry for entry in ELEMENTWISE if len(entry.over.intervals) == 1]
KINKS = [(entry, kink) for entry in UNARY for kink in entry.over.intervals[0].kinks]
TIES = [entry for entry in ELEMENTWISE if entry.over.tie]


@pytest.mark.parametrize(("entry", "kink"), KINKS, ids=lambda x: getattr(x, "name", x))
def test_gradient_at_a_kink_is_zero(entry, kink):
    x = ag.tensor([kink, -kink, kink], requires_grad=True)
    entry.function(x).backward([1.0, -2.0, 3.0])
    np.testing.assert_array_equal(x.grad.numpy(), 0.0)


@pytest.mark.parametrize("entry", TIES, ids=lambda entry: entry.name)
def test_a_tie_of_two_is_shared_evenly(entry):
    a, b = (ag.tensor([2.0, -0.0, 0.0], requires_grad=True) for _ in range(2))
    entry.function(a, b).backward([1.0, 3.0, 5.0])
    np.testing.assert_array_equal(a.grad.numpy(), [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(b.grad.numpy(), [0.5, 1.5, 2.5])


@pytest.mark.parametrize("reduce", [ag.max, ag.min], ids=["max", "min"])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), (1, 0), -1, ()], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
def test_ties_in_a_reduction_are_shared_evenly(reduce, axis, keepdims):
    x = ag.tensor(np.ones((2, 3)), requires_grad=True)
    y = reduce(x, axis=axis, keepdims=keepdims)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.full((2, 3), y.size / 6), rtol=1e-15)


def test_kinks_are_declared():
    assert {entry.name for entry, _ in KINKS} >= {"relu", "absolute"}
    assert {entry.name for entry in TIES} >= {"maximum", "minimum"}
