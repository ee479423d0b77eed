"""Nothing to reduce, axes of size 0, and single numbers where arrays are expected."""

import warnings

import numpy as np
import pytest

import autograd_core as ag

EMPTY = (0, 3)


def leaf(value):
    return ag.tensor(value, requires_grad=True)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "ptp", "nanmax", "nanmin", "median"])
def test_the_extreme_of_nothing_is_an_error(name):
    x = leaf(np.zeros(EMPTY))
    for axis in (None, 0, (0, 1)) if name != "median" else (None, 0):
        with pytest.raises(ag.ShapeError, match=r"shape \(0, 3\) has no elements to choose from"):
            getattr(ag, name)(x, axis=axis)
        with pytest.raises(ag.ShapeError, match="no elements"):
            getattr(np, name)(x, axis=axis)
    rows = getattr(ag, name)(x, axis=1)  # no rows: nothing is asked of an empty one
    assert (rows.shape, ag.gradients(rows.sum(), x)[0].shape) == ((0,), EMPTY)


@pytest.mark.parametrize("call", [lambda x: ag.quantile(x, 0.5), np.argmax, np.argmin, np.nanargmax,
                                  lambda x: x.argmax(axis=0)])
def test_the_place_of_an_extreme_of_nothing_is_an_error(call):
    with pytest.raises(ag.ShapeError, match=r"no elements|empty|All-NaN"):
        call(leaf(np.zeros(EMPTY)))


@pytest.mark.parametrize(("name", "value"), [
    ("sum", 0.0), ("prod", 1.0), ("nansum", 0.0), ("nanprod", 1.0), ("logsumexp", -np.inf), ("linalg.norm", 0.0),
])
def test_a_reduction_with_a_neutral_element_gives_it(name, value):
    x = leaf(np.zeros(EMPTY))
    function = ag.linalg.norm if "." in name else getattr(ag, name)
    for y in (function(x), function(x, axis=None), function(x[:, :0])):
        assert y.item() == value
        assert ag.gradients(y, x)[0].shape == EMPTY
    if name != "linalg.norm":
        assert function(x, axis=0).tolist() == [value] * 3


@pytest.mark.parametrize(("name", "words"), [("mean", "Mean of empty slice"), ("var", "Degrees of freedom"),
                                             ("std", "Degrees of freedom")])
def test_the_mean_of_nothing_is_nan_with_the_warnings_of_numpy(name, words):
    x = leaf(np.zeros(EMPTY))
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        y = getattr(ag, name)(x)
        (g,) = ag.gradients(y, x)
    assert np.isnan(y.item())
    assert g.shape == EMPTY
    assert any(words in str(warning.message) for warning in said)


@pytest.mark.parametrize("f", [
    lambda x: ag.softmax(x), lambda x: ag.log_softmax(x, axis=0), lambda x: ag.cumsum(x, 0), lambda x: ag.sort(x, 0),
    lambda x: ag.concatenate([x, x]), lambda x: ag.stack([x]), lambda x: x @ np.ones((3, 2)), lambda x: x.T @ x,
    lambda x: ag.where(x > 0, x, 1.0), lambda x: x.reshape(3, 0), lambda x: x[:, [0, 0, 1]],
    lambda x: ag.einsum("ij->j", x),
    lambda x: ag.pad(x, 1), lambda x: ag.relu(x) * x[0:0], lambda x: x + np.ones((1, 3)), lambda x: ag.maximum(x, 0.0),
    lambda x: ag.broadcast_to(x, (2, 0, 3)), lambda x: ag.repeat(x, 2, 0), lambda x: ag.roll(x, 1),
    lambda x: ag.diff(x, axis=1),
    lambda x: ag.outer(x, [1.0, 2.0]), lambda x: ag.clip(x, 0.0, 1.0), lambda x: ag.flip(x, 0),
    lambda x: ag.tile(x, (2, 1)),
])
def test_no_elements_go_through_to_order_2(f):
    x = leaf(np.zeros(EMPTY))
    y = f(x)
    (g,) = ag.gradients((y * y).sum(), x, create_graph=True)
    assert (g.shape, g.dtype) == (EMPTY, np.float64)
    assert ag.gradients(g.sum(), x, allow_unused=True)[0].shape == EMPTY


