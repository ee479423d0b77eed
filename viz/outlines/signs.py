"""What a line of text says besides words and numbers: the gradient's bar, flags, and the legend of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..looks.flow import PENS, Pen
from ..pictures.flags import Trouble
from .listing import Cell, Line

# Colours of terminals, whose ground may be black or white.
VALUE, GRADIENT, FAINT, FRAME = "green", "", "dim", "bold"
_SIZES = ("bright_blue", "bright_blue", "cyan", "", "", "yellow", "bright_red")
_TROUBLES = {
    Trouble.BROKEN: "bold red", Trouble.EXPLODING: "bold bright_red", Trouble.VANISHING: "bold bright_blue",
    Trouble.DEAD: "bold magenta", Trouble.SATURATED: "bold magenta", Trouble.NO_GRAD: "bold yellow",
    Trouble.DETACHED: "bold yellow",
}


def bar(pen: Pen | None) -> Cell:
    """The order of magnitude of a gradient: the longer, the larger.

    Args:
        pen: of its wire; None for no wire.

    Returns:
        A Cell, as wide for every size; empty for what has none: 0, NaN, or a gradient that is not known.

    Example:
        >>> from viz.looks.flow import PENS, ZERO
        >>> bar(PENS[2]).text, bar(ZERO).text
        ('▇▇▇····', '')
    """
    if pen not in PENS:
        return Cell("")
    place = PENS.index(pen)
    return Cell("▇" * (place + 1) + "·" * (len(PENS) - place - 1), _SIZES[place])


def flag(text: str) -> Cell:
    """A flag's icon and word, in its colour, with whatever else is said of it."""
    return Cell(text, next((style for trouble, style in _TROUBLES.items() if text.startswith(trouble.title)), "bold"))


def heading(texts: Iterable[str], pens: Iterable[Pen], meanings: Mapping[Trouble, str]) -> list[Line]:
    """What stands above: a title and remarks, and the legend of bars and flags.

    Args:
        texts: cleaned; a line each.
        pens: of the wires.
        meanings: of the flags.

    Returns:
        Lines, the last of which is empty; or none at all.
    """
    used = set(pens)
    bars = [Cell(f"{bar(pen).text} {pen.meaning}", bar(pen).style) for pen in PENS if pen in used]
    lines = [Line(0, (Cell(text),)) for text in texts]
    lines += [Line(0, (Cell("gradient rms:"),), tuple(bars))] if bars else []
    lines += [Line(0, (flag(f"{trouble.title}: {meanings[trouble]}"),)) for trouble in Trouble if trouble in meanings]
    return [*lines, Line(0, (Cell(""),))] if lines else []
