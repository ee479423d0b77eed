"""Losses and accuracies, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import COLOURS, DASHES, bare, canvas, count_along, finished, literal
from .measures import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_history(history: Mapping[str, Sequence[float]], *, path: str | Path | None = None,
                 title: str | None = None, figure: Figure | None = None) -> Figure:
    """Plot what was measured while training: losses, and accuracies in a panel of their own.

    The scale of the losses is logarithmic where they are positive. Epochs whose value is NaN or infinite are marked
    at the foot of the panel. "loss" and "val_loss" share a colour; validation is dashed.

    Args:
        history: by name, one number an epoch, such as an ``nn.History``. Names with ``accuracy`` in them go to the
            second panel; beside a name with ``loss`` in it, other measures get panels of their own, too.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure. It is in no global list, so that it need not be closed.

    Raises:
        HistoryError: a history that is empty, or whose entries are not all of one length.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_history({"loss": [2.3, 0.9, 0.4], "val_loss": [2.2, 1.0, 0.6]})
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['loss']
    """
    curves = checked("plot_history", history, "epoch")
    panels = _panels(curves)
    figure = canvas("plot_history", path, figure, (5.6 * len(panels), 3.8))
    for axes, (label, names) in zip(np.atleast_1d(figure.subplots(1, len(panels))), panels.items(), strict=True):
        _draw_panel(axes, label, {name: curves[name] for name in names})
    return finished(figure, path, title)


def _panels(names: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names in each panel, by its label: losses first, accuracies second."""
    has_loss = any("loss" in name.lower() for name in names)
    panels: dict[str, list[str]] = {"loss": [], "accuracy": []}
    for name in names:
        word = next((word for word in panels if word in name.lower()), "")
        panels.setdefault(word or (name.removeprefix("val_") if has_loss else "loss"), []).append(name)
    return {label: names for label, names in panels.items() if names}


def _draw_panel(axes: Any, label: str, curves: dict[str, np.ndarray]) -> None:
    everything = np.concatenate(list(curves.values()))
    finite = everything[np.isfinite(everything)]
    order = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    paired = any(name.startswith("val_") for name in curves)
    for name, values in curves.items():
        i = order.index(name.removeprefix("val_"))
        dashes = DASHES[name.startswith("val_") if paired else i % len(DASHES)]
        epochs, colour = np.arange(1, len(values) + 1), COLOURS[i % len(COLOURS)]
        broken = ~np.isfinite(values)
        axes.plot(epochs, np.where(broken, np.nan, values), dashes, color=colour, linewidth=2,
                  marker="o" if len(values) <= 30 else "", markersize=3.5, label=literal(name))
        if broken.any():
            axes.plot(epochs[broken], np.zeros(broken.sum()), "x", color=colour, markersize=9, clip_on=False,
                      label=f"{literal(name)}: NaN or inf", transform=axes.get_xaxis_transform())
    if label == "loss" and finite.size and finite.min() > 0:
        axes.set_yscale("log", subs=(2, 3, 4, 5, 6, 7, 8, 9))
        axes.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    axes.set(xlabel="epoch", ylabel=literal(label))
    count_along(axes.xaxis)
    axes.grid(alpha=0.3, which="both", linewidth=0.6)
    bare(axes)
    axes.legend(frameon=False)
