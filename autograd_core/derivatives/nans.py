"""Reductions that skip NaN. A NaN gets an exact 0 gradient, whatever the others get."""

from __future__ import annotations

from typing import Any

import numpy as np

from .define import composite, primitive
from .domains import Cases, over_shapes
from .elementwise import sqrt, where
from .reductions import Axis, explain_axis, prod, share, sum
from .scans import as_tensor

__all__ = ["nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar"]

_largest: Any = np.fmax.reduce  # NaN only where there is nothing else
_smallest: Any = np.fmin.reduce
_FEW = Cases(over_shapes((3,)) + over_shapes((2, 3), axis=0, keepdims=True) + over_shapes((2, 1, 2), axis=(0, -1)))
_SPREADS = Cases(over_shapes((3,)) + over_shapes((2, 3), axis=1, ddof=1, keepdims=True))

@composite(numpy=np.nansum, over=_FEW)
def nansum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Sum of the elements that are not NaN; 0 where there is none.

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
        >>> ag.nansum(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(4.)
    """
    x = as_tensor(x)
    return sum(where(np.isnan(x), 0, x), axis, keepdims=keepdims)


@composite(numpy=np.nanprod, over=_FEW)
def nanprod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Product of the elements that are not NaN; 1 where there is none.

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
        >>> ag.nanprod(ag.tensor([2.0, float("nan"), 3.0]))
        tensor(6.)
    """
    x = as_tensor(x)
    return prod(where(np.isnan(x), 1, x), axis, keepdims=keepdims)


def _seen(x: Any, axis: Axis, keepdims: bool) -> Any:
    """How many elements are not NaN, in the dtype of ``x`` so as not to widen it."""
    count = (~np.isnan(x.numpy())).sum(axis=axis, keepdims=keepdims)
    return count.astype(x.dtype) if x.dtype.kind == "f" else count


@composite(numpy=np.nanmean, over=_FEW)
def nanmean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Mean of the elements that are not NaN; NaN, with NumPy's warning, where there is none.

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
        >>> ag.nanmean(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(2.)
    """
    x = as_tensor(x)
    return nansum(x, axis, keepdims=keepdims) / _seen(x, axis, keepdims)


@composite(numpy=np.nanvar, over=_SPREADS)
def nanvar(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Variance of the elements that are not NaN; ``ddof`` is taken from their number.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        ddof: what to take from their number.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.nanvar(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(1.)
    """
    x = as_tensor(x)
    deviation = where(np.isnan(x), 0, x - nanmean(x, axis, keepdims=True))
    return sum(deviation * deviation, axis, keepdims=keepdims) / (_seen(x, axis, keepdims) - ddof)


@composite(numpy=np.nanstd, kink="0 where all elements are equal", over=_SPREADS)
def nanstd(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Standard deviation of the elements that are not NaN; ``ddof`` is taken from their number.

    Args:
        x: Tensor, array or number.
        axis: an axis, several, or None for all.
        ddof: what to take from their number.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) the reduced axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.nanstd(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(1.)
    """
    y = nanvar(x, axis, ddof=ddof, keepdims=keepdims)
    return where(y == 0, 0, sqrt(where(y == 0, 1, y)))


def _share_seen(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    return share(np.where(np.isnan(y), 0, g), x, y, axis, keepdims)


@primitive(x=_share_seen, numpy=np.nanmax, explain=explain_axis, kink="ties share evenly", over=_FEW)
def nanmax(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Largest of the elements that are not NaN; NaN where there is none. Ties share evenly.

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
        >>> ag.nanmax(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(3.)
    """
    return _largest(x, axis=axis, keepdims=keepdims)


@primitive(x=_share_seen, numpy=np.nanmin, explain=explain_axis, kink="ties share evenly", over=_FEW)
def nanmin(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Smallest of the elements that are not NaN; NaN where there is none. Ties share evenly.

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
        >>> ag.nanmin(ag.tensor([1.0, float("nan"), 3.0]))
        tensor(1.)
    """
    return _smallest(x, axis=axis, keepdims=keepdims)
