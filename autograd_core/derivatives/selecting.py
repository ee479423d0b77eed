"""Elements chosen by number, by condition, or along an axis: each a way to index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from ..errors import SelectionError, ShapeError
from .define import composite
from .domains import Case, Cases, over_shapes
from .elementwise import astype, where
from .indexing import at, getitem, overwrite, plain_index
from .joining import concatenate, stack
from .moving import moveaxis
from .scans import as_tensor
from .shapes import broadcast_arrays, broadcast_to, ravel, reshape

__all__ = [
    "choose", "compress", "delete", "extract", "insert", "piecewise", "put_along_axis", "select", "take",
    "take_along_axis",
]


def _along(name: str, x: Any, axis: int | None) -> tuple[Any, int]:
    """``x`` and the axis to work along; flattened where there is none."""
    if axis is None:
        return ravel(x), 0
    try:
        return x, normalize_axis_index(axis, np.ndim(x))
    except np.exceptions.AxisError:
        raise ShapeError(f"{name}: axis={axis} does not fit shape {np.shape(x)}.") from None


def _numbers(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Indices into an axis of 3."""
    return rng.integers(-3, 3, shape)


def in_range(indices: Any, n: int, mode: str) -> Any:
    """``indices`` as integers, brought into an axis of ``n`` as ``mode`` says."""
    indices = np.asarray(plain_index(indices))
    if indices.size and indices.dtype.kind not in "biu":
        raise SelectionError(f"indices of {indices.dtype}; expected integers.")
    if mode not in ("raise", "wrap", "clip"):
        raise SelectionError(f"mode={mode!r}; indices out of range can 'raise', 'wrap' or 'clip'.")
    return indices if mode == "raise" else indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)


@composite(numpy=np.take, over=Cases(
    over_shapes((3,), indices=1) + over_shapes((2, 3), indices=[[0, 5], [-1, 5]])
    + over_shapes((2, 3), indices=[2, 0, 2], axis=-1) + over_shapes((2, 3), indices=[4, -7], axis=0, mode="wrap")
    + over_shapes((0, 3), indices=[-1, 9], axis=1, mode="clip")))
