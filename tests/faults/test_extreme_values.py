"""Saturated, infinite, subnormal and overflowing numbers. Kinks and single infinities are in docs/conventions.md."""

import math

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.derivatives import TABLE
from autograd_core.derivatives.domains import Elementwise

INF = math.inf
ROWS = [[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [-INF, 0.0, 1.0], [-INF, -INF, 2.0],
        [1e308, -1e308, 0.0], [5e-324, 0.0, -5e-324]]


def leaf(value, **options):
    return ag.tensor(value, requires_grad=True, **options)


@pytest.fixture
def steps_may_overflow():
    """On the way to a right result, as -max - max on that to e**-inf = 0, NumPy warns."""
    with np.errstate(over="ignore"):
        yield


def _shares(row):
    """Softmax in Python's own numbers."""
    top = max(row)
    terms = [math.exp(x - top) for x in row]
    return [term / sum(terms) for term in terms]


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_softmax_and_its_kin_at_saturated_logits(row, dtype, steps_may_overflow):
    limit = float(np.finfo(dtype).max)
    row = [x if math.isinf(x) else max(min(x, limit), -limit) for x in row]
    x, shares, close = leaf(row, dtype=dtype), np.array(_shares(row)), {"rtol": 1e-3 if dtype == "float16" else 1e-6}
    np.testing.assert_allclose(ag.softmax(x).numpy(), shares, **close)
    y = ag.logsumexp(x)
    expected = max(row) + math.log(sum(math.exp(v - max(row)) for v in row))
    np.testing.assert_allclose(float(y), expected, **close, atol=1e-7)
    np.testing.assert_allclose(ag.gradients(y, x)[0].numpy(), shares, **close)
    for f in (ag.softmax, ag.log_softmax):
        for v in np.eye(3):
            (g,) = ag.gradients(f(x), x, v)
            expected = v - shares if f is ag.log_softmax else shares * (v - shares @ v)
            np.testing.assert_allclose(g.numpy(), expected, **close, atol=1e-6)


@pytest.mark.parametrize(("row", "target", "loss", "gradient"), [
    ([1e4, -1e4, 0.0], 0, 0.0, [0, 0, 0]), ([1e4, -1e4, 0.0], 1, 2e4, [1, -1, 0]), ([-1e4] * 3, 0, math.log(3), None),
    ([-INF, 0.0, 0.0], 1, math.log(2), [0, -0.5, 0.5]), ([-INF, 0.0, 0.0], 0, INF, [-1, 0.5, 0.5]),
    ([1e308, -1e308, 0.0], 0, 0.0, [0, 0, 0]),
])
def test_cross_entropy_does_not_saturate(row, target, loss, gradient, steps_may_overflow):
    x = leaf([row])
    y = nn.CrossEntropyLoss()(x, [target])
    y.backward()
    assert y.item() == pytest.approx(loss)
    expected = [gradient] if gradient else [[1 / 3 - 1, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(x.grad.numpy(), expected, atol=1e-12)


def test_no_class_at_all_is_not_a_number():
    """Documented: where every logit is -inf there is no distribution."""
    x = leaf([-INF, -INF])
    with np.errstate(invalid="ignore"):
        for f in (ag.softmax, ag.log_softmax):
            y = f(x)
            assert np.isnan(y.numpy()).all()
            assert np.isnan(ag.gradients(y, x, np.array([1.0, 0.0]))[0].numpy()).all()
    assert ag.gradients(ag.logsumexp(x), x)[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("f", "far_left", "far_right"), [
    (ag.sigmoid, (0, 0), (1, 0)), (ag.tanh, (-1, 0), (1, 0)), (ag.softplus, (0, 0), (None, 1)),
    (ag.log_sigmoid, (None, 1), (0, 0)), (ag.relu, (0, 0), (None, 1)), (ag.silu, (0, 0), (None, 1)),
    (ag.gelu, (0, 0), (None, 1)), (ag.erf, (-1, 0), (1, 0)), (ag.elu, (-1, 0), (None, 1)), (ag.arctan, None, None),
], ids=lambda f: getattr(f, "__name__", ""))
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_activations_far_out(f, far_left, far_right, dtype, steps_may_overflow):
    """Value and slope; None where the function goes on as x does."""
    for at, expected in ((-1e4, far_left), (1e4, far_right)):
        x = leaf(at, dtype=dtype)
        y = f(x)
        slope = ag.gradients(y, x)[0].item()
        if expected is None:
            assert y.item() == pytest.approx(math.atan(at), rel=1e-3)
            assert slope == pytest.approx(1e-8, abs=6e-8)
        else:
            assert y.item() == pytest.approx(x.item() if expected[0] is None else expected[0], abs=1e-12)
            assert slope == pytest.approx(expected[1], abs=1e-12)


UNARY = [entry for entry in TABLE.values() if isinstance(entry.over, Elementwise) and len(entry.over.intervals) == 1]
MODEST = [0.0, -0.0, 1.0, -1.0, 0.5, 300.0, -300.0, 1e4, -1e4]
LIMITS = {"erfcx": "the rule's 2 x y - 2/sqrt(pi) cancels for large x"}


@pytest.mark.parametrize("entry", [entry for entry in UNARY if entry.name not in LIMITS], ids=lambda entry: entry.name)
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_where_float64_is_finite_lower_precision_is_finite_too(entry, dtype):
    """No rule overflows on the way to a gradient that is no overflow; subnormals included."""
    info = np.finfo(dtype)
    small = [info.tiny, -info.tiny, info.smallest_subnormal, -info.smallest_subnormal, info.eps]
    for value in (*MODEST, *map(float, small)):
        low, high = (leaf(np.array([value], kind)) for kind in (dtype, "float64"))
        with np.errstate(all="ignore"):
            ours, reference = (ag.gradients(entry.function(x), x, np.ones(1))[0].numpy() for x in (low, high))
            expected = reference.astype(dtype)
        assert np.isnan(ours) == np.isnan(expected), value
        if np.isfinite(expected):
            assert np.isfinite(ours), value
            np.testing.assert_allclose(ours, expected, rtol=100 * info.eps, atol=100 * info.tiny, err_msg=str(value))


def test_subnormals_pass_through():
    tiny = 5e-324
    x = leaf([tiny, -tiny])
    (g,) = ag.gradients((x * 2 + x).sum(), x)
    assert g.tolist() == [3.0, 3.0]
    (g,) = ag.gradients((x * 1.0).sum(), x, tiny)
    assert g.tolist() == [tiny, tiny]
    with np.errstate(over="ignore"):
        (g,) = ag.gradients(ag.sqrt(x[:1]).sum(), x)
    assert g.numpy()[0] == pytest.approx(0.5 / math.sqrt(tiny))


def test_float16_overflows_to_infinity_and_numpy_says_so():
    x = leaf([300.0, 2.0], dtype="float16")
    with pytest.warns(RuntimeWarning, match="overflow"):
        y = x * x
    assert y.tolist() == [INF, 4.0]
    y.backward(np.ones(2))
    assert (x.grad.tolist(), x.grad.dtype) == ([600.0, 4.0], np.float16)


def test_float16_means_and_variances_are_taken_in_more():
    x = leaf(np.full(70_000, 2.0), dtype="float16")
    assert (x.mean().item(), ag.var(x).item()) == (2.0, 0.0)
    x.mean().backward()
    np.testing.assert_allclose(x.grad.numpy(), 1 / 70_000, rtol=1e-2)


def test_infinity_in_one_element_leaves_the_gradients_of_the_others():
    x = leaf([INF, 2.0, np.nan])
    with np.errstate(invalid="ignore"):
        (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [INF, 4.0, np.nan])
