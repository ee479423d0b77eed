"""The legend: what the colours and widths of the wires mean, and the flags, with their thresholds."""

from __future__ import annotations

from collections.abc import Iterable

from .flags import Flag, Trouble
from .flow import BROKEN, NONE, PENS, UNKNOWN, ZERO, Pen
from .tables import Text, bar, table

SIZE = 10


def legend(pens: Iterable[Pen], flags: Iterable[Flag]) -> list[str]:
    """What a picture has to explain. It stands above the picture, where nothing can overlap with it.

    Args:
        pens: of its wires.
        flags: of its boxes.

    Returns:
        Rows of a table: none if there are no flags and all wires are plain.
    """
    used = set(pens)
    drawn = [pen for pen in (BROKEN, *PENS[::-1], ZERO, UNKNOWN, NONE) if pen in used]
    rows = [_in_a_row(_words("gradient rms"), *map(_sample, drawn))] if drawn else []
    meanings = {flag.trouble: flag.meaning for flag in flags}
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
    margin = f'<TD HEIGHT="{(SIZE + 4 - thickness) // 2}" CELLPADDING="0"></TD>'
    dashes = {"solid": (22,), "dashed": (6, 6, 6), "dotted": (2, 2, 2, 2)}[pen.style]
    line = table("".join(bar(pen.colour, length, thickness) for length in dashes), spacing=3)
    return f"<TD>{table(margin, f'<TD>{line[1:-1]}</TD>', margin)[1:-1]}</TD>" + _words(pen.meaning)
