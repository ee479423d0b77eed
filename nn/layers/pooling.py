"""Pooling: every window of a signal or a picture becomes one element. Nothing is learned."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd_core as ag
from autograd_core import Tensor

from ..arguments import Sizes, sizes
from ..module import Module


class _Window(Module):
    _axes: ClassVar[int]

    def _set(self, kernel_size: Sizes, stride: Sizes | None, padding: Sizes) -> None:
        name = type(self).__name__
        steps = kernel_size if stride is None else stride
        for argument, value, least in (("kernel_size", kernel_size, 1), ("stride", steps, 1), ("padding", padding, 0)):
            sizes(name, argument, value, self._axes, least)
        self.kernel_size, self.stride, self.padding = kernel_size, steps, padding


class _MaxPool(_Window):
    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
                 dilation: Sizes = 1) -> None:
        self._set(kernel_size, stride, padding)
        sizes(type(self).__name__, "dilation", dilation, self._axes)
        self.dilation = dilation

    def forward(self, x: Any) -> Tensor:
        """The largest element of every window; see the class."""
        pool = ag.max_pool1d if self._axes == 1 else ag.max_pool2d
        return pool(x, self.kernel_size, self.stride, self.padding, self.dilation)  # type: ignore[no-any-return]  # a Tensor

    def extra_repr(self) -> str:
        """The window."""
        return (f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
                f"dilation={self.dilation}")


class MaxPool1d(_MaxPool):
    """The largest element of every window of a signal. It alone gets the gradient; ties share it evenly.

    Args:
        kernel_size: the length of the window.
        stride: how far the window moves; by its length if not given.
        padding: how many elements, smaller than all others, to add at both ends; at most half a window.
        dilation: how far apart the elements of the window are.

    Shape:
        (N, C, L) or (C, L) to (N, C, L') or (C, L'), with L' =
        (L + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, a window that does not fit.
        DTypeError: sizes that are not integers.

    Example:
        >>> import nn
        >>> nn.MaxPool1d(2)([[[1.0, 3.0, 2.0, 0.0]]])
        tensor([[[3., 2.]]])
    """

    _axes = 1


class MaxPool2d(_MaxPool):
    """The largest element of every window of a picture. It alone gets the gradient; ties share it evenly.

    Args:
        kernel_size: the size of the window; one number, or (height, width), as with those that follow.
        stride: how far the window moves; by its size if not given.
        padding: how many elements, smaller than all others, to add on every side; at most half a window.
        dilation: how far apart the elements of the window are.

    Shape:
        (N, C, H, W) or (C, H, W) to (N, C, H', W') or (C, H', W'), with H' =
        (H + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1, and W' alike.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, a window that does not fit.
        DTypeError: sizes that are not integers.

    Source:
        Riesenhuber and Poggio, "Hierarchical Models of Object Recognition in Cortex", 1999.

    Example:
        >>> import nn
        >>> nn.MaxPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
        tensor([[[3.]]])
    """

    _axes = 2


class _AvgPool(_Window):
    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, *,
                 count_include_pad: bool = True) -> None:
        self._set(kernel_size, stride, padding)
        self.count_include_pad = count_include_pad

    def forward(self, x: Any) -> Tensor:
        """The mean of every window; see the class."""
        pool = ag.avg_pool1d if self._axes == 1 else ag.avg_pool2d
        return pool(x, self.kernel_size, self.stride, self.padding,  # type: ignore[no-any-return]  # a Tensor
                    count_include_pad=self.count_include_pad)

    def extra_repr(self) -> str:
        """The window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """The mean of every window of a signal.

    Args:
        kernel_size: the length of the window.
        stride: how far the window moves; by its length if not given.
        padding: how many zeros to add at both ends; at most half a window.
        count_include_pad: whether these zeros count as elements.

    Shape:
        (N, C, L) or (C, L) to (N, C, L') or (C, L'), with L' = (L + 2 padding - kernel_size) // stride + 1.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, a window that does not fit.
        DTypeError: sizes that are not integers.

    Example:
        >>> import nn
        >>> nn.AvgPool1d(2)([[[1.0, 3.0, 2.0, 0.0]]])
        tensor([[[2., 1.]]])
    """

    _axes = 1


class AvgPool2d(_AvgPool):
    """The mean of every window of a picture.

    Args:
        kernel_size: the size of the window; one number, or (height, width), as with those that follow.
        stride: how far the window moves; by its size if not given.
        padding: how many zeros to add on every side; at most half a window.
        count_include_pad: whether these zeros count as elements.

    Shape:
        (N, C, H, W) or (C, H, W) to (N, C, H', W') or (C, H', W'), with H' = (H + 2 padding - kernel_size) // stride
        + 1, and W' alike.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, a window that does not fit.
        DTypeError: sizes that are not integers.

    Source:
        LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998.

    Example:
        >>> import nn
        >>> nn.AvgPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]])
        tensor([[[1.5]]])
    """

    _axes = 2
