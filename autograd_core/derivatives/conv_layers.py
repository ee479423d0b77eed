"""Convolutions as networks use them: (batch, channels, *space) with kernels (outputs, inputs, *window).

One form that is linear in each of three arrays, Σ x·w·g over all positions, channels and offsets in the window, read
in three ways: solved for g it is the convolution, for x the transposed convolution, for w the gradient of the kernel.
Each is the derivative of the other two, so all orders follow.

A block of images at a time is laid out as columns, one for each position of the window, small enough to stay in
the cache; the rest is one matrix product. With stride 1, positions run on over the right border into the next row:
then a whole image is one long stretch of memory, and copying it costs next to nothing; what stands there is cut away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import ShapeError
from ..recording import Primitive, TensorBase
from .define import composite
from .domains import Case, Cases
from .indexing import getitem
from .padding import pad
from .shapes import reshape
from .windows import as_tuple, window_count

__all__ = ["conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"]

Sizes = int | Sequence[int]
_BLOCK = 2**18
"""How many elements of columns to lay out at once."""


class _Plan(NamedTuple):
    """How the windows lie: sizes along each axis of space."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    space: tuple[int, ...]  # of x
    framed: tuple[int, ...]  # of x with its padding
    out: tuple[int, ...]
    wide: tuple[int, ...]  # out, with rows as long as those of the padded x where the stride is 1

    @classmethod
    def of(cls, space: Sequence[int], kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int],
           dilation: Sequence[int], groups: int) -> _Plan:
        if min(padding, default=0) < 0:
            raise ValueError(f"padding={tuple(padding)} must not be negative.")
        framed = tuple(n + 2 * p for n, p in zip(space, padding, strict=True))
        out = tuple(map(window_count, framed, kernel, stride, dilation))
        wide = (*out[:-1], framed[-1]) if set(stride) == {1} else out
        return cls(tuple(kernel), tuple(stride), tuple(padding), tuple(dilation), groups, tuple(space),
                   framed, out, wide)

    @property
    def inside(self) -> tuple[Any, ...]:
        """Where x lies in its frame."""
        return (..., *(slice(p, p + n) for p, n in zip(self.padding, self.space, strict=True)))

    @property
    def valid(self) -> tuple[Any, ...]:
        """Which of the wide positions are positions of the window."""
        return (..., slice(self.out[-1]))

    @property
    def mirrored(self) -> _Plan | None:
        """The convolution with the reversed kernel that is the transpose of this one; None with a stride."""
        reach = [d * (k - 1) - p for k, d, p in zip(self.kernel, self.dilation, self.padding, strict=True)]
        if set(self.stride) != {1} or min(reach) < 0:
            return None
        return _Plan.of(self.out, self.kernel, self.stride, reach, self.dilation, self.groups)

    def frame(self, count: int, channels: int, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
        """Zeros for some images with their padding; and the same memory with room for the last row to run on."""
        size = count * channels * math.prod(self.framed)
        memory = np.zeros(size + self.kernel[-1] * self.dilation[-1], dtype)
        return memory[:size].reshape(count, channels, *self.framed), memory

    def steps(self, frame: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How many bytes to go from one element of a window to the next, and from one window to the next."""
        strides = frame.strides[2:]
        return (tuple(s * d for s, d in zip(strides, self.dilation, strict=True)),
                tuple(s * d for s, d in zip(strides, self.stride, strict=True)))

    def blocks(self, count: int, channels: int) -> Iterator[slice]:
        """Parts of a batch whose columns fit into the cache."""
        size = max(1, _BLOCK // max(1, channels * math.prod(self.kernel) * math.prod(self.wide)))
        return (slice(i, i + size) for i in range(0, count, size))

    def columns(self, x: np.ndarray) -> np.ndarray:
        """(images, groups, channels of a group × window, positions): what each position of the window sees."""
        count, channels = x.shape[:2]
        frame, memory = self.frame(count, channels, x.dtype)
        frame[self.inside] = x
        inner, outer = self.steps(frame)
        windows = np.ndarray((count, channels, *self.kernel, *self.wide), x.dtype, memory, 0,
                             (*frame.strides[:2], *inner, *outer))
        return np.ascontiguousarray(windows).reshape(
            count, self.groups, channels // self.groups * math.prod(self.kernel), math.prod(self.wide))

    def rows(self, g: np.ndarray) -> np.ndarray:
        """(images, groups, channels of a group, positions): ``g`` with 0 where no window stands."""
        if self.wide != self.out:
            wide = np.zeros((*g.shape[:2], *self.wide), g.dtype)
            wide[self.valid] = g
            g = wide
        return g.reshape(len(g), self.groups, g.shape[1] // self.groups, math.prod(self.wide))

    def matrices(self, w: np.ndarray) -> np.ndarray:
        """(groups, outputs of a group, inputs of a group × window)."""
        return w.reshape(self.groups, w.shape[0] // self.groups, w.shape[1] * math.prod(self.kernel))


def _solve_v(x: np.ndarray, w: np.ndarray, plan: _Plan) -> np.ndarray:
    """v[n, o, i] = Σ x[n, c, i + k] w[o, c, k]: the convolution."""
    v = np.empty((len(x), len(w), *plan.out), np.result_type(x, w))
    for block in plan.blocks(*x.shape[:2]):
        product = plan.matrices(w) @ plan.columns(x[block])
        v[block] = product.reshape(-1, len(w), *plan.wide)[plan.valid]
    return v


def _solve_x(v: np.ndarray, w: np.ndarray, plan: _Plan) -> np.ndarray:
    """x[n, c, i + k] = Σ v[n, o, i] w[o, c, k]: the transposed convolution."""
    channels = w.shape[1] * plan.groups
    # A convolution again, where its columns of v are not many more than the columns of x that are added up below:
    # those take 0.7 of its time for 4 times as many channels in v as in x, 0.2 for 20 times.
    if (mirrored := plan.mirrored) is not None and len(w) <= 2 * channels:
        return _solve_v(v, _mirrored(w, plan.groups), mirrored)
    x = np.empty((len(v), channels, *plan.space), np.result_type(v, w))
    transposed = plan.matrices(w).swapaxes(-1, -2)
    for block in plan.blocks(len(v), channels):
        columns = transposed @ plan.rows(v[block])
        frame, memory = plan.frame(len(columns), channels, x.dtype)
        columns = columns.reshape(len(columns), channels, *plan.kernel, *plan.wide)
        inner, outer = plan.steps(frame)
        for offset in np.ndindex(*plan.kernel):
            start = sum(k * step for k, step in zip(offset, inner, strict=True))
            seen = np.ndarray((*frame.shape[:2], *plan.wide), x.dtype, memory, start, (*frame.strides[:2], *outer))
            seen += columns[(slice(None), slice(None), *offset)]
        x[block] = frame[plan.inside]
    return x


def _mirrored(w: np.ndarray, groups: int) -> np.ndarray:
    """The kernel reversed, with inputs and outputs exchanged."""
    outputs, inputs, *kernel = w.shape
    exchanged = w.reshape(groups, outputs // groups, inputs, *kernel).swapaxes(1, 2)
    return np.flip(exchanged, tuple(range(3, exchanged.ndim))).reshape(groups * inputs, outputs // groups, *kernel)


def _solve_w(x: np.ndarray, v: np.ndarray, plan: _Plan) -> np.ndarray:
    """w[o, c, k] = Σ x[n, c, i + k] v[n, o, i]: the gradient of the kernel."""
    inputs, outputs = x.shape[1] // plan.groups, v.shape[1]
    w = np.zeros((plan.groups, inputs * math.prod(plan.kernel), outputs // plan.groups), np.result_type(x, v))
    for block in plan.blocks(*x.shape[:2]):
        w += (plan.columns(x[block]) @ plan.rows(v[block]).swapaxes(-1, -2)).sum(axis=0)
    return np.ascontiguousarray(w.swapaxes(-1, -2)).reshape(outputs, inputs, *plan.kernel)


def _of(reading: Primitive, a: Any, b: Any, plan: _Plan) -> Any:
    recorded = isinstance(a, TensorBase) or isinstance(b, TensorBase)
    return reading(a, b, plan=plan) if recorded else reading.forward(a, b, plan)


_conv: Primitive
_conv_transpose: Primitive
_conv_kernel: Primitive
_conv = Primitive("conv", _solve_v, {
    "x": lambda g, w, plan: _of(_conv_transpose, g, w, plan),
    "w": lambda g, x, plan: _of(_conv_kernel, x, g, plan),
}, options=["plan"])
_conv_transpose = Primitive("conv_transpose", _solve_x, {
    "v": lambda g, w, plan: _of(_conv, g, w, plan),
    "w": lambda g, v, plan: _of(_conv_kernel, g, v, plan),
}, options=["plan"])
_conv_kernel = Primitive("conv_kernel", _solve_w, {
    "x": lambda g, v, plan: _of(_conv_transpose, v, g, plan),
    "v": lambda g, x, plan: _of(_conv, x, g, plan),
}, options=["plan"])


def _forward(name: str, n: int, x: Any, w: Any, bias: Any, stride: Sizes, padding: Sizes | str, dilation: Sizes,
             groups: int) -> Any:
    shape, kernel = np.shape(x), np.shape(w)
    if len(shape) == n + 1:
        return getitem(_forward(name, n, getitem(x, None), w, bias, stride, padding, dilation, groups), 0)
    try:
        if len(shape) != n + 2 or len(kernel) != n + 2 or shape[1] != kernel[1] * groups or kernel[0] % groups:
            raise ValueError("the channels do not match.")
        strides, gaps = as_tuple(stride, n), as_tuple(dilation, n)
        if isinstance(padding, str):
            x, margins = _same(x, kernel[2:], strides, gaps, padding)
        else:
            margins = as_tuple(padding, n)
        plan = _Plan.of(np.shape(x)[2:], kernel[2:], strides, margins, gaps, groups)
    except ValueError as error:
        raise ShapeError(
            f"{name}: x of shape {shape}, weight of shape {kernel}, groups={groups}: {error} Expected x (batch, "
            f"inputs, *space) and weight (outputs, inputs / groups, *window), groups dividing both numbers of channels."
        ) from None
    return _shifted(name, _conv(x, w, plan=plan), bias)


def _same(x: Any, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int],
          padding: str) -> tuple[Any, tuple[int, ...]]:
    """``x`` and its padding such that the space stays as large as it is; an odd element goes to the end."""
    total = [d * (k - 1) if padding == "same" else 0 for k, d in zip(kernel, dilation, strict=True)]
    if padding not in ("same", "valid") or (any(total) and set(stride) != {1}):
        raise ValueError(f"padding={padding!r}, stride={tuple(stride)}; expected numbers, 'valid', or 'same' with "
                         f"stride 1.")
    if any(n % 2 for n in total):
        x = pad(x, [(0, 0), (0, 0), *((0, n % 2) for n in total)])
    return x, tuple(n // 2 for n in total)


def _transposed(name: str, n: int, x: Any, w: Any, bias: Any, stride: Sizes, padding: Sizes, output_padding: Sizes,
                groups: int, dilation: Sizes) -> Any:
    shape, kernel = np.shape(x), np.shape(w)
    if len(shape) == n + 1:
        return getitem(
            _transposed(name, n, getitem(x, None), w, bias, stride, padding, output_padding, groups, dilation), 0)
    try:
        if len(shape) != n + 2 or len(kernel) != n + 2 or shape[1] != kernel[0] or kernel[0] % groups:
            raise ValueError("the channels do not match.")
        strides, margins, gaps, more = (as_tuple(v, n) for v in (stride, padding, dilation, output_padding))
        if any(not 0 <= m < max(s, d) for m, s, d in zip(more, strides, gaps, strict=True)):
            raise ValueError(f"output_padding={output_padding} must be at least 0, and smaller than stride={stride} or "
                             f"dilation={dilation}.")
        whole = [(i - 1) * s + d * (k - 1) + 1 for i, s, d, k in
                 zip(shape[2:], strides, gaps, kernel[2:], strict=True)]
        space = [size - 2 * p + m for size, p, m in zip(whole, margins, more, strict=True)]
        if min(space) < 1:
            raise ValueError(f"padding={padding} takes away all of the size {tuple(whole)} that there is without.")
        # A convolution of a space that much larger has more outputs: then it is cut out of a result without padding.
        cut = any(m >= s for m, s in zip(more, strides, strict=True))
        plan = _Plan.of(whole if cut else space, kernel[2:], strides, (0,) * n if cut else margins, gaps, groups)
    except ValueError as error:
        raise ShapeError(
            f"{name}: x of shape {shape}, weight of shape {kernel}, groups={groups}: {error} Expected x (batch, "
            f"inputs, *space) and weight (inputs, outputs / groups, *window), groups dividing both numbers of channels."
        ) from None
    y = _conv_transpose(x, w, plan=plan)
    if cut:
        y = pad(y, [(0, 0), (0, 0), *((0, m) for m in more)])
        y = getitem(y, (..., *(slice(p, p + size) for p, size in zip(margins, space, strict=True))))
    return _shifted(name, y, bias)


def _shifted(name: str, y: Any, bias: Any) -> Any:
    if bias is None:
        return y
    if np.shape(bias) != (channels := y.shape[1:2]):
        raise ShapeError(f"{name}: bias of shape {np.shape(bias)}; expected one number for each output, {channels}.")
    return y + reshape(bias, channels + (1,) * (y.ndim - 2))


@composite(over=Cases((
    Case(((2, 2, 5), (3, 2, 2), (3,))), Case(((1, 2, 5), (2, 1, 2)), {"groups": 2, "padding": "same"}),
    Case(((2, 6), (1, 2, 2)), {"stride": 2, "padding": 1, "dilation": 2}))))
def conv1d(x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes | str = 0,
           dilation: Sizes = 1, groups: int = 1) -> Any:
    """Convolution along one axis (without reversing the kernel): y[n, o, i] = b[o] + Σ x[n, c, i·s + k·d] w[o, c, k].

    Args:
        x: Tensor or array (batch, inputs, length), or without the batch.
        weight: w, the kernel (outputs, inputs / groups, window).
        bias: (outputs,), added everywhere; or None.
        stride: how far the window moves.
        padding: how many zeros stand at both ends; or "same", or "valid" for none.
        dilation: how far apart the elements of the window are.
        groups: the channels fall into that many parts, convolved each on its own.

    Returns:
        Tensor (batch, outputs, length').

    Raises:
        ShapeError: channels that do not match, or a window that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.conv1d(ag.tensor([[[1.0, 2.0, 4.0]]]), ag.tensor([[[-1.0, 1.0]]]))
        tensor([[[1., 2.]]])
    """
    return _forward("conv1d", 1, x, weight, bias, stride, padding, dilation, groups)


@composite(over=Cases((
    Case(((2, 2, 3, 4), (3, 2, 2, 2), (3,)), {"padding": (1, 0)}), Case(((0, 1, 3, 3), (1, 1, 2, 2))),
    Case(((2, 1, 3, 3), (3, 1, 2, 2)), {"padding": (0, 1)}),
    Case(((1, 2, 4, 3), (2, 1, 2, 1)), {"groups": 2, "stride": (2, 1)}),
    Case(((1, 1, 4, 4), (1, 1, 2, 2)), {"dilation": (1, 2), "padding": 1}))))
def conv2d(x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes | str = 0,
           dilation: Sizes = 1, groups: int = 1) -> Any:
    """Convolution of pictures (without reversing the kernel): y[n, o, i] = b[o] + Σ x[n, c, i·s + k·d] w[o, c, k].

    Args:
        x: Tensor or array (batch, inputs, height, width), or without the batch.
        weight: w, the kernel (outputs, inputs / groups, window height, window width).
        bias: (outputs,), added everywhere; or None.
        stride: how far the window moves; one number, or one for each axis, as with all that follow.
        padding: how many zeros stand on every side; or "same", or "valid" for none.
        dilation: how far apart the elements of the window are.
        groups: the channels fall into that many parts, convolved each on its own.

    Returns:
        Tensor (batch, outputs, height', width').

    Raises:
        ShapeError: channels that do not match, or a window that does not fit.

    Source:
        The columns: K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for
        Document Processing", 2006.

    Example:
        >>> import autograd_core as ag
        >>> ag.conv2d(ag.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), ag.tensor([[[[1.0, 10.0]]]]))
        tensor([[[[21.],
                  [43.]]]])
    """
    return _forward("conv2d", 2, x, weight, bias, stride, padding, dilation, groups)


@composite(over=Cases((
    Case(((2, 2, 3), (2, 1, 2), (1,))),
    Case(((1, 1, 2), (1, 1, 3)), {"dilation": 3, "padding": 1, "output_padding": 2}),
    Case(((1, 2, 3), (2, 1, 2)), {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2, "dilation": 2}))))
def conv_transpose1d(x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0,
                     output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1) -> Any:
    """The transpose of :func:`conv1d`: every element of ``x`` puts a multiple of the kernel into the result.

    Args:
        x: Tensor or array (batch, inputs, length), or without the batch.
        weight: w, the kernel (inputs, outputs / groups, window).
        bias: (outputs,), added everywhere; or None.
        stride, padding, groups, dilation: of the convolution that this undoes.
        output_padding: how much longer the result is; smaller than stride or dilation.

    Returns:
        Tensor (batch, outputs, (length - 1) stride - 2 padding + dilation (window - 1) + 1 + output_padding).

    Raises:
        ShapeError: channels or sizes that do not match, or a padding that leaves nothing.

    Example:
        >>> import autograd_core as ag
        >>> ag.conv_transpose1d(ag.tensor([[[1.0, 2.0]]]), ag.tensor([[[1.0, 10.0]]]))
        tensor([[[ 1., 12., 20.]]])
    """
    return _transposed("conv_transpose1d", 1, x, weight, bias, stride, padding, output_padding, groups, dilation)


@composite(over=Cases((
    Case(((1, 2, 2, 2), (2, 2, 2, 1), (2,)), {"stride": (1, 2), "output_padding": (0, 1)}),
    Case(((1, 2, 3, 2), (2, 1, 2, 2)), {"padding": 1, "groups": 2}))))
def conv_transpose2d(x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0,
                     output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1) -> Any:
    """The transpose of :func:`conv2d`: every element of ``x`` puts a multiple of the kernel into the result.

    Args:
        x: Tensor or array (batch, inputs, height, width), or without the batch.
        weight: w, the kernel (inputs, outputs / groups, window height, window width).
        bias: (outputs,), added everywhere; or None.
        stride, padding, groups, dilation: of the convolution that this undoes.
        output_padding: how much larger the result is; smaller than stride or dilation.

    Returns:
        Tensor (batch, outputs, height', width'), each (size - 1) stride - 2 padding + dilation (window - 1) + 1 +
        output_padding.

    Raises:
        ShapeError: channels or sizes that do not match, or a padding that leaves nothing.

    Example:
        >>> import autograd_core as ag
        >>> ag.conv_transpose2d(ag.tensor([[[[1.0, 2.0]]]]), ag.tensor([[[[1.0], [10.0]]]]))
        tensor([[[[ 1.,  2.],
                  [10., 20.]]]])
    """
    return _transposed("conv_transpose2d", 2, x, weight, bias, stride, padding, output_padding, groups, dilation)
