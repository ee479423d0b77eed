"""Functions that take axes away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .define import primitive
from .domains import REDUCTIONS

Axis = int | tuple[int, ...] | None


def _spread(reduced: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """``reduced`` with its reduced axes back as ones, ready to broadcast against ``shape``."""
    if axis is None and not shape:
        return reduced
    axes = range(len(shape)) if axis is None else normalize_axis_tuple(axis, len(shape))
    return reduced.reshape([1 if i in axes else n for i, n in enumerate(shape)]) if not keepdims else reduced


def _count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements become one; at least 1."""
    axes = range(len(shape)) if axis is None else normalize_axis_tuple(axis, len(shape))
    return math.prod(shape[i] for i in axes) or 1  # the builtin max is hidden here


def _explain_axis(x: Any, *, axis: Axis = None, **_: Any) -> str:
    shape = np.shape(x)
    try:
        normalize_axis_tuple(() if axis is None else axis, len(shape))
    except (ValueError, TypeError) as error:
        return f"axis={axis} does not fit shape {shape}: {error}."
    return f"shape {shape} has no elements to choose from along axis={axis}." if 0 in shape else ""


@primitive(x=lambda g, x_shape, axis, keepdims: np.broadcast_to(_spread(g, x_shape, axis, keepdims), x_shape),
           numpy=np.sum, explain=_explain_axis, over=REDUCTIONS)
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
    total: Any = np.add.reduce  # np.sum is this, 2 µs later
    return total(x, axis=axis, keepdims=keepdims)


@primitive(x=lambda g, x_shape, axis, keepdims:
               np.broadcast_to(_spread(g, x_shape, axis, keepdims) / _count(x_shape, axis), x_shape),
           numpy=np.mean, explain=_explain_axis, over=REDUCTIONS)
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
    return np.mean(x, axis=axis, keepdims=keepdims)


def _share(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """The gradient of a chosen element, shared evenly among all elements that equal it (NaN equals NaN)."""
    y = _spread(y, x.shape, axis, keepdims)
    chosen = ((x == y) | ((x != x) & (y != y))).astype(g.dtype)
    return _spread(g, x.shape, axis, keepdims) / chosen.sum(axis=axis, keepdims=True) * chosen


@primitive(x=_share, numpy=np.max, explain=_explain_axis, over=REDUCTIONS)
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
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive(x=_share, numpy=np.min, explain=_explain_axis, over=REDUCTIONS)
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
    return np.min(x, axis=axis, keepdims=keepdims)
