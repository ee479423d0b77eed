"""The same elements in another shape: new axes, axes dropped, axes repeated."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError
from .define import apply, composite, primitive
from .domains import Case, Cases, over_shapes
from .elementwise import astype, clone
from .indexing import getitem, scatter_add

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "expand_dims", "full_like",
    "meshgrid", "ravel", "repeat", "reshape", "resize", "squeeze", "tile",
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


def explain_axes(x: Any, **options: Any) -> str:
    """What to say of axes that ``x`` does not have."""
    given = ", ".join(f"{name}={value}" for name, value in options.items())
    return f"{given} does not fit shape {np.shape(x)}."


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


@primitive(x=lambda g, x_shape: g.reshape(x_shape), numpy=np.expand_dims, view=True, explain=explain_axes,
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


@primitive(x=lambda g, x_shape: g.reshape(x_shape), numpy=np.squeeze, view=True, explain=explain_axes,
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


@composite(numpy=np.ravel, over=Cases(over_shapes((), (2, 3), (0, 3)) + over_shapes((2, 3), order="F")))
def ravel(x: Any, order: str = "C") -> Any:
    """All elements in one dimension.

    Args:
        x: Tensor, array or number.
        order: "C" with the last axis running fastest, "F" with the first.

    Returns:
        Tensor (size,) that shows the memory of ``x`` where NumPy can.

    Raises:
        ShapeError: another order.

    Example:
        >>> import autograd_core as ag
        >>> ag.ravel(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([1., 2., 3., 4.])
    """
    if order not in ("C", "F"):
        raise ShapeError(f"ravel: order={order!r}; the elements of a tensor can be read in order 'C' or 'F'.")
    return reshape(x if order == "C" or np.ndim(x) < 2 else x.T, -1)


def _each(function: Callable[[Any], Any], tensors: Sequence[Any]) -> Any:
    """One result for one tensor, a tuple for several."""
    return function(tensors[0]) if len(tensors) == 1 else tuple(function(x) for x in tensors)


@composite(numpy=np.atleast_1d, over=Cases((*over_shapes((), (2, 3)), Case(((), (2,))))))
def atleast_1d(*tensors: Any) -> Any:
    """Numbers become vectors of one element, the rest stays.

    Args:
        tensors: Tensors, arrays or numbers.

    Returns:
        Tensor that shows the memory of the one given; a tuple of Tensors for several.

    Example:
        >>> import autograd_core as ag
        >>> ag.atleast_1d(ag.tensor(1.0))
        tensor([1.])
    """
    return _each(lambda x: reshape(x, np.shape(x) or (1,)), tensors)


@composite(numpy=np.atleast_2d, over=Cases((*over_shapes((), (3,), (1, 2, 2)), Case(((), (2,))))))
def atleast_2d(*tensors: Any) -> Any:
    """Numbers and vectors become matrices of one row, the rest stays.

    Args:
        tensors: Tensors, arrays or numbers.

    Returns:
        Tensor that shows the memory of the one given; a tuple of Tensors for several.

    Example:
        >>> import autograd_core as ag
        >>> ag.atleast_2d(ag.tensor([1.0, 2.0]))
        tensor([[1., 2.]])
    """
    return _each(lambda x: reshape(x, (1,) * (2 - np.ndim(x)) + np.shape(x)), tensors)


@composite(numpy=np.atleast_3d, over=Cases((*over_shapes((), (3,), (2, 3), (1, 1, 2, 1)), Case(((), (2,))))))
def atleast_3d(*tensors: Any) -> Any:
    """Three axes or more: a number becomes (1, 1, 1), a vector (1, n, 1), a matrix (m, n, 1).

    Args:
        tensors: Tensors, arrays or numbers.

    Returns:
        Tensor that shows the memory of the one given; a tuple of Tensors for several.

    Example:
        >>> import autograd_core as ag
        >>> ag.atleast_3d(ag.tensor([1.0, 2.0])).shape
        (1, 2, 1)
    """
    return _each(lambda x: reshape(x, (1,) * (np.ndim(x) < 2) + np.shape(x) + (1,) * (np.ndim(x) < 3)
                                   if np.ndim(x) else (1, 1, 1)), tensors)


@composite(numpy=np.broadcast_arrays, over=Cases((Case(((2, 1), (3,))), Case(((),)), Case(((), (0, 2))))))
def broadcast_arrays(*tensors: Any) -> tuple[Any, ...]:
    """Arrays repeated, without copying, to the shape that they have in common. Gradients sum the repetitions.

    Args:
        tensors: Tensors, arrays or numbers whose shapes broadcast together.

    Returns:
        A tuple of Tensors that show the memory of those given; they cannot be written to.

    Raises:
        ShapeError: shapes that do not broadcast together.

    Example:
        >>> import autograd_core as ag
        >>> [x.tolist() for x in ag.broadcast_arrays(ag.tensor([1.0, 2.0]), 3.0)]
        [[1.0, 2.0], [3.0, 3.0]]
    """
    shapes = [np.shape(x) for x in tensors]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(map(str, shapes))
        raise ShapeError(f"broadcast_arrays: shapes {listed} do not broadcast together.") from None
    return tuple(broadcast_to(x, shape) for x in tensors)


@composite(numpy=np.meshgrid, over=Cases((
    Case(((2,), (3,), ())), Case(((2,), (3,)), {"indexing": "ij", "sparse": True}), Case(((2,),), {"copy": False}))))
def meshgrid(*vectors: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """The coordinates of a grid: each vector along an axis of its own, repeated along the others.

    Args:
        vectors: Tensors, arrays or numbers of one dimension or none.
        copy: give every result memory of its own.
        sparse: do not repeat; the results broadcast together to the grid.
        indexing: "ij" for the axes in order, "xy" for the first two exchanged, as columns and rows of a picture.

    Returns:
        A tuple of as many Tensors.

    Raises:
        ShapeError: a vector of more dimensions, or another indexing.

    Example:
        >>> import autograd_core as ag
        >>> x, y = ag.meshgrid(ag.tensor([1.0, 2.0]), [3.0, 4.0])
        >>> x.tolist(), y.tolist()
        ([[1.0, 2.0], [1.0, 2.0]], [[3.0, 3.0], [4.0, 4.0]])
    """
    if indexing not in ("xy", "ij") or any(np.ndim(x) > 1 for x in vectors):
        shapes = ", ".join(str(np.shape(x)) for x in vectors)
        raise ShapeError(f"meshgrid: vectors of shapes {shapes}, indexing={indexing!r}; expected at most one "
                         f"dimension, and 'xy' or 'ij'.")
    axes = list(range(len(vectors)))
    if indexing == "xy":
        axes[:2] = reversed(axes[:2])
    lines = [reshape(x, tuple(-1 if i == axis else 1 for i in range(len(vectors))))
             for x, axis in zip(vectors, axes, strict=True)]
    grid: Sequence[Any] = lines if sparse else broadcast_arrays(*lines)
    return tuple(clone(x) for x in grid) if copy else tuple(grid)


@composite(numpy=np.full_like, over=Cases(
    over_shapes((), (3,)),
    through=lambda v: (broadcast_to(np.zeros(3, getattr(v, "dtype", float)), (2, 3)), v)))
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """``fill_value`` all over the shape of ``x``; differentiable in ``fill_value``, not in ``x``.

    Args:
        x: Tensor or array whose shape and dtype to take.
        fill_value: Tensor, array or number that broadcasts to that shape.
        dtype: another dtype than that of ``x``.

    Returns:
        Tensor of the shape of ``x``, with memory of its own.

    Raises:
        ShapeError: a value that does not broadcast to the shape.

    Example:
        >>> import autograd_core as ag
        >>> ag.full_like(ag.tensor([1.0, 2.0]), 3.0)
        tensor([3., 3.])
    """
    like = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    return clone(broadcast_to(astype(fill_value, dtype or like), np.shape(x)))


def _untile(g: Any, x_shape: tuple[int, ...], reps: Shape) -> Any:
    """The sum of the copies."""
    reps = tuple(np.atleast_1d(reps).tolist())
    extra = max(len(reps), len(x_shape))
    counts, sizes = ((1,) * (extra - len(each)) + each for each in (reps, x_shape))
    pairs = [n for pair in zip(counts, sizes, strict=True) for n in pair]
    return g.reshape(pairs).sum(axis=tuple(range(0, len(pairs), 2)))


@primitive(x=_untile, numpy=np.tile, explain=lambda x, reps: f"reps={reps} must not be negative.", over=Cases(
    over_shapes((), (3,), (2, 3), reps=2) + over_shapes((2,), (1, 3), (2, 0, 1), reps=(3, 2))))
def tile(x: Any, reps: Shape) -> Any:
    """Copies of ``x`` side by side. The gradient is the sum of those of the copies.

    Args:
        x: Tensor, array or number.
        reps: how many copies along each axis, for the last ones if there are fewer; new axes if there are more.

    Returns:
        Tensor.

    Example:
        >>> import autograd_core as ag
        >>> ag.tile(ag.tensor([1.0, 2.0]), 2)
        tensor([1., 2., 1., 2.])
    """
    return np.tile(x, reps)


def _unrepeat(g: Any, x_shape: tuple[int, ...], repeats: Shape, axis: int | None) -> Any:
    """The sum over the repetitions of each element."""
    shape = x_shape if axis is not None else (math.prod(x_shape),)
    axis = 0 if axis is None else axis % len(shape)
    before, n, after = shape[:axis], shape[axis], shape[axis + 1:]
    if np.size(repeats) == 1:
        summed = g.reshape((*before, n, int(np.ravel(repeats)[0]), *after)).sum(axis=axis + 1)
    else:
        summed = apply(scatter_add, g, (slice(None),) * axis + (np.repeat(np.arange(n), repeats),), shape)
    return summed.reshape(x_shape)


@primitive(x=_unrepeat, numpy=np.repeat, explain=explain_axes, over=Cases(
    over_shapes((), (2, 3), repeats=2) + over_shapes((2, 3), repeats=(2, 0, 1), axis=-1)
    + over_shapes((2, 3), (0, 3), repeats=3, axis=0)))
def repeat(x: Any, repeats: Shape, axis: int | None = None) -> Any:
    """Every element several times in a row. The gradient is the sum over the repetitions.

    Args:
        x: Tensor, array or number.
        repeats: how often; one number, or one for each entry along ``axis``.
        axis: along which; by default ``x`` is flattened.

    Returns:
        Tensor.

    Raises:
        ShapeError: ``repeats`` of another length than the axis, or an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.repeat(ag.tensor([1.0, 2.0]), 2)
        tensor([1., 1., 2., 2.])
    """
    return np.repeat(x, repeats, axis)


@composite(numpy=np.resize, over=Cases(over_shapes((), (3,), (2, 2), new_shape=(2, 3))))
def resize(x: Any, new_shape: Shape) -> Any:
    """The elements in C order, over and over until a new shape is full.

    Args:
        x: Tensor, array or number; not empty, unless the new shape is.
        new_shape: the shape to fill.

    Returns:
        Tensor.

    Raises:
        SelectionError: no elements to fill the shape with.

    Example:
        >>> import autograd_core as ag
        >>> ag.resize(ag.tensor([1.0, 2.0]), (3,))
        tensor([1., 2., 1.])
    """
    shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    return getitem(ravel(x), np.arange(math.prod(shape)).reshape(shape) % max(1, np.size(x)))
