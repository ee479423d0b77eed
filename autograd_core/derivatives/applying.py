"""A function of your own along axes: differentiable where that function is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError
from .define import composite
from .domains import Case, Cases
from .joining import stack
from .moving import moveaxis
from .scans import as_tensor, explain_one_axis
from .shapes import expand_dims

__all__ = ["apply_along_axis", "apply_over_axes"]


def _checked(name: str, x: Any, axis: int) -> int:
    if said := explain_one_axis(x, axis=axis):
        raise ShapeError(f"{name}: {said}")
    return int(axis) % int(x.ndim)


@composite(numpy=np.apply_along_axis, over=Cases((
    Case(((3,),), before=(lambda row: row * row.sum(), 0)),
    Case(((2, 3),), before=(lambda row: row[:2].prod(), -1)),
    Case(((2, 3, 2),), before=(lambda row: row[:, None] * row, 1)))))
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """``func1d`` of every vector along ``axis``. Functions that take ``axis=`` themselves are much faster.

    Args:
        func1d: takes a Tensor with one axis, and ``args`` and ``kwargs``; all results have one shape.
        axis: the axis along which the vectors lie.
        arr: Tensor or array.
        args, kwargs: more arguments of ``func1d``.

    Returns:
        Tensor of the shape of ``arr``, with the shape of a result in the place of ``axis``.

    Raises:
        ShapeError: an axis that ``arr`` does not have, no vectors, or results of unequal shapes.

    Example:
        >>> import autograd_core as ag
        >>> ag.apply_along_axis(lambda row: row[0] * row[-1], 1, ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([ 2., 12.])
    """
    x = as_tensor(arr)
    axis = _checked("apply_along_axis", x, axis)
    rows = moveaxis(x, axis, -1)
    around = rows.shape[:-1]
    if 0 in around:
        raise ShapeError(f"apply_along_axis: shape {x.shape} has no vectors along axis={axis}.")
    y = stack([as_tensor(func1d(row, *args, **kwargs)) for row in rows.reshape(-1, rows.shape[-1])])
    y = y.reshape(around + y.shape[1:])
    more = y.ndim - len(around)
    return moveaxis(y, tuple(range(len(around), y.ndim)), tuple(range(axis, axis + more)))


@composite(numpy=np.apply_over_axes, over=Cases((
    Case(((2, 3, 2),), {"axes": (0, -1)}, before=(np.sum,)), Case(((2, 3),), {"axes": (1,)}, before=(np.cumsum,)))))
def apply_over_axes(func: Callable[..., Any], a: Any, axes: int | Sequence[int]) -> Any:
    """``func(a, axis)`` for one axis after another; axes that it takes away are put back with size 1.

    Args:
        func: takes a Tensor and an axis.
        a: Tensor or array.
        axes: an axis or several.

    Returns:
        Tensor with as many axes as ``a``.

    Raises:
        ShapeError: an axis that ``a`` does not have, or a result with other axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.apply_over_axes(ag.sum, ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [0, 1])
        tensor([[10.]])
    """
    x = as_tensor(a)
    for axis in (axes,) if isinstance(axes, (int, np.integer)) else axes:
        axis = _checked("apply_over_axes", x, axis)
        y = as_tensor(func(x, axis))
        y = expand_dims(y, axis) if y.ndim == x.ndim - 1 else y
        if y.ndim != x.ndim:
            raise ShapeError(f"apply_over_axes: of shape {x.shape}, the function gave shape {y.shape}.")
        x = y
    return x
