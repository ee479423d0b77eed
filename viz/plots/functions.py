"""Functions of one variable, and their derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Tensor, enable_grad, gradients, no_grad, tensor
from autograd_core.errors import DTypeError, OptionError, ShapeError

from .canvas import COLOURS, bare, canvas, finished, literal
from .copies import quiet_copy
from .jumps import Curve, curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Function = Callable[[Any], Any]

_COLUMNS = 4
_STEEP = 5  # from this on, the few values that go up a pole are left out
_MANY = 0.01  # the share of infinite values from which on it is said
_POINTS = 400  # even, so that the middle, where kinks are, is not one of them


def plot_functions(functions: Function | Sequence[Function] | Mapping[str, Function], *,
                   span: tuple[float, float] = (-4.0, 4.0), path: str | Path | None = None,
                   title: str | None = None, figure: Figure | None = None) -> Figure:
    """Plot functions, solid, and their derivatives by autograd, dashed: a panel for each.

    Where a curve jumps, as a derivative does at a kink, it has a gap, and a dot where autograd's value lies.

    Args:
        functions: one, several, or a mapping from names. Each maps a Tensor (n,) to a Tensor (n,),
            element by element: ``ag.tanh``, ``nn.GELU()``, ``lambda x: x ** 2``. A module is copied, and the copy runs
            in eval mode.
        span: from where to where.
        path: where to save it (``.png``, ``.svg`` or ``.pdf``), or None. Missing folders are made.
        title: a headline.
        figure: a Figure or SubFigure to draw in.

    Returns:
        The matplotlib Figure.

    Raises:
        DTypeError: what cannot be called.
        ShapeError: no functions, or one that changes the shape.
        OptionError: a span that is not two numbers, the smaller one first.
        FormatError: another suffix.
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> import autograd_core as ag
        >>> figure = plot_functions([ag.tanh, ag.relu])
        >>> [axes.get_title("left") for axes in figure.axes]
        ['tanh', 'relu']
    """
    named = _named(functions)
    left, right = _ends(span)
    x = np.linspace(left, right, _POINTS)
    curves = {name: [curve(values, x) for values in _value_and_slope(name, quiet_copy(f))] for name, f in named.items()}
    columns = min(len(named), _COLUMNS)
    rows = -(-len(named) // columns)
    figure = canvas("plot_functions", path, figure, (2.5 * columns, 2.1 * rows + 0.3))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (name, (function, slope)) in zip(grid, curves.items(), strict=False):
        _draw(axes, function, slope)
        axes.set_title(literal(name), loc="left", fontsize=10, fontweight="bold")
        axes.set_xlim(left, right)
    for axes in grid[len(curves):]:
        axes.remove()
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return finished(figure, path, title)


def _draw(axes: Any, function: Curve, slope: Curve) -> None:
    axes.axhline(0, color="0.75", linewidth=0.6)
    axes.axvline(0, color="0.75", linewidth=0.6)
    for line, colour, dashes, label in ((function, COLOURS[0], "-", "function"),
                                        (slope, COLOURS[1], (0, (4, 1.5)), "derivative")):
        axes.plot(line.x, line.y, color=colour, linestyle=dashes, linewidth=1.8, label=label)
        axes.plot(*line.dots, "o", color=colour, markersize=3.5)
    values = np.concatenate([function.y, slope.y])
    values = values[np.isfinite(values)]
    if values.size and np.ptp(values) > _STEEP * (most := np.ptp(ends := np.quantile(values, (0.03, 0.97)))) > 0:
        axes.set_ylim(ends[0] - 0.1 * most, ends[1] + 0.1 * most)
    if (share := np.isinf(function.y).mean()) > _MANY:
        axes.text(0.03, 0.9, f"infinite in {share:.0%} of the span", transform=axes.transAxes, fontsize=7.5)
    axes.tick_params(labelsize=8, length=2)
    bare(axes)


def _ends(span: Any) -> tuple[float, float]:
    try:
        left, right = map(float, span)
    except (TypeError, ValueError):
        left = right = math.nan
    if not (math.isfinite(left) and math.isfinite(right) and left < right):
        raise OptionError(f"plot_functions: span is {span!r}; expected two numbers, the smaller one first.")
    return left, right


def _named(functions: Any) -> dict[str, Function]:
    if callable(functions) or isinstance(functions, str) or not isinstance(functions, Iterable):
        functions = [functions]
    pairs = ([(str(name), f) for name, f in functions.items()] if isinstance(functions, Mapping) else
             [(getattr(f, "__name__", type(f).__name__), f) for f in functions])
    for _, f in pairs:
        if not callable(f):
            raise DTypeError(f"plot_functions: {f!r} cannot be called; expected functions, such as ag.tanh.")
    named = dict(pairs)
    if not named or len(named) < len(pairs):
        raise ShapeError("plot_functions: expected functions with names that differ, or a mapping from names; got "
                         f"{', '.join(named) or 'none'}.")
    return named


def _value_and_slope(name: str, function: Function) -> list[Callable[[np.ndarray], np.ndarray]]:
    def value(x: np.ndarray) -> np.ndarray:
        with no_grad():
            return np.asarray(applied(tensor(x)).data, dtype=float)

    def slope(x: np.ndarray) -> np.ndarray:
        place = tensor(x, requires_grad=True)
        with enable_grad(), np.errstate(all="ignore"):
            y = applied(place)
            found = gradients(y.sum(), place)[0].data if y.requires_grad else np.zeros(x.shape)
        return np.where(np.isfinite(y.data), found, np.nan)  # no slope where there is no value

    def applied(x: Tensor) -> Tensor:
        with np.errstate(all="ignore"):  # a function may be undefined in parts of the span
            y = function(x)
        if not isinstance(y, Tensor) or y.shape != x.shape:
            got = f"shape {y.shape}" if isinstance(y, Tensor) else f"a {type(y).__name__}"
            raise ShapeError(f"plot_functions: {name} made {got} of a Tensor {x.shape}; expected a Tensor of the same "
                             "shape, made element by element.")
        return y

    return [value, slope]
