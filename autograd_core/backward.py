"""Asking for derivatives: ``backward()`` adds them to the leaves, ``gradients()`` returns them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import DTypeError, GraphError, ShapeError
from .modes import differentiating
from .reals import real_array
from .recording import Node, TensorBase, wrap
from .walk import walk

_ADDING = threading.RLock()  # threads that share a leaf add to it one after another
_SET_GRAD: Any = vars(Node)["grad"].__set__


def backward(tensor: TensorBase, grad: Any = None, *, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Add d(tensor)/d(leaf) to ``.grad`` of every leaf; see :meth:`autograd_core.Tensor.backward`."""
    with differentiating(create_graph):
        start = {node_of(tensor, "backward"): seed(tensor, grad, create_graph)}
        found, visited = walk(start, create_graph=create_graph)
        with _ADDING:
            totals = []
            for node, g in found.items():
                new: Any = g if isinstance(g, TensorBase) else wrap(np.asarray(g))
                totals.append(new if node.grad is None else node.grad + new)
            # Only now, when nothing can fail any more, and in C, where no signal arrives: all of them or none.
            deque(map(_SET_GRAD, found, totals), maxlen=0)
    if not (retain_graph or create_graph):
        free(visited)


def gradients(outputs: Any, inputs: Any, grad_outputs: Any = None, *, create_graph: bool = False,
              retain_graph: bool | None = None, allow_unused: bool = False) -> tuple[Any, ...]:
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
    outputs, inputs = (
        [given] if isinstance(given, TensorBase) or not isinstance(given, Iterable) else list(given)
        for given in (outputs, inputs)
    )
    if not isinstance(grad_outputs, list | tuple):
        grad_outputs = [grad_outputs] * len(outputs)
    if len(grad_outputs) != len(outputs):
        raise ShapeError(f"gradients: {len(grad_outputs)} grad_outputs for {len(outputs)} outputs; give one for each.")
    wanted = [node_of(x, f"gradients: inputs[{i}]") for i, x in enumerate(inputs)]
    with differentiating(create_graph):
        seeds: dict[Node, Any] = {}
        for i, (output, grad) in enumerate(zip(outputs, grad_outputs, strict=True)):
            node = node_of(output, f"gradients: outputs[{i}]")
            start = seed(output, grad, create_graph)
            seeds[node] = seeds[node] + start if node in seeds else start
        found, visited = walk(seeds, set(wanted), create_graph)
    unused = [i for i, node in enumerate(wanted) if node not in found]
    if unused and not allow_unused:
        raise GraphError(f"gradients: no output depends on inputs {unused}. Leave them out, or pass allow_unused=True.")
    if not (create_graph if retain_graph is None else retain_graph):
        free(visited)
    results = [found.get(node) for node in wanted]
    return tuple(g if g is None or isinstance(g, TensorBase) else wrap(np.asarray(g)) for g in results)


def free(nodes: list[Node]) -> None:
    """Let go of what the nodes keep; the graph's outline stays, for pictures."""
    for node in nodes:
        if node.edges:
            node.freed = True
            for edge in node.edges:
                edge[2].clear()


def seed(output: TensorBase, grad: Any, as_tensor: bool = False, what: str = "backward: the seed") -> Any:
    """The gradient a walk starts from: ``grad``, checked against ``output``, or 1 for a scalar.

    Args:
        output: where the walk starts.
        grad: what the caller gave, or None.
        as_tensor: whether the walk is itself recorded.
        what: the caller, and what it calls ``grad``, for messages.
    """
    data = output._data
    if grad is None:
        if data.size != 1:
            raise ShapeError(
                f"{what} is missing: an output of shape {data.shape} has no single derivative. Reduce it first, for "
                f"instance with .sum(), or pass a gradient of that shape."
            )
        grad = np.ones_like(data)
    try:
        array = grad._data if isinstance(grad, TensorBase) else real_array(grad)
    except (DTypeError, ShapeError) as error:
        raise type(error)(f"{what} {error}") from None
    if array.shape != data.shape:
        raise ShapeError(
            f"{what} of {array.dtype} and shape {array.shape} for an output of shape {data.shape} must have the "
            f"output's shape."
        )
    if as_tensor and isinstance(grad, TensorBase):
        return grad if array.dtype == data.dtype else grad.astype(data.dtype)  # type: ignore[attr-defined]  # a Tensor
    array = array.astype(data.dtype, copy=False)
    return wrap(array) if as_tensor else array


def node_of(tensor: Any, what: str) -> Node:
    """The node of a tensor that requires grad."""
    if not isinstance(tensor, TensorBase):
        raise GraphError(f"{what}: expected a Tensor, got a {type(tensor).__name__}.")
    if tensor.node is None:
        raise GraphError(
            f"{what}: this tensor does not require grad: nothing it was computed from was created with "
            f"requires_grad=True, or it was computed under no_grad() or detached."
        )
    return tensor.node
