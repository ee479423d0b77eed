"""Functions that put elements in order, and what is read off the order: the gradient follows each element home.

Where elements are equal, which of them went where says nothing: they share their gradients evenly, as a tied
maximum does. (``np.argsort`` and its kin give integers: constants.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError, UnsupportedError
from .define import apply, composite, primitive
from .domains import Cases, over_shapes
from .elementwise import where
from .indexing import scatter_add
from .scans import as_tensor, explain_one_axis

__all__ = [
    "median", "nanmedian", "nanpercentile", "nanquantile", "partition", "percentile", "quantile", "sort", "topk",
]

Axis = int | tuple[int, ...] | None


# Permutations

def _groups(x: Any, axis: int) -> Any:
    """A number for every element, the same for those that are equal along ``axis``; counted in ascending order."""
    x = x.swapaxes(axis, -1)
    rows = np.arange(math.prod(x.shape[:-1])).reshape(*x.shape[:-1], 1)
    order = x.argsort(axis=-1, kind="stable") + rows * x.shape[-1]  # counting all elements
    ascending = x.reshape(-1)[order]
    opens = np.ones(x.shape, bool)
    opens[..., 1:] = ascending[..., 1:] != ascending[..., :-1]
    groups = np.empty(x.size, int)
    groups[order] = opens.cumsum().reshape(x.shape) - 1
    return groups.reshape(x.shape).swapaxes(axis, -1)


def _follow(g: Any, x: Any, y: Any, axis: int | None) -> Any:
    """The gradient of ``x`` rearranged along ``axis`` into ``y``: a mean over the places of all equal elements."""
    x, y = (z if isinstance(z, np.ndarray) else z.numpy() for z in (x, y))
    line, along = (x.ravel(), 0) if axis is None else (x, axis)
    here, there = _groups(line, along), _groups(y, along)
    sizes = np.bincount(here.ravel()).astype(g.dtype)
    return (apply(scatter_add, g, there, sizes.shape) / sizes)[here].reshape(x.shape)


_SORTS = Cases(over_shapes((3,), (2, 3), (0, 3)) + over_shapes((3, 2), axis=0) + over_shapes((), (2, 3), axis=None))


@primitive(x=_follow, numpy=np.sort, explain=explain_one_axis, kink="ties share evenly", over=_SORTS)
def sort(x: Any, axis: int | None = -1, *, kind: str | None = None, stable: bool | None = None) -> Any:
    """Elements in ascending order along ``axis``; NaN last. The gradient follows the permutation; ties share evenly.

    Args:
        x: Tensor or array.
        axis: the axis to sort along; None for all elements.
        kind, stable: how; makes no difference to the result.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.sort(ag.tensor([3.0, 1.0, 2.0]))
        tensor([1., 2., 3.])
    """
    return np.sort(x, axis)


def _explain_kth(x: Any, *, kth: Any, axis: int | None = -1, **_: Any) -> str:
    if said := explain_one_axis(x, axis=axis):
        return said
    return f"kth={kth} does not fit shape {np.shape(x)} along axis={axis}."


@primitive(x=_follow, numpy=np.partition, explain=_explain_kth, kink="ties share evenly",
           over=Cases(over_shapes((4,), (2, 3), kth=1) + over_shapes((3, 2), kth=(0, -1), axis=0)
                      + over_shapes((2, 2), kth=2, axis=None),
                      read=sort))  # before the kth and after it, the order is undefined, and float128 gets another
def partition(x: Any, kth: int | Sequence[int], axis: int | None = -1, *, kind: str = "introselect") -> Any:
    """Elements rearranged so that the ``kth`` is where sorting would put it, smaller ones before it.

    The gradient follows the permutation; ties share evenly.

    Args:
        x: Tensor or array.
        kth: which element or elements must be in place.
        axis: the axis to go along; None for all elements.
        kind: how; NumPy knows one way.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis or a ``kth`` that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.partition(ag.tensor([3.0, 1.0, 2.0]), 0)[0]
        tensor(1.)
    """
    return np.partition(x, kth, axis)


@composite(kink="of equal elements, those named by the indices get the gradient", over=Cases(
    over_shapes((4,), (2, 3), k=2) + over_shapes((3, 2), k=1, axis=0, largest=False) + over_shapes((2, 3), k=0),
    read=lambda found: found[0]))
def topk(x: Any, k: int, axis: int = -1, *, largest: bool = True) -> Any:
    """The ``k`` largest (or smallest) elements along ``axis``, best first, and where they are.

    The gradient goes to the elements that the indices name: of equal ones, the earlier. NaN is the largest.

    Args:
        x: Tensor or array.
        k: how many.
        axis: the axis to choose along.
        largest: False for the smallest.

    Returns:
        The values, a Tensor with size ``k`` at ``axis``; and their indices, a plain array of integers.

    Raises:
        ShapeError: an axis that ``x`` does not have, or fewer than ``k`` elements along it.

    Example:
        >>> import autograd_core as ag
        >>> ag.topk(ag.tensor([3.0, 1.0, 2.0]), 2)
        (tensor([3., 2.]), array([0, 2]))
    """
    x = as_tensor(x)
    if said := explain_one_axis(x, axis=axis) if x.ndim else "a scalar has no axes.":
        raise ShapeError(f"topk: {said}")
    axis %= x.ndim
    n = x.shape[axis]
    if not 0 <= k <= n:
        raise ShapeError(f"topk: k={k} does not fit axis={axis} of shape {x.shape}: expected 0 to {n}.")
    data = x.numpy()
    if largest:  # descending and stable: sort the reverse, then reverse the order found
        order = n - 1 - np.flip(np.argsort(np.flip(data, axis), axis=axis, kind="stable"), axis)
    else:
        order = np.argsort(data, axis=axis, kind="stable")
    chosen = np.take(order, range(k), axis)
    grid = np.ogrid[tuple(slice(size) for size in chosen.shape)]
    return x[(*grid[:axis], chosen, *grid[axis + 1 :])], chosen


# Statistics of rank

def _ranked(name: str, x: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """``x`` sorted along a last axis that holds all of ``axis``; and the shape that keepdims asks for."""
    x = as_tensor(x)
    try:
        axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    except (ValueError, TypeError) as error:
        raise ShapeError(f"{name}: axis={axis} does not fit shape {x.shape}: {error}.") from None
    kept = [i for i in range(x.ndim) if i not in axes]
    n = math.prod(x.shape[i] for i in axes)
    if not n:
        raise ShapeError(f"{name}: shape {x.shape} has no elements to choose from along axis={axis}.")
    rows = x if [*kept, *axes] == [*range(x.ndim)] else x.transpose(*kept, *axes)
    if len(axes) != 1:
        rows = rows.reshape(*(x.shape[i] for i in kept), n)
    return sort(rows), tuple(1 if i in axes else size for i, size in enumerate(x.shape))


def _or_nan(y: Any, last: Any) -> Any:
    """``y``, but NaN where the largest element is: it comes last."""
    missing = np.isnan(last.numpy())
    return where(missing, last, y) if missing.any() else y


def _middle(name: str, x: Any, axis: Axis, keepdims: bool, skip: bool) -> Any:
    rows, kept = _ranked(name, x, axis)
    n = rows.shape[-1]
    if skip:  # NaN come last
        seen = n - np.isnan(rows.numpy()).sum(-1, keepdims=True)
        grid = np.ogrid[tuple(slice(size) for size in rows.shape[:-1])]
        low, high = (rows[(*grid, i[..., 0])] for i in (np.maximum(seen - 1, 0) // 2, np.minimum(seen // 2, n - 1)))
        y = (low + high) / 2
    else:
        y = (rows[..., (n - 1) // 2] + rows[..., n // 2]) / 2
        y = _or_nan(y, rows[..., -1])
    return y.reshape(kept) if keepdims else y


_RANKS = Cases(over_shapes((), (3,), (4,), (2, 3)) + over_shapes((2, 4), (3, 2), axis=0)
               + over_shapes((2, 3, 2), axis=(0, -1), keepdims=True))


@composite(numpy=np.median, kink="ties share evenly", over=_RANKS)
def median(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The middle element over ``axis``; of an even number, the mean of the two. Ties share the gradient evenly.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes; NaN where there is a NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have, or no elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.median(ag.tensor([5.0, 1.0, 2.0, 3.0]))
        tensor(2.5)
    """
    return _middle("median", x, axis, keepdims, skip=False)


