"""Arrays joined into one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError
from .define import composite, primitive
from .domains import Case, Cases
from .shapes import atleast_1d, atleast_2d, atleast_3d, reshape

__all__ = ["append", "block", "column_stack", "concatenate", "dstack", "hstack", "stack", "vstack"]


def _part(g: Any, index: int, shapes: Sequence[tuple[int, ...]], axis: int | None) -> Any:
    """The stretch of ``g`` that came from operand ``index``."""
    if axis is None:
        return _part(g, index, [(math.prod(shape),) for shape in shapes], 0).reshape(shapes[index])
    (axis,) = normalize_axis_tuple(axis, g.ndim)
    start = sum(shape[axis] for shape in shapes[:index])
    return g[(slice(None),) * axis + (slice(start, start + shapes[index][axis]),)]


def _explain_join(*arrays: Any, axis: int | None) -> str:
    if not arrays:
        return "there is nothing to join: the sequence of tensors is empty."
    shapes = ", ".join(str(np.shape(array)) for array in arrays)
    return f"shapes {shapes} cannot be joined along axis {axis}; the other sizes must be equal."


@primitive(x=_part, variadic=True, numpy=np.concatenate, explain=_explain_join, over=Cases((
    Case(((3,), (2,))), Case(((2, 3), (1, 3), (0, 3))), Case(((2, 3), (2, 1)), {"axis": -1}), Case(((3,),)),
    Case(((2, 2), (3,), ()), {"axis": None}))))
def concatenate(tensors: Sequence[Any], axis: int | None = 0) -> Any:
    """Arrays joined along an axis they have. Each gets back its stretch of the gradient.

    Args:
        tensors: a sequence of Tensors or arrays, equal in every size but that of ``axis``.
        axis: the axis to join along; None joins all elements, in C order, into one dimension.

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


@composite(numpy=np.hstack, over=Cases((Case(((), (2,))), Case(((2, 1), (2, 3)))), sequence=True))
def hstack(tensors: Sequence[Any]) -> Any:
    """Arrays side by side: joined along the second axis, vectors and numbers along the only one.

    Args:
        tensors: a sequence of Tensors, arrays or numbers, equal in every other size.

    Returns:
        Tensor.

    Raises:
        ShapeError: sizes that differ elsewhere, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.hstack([ag.tensor([[1.0], [2.0]]), ag.tensor([[3.0], [4.0]])])
        tensor([[1., 3.],
                [2., 4.]])
    """
    rows = [atleast_1d(x) for x in tensors]
    return concatenate(rows, 0 if rows and rows[0].ndim == 1 else 1)


@composite(numpy=np.vstack, over=Cases((Case(((2,), (2,))), Case(((1, 3), (2, 3), (3,)))), sequence=True))
def vstack(tensors: Sequence[Any]) -> Any:
    """Arrays one above the other: joined along the first axis, a vector being a row.

    Args:
        tensors: a sequence of Tensors, arrays or numbers, equal in every other size.

    Returns:
        Tensor of two or more dimensions.

    Raises:
        ShapeError: sizes that differ elsewhere, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.vstack([ag.tensor([1.0, 2.0]), ag.tensor([3.0, 4.0])])
        tensor([[1., 2.],
                [3., 4.]])
    """
    return concatenate([atleast_2d(x) for x in tensors], 0)


@composite(numpy=np.dstack, over=Cases((Case(((2,), (2,))), Case(((2, 3), (2, 3, 2)))), sequence=True))
def dstack(tensors: Sequence[Any]) -> Any:
    """Arrays one behind the other: joined along the third axis.

    Args:
        tensors: a sequence of Tensors, arrays or numbers, equal in every other size; a vector of n is (1, n, 1).

    Returns:
        Tensor of three or more dimensions.

    Raises:
        ShapeError: sizes that differ elsewhere, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.dstack([ag.tensor([1.0, 2.0]), ag.tensor([3.0, 4.0])])
        tensor([[[1., 3.],
                 [2., 4.]]])
    """
    return concatenate([atleast_3d(x) for x in tensors], 2)


@composite(numpy=np.column_stack, over=Cases((Case(((2,), (2, 3))), Case(((), ()))), sequence=True))
def column_stack(tensors: Sequence[Any]) -> Any:
    """Vectors, and matrices among them, as the columns of one matrix.

    Args:
        tensors: a sequence of Tensors or arrays of equal length.

    Returns:
        Tensor (length, number of columns).

    Raises:
        ShapeError: lengths that differ, or nothing to join.

    Example:
        >>> import autograd_core as ag
        >>> ag.column_stack([ag.tensor([1.0, 2.0]), ag.tensor([3.0, 4.0])])
        tensor([[1., 3.],
                [2., 4.]])
    """
    return concatenate([reshape(x, (-1, 1)) if np.ndim(x) < 2 else x for x in tensors], 1)


@composite(numpy=np.append, over=Cases((Case(((2, 2), (3,))), Case(((), ())), Case(((2, 1), (2, 2)), {"axis": -1}))))
def append(x: Any, values: Any, axis: int | None = None) -> Any:
    """``values`` joined to the end of ``x``.

    Args:
        x: Tensor, array or number.
        values: what to add, of the sizes of ``x`` except along ``axis``.
        axis: the axis to join along; by default both are flattened.

    Returns:
        Tensor.

    Raises:
        ShapeError: sizes that differ elsewhere.

    Example:
        >>> import autograd_core as ag
        >>> ag.append(ag.tensor([1.0, 2.0]), 3.0)
        tensor([1., 2., 3.])
    """
    return concatenate([x, values], axis)


def _depth(blocks: Any) -> int:
    """How deep the lists are nested."""
    if not isinstance(blocks, list):
        return 0
    depths = {_depth(item) for item in blocks}
    if len(depths) != 1:
        raise ShapeError("block: " + ("lists of different depth side by side." if depths else "an empty list."))
    return 1 + depths.pop()


def _leaves(blocks: Any) -> list[Any]:
    return [leaf for item in blocks for leaf in _leaves(item)] if isinstance(blocks, list) else [blocks]


@composite(numpy=np.block, over=Cases((Case(((2, 1), (2, 2), (3,))), Case(((1, 1), (), (1, 2)))),
                                      through=lambda a, b, c: ([[a, b], [c]],)))
def block(blocks: Any) -> Any:
    """A matrix (or higher array) put together from blocks, as they stand in nested lists.

    Args:
        blocks: a Tensor, array or number, or lists of them, all nested equally deep. The innermost lists are joined
            along the last axis, those around them along the one before.

    Returns:
        Tensor.

    Raises:
        ShapeError: blocks that do not fit beside each other, an empty list, or lists of different depth.

    Example:
        >>> import autograd_core as ag
        >>> ag.block([[ag.tensor([[1.0]]), 2.0], [3.0, 4.0]])
        tensor([[1., 2.],
                [3., 4.]])
    """
    depth = _depth(blocks)
    ndim = max(depth, *(np.ndim(x) for x in _leaves(blocks)), 0)

    def join(part: Any, level: int) -> Any:
        if level == depth:
            return reshape(part, (1,) * (ndim - np.ndim(part)) + np.shape(part))
        return concatenate([join(item, level + 1) for item in part], level - depth)

    return join(blocks, 0)
