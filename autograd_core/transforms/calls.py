"""One call of a user's function on variables of our own: the ground that every transform stands on.

The variables are new nodes. An argument that is itself recorded becomes a node whose parent it is, so that derivatives
of derivatives connect; anything else becomes a leaf that nobody else knows. Two transforms, one inside the other,
therefore never mistake each other's variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backward import seed
from ..errors import DTypeError, ShapeError
from ..modes import differentiating, enable_grad, is_grad_enabled
from ..recording import Node, Primitive, TensorBase, new_node, wrap
from ..walk import walk
from ..writes import tick
from .structure import Tree, aligned, leaves, map_leaves, rebuild

Tensors = list[Any]
NEVER = float("inf")
Span = tuple[int, float]
"""From one reading of the tape's clock up to, not including, another."""

argument = Primitive("argument", lambda x: x, {"x": lambda g: g})
"""The identity: what a transform's variable is to the recorded tensor it stands for."""


class Call:
    """``f(*args, **kwargs)``, recorded with respect to the floats in the arguments at ``argnums``."""

    def __init__(self, what: str, f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int],
                 kwargs: dict[str, Any] | None = None) -> None:
        self.what = what
        self.start = tick()
        self.recording = is_grad_enabled()  # whether the caller wants to differentiate what comes out
        self.inputs: Tree = tuple(args[check_argnum(what, i, args)] for i in argnums)
        with enable_grad():
            found = [variable(x, self.recording) if is_float(x) else x for x in leaves(self.inputs)]
            self.varying = [i for i, x in enumerate(leaves(self.inputs)) if is_float(x)]
            self.variables: Tensors = [found[i] for i in self.varying]
            if not found or not self.varying:
                kinds = ", ".join(sorted({type(x).__name__ for x in found})) or "nothing"
                raise DTypeError(
                    f"{what}: there is no float to differentiate by: argument {', '.join(map(str, argnums))} holds "
                    f"{kinds}. Integers have no derivative; write 3.0 for 3."
                )
            given = list(args)
            for i, tree in zip(argnums, rebuild(self.inputs, found), strict=True):
                given[i] = tree
            self.result = f(*given, **(kwargs or {}))
        self.end = tick()

    def structured(self, values: Sequence[Any]) -> Tree:
        """One value for each variable, in the structure of the inputs; None for leaves that are not floats."""
        found: list[Any] = [None] * len(leaves(self.inputs))
        for i, value in zip(self.varying, values, strict=True):
            found[i] = value
        return rebuild(self.inputs, found)

    def scalar(self, value: Any) -> Any:
        """The function's value as a Tensor with a single float, or an error that says what it is instead."""
        if isinstance(value, (tuple, list, dict)):
            raise ShapeError(
                f"{self.what}: the function returned a {type(value).__name__}; it must return a single number. "
                f"For (value, anything else) pass has_aux=True."
            )
        value = as_tensor(value)
        if not isinstance(value, TensorBase) or value._data.dtype.kind != "f":
            kind = value._data.dtype if isinstance(value, TensorBase) else type(value).__name__
            raise DTypeError(f"{self.what}: the function returned {kind}; only floats have derivatives.")
        if value._data.size != 1:
            raise ShapeError(
                f"{self.what}: the function returned shape {value._data.shape}; it must return a single number. "
                f"Reduce it, for instance with .sum(), or use jacobian or vjp."
            )
        return value

    def depends(self, tensors: Sequence[Any]) -> bool:
        """Whether what comes out may have to be differentiated by something outside this call."""
        return self.recording and outside(tensors, ((self.start, NEVER),))

    def settled(self, tree: Tree) -> Tree:
        """``tree``, its Tensors constants unless they depend on something outside this call."""
        return settled(tree, self.recording, ((self.start, NEVER),))


