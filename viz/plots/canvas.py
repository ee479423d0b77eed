"""What all plots share: a figure to draw on, colours, names made inert, and how a picture is saved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_core.errors import DTypeError, MissingExtraError
from autograd_core.files import write_whole

from ..errors import FormatError
from ..looks.text import TOOLTIP_LIMIT, clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe and Ito's, which differ for any colour vision; nothing is told by colour alone."""
DASHES = ("-", "--", "-.", ":")
MARKERS = "osDPX*h"  # seven to six colours: 42 pairs that differ
GREY = "#777777"

_UNDATED: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
_LABELS = 48  # rows that can be labelled before names would touch


def canvas(caller: str, path: str | Path | None, figure: Figure | None, size: tuple[float, float]) -> Figure:
    """The figure to draw on, once it is known that it can be saved.

    Args:
        caller: the function that draws, for errors.
        path: where the picture is to go, or None.
        figure: a Figure or SubFigure to draw in, or None for a new one.
        size: of a new one, in inches.

    Returns:
        The figure. A new one is in no global list, so that it need not be closed.

    Raises:
        FormatError: a suffix other than ``.png``, ``.svg`` and ``.pdf``.
        DTypeError: something else to draw in.
        MissingExtraError: matplotlib is not installed.
    """
    if path is not None and (suffix := Path(path).suffix.lower()) not in (".png", ".svg", ".pdf"):
        raise FormatError(f"{caller}: {str(path)!r} ends in {suffix!r}; a plot can be .png, .svg or .pdf.")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import FigureBase

        from .shown import ShownFigure
    except ImportError as error:
        raise MissingExtraError(caller, "matplotlib", "plot") from error
    if figure is None:
        figure = ShownFigure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
    elif not isinstance(figure, FigureBase):
        raise DTypeError(f"{caller}: figure is a {type(figure).__name__}; expected a matplotlib Figure or SubFigure, "
                         f"such as one of Figure().subfigures(1, 2).")
    return figure


def finished(figure: Figure, path: str | Path | None, title: str | None) -> Figure:
    """Give a figure its headline, and save it if there is a path; of a SubFigure, all of the picture it is part of."""
    if title is not None:
        lines = [literal(line, TOOLTIP_LIMIT) for line in title.splitlines()]
        figure.suptitle("\n".join(lines), fontweight="bold", fontsize="medium")
    if path is not None:
        _save(figure.figure, Path(path))
    return figure


def _save(figure: Figure, path: Path) -> None:
    """Write a picture whole; the same picture is the same bytes on any day."""
    from matplotlib import rc_context

    suffix = path.suffix.lower()
    buffer = BytesIO()
    with rc_context({"svg.hashsalt": "viz"}):  # else the ids in an SVG are random
        figure.savefig(buffer, format=suffix.removeprefix("."), dpi=150, metadata=_UNDATED.get(suffix))
    write_whole(path, buffer.getvalue())


def literal(name: object, limit: int = 40) -> str:
    """A name that matplotlib neither reads as mathematics nor hides (empty, or with a leading underscore).

    Args:
        name: anything; its ``str`` counts.
        limit: what is longer ends in an ellipsis.

    Returns:
        Printable text for a label.

    Example:
        >>> literal("$x$"), literal("_hidden")
        ('\\\\$x\\\\$', ' _hidden')
    """
    text = clean(str(name), limit)
    return (" " if text.startswith("_") or not text else "") + text.replace("$", r"\$")


def bare(axes: Any) -> None:
    """Without the two lines of the frame that carry no scale."""
    axes.spines[["top", "right"]].set_visible(False)


def logarithmic(set_limits: Callable[[float, float], Any], set_scale: Callable[[str], Any],
                values: Iterable[float]) -> None:
    """A logarithmic axis, with room around positive values; matplotlib's margins and ticks overflow near 1e300."""
    shown = [value for value in values if 0 < value < math.inf]
    set_limits(max(min(shown) / 4, 1e-200), min(max(shown) * 4, 1e200))
    set_scale("log")


def label_rows(axes: Any, names: Sequence[str]) -> None:
    """Row i is called names[i], the first at the top; of very many rows, every second, third ... is labelled."""
    step = -(-len(names) // _LABELS)
    axes.set_yticks(range(0, len(names), step), [literal(name) for name in names[::step]], fontsize=8)
    axes.set_ylim(len(names) - 0.5, -0.5)


def height_of(rows: int) -> float:
    """Inches for a plot of so many rows."""
    return 1.3 + min(max(0.2 * rows, 1.0), 10.0)
