"""Adaptive pooling: the size of the output is given, and the windows follow. Nothing is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer

from ..module import Module


class _Adaptive(Module):
    _axes: ClassVar[int]

    def __init__(self, output_size: int | Sequence[int | None] | None) -> None:
        name, n = type(self).__name__, self._axes
        wanted = output_size if isinstance(output_size, Sequence) else (output_size,) * n
        if len(wanted) != n:
            raise OptionError(f"{name}: output_size={output_size!r}; expected one integer, or one for each of {n} "
                              f"axes.")
        self.output_size = output_size
        self._wanted = [None if item is None else integer(f"{name}: output_size", item, least=1) for item in wanted]

    def _parts(self, shape: tuple[int, ...]) -> list[list[slice]]:
        """The parts of each axis of space: as many as asked for, nearly equal; neighbours may share an element."""
        if len(shape) not in (self._axes + 1, self._axes + 2) or 0 in shape[-self._axes:]:
            raise ShapeError(f"{type(self).__name__}: an input of shape {shape}; expected (batch, channels, *space).")
        space = zip(shape[-self._axes:], self._wanted, strict=True)
        return [_split(length, length if wanted is None else wanted) for length, wanted in space]

    def extra_repr(self) -> str:
        """The output size."""
        return f"output_size={self.output_size}"


def _split(length: int, count: int) -> list[slice]:
    return [slice(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


class _AdaptiveAvgPool(_Adaptive):
    def forward(self, x: Any) -> Tensor:
        """The means; see the class."""
        y = ag.asarray(x)
        axes = self._parts(y.shape)
        space = y.shape[-self._axes:]
        if not any(length % len(parts) for length, parts in zip(space, axes, strict=True)):
            split = [n for length, parts in zip(space, axes, strict=True) for n in (len(parts), length // len(parts))]
            return y.reshape(*y.shape[:-self._axes], *split).mean(axis=tuple(range(1 - 2 * self._axes, 0, 2)))
        for axis, parts in enumerate(axes, y.ndim - self._axes):
            weights = np.zeros((y.shape[axis], len(parts)), y.dtype)
            for i, part in enumerate(parts):
                weights[part, i] = 1 / (part.stop - part.start)
            y = ag.matmul(y, weights) if axis == y.ndim - 1 else ag.matmul(weights.T, y)
        return y


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of as many nearly equal parts of a signal as the output is long.

    Args:
        output_size: the length of the output; None for that of the input.

    Shape:
        (N, C, L) or (C, L) to (N, C, output_size) or (C, output_size).

    Raises:
        OptionError: a size below 1.
        ShapeError: on a call, an input without elements.
        DTypeError: a size that is not an integer.

    Example:
        >>> import nn
        >>> nn.AdaptiveAvgPool1d(2)([[[1.0, 3.0, 5.0]]])
        tensor([[[2., 4.]]])
    """

    _axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of as many nearly equal parts of a picture as the output is large; ``(1, 1)`` is the global mean.

    Args:
        output_size: one number, or (height, width); None for that of the input.

    Shape:
        (N, C, H, W) or (C, H, W) to (N, C, *output_size) or (C, *output_size).

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, an input without elements.
        DTypeError: sizes that are not integers.

    Source:
        Lin et al., "Network in Network", 2014, for the global mean.

    Example:
        >>> import numpy as np, nn
        >>> nn.AdaptiveAvgPool2d((1, None))(np.ones((2, 3, 4, 5))).shape
        (2, 3, 1, 5)
    """

    _axes = 2


class _AdaptiveMaxPool(_Adaptive):
    def forward(self, x: Any) -> Tensor:
        """The largest elements; see the class."""
        y = ag.asarray(x)
        parts = self._parts(y.shape)
        axes = tuple(range(-self._axes, 0))
        counts = [len(axis) for axis in parts]
        found = [y[(..., *(parts[k][i] for k, i in enumerate(place)))].max(axis=axes) for place in np.ndindex(*counts)]
        return ag.stack(found, -1).reshape(*y.shape[:-self._axes], *counts)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest elements of as many nearly equal parts of a signal as the output is long; ties share evenly.

    Args:
        output_size: the length of the output; None for that of the input.

    Shape:
        (N, C, L) or (C, L) to (N, C, output_size) or (C, output_size).

    Raises:
        OptionError: a size below 1.
        ShapeError: on a call, an input without elements.
        DTypeError: a size that is not an integer.

    Example:
        >>> import nn
        >>> nn.AdaptiveMaxPool1d(2)([[[1.0, 3.0, 5.0]]])
        tensor([[[3., 5.]]])
    """

    _axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest elements of as many nearly equal parts of a picture as the output is large; ties share evenly.

    Args:
        output_size: one number, or (height, width); None for that of the input.

    Shape:
        (N, C, H, W) or (C, H, W) to (N, C, *output_size) or (C, *output_size).

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, an input without elements.
        DTypeError: sizes that are not integers.

    Example:
        >>> import numpy as np, nn
        >>> nn.AdaptiveMaxPool2d(2)(np.arange(9.0).reshape(1, 3, 3))
        tensor([[[4., 5.],
                 [7., 8.]]])
    """

    _axes = 2
