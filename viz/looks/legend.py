"""The legend: what the colours and widths of the wires mean, and the flags, with their thresholds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..pictures.flags import Trouble
from .flow import Pen
from .tables import Text, bar, table

SIZE = 10


def legend(scale: str, pens: Iterable[Pen], used: Collection[Pen], meanings: Mapping[Trouble, str]) -> list[str]:
    """What a picture has to explain. It stands above the picture, where nothing can overlap with it.

    Args:
        scale: what the pens measure.
        pens: all there are, in the order in which they are to be explained.
        used: those of the picture's wires.
        meanings: of the flags of its boxes.

    Returns:
        Rows of a table: none if there are no flags and all wires are plain.
    """
    drawn = [pen for pen in pens if pen in used]
    rows = [_in_a_row(_words(scale), *map(_sample, drawn))] if drawn else []
    lines = [_words(f"{trouble.title}: {meanings[trouble]}", trouble.colour)
             for trouble in Trouble if trouble in meanings]
    return [*rows, f'<TD>{table(*lines, spacing=2)[1:-1]}</TD>'] if lines else rows


def _words(text: str, colour: str = "black") -> str:
    return Text((text,), SIZE, colour).cell('ALIGN="LEFT"')


def _in_a_row(*cells: str) -> str:
    return f'<TD>{table("".join(cells), spacing=4)[1:-1]}</TD>'


def _sample(pen: Pen) -> str:
    """A piece of wire, and its meaning."""
    thickness = max(1, round(pen.width))
    margin = f'<TD HEIGHT="{max(1, (SIZE - 4 - thickness) // 2)}" CELLPADDING="0"></TD>'  # 4 are between the cells
    dashes = {"solid": (22,), "dashed": (6, 6, 6), "dotted": (2, 2, 2, 2)}[pen.style]
    line = table("".join(bar(pen.colour, length, thickness) for length in dashes), spacing=3)
    return f"<TD>{table(margin, f'<TD>{line[1:-1]}</TD>', margin)[1:-1]}</TD>" + _words(pen.meaning)
