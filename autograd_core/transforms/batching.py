"""Many gradients at once: a walk in which every gradient carries a hidden leading axis, a row for each of them.

A rule is NumPy code for one gradient. Handed :class:`Rows`, it runs unchanged: it sees the shape of one row, and what
it does is done to all. Where it does something that Rows cannot follow, it is called row by row, at that one node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..derivatives.define import apply, primitive_of
from ..derivatives.indexing import getitem, is_basic, scatter_add
from ..modes import current_mode, differentiating
from ..recording import Node, TensorBase, wrap
from ..singular import Singularities
from ..tensor import Tensor
from ..walk import as_tensors, check_saved, fit, leading_to, nodes_behind
from ..writes import last_write


class NotBatchedError(Exception):
    """Somebody asked Rows for something that must be done row by row."""


def _broadcasting(function: Callable[..., Any]) -> Callable[..., Rows]:
    """``function``, which works element by element, for operands of which some are Rows."""

    def call(*operands: Any) -> Rows:
        depth = max(getattr(x, "ndim", 0) for x in operands)
        return Rows(function(*(x.lifted(depth) if isinstance(x, Rows) else x for x in operands)))

    return call


def _operators(function: Callable[..., Any]) -> tuple[Callable[..., Rows], Callable[..., Rows]]:
    return _broadcasting(function), _broadcasting(lambda b, a: function(a, b))


class Rows(Tensor):
    """An array (or recorded Tensor) whose first axis is hidden; a Tensor, so that rules take it for a recorded one."""

    __slots__ = ("rows",)

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.node = self.base = self.views = self._name = None

    @property
    def _data(self) -> np.ndarray:  # type: ignore[override]  # whoever needs the bare array cannot know of the rows
        raise NotBatchedError

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise NotBatchedError

    shape = property(lambda self: self.rows.shape[1:])
    dtype = property(lambda self: self.rows.dtype)
    ndim = property(lambda self: self.rows.ndim - 1)
    size = property(lambda self: math.prod(self.shape))
    T = property(lambda self: self.transpose())
    mT = property(lambda self: self.swapaxes(-1, -2))  # noqa: N815  # NumPy's name

    def lifted(self, depth: int) -> Any:
        """The rows, each with axes of size 1 in front up to ``depth`` axes."""
        extra = depth - self.ndim
        return self.rows if extra <= 0 else self.rows.reshape(self.rows.shape[:1] + (1,) * extra + self.shape)

    __add__, __radd__ = _operators(np.add)
    __sub__, __rsub__ = _operators(np.subtract)
    __mul__, __rmul__ = _operators(np.multiply)
    __truediv__, __rtruediv__ = _operators(np.divide)
    __neg__ = _broadcasting(np.negative)

    def __matmul__(self, b: Any) -> Rows:
        return matmul(self, b)

    def __rmatmul__(self, a: Any) -> Rows:
        return matmul(a, self)

    def __getitem__(self, index: Any) -> Rows:
        return Rows(self.rows[_in_every_row(index)])

    def reshape(self, *shape: Any) -> Rows:
        """Every row in another shape."""
        new = shape[0] if len(shape) == 1 else shape
        return Rows(self.rows.reshape((len(self.rows), *(new if isinstance(new, (tuple, list)) else (new,)))))

    def transpose(self, *axes: Any) -> Rows:
        """Every row with its axes in another order."""
        order = (axes[0] if len(axes) == 1 else axes) or tuple(reversed(range(self.ndim)))
        return Rows(self.rows.transpose((0, *(1 + i % self.ndim for i in order))))

    def swapaxes(self, axis1: int, axis2: int) -> Rows:
        """Every row with two axes exchanged."""
        return Rows(self.rows.swapaxes(1 + axis1 % self.ndim, 1 + axis2 % self.ndim))

    def sum(self, axis: Any = None, *, keepdims: bool = False, dtype: Any = None) -> Rows:
        """The sum of every row over ``axis``."""
        if dtype is not None:
            raise NotBatchedError
        axes = range(self.ndim) if axis is None else normalize_axis_tuple(axis, self.ndim)
        return Rows(self.rows.sum(axis=tuple(1 + i for i in axes), keepdims=keepdims))

    def broadcast_to(self, shape: Any) -> Rows:
        """Every row repeated to ``shape``."""
        shape = shape if isinstance(shape, (tuple, list)) else (shape,)
        return Rows(np.broadcast_to(self.lifted(len(shape)), (len(self.rows), *shape)))

    def expand_dims(self, axis: Any) -> Rows:
        """Every row with new axes of size 1."""
        axes = normalize_axis_tuple(axis, self.ndim + (len(axis) if isinstance(axis, tuple) else 1))
        return Rows(np.expand_dims(self.rows, tuple(1 + i for i in axes)))

    def astype(self, dtype: Any) -> Rows:
        """The rows in another dtype."""
        return Rows(self.rows.astype(dtype))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc.nout != 1:
            raise NotBatchedError
        return matmul(*inputs) if ufunc is np.matmul else _broadcasting(ufunc)(*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.where and len(args) == 3:
            return _broadcasting(np.where)(*args)
        if function is np.zeros_like:
            return Rows(np.zeros(self.rows.shape, self.dtype))
        if function in _METHODS and args and args[0] is self:
            return getattr(self, _METHODS[function])(*args[1:], **kwargs)
        raise NotBatchedError


_METHODS = {
    np.sum: "sum", np.reshape: "reshape", np.transpose: "transpose", np.swapaxes: "swapaxes",
    np.broadcast_to: "broadcast_to", np.expand_dims: "expand_dims",
}


def _in_every_row(index: Any) -> tuple[Any, ...]:
    """The index that selects from every row what ``index`` selects from one."""
    index = index if isinstance(index, tuple) else (index,)
    if not is_basic(index) and len(index) > 1:  # several index arrays may move axes to the front
        raise NotBatchedError
    return (slice(None), *index)


def _put_back(g: Rows, index: Any, x_shape: tuple[int, ...]) -> Rows:
    return Rows(apply(scatter_add, g.rows, _in_every_row(index), (len(g.rows), *x_shape)))


_RULES = {primitive_of(getitem): _put_back}
"""The one rule that is too common to be called row by row, and calls another of our functions."""


def matmul(a: Any, b: Any) -> Rows:
    """The matrix product where one operand is Rows; one big product wherever the other is a single matrix."""
    if isinstance(a, Rows) and not isinstance(b, Rows):
        if b.ndim == 2 or a.ndim == b.ndim == 1:
            x = a.rows.reshape((math.prod(a.rows.shape[:-1]), a.shape[-1])) @ b
            return Rows(x.reshape(a.rows.shape[:-1] + b.shape[1:]))
        if a.ndim > 1:
            return Rows(a.lifted(b.ndim) @ b)
    elif isinstance(b, Rows) and not isinstance(a, Rows):
        if b.ndim == 1 and a.ndim <= 2:
            return Rows(b.rows @ (a if a.ndim == 1 else a.swapaxes(0, 1)))
        if b.ndim > 1:
            return Rows(a @ b.lifted(a.ndim))
    raise NotBatchedError


def walk_rows(seeds: dict[Node, Any], wanted: Collection[Node], create_graph: bool) -> dict[Node, Any]:
    """What ``walk`` would find for every row of the seeds, as rows.

    Raises:
        NotBatchedError: there are hooks, or a freed graph: that is for the walk of one gradient.
    """
    order = nodes_behind(seeds, wanted)
    useful = leading_to(wanted, order)
    gradients = {node: Rows(rows) for node, rows in seeds.items()}
    found: dict[Node, Any] = {}
    newest_write = last_write()
    debugger: Any = current_mode().watch  # one for walks: see differentiating()
    for node in order:
        if node not in useful:
            continue
        if node.hooks or node.freed:
            raise NotBatchedError
        g = gradients.pop(node)
        if node in wanted:
            found[node] = g.rows
            continue
        if node.serial < newest_write:
            check_saved(node)
        if debugger is not None:
            debugger.arrived(node, g.rows)
        for position, parent, kept, fits in node.edges:
            if parent in useful:
                args = as_tensors(node, position, kept) if create_graph else kept
                gradient = _call(node.primitive, position, g, args, fits)
                if debugger is not None:
                    debugger.derived(node, position, gradient.rows)
                gradients[parent] = gradients[parent] + gradient if parent in gradients else gradient
    return found


def _call(primitive: Any, position: int, g: Rows, args: Sequence[Any], fits: Any) -> Rows:
    """A rule's gradients for all rows: at once if it can be done, and one after the other if not."""
    rule, singularities = primitive.rules[position], Singularities()
    with singularities as seen:
        try:
            gradient = _RULES.get(primitive, rule)(g, *args)
            if isinstance(gradient, Rows) and not seen:
                return fit(gradient, *fits) if fits is not None else gradient
        except Exception:  # whatever it was: if it is more than rows in the way, it happens again below
            pass
        seen.clear()
        each = []
        for i in range(g.rows.shape[0]):
            row = g.rows[i, ...]
            one = rule(row, *args)
            if seen:
                one = singularities.settle(one, row, primitive, rule, args)
            each.append(fit(one, *fits) if fits is not None else one)
    return Rows(np.stack(each))


