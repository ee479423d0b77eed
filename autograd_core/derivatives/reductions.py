"""Functions that take axes away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import DTypeError
from ..recording import TensorBase
from .define import apply, composite, primitive
from .domains import REDUCTIONS, Cases, over_shapes
from .scans import alike, cumprod, previous

__all__ = ["amax", "amin", "max", "mean", "min", "prod", "ptp", "sum"]

Axis = int | tuple[int, ...] | None

# np.sum, np.max and np.min come to the same, 2 µs later.
_total: Any = np.add.reduce
_product: Any = np.multiply.reduce
_largest: Any = np.maximum.reduce
_smallest: Any = np.minimum.reduce


def restore(reduced: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """``reduced`` with its reduced axes back as ones, ready to broadcast against ``shape``."""
    if keepdims or axis is None or not shape:  # a scalar broadcasts as it is
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


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements become one; at least 1."""
    if type(axis) is int:
        return shape[axis] or 1  # the builtin max is hidden here
    return math.prod(shape if axis is None else [shape[i] for i in normalize_axis_tuple(axis, len(shape))]) or 1


def _over(g: Any, n: int) -> Any:
    """g / n, in float32 where n is more than float16 can hold."""
    return g / n if n < 65504 or g.dtype != np.float16 else g / np.float32(n)


def _float(name: str, dtype: Any) -> Any:
    """What ``dtype=`` may ask for: a float, or None for NumPy's choice."""
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise DTypeError(f"{name}: dtype={np.dtype(dtype)} carries no gradient; use a float, or .numpy().")
    return dtype


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
def sum(x: Any, axis: Axis = None, *, keepdims: bool = False, dtype: Any = None) -> Any:
    """Sum over ``axis``, y = Σ x. Every element gets the gradient of its sum.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the summed axes in with size 1.
        dtype: the float dtype to sum in.

    Returns:
        Tensor without (or with size 1 at) the summed axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.sum(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
        tensor([4., 6.])
    """
    return _total(x, axis=axis, dtype=_float("sum", dtype), keepdims=keepdims)


@primitive(x=lambda g, x_shape, axis, keepdims:
               spread(_over(g, count(x_shape, axis)), x_shape, axis, keepdims),
           numpy=np.mean, explain=explain_axis, over=REDUCTIONS)
def mean(x: Any, axis: Axis = None, *, keepdims: bool = False, dtype: Any = None) -> Any:
    """Arithmetic mean over ``axis``, y = Σ x / n. Every element gets 1/n of the gradient.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the averaged axes in with size 1.
        dtype: the float dtype to add in.

    Returns:
        Tensor without (or with size 1 at) the averaged axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.mean(ag.tensor([1.0, 2.0, 6.0]))
        tensor(3.)
    """
    if dtype is None and in_own_dtype(x):
        return np.true_divide(_total(x, axis=axis, keepdims=keepdims), count(x.shape, axis))
    return np.mean(x, axis=axis, dtype=_float("mean", dtype), keepdims=keepdims)


def in_own_dtype(x: Any) -> bool:
    """Whether sums of ``x`` need neither a wider dtype, as those of float16 do, nor NumPy's warning of emptiness."""
    return np.ndim(x) > 0 and x.size > 0 and x.dtype.kind == "f" and x.dtype != np.float16


def _others(x: Any, axis: Axis) -> Any:
    """For each element, the product of all others over ``axis``: of those before it and those behind it."""
    axes = tuple(range(x.ndim)) if axis is None or not x.ndim else normalize_axis_tuple(axis, x.ndim)
    order = [i for i in range(x.ndim) if i not in axes] + [*axes]
    shape = [x.shape[i] for i in order]
    line = x.transpose(order).reshape(*shape[: x.ndim - len(axes)], math.prod(x.shape[i] for i in axes))
    before = apply(cumprod, previous(line, -1, 1), -1)
    behind = apply(cumprod, previous(line[..., ::-1], -1, 1), -1)[..., ::-1]
    return (before * behind).reshape(shape).transpose(np.argsort(order).tolist())


@primitive(x=lambda g, x, axis, keepdims: restore(g, x.shape, axis, keepdims) * _others(x, axis),
           numpy=np.prod, explain=explain_axis, over=REDUCTIONS)
def prod(x: Any, axis: Axis = None, *, keepdims: bool = False, dtype: Any = None) -> Any:
    """Product over ``axis``, y = Π x. dy/dx_i is the product of the others: nothing is divided, zeros are exact.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the multiplied axes in with size 1.
        dtype: the float dtype to multiply in.

    Returns:
        Tensor without (or with size 1 at) the multiplied axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([2.0, 0.0, 5.0], requires_grad=True)
        >>> ag.gradients(ag.prod(x), x)[0]
        tensor([ 0., 10.,  0.])
    """
    return _product(x, axis=axis, dtype=_float("prod", dtype), keepdims=keepdims)


# Extremes

def share(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """The gradient of a chosen element, shared evenly among all elements that equal it (NaN equals NaN)."""
    chosen = alike(x, restore(y, x.shape, axis, keepdims)).astype(g.dtype)
    return restore(g, x.shape, axis, keepdims) / chosen.sum(axis=axis, keepdims=True) * chosen


@primitive(x=share, numpy=np.max, explain=explain_axis, kink="ties share evenly", over=REDUCTIONS)
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


@primitive(x=share, numpy=np.min, explain=explain_axis, kink="ties share evenly", over=REDUCTIONS)
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


_FEW = Cases(over_shapes((3,)) + over_shapes((2, 3), axis=0, keepdims=True))


@composite(numpy=np.amax, kink="ties share evenly", over=_FEW)
def amax(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Largest element over ``axis``: another name of ``max``.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.amax(ag.tensor([1.0, 5.0]))
        tensor(5.)
    """
    return max(x, axis, keepdims=keepdims)


@composite(numpy=np.amin, kink="ties share evenly", over=_FEW)
def amin(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Smallest element over ``axis``: another name of ``min``.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.amin(ag.tensor([1.0, 5.0]))
        tensor(1.)
    """
    return min(x, axis, keepdims=keepdims)


@composite(numpy=np.ptp, kink="ties share evenly", over=_FEW)
def ptp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Peak to peak: the largest element less the smallest, over ``axis``.

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
        >>> ag.ptp(ag.tensor([1.0, 5.0, 3.0]))
        tensor(4.)
    """
    return max(x, axis, keepdims=keepdims) - min(x, axis, keepdims=keepdims)
