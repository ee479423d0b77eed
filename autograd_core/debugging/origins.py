"""Where a gradient went wrong: the way back from a zero or broken gradient to what made it so."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ..recording import Node
from .flows import Flows, Passage


class Origin(NamedTuple):
    """A place where something went in sound and came out wrong."""

    node: Node  # where the wrong gradient arrived
    passage: Passage | None  # the operation that made it; None if sound gradients have a wrong sum
    way: list[Passage]  # from there to the target, the passage first


def is_zero(size: float) -> bool:
    """Whether a gradient of this RMS has no element but 0."""
    return size == 0


def is_broken(size: float) -> bool:
    """Whether a gradient of this RMS has a NaN or an infinity."""
    return not math.isfinite(size)


def origins(flows: Flows, wrong: Callable[[float], bool]) -> list[Origin]:
    """Where the wrong gradient of the target began, nearest to it first."""
    below: dict[Node, Passage | None] = {flows.target: None}  # how the search came to a node
    queue = [flows.target]
    found = []
    for node in queue:
        into = flows.into.get(node, [])
        bad = [passage for passage in into if passage.left is not None and wrong(passage.left)]
        # One broken part breaks a sum. But all parts must be 0 for the sum to be, unless the others cancel.
        if not bad or (wrong is is_zero and len(bad) < len(into)):
            found.append(Origin(node, None, _way(node, below)))
            continue
        for passage in bad:
            if passage.arrived is None:
                continue
            if not wrong(passage.arrived):
                found.append(Origin(node, passage, [passage, *_way(node, below)]))
            elif passage.node not in below:
                below[passage.node] = passage
                queue.append(passage.node)
    return found


def _way(node: Node, below: dict[Node, Passage | None]) -> list[Passage]:
    way = []
    while (passage := below[node]) is not None:
        way.append(passage)
        node = passage.operand
    return way
