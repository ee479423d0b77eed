"""How far each step moves each parameter, in relation to its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import COLOURS, GREY, bare, canvas, count_along, finished, literal, logarithmic, text_colour
from .measures import watched
from .names import kind_of, layer_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKERS = "osDPX*"  # of lines, as many as there are COLOURS
USUAL = 1e-3
"""An update of a thousandth of the weights is what one sees where training goes well.

Source: Karpathy, CS231n notes, "Neural Networks Part 3", ratio of weights to updates.
"""


def plot_updates(watch: Any, *, path: str | Path | None = None, title: str | None = None,
                 figure: Figure | None = None) -> Figure:
    """Plot |w_new - w| / |w| of every parameter over the steps, with a guide at 0.001.

    Higher by far: the learning rate is too large. Lower by far: too small, or no gradient arrives. Weights are solid
    and biases dashed; these start near 0, so that their first updates are large. Up to six layers
    have colours and markers of their own; more are shaded from the first (dark) to the last (light). Where nothing is
    known (NaN) there is a gap; in a gap, a mark at the foot says that nothing moved, one at the top that the update was
    infinite.

    Args:
        watch: an ``nn.Watch`` (its ``steps`` and ``updates`` are read), or a mapping from names of parameters to
            numbers, one a step.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure.

    Raises:
        HistoryError: nothing was measured, or lengths differ.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> figure = plot_updates({"0.weight": [0.004, 0.002], "0.bias": [0.1, 0.02]})
        >>> [line.get_label() for line in figure.axes[0].lines]
        ['0.weight', '0.bias', 'usual: 0.001']
    """
    steps, updates = watched("plot_updates", watch, "updates", lambda numbers: numbers)
    layers = list(dict.fromkeys(map(layer_of, updates)))
    figure = canvas("plot_updates", path, figure, (7.2, 4.2))
    axes: Any = figure.subplots()
    looks = _looks(layers)
    for name, values in updates.items():
        _draw(axes, name, steps, values, looks[layer_of(name)])
    axes.axhline(USUAL, color=text_colour(), linestyle=":", linewidth=1.5, label=f"usual: {USUAL:g}")
    logarithmic(axes.set_ylim, axes.set_yscale, [USUAL, *np.concatenate(list(updates.values()))])
    axes.set(xlabel="step", ylabel="|update| / |weight|")
    count_along(axes.xaxis)
    axes.grid(alpha=0.25, linewidth=0.6)
    bare(axes)
    _legend(figure, axes, layers, looks)
    return finished(figure, path, title)


def _looks(layers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A colour and a marker for each layer; of many layers, a shade."""
    if len(layers) <= len(COLOURS):
        return {layer: {"color": COLOURS[i], "marker": _MARKERS[i]} for i, layer in enumerate(layers)}
    from matplotlib import colormaps

    return {layer: {"color": colormaps["cividis"](0.9 * i / (len(layers) - 1))} for i, layer in enumerate(layers)}


def _draw(axes: Any, name: str, steps: np.ndarray, values: np.ndarray, look: Mapping[str, Any]) -> None:
    drawn = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    axes.plot(steps, drawn, "--" if kind_of(name) == "biases" else "-", **look, linewidth=1.3, markersize=4,
              markevery=max(1, len(steps) // 12), label=literal(name))
    for off, height, marker in ((values == 0, 0, "v"), (np.isinf(values), 1, "^")):
        if off.any():
            axes.plot(steps[off], np.full(off.sum(), height), marker, color=look["color"], clip_on=False,
                      transform=axes.get_xaxis_transform())


def _legend(figure: Any, axes: Any, layers: Sequence[str], looks: Mapping[str, Mapping[str, Any]]) -> None:
    """Every line by name; of many layers, a scale from the first to the last."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap
    from matplotlib.lines import Line2D

    drawn = {line.get_marker() for line in axes.lines}
    keys = [Line2D([], [], color=GREY, marker=marker, linestyle="", label=label)
            for marker, label in (("v", "exactly 0"), ("^", "infinite")) if marker in drawn]
    lines, _ = axes.get_legend_handles_labels()
    if len(layers) <= len(COLOURS):
        figure.legend(handles=[*lines, *keys], loc="outside right center", frameon=False, fontsize=8)
        return
    scale = figure.colorbar(ScalarMappable(cmap=ListedColormap([look["color"] for look in looks.values()])), ax=axes)
    scale.set_ticks([0, 1], labels=[f"first: {literal(layers[0])}", f"last: {literal(layers[-1])}"])
    scale.ax.invert_yaxis()
    kinds = [Line2D([], [], color=GREY, linestyle="-", label="weights"),
             Line2D([], [], color=GREY, linestyle="--", label="biases")]
    figure.legend(handles=[*kinds, lines[-1], *keys], loc="outside lower center", ncols=5, frameon=False, fontsize=8)
