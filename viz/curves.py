"""Training curves with matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.errors import MissingExtraError

from .errors import FormatError, HistoryError
from .files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe and Ito's, which differ for any colour vision; the lines differ in their dashes, too."""
DASHES = ("-", "--", "-.", ":")


def plot_history(history: Mapping[str, Sequence[float]], path: str | Path | None = None, *,
                 title: str | None = None) -> Figure:
    """Plot what was measured while training: losses, and accuracies in a panel of their own.

    The scale of the losses is logarithmic where they are positive. Epochs whose value is NaN or infinite are marked
    at the foot of the panel.

    Args:
        history: by name, one number an epoch; names with ``accuracy`` in them go to the second panel.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.

    Returns:
        The matplotlib Figure. It is in no global list, so that it need not be closed.

    Raises:
        HistoryError: a history that is empty, or whose entries are not all of one length.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_history({"train loss": [2.3, 0.9, 0.4], "held-out loss": [2.2, 1.0, 0.6]})
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['loss']
    """
    suffix = Path(path).suffix.lower() if path is not None else ".png"
    if suffix not in (".png", ".svg", ".pdf"):
        raise FormatError(f"plot_history: {str(path)!r} ends in {suffix!r}; a plot can be .png, .svg or .pdf.")
    curves = _checked(history)
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("plot_history", "matplotlib", "plot") from error
    panels = {
        "loss": {name: values for name, values in curves.items() if "accuracy" not in name.lower()},
        "accuracy": {name: values for name, values in curves.items() if "accuracy" in name.lower()},
    }
    panels = {label: names for label, names in panels.items() if names}
    figure = Figure(figsize=(5.6 * len(panels), 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (label, names) in zip(np.atleast_1d(figure.subplots(1, len(panels))), panels.items(), strict=True):
        _draw_panel(axes, label, names)
    if title is not None:
        figure.suptitle(title, fontweight="bold", parse_math=False)
    if path is not None:
        buffer = BytesIO()
        figure.savefig(buffer, format=suffix.removeprefix("."), dpi=150, metadata=_UNDATED.get(suffix))
        write_whole(Path(path), buffer.getvalue())
    return figure


_UNDATED = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def _checked(history: Mapping[str, Sequence[float]]) -> dict[str, np.ndarray]:
    curves = {}
    for name, values in history.items():
        try:
            curves[name] = np.asarray(values, dtype=float)
        except (TypeError, ValueError):
            raise HistoryError(f"plot_history: {name!r} is not a sequence of numbers.") from None
        if curves[name].ndim != 1:
            raise HistoryError(f"plot_history: {name!r} has shape {curves[name].shape}; expected one number an epoch.")
    lengths = {name: len(values) for name, values in curves.items()}
    if not lengths or 0 in lengths.values() or len(set(lengths.values())) > 1:
        raise HistoryError(f"plot_history: expected curves of one length, at least 1; got {lengths or 'none'}.")
    return curves


def _draw_panel(axes: Any, label: str, curves: dict[str, np.ndarray]) -> None:
    everything = np.concatenate(list(curves.values()))
    finite = everything[np.isfinite(everything)]
    for i, (name, values) in enumerate(curves.items()):
        colour = COLOURS[i % len(COLOURS)]
        epochs = np.arange(1, len(values) + 1)
        broken = ~np.isfinite(values)
        axes.plot(epochs, np.where(broken, np.nan, values), DASHES[i % len(DASHES)], color=colour, linewidth=2,
                  marker="o" if len(values) <= 30 else "", markersize=3.5, label=_literal(name))
        if broken.any():
            axes.plot(epochs[broken], np.zeros(broken.sum()), "x", color=colour, markersize=9, clip_on=False,
                      label=f"{_literal(name)}: NaN or inf", transform=axes.get_xaxis_transform())
    if label == "loss" and finite.size and finite.min() > 0:
        axes.set_yscale("log", subs=(2, 3, 4, 5, 6, 7, 8, 9))
        axes.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3, which="both", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def _literal(name: str) -> str:
    """A label that matplotlib neither hides (a leading underscore) nor reads as mathematics."""
    return " " + name.replace("$", r"\$")
