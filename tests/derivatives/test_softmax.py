"""A softmax depends on its own row alone, bit by bit: not on how many others there are, nor on the layout in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.testing import gradcheck

FUNCTIONS = [ag.softmax, ag.log_softmax, lambda x, axis: ag.logsumexp(x, axis, keepdims=True)]
LAYOUTS = {
    "Fortran": np.asfortranarray,
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "unaligned": lambda x: np.concatenate([x.ravel()[:1], x.ravel()])[1:].reshape(x.shape),
}

every_function = pytest.mark.parametrize("f", FUNCTIONS, ids=["softmax", "log_softmax", "logsumexp"])


def value_and_gradient(f, x, g, axis):
    leaf = ag.tensor(x, requires_grad=True)
    leaf.data = x  # as it lies in memory
    y = f(leaf, axis)
    return y.numpy(), ag.gradients(y, leaf, g if y.shape == x.shape else g.take([0], axis))[0].numpy()


@every_function
@given(seed=st.integers(0, 9), n=st.integers(1, 70) | st.sampled_from([128, 257, 1000]), some=st.integers(1, 23),
       first=st.booleans(), axis=st.sampled_from([0, 1]), dtype=st.sampled_from(["float16", "float32", "float64"]),
       layout=st.sampled_from(list(LAYOUTS)))
def test_every_row_is_on_its_own(f, seed, n, some, first, axis, dtype, layout):
    rng = np.random.default_rng(seed)
    x, g = (rng.standard_normal((24, n)).astype(dtype) for _ in range(2))
    part = slice(some) if first else slice(some, None)

    def turned(a):
        return a if axis == 1 else np.ascontiguousarray(a.T)

    whole = value_and_gradient(f, turned(x), turned(g), axis)
    alone = value_and_gradient(f, turned(x[part]), turned(g[part]), axis)
    moved = value_and_gradient(f, LAYOUTS[layout](turned(x)), LAYOUTS[layout](turned(g)), axis)
    for of_all, of_some, elsewhere in zip(whole, alone, moved, strict=True):
        np.testing.assert_array_equal(of_some, of_all[part] if axis == 1 else of_all[:, part])
        np.testing.assert_array_equal(elsewhere, of_all)


@every_function
@pytest.mark.parametrize(("shape", "axis"), [
    ((), None), ((), -1), ((2, 3), None), ((2, 3), (0, 1)), ((2, 3, 4), (0, -1)), ((2, 3), (1,)), ((2, 3), ())])
def test_over_several_axes_or_all(f, shape, axis):
    x = np.random.default_rng(0).standard_normal(shape)
    e = np.exp(x)
    sums = e.sum(axis=axis, keepdims=True)
    expected = {FUNCTIONS[0]: e / sums, FUNCTIONS[1]: x - np.log(sums)}.get(f, np.log(sums))
    np.testing.assert_allclose(f(x, axis).numpy(), expected, rtol=1e-14, atol=1e-15)
    gradcheck(lambda x: f(x, axis), x)


def test_an_axis_that_is_not_there():
    for axis in (2, -3, (0, 2)):
        with pytest.raises(ag.errors.ShapeError, match="softmax: axis="):
            ag.softmax(np.ones((2, 3)), axis)