MOST_ELEMENTS = 2**22
"""How large the rows of one gradient may become; more rows are walked in several goes."""


def pull_rows(output: Any, seeds: Any, variables: list[Any], create_graph: bool) -> list[Any]:
    """The gradients of Σ seeds[i] · output by the variables, for all i: Tensors with a leading axis.

    Raises:
        NotBatchedError: see ``walk_rows``.
    """
    count = len(seeds)
    nothing = [wrap(np.zeros((count, *x._data.shape), x._data.dtype)) for x in variables]
    if output.node is None or not count:
        return nothing
    wanted = [x.node for x in variables]
    largest = max(math.prod(node.value.shape) for node in nodes_behind([output.node], wanted))
    step = max(1, MOST_ELEMENTS // max(1, largest))
    goes = []
    with differentiating(create_graph):
        for i in range(0, count, step):
            part = seeds[i : i + step]
            goes.append(walk_rows({output.node: wrap(part) if create_graph else part}, set(wanted), create_graph))
        return [
            _joined([go[x.node] for go in goes]) if x.node in goes[0] else zeros
            for x, zeros in zip(variables, nothing, strict=True)
        ]


def _joined(goes: list[Any]) -> Any:
    joined = goes[0] if len(goes) == 1 else np.concatenate(goes)
    return joined if isinstance(joined, TensorBase) else wrap(joined)
