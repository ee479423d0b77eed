"""Borders around an array, in every way that NumPy knows and that has a derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError
from .define import composite
from .domains import Cases, over_shapes
from .elementwise import astype
from .indexing import getitem, scatter_add
from .joining import concatenate
from .reductions import max as _max
from .reductions import mean as _mean
from .reductions import min as _min
from .selecting import take
from .shapes import broadcast_to

__all__ = ["pad"]

Widths = int | Sequence[Any] | Mapping[int, Any]
_STATISTICS: dict[str, Callable[..., Any]] = {"maximum": _max, "mean": _mean, "minimum": _min}
_MIRRORS = ("edge", "reflect", "symmetric", "wrap")
_OPTION = {"constant": "constant_values", "linear_ramp": "end_values", **dict.fromkeys(_STATISTICS, "stat_length")}


@composite(numpy=np.pad, over=Cases(
    over_shapes((3,), (2, 3), (0, 2), pad_width=1) + over_shapes((2, 3), pad_width=((1, 0), (0, 2)), constant_values=4)
    + over_shapes((2,), pad_width=(1, 2), constant_values=(1, 2))
    + over_shapes((2, 3), pad_width={-1: (1, 5)}, mode="edge")
    + over_shapes((3,), pad_width=(4, 5), mode="reflect") + over_shapes((2, 2), pad_width=3, mode="symmetric")
    + over_shapes((2, 3), pad_width=((1, 5),), mode="wrap")
    + over_shapes((2, 3), pad_width=((2, 0), (1, 3)), mode="linear_ramp", end_values=((0, 0), (-2, 5)))
    + over_shapes((3, 2), pad_width=(1, 2), mode="mean") + over_shapes((3,), pad_width=2, mode="mean", stat_length=2)
    + over_shapes((3, 2), pad_width=1, mode="maximum") + over_shapes((3,), pad_width=(0, 1), mode="minimum")))
def pad(x: Any, pad_width: Widths, mode: str = "constant", **options: Any) -> Any:
    """``x`` with a border, one axis after the other. What the border repeats gets its gradient too.

    Args:
        x: Tensor or array.
        pad_width: how wide: a number, (before, after), one pair for each axis, or a dict of these by axis.
        mode: "constant" (see ``constant_values``), the nearest element ("edge"), the elements mirrored at the edge
            ("reflect"), mirrored with the edge itself ("symmetric") or from the other end ("wrap"), a slope from the
            edge down to ``end_values`` ("linear_ramp"), or the "maximum", "mean" or "minimum" along the axis.
        options: ``constant_values`` (0) and ``end_values`` (0), given like ``pad_width``, Tensors among them;
            ``stat_length``, how many elements at each end the "maximum", "mean" or "minimum" is of (all of them).

    Returns:
        Tensor of the dtype of ``x``.

    Raises:
        ShapeError: widths that are negative or not one pair for each axis; mirrors of an axis without elements.
        UnsupportedError: another mode, or an option that the mode does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.pad(ag.tensor([1.0, 2.0, 3.0]), 2, mode="reflect")
        tensor([3., 2., 1., 2., 3., 2., 1.])
    """
    if mode not in (*_MIRRORS, *_OPTION) or not isinstance(mode, str):
        raise UnsupportedError(f"pad: mode={mode!r} has no derivative rule; use one of {[*_MIRRORS, *_OPTION]}.")
    given = options.pop(_OPTION[mode], None) if mode in _OPTION else None
    if options.get("reflect_type") == "even":
        del options["reflect_type"]
    if options:
        raise UnsupportedError(f"pad: mode={mode!r} does not take the options {sorted(options)}.")
    widths = _widths(x, pad_width)
    shape = tuple(before + n + after for (before, after), n in zip(widths, np.shape(x), strict=True))
    if mode == "constant" and given is None:
        inside = tuple(slice(before, before + n) for (before, _), n in zip(widths, np.shape(x), strict=True))
        return scatter_add(x, inside, shape)
    parameters = _pairs(given, len(widths), "stat_length" if mode in _STATISTICS else _OPTION.get(mode, ""))
    for axis, (width, parameter) in enumerate(zip(widths, parameters, strict=True)):
        if any(width):
            x = _pad_axis(x, axis, width, mode, parameter)
    return x if any(map(any, widths)) else getitem(x, ...)


def _pad_axis(x: Any, axis: int, width: tuple[int, int], mode: str, parameter: tuple[Any, Any]) -> Any:
    """``x`` between two strips."""
    n = np.shape(x)[axis]
    if mode in _MIRRORS:
        if not n:
            raise ShapeError(f"pad: mode={mode!r} has nothing to repeat in shape {np.shape(x)} along axis {axis}.")
        source = np.pad(np.arange(n), width, mode)  # type: ignore[call-overload]  # one of its modes
        strips = [take(x, source[:width[0]], axis), take(x, source[width[0] + n:], axis)]
    else:
        strips = [_strip(x, axis, side, width[side], mode, parameter[side]) for side in (0, 1)]
    return concatenate([strips[0], x, strips[1]], axis)


def _strip(x: Any, axis: int, side: int, width: int, mode: str, parameter: Any) -> Any:
    shape = tuple(width if i == axis else n for i, n in enumerate(np.shape(x)))
    before = (slice(None),) * axis
    if mode == "constant":
        return broadcast_to(astype(0 if parameter is None else parameter, x.dtype), shape)
    if mode in _STATISTICS:
        n = np.shape(x)[axis]
        length = n if parameter is None else min(n, parameter)
        part = slice(n - length, None) if side else slice(length)
        return broadcast_to(_STATISTICS[mode](getitem(x, (*before, part)), axis, keepdims=True), shape)
    end = astype(0 if parameter is None else parameter, x.dtype)
    edge = getitem(x, (*before, slice(-1, None) if side else slice(1)))
    steps = np.arange(width, dtype=x.dtype)[::-1 if side else 1]
    return steps.reshape((-1,) + (1,) * (x.ndim - axis - 1)) * ((edge - end) / max(1, width)) + end


def _widths(x: Any, pad_width: Widths) -> list[tuple[int, int]]:
    ndim = np.ndim(x)
    if isinstance(pad_width, Mapping):
        if not all(-ndim <= axis < ndim for axis in pad_width):
            raise ShapeError(f"pad: pad_width={pad_width} names an axis that shape {np.shape(x)} does not have.")
        by_axis = {axis % ndim: width for axis, width in pad_width.items()}
        pad_width = [_pairs(by_axis.get(axis, 0), 1, "pad_width")[0] for axis in range(ndim)]
        if not pad_width:
            return []
    widths = _pairs(pad_width, ndim, "pad_width")
    if any(not isinstance(n, (int, np.integer)) or n < 0 for width in widths for n in width):
        raise ShapeError(f"pad: pad_width={pad_width}; expected integers that are not negative.")
    return [(int(before), int(after)) for before, after in widths]


def _pairs(given: Any, ndim: int, what: str) -> list[tuple[Any, Any]]:
    """One (before, after) for every axis, from the forms that NumPy takes."""
    shape = _nesting(given)
    if shape in ((), (1,), (1, 1)):
        for _ in shape:
            given = given[0]
        return [(given, given)] * ndim
    if shape == (2,):
        return [(given[0], given[1])] * ndim
    if shape == (1, 2):
        return [(given[0][0], given[0][1])] * ndim
    if shape == (ndim, 1):
        return [(pair[0], pair[0]) for pair in given]
    if shape == (ndim, 2):
        return [(pair[0], pair[1]) for pair in given]
    raise ShapeError(f"pad: {what}={given} is not a number, (before, after), or one pair for each of {ndim} axes.")


def _nesting(given: Any) -> tuple[int, ...]:
    """The shape of nested sequences, in which a Tensor of no dimensions counts as a number."""
    if isinstance(given, (list, tuple)):
        return (len(given), *(_nesting(given[0]) if given else ()))
    return np.shape(given)
