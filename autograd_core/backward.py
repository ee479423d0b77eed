"""The walk: gradients flow from outputs to what is wanted, newest node first. It knows no op by name.

Rules get plain arrays, or, with ``create_graph``, Tensors whose operations are recorded in turn. Results are
handed over once the walk has ended, so an exception half way leaves every gradient and the graph as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

import numpy as np

from .errors import GraphError, ShapeError
from .modes import enable_grad, no_grad
from .recording import Node, Primitive, TensorBase, glimpse, ndarray, wrap
from .writes import check_unwritten, last_write

_serial = attrgetter("serial")


def RETAIN(gradient: TensorBase) -> None:
    """The hook that does nothing, and marks a node whose gradient is to be kept in ``.grad``."""


def walk(seeds: dict[Node, Any], wanted: Collection[Node] | None = None, create_graph: bool = False, *,
         watch: Callable[[Node, Any], None] | None = None) -> tuple[dict[Node, Any], list[Node]]:  # fmt: skip
    """Carry the seeds' gradients down the graph.

    Args:
        seeds: the gradient to start from at each output node.
        wanted: nodes whose gradient to return; None for the leaves and the nodes that retain theirs.
        create_graph: give the rules Tensors and record what they do.
        watch: called with every node and its complete gradient.

    Returns:
        The wanted gradients by node, and the nodes visited, newest first.
    """
    order = nodes_behind(seeds)
    useful = None
    if wanted is not None:
        useful = _leading_to(wanted, order)
        order = [node for node in order if node in useful]
    gradients = dict(seeds)
    found: dict[Node, Any] = {}
    ours: set[Node] = set()  # whose gradient was allocated here: free to add to in place, or to give away
    newest_write = last_write()
    for node in order:
        g = gradients.pop(node)
        if node.hooks is not None:
            g = _run_hooks(node, g)
        if watch is not None:
            watch(node, g)
        node.flow = glimpse(g._data if create_graph else g)
        edges = node.edges
        if not edges:
            found[node] = g if node in ours or create_graph else np.array(g)
            continue
        if node in wanted if wanted is not None else node.hooks is not None and RETAIN in node.hooks:
            found[node] = g if create_graph else np.array(g)
        primitive = node.primitive
        assert primitive is not None  # only leaves have none
        if node.serial < newest_write:
            _check_saved(node, primitive)
        rules = primitive.rules
        for position, parent, kept, fits in edges:
            if useful is not None and parent not in useful:
                continue
            if node.freed:
                raise GraphError(_FREED)
            args = _as_tensors(node, primitive, position, kept) if create_graph else kept
            gradient = rules[position](g, *args)  # type: ignore[misc]  # an edge is where there is a rule
            if fits is not None:
                gradient = _fit(gradient, fits[0], fits[1], primitive)
            if parent not in gradients:
                gradients[parent] = gradient
                if not parent.edges and gradient is not g and gradient.base is None:
                    ours.add(parent)
            elif parent in ours:
                gradients[parent] += gradient
            else:
                gradients[parent] = gradients[parent] + gradient
                if not create_graph:
                    ours.add(parent)
    return found, order


_FREED = (
    "backward: the arrays this graph saved were freed by an earlier backward(). Pass retain_graph=True to "
    "the earlier call, or run the forward pass again."
)


def nodes_behind(roots: Collection[Node]) -> list[Node]:
    """The roots and all that they were computed from, newest first: an order in which gradients can flow."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for edge in stack.pop().edges:
            if edge[1] not in seen:
                seen.add(edge[1])
                stack.append(edge[1])
    return sorted(seen, key=_serial, reverse=True)


def _leading_to(wanted: Collection[Node], order: list[Node]) -> set[Node]:
    useful: set[Node] = set()
    for node in reversed(order):
        if node in wanted or any(edge[1] in useful for edge in node.edges):
            useful.add(node)
    return useful


def _run_hooks(node: Node, g: Any) -> Any:
    for hook in node.hooks or ():
        before = g if isinstance(g, TensorBase) else wrap(np.asarray(g))
        after = hook(before)
        if after is None:
            continue
        data = after._data if isinstance(after, TensorBase) else np.asarray(after)
        if data.shape != before._data.shape or data.dtype != before._data.dtype:
            raise ShapeError(
                f"hook {getattr(hook, '__name__', hook)}: returned {data.dtype}{list(data.shape)} for a gradient of "
                f"{before._data.dtype}{list(before._data.shape)}; return None or the same shape and dtype."
            )
        g = data if not isinstance(g, TensorBase) else after if isinstance(after, TensorBase) else wrap(data)
    return g


def _check_saved(node: Node, primitive: Primitive) -> None:
    for _, _, kept, _ in node.edges:
        for value in kept:
            if isinstance(value, ndarray):
                check_unwritten(value, node.serial, primitive.name)


def _as_tensors(node: Node, primitive: Primitive, position: int, kept: list[Any]) -> list[Any]:
    """What a rule kept, as Tensors again where it depends on something: its output, its operands."""
    origin = {primitive.operands[i]: parent for i, parent, _, _ in node.edges}
    origin["y"] = node
    return [wrap(v, origin[name]) if name in origin and isinstance(v, ndarray) else v
            for name, v in zip(primitive.keeps[position], kept, strict=True)]  # fmt: skip


