"""Windows that slide over an array, and their transpose, which adds them up again. Each is the other's derivative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .define import apply, primitive
from .domains import Case, Cases, over_shapes

__all__ = ["overlap_add", "sliding_window_view"]

Sizes = int | Sequence[int]


def as_tuple(value: Sizes, count: int) -> tuple[int, ...]:
    """One number for each of ``count`` axes; a single one serves them all."""
    sizes = (value,) * count if isinstance(value, (int, np.integer)) else tuple(value)
    if len(sizes) != count:
        raise ValueError(f"{value} for {count} axes; expected one number, or one for each axis.")
    return tuple(int(size) for size in sizes)


def window_count(n: int, size: int, stride: int, dilation: int) -> int:
    """How many windows fit into an axis of ``n``."""
    if size < 1 or stride < 1 or dilation < 1:
        raise ValueError(f"window {size}, stride {stride}, dilation {dilation}; all must be at least 1.")
    if n < dilation * (size - 1) + 1:
        raise ValueError(f"a window of {size} elements (dilation {dilation}) does not fit into {n}.")
    return (n - dilation * (size - 1) - 1) // stride + 1


def _layout(ndim: int, window_shape: Sizes, axis: Sizes | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of a window, and the axes it slides along."""
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim, allow_duplicate=True)
    if isinstance(window_shape, int) and len(axes) != 1:
        window_shape = (window_shape,)
    sizes = as_tuple(window_shape, len(axes))
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis={axis} names an axis twice.")
    return sizes, axes


def _added_up(g: Any, x_shape: tuple[int, ...], window_shape: Sizes, axis: Sizes | None, stride: Sizes,
              dilation: Sizes) -> Any:
    return apply(overlap_add, g, x_shape, window_shape, axis, stride=stride, dilation=dilation)


@primitive(
    x=_added_up,
    numpy=np.lib.stride_tricks.sliding_window_view, view=True,
    explain=lambda x, window_shape, axis, **_: f"windows of shape {window_shape} do not slide over shape "
                                               f"{np.shape(x)} along axis {axis}.",
    over=Cases(over_shapes((4,), window_shape=2) + over_shapes((3, 4), window_shape=(2, 3))
               + over_shapes((2, 5), (0, 5), window_shape=3, axis=-1)))
def sliding_window_view(x: Any, window_shape: Sizes, axis: Sizes | None = None, *, stride: Sizes = 1,
                        dilation: Sizes = 1) -> Any:
    """Every window of a given shape, without copying. The gradient is :func:`overlap_add`.

    Args:
        x: Tensor or array.
        window_shape: the size of the window, one for each axis it slides along.
        axis: these axes; all by default.
        stride: how far apart windows start. (NumPy has only 1.)
        dilation: how far apart the elements of a window are. (NumPy has only 1.)

    Returns:
        Tensor that shows the memory of ``x``: the axes count the windows, and new axes at the end go through one.

    Raises:
        ShapeError: a window that does not fit, or not one size for each axis.

    Example:
        >>> import autograd_core as ag
        >>> ag.sliding_window_view(ag.tensor([1.0, 2.0, 3.0]), 2)
        tensor([[1., 2.],
                [2., 3.]])
    """
    x = np.asarray(x)
    sizes, axes = _layout(x.ndim, window_shape, axis)
    shape, steps = list(x.shape), list(x.strides)
    inner = []
    for i, size, s, d in zip(axes, sizes, as_tuple(stride, len(axes)), as_tuple(dilation, len(axes)), strict=True):
        shape[i] = window_count(x.shape[i], size, s, d)
        steps[i] *= s
        inner.append(x.strides[i] * d)
    return np.lib.stride_tricks.as_strided(x, (*shape, *sizes), (*steps, *inner), writeable=False)


@primitive(
    windows=lambda g, window_shape, axis, stride, dilation:
        apply(sliding_window_view, g, window_shape, axis, stride=stride, dilation=dilation),
    explain=lambda windows, shape, window_shape, **_: f"windows of shape {window_shape} sliding over shape {shape} "
                                                      f"are not an array of shape {np.shape(windows)}.",
    over=Cases((Case(((3, 2),), {"shape": (4,), "window_shape": 2}),
                Case(((2, 2, 2, 3),), {"shape": (4, 5), "window_shape": (2, 3), "stride": 2}),
                Case(((2, 2, 2),), {"shape": (2, 5), "window_shape": 2, "axis": 1, "stride": 2, "dilation": 2}))))
def overlap_add(windows: Any, shape: tuple[int, ...], window_shape: Sizes, axis: Sizes | None = None, *,
                stride: Sizes = 1, dilation: Sizes = 1) -> Any:
    """Windows added up where they overlap: the transpose of :func:`sliding_window_view`, PyTorch's ``fold``.

    Args:
        windows: Tensor or array, as ``sliding_window_view`` of an array of ``shape`` with the same options gives it.
        shape: the shape of the result.
        window_shape, axis, stride, dilation: as in ``sliding_window_view``.

    Returns:
        Tensor of ``shape``; 0 where no window reaches.

    Raises:
        ShapeError: windows that do not fit the shape.

    Example:
        >>> import autograd_core as ag
        >>> ag.overlap_add(ag.tensor([[1.0, 2.0], [2.0, 3.0]]), (3,), 2)
        tensor([1., 4., 3.])
    """
    windows = np.asarray(windows)
    sizes, axes = _layout(len(shape), window_shape, axis)
    steps, gaps = as_tuple(stride, len(axes)), as_tuple(dilation, len(axes))
    counts = list(shape)
    for i, size, s, d in zip(axes, sizes, steps, gaps, strict=True):
        counts[i] = window_count(shape[i], size, s, d)
    if windows.shape != (*counts, *sizes):
        raise ValueError(f"expected shape {(*counts, *sizes)}.")
    out = np.zeros(shape, windows.dtype)
    for offset in np.ndindex(*sizes):
        out[at_offset(len(shape), axes, counts, offset, steps, gaps)] += windows[(..., *offset)]
    return out


def at_offset(ndim: int, axes: Sequence[int], counts: Sequence[int], offset: Sequence[int], stride: Sequence[int],
              dilation: Sequence[int]) -> tuple[slice, ...]:
    """The index of the elements that stand at ``offset`` in their windows, one for each window."""
    index = [slice(None)] * ndim
    for i, k, s, d in zip(axes, offset, stride, dilation, strict=True):
        index[i] = slice(k * d, k * d + (counts[i] - 1) * s + 1, s)
    return tuple(index)
