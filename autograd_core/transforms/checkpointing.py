"""Recompute instead of keep: ``checkpoint`` trades the memory of a part of the forward pass for running it again."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import GraphError, SavedArrayError
from ..modes import is_grad_enabled, recording_under
from ..recording import Node, Primitive, TensorBase, new_node, wrap
from ..writes import check_unwritten, tick
from .calls import argument, is_float, pull, variable
from .structure import Tree, leaves, rebuild

Function = Callable[..., Any]
Shapes = Sequence[tuple[int, ...]]

SAMPLES = 64
"""How many elements of an output are remembered, to notice a function that gives another result when run again."""


def checkpoint(f: Function) -> Function:
    """``f``, of which nothing is kept for backward but its arguments: backward runs it again.

    Parameters and other recorded Tensors that ``f`` takes from around it get their gradients like arguments. It runs
    again in the module path where it ran first. Derivatives of any order are right; only the first saves memory.

    Args:
        f: any function of Tensors, in any structure. It must do the same when run again: draw random numbers outside.

    Returns:
        A function of the same arguments and results.

    Raises:
        GraphError: in backward, if ``f`` gave another result, or used other Tensors, the second time.
        SavedArrayError: in backward, if something that ``f`` reads was written to in the meantime.

    Example:
        >>> import autograd_core as ag
        >>> w = ag.tensor(2.0, requires_grad=True)
        >>> y = ag.checkpoint(lambda x: ag.exp(w * x))(1.5)
        >>> y.backward()
        >>> w.grad
        tensor(30.12830538)
    """

    @functools.wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        if not is_grad_enabled():
            return f(*args, **kwargs)
        start = tick()
        tree = (args, kwargs)
        given = [argument(x) if _is_recorded(x) and is_float(x) else x for x in leaves(tree)]
        inner_args, inner_kwargs = rebuild(tree, given)
        result = f(*inner_args, **inner_kwargs)
        results = leaves(result)
        recorded = [i for i, y in enumerate(results) if _is_recorded(y) and y.node.serial >= start]
        if not recorded:
            return result
        ys = [results[i] for i in recorded]
        inputs = [x.node for x in given if _is_recorded(x) and x.node.primitive is argument]
        again = _Again(f, tree, recorded, ys, _reached(ys, inputs, start))
        for i, y in zip(recorded, _recorded(again, ys), strict=True):
            results[i] = y
        return rebuild(result, results)

    return run


class _Again:
    """All that a checkpoint keeps, and how it gets the gradients of its inputs: by running its function again."""

    def __init__(self, f: Function, tree: Tree, recorded: list[int], ys: Sequence[Any], around: list[Node]) -> None:
        self.f = f
        self.tree = rebuild(tree, [wrap(x._data, x.node) if isinstance(x, TensorBase) else x for x in leaves(tree)])
        self.recorded = recorded  # which of the results
        self.shapes = [y.shape for y in ys]
        self.samples = [_sample(y._data) for y in ys]
        self.around = around  # nodes that the function uses without being given them
        self.values = [node.value for node in around]
        self.path = ys[0].node.path
        self.time = tick()

    def parents(self) -> list[Node]:
        """The nodes that the gradient goes to: of the arguments, then of what was used without being one."""
        return [x.node for x in leaves(self.tree) if _is_recorded(x) and is_float(x)] + self.around

    def gradients(self, g: Any) -> Any:
        """The gradients of all parents, packed; recorded if ``g`` is."""
        create_graph = isinstance(g, TensorBase) and g._data is not None  # Rows are refused here, not half way
        self._check_unwritten()
        start = tick()
        with recording_under(self.path):
            given = [variable(x, create_graph) if _is_recorded(x) and is_float(x) else x for x in leaves(self.tree)]
            args, kwargs = rebuild(self.tree, given)
            results = leaves(self.f(*args, **kwargs))
        variables = [x for x, kept in zip(given, leaves(self.tree), strict=True) if x is not kept]
        ys = self._checked(results, [x.node for x in variables], start)
        around = [wrap(np.broadcast_to(np.zeros((), v.dtype), v.shape), node)
                  for v, node in zip(self.values, self.around, strict=True)]
        found = pack(*pull(ys, unpacked(g, self.shapes), variables + around, create_graph))
        return found if create_graph else found._data

    def _check_unwritten(self) -> None:
        arrays = [x._data if isinstance(x, TensorBase) else x for x in [*leaves(self.tree), *self.values]]
        for array in arrays:
            if isinstance(array, np.ndarray):
                check_unwritten(array, self.time, "checkpoint")
        for node, value in zip(self.around, self.values, strict=True):
            if node.value is not value:
                raise SavedArrayError(
                    "checkpoint: a tensor that the function reads was given other data since it ran, so that running "
                    "it again would not give the same. Update parameters after backward()."
                )

    def _checked(self, results: list[Any], inputs: list[Node], start: int) -> list[Any]:
        """The results that backward starts from, if they are what they were the first time."""
        ys = [results[i] for i in self.recorded if i < len(results)]
        if len(ys) < len(self.recorded) or not all(_is_recorded(y) for y in ys) or not all(
            y.shape == shape and _alike(_sample(y._data), sample)
            for y, shape, sample in zip(ys, self.shapes, self.samples, strict=True)
        ):
            raise GraphError(
                "checkpoint: the function gave another result when it ran again for backward. Draw random numbers, and "
                "change state, outside of it."
            )
        if any(node.serial < start and node not in self.around for node in _reached(ys, inputs, start)):
            raise GraphError("checkpoint: the function used other tensors when it ran again for backward.")
        return ys


def _unpack_one(g: Any, index: int, shapes: Shapes) -> Any:
    """The stretch of ``g`` that came from operand ``index``."""
    first = sum(map(math.prod, shapes[:index]))
    return g[first : first + math.prod(shapes[index])].reshape(shapes[index])


pack = Primitive("pack", lambda *xs: np.concatenate([np.ravel(x) for x in xs]), {"x": _unpack_one}, variadic=True)
"""Arrays of any shapes as one array with one axis: all gradients of a checkpoint, through one edge."""

rerun = Primitive("checkpoint", lambda x: x, {"x": lambda g, again: again.gradients(g)}, options=("again",))


def unpacked(packed: Any, shapes: Shapes) -> list[Any]:
    """What was packed; a single array never was."""
    return [packed] if len(shapes) == 1 else [_unpack_one(packed, i, shapes) for i in range(len(shapes))]


def _recorded(again: _Again, ys: Sequence[Any]) -> list[Any]:
    """The outputs, recorded as the work of one node that has all the parents and keeps only ``again``."""
    parents, path = again.parents(), again.path
    shapes = [node.value.shape for node in parents]
    gather = new_node(pack, [
        (i, node, [i, shapes], (node.value.shape, node.value.dtype)) for i, node in enumerate(parents)
    ], None, np.empty(0), path)
    data = ys[0]._data if len(ys) == 1 else pack.forward(*(y._data for y in ys))
    params = {"function": getattr(again.f, "__qualname__", type(again.f).__name__)}
    packed = wrap(data, new_node(rerun, [(0, gather, [again], None)], params, data, path))
    return [
        part if part.dtype == y.dtype else part.astype(y.dtype)
        for part, y in zip(unpacked(packed, again.shapes), ys, strict=True)
    ]


def _reached(ys: Sequence[Any], inputs: Sequence[Node], start: int) -> list[Node]:
    """The nodes that a function's results depend on and that neither it recorded nor its arguments are; in order."""
    seen = {y.node for y in ys}
    stack, found = list(seen), []
    while stack:
        node = stack.pop()
        if node in inputs:
            continue
        if node.serial < start or not node.edges:
            found.append(node)
            continue
        for edge in node.edges:
            if edge[1] not in seen:
                seen.add(edge[1])
                stack.append(edge[1])
    return sorted(found, key=lambda node: node.serial)


def _is_recorded(x: Any) -> bool:
    return isinstance(x, TensorBase) and x.node is not None


def _sample(array: np.ndarray) -> np.ndarray:
    """Some elements, spread evenly."""
    return array.flat[:: max(1, array.size // SAMPLES)]


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    if not a.size:
        return True
    with np.errstate(all="ignore"):
        finite = np.abs(b[np.isfinite(b)])
        size = float(finite.max()) if finite.size else 0.0
        tolerance = math.sqrt(float(np.finfo(b.dtype).eps))
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True))
