"""Clipping, by norm and by value: PyTorch's numbers, and what nobody should have to fear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
import optim
from autograd_core.errors import GraphError

ORDERS = [2.0, 1.0, 0.5, 3.0, float("inf")]


def with_gradients(dtype=np.float64, scale=1.0):
    params = [ag.tensor(np.zeros(shape), dtype=dtype, requires_grad=True) for shape in ((3, 2), (), (4,), (0,))]
    rng = np.random.default_rng(0)
    for p in params[:3]:
        p.grad = ag.tensor(scale * rng.standard_normal(p.shape), dtype=dtype)
    return params


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("bound", [0.0, 0.1, 1e3])
def test_clipping_by_norm_is_torchs(order, bound, dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    params = with_gradients(dtype)
    theirs = [torch.zeros(p.shape, dtype=torch.float32 if dtype is np.float32 else torch.float64) for p in params]
    for p, tp in zip(params, theirs, strict=True):
        tp.grad = None if p.grad is None else torch.tensor(p.grad.data)
    norm = optim.clip_grad_norm_(params, bound, order)
    their_norm = torch.nn.utils.clip_grad_norm_(theirs, bound, order)
    tolerance = 1e-6 if dtype is np.float32 else 1e-12
    assert norm == pytest.approx(their_norm.item(), rel=tolerance)
    for p, tp in zip(params[:3], theirs, strict=False):
        np.testing.assert_allclose(p.grad.data, tp.grad.numpy(), rtol=tolerance, atol=1e-15)
        assert p.grad.dtype == dtype


@given(st.floats(1e-3, 1e3), st.sampled_from(ORDERS))
def test_no_clipped_gradient_is_longer_than_the_bound_and_short_ones_stay(bound, order):
    params = with_gradients()
    norm = optim.clip_grad_norm_(params, bound, order)
    now = optim.clip_grad_norm_(params, float("1e9"), order)
    assert now <= bound
    assert now == pytest.approx(min(norm, bound), rel=1e-2)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_the_norm_neither_overflows_nor_vanishes_on_the_way(scale):
    params, plain = with_gradients(np.float32, scale), with_gradients(np.float64)
    assert optim.clip_grad_norm_(params, 1e38) == pytest.approx(scale * optim.clip_grad_norm_(plain, 1e38), rel=1e-6)


def test_gradients_that_share_memory_are_scaled_once():
    a, b = (ag.tensor([1.0, 1.0], requires_grad=True) for _ in range(2))
    a.grad = b.grad = ag.tensor([3.0, 4.0])
    optim.clip_grad_norm_([a, b], 1.0)
    np.testing.assert_allclose(np.linalg.norm([a.grad.data, b.grad.data]), 1.0, rtol=1e-6)
    a.grad = b.grad
    optim.clip_grad_value_([a, b], 0.1)
    np.testing.assert_array_equal(b.grad.data, [0.1, 0.1])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_norm_that_is_not_finite(bad):
    params = with_gradients()
    params[0].grad.data[0, 0] = bad
    before = params[2].grad.data.copy()
    with pytest.raises(GraphError, match=f"the norm of the gradients is {bad}; none was changed"):
        optim.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    np.testing.assert_array_equal(params[2].grad.data, before)
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(optim.clip_grad_norm_(params, 1.0))  # as in PyTorch; step() finds the NaN that is left
    with pytest.raises(GraphError, match="the gradient of params"):
        optim.GD(params[:3]).step()


def test_a_model_is_clipped_as_a_whole():
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Linear(4, 1, rng=0))
    (model(np.ones((1, 3), np.float32)).sum() * 100).backward()
    assert optim.clip_grad_norm_(model, 1.0) > 1
    assert optim.clip_grad_norm_(model, 1.0) == pytest.approx(1.0, rel=1e-4)
    optim.clip_grad_value_(model, 0.01)
    assert max(np.abs(p.grad.data).max() for p in model.parameters()) == pytest.approx(0.01)


def test_bad_bounds_are_refused_and_no_gradients_are_fine():
    for call in (
        lambda p: optim.clip_grad_norm_(p, -1.0), lambda p: optim.clip_grad_norm_(p, 1.0, 0.0),
        lambda p: optim.clip_grad_value_(p, -1.0),
    ):
        with pytest.raises(optim.OptionError, match=r"clip_grad_(norm|value)_: .* expected"):
            call(with_gradients())
    assert optim.clip_grad_norm_([ag.tensor(1.0, requires_grad=True)], 1.0) == 0.0
