"""The gradients of all layers through all of training, in one picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.debugging.symptoms import TINY

from .canvas import GREY, canvas, count_along, finished
from .measures import watched
from .rows import height_of, label_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_gradient_history(watch: Any, *, path: str | Path | None = None, title: str | None = None,
                          figure: Figure | None = None) -> Figure:
    """Plot the logarithm of gradient norms as a heatmap: a row for each layer, a column for each step.

    Gradients come from the bottom: where they vanish, it gets dark towards the top. A column that lights up is a step
    at which they explode, a row that darkens is a layer that stops learning. What is not a number is hatched, exact
    zeros are white, infinities black. The colours reach from 1e-7 to 1 at least, so that healthy runs look alike.

    Args:
        watch: an ``nn.Watch``, of which the gradient norms of the layers' outputs are taken; or a mapping from names
            to norms, one a step. The layers of a watch come in the order in which they first ran.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure: the first layer at the top.

    Raises:
        HistoryError: nothing was measured, or lengths differ.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_gradient_history({"0": [1e-6, 1e-7], "1": [1e-2, float("nan")]})
        >>> figure.axes[0].images[0].get_array().tolist()
        [[-6.0, -7.0], [-2.0, None]]
    """
    steps, norms = watched("plot_gradient_history", watch, "history", lambda layer: layer["gradient_norm"])
    figure = canvas("plot_gradient_history", path, figure, (7.2, height_of(len(norms)) + 0.3))
    from matplotlib import colormaps
    from matplotlib.patches import Patch, Rectangle

    axes: Any = figure.subplots()
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 becomes -inf, which has a colour of its own
        exponents = np.log10(np.stack(list(norms.values())))
    finite = exponents[np.isfinite(exponents)]
    low, high = np.min([*finite, math.log10(TINY)]), np.max([*finite, 0.0])
    colours = colormaps["cividis"].with_extremes(bad=(0, 0, 0, 0), under="white", over="black")
    hatched: dict[str, Any] = {"facecolor": "white", "edgecolor": GREY, "hatch": "////", "linewidth": 0}
    axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, zorder=-1, **hatched))  # seen where NaN is
    shown = np.ma.masked_where(np.isnan(exponents), np.clip(exponents, low - 1, high + 1))
    image = axes.imshow(shown, aspect="auto", interpolation="none", cmap=colours, vmin=low, vmax=high)
    label_rows(axes, list(norms))
    axes.set(xlabel="step", ylabel="layer, first to last")
    count_along(axes.xaxis)
    axes.xaxis.set_major_formatter(lambda at, _: f"{steps[round(at)]:,}" if 0 <= round(at) < len(steps) else "")
    figure.colorbar(image, ax=axes, label="log₁₀ of the gradient norm")
    found: dict[str, tuple[Any, dict[str, Any]]] = {
        "not a number, or not known": (np.isnan(exponents), hatched),
        "exactly 0": (np.isneginf(exponents), {"facecolor": "white", "edgecolor": GREY}),
        "infinite": (np.isposinf(exponents), {"facecolor": "black", "edgecolor": GREY}),
    }
    keys = [Patch(label=label, **look) for label, (where, look) in found.items() if where.any()]
    if keys:
        figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return finished(figure, path, title)
