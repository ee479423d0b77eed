"""How much of a gradient an activation lets through: what snapshots of graphs, plots and ``nn.watch`` say alike."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from ..recording import Node
from .symptoms import MANY, dead_units, flat_share, slopes
from .words import rectifies, saturates


class Activation(NamedTuple):
    """The slopes of an operation that saturates or rectifies, one for each element of its output."""

    saturates: bool  # its slope tends to 0, as a sigmoid's; else it is exactly 0 where the function is off, as a relu's
    slopes: np.ndarray


class Slopes(NamedTuple):
    """The slopes of an activation in a few numbers, and whether they are trouble."""

    saturates: bool
    flat: float  # the share of elements whose slope is below ``FLAT``
    off: int  # the units whose slope is exactly 0 for the whole batch
    units: int
    batch: int

    @classmethod
    def of(cls, activation: Activation) -> Self:
        """Measure an activation."""
        return cls(activation.saturates, flat_share(activation.slopes), *dead_units(activation.slopes))

    def is_saturated(self, many: float = MANY) -> bool:
        """Whether it is a sigmoid or its like, and at least the share ``many`` of its elements is flat."""
        return self.saturates and self.flat >= many

    def is_dead(self, many: float = MANY) -> bool:
        """Whether it is a relu or its like, and at least the share ``many`` of its units is off for the whole batch."""
        # One sample turns half of all units off, and that is as it should be: only a batch can tell.
        telling = self.batch > 1 or self.off == self.units > 1
        return not self.saturates and telling and self.off > 0 and self.off >= many * self.units


def activation_at(node: Node) -> Activation | None:
    """The slopes of one operation; None if it is no activation of one operand, or freed, or has no elements."""
    primitive = node.primitive
    if primitive is None or len(node.edges) != 1 or not (saturates(primitive.name) or rectifies(primitive.name)):
        return None
    found = slopes(node, node.edges[0])
    return None if found is None or not found.size else Activation(saturates(primitive.name), found)


def last_activation(output: Node) -> Activation | None:
    """The activation that a module's output comes from.

    It is the last operation or comes before others that the module applies to each element, such as a negation.

    Args:
        output: made by the module.

    Returns:
        Its slopes, not those of what follows; None if there is none, or the output comes from several things.
    """
    node = output
    while node.primitive and len(node.edges) == 1 and node.path == output.path:
        if found := activation_at(node):
            return found
        if not node.primitive.elementwise:
            return None
        node = node.edges[0][1]
    return None
