"""Lines of text in columns: the same for a file, for a screen reader, and in colours for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

GAP = "  "
INDENT = 2
DEEPEST = 12
"""Levels that are indented; what is deeper stands below the last of these."""
WIDEST = 60
"""What is wider sets no column: the rest of its line moves instead."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line that is never cut."""

    text: str  # cleaned
    style: str = ""  # of rich, where there are colours


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a list: its cells stand in columns, its notes after them."""

    level: int
    cells: tuple[Cell, ...]
    notes: tuple[Cell, ...] = ()


def laid_out(lines: Sequence[Line], width: int | None = None) -> Iterator[list[Cell]]:
    """Lines as they are printed.

    Args:
        lines: of the whole list.
        width: of the terminal. Where a line has no room, its cells go on below it; without a width, none does.

    Returns:
        Each printed line as its pieces, blanks among them.

    Example:
        >>> lines = [Line(0, (Cell("x"), Cell("-2"))), Line(1, (Cell("q = x + y"), Cell("3")))]
        >>> print(plain_text(lines))
        x            -2
          q = x + y  3
        >>> print(plain_text(lines, width=12))
        x  -2
          q = x + y
              3
    """
    columns = _columns(lines, width)
    for line in lines:
        in_columns = [*_padded(line, columns)]
        fits = width is None or sum(width_of(cell.text) for cell in in_columns) <= width
        cells = [in_columns] if fits else [[_indent(line.level), line.cells[0]], *([cell] for cell in line.cells[1:])]
        yield from _packed([*cells, *([note] for note in line.notes)], line.level, width)


def plain_text(lines: Sequence[Line], width: int | None = None) -> str:
    """Lines as text without any colour.

    Args:
        lines: of the whole list.
        width: see ``laid_out``.

    Returns:
        Text that ends without a line break.
    """
    return "\n".join("".join(cell.text for cell in row).rstrip() for row in laid_out(lines, width))


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes.

    Args:
        text: cleaned.

    Returns:
        Two for each East Asian character, none for an accent of its own, one for any other.

    Example:
        >>> width_of("abc"), width_of("日本")
        (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def _columns(lines: Iterable[Line], width: int | None) -> list[int]:
    """The width of every column: of its widest cell, but no more than is left for the first."""
    columns: list[int] = []
    first = {0}
    for line in lines:
        if len(line.cells) > 1:
            first.add(width_of(_indent(line.level).text + line.cells[0].text))
            for i, cell in enumerate(line.cells[1:]):
                columns += [0] * (i + 1 - len(columns))
                columns[i] = max(columns[i], width_of(cell.text))
    left = WIDEST if width is None else min(WIDEST, width - sum(len(GAP) + column for column in columns))
    return [max((size for size in first if size <= left), default=0), *columns]


def _padded(line: Line, columns: Sequence[int]) -> Iterator[Cell]:
    yield _indent(line.level)
    used = width_of(_indent(line.level).text)
    for i, cell in enumerate(line.cells):
        yield cell
        if i + 1 < len(line.cells):
            yield Cell(" " * max(0, columns[i] - used - width_of(cell.text)) + GAP)
        used = 0


def _packed(parts: Iterable[list[Cell]], level: int, width: int | None) -> Iterator[list[Cell]]:
    """Parts one after another, in as few lines as they need."""
    row: list[Cell] = []
    used = 0
    for part in parts:
        size = sum(width_of(cell.text) for cell in part)
        if row and width is not None and used + len(GAP) + size > width:
            yield row
            row, used = [_indent(level + 2)], width_of(_indent(level + 2).text)
        elif row:
            row.append(Cell(GAP))
            used += len(GAP)
        row += part
        used += size
    yield row


def _indent(level: int) -> Cell:
    return Cell(" " * (INDENT * min(level, DEEPEST)))
