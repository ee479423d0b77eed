"""The walk: gradients flow from outputs to what is wanted, newest node first. It knows no op by name.

Rules get plain arrays, or, with ``create_graph``, Tensors whose operations are recorded in turn. The walk keeps
its sums to itself and frees nothing, so an exception half way leaves every gradient and the graph as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

import numpy as np

from .errors import GraphError, ShapeError
from .modes import current_mode
from .recording import SMALL, Node, Primitive, TensorBase, glimpse, ndarray, wrap
from .singular import Singularities
from .writes import check_unwritten, last_write

_serial = attrgetter("serial")


def retain(gradient: TensorBase) -> None:
    """The hook that does nothing, and marks a node whose gradient is to be kept in ``.grad``."""


def walk(seeds: dict[Node, Any], wanted: Collection[Node] | None = None, create_graph: bool = False, *,
         stop: bool = False, watch: Callable[[Node, Any], None] | None = None) -> tuple[dict[Node, Any], list[Node]]:
    """Carry the seeds' gradients down the graph.

    Args:
        seeds: the gradient to start from at each output node.
        wanted: nodes whose gradient to return; None for the leaves and the nodes that retain theirs.
        create_graph: give the rules Tensors and record what they do.
        stop: do not look behind what is wanted, as if those nodes were leaves.
        watch: called with every node and its complete gradient.

    Returns:
        The wanted gradients by node, each with memory of its own; and the nodes visited, newest first.
    """
    order = nodes_behind(seeds, wanted if stop and wanted is not None else ())
    useful = None
    if wanted is not None:
        useful = leading_to(wanted, order)
        order = [node for node in order if node in useful]
    gradients = dict(seeds)
    found: dict[Node, Any] = {}
    ours: set[Node] = set()  # whose gradient was allocated in this walk, and is nobody else's
    newest_write = last_write()
    debugger: Any = current_mode().watch  # one for walks: see differentiating()
    singularities = Singularities()
    with singularities as seen:
        for node in order:
            g = gradients.pop(node)
            if node.hooks is not None:
                g = _run_hooks(node, g)
                ours.discard(node)  # a hook may keep what it was given, or has given
            if watch is not None:
                watch(node, g)
            if debugger is not None:
                debugger.arrived(node, g)
            node.flow = g if g.size <= SMALL and not create_graph else glimpse(g._data if create_graph else g)
            edges = node.edges
            if not edges:
                found[node] = g if node in ours else np.copy(g)
                continue
            if node in wanted if wanted is not None else node.hooks is not None and retain in node.hooks:
                found[node] = np.copy(g)
                if stop:
                    continue
            primitive: Any = node.primitive  # only leaves have none
            if node.serial < newest_write:
                check_saved(node)
            rules = primitive.rules
            for position, parent, kept, fits in edges:
                if useful is not None and parent not in useful:
                    continue
                if node.freed:
                    raise GraphError(_FREED)
                rule, args = rules[position], kept if not create_graph else as_tensors(node, position, kept)
                gradient = rule(g, *args)
                if seen:
                    gradient = singularities.settle(gradient, g, primitive, rule, args)
                if fits is not None:
                    gradient = fit(gradient, *fits)
                if debugger is not None:
                    debugger.derived(node, position, gradient)
                if parent not in gradients:
                    gradients[parent] = gradient
                    if not parent.edges and gradient is not g and gradient.base is None:
                        ours.add(parent)
                elif parent in ours and not create_graph:
                    gradients[parent] += gradient
                else:
                    gradients[parent] = gradients[parent] + gradient
                    ours.add(parent)
    return found, order


_FREED = (
    "backward: the arrays this graph saved were freed by an earlier backward(). Pass retain_graph=True to "
    "the earlier call, or run the forward pass again."
)


def nodes_behind(roots: Collection[Node], ends: Collection[Node] = ()) -> list[Node]:
    """The roots and all that they were computed from, newest first: an order in which gradients can flow.

    The search goes no further behind the nodes among ``ends``.
    """
    seen = set(roots)
    stack = list(seen)
    while stack:
        node = stack.pop()
        if node in ends:
            continue
        for edge in node.edges:
            if edge[1] not in seen:
                seen.add(edge[1])
                stack.append(edge[1])
    return sorted(seen, key=_serial, reverse=True)


def leading_to(wanted: Collection[Node], order: list[Node]) -> set[Node]:
    """The nodes through which a gradient reaches what is wanted."""
    useful: set[Node] = set()
    for node in reversed(order):
        if node in wanted or any(edge[1] in useful for edge in node.edges):
            useful.add(node)
    return useful


def _run_hooks(node: Node, g: Any) -> Any:
    for hook in tuple(node.hooks or ()):
        if hook is retain:
            continue
        # A copy, since a hook may write into it: the same array may be on its way to other nodes, or the caller's.
        given = wrap(g._data.copy(), g.node) if isinstance(g, TensorBase) else wrap(np.array(g))
        after = hook(given)
        if after is None:
            after = given
        data = after._data if isinstance(after, TensorBase) else np.asarray(after)
        if data.shape != g.shape or data.dtype != g.dtype:
            raise ShapeError(
                f"hook {getattr(hook, '__name__', hook)}: returned {data.dtype} of shape {data.shape} for a gradient "
                f"of {g.dtype} and shape {g.shape}; return None, or the same dtype and shape."
            )
        g = data if not isinstance(g, TensorBase) else after if isinstance(after, TensorBase) else wrap(data)
    return g


def check_saved(node: Node) -> None:
    """Raise SavedArrayError if something that the rules of ``node`` need was written since."""
    for _, _, kept, _ in node.edges:
        for value in kept:
            if isinstance(value, ndarray):
                saver = getattr(node, "origin", node.primitive.name)  # type: ignore[union-attr]  # not a leaf
                check_unwritten(value, node.serial, saver)


def as_tensors(node: Node, position: int, kept: list[Any]) -> list[Any]:
    """What a rule kept, as Tensors again where it depends on something: its output, its operands."""
    return [
        wrap(value, source) if source is not None and isinstance(value, ndarray) else value
        for value, source in zip(kept, makers(node, position), strict=True)
    ]


def makers(node: Node, position: int) -> list[Node | None]:
    """Which node made each thing that the rule for the operand at ``position`` kept; None if none did."""
    primitive: Primitive = node.primitive  # type: ignore[assignment]  # not a leaf
    # A variadic primitive has one operand name for all: here it means the operand at this position.
    parents = [edge for edge in node.edges if edge[0] == position or not primitive.variadic]
    made_by = {primitive.operands[edge[0]]: edge[1] for edge in parents}
    made_by["y"] = node
    return [made_by.get(name) for name in primitive.keeps[position]]


def fit(gradient: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Undo broadcasting and promotion: sum what was repeated, and return to the operand's shape and dtype."""
    if gradient.shape != shape:
        extra = gradient.ndim - len(shape)
        if extra < 0:  # an operand with leading axes of size 1 that the output lacks
            gradient = gradient.reshape((1,) * -extra + gradient.shape)
            extra = 0
        ones = [extra + i for i, n in enumerate(shape) if n == 1]
        gradient = gradient.sum(axis=(*range(extra), *ones)).reshape(shape)
    return gradient if gradient.dtype == dtype else gradient.astype(dtype)
