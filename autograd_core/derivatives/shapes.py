"""Functions that rearrange elements, and functions that join arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .define import primitive
from .domains import Case, Cases, over_shapes

__all__ = [
    "broadcast_to", "concatenate", "expand_dims", "reshape", "squeeze", "stack", "swapaxes", "transpose",
]

Shape = int | Sequence[int]


@primitive(x=lambda g, x_shape: g.reshape(x_shape), numpy=np.reshape, view=True,
           explain=lambda x, shape: f"cannot give shape {np.shape(x)} ({np.size(x)} elements) the shape {shape}.",
           over=Cases(over_shapes((2, 3), shape=(3, 2)) + over_shapes((2, 3), shape=-1) + over_shapes((1,), shape=())
                      + over_shapes((), (1, 1), shape=(1,)) + over_shapes((0, 3), shape=(3, 0))))
def reshape(x: Any, shape: Shape) -> Any:
    """The same elements, in C order, in another shape.

    Args:
        x: Tensor or array.
        shape: the new shape; one entry may be -1.

    Returns:
        Tensor that shows the memory of ``x`` where NumPy can.

    Raises:
        ShapeError: a shape with another number of elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.reshape(ag.tensor([1.0, 2.0]), (2, 1)).shape
        (2, 1)
    """
    return np.asarray(x).reshape(shape)


def _explain_axes(x: Any, **options: Any) -> str:
    given = ", ".join(f"{name}={value}" for name, value in options.items())
    return f"{given} does not fit shape {np.shape(x)}."


@primitive(x=lambda g, axes: g.transpose(None if axes is None else np.argsort(np.mod(axes, g.ndim)).tolist()),
           numpy=np.transpose, view=True, explain=_explain_axes,
           over=Cases(over_shapes((), (3,), (2, 3), (2, 1, 3), axes=None)
                      + over_shapes((2, 1, 3), axes=(1, 2, 0)) + over_shapes((2, 1, 3), axes=(-1, 0, 1))))
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Axes in another order; reversed by default.

    Args:
        x: Tensor or array.
        axes: a permutation of the axes.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: axes that are not a permutation.

    Example:
        >>> import autograd_core as ag
        >>> ag.transpose(ag.tensor([[1.0, 2.0]])).shape
        (2, 1)
    """
    return np.transpose(x, axes)


