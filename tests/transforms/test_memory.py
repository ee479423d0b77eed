"""No reference cycles: with the garbage collector off, everything that a transform made dies when it returns."""

import gc

import numpy as np
import pytest

import autograd_core as ag

W = ag.tensor(np.eye(2), requires_grad=True)
X = np.array([1.0, 2.0])


@ag.custom_derivative(x=lambda g, x: g * 2 * x)
def square(x):
    return x * x


def checkpointed():
    ag.checkpoint(lambda x: (ag.tanh(W @ x), x))(X)[0].sum().backward()
    W.zero_grad()


@pytest.mark.parametrize(
    "use",
    [
        lambda: ag.value_and_grad(lambda x: (W @ x).sum(), has_aux=False)(X),
        lambda: ag.grad(ag.grad(lambda x: x**3))(2.0),
        lambda: ag.vjp(lambda x: W @ x, X)[1](X),
        lambda: ag.jvp(lambda x: W @ x, (X,), (X,)),
        lambda: ag.hvp(lambda x: (W @ x).sum(), (X,), (X,)),
        lambda: ag.jacobian(lambda x: W @ x * x[0])(X),
        lambda: ag.jacobian(lambda x: x * np.ones(9))(2.0),
        lambda: ag.hessian(lambda x: (square(x) * x).sum())(X),
        checkpointed,
        lambda: ag.grad(ag.checkpoint(lambda x: (W @ x).sum()))(X),
    ],
)
def test_everything_dies_by_reference_counting(use):
    use()  # caches fill
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(50):
            use()
        assert len(gc.get_objects()) - before < 100  # the test runner makes a few of its own meanwhile
        assert gc.collect() == 0
    finally:
        gc.enable()
