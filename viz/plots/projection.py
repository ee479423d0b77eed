"""Data as they were, decorrelated, and whitened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd_core.errors import ShapeError

from .canvas import bare, canvas, finished
from .points import draw_points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPS = 1e-5
"""Added to the variances before dividing by their roots, as ``nn.PCA`` does; whitening exaggerates noise."""


def plot_projection(X: npt.ArrayLike, labels: npt.ArrayLike | None = None, path: str | Path | None = None, *,
                    title: str | None = None, figure: Figure | None = None) -> Figure:
    """Plot data three times: as they were, centred and turned to their principal axes (PCA), and whitened.

    (X - mean) U, with U from the SVD of the covariance (X - mean)ᵀ(X - mean) / N = U S Uᵀ; then divided by √(S + 1e-5).
    Of more than two features, the first two are shown as they were, and then the first two components.

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
        ShapeError: other shapes; NaN or inf.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_projection([[0.0, 0.0], [2.0, 1.0], [4.0, 2.0]])
        >>> [axes.get_title() for axes in figure.axes]
        ['as they were', 'decorrelated (PCA)', 'whitened']
    """
    data = np.asarray(X, dtype=float)
    if data.ndim != 2 or min(data.shape) < 2 or not np.isfinite(data).all():
        raise ShapeError(f"plot_projection: X has shape {data.shape}; expected (samples, features), at least two of "
                         "each, all finite.")
    marks = np.zeros(len(data), dtype=int) if labels is None else np.asarray(labels)
    if marks.shape != data.shape[:1]:
        raise ShapeError(f"plot_projection: labels have shape {marks.shape}; expected one for each of the {len(data)} "
                         "samples.")
    mean = data.mean(axis=0)
    turn, variances, _ = np.linalg.svd((data - mean).T @ (data - mean) / len(data))
    largest = np.take_along_axis(turn, np.abs(turn).argmax(axis=0)[None], axis=0)
    turn *= np.where(largest < 0, -1.0, 1.0)  # a direction has no sign: fix one
    components = ((data - mean) @ turn)[:, :2]
    figure = canvas("plot_projection", path, figure, (9.6, 3.6))
    panels = {"as they were": data[:, :2], "decorrelated (PCA)": components,
              "whitened": components / np.sqrt(variances[:2] + EPS)}
    first, second, third = figure.subplots(1, 3)
    for axes, (name, points), what in zip((first, second, third), panels.items(),
                                          ("feature", "component", "component"), strict=True):
        axes.axhline(0, color="0.6", linewidth=0.8)
        axes.axvline(0, color="0.6", linewidth=0.8)
        draw_points(axes, points, marks)
        axes.set(title=name, xlabel=f"{what} 1", ylabel=f"{what} 2")
        axes.set_aspect("equal", adjustable="datalim")
        bare(axes)
    if data.shape[1] == 2:
        for direction, variance in zip(turn.T, variances, strict=True):
            _arrow(first, mean, mean + 2 * np.sqrt(variance) * direction)
    if labels is not None:
        figure.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False,
                      fontsize=8)
    return finished(figure, path, title)


def _arrow(axes: Any, start: np.ndarray, end: np.ndarray) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "linewidth": 1.6, "color": "black", "shrinkA": 0,
                                              "shrinkB": 0})