@pytest.mark.parametrize(("f", "value"), [
    (lambda x: ag.sum(x), 2.0), (lambda x: ag.max(x), 2.0), (lambda x: ag.mean(x, axis=()), 2.0),
    (lambda x: x.reshape(1)[0], 2.0),
    (lambda x: x[...], 2.0), (lambda x: x[()], 2.0), (lambda x: x[None][0], 2.0),
    (lambda x: ag.stack([x, x]).sum() / 2, 2.0),
    (lambda x: ag.where(True, x, 0.0), 2.0), (lambda x: ag.ravel(x).sum(), 2.0), (lambda x: x.T, 2.0),
    (lambda x: +x, 2.0),
    (lambda x: ag.atleast_2d(x).sum(), 2.0), (lambda x: ag.broadcast_to(x, (4,)).mean(), 2.0),
    (lambda x: ag.squeeze(x), 2.0),
    (lambda x: ag.full((2,), x).mean(), 2.0), (lambda x: np.float64(1) * x, 2.0), (lambda x: np.array(1.0) * x, 2.0),
])
def test_a_0d_tensor_is_an_array_like_others(f, value):
    x = leaf(2.0)
    y = f(x)
    assert isinstance(y, ag.Tensor)
    assert y.item() == value
    (g,) = ag.gradients(y, x, create_graph=True)
    assert (g.shape, g.item(), type(g._data)) == ((), 1.0, np.ndarray)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "nansum", "nanmax", "logsumexp", "cumsum", "cumprod"])
@pytest.mark.parametrize("axis", [0, -1])
def test_where_numpy_gives_a_scalar_an_axis_so_do_the_derivatives(name, axis):
    x = leaf(2.0)
    y = getattr(ag, name)(x, axis=axis)
    (g,) = ag.gradients((y * y).sum(), x, create_graph=True)
    assert (y.sum().item(), g.item(), ag.gradients(g, x)[0].item()) == (2.0, 4.0, 2.0)


@pytest.mark.parametrize(("call", "error", "words"), [
    (len, ag.DTypeError, "scalar"), (list, ag.DTypeError, "iterated"),
    (lambda x: x[0], ag.SelectionError, r"shape \(\)"),
    (lambda x: ag.sum(x, axis=1), ag.ShapeError, r"axis=1 does not fit shape \(\)"),
    (lambda x: x @ x, ag.ShapeError, r"use \*"),
    (lambda x: ag.sort(x), ag.ShapeError, "sort: a scalar has no axes"),
    (lambda x: ag.concatenate([x, x]), ag.ShapeError, "concatenate"), (lambda x: [1, 2][x], ag.DTypeError, "integer"),
    (lambda x: ag.linalg.inv(x), ag.ShapeError, "inv"), (lambda x: iter(x), ag.DTypeError, "scalar"),
])
def test_what_a_single_number_cannot_do_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call(leaf(2.0))


@pytest.mark.parametrize(("call", "error", "words"), [
    (float, ag.ShapeError, r"shape \(2,\) has 2 elements"), (int, ag.ShapeError, "only a tensor with one"),
    (bool, ag.ShapeError, r"ambiguous.*any\(\)"), (lambda x: f"{x:.2f}", ag.ShapeError, "only a tensor with one"),
    (lambda x: x in [1, x], ag.ShapeError, "ambiguous"), (lambda x: max(x, x), ag.ShapeError, "ambiguous"),
])
def test_what_needs_a_single_number_says_so(call, error, words):
    with pytest.raises(error, match=words):
        call(leaf([1.0, 2.0]))
    assert f"{leaf(2.0):.2f}" == "2.00"
    assert f"{leaf([1.0])}" == "tensor([1.], requires_grad=True)"
