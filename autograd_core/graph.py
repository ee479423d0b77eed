"""An immutable snapshot of a recorded graph: what pictures, exporters and compilers read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .allocation import collector_paused
from .backward import seed
from .debugging.diagnosis import Breaks, Diagnosis, diagnose_nodes
from .debugging.measure import rms
from .debugging.values import Values, known_operands
from .debugging.words import operand
from .errors import GraphError, SavedArrayError
from .modes import Switch, differentiating
from .recording import SMALL, Node, Summary, TensorBase
from .walk import check_saved, makers, nodes_behind, walk
from .writes import last_write


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
    diagnosed: bool = False  # whether vertices would have a diagnosis if there was something to say


@collector_paused()
def graph(outputs: TensorBase | Sequence[TensorBase], grad: Any = None, *, diagnose: bool = False) -> Graph:
    """Take a snapshot of the graph behind ``outputs``, with the gradient of the (sum of) outputs at every vertex.

    No ``.grad`` is written and nothing is freed; hooks run, since they may change what flows. After ``backward()``
    has freed the graph, the gradients are those that it left: all of the leaves', elsewhere those of small arrays.

    Args:
        outputs: a Tensor or several, that require grad.
        grad: the gradient that arrives at each output, if it is not a scalar.
        diagnose: also measure the slopes of activations, where gradients became NaN or infinite, and which operands
            are constants because their values left a graph.

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
    breaks = Breaks()
    if any(node.freed for node in nodes):
        for node in nodes:
            flow = node.grad._data if isinstance(node.flow, Summary) and node.grad is not None else node.flow
            if flow is not None:
                gradients[node] = Reading.of(flow)
    elif grad is not None or all(output._data.size == 1 for output in outputs):
        with Switch(False, watch=lambda _: breaks) if diagnose else differentiating(create_graph=False):
            seeds = {node: seed(output, grad, False) for node, output in roots.items()}
            walk(seeds, watch=lambda node, g: gradients.update({node: Reading.of(g)}))
    ids = {node: i for i, node in enumerate(nodes)}
    values = _large_values(nodes, roots)
    if diagnose and (breaks.nodes or not all(np.isfinite(output._data).all() for output in outputs)):
        values |= _computed_again(nodes)
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
    return Graph(vertices, wires, diagnose)


def _large_values(nodes: list[Node], roots: dict[Node, TensorBase]) -> dict[Node, np.ndarray]:
    """The arrays that are too large to stay on their nodes, but are an output, or were kept for a rule."""
    large = {node: node.value.shape for node in nodes if isinstance(node.value, Summary)}
    found = {node: output._data for node, output in roots.items() if node in large}
    for node in nodes if large else ():
        if not _knows(node):
            continue
        for position, _, kept, _ in node.edges:
            for value, maker in zip(kept, makers(node, position), strict=True):
                if isinstance(value, np.ndarray) and maker is not None and large.get(maker) == value.shape:
                    found.setdefault(maker, value)
    return found


def _computed_again(nodes: list[Node]) -> dict[Node, np.ndarray]:
    """All large arrays that can be computed from what was kept: somewhere among them, the first NaN was made."""
    values = Values(nodes)
    with np.errstate(all="ignore"):
        found = {node: values[node] for node in nodes if isinstance(node.value, Summary)}
    return {node: value for node, value in found.items() if value is not None}


def _knows(node: Node) -> bool:
    """Whether a node still has the arrays that its rules kept, and none has changed since."""
    if node.freed:
        return False
    try:
        if node.serial < last_write():
            check_saved(node)
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
