"""Weighted means, and how far elements spread about their mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError
from .define import apply, composite, primitive
from .domains import Case, Cases, Interval, over_shapes
from .reductions import Axis, count, explain_axis, in_own_dtype, mean, restore, sum
from .scans import as_tensor

__all__ = ["average", "std", "var"]

_total: Any = np.add.reduce


def _freedom(shape: tuple[int, ...], axis: Axis, ddof: float, correction: float | None) -> float:
    """What the squares are divided by; NaN where nothing is left (NumPy warns, and gives NaN or inf)."""
    free = count(shape, axis) - (ddof if correction is None else correction)
    return free if free > 0 else math.nan


_SPREADS = Cases(over_shapes((3,), (2, 3)) + over_shapes((2, 3), axis=1, correction=1)
                 + over_shapes((3, 2), axis=0, ddof=1, keepdims=True) + over_shapes((2, 3, 2), axis=(-1, 0)))


def _deviation(x: Any, axis: Axis) -> Any:
    return x - apply(mean, x, axis=axis, keepdims=True)


@primitive(x=lambda g, x, axis, ddof, keepdims, correction:
               restore(g, x.shape, axis, keepdims) * (2 / _freedom(x.shape, axis, ddof, correction))
               * _deviation(x, axis),
           numpy=np.var, explain=explain_axis,
           over=_SPREADS)
def var(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False, correction: float | None = None) -> Any:
    """Variance over ``axis``, y = Σ (x - mean)² / (n - ddof). dy/dx = 2 (x - mean) / (n - ddof).

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        ddof: what to take from the number of elements: 0 for that of the elements, 1 to estimate that of their source.
        keepdims: leave the reduced axes in with size 1.
        correction: another name of ``ddof``.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.var(ag.tensor([1.0, 2.0, 6.0]), ddof=1)
        tensor(7.)
    """
    if in_own_dtype(x):
        deviation = x - np.true_divide(_total(x, axis=axis, keepdims=True), count(x.shape, axis))
        free = _freedom(x.shape, axis, ddof, correction)
        if free == free:
            return np.true_divide(_total(np.square(deviation, out=deviation), axis=axis, keepdims=keepdims), free)
    return _careful(np.var, x, axis, ddof if correction is None else correction, keepdims)


def _careful(function: Any, x: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """NumPy's ``function``, with its warnings; float16 is summed in float32."""
    x = np.asarray(x)
    wide = np.float32 if x.dtype == np.float16 else None
    y = function(x, axis=axis, dtype=wide, ddof=ddof, keepdims=keepdims)
    return y if wide is None else y.astype(x.dtype)


# y + (y == 0) keeps the quotient finite: where y is 0, so is every deviation.
@primitive(x=lambda g, x, y, axis, ddof, keepdims, correction:
               restore(g / (y + (y == 0)), x.shape, axis, keepdims) / _freedom(x.shape, axis, ddof, correction)
               * _deviation(x, axis),
           numpy=np.std, explain=explain_axis, kink="0 where all elements are equal",
           over=_SPREADS)
def std(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False, correction: float | None = None) -> Any:
    """Standard deviation over ``axis``, the square root of the variance. dy/dx = (x - mean) / ((n - ddof) y).

    Where all elements are equal, y = 0 and the gradient is 0.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        ddof: what to take from the number of elements: 0 for that of the elements, 1 to estimate that of their source.
        keepdims: leave the reduced axes in with size 1.
        correction: another name of ``ddof``.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.std(ag.tensor([1.0, 2.0, 3.0]), ddof=1)
        tensor(1.)
    """
    return _careful(np.std, x, axis, ddof if correction is None else correction, keepdims)


@composite(numpy=np.average, over=Cases(
    over_shapes((3,)) + over_shapes((2, 3), axis=0, keepdims=True)
    + (Case(((2, 3), (2, 3)), {}, ("weights",)), Case(((2, 3), (3,)), {"axis": -1}, ("weights",)),
       Case(((3, 2), (3,)), {"axis": 0, "keepdims": True}, ("weights",))), interval=Interval(0.5, 3.0)))
def average(x: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Weighted mean, Σ w x / Σ w over ``axis``; differentiable in both.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        weights: of the shape of ``x``, or one for each element along ``axis``; all equal by default.
        returned: give back the sum of the weights, too.
        keepdims: leave the averaged axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the averaged axes; with ``returned``, a pair of them.

    Raises:
        ShapeError: an axis that ``x`` does not have, or weights that do not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.average(ag.tensor([1.0, 5.0]), weights=[3.0, 1.0])
        tensor(2.)
    """
    x = as_tensor(x)
    if weights is None:
        y = mean(x, axis, keepdims=keepdims)
        return (y, as_tensor(np.full(y.shape, x.size / (y.size or 1), y.dtype))) if returned else y
    w = as_tensor(weights)
    if w.shape != x.shape:
        try:
            axes = () if axis is None else normalize_axis_tuple(axis, x.ndim)
        except (ValueError, TypeError):
            raise ShapeError(f"average: {explain_axis(x, axis=axis)}") from None
        if w.shape != tuple(x.shape[i] for i in axes):
            raise ShapeError(f"average: weights of shape {w.shape} do not fit shape {x.shape} along axis={axis}.")
        order = sorted(range(w.ndim), key=axes.__getitem__)
        w = w.transpose(*order).reshape(*(n if i in axes else 1 for i, n in enumerate(x.shape))).broadcast_to(x.shape)
    total = sum(w, axis, keepdims=keepdims)
    y = sum(x * w, axis, keepdims=keepdims) / total
    return (y, total) if returned else y
