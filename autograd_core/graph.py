"""An immutable snapshot of a recorded graph: what pictures, exporters and compilers read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .backward import node_of, seed
from .collector import collector_paused
from .debugging.diagnosis import Breaks, Diagnosis, diagnose_nodes
from .debugging.measure import rms
from .debugging.values import Values, known_operands
from .debugging.words import operand
from .errors import GraphError, SavedArrayError, ShapeError
from .modes import Switch, differentiating
from .recording import SMALL, Node, Summary, TensorBase
from .walk import check_saved, nodes_behind, walk
from .writes import check_unwritten, last_write


class Statistics(NamedTuple):
    """What describes an array that is too large to be written out."""

    mean: float
    std: float
    rms: float  # root mean square
    finite: bool  # neither NaN nor infinite anywhere

    @staticmethod
    def of(array: np.ndarray) -> Statistics:
        """Read a whole array, which has at least one element."""
        if array.size == 1:
            x = float(array.item())
            return Statistics(x, 0.0 if math.isfinite(x) else math.nan, abs(x), math.isfinite(x))
        with np.errstate(all="ignore"):  # inf and NaN are shown, not warned about
            wide = array.astype(np.float64).ravel()
            mean = float(wide.sum()) / wide.size
            off = wide - mean
            square = float(wide @ wide) / wide.size
            size = math.sqrt(square) if 1e-280 < square < 1e280 else rms(wide)
            return Statistics(mean, math.sqrt(float(off @ off) / wide.size), size, math.isfinite(size))


@dataclass(frozen=True)
class Reading:
    """What is known of an array: always its shape and dtype; its elements when small; its statistics when seen."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    elements: np.ndarray | None = None
    seen: Statistics | None = None  # of an array that was too large to keep

    @staticmethod
    def of(array: Any) -> Reading:
        """Read an array, or a Summary of one that was let go."""
        if isinstance(array, Summary):
            return Reading(array.shape, array.dtype)
        array = np.asarray(array)
        if array.size > SMALL:
            return Reading(array.shape, array.dtype, None, Statistics.of(array))
        elements = array.copy()
        elements.flags.writeable = False
        return Reading(array.shape, array.dtype, elements)

    @property
    def known(self) -> bool:
        """Whether somebody saw its elements: those of large arrays are gone once a backward pass has freed them."""
        return self.elements is not None or self.seen is not None or 0 in self.shape

    @cached_property
    def statistics(self) -> Statistics | None:
        """Of all elements; None where there are none, or nobody saw them. Small arrays are read when first asked."""
        return Statistics.of(self.elements) if self.elements is not None and self.elements.size else self.seen

    @property
    def mean(self) -> float | None:
        """The mean of all elements, if known."""
        return self.statistics.mean if self.statistics else None

    @property
    def std(self) -> float | None:
        """Their standard deviation, if known."""
        return self.statistics.std if self.statistics else None

    @property
    def rms(self) -> float | None:
        """Their root mean square, if known."""
        return self.statistics.rms if self.statistics else None

    @property
    def finite(self) -> bool:
        """False if there is a NaN or an infinity among them."""
        return self.statistics is None or self.statistics.finite


class Vertex(NamedTuple):
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
    serial: int  # of a tensor: ``tensor.node.serial``
    diagnosis: Diagnosis | None = None  # if it was asked for, and there is something to say


class Wire(NamedTuple):
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
    outputs: tuple[int, ...]  # their vertices, in the order in which they were given
    diagnosed: bool = False  # whether vertices would have a diagnosis if there was something to say