@primitive(x=lambda g, axis1, axis2: g.swapaxes(axis1, axis2), numpy=np.swapaxes, view=True, explain=_explain_axes,
           over=Cases(over_shapes((2, 3), (2, 1, 3), (0, 3), axis1=0, axis2=-1)))
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    Args:
        x: Tensor or array.
        axis1, axis2: the axes to exchange.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.swapaxes(ag.tensor([[1.0, 2.0]]), 0, 1).shape
        (2, 1)
    """
    return np.swapaxes(x, axis1, axis2)


# The engine sums what broadcasting repeated, so the rule has nothing left to do.
@primitive(x=lambda g: g, numpy=np.broadcast_to, view=True,
           explain=lambda x, shape: f"shape {np.shape(x)} does not broadcast to {shape}.",
           over=Cases(over_shapes((), (3,), (2, 3), (2, 1), shape=(2, 3)) + over_shapes((1, 3), shape=(0, 3))))
def broadcast_to(x: Any, shape: Shape) -> Any:
    """``x`` repeated along new axes and axes of size 1, without copying. The gradient sums the repetitions.

    Args:
        x: Tensor, array or number.
        shape: the shape to take.

    Returns:
        Tensor that shows the memory of ``x``; it cannot be written to.

    Raises:
        ShapeError: a shape that ``x`` does not broadcast to.

    Example:
        >>> import autograd_core as ag
        >>> ag.broadcast_to(ag.tensor([1.0, 2.0]), (2, 2))
        tensor([[1., 2.],
                [1., 2.]])
    """
    return np.broadcast_to(x, shape)


@primitive(x=lambda g, x_shape: g.reshape(x_shape), numpy=np.expand_dims, view=True, explain=_explain_axes,
           over=Cases(over_shapes((), (3,), (2, 3), (0, 3), axis=0) + over_shapes((2, 3), axis=(0, -1))))
def expand_dims(x: Any, axis: int | tuple[int, ...]) -> Any:
    """New axes of size 1.

    Args:
        x: Tensor or array.
        axis: where the new axes stand in the result.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis outside the result.

    Example:
        >>> import autograd_core as ag
        >>> ag.expand_dims(ag.tensor([1.0, 2.0]), 0).shape
        (1, 2)
    """
    return np.expand_dims(x, axis)


@primitive(x=lambda g, x_shape: g.reshape(x_shape), numpy=np.squeeze, view=True, explain=_explain_axes,
           over=Cases(over_shapes((), (1,), (2, 1, 3), (0, 1))
                      + over_shapes((1, 3, 1), axis=0) + over_shapes((1, 3, 1), axis=(0, -1))))
def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """Axes of size 1 taken out.

    Args:
        x: Tensor or array.
        axis: which; all of them by default.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis whose size is not 1.

    Example:
        >>> import autograd_core as ag
        >>> ag.squeeze(ag.tensor([[1.0, 2.0]])).shape
        (2,)
    """
    return np.squeeze(x, axis)


def _part(g: Any, index: int, shapes: Sequence[tuple[int, ...]], axis: int) -> Any:
    """The stretch of ``g`` that came from operand ``index``."""
    (axis,) = normalize_axis_tuple(axis, g.ndim)
    start = sum(shape[axis] for shape in shapes[:index])
    return g[(slice(None),) * axis + (slice(start, start + shapes[index][axis]),)]


def _explain_join(*arrays: Any, axis: int) -> str:
    if not arrays:
        return "there is nothing to join: the sequence of tensors is empty."
    shapes = ", ".join(str(np.shape(array)) for array in arrays)
    return f"shapes {shapes} cannot be joined along axis {axis}; the other sizes must be equal."


@primitive(x=_part, variadic=True, numpy=np.concatenate, explain=_explain_join, over=Cases((
    Case(((3,), (2,))), Case(((2, 3), (1, 3), (0, 3))), Case(((2, 3), (2, 1)), {"axis": -1}), Case(((3,),)))))
def concatenate(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Arrays joined along an axis they have. Each gets back its stretch of the gradient.

    Args:
        tensors: a sequence of Tensors or arrays, equal in every size but that of ``axis``.
        axis: the axis to join along.

    Returns:
        Tensor.

    Raises:
        ShapeError: sizes that differ elsewhere, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.concatenate([ag.tensor([1.0]), ag.tensor([2.0, 3.0])])
        tensor([1., 2., 3.])
    """
    return np.concatenate(tensors, axis=axis)


def _layer(g: Any, index: int, axis: int) -> Any:
    """Entry ``index`` of ``g`` along ``axis``."""
    return g[(slice(None),) * normalize_axis_tuple(axis, g.ndim)[0] + (index,)]


@primitive(x=_layer, variadic=True, numpy=np.stack, explain=_explain_join, over=Cases((
    Case(((), ())), Case(((3,), (3,), (3,))), Case(((2, 3), (2, 3)), {"axis": -1}),
    Case(((0, 2), (0, 2)), {"axis": 1}))))
def stack(tensors: Sequence[Any], axis: int = 0) -> Any:
    """Arrays of one shape joined along a new axis. Each gets back its layer of the gradient.

    Args:
        tensors: a sequence of Tensors or arrays of one shape.
        axis: where the new axis stands.

    Returns:
        Tensor.

    Raises:
        ShapeError: shapes that differ, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.stack([ag.tensor(1.0), ag.tensor(2.0)])
        tensor([1., 2.])
    """
    return np.stack(tensors, axis=axis)
