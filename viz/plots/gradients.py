"""The gradient of every parameter, from the first layer to the last."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_core import Tensor
from autograd_core.debugging.measure import rms
from autograd_core.debugging.symptoms import HUGE, TINY
from autograd_core.errors import DTypeError

from ..pictures.captions import short
from ..pictures.flags import Trouble
from .canvas import COLOURS, GREY, bare, canvas, finished, height_of, label_rows, logarithmic
from .names import Kind, kind_of, layer_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Mark(NamedTuple):
    """Where a parameter is drawn, and what is said of it."""

    size: float  # NaN: no place on the axis
    words: str = ""
    colour: str = "black"


_LOOKS: dict[Kind, tuple[str, str]] = {
    "weights": ("o-", COLOURS[0]), "biases": ("^--", COLOURS[1]), "others": ("s", COLOURS[2]),
}


def plot_gradients(model: Any, path: str | Path | None = None, *, title: str | None = None,
                   figure: Figure | None = None) -> Figure:
    """Plot the size of each parameter's gradient, after ``loss.backward()``.

    The size is the root mean square over the parameter's elements, on a logarithmic axis: what a typical element gets,
    so that layers of different sizes can be compared. (A norm also grows with the number of elements.) The
    guides are those of ``ag.explain`` and of the flags in drawings. What has no place on the axis is said in words.

    Args:
        model: anything with ``named_parameters()``; or a mapping from names to parameters; or one from names to
            gradients, which are arrays, Tensors that do not require grad, or None.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure: a row for each layer, the first at the top.

    Raises:
        DTypeError: a model without parameters, or what is neither a model nor gradients.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> figure = plot_gradients({"0.weight": np.ones((3, 2)), "0.bias": None})
        >>> [text.get_text() for text in figure.axes[0].texts if "bias" in text.get_text()]
        ['biases ○ NO GRAD']
    """
    marks = {name: _mark(gradient) for name, gradient in _gradients(model).items()}
    layers = list(dict.fromkeys(map(layer_of, marks)))
    figure = canvas("plot_gradients", path, figure, (6.4, height_of(len(layers))))
    axes: Any = figure.subplots()
    for kind, (style, colour) in _LOOKS.items():
        of_kind = {name: mark.size for name, mark in marks.items() if kind_of(name) == kind}
        if of_kind:
            rows = [layers.index(layer_of(name)) for name in of_kind]
            axes.plot(list(of_kind.values()), rows, style, color=colour, markersize=5, linewidth=1.2, label=kind)
    for row, layer in enumerate(layers):
        _say(axes, row, {kind_of(name): mark for name, mark in marks.items() if layer_of(name) == layer})
    for guide, trouble, side in ((TINY, Trouble.VANISHING, "below"), (HUGE, Trouble.EXPLODING, "above")):
        axes.axvline(guide, color=GREY, linestyle=":", linewidth=1.2)
        axes.annotate(f"{trouble.icon} {side} {guide:g}", (guide, 1), (0, 3), xycoords=axes.get_xaxis_transform(),
                      textcoords="offset points", ha="left" if guide < 1 else "right", fontsize=7.5, color=GREY)
    logarithmic(axes.set_xlim, axes.set_xscale, [TINY, HUGE, *(mark.size for mark in marks.values())])
    axes.set_xlabel("RMS of the gradient")
    label_rows(axes, layers)
    axes.grid(alpha=0.25, linewidth=0.6)
    bare(axes)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return finished(figure, path, title)


def _gradients(model: Any) -> dict[str, Any]:
    """By name, an array, None where no gradient arrived, or "frozen"."""
    parameters = hasattr(model, "named_parameters")
    entries = dict(model.named_parameters()) if parameters else model
    if not isinstance(entries, Mapping) or not entries:
        raise DTypeError(f"plot_gradients: expected a model with parameters, or a mapping from names to gradients; got "
                         f"{type(model).__name__}{' without parameters' if parameters else ''}.")
    if parameters or any(_learns(entry) for entry in entries.values()):
        return {str(name): p.grad if p.requires_grad else "frozen" for name, p in entries.items()}
    for name, gradient in entries.items():
        if gradient is not None and np.asarray(_array(gradient)).dtype.kind not in "fiu":
            raise DTypeError(f"plot_gradients: {name!r} is a {type(gradient).__name__}; expected an array of numbers, "
                             "a Tensor, or None.")
    return {str(name): gradient for name, gradient in entries.items()}


def _array(gradient: Any) -> Any:
    return gradient.data if isinstance(gradient, Tensor) else gradient


def _learns(entry: Any) -> bool:
    return isinstance(entry, Tensor) and entry.requires_grad and entry.is_leaf


def _mark(gradient: Any) -> _Mark:
    if gradient is None:
        return _Mark(math.nan, Trouble.NO_GRAD.title, Trouble.NO_GRAD.colour)
    if isinstance(gradient, str):
        return _Mark(math.nan, gradient, GREY)
    with np.errstate(all="ignore"):  # NaN and inf are shown, not warned about
        size = rms(_array(gradient))
    if not math.isfinite(size):
        return _Mark(math.nan, f"{Trouble.BROKEN.icon} {short(size)}", Trouble.BROKEN.colour)
    if size == 0:
        return _Mark(math.nan, "exactly 0", "black")
    trouble = Trouble.VANISHING if size < TINY else Trouble.EXPLODING if size > HUGE else None
    return _Mark(size, trouble.title, trouble.colour) if trouble else _Mark(size)


def _say(axes: Any, row: int, marks: dict[Kind, _Mark]) -> None:
    """What is to be said of a layer, at the right: once if it goes for all its parameters."""
    said = {kind: mark.words for kind, mark in marks.items() if mark.words}
    if not said:
        return
    alike = len(said) > 1 and len(set(said.values())) == 1
    words = next(iter(said.values())) if alike else ", ".join(f"{kind} {said[kind]}" for kind in said)
    axes.text(1.02, row, words, color=marks[next(iter(said))].colour, fontsize=8, va="center",
              transform=axes.get_yaxis_transform())
