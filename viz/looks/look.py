"""How a picture looks, as plain data: what stands on its wires, their pens, what boxes are marked with, the legend.

``to_dot`` draws any picture with any look. ``ordinary`` has the look of one computation, ``changes`` that of two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..pictures.picture import Wire
from .flow import PENS, Pen
from .tables import Text

SIZE, SMALL_SIZE = 13, 10  # of fonts, in points
VALUE, GRADIENT = "#00734f", "#c4320a"


@dataclass(frozen=True)
class Caption:
    """What stands on the wire of a value, and in its tooltip."""

    above: Text
    below: Text
    told: tuple[str, ...]


@dataclass(frozen=True)
class Border:
    """A frame around a box that is marked."""

    colour: str
    style: str = "solid"  # of Graphviz: solid, dashed, dotted
    width: float = 2.4


@dataclass(frozen=True)
class Mark:
    """What a box says besides its own text."""

    rows: tuple[Text, ...] = ()
    told: tuple[str, ...] = ()  # in the tooltip
    border: Border | None = None


@dataclass(frozen=True)
class Look:
    """Everything about a picture but its boxes and wires; by the ids of boxes."""

    pens: Mapping[str, Pen]  # of every value
    captions: Mapping[str, Caption]  # of every value, or of none
    marks: Mapping[str, Mark]  # of the boxes that have one
    legend: Sequence[str] = ()  # rows of a table
    wires: Mapping[Wire, Pen] = field(default_factory=dict)  # of those that do not look like the value they carry
    scale: Sequence[Pen] = PENS  # those that text has bars for, from the smallest
    measure: str = "gradient rms"  # what they show
