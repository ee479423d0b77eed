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

from ..outlines.modules import shared
from ..pictures.captions import short
from ..pictures.flags import Trouble
from .canvas import COLOURS, GREY, bare, canvas, finished, literal, logarithmic
from .names import Kind, kind_of, layer_of
from .rows import Said, height_of, label_rows, say_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Mark(NamedTuple):
    """Where a parameter is drawn, and what is said of it."""

    size: float  # NaN: no place on the axis
    said: Said = Said()


_LOOKS: dict[Kind, tuple[str, str]] = {
    "weights": ("o-", COLOURS[0]), "biases": ("^--", COLOURS[1]), "others": ("s", COLOURS[2]),
}


def plot_gradients(model: Any, *, path: str | Path | None = None, title: str | None = None,
                   figure: Figure | None = None) -> Figure:
    """Plot the size of each parameter's gradient, after ``loss.backward()``.

    The size is the root mean square over the parameter's elements, on a logarithmic axis: what a typical element gets,
    so that layers of different sizes can be compared. (A norm also grows with the number of elements.) The
    guides are those of ``ag.explain`` and of the flags in drawings. What has no place on the axis is said in words, as
    is of weights with several names. Of more than 48 layers, each label stands for several, of which the worst speaks.

    Args:
        model: anything with ``named_parameters()``; or a mapping from names to parameters; or one from names to
            gradients, which are arrays, Tensors that do not require grad, or None.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure: a row for each layer, in the order of ``named_parameters()``, the first at the top.

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
    marks |= {name: _Mark(math.nan, Said(f"tied to {literal(first)}")) for name, first in _ties(model).items()}
    layers = list(dict.fromkeys(map(layer_of, marks)))
    figure = canvas("plot_gradients", path, figure, (6.4, height_of(len(layers))))
    axes: Any = figure.subplots()
    for kind, (style, colour) in _LOOKS.items():
        of_kind = {name: mark.size for name, mark in marks.items() if kind_of(name) == kind}
        if of_kind:
            rows = [layers.index(layer_of(name)) for name in of_kind]
            axes.plot(list(of_kind.values()), rows, style, color=colour, markersize=5, linewidth=1.2, label=kind)
    of_layers: dict[str, dict[Kind, Said]] = {layer: {} for layer in layers}
    for name, mark in marks.items():
        of_layers[layer_of(name)][kind_of(name)] = mark.said
    say_rows(axes, layers, [_of_layer(said) for said in of_layers.values()])
    for guide, trouble, side, ha in ((TINY, Trouble.VANISHING, "below", "right"),
                                     (HUGE, Trouble.EXPLODING, "above", "left")):
        axes.axvline(guide, color=GREY, linestyle=":", linewidth=1.2)
        axes.annotate(f"{trouble.icon} {side} {guide:g}", (guide, 1), (0, 8), xycoords=axes.get_xaxis_transform(),
                      textcoords="offset points", ha=ha, fontsize=7.5, color=GREY)
    logarithmic(axes.set_xlim, axes.set_xscale, [TINY, HUGE, *(mark.size for mark in marks.values())])
    axes.set_xlabel("RMS of the gradient")
    label_rows(axes, layers)
    axes.grid(alpha=0.25, linewidth=0.6)
    bare(axes)
    if set(map(kind_of, marks)) != {"others"}:
        figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return finished(figure, path, title)


def _gradients(model: Any) -> dict[str, Any]:
    """By name, an array, None where no gradient arrived, or "frozen"."""
    parameters = hasattr(model, "named_parameters")
    entries = dict(model.named_parameters()) if parameters else model
    if not isinstance(entries, Mapping) or not entries:
        raise DTypeError(f"plot_gradients: expected a model with parameters, or a mapping from names to gradients; got "
                         f"{type(model).__name__}{' without parameters' if parameters else ''}.")
    if parameters or any(_is_parameter(entry) for entry in entries.values()):
        return {str(name): p.grad if p.requires_grad else "frozen" for name, p in entries.items()}
    for name, gradient in entries.items():
        if gradient is not None and np.asarray(_array(gradient)).dtype.kind not in "fiu":
            raise DTypeError(f"plot_gradients: {name!r} is a {type(gradient).__name__}; expected an array of numbers, "
                             "a Tensor, or None.")
    return {str(name): gradient for name, gradient in entries.items()}


def _array(gradient: Any) -> Any:
    return gradient.data if isinstance(gradient, Tensor) else gradient


def _is_parameter(entry: Any) -> bool:
    learns = isinstance(entry, Tensor) and entry.requires_grad and entry.is_leaf
    return learns or getattr(entry, "role", None) == "parameter"  # a frozen one of a model


def _ties(model: Any) -> dict[str, str]:
    """The further names of parameters that several modules share, and the first name of each."""
    if not (hasattr(model, "named_parameters") and hasattr(model, "named_modules")):
        return {}
    return shared(dict(model.named_modules()), {id(parameter): name for name, parameter in model.named_parameters()})


def _mark(gradient: Any) -> _Mark:
    if gradient is None:
        return _Mark(math.nan, Said(Trouble.NO_GRAD.title, Trouble.NO_GRAD))
    if isinstance(gradient, str):
        return _Mark(math.nan, Said(gradient))
    with np.errstate(all="ignore"):  # NaN and inf are shown, not warned about
        size = rms(_array(gradient))
    if not math.isfinite(size):
        return _Mark(math.nan, Said(f"{Trouble.BROKEN.icon} {short(size)}", Trouble.BROKEN))
    if size == 0:
        return _Mark(math.nan, Said("exactly 0"))
    trouble = Trouble.VANISHING if size < TINY else Trouble.EXPLODING if size > HUGE else None
    return _Mark(size, Said(trouble.title, trouble) if trouble else Said())


def _of_layer(of_kinds: dict[Kind, Said]) -> Said:
    """What is to be said of a layer: once if it goes for all its parameters."""
    said = {kind: said for kind, said in of_kinds.items() if said.words}
    if not said:
        return Said()
    worst = min(said.values(), key=lambda one: one.rank)
    if len({one.words for one in of_kinds.values()}) == 1:
        return worst
    return Said(", ".join(f"{kind} {one.words}" for kind, one in said.items()), worst.trouble)
