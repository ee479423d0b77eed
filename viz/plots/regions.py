"""How a classifier divides the plane."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, no_grad
from autograd_core.errors import DTypeError, OptionError, SelectionError, ShapeError

from .canvas import bare, canvas, finished, text_colour
from .copies import quiet_copy
from .points import checked_points, colour_of, draw_points, is_hollow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE = 240  # points of the grid along each axis
_SHADES = 6


def plot_regions(model: Any, X: npt.ArrayLike, y: npt.ArrayLike, *, probabilities: bool = False,
                 path: str | Path | None = None, title: str | None = None, figure: Figure | None = None) -> Figure:
    """Plot which class a classifier of two features gives to every place in the plane, and the labelled points.

    The darker a region, the surer the model: the shade is the probability of the likeliest class, in six steps. Lines
    part the regions. From the seventh class on, colours come again: points are hollow then, and regions hatched.

    Args:
        model: called with an array (n, 2) of the dtype of ``X``. It returns scores (n, classes), of which the softmax
            is taken; or, for two classes, (n,) or (n, 1): class 1 where the score is above 0, with the
            probability sigmoid(score). A module is copied, and the copy runs in eval mode without recording.
        X: the points, (samples, 2).
        y: their classes, (samples,): 0, 1, 2 ...; for two classes also -1 and 1.
        probabilities: the model returns probabilities, not scores.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure.

    Raises:
        DTypeError: a model that cannot be called; points that are no real numbers.
        ShapeError: points that are not (samples, 2), classes or outputs that do not fit them.
        SelectionError: a class that the model does not know.
        OptionError: probabilities that are not from 0 to 1.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_regions(lambda x: x[:, 0] - x[:, 1], [[0.0, 1.0], [1.0, 0.0]], [0, 1])
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['class 0', 'class 1']
    """
    if not callable(model):
        method = "predict_proba, and probabilities=True" if hasattr(model, "predict_proba") else "that gives scores"
        raise DTypeError(f"plot_regions: a {type(model).__name__} cannot be called; pass its method {method}.")
    points, labels = checked_points("plot_regions", X, "(samples, 2)"), np.asarray(y)
    if points.shape[1] != 2:
        raise ShapeError(f"plot_regions: X has shape {points.shape}; expected (samples, 2). Of more features, choose "
                         "two, or look at plot_projection.")
    if labels.shape != points.shape[:1]:
        raise ShapeError(f"plot_regions: y has shape {labels.shape}; expected a class for each of the {len(points)} "
                         "points.")
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, 0.08 * (high - low), 1.0)
    (left, bottom), (right, top) = low - margin, high + margin
    grid = np.stack(np.meshgrid(np.linspace(left, right, _SIDE), np.linspace(bottom, top, _SIDE)), axis=-1)
    shares = _shares(model, grid.reshape(-1, 2).astype(points.dtype), probabilities)
    classes = _classes(labels, shares.shape[1])
    figure = canvas("plot_regions", path, figure, (4.6, 4.4))
    axes = figure.subplots()
    winners = np.where(np.isnan(shares).any(axis=1), -1, shares.argmax(axis=1))
    axes.imshow(_shaded(shares, winners).reshape(_SIDE, _SIDE, 4), extent=(left, right, bottom, top), origin="lower",
                aspect="auto", interpolation="none")
    _draw_borders(axes, grid, shares, winners)
    signs = ("-1", "1") if -1 in labels else None
    shown = sorted({*classes.tolist(), *winners.tolist()} - {-1})
    draw_points(axes, points, classes, {i: f"class {signs[i] if signs else i}" for i in shown})
    axes.set(xlabel="feature 1", ylabel="feature 2")
    bare(axes)
    figure.legend(loc="outside lower center", ncols=min(len(shown), 5), frameon=False, fontsize=8, markerscale=1.4)
    return finished(figure, path, title)


def _shares(model: Any, places: np.ndarray, probabilities: bool) -> np.ndarray:
    """The probability of each class, (places, classes)."""
    with no_grad():
        output = quiet_copy(model)(places)
    scores = np.asarray(output.data if isinstance(output, Tensor) else output, dtype=float)
    if scores.ndim not in (1, 2) or len(scores) != len(places) or not scores.size:
        raise ShapeError(f"plot_regions: for inputs {places.shape} the model returned {scores.shape}; expected scores "
                         f"({len(places)}, classes), or ({len(places)},) for two classes.")
    scores = scores.reshape(len(places), -1)
    if scores.shape[1] == 1:
        scores = np.hstack([1 - scores, scores]) if probabilities else np.hstack([np.zeros_like(scores), scores])
    if probabilities:
        if scores.min() < 0 or scores.max() > 1:
            raise OptionError(f"plot_regions: the model returned {scores.min():.3g} to {scores.max():.3g}, which are "
                              "no probabilities; leave probabilities=True out.")
        return scores
    with np.errstate(invalid="ignore"):  # infinite scores become NaN, which is white
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _classes(labels: np.ndarray, count: int) -> np.ndarray:
    """Labels as 0 to count - 1."""
    found = set(labels.tolist())
    if count == 2 and -1 in found and found <= {-1, 1}:
        return (labels > 0).astype(int)
    if not found <= set(range(count)):
        strange = sorted(found - set(range(count)), key=str)[0]
        raise SelectionError(f"plot_regions: y has the class {strange!r}, but the model has {count} classes; expected "
                             f"0 to {count - 1}.")
    return labels.astype(int)


def _shaded(shares: np.ndarray, winners: np.ndarray) -> np.ndarray:
    """The colour of the likeliest class, (places, 4); white where an output is NaN."""
    from matplotlib.colors import to_rgb

    least = 1 / shares.shape[1]
    sure = (shares.max(axis=1) - least) / (1 - least)
    colours = np.array([to_rgb(colour_of(i)) for i in range(shares.shape[1])])
    opaque = 0.12 + 0.33 * np.minimum(np.nan_to_num(sure) * _SHADES // 1, _SHADES - 1) / (_SHADES - 1)
    return np.column_stack([colours[winners], np.where(winners < 0, 0, opaque)])


def _draw_borders(axes: Any, grid: np.ndarray, shares: np.ndarray, winners: np.ndarray) -> None:
    """A line around the region of each class; hatching where its colour has been used before."""
    x, y = grid[0, :, 0], grid[:, 0, 1]
    for i in set(winners.tolist()) - {-1}:
        lead = shares[:, i] - np.delete(shares, i, axis=1).max(axis=1)
        if (winners != i).any():
            axes.contour(x, y, lead.reshape(_SIDE, _SIDE), levels=[0.0], colors=text_colour(), linewidths=0.7)
        if is_hollow(i):
            area = axes.contourf(x, y, (winners == i).reshape(_SIDE, _SIDE), levels=[0.5, 1.5], colors="none",
                                 hatches=["////"])
            area.set(edgecolor=colour_of(i), linewidth=0)
