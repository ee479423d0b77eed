"""Cross-entropy: its value, its gradient, its stability, its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, SelectionError, ShapeError
from autograd_core.testing import gradcheck

loss_function = nn.CrossEntropyLoss()


def batch(samples, classes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((samples, classes)).astype(dtype), rng.integers(0, classes, samples)


@settings(deadline=None)
@given(samples=st.integers(1, 6), classes=st.integers(1, 6), seed=st.integers(0, 99))
def test_it_is_the_mean_of_minus_the_log_probability_of_the_label(samples, classes, seed):
    f, target = batch(samples, classes, seed)
    p = np.exp(f) / np.exp(f).sum(axis=1, keepdims=True)
    logits = ag.tensor(f, requires_grad=True)
    loss = loss_function(logits, target)
    loss.backward()
    np.testing.assert_allclose(loss.item(), -np.log(p[np.arange(samples), target]).mean(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(logits.grad.numpy(), (p - np.eye(classes)[target]) / samples, rtol=1e-12, atol=1e-15)


def test_it_passes_gradcheck_to_second_order():
    f, target = batch(4, 3)
    gradcheck(lambda logits: loss_function(logits, target), f, order=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_ten_thousand_neither_overflow_nor_lose_the_gradient(dtype):
    logits = ag.tensor(np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [1e4, 1e4 - 1, -1e4]], dtype), requires_grad=True)
    loss = loss_function(logits, [1, 0, 0])
    loss.backward()
    last = np.log1p(np.exp(-1))
    assert (loss.dtype, logits.grad.dtype) == (dtype, dtype)
    assert loss.item() == pytest.approx((2e4 + 2e4 + np.log(2) + last) / 3, rel=1e-6)
    s = 1 / (1 + np.exp(1))
    expected = np.array([[1, -1, 0], [-1, 0.5, 0.5], [-s, s, 0]]) / 3
    np.testing.assert_allclose(logits.grad.numpy(), expected, rtol=1e-5 if dtype == np.float32 else 1e-10)


def test_a_class_ruled_out_by_minus_infinity_costs_nothing():
    logits = ag.tensor([[-np.inf, 0.0, 0.0]], requires_grad=True)
    loss = loss_function(logits, [1])
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert logits.grad.tolist() == [[0.0, -0.5, 0.5]]


@pytest.mark.parametrize("as_given", [list, ag.tensor, np.uint8, np.int32])
def test_labels_may_be_of_any_integer_kind(as_given):
    f, target = batch(4, 3)
    assert loss_function(f, as_given(target)).item() == loss_function(f, target).item()


def test_the_labels_are_left_alone():
    f, target = batch(4, 3)
    before = target.copy()
    logits = ag.tensor(f, requires_grad=True)
    loss_function(logits, target).backward()
    assert np.array_equal(target, before)
    assert np.array_equal(logits.numpy(), f)


@pytest.mark.parametrize(
    ("shape", "target", "error", "message"),
    [
        ((3,), [0], ShapeError, r"logits of shape \(3,\); expected \(samples, classes\)"),
        ((2, 3, 4), [0, 1], ShapeError, r"logits of shape \(2, 3, 4\); expected"),
        ((0, 3), np.array([], int), ShapeError, r"logits of shape \(0, 3\); expected .* neither of them 0"),
        ((2, 0), [0, 0], ShapeError, r"logits of shape \(2, 0\); expected"),
        ((2, 3), [0, 1, 2], ShapeError, r"target of shape \(3,\) for logits of shape \(2, 3\); expected \(2,\)\.$"),
        ((2, 3), 1, ShapeError, r"target of shape \(\)"),
        ((2, 3), np.eye(3, dtype=int)[:2], ShapeError, r"For one-hot rows pass target\.argmax\(axis=1\)"),
        ((2, 3), [0.0, 1.0], DTypeError, r"target of float64; .* pass target\.astype\(int\)"),
        ((2, 3), ag.tensor([0.0, 1.0], requires_grad=True), DTypeError, "target of float64"),
        ((2, 3), [True, False], DTypeError, "target of bool"),
        ((2, 3), [0, 3], SelectionError, r"target\[1\] is 3, but logits of shape \(2, 3\) know the classes 0 to 2"),
        ((2, 3), [-1, 0], SelectionError, r"target\[0\] is -1"),
    ],
)
def test_errors_name_what_is_wrong_and_leave_no_gradient(shape, target, error, message):
    logits = ag.tensor(np.zeros(shape), requires_grad=True)
    with pytest.raises(error, match=message):
        loss_function(logits, target)
    assert logits.grad is None
