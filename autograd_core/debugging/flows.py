"""Which gradient went through which operation on its way to one tensor: a backward pass that is watched."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import GraphError
from ..modes import Switch
from ..recording import Edge, Node
from ..walk import walk
from .measure import rms


class Passage(NamedTuple):
    """A gradient on its way through one operation, to one of its operands. Sizes are RMS; None where not known."""

    node: Node
    edge: Edge
    arrived: float | None
    left: float | None
    gradient: np.ndarray | None = None  # what arrived; kept only where zeros, NaN or inf came out

    @property
    def operand(self) -> Node:
        """Where the gradient went."""
        return self.edge[1]

    @property
    def factor(self) -> float | None:
        """What the operation did to its size."""
        return None if self.left is None or not self.arrived else self.left / self.arrived


class Flows:
    """The gradients on all ways from ``root`` to ``target``."""

    def __init__(self, target: Node, root: Node, nodes: Collection[Node]) -> None:
        self.target = target
        self.root = root
        self.nodes = nodes  # those that lead to the target
        self.at: dict[Node, float | None] = {}  # the size of the whole gradient of a node
        self.into: dict[Node, list[Passage]] = {}  # and what it is the sum of
        self.gradient: np.ndarray = np.empty(0)  # the target's

    def strongest(self, node: Node) -> list[Passage]:
        """The way from the root to ``node`` on which most of the gradient came, root first."""
        path = []
        while node is not self.root and self.into.get(node):
            path.append(max(self.into[node], key=_strength))
            node = path[-1].node
        return path[::-1]

    def join(self, passage: Passage) -> float | None:
        """What the other gradients that meet this one (and hooks) do to its size."""
        total = self.at.get(passage.operand)
        return None if total is None or not passage.left else total / passage.left


def _strength(passage: Passage) -> float:
    left = passage.left or 0.0
    return math.inf if math.isnan(left) else left


def watched(target: Node, root: Node, nodes: Collection[Node], seed: np.ndarray) -> Flows:
    """Run backward for ``target`` alone, and watch. No ``.grad`` is written and nothing is freed."""
    flows = Flows(target, root, nodes)
    with Switch(False, watch=lambda _: _Watch(flows)):
        found, _ = walk({root: seed}, {target}, stop=True)
    flows.gradient = np.asarray(found[target])
    return flows


class Onlooker:
    """Watches a walk without a word, and does nothing until a subclass does."""

    quiet = True  # what those who look on have to say is more than a warning

    def arrived(self, node: Node, g: Any) -> None:
        """Nothing."""

    def derived(self, node: Node, position: int, gradient: Any) -> None:
        """Nothing."""

    def recorded(self, node: Node, arrays: Sequence[Any], out: np.ndarray) -> None:
        """Nothing: only derivatives are watched."""

    def left(self, how: str, tensors: Sequence[Any], out: Any) -> None:
        """Nothing."""

    def line(self) -> str:
        """None."""
        return ""

    def differentiating(self) -> Onlooker:
        """A walk within a rule is the rule's own business."""
        return Onlooker()


class _Watch(Onlooker):
    """What the engine tells; of it, what concerns the nodes in question (a checkpoint walks through others)."""

    def __init__(self, flows: Flows) -> None:
        self.flows = flows
        self.gradient: np.ndarray | None = None
        self.edges: Iterator[Edge] = iter(())

    def arrived(self, node: Node, g: np.ndarray) -> None:
        """Measure a node's gradient."""
        if node in self.flows.nodes:
            self.flows.at[node], self.gradient, self.edges = rms(g), g, iter(node.edges)

    def derived(self, node: Node, position: int, gradient: np.ndarray) -> None:
        """Measure what goes on to an operand."""
        if node not in self.flows.nodes:
            return
        edge = next(edge for edge in self.edges if edge[0] == position)
        arrived, left = self.flows.at[node], rms(gradient)
        kept = self.gradient if not math.isfinite(left) or (arrived and not left) else None
        self.flows.into.setdefault(edge[1], []).append(Passage(node, edge, arrived, left, kept))


def remembered(target: Node, root: Node, nodes: Collection[Node]) -> Flows:
    """What the nodes still know after ``backward()`` has freed what the rules need: the gradients of small arrays."""
    flows = Flows(target, root, nodes)
    gradient = _last_gradient(target)
    if gradient is None:
        raise GraphError(
            "explain: an earlier backward() has freed this graph, and the gradient of this tensor was not kept. "
            "Call explain before backward(), or backward(retain_graph=True)."
        )
    flows.gradient = gradient
    for node in nodes:
        known = _last_gradient(node)
        flows.at[node] = None if known is None else rms(known)
    for node in nodes:
        for edge in node.edges:
            if edge[1] in flows.at:
                passage = Passage(node, edge, flows.at[node], flows.at[edge[1]])
                flows.into.setdefault(edge[1], []).append(passage)
    return flows


def _last_gradient(node: Node) -> np.ndarray | None:
    if isinstance(node.flow, np.ndarray | np.generic):
        return np.asarray(node.flow)
    return None if node.grad is None else node.grad._data
