"""Pooling: the largest element, or the mean, of every window of a picture or a signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..recording import Primitive
from .define import apply, composite
from .domains import Case, Cases
from .padding import pad
from .windows import as_tuple, at_offset, overlap_add, window_count

__all__ = ["avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d"]

Sizes = int | Sequence[int]
Tuple = tuple[int, ...]


def _parts(x: Any, size: Tuple, stride: Tuple, dilation: Tuple) -> list[Any]:
    """For each offset in the window, the elements that stand there; the windows slide along the last axes."""
    axes = range(x.ndim - len(size), x.ndim)
    counts = dict(zip(axes, map(window_count, x.shape[axes.start:], size, stride, dilation), strict=True))
    counted = [counts.get(i, n) for i, n in enumerate(x.shape)]
    return [x[at_offset(x.ndim, axes, counted, offset, stride, dilation)] for offset in np.ndindex(*size)]


def _added_up(parts: Any, x_shape: Tuple, size: Tuple, stride: Tuple, dilation: Tuple) -> Any:
    """What belongs to the offsets, (*size, *windows), added up where windows overlap."""
    n = len(size)
    windows = parts.transpose((*range(n, parts.ndim), *range(n)))
    axes = tuple(range(len(x_shape) - n, len(x_shape)))
    return apply(overlap_add, windows, x_shape, size, axes, stride=stride, dilation=dilation)


def _to_the_largest(g: Any, x: Any, y: Any, x_shape: Tuple, size: Tuple, stride: Tuple, dilation: Tuple) -> Any:
    """``g`` where the window has its largest element; ties share evenly."""
    largest = np.stack([part == y for part in _parts(x, size, stride, dilation)])
    ties = largest.sum(axis=0)
    share = g / np.maximum(ties, 1).astype(g.dtype)  # 0 ties: NaN is among them
    return _added_up((share * largest).reshape((*size, *y.shape)), x_shape, size, stride, dilation)


def _to_all(g: Any, x_shape: Tuple, size: Tuple, stride: Tuple, dilation: Tuple) -> Any:
    return _added_up(np.broadcast_to(g, (*size, *g.shape)), x_shape, size, stride, dilation)


_OPTIONS = ("size", "stride", "dilation")
_max_pool = Primitive("max_pool", lambda x, **o: np.array(reduce(np.maximum, _parts(x, **o))), {"x": _to_the_largest},
                      options=_OPTIONS)
_sum_pool = Primitive("sum_pool", lambda x, **o: np.array(reduce(np.add, _parts(x, **o))), {"x": _to_all},
                      options=_OPTIONS)


def _pool(op: Primitive, name: str, n: int, x: Any, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
          dilation: Sizes, border: float) -> tuple[Any, Tuple, Tuple, Tuple]:
    shape = np.shape(x)
    try:
        if len(shape) not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 2} axes, or {n + 1} without the batch.")
        size, margins = as_tuple(kernel_size, n), as_tuple(padding, n)
        steps, gaps = as_tuple(kernel_size if stride is None else stride, n), as_tuple(dilation, n)
        if any(p < 0 or 2 * p > k for p, k in zip(margins, size, strict=True)):
            raise ValueError(f"padding={padding} must be at most half of the window {kernel_size}.")
        for i, k, s, p, d in zip(shape[-n:], size, steps, margins, gaps, strict=True):
            window_count(i + 2 * p, k, s, d)
    except ValueError as error:
        raise ShapeError(f"{name}: shape {shape}, kernel_size={kernel_size}: {error}") from None
    if any(margins):
        widths = [(0, 0)] * (len(shape) - n) + [(p, p) for p in margins]
        x = pad(x, widths, constant_values=border) if border else pad(x, widths)
    return op(x, size=size, stride=steps, dilation=gaps), size, steps, margins


def _mean(name: str, n: int, x: Any, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
          count_include_pad: bool) -> Any:
    total, size, steps, margins = _pool(_sum_pool, name, n, x, kernel_size, stride, padding, 1, 0.0)
    if count_include_pad or not any(margins):
        return total / math.prod(size)
    inside = np.pad(np.ones(np.shape(x)[-n:], total.dtype), [(p, p) for p in margins])
    return total / _sum_pool.forward(inside, size=size, stride=steps, dilation=(1,) * n)


@composite(kink="ties share evenly", over=Cases((
    Case(((2, 2, 5),), {"kernel_size": 2}),
    Case(((1, 6),), {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 2}))))
def max_pool1d(x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
               dilation: Sizes = 1) -> Any:
    """The largest element of every window. It gets the gradient; ties share evenly.

    Args:
        x: Tensor or array (batch, channels, length), or without the batch.
        kernel_size: the size of the window.
        stride: how far the window moves; by its size if not given.
        padding: how many elements, smaller than all others, stand at both ends.
        dilation: how far apart the elements of the window are.

    Returns:
        Tensor (batch, channels, length').

    Raises:
        ShapeError: a window that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.max_pool1d(ag.tensor([[[1.0, 3.0, 2.0, 0.0]]]), 2)
        tensor([[[3., 2.]]])
    """
    return _pool(_max_pool, "max_pool1d", 1, x, kernel_size, stride, padding, dilation, -math.inf)[0]


@composite(kink="ties share evenly", over=Cases((
    Case(((2, 1, 4, 5),), {"kernel_size": 2}), Case(((0, 1, 2, 2),), {"kernel_size": 2}),
    Case(((1, 3, 4),), {"kernel_size": (3, 2), "stride": (1, 2), "padding": 1}))))
def max_pool2d(x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
               dilation: Sizes = 1) -> Any:
    """The largest element of every window. It gets the gradient; ties share evenly.

    Args:
        x: Tensor or array (batch, channels, height, width), or without the batch.
        kernel_size: the size of the window; one number, or one for each axis, as with all that follow.
        stride: how far the window moves; by its size if not given.
        padding: how many elements, smaller than all others, stand on every side.
        dilation: how far apart the elements of the window are.

    Returns:
        Tensor (batch, channels, height', width').

    Raises:
        ShapeError: a window that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.max_pool2d(ag.tensor([[[1.0, 3.0], [2.0, 0.0]]]), 2)
        tensor([[[3.]]])
    """
    return _pool(_max_pool, "max_pool2d", 2, x, kernel_size, stride, padding, dilation, -math.inf)[0]


@composite(over=Cases((Case(((2, 2, 5),), {"kernel_size": 2}),
                       Case(((1, 5),), {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}))))
def avg_pool1d(x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, *,
               count_include_pad: bool = True) -> Any:
    """The mean of every window.

    Args:
        x: Tensor or array (batch, channels, length), or without the batch.
        kernel_size: the size of the window.
        stride: how far the window moves; by its size if not given.
        padding: how many zeros stand at both ends.
        count_include_pad: whether these zeros count as elements.

    Returns:
        Tensor (batch, channels, length').

    Raises:
        ShapeError: a window that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.avg_pool1d(ag.tensor([[[1.0, 3.0, 2.0, 0.0]]]), 2)
        tensor([[[2., 1.]]])
    """
    return _mean("avg_pool1d", 1, x, kernel_size, stride, padding, count_include_pad)


@composite(over=Cases((
    Case(((2, 1, 4, 5),), {"kernel_size": 2}), Case(((0, 1, 2, 2),), {"kernel_size": 2}),
    Case(((1, 3, 4),), {"kernel_size": (3, 2), "stride": 1, "padding": 1, "count_include_pad": False}))))
def avg_pool2d(x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, *,
               count_include_pad: bool = True) -> Any:
    """The mean of every window.

    Args:
        x: Tensor or array (batch, channels, height, width), or without the batch.
        kernel_size: the size of the window; one number, or one for each axis, as with all that follow.
        stride: how far the window moves; by its size if not given.
        padding: how many zeros stand on every side.
        count_include_pad: whether these zeros count as elements.

    Returns:
        Tensor (batch, channels, height', width').

    Raises:
        ShapeError: a window that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.avg_pool2d(ag.tensor([[[1.0, 3.0], [2.0, 0.0]]]), 2)
        tensor([[[1.5]]])
    """
    return _mean("avg_pool2d", 2, x, kernel_size, stride, padding, count_include_pad)
