"""What comes out of each layer, from the first to the last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.debugging.activations import Slopes
from autograd_core.debugging.symptoms import always_off
from autograd_core.errors import ShapeError

from ..pictures.captions import short
from ..pictures.flags import Trouble
from .canvas import COLOURS, bare, canvas, finished
from .outputs import Output, outputs_of
from .rows import Said, label_rows, say_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = 50
_LARGEST = 1e200  # matplotlib's margins and ticks overflow near 1e300
_TWO_LINES = 24  # rows that are high enough for them


def plot_activations(model: Any, inputs: Any = None, *, path: str | Path | None = None, title: str | None = None,
                     figure: Figure | None = None) -> Figure:
    """Plot a histogram of what each activation puts out, the first at the top, all on one scale.

    Each histogram has its own height, and leaves exact zeros out, which would hide the rest after a ReLU. At the
    right stands how many those are, the standard deviation, and how many outputs of functions such as Sigmoid are
    saturated (slope below 0.01) or how many units of those such as ReLU are dead (slope 0 for all samples). Of more
    than 48 layers, each label stands for several, of which the worst is described.

    Args:
        model: a model with ``named_modules()``, of which a copy is run, with its hooks, in the mode (train or eval) it
            is in. Shown are the layers that apply one function to each element, such as Tanh and PReLU: what they
            record are elementwise operations, and not arithmetic alone, as in dropout. If there are none, because
            activations are called as functions in a ``forward``, all layers are shown but dropouts and their like, and
            the picture says so. Or a mapping from names to outputs, arrays or Tensors (samples, units).
        inputs: what to call the model with; a tuple for several arguments.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure.

    Raises:
        DTypeError: neither a model with inputs nor a mapping without; an output that is no real numbers.
        ShapeError: nothing to show: no layers, or an output without elements.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> figure = plot_activations({"relu": np.array([[0.0, 2.0], [0.0, 1.0]])})
        >>> figure.axes[0].texts[0].get_text().splitlines()
        ['std 0.83, 50% zeros', '1 of 2 units always 0']
    """
    outputs, kind = outputs_of("plot_activations", model, inputs)
    if not outputs or not all(output.values.size for output in outputs.values()):
        raise ShapeError("plot_activations: there is nothing to show: no layers, or an output without elements.")
    figure = canvas("plot_activations", path, figure, (6.8, 1.0 + min(0.42 * len(outputs), 10)))
    axes = figure.subplots()
    low, high = _span([output.values for output in outputs.values()])
    for row, output in enumerate(outputs.values()):
        values = output.values[np.isfinite(output.values) & (output.values != 0)]
        heights, edges = np.histogram(values, bins=_BINS, range=(low, high))
        tops = row + 0.42 - 0.84 * heights / max(heights.max(), 1)  # the axis points down
        axes.stairs(tops, edges, baseline=row + 0.42, fill=True, color=COLOURS[0])
    names = list(outputs)
    say_rows(axes, names, [_said(output, "\n" if len(outputs) <= _TWO_LINES else ", ") for output in outputs.values()])
    label_rows(axes, names)
    axes.set(xlim=(low, high), xlabel=kind)
    bare(axes)
    return finished(figure, path, title)


def _span(outputs: list[np.ndarray]) -> tuple[float, float]:
    """A range that shows nearly all of every layer."""
    all_finite = [values[np.isfinite(values)].astype(float).clip(-_LARGEST, _LARGEST) for values in outputs]
    ends = [np.quantile(finite, (0.002, 0.998)) for finite in all_finite if finite.size]
    low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (0.0, 1.0)
    margin = 0.03 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def _said(output: Output, between: str) -> Said:
    """What is said of a layer, its numbers and its units, and what is wrong with it."""
    values = output.values
    finite, zeros = np.isfinite(values), float((values == 0).mean())
    numbers = [f"{Trouble.BROKEN.icon} {1 - finite.mean():.0%} NaN or inf"] if not finite.all() else []
    with np.errstate(over="ignore"):  # then it is inf
        numbers += [f"std {short(float(values[finite].std(dtype=float)))}"] if finite.any() else []
    numbers += [f"{zeros:.0%} zeros"] if zeros >= 0.005 else []
    units, trouble = _of_slopes(output)
    return Said(between.join(filter(None, [", ".join(numbers), units])), trouble if finite.all() else Trouble.BROKEN)


def _of_slopes(output: Output) -> tuple[str, Trouble | None]:
    """How much is saturated or dead, if that is known, and whether that is trouble."""
    if output.activation is None:
        zero = always_off(output.values)
        return f"{zero.sum():,} of {zero.size:,} units always 0" if zero.any() else "", None
    slopes = Slopes.of(output.activation)
    if slopes.is_saturated():
        return f"{Trouble.SATURATED.title} {slopes.flat:.0%}", Trouble.SATURATED
    if slopes.saturates:
        return f"{slopes.flat:.0%} saturated", None
    off = f"{slopes.off:,} of {slopes.units:,} units"
    if slopes.is_dead():
        return f"{Trouble.DEAD.title} {off}", Trouble.DEAD
    return f"{off} {'dead' if slopes.batch > 1 else 'off'}", None
