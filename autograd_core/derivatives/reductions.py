"""Functions that take axes away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..recording import TensorBase
from .define import primitive
from .domains import REDUCTIONS

__all__ = ["max", "mean", "min", "sum"]

Axis = int | tuple[int, ...] | None

# np.sum, np.max and np.min come to the same, 2 µs later.
_total: Any = np.add.reduce
_largest: Any = np.maximum.reduce
_smallest: Any = np.minimum.reduce


def restore(reduced: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """``reduced`` with its reduced axes back as ones, ready to broadcast against ``shape``."""
    if keepdims or axis is None:  # None leaves a scalar, which broadcasts as it is
        return reduced
    axes = normalize_axis_tuple(axis, len(shape))
    return reduced.reshape(tuple(1 if i in axes else n for i, n in enumerate(shape)))


def spread(g: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """``g`` repeated along the reduced axes, to ``shape``."""
    g = restore(g, shape, axis, keepdims)
    if isinstance(g, TensorBase):
        return g.broadcast_to(shape)  # type: ignore[attr-defined]  # a Tensor
    out = np.empty(shape, g.dtype)  # np.broadcast_to takes six times as long on small arrays
    out[...] = g
    return out


def _count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements become one; at least 1."""
    axes = range(len(shape)) if axis is None else normalize_axis_tuple(axis, len(shape))
    return math.prod(shape[i] for i in axes) or 1  # the builtin max is hidden here


def explain_axis(x: Any, *, axis: Axis = None, **_: Any) -> str:
    """Why a reduction over ``axis`` failed."""
    shape = np.shape(x)
    try:
        normalize_axis_tuple(() if axis is None else axis, len(shape))
    except (ValueError, TypeError) as error:
        return f"axis={axis} does not fit shape {shape}: {error}."
    return f"shape {shape} has no elements to choose from along axis={axis}." if 0 in shape else ""


@primitive(x=lambda g, x_shape, axis, keepdims: spread(g, x_shape, axis, keepdims),
           numpy=np.sum, explain=explain_axis, over=REDUCTIONS)
def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Sum over ``axis``, y = Σ x. Every element gets the gradient of its sum.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the summed axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the summed axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.sum(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
        tensor([4., 6.])
    """
    return _total(x, axis=axis, keepdims=keepdims)


@primitive(x=lambda g, x_shape, axis, keepdims:
               spread(g / _count(x_shape, axis), x_shape, axis, keepdims),
           numpy=np.mean, explain=explain_axis, over=REDUCTIONS)
def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Arithmetic mean over ``axis``, y = Σ x / n. Every element gets 1/n of the gradient.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the averaged axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the averaged axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.mean(ag.tensor([1.0, 2.0, 6.0]))
        tensor(3.)
    """
    if np.ndim(x) and x.dtype.kind == "f" and x.dtype != np.float16:  # float16 needs NumPy's wider sum
        return np.true_divide(_total(x, axis=axis, keepdims=keepdims), _count(x.shape, axis))
    return np.mean(x, axis=axis, keepdims=keepdims)


def _share(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """The gradient of a chosen element, shared evenly among all elements that equal it (NaN equals NaN)."""
    y = restore(y, x.shape, axis, keepdims)
    chosen = ((x == y) | ((x != x) & (y != y))).astype(g.dtype)
    return restore(g, x.shape, axis, keepdims) / chosen.sum(axis=axis, keepdims=True) * chosen


@primitive(x=_share, numpy=np.max, explain=explain_axis, kink="ties share evenly", over=REDUCTIONS)
def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Largest element over ``axis``. The gradient goes to it; ties share evenly.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have, or no elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.max(ag.tensor([[1.0, 5.0], [7.0, 3.0]]), axis=1)
        tensor([5., 7.])
    """
    return _largest(x, axis=axis, keepdims=keepdims)


@primitive(x=_share, numpy=np.min, explain=explain_axis, kink="ties share evenly", over=REDUCTIONS)
def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Smallest element over ``axis``. The gradient goes to it; ties share evenly.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have, or no elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.min(ag.tensor([[1.0, 5.0], [7.0, 3.0]]), axis=1)
        tensor([1., 3.])
    """
    return _smallest(x, axis=axis, keepdims=keepdims)
