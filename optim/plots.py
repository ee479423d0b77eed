"""A figure to draw on, where matplotlib is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd_core.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure_and_axes(name: str, rows: int = 1) -> tuple[Figure, Any]:
    """A new Figure, which is in no global list and need not be closed, and its axes.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(name, "matplotlib", "plot") from error
    figure = Figure(figsize=(6.4, 3.6 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, sharex=True)
