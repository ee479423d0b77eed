"""Convolutions with learned kernels, and their transposes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer, one_of

from .. import init
from ..arguments import Sizes, sizes
from ..module import Module
from ..parameter import Parameter
from .linear import uniform
from .padding import pad


class _Kernel(Module):
    """What a convolution and its transpose have in common: sizes, and a kernel that knows them."""

    _axes: ClassVar[int]  # of space
    _defaults: ClassVar[dict[str, Any]]  # what repr leaves out
    bias: Parameter | None

    def _set(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes, padding: Sizes | str,
             dilation: Sizes, groups: int) -> None:
        name, n = type(self).__name__, self._axes
        self.in_channels = integer(f"{name}: in_channels", in_channels, least=1)
        self.out_channels = integer(f"{name}: out_channels", out_channels, least=1)
        self.kernel_size = sizes(name, "kernel_size", kernel_size, n)
        self.stride = sizes(name, "stride", stride, n)
        self.padding = padding if isinstance(padding, str) else sizes(name, "padding", padding, n, least=0)
        self.dilation = sizes(name, "dilation", dilation, n)
        self.groups = integer(f"{name}: groups", groups, least=1)
        if in_channels % groups or out_channels % groups:
            raise OptionError(
                f"{name}: groups={groups} does not divide in_channels={in_channels} and out_channels={out_channels}.")

    def _draw(self, outer: int, inner: int, bias: bool, rng: init.Rng, dtype: npt.DTypeLike) -> None:
        """The kernel (outer, inner, *window) and the bias, both U(-1/√n, 1/√n) with n = inner · window."""
        rng = init.generator(rng)
        fan_in = inner * math.prod(self.kernel_size)
        self.weight = uniform(outer, inner, *self.kernel_size, fan_in=fan_in, rng=rng, dtype=dtype)
        self.bias = uniform(self.out_channels, fan_in=fan_in, rng=rng, dtype=dtype) if bias else None

    def extra_repr(self) -> str:
        """The sizes, and what is not as by default."""
        parts = [str(self.in_channels), str(self.out_channels), f"kernel_size={self.kernel_size}",
                 f"stride={self.stride}"]
        for name, default in self._defaults.items():
            value = getattr(self, name)
            if value not in (default, (default,) * self._axes):
                parts.append(f"{name}={value}")
        return ", ".join(parts if self.bias is not None else [*parts, "bias=False"])


class _Convolution(_Kernel):
    _function: ClassVar[Callable[..., Tensor]]
    _defaults: ClassVar = {"padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros"}

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1,
                 padding: Sizes | str = 0, dilation: Sizes = 1, groups: int = 1, bias: bool = True,
                 padding_mode: str = "zeros", *, rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self._set(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        name = type(self).__name__
        if isinstance(padding, str) and (padding not in ("same", "valid") or
                                         (padding == "same" and set(self.stride) != {1})):
            raise OptionError(f"{name}: padding={padding!r}, stride={self.stride}; expected integers, 'valid', or "
                              f"'same' with stride 1.")
        self.padding_mode = one_of(f"{name}: padding_mode", padding_mode, "zeros", "reflect", "replicate", "circular")
        self._draw(out_channels, in_channels // groups, bias, rng, dtype)

    def forward(self, x: Any) -> Tensor:
        """The convolution; see the class."""
        padding: Sizes | str = self.padding
        if self.padding_mode != "zeros":
            x, padding = pad(x, self._border(np.ndim(x)), self.padding_mode), 0
        return type(self)._function(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _border(self, ndim: int) -> list[int]:
        """How much to add before and behind each axis of space, beginning with the last."""
        if ndim not in (self._axes + 1, self._axes + 2):
            raise ShapeError(f"{type(self).__name__}: an input of {ndim} axes; expected (batch, channels, *space).")
        if isinstance(self.padding, str):
            total = [d * (k - 1) if self.padding == "same" else 0
                     for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            space = [(n // 2, n - n // 2) for n in total]
        else:
            space = [(n, n) for n in self.padding]
        return [width for both in reversed(space) for width in both]


class Conv1d(_Convolution):
    """Convolution of signals: y[n, o, i] = b[o] + Σ x[n, c, i·s + k·d] W[o, c, k], the kernel not reversed.

    Args:
        in_channels: of the input.
        out_channels: of the output: the number of kernels.
        kernel_size: the length of the window.
        stride: how far the window moves.
        padding: how many elements to add at both ends; "same" keeps the length, "valid" adds none.
        dilation: how far apart the elements of the window are.
        groups: the channels fall into that many parts, convolved each on its own.
        bias: whether to add b.
        padding_mode: what is added: "zeros", the elements mirrored ("reflect"), the last one again ("replicate"), or
            those of the other end ("circular").
        rng: a Generator, or a seed; None for fresh randomness. The start is U(-1/√n, 1/√n), with n the number of
            elements in one window.
        dtype: of the parameters.

    Shape:
        (N, in_channels, L) or (in_channels, L) to (N, out_channels, L') or (out_channels, L'), with L' =
        (L + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1; ``weight`` is (out_channels,
        in_channels / groups, kernel_size).

    Raises:
        OptionError: sizes below 1, groups that do not divide the channels, another ``padding_mode``.
        ShapeError: on a call, an input that does not fit.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        Waibel et al., "Phoneme Recognition Using Time-Delay Neural Networks", 1989.

    Example:
        >>> import numpy as np, nn
        >>> nn.Conv1d(2, 4, 3, padding="same", rng=0)(np.zeros((1, 2, 7), np.float32)).shape
        (1, 4, 7)
    """

    _axes = 1
    _function = staticmethod(ag.conv1d)


class Conv2d(_Convolution):
    """Convolution of pictures: y[n, o, i] = b[o] + Σ x[n, c, i·s + k·d] W[o, c, k], the kernel not reversed.

    Args:
        in_channels: of the input.
        out_channels: of the output: the number of kernels.
        kernel_size: the size of the window; one number, or (height, width), as with those that follow.
        stride: how far the window moves.
        padding: how many elements to add on every side; "same" keeps the size, "valid" adds none.
        dilation: how far apart the elements of the window are.
        groups: the channels fall into that many parts, convolved each on its own; ``groups=in_channels`` is the
            depthwise convolution.
        bias: whether to add b.
        padding_mode: what is added: "zeros", the elements mirrored ("reflect"), the last one again ("replicate"), or
            those of the other end ("circular").
        rng: a Generator, or a seed; None for fresh randomness. The start is U(-1/√n, 1/√n), with n the number of
            elements in one window.
        dtype: of the parameters.

    Shape:
        (N, in_channels, H, W) or (in_channels, H, W) to (N, out_channels, H', W') or (out_channels, H', W'), with H' =
        (H + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1, and W' alike; ``weight`` is (out_channels,
        in_channels / groups, height, width).

    Raises:
        OptionError: sizes below 1, groups that do not divide the channels, another ``padding_mode``.
        ShapeError: on a call, an input that does not fit.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.Conv2d(1, 6, 5, padding=2, rng=0)
        >>> layer
        Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
        >>> layer(np.zeros((2, 1, 28, 28), np.float32)).shape
        (2, 6, 28, 28)
    """

    _axes = 2
    _function = staticmethod(ag.conv2d)


class _Transposed(_Kernel):
    _function: ClassVar[Callable[..., Tensor]]
    _defaults: ClassVar = {"padding": 0, "dilation": 1, "output_padding": 0, "groups": 1}

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1,
                 padding: Sizes = 0, output_padding: Sizes = 0, groups: int = 1, bias: bool = True,
                 dilation: Sizes = 1, *, rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self._set(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        self.output_padding = sizes(type(self).__name__, "output_padding", output_padding, self._axes, least=0)
        self._draw(in_channels, out_channels // groups, bias, rng, dtype)

    def forward(self, x: Any) -> Tensor:
        """The transposed convolution; see the class."""
        return type(self)._function(x, self.weight, self.bias, self.stride, self.padding, self.output_padding,
                                    self.groups, self.dilation)


class ConvTranspose1d(_Transposed):
    """The transpose of Conv1d: every element of the input adds a multiple of the kernel to the output.

    Args:
        in_channels: of the input.
        out_channels: of the output.
        kernel_size: the length of the kernel.
        stride: how far apart the multiples of the kernel start: the output is about that many times as long.
        padding: how many elements to cut away at both ends.
        output_padding: how many of them to leave at the end after all.
        groups: the channels fall into that many parts, each on its own.
        bias: whether to add b.
        dilation: how far apart the elements of the kernel land.
        rng: a Generator, or a seed; None for fresh randomness. The start is U(-1/√n, 1/√n), with
            n = kernel_size · out_channels / groups.
        dtype: of the parameters.

    Shape:
        (N, in_channels, L) to (N, out_channels, L'), with L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1)
        + output_padding + 1; ``weight`` is (in_channels, out_channels / groups, kernel_size).

    Raises:
        OptionError: sizes below 1, groups that do not divide the channels.
        ShapeError: on a call, an input that does not fit.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Example:
        >>> import numpy as np, nn
        >>> nn.ConvTranspose1d(2, 4, 2, stride=2, rng=0)(np.zeros((1, 2, 7), np.float32)).shape
        (1, 4, 14)
    """

    _axes = 1
    _function = staticmethod(ag.conv_transpose1d)


class ConvTranspose2d(_Transposed):
    """The transpose of Conv2d: every element of the input adds a multiple of the kernel to the output.

    Where the stride does not divide the size of the kernel, elements of the output get unequal numbers of
    contributions, which shows as a checkerboard.

    Args:
        in_channels: of the input.
        out_channels: of the output.
        kernel_size: the size of the kernel; one number, or (height, width), as with those that follow.
        stride: how far apart the multiples of the kernel start: the output is about that many times as large.
        padding: how many elements to cut away on every side.
        output_padding: how many of them to leave at the end after all.
        groups: the channels fall into that many parts, each on its own.
        bias: whether to add b.
        dilation: how far apart the elements of the kernel land.
        rng: a Generator, or a seed; None for fresh randomness. The start is U(-1/√n, 1/√n), with
            n = height · width · out_channels / groups.
        dtype: of the parameters.

    Shape:
        (N, in_channels, H, W) to (N, out_channels, H', W'), with H' = (H - 1) stride - 2 padding + dilation
        (kernel_size - 1) + output_padding + 1, and W' alike; ``weight`` is (in_channels, out_channels / groups,
        height, width).

    Raises:
        OptionError: sizes below 1, groups that do not divide the channels.
        ShapeError: on a call, an input that does not fit.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        Zeiler et al., "Deconvolutional Networks", 2010; Odena et al., "Deconvolution and Checkerboard Artifacts", 2016.

    Example:
        >>> import numpy as np, nn
        >>> nn.ConvTranspose2d(2, 4, 2, stride=2, rng=0)(np.zeros((1, 2, 7, 7), np.float32)).shape
        (1, 4, 14, 14)
    """

    _axes = 2
    _function = staticmethod(ag.conv_transpose2d)
