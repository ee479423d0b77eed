"""How a classifier divides the plane."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, no_grad
from autograd_core.errors import OptionError, SelectionError, ShapeError

from .canvas import bare, canvas, finished, literal
from .copies import copy_of
from .points import draw_points, look_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE = 240  # points of the grid along each axis
_SHADES = 6


def plot_regions(model: Any, X: npt.ArrayLike, y: npt.ArrayLike, path: str | Path | None = None, *,
                 probabilities: bool = False, title: str | None = None, figure: Figure | None = None) -> Figure:
    """Plot which class a classifier of two features gives to every place in the plane, and the labelled points.

    The darker a region, the surer the model: the shade is the probability of the likeliest class, in six steps.

    Args:
        model: called with an array (n, 2) of the dtype of ``X``. It returns scores (n, classes), of which the softmax
            is taken; or, for two classes, (n,) or (n, 1): class 1 where the score is above 0, with the
            probability sigmoid(score). A module is copied, and the copy runs in eval mode without recording.
        X: the points, (samples, 2).
        y: their classes, (samples,): 0, 1, 2 ...; for two classes also -1 and 1.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        probabilities: the model returns probabilities, not scores.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure.

    Raises:
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
    points, labels = np.asarray(X), np.asarray(y)
    if points.dtype.kind != "f":
        points = points.astype(float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        raise ShapeError(f"plot_regions: X has shape {points.shape}; expected (samples, 2), all finite. Of more "
                         "features, choose two, or look at plot_projection.")
    if labels.shape != points.shape[:1]:
        raise ShapeError(f"plot_regions: y has shape {labels.shape}; expected a class for each of the {len(points)} "
                         "points.")
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, 0.08 * (high - low), 1.0)
    (left, bottom), (right, top) = low - margin, high + margin
    grid = np.stack(np.meshgrid(np.linspace(left, right, _SIDE), np.linspace(bottom, top, _SIDE)), axis=-1)
    shares = _shares(model, grid.reshape(-1, 2).astype(points.dtype), probabilities)
    names = [f"class {literal(name)}" for name in np.unique(labels)]
    labels = _classes(labels, shares.shape[1])
    figure = canvas("plot_regions", path, figure, (4.6, 4.4))
    axes = figure.subplots()
    axes.imshow(_shaded(shares).reshape(_SIDE, _SIDE, 4), extent=(left, right, bottom, top), origin="lower",
                aspect="auto", interpolation="none")
    draw_points(axes, points, labels)
    axes.set(xlabel="feature 1", ylabel="feature 2")
    bare(axes)
    keys, _ = axes.get_legend_handles_labels()
    figure.legend(keys, names, loc="outside lower center", ncols=min(len(keys), 5), frameon=False, fontsize=8)
    return finished(figure, path, title)


def _shares(model: Any, places: np.ndarray, probabilities: bool) -> np.ndarray:
    """The probability of each class, (places, classes)."""
    model = copy_of(model)
    if hasattr(model, "eval"):
        model.eval()
    with no_grad():
        output = model(places)
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
    if count == 2 and found == {-1, 1}:
        return (labels > 0).astype(int)
    if not found <= set(range(count)):
        strange = sorted(found - set(range(count)), key=str)[0]
        raise SelectionError(f"plot_regions: y has the class {strange!r}, but the model has {count} classes; expected "
                             f"0 to {count - 1}.")
    return labels.astype(int)


def _shaded(shares: np.ndarray) -> np.ndarray:
    """The colour of the likeliest class, (places, 4); white where an output is NaN."""
    from matplotlib.colors import to_rgb

    least = 1 / shares.shape[1]
    sure = (shares.max(axis=1) - least) / (1 - least)
    colours = np.array([to_rgb(look_of(i)[0]) for i in range(shares.shape[1])])
    opaque = 0.12 + 0.33 * np.minimum(np.nan_to_num(sure) * _SHADES // 1, _SHADES - 1) / (_SHADES - 1)
    return np.column_stack([colours[shares.argmax(axis=1)], np.where(np.isnan(sure), 0, opaque)])
