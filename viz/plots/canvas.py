"""What all plots share: a figure to draw on, colours, names made inert, and how a picture is saved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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
GREY = "#777777"

_UNDATED: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def canvas(caller: str, path: str | Path | None, figure: Figure | None, size: tuple[float, float]) -> Figure:
    """The figure to draw on, once it is known that it can be saved.

    Args:
        caller: the function that draws, for errors.
        path: where the picture is to go, or None.
        figure: a Figure or SubFigure to draw in, or None for a new one. One without a layout engine gets one.
        size: of a new one, in inches.

    Returns:
        The figure. A new one is in no global list, so that it need not be closed.

    Raises:
        FormatError: a suffix other than ``.png``, ``.svg`` and ``.pdf``.
        DTypeError: a path that is none, or something else to draw in.
        MissingExtraError: matplotlib is not installed.
    """
    if not isinstance(path, (str, Path, type(None))):
        raise DTypeError(f"{caller}: path is a {type(path).__name__}; expected a file name, such as 'plot.png'.")
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
    elif figure.figure.get_layout_engine() is None:
        figure.figure.set_layout_engine("constrained")  # makes room for what stands outside the axes
    return figure


def no_path(caller: str, argument: str, value: object) -> None:
    """Refuse a file name where data belong: what is meant is ``path=``."""
    if isinstance(value, (str, Path)):
        raise DTypeError(f"{caller}: {argument} is {str(value)!r}; to save the picture, pass path={str(value)!r}.")


def finished(figure: Figure, path: str | Path | None, title: str | None) -> Figure:
    """Give a figure its headline, and save it if there is a path; of a SubFigure, all of the picture it is part of."""
    if title is not None:
        lines = [literal(line, TOOLTIP_LIMIT) for line in str(title).splitlines()]
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
        Printable text for a label, in one line.

    Example:
        >>> literal("$x$"), literal("_hidden")
        ('\\\\$x\\\\$', ' _hidden')
    """
    text = clean(" ".join(str(name).splitlines()), limit)
    return (" " if text.startswith("_") or not text else "") + text.replace("$", r"\$")


def bare(axes: Any) -> None:
    """Without the two lines of the frame that carry no scale."""
    axes.spines[["top", "right"]].set_visible(False)


def text_colour() -> str:
    """What stands out from the ground in the style that is on: black, or white in a dark one."""
    from matplotlib import rcParams

    return str(rcParams["text.color"])


def count_along(axis: Any) -> None:
    """Ticks at whole numbers only, such as steps and epochs, even if there is but one."""
    axis.get_major_locator().set_params(integer=True, min_n_ticks=1)


def logarithmic(set_limits: Callable[[float, float], Any], set_scale: Callable[[str], Any],
                values: Iterable[float]) -> None:
    """A logarithmic axis, with room around positive values; matplotlib's margins and ticks overflow near 1e300."""
    shown = [value for value in values if 0 < value < math.inf]
    set_limits(max(min(shown) / 4, 1e-200), min(max(shown) * 4, 1e200))
    set_scale("log")