@composite(numpy=np.nanmedian, kink="ties share evenly",
           over=Cases(over_shapes((), (4,)) + over_shapes((2, 3), axis=1, keepdims=True)))
def nanmedian(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The median of the elements that are not NaN, which get an exact 0 gradient.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes; NaN where all are NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have, or no elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.nanmedian(ag.tensor([5.0, float("nan"), 2.0, 3.0]))
        tensor(3.)
    """
    return _middle("nanmedian", x, axis, keepdims, skip=True)


_QUANTILES = Cases(over_shapes((), (3,), (2, 3), q=0.3) + over_shapes((2, 4), q=[0.0, 0.7, 1.0], axis=0)
                   + over_shapes((2, 3, 2), q=[[0.25], [0.6]], axis=(0, -1), keepdims=True))


@composite(numpy=np.quantile, kink="ties share evenly", over=_QUANTILES)
def quantile(x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The value below which a share ``q`` of the elements lies, interpolated between the two around rank q (n - 1).

    Args:
        x: Tensor, array or number.
        q: a constant or an array of constants from 0 to 1.
        axis: an axis, several, or None for all.
        method: "linear", NumPy's default, is the one supported.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor: the axes of ``q``, then those of ``x`` without (or with size 1 at) the reduced ones. NaN where there
        is a NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have, no elements, or ``q`` outside 0 to 1.
        UnsupportedError: another method, or ``q`` that requires grad.

    Example:
        >>> import autograd_core as ag
        >>> ag.quantile(ag.tensor([1.0, 2.0, 3.0, 4.0]), [0.5, 1.0])
        tensor([2.5, 4. ])
    """
    return _quantile("quantile", x, q, 1.0, axis, method, keepdims, skip=False)


@composite(numpy=np.percentile, kink="ties share evenly",
           over=Cases(over_shapes((3,), q=30.0) + over_shapes((2, 4), q=[0.0, 70.0], axis=0)))
def percentile(x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The quantile at ``q`` per cent.

    Args:
        x: Tensor, array or number.
        q: a constant or an array of constants from 0 to 100.
        axis: an axis, several, or None for all.
        method: "linear", NumPy's default, is the one supported.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor: the axes of ``q``, then those of ``x`` without (or with size 1 at) the reduced ones.

    Raises:
        ShapeError: an axis that ``x`` does not have, no elements, or ``q`` outside 0 to 100.
        UnsupportedError: another method, or ``q`` that requires grad.

    Example:
        >>> import autograd_core as ag
        >>> ag.percentile(ag.tensor([1.0, 2.0, 3.0]), 25)
        tensor(1.5)
    """
    return _quantile("percentile", x, q, 100.0, axis, method, keepdims, skip=False)


_FEW_QUANTILES = Cases(over_shapes((3,), q=0.3) + over_shapes((2, 4), q=[0.0, 0.7], axis=0, keepdims=True))


@composite(numpy=np.nanquantile, kink="ties share evenly", over=_FEW_QUANTILES)
def nanquantile(x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The quantile of the elements that are not NaN, which get an exact 0 gradient. Arguments are those of quantile.

    Args:
        x: Tensor, array or number.
        q: a constant or an array of constants from 0 to 1.
        axis: an axis, several, or None for all.
        method: "linear", NumPy's default, is the one supported.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor, as of quantile; NaN where all are NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have, no elements, or ``q`` outside 0 to 1.
        UnsupportedError: another method, or ``q`` that requires grad.

    Example:
        >>> import autograd_core as ag
        >>> ag.nanquantile(ag.tensor([1.0, float("nan"), 3.0]), 0.25)
        tensor(1.5)
    """
    return _quantile("nanquantile", x, q, 1.0, axis, method, keepdims, skip=True)


@composite(numpy=np.nanpercentile, kink="ties share evenly", over=Cases(over_shapes((3,), q=30.0)))
def nanpercentile(x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False) -> Any:
    """The nanquantile at ``q`` per cent.

    Args:
        x: Tensor, array or number.
        q: a constant or an array of constants from 0 to 100.
        axis: an axis, several, or None for all.
        method: "linear", NumPy's default, is the one supported.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor, as of percentile; NaN where all are NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have, no elements, or ``q`` outside 0 to 100.
        UnsupportedError: another method, or ``q`` that requires grad.

    Example:
        >>> import autograd_core as ag
        >>> ag.nanpercentile(ag.tensor([1.0, float("nan"), 3.0]), 25)
        tensor(1.5)
    """
    return _quantile("nanpercentile", x, q, 100.0, axis, method, keepdims, skip=True)


def _quantile(name: str, x: Any, q: Any, whole: float, axis: Axis, method: str, keepdims: bool,
              skip: bool) -> Any:
    if method != "linear":
        raise UnsupportedError(f"{name}: method={method!r} is not supported; only 'linear' is.")
    q = as_tensor(q)
    if q.requires_grad:
        raise UnsupportedError(f"{name}: q cannot require grad; pass q.detach().")
    share = q.numpy() / whole
    if not ((share >= 0) & (share <= 1)).all():
        raise ShapeError(f"{name}: q={q.tolist()} is not within 0 to {whole:g}.")
    rows, kept = _ranked(name, x, axis)
    seen = rows.shape[-1] - (np.isnan(rows.numpy()).sum(-1) if skip else 0)  # NaN come last
    rank = share.reshape(share.shape + (1,) * (rows.ndim - 1)) * np.maximum(seen - 1, 0)
    below = np.floor(rank).astype(int)
    grid = np.ogrid[tuple(slice(size) for size in rows.shape[:-1])]
    low, high = rows[(*grid, below)], rows[(*grid, np.minimum(below + 1, np.maximum(seen - 1, 0)))]
    t = (rank - below).astype(rows.dtype if rows.dtype.kind == "f" else float)
    step = high - low
    y = where(t < 0.5, low + step * t, high - step * (1 - t))  # exact at both ends
    y = y if skip else _or_nan(y, rows[..., -1])
    return y.reshape(share.shape + kept) if keepdims else y
