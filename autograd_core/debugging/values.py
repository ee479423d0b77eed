"""The forward values that a graph still knows: of small arrays all, of large ones those that some rule keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..recording import Edge, Node, Primitive, Summary


def kept(node: Node, edge: Edge) -> dict[str, Any]:
    """What the rule of one operand keeps, by name; nothing once the graph was freed."""
    return dict(zip(node.primitive.keeps[edge[0]], edge[2], strict=False)) if node.primitive else {}


def known_operands(node: Node) -> dict[int, Any]:
    """The values of a node's operands, by position, as far as the node itself knows them."""
    known = {i: value for i, value in (node.params or {}).items() if type(i) is int and not isinstance(value, Summary)}
    primitive: Primitive | None = node.primitive
    for edge in node.edges if primitive else ():
        names = [*primitive.operands]  # type: ignore[union-attr]  # not a leaf
        for name, value in kept(node, edge).items():
            if name in names:
                known[edge[0] if primitive.variadic else names.index(name)] = value  # type: ignore[union-attr]
    return known


class Values:
    """The values of nodes. What is missing is computed again from operands that are known; ask for old nodes first.

    Of nodes that were not given, only what those that were keep of them is known.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = dict.fromkeys(nodes)
        self._known: dict[Node, np.ndarray] = {}
        for node in self._nodes:
            if not isinstance(node.value, Summary):
                self._known[node] = np.asarray(node.value)
            operands = known_operands(node)
            for edge in node.edges:
                if edge[0] in operands:
                    self._known.setdefault(edge[1], operands[edge[0]])
                if "y" in (names := kept(node, edge)):
                    self._known[node] = names["y"]

    def __getitem__(self, node: Node) -> np.ndarray | None:
        if node not in self._known and (again := self._again(node)) is not None:
            self._known[node] = again
        return self._known.get(node)

    def operands(self, node: Node) -> list[Any]:
        """What ``node``'s operation was given, first to last; None for what is not known."""
        primitive: Any = node.primitive  # only leaves have none, and they have no operands
        known = known_operands(node) | {edge[0]: self._known.get(edge[1]) for edge in node.edges}
        count = max(known, default=-1) + 1 if primitive is None or primitive.variadic else len(primitive.operands)
        return [known.get(i) for i in range(count)]

    def _again(self, node: Node) -> np.ndarray | None:
        operands = self.operands(node)
        if node not in self._nodes or any(x is None for x in operands):
            return None
        if type(node.primitive) is not Primitive:  # a user's own may have effects
            return None
        options = {name: value for name, value in (node.params or {}).items() if isinstance(name, str)}
        try:
            value = np.asarray(node.primitive.forward(*operands, **options))
        except Exception:  # whatever it was, the value stays unknown
            return None
        return value if value.shape == node.value.shape else None
