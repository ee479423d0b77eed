"""What is wrong at each node, as plain data for a snapshot of the graph: the facts that only nodes and the walk know.

They are measured with the functions that ``explain`` uses, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..recording import Node
from .activations import Slopes, activation_at
from .anomaly import all_finite
from .disconnected import cut_operands
from .flows import Onlooker


class Diagnosis(NamedTuple):
    """What was found at one node."""

    slopes: Slopes | None = None  # None: not an activation, or freed
    broke: bool = False  # a finite gradient became NaN or infinite here
    cuts: Mapping[str, str] = {}  # operands that are constants because their values left a graph: how, by name


class Breaks(Onlooker):
    """Notes in which nodes gradients that were finite became NaN or infinite."""

    def __init__(self) -> None:
        self.nodes: set[Node] = set()
        self._sound = True  # the gradient of the node that is being differentiated
        self._reached: set[Node] = set()  # by a broken gradient

    def arrived(self, node: Node, g: np.ndarray) -> None:
        """Look at a node's gradient; if only the sum, a hook or the seed broke it, it broke here."""
        self._sound = all_finite(g)
        if not self._sound and node not in self._reached:
            self.nodes.add(node)

    def derived(self, node: Node, position: int, gradient: np.ndarray) -> None:
        """Look at what a rule made of it."""
        if not all_finite(gradient):
            self._reached.update(edge[1] for edge in node.edges if edge[0] == position)
            if self._sound:
                self.nodes.add(node)


def diagnose_nodes(nodes: Sequence[Node], broke: Iterable[Node]) -> dict[Node, Diagnosis]:
    """Examine nodes.

    Args:
        nodes: of a graph, oldest first.
        broke: see ``Breaks``.

    Returns:
        A Diagnosis for each node where there is something to say.
    """
    found = {node: Diagnosis(slopes=Slopes.of(activation)) for node in nodes if (activation := activation_at(node))}
    for node in broke:
        found[node] = found.get(node, Diagnosis())._replace(broke=True)
    for node, cuts in cut_operands(nodes).items():
        found[node] = found.get(node, Diagnosis())._replace(cuts=cuts)
    return found