@collector_paused()
def graph(outputs: TensorBase | Sequence[TensorBase], grad: Any = None, *, diagnose: bool = False) -> Graph:
    """Take a snapshot of the graph behind ``outputs``, with the gradient of the (sum of) outputs at every vertex.

    No ``.grad`` is written and nothing is freed; hooks run, since they may change what flows. After ``backward()``
    has freed the graph, the gradients are those that it left: all of the leaves', elsewhere those of small arrays.

    Args:
        outputs: a Tensor or several, that require grad.
        grad: the gradient that arrives at the output, of its shape; may be left out for scalars. For several outputs,
            a list or tuple with one for each (None for a scalar's own 1), or one array for all.
        diagnose: also measure the slopes of activations, where gradients became NaN or infinite, and which operands
            are constants because their values left a graph.

    Returns:
        A Graph. Gradients are missing (None) if an output is not a scalar and there is no ``grad``.

    Raises:
        GraphError: no outputs, or one that does not require grad: there is no graph behind it.
        ShapeError: a ``grad`` of another shape than its output, or not one for each.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> g = ag.graph(x * x)
        >>> [(v.op, v.value.elements.item(), v.gradient.elements.item()) for v in g.vertices]
        [(None, 3.0, 6.0), ('multiply', 9.0, 1.0)]
        >>> [(w.source, w.target, w.operand) for w in g.wires]
        [(0, 1, 'a'), (0, 1, 'b')]
    """
    starts = seeds(outputs, grad)
    outputs = [outputs] if isinstance(outputs, TensorBase) else outputs
    roots: dict[Node, TensorBase] = {node_of(output, "graph"): output for output in outputs}
    nodes = nodes_behind(roots)[::-1]
    gradients: dict[Node, Reading] = {}
    breaks = Breaks()
    if any(node.freed for node in nodes):
        for node in nodes:
            flow = node.grad._data if isinstance(node.flow, Summary) and node.grad is not None else node.flow
            if flow is not None:
                gradients[node] = Reading.of(flow)
    elif starts:
        with Switch(False, watch=lambda _: breaks) if diagnose else differentiating(create_graph=False):
            walk(starts, watch=lambda node, g: gradients.update({node: Reading.of(g)}))
    ids = {node: i for i, node in enumerate(nodes)}
    values = _large_values(nodes, roots)
    diagnoses = diagnose_nodes(nodes, breaks.nodes) if diagnose else {}
    vertices = tuple(
        _vertex(node, ids[node], values.get(node, node.value), gradients.get(node), node in roots, diagnoses.get(node))
        for node in nodes
    )
    wires = tuple(
        Wire(ids[parent], ids[node], position, node.primitive.operands[position] if node.primitive else "")
        for node in nodes
        for position, parent, _, _ in node.edges
    )
    return Graph(vertices, wires, tuple(ids[node] for node in roots), diagnose)


def seeds(outputs: TensorBase | Sequence[TensorBase], grad: Any = None,
          caller: str = "graph") -> dict[Node, np.ndarray]:
    """The gradients that a backward pass starts from, by node: see ``graph``.

    Args:
        outputs: a Tensor or several, that require grad.
        grad: what arrives at them.
        caller: for messages.

    Returns:
        An array for each output; nothing if an output is not a scalar and there is no ``grad``.

    Raises:
        GraphError: no outputs, or one that does not require grad.
        ShapeError: a ``grad`` of another shape than its output, or not one for each.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> list(seeds([x * 2, x.sum()], [[1.0, -1.0], None]).values())
        [array([ 1., -1.]), array(1.)]
    """
    if isinstance(outputs, TensorBase):
        outputs, grads = [outputs], [grad]
    else:
        grads = list(grad) if isinstance(grad, list | tuple) else [grad] * len(outputs)
    if not outputs:
        raise GraphError(f"{caller}: there are no outputs; pass a Tensor, or several.")
    if len(grads) != len(outputs):
        raise ShapeError(f"{caller}: grad= has {len(grads)} for {len(outputs)} outputs; give one for each.")
    nodes = [node_of(output, caller) for output in outputs]
    found: dict[Node, np.ndarray] = {}
    if grad is not None or all(output._data.size == 1 for output in outputs):
        for node, output, each in zip(nodes, outputs, grads, strict=True):
            start = seed(output, each, what=f"{caller}: grad=")
            found[node] = found[node] + start if node in found else start
    return found


def _large_values(nodes: list[Node], roots: dict[Node, TensorBase]) -> dict[Node, np.ndarray]:
    """The arrays that are too large to stay on their nodes: the outputs, what a rule keeps, and what follows from it.

    What no rule needs, such as the values that go into a ReLU, is computed again: no more than one forward pass.
    """
    found = {node: output._data for node, output in roots.items() if isinstance(node.value, Summary)}
    unseen = [node for node in nodes if isinstance(node.value, Summary) and node not in found]
    if unseen:
        values = Values(filter(_knows, nodes))
        with np.errstate(all="ignore"):
            found |= {node: value for node in unseen if (value := values[node]) is not None}
    return found


def _knows(node: Node) -> bool:
    """Whether a node still has the arrays that its rules kept, and neither they nor its operands have changed since."""
    if node.freed:
        return False
    try:
        if node.serial < last_write():
            check_saved(node)
            for _, parent, _, _ in node.edges:
                if isinstance(parent.value, np.ndarray):
                    check_unwritten(parent.value, node.serial, node.primitive)
    except SavedArrayError:
        return False
    return True


def _vertex(node: Node, number: int, value: Any, gradient: Reading | None, is_output: bool,
            diagnosis: Diagnosis | None) -> Vertex:
    params = node.params or {}
    constants: dict[str, Reading] = {}
    kept = known_operands(node) if any(isinstance(value, Summary) for value in params.values()) and _knows(node) else {}
    for position, constant in params.items():
        if isinstance(position, int):
            constants[operand(node, position)] = Reading.of(kept.get(position, constant))
    return Vertex(
        id=number,
        op=node.primitive.name if node.primitive else None,
        name=node.name,
        path=node.path,
        constants=constants,
        options={name: value for name, value in params.items() if isinstance(name, str)},
        value=Reading.of(value),
        gradient=gradient,
        is_output=is_output,
        serial=node.serial,
        diagnosis=diagnosis,
    )