def _fit(gradient: Any, shape: tuple[int, ...], dtype: np.dtype[Any], primitive: Primitive) -> Any:
    """Undo broadcasting and promotion: sum what was repeated, return to the operand's shape and dtype."""
    if gradient.shape != shape:
        extra = gradient.ndim - len(shape)
        ones = [extra + i for i, n in enumerate(shape) if n == 1]
        gradient = gradient.sum(axis=(*range(extra), *ones)).reshape(shape) if extra >= 0 else gradient.reshape(shape)
    return gradient if gradient.dtype == dtype else gradient.astype(dtype)


def backward(tensor: TensorBase, grad: Any = None, *, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Add d(tensor)/d(leaf) to ``.grad`` of every leaf; see :meth:`autograd_core.Tensor.backward`."""
    with enable_grad() if create_graph else no_grad():
        found, order = walk({_node_of(tensor, "backward"): seed(tensor, grad, create_graph)}, None, create_graph)
        sums = []
        for node, g in found.items():
            g = g if isinstance(g, TensorBase) else wrap(g)
            sums.append((node, g if node.grad is None else node.grad + g))  # type: ignore[operator]  # Tensors add
    for node, total in sums:
        node.grad = total
    if not (retain_graph or create_graph):
        free(order)


def gradients(outputs: Any, inputs: Any, grad_outputs: Any = None, *, create_graph: bool = False,
              retain_graph: bool | None = None, allow_unused: bool = False) -> tuple[Any, ...]:  # fmt: skip
    """The gradients of ``sum(grad_outputs * outputs)`` with respect to ``inputs``; ``.grad`` is not touched.

    Args:
        outputs: a Tensor or a sequence of Tensors.
        inputs: a Tensor or a sequence of Tensors: leaves or intermediate results.
        grad_outputs: for each output, the gradient arriving there, of its shape; may be left out for scalars.
        create_graph: record the derivative itself, so that it can be differentiated again.
        retain_graph: keep the saved arrays for another pass; by default what ``create_graph`` is.
        allow_unused: give None for an input that no output depends on, instead of raising.

    Returns:
        A tuple with one Tensor for each input, of its shape and dtype.

    Raises:
        GraphError: an input is unused or does not require grad; the graph was freed.
        ShapeError: a non-scalar output without a seed, or a seed of the wrong shape.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True)
        >>> (slope,) = ag.gradients(x**3, x, create_graph=True)
        >>> slope, *ag.gradients(slope, x)
        (tensor(27., op=multiply), tensor(18.))
    """
    outputs = [outputs] if isinstance(outputs, TensorBase) else list(outputs)
    inputs = [inputs] if isinstance(inputs, TensorBase) else list(inputs)
    if grad_outputs is None or isinstance(grad_outputs, (TensorBase, ndarray, float, int)):
        grad_outputs = [grad_outputs] * len(outputs)
    wanted = [_node_of(x, f"gradients: inputs[{i}]") for i, x in enumerate(inputs)]
    with enable_grad() if create_graph else no_grad():
        seeds: dict[Node, Any] = {}
        for output, grad in zip(outputs, grad_outputs, strict=True):
            node = _node_of(output, "gradients")
            start = seed(output, grad, create_graph)
            seeds[node] = seeds[node] + start if node in seeds else start
        found, order = walk(seeds, set(wanted), create_graph)
    if not allow_unused and (unused := [i for i, node in enumerate(wanted) if node not in found]):
        raise GraphError(f"gradients: no output depends on inputs{unused}. Leave them out, or pass allow_unused=True.")
    if not (create_graph if retain_graph is None else retain_graph):
        free(order)
    results = (found.get(node) for node in wanted)
    return tuple(g if g is None or isinstance(g, TensorBase) else wrap(g) for g in results)


def free(nodes: list[Node]) -> None:
    """Let go of what the nodes keep; the graph's outline stays, for pictures."""
    for node in nodes:
        if node.edges:
            node.freed = True
            for edge in node.edges:
                edge[2].clear()


def seed(output: TensorBase, grad: Any, create_graph: bool) -> Any:
    """The gradient a walk starts from: ``grad`` checked, or one for a scalar."""
    data = output._data
    if grad is None:
        if data.size != 1:
            raise ShapeError(
                f"backward: an output of shape {data.shape} has no single derivative. Reduce it first, for instance "
                f"with .sum(), or pass a gradient of that shape."
            )
        grad = np.ones_like(data)
    array = grad._data if isinstance(grad, TensorBase) else np.asarray(grad)
    if array.shape != data.shape:
        raise ShapeError(f"backward: a seed of shape {array.shape} for an output of shape {data.shape}; they must match.")
    if create_graph and isinstance(grad, TensorBase) and array.dtype == data.dtype:
        return grad
    array = array.astype(data.dtype, copy=False)
    return wrap(array) if create_graph else array


def _node_of(tensor: Any, what: str) -> Node:
    if not isinstance(tensor, TensorBase):
        raise GraphError(f"{what}: expected a Tensor, got a {type(tensor).__name__}.")
    if tensor.node is None:
        raise GraphError(
            f"{what}: this tensor does not require grad: none of what it was computed from was created with "
            f"requires_grad=True, or it was computed under no_grad() or detached."
        )
    return tensor.node
