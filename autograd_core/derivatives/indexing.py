"""Reading and writing parts of an array. Each of the two is the other's derivative."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import SelectionError
from ..recording import TensorBase
from ..views import Place
from .define import apply, primitive, primitive_of
from .domains import Case, Cases

__all__ = ["getitem", "overwrite", "scatter_add"]

_SELECTIONS = [
    ((3,), 1), ((3,), -1), ((4,), slice(None, None, -2)), ((2, 3), (1, slice(0, 2))), ((2, 3), ...),
    ((2, 3), (..., None, 0)), ((3,), np.array([0, 0, 2])), ((3, 2), np.array([[0, -1], [2, 0]])),
    ((3, 2), ([0, 2, 0], [1, 1, 1])), ((2, 3), np.array([[True, False, True], [False, True, False]])),
    ((3, 2), (slice(None), [1, 0, 1])), ((2, 3), (None, slice(None))), ((1, 3), 0),
    ((2, 1, 3), (slice(0, None, 1), -1, ..., None)), ((2, 3), (slice(None), slice(None, None, -1))),
    ((), ()), ((3,), slice(0, 0)), ((0, 2), slice(None)), ((3, 2), (np.array([], int),)),
]


def is_basic(index: Any) -> bool:
    """Whether ``index`` names each element at most once by slices and integers (then NumPy gives a view)."""
    items = index if isinstance(index, tuple) else (index,)
    basic = (int, np.integer, slice, type(None), type(Ellipsis))
    return all(isinstance(item, basic) and not isinstance(item, (bool, np.bool_)) for item in items)


def plain_index(index: Any) -> Any:
    """``index`` with Tensors in it replaced by their arrays, which must be integers or booleans."""
    if isinstance(index, tuple):
        return tuple(plain_index(item) for item in index)
    if not isinstance(index, TensorBase):
        return index
    if index._data.dtype.kind not in "biu":
        raise SelectionError(f"getitem: a tensor of {index._data.dtype} cannot be an index; use integers or booleans.")
    return index._data if index._data.ndim else index._data[()]


def _explain_index(x: Any, *_: Any, index: Any = None, **__: Any) -> str:
    shown = np.shape(index) if isinstance(index, np.ndarray) else index
    return f"the index {shown} does not select from shape {np.shape(x)}."


def _put_back(g: Any, index: Any, x_shape: tuple[int, ...]) -> Any:
    if g.size == math.prod(x_shape) and _in_order(index):  # it named every element, as x[None] does
        return g.reshape(x_shape)
    return apply(scatter_add, g, index, x_shape)


def _in_order(index: Any) -> bool:
    """Whether what ``index`` names stays in its order, each element once at most."""
    items = index if isinstance(index, tuple) else (index,)
    return is_basic(items) and all(item.step is None or item.step > 0 for item in items if isinstance(item, slice))


def _selected(shape: tuple[int, ...], index: Any) -> tuple[int, ...]:
    selected: Any = np.empty(shape)
    return np.shape(selected[index])


@primitive(x=_put_back, view=True, explain=_explain_index,
           over=Cases(tuple(Case((shape,), {"index": index}) for shape, index in _SELECTIONS)))
def getitem(x: Any, index: Any) -> Any:
    """x[index]: basic, advanced or boolean. An element taken several times gets the sum of its gradients.

    Args:
        x: Tensor or array.
        index: anything NumPy indexes with.

    Returns:
        Tensor; where NumPy gives a view (slices, and integers that leave an axis) it shows the memory of ``x``.

    Raises:
        ShapeError: an index outside ``x``.

    Example:
        >>> import autograd_core as ag
        >>> ag.tensor([1.0, 2.0, 3.0])[[0, 0, 2]]
        tensor([1., 1., 3.])
    """
    return np.asarray(x)[index]


@primitive(x=lambda g, index: g[index],
           over=Cases(tuple(Case((_selected(shape, index),), {"index": index, "shape": shape})
                            for shape, index in _SELECTIONS)))
def scatter_add(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of ``shape`` with ``x`` added at ``index``; repeated indices add up.

    Args:
        x: Tensor or array of the shape that ``index`` selects.
        index: anything NumPy indexes with.
        shape: the shape of the result.

    Returns:
        Tensor.

    Raises:
        ShapeError: an index outside ``shape``.

    Example:
        >>> import autograd_core as ag
        >>> ag.scatter_add(ag.tensor([1.0, 2.0]), [0, 0], (3,))
        tensor([3., 0., 0.])
    """
    x = np.asarray(x)
    out = np.zeros(shape, x.dtype)
    if is_basic(index) or (isinstance(index, np.ndarray) and index.dtype.kind == "b"):  # names nothing twice
        out[index] = x
    elif isinstance(index, np.ndarray) and out.ndim > 1:  # rows: three times as fast by element numbers
        width, to = math.prod(out.shape[1:]), out.reshape(-1)
        x = np.broadcast_to(x, index.shape + out.shape[1:]).ravel()
        if width % 2 == 0 and x.dtype.char in "fd":  # faster again by two: pairs add up as complex numbers do
            width, x, to = width // 2, x.view(x.dtype.char.upper()), to.view(x.dtype.char.upper())
        np.add.at(to, (index[..., None] * width + np.arange(width)).ravel(), x)
    else:
        np.add.at(out, index, x)
    return out