def settled(tree: Tree, recording: bool, spans: Sequence[Span]) -> Tree:
    """``tree``; Tensors recorded within the spans become constants, unless ``recording`` and computed from others."""

    def settle(x: Any) -> Any:
        ours = isinstance(x, TensorBase) and x.node is not None and _within(x.node, spans)
        return wrap(x._data) if ours and not (recording and outside([x], spans)) else x

    return map_leaves(settle, tree)


def check_argnum(what: str, i: int, args: Sequence[Any]) -> int:
    """``i`` if it is the number of one of ``args``."""
    if not -len(args) <= i < len(args):
        raise ShapeError(f"{what}: argnums={i}, but the function was called with {len(args)} positional arguments.")
    return i


def is_float(x: Any) -> bool:
    """Whether ``x`` is something that can vary: a float, or a Tensor or array of floats."""
    if isinstance(x, TensorBase):
        return x._data.dtype.kind == "f"
    return isinstance(x, float) or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f")


def variable(x: Any, recording: bool) -> Any:
    """A new variable with the value of ``x``, connected to ``x`` if that is recorded and ``recording``."""
    if isinstance(x, TensorBase) and x.node is not None and recording:
        return argument(x)
    data = x._data if isinstance(x, TensorBase) else np.asarray(argument.operand(x, 0))
    data = data if data.dtype.isnative else data.astype(data.dtype.newbyteorder("="))
    leaf = wrap(data)
    leaf.node = new_node(None, (), None, data, "")
    return leaf


def as_tensor(x: Any) -> Any:
    """Numbers and arrays as constant Tensors; Tensors and anything else as they are."""
    if isinstance(x, (bool, int, float, np.ndarray, np.generic)):
        return wrap(np.asarray(x))
    return x


def vectors(values: Tree, like: Tree, name: str) -> Tensors:
    """One tangent or cotangent for every float leaf of ``like``, checked against it and of its dtype."""
    found = []
    for (place, value), x in zip(aligned(values, like, name), leaves(like), strict=True):
        if not is_float(x):
            continue
        given, target = as_tensor(value), as_tensor(x)._data
        if not isinstance(given, TensorBase) or given._data.dtype.kind not in "biuf":
            raise DTypeError(f"{place}: expected numbers of shape {target.shape}, got a {type(value).__name__}.")
        if given._data.shape != target.shape:
            raise ShapeError(f"{place}: shape {given._data.shape}, but what it belongs to has shape {target.shape}.")
        same = given._data.dtype == target.dtype
        found.append(given if same else given.astype(target.dtype))  # type: ignore[attr-defined]  # a Tensor
    return found


def pull(outputs: Tensors, cotangents: Tensors, variables: Tensors, create_graph: bool) -> Tensors:
    """The gradients of Σ cotangent · output by the variables: zeros where nothing depends."""
    wanted = [x.node for x in variables]
    with differentiating(create_graph):
        seeds: dict[Node, Any] = {}
        for y, v in zip(outputs, cotangents, strict=True):
            if y.node is not None:
                start = seed(y, v, create_graph)
                seeds[y.node] = seeds[y.node] + start if y.node in seeds else start
        found, _ = walk(seeds, set(wanted), create_graph, stop=True)
    gradients = [found.get(node) for node in wanted]
    return [
        wrap(np.zeros_like(x._data)) if g is None else g if isinstance(g, TensorBase) else wrap(np.asarray(g))
        for x, g in zip(variables, gradients, strict=True)
    ]


def outside(tensors: Sequence[Any], spans: Sequence[Span]) -> bool:
    """Whether some tensor was computed from something that was not recorded within one of the spans."""
    seen = {x.node for x in tensors if x.node is not None}
    stack = list(seen)
    while stack:
        node = stack.pop()
        if not _within(node, spans):
            return True
        for edge in node.edges:
            if edge[1] not in seen:
                seen.add(edge[1])
                stack.append(edge[1])
    return False


def _within(node: Node, spans: Sequence[Span]) -> bool:
    return any(first <= node.serial < last for first, last in spans)