def take(x: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """The elements, or the entries along an axis, with these numbers.

    Args:
        x: Tensor or array.
        indices: integers, of any shape.
        axis: the axis that they number; by default they number all elements.
        mode: what to do with indices out of range: "raise", "wrap" around, or "clip" to the ends.

    Returns:
        Tensor, with the shape of ``indices`` in place of the axis.

    Raises:
        SelectionError: an index out of range.
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.take(ag.tensor([1.0, 2.0, 3.0]), [0, 0, 2])
        tensor([1., 1., 3.])
    """
    x, axis = _along("take", x, axis)
    return getitem(x, (slice(None),) * axis + (in_range(indices, np.shape(x)[axis], mode),))


def _everywhere(indices: np.ndarray, shape: tuple[int, ...], axis: int) -> tuple[np.ndarray, ...]:
    """The index that takes ``indices`` along ``axis``, and goes through the other axes in step."""
    if indices.ndim != len(shape):
        raise ShapeError(f"take_along_axis: indices of shape {indices.shape} for shape {shape}; "
                         f"they must have the same number of axes.")
    grid = np.ogrid[tuple(slice(n) for n in shape)]
    return (*grid[:axis], indices, *grid[axis + 1:])


@composite(numpy=np.take_along_axis, over=Cases(
    (Case(((2, 3), (2, 2)), {"axis": -1}), Case(((3, 2), (2, 1)), {"axis": 0}), Case(((3,), (4,)), {"axis": None})),
    constants=(None, _numbers)))
def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """For every line along an axis, the entries that its own line of indices names: undoes ``argsort``, ``argmax``.

    Args:
        x: Tensor or array.
        indices: integers, with as many axes as ``x``; the other axes broadcast.
        axis: the axis that they number; None numbers all elements.

    Returns:
        Tensor of the (broadcast) shape of ``indices``.

    Raises:
        SelectionError: an index out of range.
        ShapeError: shapes that do not fit, or an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.take_along_axis(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [[1], [0]], axis=1)
        tensor([[2.],
                [3.]])
    """
    x, axis = _along("take_along_axis", x, axis)
    return getitem(x, _everywhere(np.asarray(plain_index(indices)), np.shape(x), axis))


@composite(over=Cases((Case(((2, 3), (2, 1), (2, 1)), {"axis": 1}), Case(((3, 2), (2, 2), ()), {"axis": 0})),
                      constants=(None, _numbers)))
def put_along_axis(x: Any, indices: Any, values: Any, axis: int | None = -1) -> Any:
    """A copy of ``x`` with other values at the entries of :func:`take_along_axis`.

    ``np.put_along_axis`` writes to ``x`` itself. Of values written to one place, the last stays and has a gradient.

    Args:
        x: Tensor or array.
        indices: integers, with as many axes as ``x``; the other axes broadcast.
        values: what to write; broadcasts to the shape of ``indices``.
        axis: the axis that they number; None numbers all elements.

    Returns:
        Tensor of the shape and dtype of ``x``.

    Raises:
        SelectionError: an index out of range.
        ShapeError: shapes that do not fit, or an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.put_along_axis(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [[1], [0]], 0.0, axis=1)
        tensor([[1., 0.],
                [0., 4.]])
    """
    flat, axis = _along("put_along_axis", x, axis)
    index = _everywhere(np.asarray(plain_index(indices)), np.shape(flat), axis)
    return reshape(overwrite(flat, values, at(index)), np.shape(x))


_OF_TWO = np.array([[0, 1, 1], [1, 0, 1]])


@composite(numpy=np.choose, over=Cases((Case(((2, 3), (3,))), Case(((), ()))), through=lambda *xs: (_OF_TWO, xs)))
def choose(a: Any, choices: Sequence[Any], *, mode: str = "raise") -> Any:
    """For every element the value from one of several arrays: ``choices[a[i]][i]``.

    Args:
        a: integers, which choice.
        choices: Tensors, arrays or numbers that broadcast with each other and with ``a``.
        mode: what to do with numbers out of range: "raise", "wrap" around, or "clip" to the ends.

    Returns:
        Tensor of the (broadcast) shape.

    Raises:
        SelectionError: a number out of range.
        ShapeError: shapes that do not broadcast together.

    Example:
        >>> import autograd_core as ag
        >>> ag.choose([0, 1], [ag.tensor([1.0, 2.0]), -1.0])
        tensor([ 1., -1.])
    """
    which = in_range(a, len(choices), mode)
    if ((which < 0) | (which >= len(choices))).any():
        raise SelectionError(f"choose: a number outside of the {len(choices)} choices.")
    _, *layers = broadcast_arrays(which, *choices)
    return getitem(stack(layers), (which, *np.ogrid[tuple(slice(n) for n in layers[0].shape)]))


@composite(numpy=np.select, over=Cases((Case(((2, 3), (3,))), Case(((), (2, 3)))),
                                       through=lambda a, b: ([_OF_TWO == 0, np.array([True, False, True])], [a, b])))
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """For every element the choice of the first condition that holds, else the default.

    Args:
        condlist: boolean arrays.
        choicelist: as many Tensors, arrays or numbers; all broadcast together.
        default: Tensor, array or number.

    Returns:
        Tensor of the (broadcast) shape.

    Raises:
        ShapeError: not as many conditions as choices, none, or shapes that do not broadcast together.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([-2.0, 0.5, 3.0])
        >>> ag.select([x < 0, x > 1], [-x, x * x])
        tensor([2., 0., 9.])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ShapeError(f"select: {len(condlist)} conditions for {len(choicelist)} choices; expected one for each.")
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result


def _some(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return np.asarray(np.arange(np.prod(shape)).reshape(shape) % 2 == 0)


@composite(numpy=np.compress, over=Cases((Case(((3,), (2, 3)), {"axis": 1}), Case(((4,), (2, 3)))), constants=(_some,)))
def compress(condition: Any, x: Any, axis: int | None = None) -> Any:
    """The entries along an axis where a condition holds.

    Args:
        condition: booleans, one for each entry; those that are missing at the end are False.
        x: Tensor or array.
        axis: the axis to select from; by default ``x`` is flattened.

    Returns:
        Tensor.

    Raises:
        SelectionError: a condition that holds beyond the end.
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.compress([True, False, True], ag.tensor([1.0, 2.0, 3.0]))
        tensor([1., 3.])
    """
    return take(x, np.flatnonzero(plain_index(condition)), axis)


@composite(numpy=np.extract, over=Cases((Case(((2, 3), (2, 3))), Case(((), ()))), constants=(_some,)))
def extract(condition: Any, x: Any) -> Any:
    """The elements where a condition holds, in C order.

    Args:
        condition: booleans, as many as ``x`` has elements.
        x: Tensor or array.

    Returns:
        Tensor (number of elements,).

    Raises:
        SelectionError: a condition that holds beyond the end.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([1.0, -2.0, 3.0])
        >>> ag.extract(x > 0, x)
        tensor([1., 3.])
    """
    return compress(np.ravel(plain_index(condition)), x)


@composite(numpy=np.delete, over=Cases(over_shapes((2, 3), obj=[0, -1], axis=1) + over_shapes((3,), obj=slice(0, 2))
                                       + over_shapes((2, 2), obj=1)))
def delete(x: Any, obj: Any, axis: int | None = None) -> Any:
    """``x`` without some of its entries.

    Args:
        x: Tensor or array.
        obj: the numbers of the entries to leave out: an integer, integers, booleans or a slice.
        axis: the axis that they number; by default ``x`` is flattened.

    Returns:
        Tensor.

    Raises:
        SelectionError: a number out of range.
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.delete(ag.tensor([1.0, 2.0, 3.0]), 1)
        tensor([1., 3.])
    """
    x, axis = _along("delete", x, axis)
    return take(x, _renumbered("delete", np.delete, np.shape(x)[axis], plain_index(obj)), axis)


def _renumbered(name: str, function: Callable[..., np.ndarray], n: int, *args: Any) -> np.ndarray:
    try:
        return function(np.arange(n), *args)
    except (IndexError, ValueError) as error:
        raise SelectionError(f"{name}: {error}.") from None


@composite(numpy=np.insert, over=Cases(
    (Case(((2, 3), (3,)), {"axis": 0}), Case(((2, 3), (2,)), {"axis": 1}), Case(((2, 2), ()))),
    through=lambda x, values: (x, 1 if np.ndim(values) else [0, 3, 4], values)))
def insert(x: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """``x`` with values put in before some of its entries.

    Args:
        x: Tensor or array.
        obj: the numbers of these entries: an integer, integers, booleans or a slice.
        values: what to put in; broadcasts to as many entries.
        axis: the axis that is numbered; by default ``x`` is flattened.

    Returns:
        Tensor of the dtype of ``x``.

    Raises:
        SelectionError: a number out of range.
        ShapeError: values that do not fit, or an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.insert(ag.tensor([1.0, 2.0, 3.0]), 1, 9.0)
        tensor([1., 9., 2., 3.])
    """
    x, axis = _along("insert", x, axis)
    shape = np.shape(x)
    before = plain_index(obj)
    before = np.arange(shape[axis])[before] if isinstance(before, slice) else np.asarray(before)
    before = np.flatnonzero(before) if before.dtype.kind == "b" else before
    values = reshape(values, (1,) * (len(shape) - np.ndim(values)) + np.shape(values))
    if before.ndim == 0:
        values = moveaxis(values, 0, axis)
    count = values.shape[axis] if before.size == 1 else before.size
    values = broadcast_to(astype(values, x.dtype), (*shape[:axis], count, *shape[axis + 1:]))
    order = _renumbered("insert", np.insert, shape[axis], before, shape[axis] + np.arange(count))
    return take(concatenate([x, values], axis), order, axis)


@composite(numpy=np.piecewise, over=Cases(over_shapes(
    (4,), condlist=[np.array([True, False, True, False]), np.array([False, False, True, True])],
    funclist=[lambda x: x * x, lambda x: -x, 3.0])))
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **options: Any) -> Any:
    """A function given piece by piece; each piece sees only the elements where its condition holds.

    Args:
        x: Tensor or array.
        condlist: boolean arrays of the shape of ``x``; where several hold, the last counts.
        funclist: a function of a Tensor, or a number, for each condition; and one more for everywhere else (else 0).
        args, options: handed to every function.

    Returns:
        Tensor of the shape and dtype of ``x``.

    Raises:
        ShapeError: not as many functions as conditions, or one more.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([-4.0, 4.0])
        >>> ag.piecewise(x, [x < 0, x >= 0], [lambda x: -x, ag.sqrt])
        tensor([4., 2.])
    """
    conditions = [np.asarray(plain_index(condition), bool) for condition in condlist]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.logical_or.reduce(conditions))
    if len(funclist) != len(conditions):
        raise ShapeError(f"piecewise: {len(funclist)} functions for {len(conditions)} conditions.")
    x = as_tensor(x)
    result = as_tensor(np.zeros(x.shape, x.dtype))
    for condition, piece in zip(conditions, funclist, strict=True):
        value = piece(getitem(x, condition), *args, **options) if callable(piece) else piece
        result = overwrite(result, value, at(condition))
    return result
