"""The legend: what the colours and widths of the wires mean, and the flags, with their thresholds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..pictures.flags import Flag, meanings
from .flow import Pen
from .look import SMALL_SIZE
from .tables import Text, bar, table


def legend(scale: str, pens: Iterable[Pen], used: Collection[Pen], flags: Iterable[Flag]) -> list[str]:
    """What a picture has to explain. It stands above the picture, where nothing can overlap with it.

    Args:
        scale: what the pens measure.
        pens: all there are, in the order in which they are to be explained.
        used: those of the picture's wires.
        flags: of its boxes.

    Returns:
        Rows of a table: none if there are no flags and all wires are plain.
    """
    drawn = [pen for pen in pens if pen in used]
    rows = [_in_a_row(_words(scale), *map(_sample, drawn))] if drawn else []
    lines = [_words(f"{trouble.title}: {meaning}", trouble.colour) for trouble, meaning in meanings(flags).items()]
    return [*rows, f'<TD>{table(*lines, spacing=2)[1:-1]}</TD>'] if lines else rows


def _words(text: str, colour: str = "black") -> str:
    return Text((text,), SMALL_SIZE, colour).cell('ALIGN="LEFT"')


def _in_a_row(*cells: str) -> str:
    return f'<TD>{table("".join(cells), spacing=4)[1:-1]}</TD>'


def _sample(pen: Pen) -> str:
    """A piece of wire, and its meaning."""
    margin = f'<TD HEIGHT="{max(1, (SMALL_SIZE - 4 - pen.width) // 2)}" CELLPADDING="0"></TD>'  # 4 between the cells
    dashes = {"solid": (22,), "dashed": (6, 6, 6), "dotted": (2, 2, 2, 2)}[pen.style]
    line = table("".join(bar(pen.colour, length, pen.width) for length in dashes), spacing=3)
    return f"<TD>{table(margin, f'<TD>{line[1:-1]}</TD>', margin)[1:-1]}</TD>" + _words(pen.meaning)
