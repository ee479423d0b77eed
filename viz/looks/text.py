"""Foreign text made inert: names of tensors and modules are data, never markup.

Two steps. ``clean`` takes out what no label should hold; ``plain`` or ``markup`` then quotes for one of
DOT's two kinds of string. Everything that reaches DOT from outside goes through both.
"""

from __future__ import annotations

import html
import unicodedata

import graphviz

LABEL_LIMIT = 48
TOOLTIP_LIMIT = 400


def clean(text: str, limit: int = LABEL_LIMIT) -> str:
    """Text of at most ``limit`` characters, all of them printable.

    Args:
        text: anything; line breaks and tabs become spaces; control characters, NUL, lone surrogates and marks that
            change the reading direction become U+FFFD.
        limit: what is longer ends in an ellipsis.

    Returns:
        A string without line breaks.

    Example:
        >>> clean("layer" + chr(0) + chr(0x202E) + "1")
        'layer��1'
        >>> clean("abcdef", limit=4)
        'abc…'
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else " " if c in "\r\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def plain(*lines: str) -> graphviz.quoting.NoHtml:
    """Lines for an ordinary attribute (``tooltip``, ``label``), in which no character has a meaning.

    Args:
        lines: cleaned text.

    Returns:
        What ``graphviz.Digraph`` is to be given: a string that it will not take for HTML.

    Example:
        >>> plain("a&b", "<c>")
        'a&amp;b\\\\n&lt;c&gt;'
    """
    return graphviz.quoting.NoHtml("\\n".join(markup(line) for line in lines))


def markup(text: str) -> str:
    """Text for inside an HTML-like label, in which no character has a meaning.

    Args:
        text: cleaned text.

    Returns:
        The text with ``& < > " '`` as entities and backslashes doubled.

    Example:
        >>> markup("<b>")
        '&lt;b&gt;'
    """
    return html.escape(text).replace("\\", "\\\\")  # even here, dot replaces \N by the node's name


def width_of(text: str, size: float) -> int:
    """An upper bound of the width of ``text``, in points, in any common sans-serif font.

    Graphviz measures with Arial and takes characters it does not know for spaces; a viewer may substitute a
    font as wide as DejaVu Sans. Cells of this width do not clip there.

    Args:
        text: cleaned text.
        size: the font size in points.

    Returns:
        Points, rounded up.

    Example:
        >>> width_of("-12.00", 14) > width_of("-12.00", 10)
        True
    """
    ems = sum(1.05 if unicodedata.east_asian_width(c) in "WF" else 0.65 if c not in "mwMW@%" else 1.0 for c in text)
    return int(ems * size) + 1
