"""An immutable snapshot of a recorded graph: what pictures, exporters and compilers read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .backward import seed
from .errors import GraphError
from .modes import differentiating
from .recording import SMALL, Node, Summary, TensorBase
from .walk import nodes_behind, walk


@dataclass(frozen=True)
class Reading:
    """What is known of an array: always its shape and dtype; its elements when small; its statistics when seen."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    elements: np.ndarray | None = None
    mean: float | None = None
    std: float | None = None
    rms: float | None = None  # root mean square
    finite: bool = True

    @staticmethod
    def of(array: Any) -> Reading:
        """Read an array, or a Summary of one that was let go."""
        if isinstance(array, Summary):
            return Reading(array.shape, array.dtype)
        array = np.asarray(array)
        elements = None
        if array.size <= SMALL:
            elements = array.copy()
            elements.flags.writeable = False
        if not array.size:
            return Reading(array.shape, array.dtype, elements)
        with np.errstate(all="ignore"):  # inf and NaN are shown, not warned about
            wide = array.astype(np.float64)
            mean, std, rms = float(wide.mean()), float(wide.std()), float(np.sqrt((wide * wide).mean()))
        return Reading(array.shape, array.dtype, elements, mean, std, rms, bool(np.isfinite(wide).all()))


@dataclass(frozen=True)
class Vertex:
    """One recorded operation, or a leaf (``op`` is None)."""

    id: int  # counts from 0 in the order of recording
    op: str | None
    name: str | None
    path: str  # of the module that ran it, "" outside modules
    constants: dict[str, Reading]  # operands outside the graph, by name (x0, x1 ... for joined sequences)
    options: dict[str, Any]  # of a leaf: {"role": "parameter"} if a model learns it
    value: Reading
    gradient: Reading | None  # None: no gradient is known, which is not the same as 0
    is_output: bool


@dataclass(frozen=True)
class Wire:
    """``source``'s value is operand ``position`` (called ``operand``) of ``target``."""

    source: int
    target: int
    position: int
    operand: str


@dataclass(frozen=True)
class Graph:
    """The vertices in the order of recording (operands first), and the wires between them."""

    vertices: tuple[Vertex, ...]
    wires: tuple[Wire, ...]


def graph(outputs: TensorBase | Sequence[TensorBase], grad: Any = None) -> Graph:
    """Take a snapshot of the graph behind ``outputs``, with the gradient of the (sum of) outputs at every vertex.

    No ``.grad`` is written and nothing is freed; hooks run, since they may change what flows. After ``backward()``
    has freed the graph, the gradients are those that it left: all of the leaves', elsewhere those of small arrays.

    Args:
        outputs: a Tensor or several, that require grad.
        grad: the gradient that arrives at each output, if it is not a scalar.

    Returns:
        A Graph. Gradients are missing (None) for an output that is not a scalar and has no ``grad``.

    Raises:
        GraphError: an output that does not require grad: there is no graph behind it.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> g = ag.graph(x * x)
        >>> [(v.op, v.value.elements.item(), v.gradient.elements.item()) for v in g.vertices]
        [(None, 3.0, 6.0), ('multiply', 9.0, 1.0)]
        >>> [(w.source, w.target, w.operand) for w in g.wires]
        [(0, 1, 'a'), (0, 1, 'b')]
    """
    outputs = [outputs] if isinstance(outputs, TensorBase) else list(outputs)
    roots: dict[Node, TensorBase] = {}
    for output in outputs:
        if output.node is None:
            raise GraphError("graph: this tensor does not require grad, so there is no graph behind it.")
        roots[output.node] = output
    nodes = nodes_behind(roots)[::-1]
    gradients: dict[Node, Reading] = {}
    if any(node.freed for node in nodes):
        for node in nodes:
            flow = node.grad._data if isinstance(node.flow, Summary) and node.grad is not None else node.flow
            if flow is not None:
                gradients[node] = Reading.of(flow)
    elif grad is not None or all(output._data.size == 1 for output in outputs):
        with differentiating(create_graph=False):
            seeds = {node: seed(output, grad, False) for node, output in roots.items()}
            walk(seeds, watch=lambda node, g: gradients.update({node: Reading.of(g)}))
    ids = {node: i for i, node in enumerate(nodes)}
    vertices = tuple(_vertex(node, ids[node], gradients.get(node), node in roots) for node in nodes)
    wires = tuple(
        Wire(ids[parent], ids[node], position, node.primitive.operands[position] if node.primitive else "")
        for node in nodes
        for position, parent, _, _ in node.edges
    )
    return Graph(vertices, wires)


def _vertex(node: Node, number: int, gradient: Reading | None, is_output: bool) -> Vertex:
    params = node.params or {}
    constants: dict[str, Reading] = {}
    for position, value in params.items():
        if isinstance(position, int) and node.primitive:
            operand = node.primitive.operands[position]
            constants[f"{operand}{position}" if node.primitive.variadic else operand] = Reading.of(value)
    return Vertex(
        id=number,
        op=node.primitive.name if node.primitive else None,
        name=node.name,
        path=node.path,
        constants=constants,
        options={name: value for name, value in params.items() if isinstance(name, str)},
        value=Reading.of(node.value),
        gradient=gradient,
        is_output=is_output,
    )