def part_at(x: Any, place: Place) -> Any:
    """The part of ``x`` at ``place``."""
    for step, options in place:
        x = step(x, **options) if isinstance(x, TensorBase) else step.forward(x, **options)
    return x


def _write(x: np.ndarray, value: Any, place: Place) -> None:
    """Put ``value`` into the part of ``x`` at ``place``, in place."""
    if len(place) == 1 and "index" in place[0][1]:
        x[place[0][1]["index"]] = value
    else:  # by element numbers: whether a view shows x's memory depends on memory order, this does not
        numbers = part_at(np.arange(x.size).reshape(x.shape), place)
        x.flat[numbers.ravel()] = np.broadcast_to(value, numbers.shape).ravel()


def _survives(g: Any, place: Place) -> Any:
    """``g`` at ``place``; where an advanced index names an element twice, only for the value written last."""
    part = part_at(g, place)
    index = place[-1][1].get("index")
    if index is None or is_basic(index) or not part.size:
        return part
    turn = np.arange(part.size).reshape(part.shape)
    winner = np.empty(part_at(g, place[:-1]).shape, int)
    winner[index] = turn
    return part * (winner[index] == turn)


def _explain_write(x: Any, value: Any, place: Place) -> str:
    try:
        part_at(x, place)
    except (IndexError, ValueError, TypeError):
        return _explain_index(x, **place[-1][1])
    return f"a value of shape {np.shape(value)} does not fit at {place[-1][1]} of shape {np.shape(x)}."


def _replaced(g: Any, place: Place) -> Any:
    return apply(overwrite, g, 0, place)


def at(index: Any) -> Place:
    """The place that ``[index]`` selects."""
    return ((primitive_of(getitem), {"index": index}),)


@primitive(x=_replaced, value=_survives,
           explain=_explain_write,
           over=Cases(tuple(Case((shape, _selected(shape, index)), {"place": at(index)})
                            for shape, index in _SELECTIONS)))
def overwrite(x: Any, value: Any, place: Place) -> Any:
    """A copy of ``x`` with ``value`` at ``place``: what ``x[index] = value`` records.

    The old elements get no gradient any more; ``value`` gets the gradient of the elements that it became.

    Args:
        x: Tensor or array.
        value: Tensor, array or number that broadcasts to the part.
        place: the steps to the part, each a primitive and its options.

    Returns:
        Tensor of the shape and dtype of ``x``.

    Raises:
        ShapeError: a value that does not fit the part.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([1.0, 2.0, 3.0])
        >>> x[1:] = 0.0
        >>> x
        tensor([1., 0., 0.])
    """
    out = np.array(x)  # in the memory order of x, so that what was a view stays one
    _write(out, value, place)
    return out
