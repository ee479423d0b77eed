"""Where large arrays take another way than small ones: the numbers are the same, and so is what is recorded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.derivatives.elementwise import chosen
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
