"""Softmax and its kin, fused so that large inputs neither overflow nor lose digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..recording import TensorBase
from .define import primitive
from .domains import REDUCTIONS, Cases, over_shapes
from .exponentials import floats, gap
from .reductions import Axis, explain_axis, restore

__all__ = ["log_softmax", "logsumexp", "softmax"]

_OVER_AXES = Cases(
    over_shapes((), (3,), (2, 3), (2, 1, 3)) + over_shapes((2, 3), (2, 3, 2), (3, 1), (3, 0), axis=0)
    + over_shapes((), (2, 3), axis=None) + over_shapes((2, 3, 2), axis=(0, 2)))


# A lower bound for a maximum, so that all -inf leaves -inf - lowest = -inf, and not -inf - -inf = NaN.
_LOWEST = {np.dtype(t): np.finfo(t).min for t in (np.float16, np.float32, np.float64, np.longdouble)}


FEW = 32
"""So many elements a row, and NumPy finds row maxima faster down the columns of a copy: 5x at 128 x 10."""


def _top(x: Any, axis: Axis) -> Any:
    """The largest element over ``axis``, kept as an axis: what may be subtracted before exp."""
    if x.ndim == 2 and axis in (1, -1) and x.shape[1] <= FEW:
        return np.maximum.reduce(x.T.copy(), axis=0, initial=_LOWEST[x.dtype])[:, None]
    return np.maximum.reduce(x, axis=axis, keepdims=True, initial=_LOWEST[x.dtype])


def shifted(x: Any, axis: Axis) -> Any:
    """x less its largest element over ``axis``; where that is inf, it is certain, and the rest -inf."""
    top = _top(x, axis)
    if not np.isinf(top).any():
        return x - top
    with np.errstate(invalid="ignore"):
        return np.where(x == np.inf, 0, x - top)


# Sums that round in the same way however many other rows there are, and however they lie in memory. Products with a
# matrix or with ones do not (BLAS cuts the rows into blocks), nor does einsum; np.vecdot does, in half the time of
# np.sum for short rows, and it writes no product of two arrays out.


def _in_c_order(x: Any) -> Any:
    return x if isinstance(x, TensorBase) else np.asarray(x, order="C")


def _is_last(axis: Axis, ndim: int) -> bool:
    return ndim > 0 and axis in (-1, ndim - 1)


def total(x: Any, axis: Axis) -> Any:
    """Σ x over ``axis``, which stays as one of size 1."""
    x = _in_c_order(x)
    if _is_last(axis, x.ndim):
        return np.vecdot(x, np.ones(x.shape[-1], x.dtype))[..., None]
    if x.ndim and isinstance(axis, (int, np.integer)) and math.prod(x.shape[axis:][1:]) == 1:
        # NumPy adds up columns one element after the other, but a single one in pairs. Here it has company.
        return x.repeat(2, axis=-1).sum(axis=axis, keepdims=True)[..., :1]
    return x.sum(axis=axis, keepdims=True)


def dot(a: Any, b: Any, axis: Axis) -> Any:
    """Σ a b over ``axis``, which stays as one of size 1."""
    if _is_last(axis, a.ndim):
        return np.vecdot(_in_c_order(a), _in_c_order(b))[..., None]
    return total(a * b, axis)


def exps(x: Any, axis: Axis) -> tuple[Any, Any]:
    """eˣ, and its sum over ``axis``; both divided by the largest, so that neither overflows."""
    y = np.asarray(shifted(x, axis))  # of a scalar it is no array
    np.exp(y, out=y)
    return y, total(y, axis)


def _shares(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """g e**(x - y), divided by its sum, which is 1 but for what y was rounded: in float16 that can be a factor."""
    e = np.exp(gap(x, restore(y, x.shape, axis, keepdims)))
    sums = total(e, axis)
    return restore(g, x.shape, axis, keepdims) * (e / (sums + (sums == 0)))


@primitive(x=_shares,
           kink="0 where all are -inf, shared among inf",
           explain=explain_axis, over=REDUCTIONS)
def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """log Σ eˣ over ``axis``, without overflow. The gradient is shared by the softmax, e**(x - y).

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.logsumexp(ag.tensor([1000.0, 1000.0]))
        tensor(1000.69314718)
    """
    x = floats(x)
    top = np.minimum(_top(x, axis), -_LOWEST[x.dtype])  # finite: inf - inf would be NaN
    with np.errstate(divide="ignore"):  # all -inf: log 0 = -inf is the right value
        y = np.log(total(np.exp(x - top), axis)) + top
    return y if keepdims else np.squeeze(y, axis=tuple(range(y.ndim)) if axis is None else axis)


@primitive(x=lambda g, y, axis: g - np.exp(y) * total(g, axis),
           explain=explain_axis, over=_OVER_AXES)
def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """x - log Σ eˣ over ``axis``, stable. dL/dx = g - softmax(x) Σ g.

    Args:
        x: Tensor, array or number.
        axis: the axis that holds the classes; or several, or None for all.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.log_softmax(ag.tensor([0.0, 0.0]))
        tensor([-0.69314718, -0.69314718])
    """
    below = shifted(floats(x), axis)
    with np.errstate(divide="ignore"):
        return below - np.log(total(np.exp(below), axis))


@primitive(x=lambda g, y, axis: y * (g - dot(g, y, axis)),
           explain=explain_axis, over=_OVER_AXES)
def softmax(x: Any, axis: Axis = -1) -> Any:
    """eˣ / Σ eˣ over ``axis``, stable. dL/dx = y (g - Σ g y).

    Args:
        x: Tensor, array or number.
        axis: the axis that holds the classes; or several, or None for all.

    Returns:
        Tensor of the same shape; it sums to 1 over ``axis``.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.softmax(ag.tensor([0.0, 0.0]))
        tensor([0.5, 0.5])
    """
    y, sums = exps(floats(x), axis)
    y /= sums
    return y
