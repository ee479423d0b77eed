"""What a line of text says besides words and numbers: the gradient's bar, flags, and the legend of both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ..looks.flow import PENS, Pen
from ..pictures.flags import Flag, Trouble, meanings
from .listing import Cell, Line

# Colours of terminals, whose ground may be black or white.
VALUE, GRADIENT, FAINT, FRAME = "green", "", "dim", "bold"
_SIZES = ("bright_blue", "bright_blue", "cyan", "", "", "yellow", "bright_red")
_TROUBLES = {
    Trouble.BROKEN: "bold red", Trouble.EXPLODING: "bold bright_red", Trouble.VANISHING: "bold bright_blue",
    Trouble.DEAD: "bold magenta", Trouble.SATURATED: "bold magenta", Trouble.NO_GRAD: "bold yellow",
    Trouble.DETACHED: "bold yellow",
}


def bar(pen: Pen | None, scale: Sequence[Pen] = PENS) -> Cell:
    """The order of magnitude of a gradient: the longer, the larger.

    Args:
        pen: of its wire; None for no wire.
        scale: the pens that have bars, from the smallest.

    Returns:
        A Cell, as wide for every size; empty for what has none: 0, NaN, or a gradient that is not known.

    Example:
        >>> from viz.looks.flow import PENS, ZERO
        >>> bar(PENS[2]).text, bar(ZERO).text
        ('▇▇▇····', '')
    """
    if pen not in scale:
        return Cell("")
    place = scale.index(pen)
    return Cell("▇" * (place + 1) + "·" * (len(scale) - place - 1), _SIZES[place])


def bars(pens: Collection[Pen], scale: Sequence[Pen] = PENS) -> list[Cell]:
    """What the bars of some pens mean, for the legend."""
    return [replace(bar(pen, scale), text=f"{bar(pen, scale).text} {pen.meaning}") for pen in scale if pen in pens]


def flag(text: str) -> Cell:
    """A flag's icon and word, in its colour, with whatever else is said of it."""
    return Cell(text, next((style for trouble, style in _TROUBLES.items() if text.startswith(trouble.title)), "bold"))


def heading(texts: Iterable[str], measure: str, sizes: Sequence[Cell], flags: Iterable[Flag]) -> list[Line]:
    """What stands above: a title and remarks, and the legend of bars and flags.

    Args:
        texts: cleaned; a line each.
        measure: what bars show.
        sizes: what each bar means.
        flags: all that are shown.

    Returns:
        Lines, the last of which is empty; or none at all.
    """
    lines = [Line(0, (Cell(text),)) for text in texts]
    lines += [Line(0, (Cell(f"{measure}:"),), tuple(sizes))] if sizes else []
    lines += [Line(0, (flag(f"{trouble.title}: {meaning}"),)) for trouble, meaning in meanings(flags).items()]
    return [*lines, Line(0, (Cell(""),))] if lines else []
