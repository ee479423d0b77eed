"""Data as they were, decorrelated, and whitened."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd_core.errors import ShapeError

from .canvas import bare, canvas, finished, no_path, text_colour
from .points import checked_points, classes_of, draw_points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROUNDING = 1e-7  # of the first component's standard deviation: what varies less is left at 0 by whitening


def plot_projection(X: npt.ArrayLike, labels: npt.ArrayLike | None = None, *,
                    path: str | Path | None = None, title: str | None = None,
                    figure: Figure | None = None) -> Figure:
    """Plot data three times: as they were, centred and turned to their principal axes (PCA), and whitened.

    (X - mean) Vᵀ, with V from the SVD of the centred data X - mean = U S V; then divided by their standard deviations,
    S / √N. Of more than two features, the two that vary most are shown as they were, and then the first two components.
    The looks of up to 84 labels differ; from the seventh on some are hollow.

    Args:
        X: the data, (samples, features), at least two of each.
        labels: of the samples, or None.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure. The axes of the data are drawn as lines through 0; of two features, the
        principal axes as arrows of two standard deviations.

    Raises:
        DTypeError: data that are no real numbers.
        ShapeError: other shapes; NaN or inf.
        OptionError: more different labels than looks.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_projection([[0.0, 0.0], [2.0, 1.0], [4.0, 2.0]])
        >>> [axes.get_title() for axes in figure.axes]
        ['as they were', 'decorrelated (PCA)', 'whitened']
    """
    no_path("plot_projection", "labels", labels)
    data = checked_points("plot_projection", X, "(samples, features), at least two of each").astype(float)
    if min(data.shape) < 2:
        raise ShapeError(f"plot_projection: X has shape {data.shape}; expected (samples, features), at least two of "
                         "each.")
    if labels is not None and np.shape(labels) != data.shape[:1]:
        raise ShapeError(f"plot_projection: labels have shape {np.shape(labels)}; expected one for each of the "
                         f"{len(data)} samples.")
    classes, names = classes_of("plot_projection", np.zeros(len(data)) if labels is None else labels)
    mean = data.mean(axis=0)
    turn, deviations = _principal(data - mean)
    components = ((data - mean) @ turn)[:, :2]
    shown = np.sort(np.argsort(-data.std(axis=0), kind="stable")[:2])
    figure = canvas("plot_projection", path, figure, (9.6, 3.6))
    panels = {"as they were": data[:, shown], "decorrelated (PCA)": components,
              "whitened": components / np.where(deviations > _ROUNDING * deviations[0], deviations, np.inf)[:2]}
    first, second, third = figure.subplots(1, 3)
    for axes, (name, points) in zip((first, second, third), panels.items(), strict=True):
        axes.axhline(0, color="0.6", linewidth=0.8)
        axes.axvline(0, color="0.6", linewidth=0.8)
        draw_points(axes, points, classes, names)
        axes.set(title=name, xlabel="component 1", ylabel="component 2")
        axes.set_aspect("equal", adjustable="datalim")
        bare(axes)
    first.set(xlabel=f"feature {shown[0] + 1}", ylabel=f"feature {shown[1] + 1}")
    if data.shape[1] == 2:
        for direction, deviation in zip(turn.T, deviations, strict=True):
            _arrow(first, mean, mean + 2 * deviation * direction)
    if labels is not None:
        figure.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False,
                      fontsize=8, markerscale=1.4)
    return finished(figure, path, title)


def _principal(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The principal axes, as columns, and the standard deviations along them; of R of QR, which is small."""
    _, singular, rows = np.linalg.svd(np.linalg.qr(centred, mode="r"), full_matrices=False)
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    return (rows * np.where(largest < 0, -1.0, 1.0)).T, singular / math.sqrt(len(centred))  # a direction has no sign


def _arrow(axes: Any, start: np.ndarray, end: np.ndarray) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "linewidth": 1.6, "color": text_colour(),
                                              "shrinkA": 0, "shrinkB": 0})
