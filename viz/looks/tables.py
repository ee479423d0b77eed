"""Borderless tables of Graphviz's HTML-like labels, wide enough for whichever font a viewer substitutes."""

from __future__ import annotations

from dataclasses import dataclass

from .text import markup, width_of

FAINT, ALARM = "#5c6670", "#ffe08a"


def table(*rows: str, border: int = 0, spacing: int = 0, colour: str = "") -> str:
    """A whole label.

    Args:
        rows: the cells of each.
        border: of a rounded frame, in points.
        spacing: between cells, in points.
        colour: of the frame; black if left out.

    Returns:
        The label, with the angle brackets by which DOT knows it.
    """
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    frame = f'BORDER="{border}" STYLE="ROUNDED" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="1"'
    if colour:
        frame += f' COLOR="{colour}"'
    return f"<<TABLE {frame}>{body}</TABLE>>"


@dataclass(frozen=True)
class Text:
    """Lines of a cell, and how they look."""

    lines: tuple[str, ...]  # cleaned
    size: int  # of the font, in points
    colour: str = "black"
    prefix: str = ""  # cleaned; in italics before the first line
    alarm: bool = False  # a frame and a bright ground

    @property
    def width(self) -> int:
        """Points that are enough in any font."""
        return max(width_of(line, self.size) for line in (self.prefix + "".join(self.lines[:1]), *self.lines[1:]))

    @property
    def height(self) -> int:
        """Points that the lines take."""
        return (self.size + 4) * max(1, len(self.lines))

    def cell(self, attributes: str = "") -> str:
        """The text as a ``<TD>`` element, with more attributes if given."""
        if not any(line.strip() for line in self.lines):  # Graphviz takes an empty <FONT> for a syntax error
            return f"<TD {attributes}></TD>"
        font = f'<FONT POINT-SIZE="{self.size}" COLOR='
        text = "<BR/>".join(f'{font}"{self.colour}">{markup(line) or " "}</FONT>' for line in self.lines)
        if self.prefix:
            text = f'{font}"{FAINT}"><I>{markup(self.prefix)}</I></FONT>{text}'
        if self.alarm:
            attributes += f' BORDER="1" COLOR="{self.colour}" BGCOLOR="{ALARM}"'
        return f"<TD {attributes}>{text}</TD>"


def bar(colour: str, width: int, height: int, port: str = "") -> str:
    """A cell that is a filled rectangle: a piece of wire.

    Args:
        colour: to fill with.
        width: at least so many points.
        height: at least so many points.
        port: the name by which edges end here.

    Returns:
        A ``<TD>`` element.
    """
    name = f'PORT="{port}" ' if port else ""
    return f'<TD {name}WIDTH="{width}" HEIGHT="{height}" CELLPADDING="0" BGCOLOR="{colour}"></TD>'
