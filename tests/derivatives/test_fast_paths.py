"""Where large arrays take another way than small ones: the numbers are the same, and so is what is recorded."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.derivatives.elementwise import chosen
from autograd_core.derivatives.products import times
from autograd_core.testing import gradcheck

SPECIAL = np.array([0.0, -0.0, 1.5, -2.0, np.inf, -np.inf, np.nan, 1e-40])
LARGE = (40, 50)
dtypes = st.sampled_from(["float16", "float32", "float64", "longdouble", "int64"])


@given(seed=st.integers(0, 99), dtype_a=dtypes, dtype_b=dtypes,
       shape_a=st.sampled_from([LARGE, (50,), (), (3, 40, 50)]), step=st.sampled_from([1, 2, -1]),
       b=st.sampled_from([None, 0, 0.0, -0.0, 7]))
def test_chosen_is_where_bit_by_bit(seed, dtype_a, dtype_b, shape_a, step, b):
    rng = np.random.default_rng(seed)

    def numbers(shape, dtype):
        return (rng.choice(SPECIAL, shape) if dtype[0] != "i" else rng.integers(-9, 9, shape)).astype(dtype)

    condition = rng.random((LARGE[0], 50 * abs(step)))[:, ::step] < 0.5
    a, b = numbers(shape_a, dtype_a), numbers(LARGE, dtype_b) if b is None else b
    for which, swapped in ((condition, (a, b)), (~condition, (b, a)), (condition * np.int8(3), (a, b))):
        found, expected = chosen(which, *swapped), np.where(which, *swapped)
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


ROUTES = {
    "where": lambda x: ag.where(x > 0.1, x * x, x),
    "where, broadcast": lambda x: ag.where(x[0] > 0.1, x * x, 0.0),
    "leaky_relu": lambda x: ag.leaky_relu(x, 0.3) ** 2,
    "elu": lambda x: ag.elu(x, 0.7) ** 2,
    "newaxis": lambda x: x[None, ..., None] ** 2,
    "the only one": lambda x: x.reshape(1, *x.shape)[0] ** 2,
    "reversed": lambda x: x[::-1] ** 2,
    "rows": lambda x: x[np.arange(90) % 40] ** 2,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("f", ROUTES.values(), ids=ROUTES)
def test_arrays_and_tensors_take_the_same_way(f, dtype):
    """The gradient from rules on arrays is that from recorded rules; and both are the derivative, as is the second."""
    start = np.random.default_rng(0).standard_normal(LARGE).astype(dtype)
    x = ag.tensor(start, requires_grad=True)
    y = f(x)
    seed = np.random.default_rng(1).standard_normal(y.shape).astype(dtype)
    (plain,), (recorded,) = (ag.gradients(f(x), x, seed, create_graph=recorded) for recorded in (False, True))
    np.testing.assert_allclose(plain.numpy(), recorded.numpy(), rtol=1e-5 if dtype == "float32" else 1e-14)
    gradcheck(f, start, directions=1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("shape", [(5, 4), (5, 3), (5, 1, 2), (5, 0)])
def test_rows_add_up_one_by_one_or_in_pairs(shape, dtype):
    index = np.array([[0, -1, 3], [3, 3, 4]])
    x = np.random.default_rng(0).integers(-9, 9, (*index.shape, *shape[1:])).astype(dtype)
    expected = np.zeros(shape, dtype)
    np.add.at(expected, index, x)
    y = ag.scatter_add(x, index, shape).numpy()
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("shape", [(2, 3, 4), (1, 5, 4), (2, 2, 3, 4), (0, 3, 4), (2, 3, 0), (3, 4), (4,)])
@pytest.mark.parametrize("columns", [0, 1, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("step", [1, -1])
def test_rows_times_a_transposed_matrix_is_matmul(shape, columns, dtype, step):
    rng = np.random.default_rng(0)
    a = rng.integers(-9, 9, shape).astype("float32")[..., ::step]
    b = rng.integers(-9, 9, (columns, shape[-1])).astype(dtype).T
    found, expected = times(a, b), np.matmul(a, b)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(found, expected)  # of small integers: exact, in whatever order they are added


@pytest.mark.parametrize("view", [lambda a: a[:, :, ::2], lambda a: a.swapaxes(0, 1), lambda a: a[:, :5]])
def test_a_stack_is_not_copied_to_be_multiplied(view):
    a = view(np.ones((20, 30, 400), np.float32))
    b = np.ones((3, a.shape[-1]), np.float32).T
    tracemalloc.start()
    try:
        times(a, b)
        assert tracemalloc.get_traced_memory()[1] < a.nbytes / 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("f", [ag.softmax, ag.log_softmax])
def test_softmax_is_the_same_over_every_axis(f, dtype):
    x = np.random.default_rng(0).normal(0, 3, (5, 4, 6)).astype(dtype)
    g = np.random.default_rng(1).normal(0, 1, x.shape).astype(dtype)

    def both(axis):
        leaf = ag.tensor(np.moveaxis(x, -1, axis), requires_grad=True)
        y = f(leaf, axis)
        (gradient,) = ag.gradients(y, leaf, np.moveaxis(g, -1, axis))
        return [np.moveaxis(of.numpy(), axis, -1) for of in (y, gradient)]

    for of_last, of_other in zip(both(-1) + both(2), both(0) + both(1), strict=True):
        assert of_last.dtype == of_other.dtype == dtype
        np.testing.assert_allclose(of_last, of_other, rtol=0, atol=30 * np.finfo(dtype).eps)


def test_the_normal_distribution_in_float32():
    """Of the same quality in the tail as SciPy's erfc in float32, whatever the size and the place in memory."""
    special = pytest.importorskip("scipy.special", reason="the oracle")
    x = np.linspace(-13, 8, 100_001, dtype=np.float32)
    y = ag.ndtr(x).numpy()
    exact = special.ndtr(x.astype(float))
    assert (abs(y / exact - 1) <= 6e-7 + 5e-8 * (x < 0) * x**2).all()
    assert (np.diff(y) >= -1e-7).all()
    for part in (slice(3, None), slice(None, None, 7), slice(None, None, -1), slice(70_000, 70_001)):
        np.testing.assert_array_equal(ag.ndtr(x[part]).numpy(), y[part])
    with np.errstate(all="raise", under="ignore"):
        limits = ag.ndtr(np.array([-np.inf, -1e30, -0.0, 0.0, 1e30, np.inf, np.nan], np.float32)).numpy()
    np.testing.assert_array_equal(limits, np.array([0, 0, 0.5, 0.5, 1, 1, np.nan], np.float32))
