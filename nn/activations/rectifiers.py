"""Activations of two straight pieces that let positive values pass: relu and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import ShapeError
from autograd_core.options import integer, number

from ..module import Module
from ..parameter import Parameter
from .squashing import TakesInplace, hardtanh


def relu6(input: Any) -> Tensor:
    """min(max(0, x), 6); see :class:`ReLU6`.

    Example:
        >>> import nn.functional as F
        >>> F.relu6([-1.0, 2.0, 8.0])
        tensor([0., 2., 6.])
    """
    return hardtanh(input, 0, 6)


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else slope · x; see :class:`LeakyReLU`.

    Example:
        >>> import nn.functional as F
        >>> F.leaky_relu([-1.0, 2.0], negative_slope=0.1)
        tensor([-0.1,  2. ])
    """
    slope = number("leaky_relu: negative_slope", negative_slope)
    return ag.leaky_relu(input, slope)  # type: ignore[no-any-return]  # a Tensor


def prelu(input: Any, weight: Any) -> Tensor:
    """x where x > 0, else a · x, with one slope a for all or one for each channel; see :class:`PReLU`.

    Example:
        >>> import nn.functional as F
        >>> F.prelu([-1.0, 2.0], [0.25])
        tensor([-0.25,  2.  ])
    """
    shape, slopes = np.shape(input), ag.asarray(weight)
    if slopes.size == 1:
        return ag.leaky_relu(input, slopes.reshape(()))  # type: ignore[no-any-return]  # a Tensor
    if slopes.ndim != 1 or shape[1:2] != slopes.shape:
        raise ShapeError(f"prelu: an input of shape {shape} for slopes {slopes.shape}; expected (N, C, ...) for (C,).")
    return ag.leaky_relu(input, slopes.reshape(-1, *(1,) * (len(shape) - 2)))  # type: ignore[no-any-return]  # a Tensor


def threshold(input: Any, threshold: float, value: float) -> Tensor:
    """x where x > threshold, else ``value``; see :class:`Threshold`.

    Example:
        >>> import nn.functional as F
        >>> F.threshold([0.5, 2.0], 1.0, -5.0)
        tensor([-5.,  2.])
    """
    above = ag.asarray(input) > number("threshold: threshold", threshold)
    return ag.where(above, input, number("threshold: value", value))


class ReLU(TakesInplace):
    """max(0, x). Cheap, and does not saturate for x > 0; not zero-centred. The usual choice between layers.

    A unit whose input is negative for all samples gets no gradient and is dead: too large a learning rate
    can leave many such. The gradient at 0 is 0.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010.

    Example:
        >>> import nn
        >>> nn.ReLU()([-1.0, 2.0])
        tensor([0., 2.])
    """

    def forward(self, x: Any) -> Tensor:
        """max(0, x)."""
        return ag.relu(x)


class ReLU6(TakesInplace):
    """min(max(0, x), 6): relu with an upper bound, which keeps its precision in few bits. Not zero-centred.

    Saturates for x >= 6 and for x <= 0, where the gradient is exactly 0; a unit can die as with relu.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same, between 0 and 6.

    Source:
        Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017.

    Example:
        >>> import nn
        >>> nn.ReLU6()([-1.0, 2.0, 8.0])
        tensor([0., 2., 6.])
    """

    def forward(self, x: Any) -> Tensor:
        """min(max(0, x), 6)."""
        return relu6(x)


class LeakyReLU(Module):
    """x where x > 0, else slope · x. Cheap, does not saturate, and cannot die; not zero-centred.

    Args:
        negative_slope: the slope for negative x. (Older texts use 0.1.)
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.

    Example:
        >>> import nn
        >>> nn.LeakyReLU()([-1.0, 2.0])
        tensor([-0.01,  2.  ])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self.negative_slope = number("LeakyReLU: negative_slope", negative_slope)

    def forward(self, x: Any) -> Tensor:
        """x, or slope · x."""
        return leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """The slope."""
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
    """x where x > 0, else a · x, with a slope a that is learned. Does not saturate.

    Without weight decay on a, please: it would pull towards relu, which can die.

    Args:
        num_parameters: 1 for one slope for all, or the number of channels, for one slope for each.
        init: the slope to start from.
        dtype: of the parameter.

    Shape:
        Any, with the channels in axis 1 if there is a slope for each; the output has the same. ``weight`` is
        (num_parameters,).

    Raises:
        OptionError: a number below 1.
        ShapeError: on a call, an input with another number of channels.
        DTypeError: a number that is not an integer, a ``dtype`` that is not a float.

    Source:
        He et al., "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification", 2015.

    Example:
        >>> import nn
        >>> nn.PReLU()([-1.0, 2.0])
        tensor([-0.25,  2.  ], op=leaky_relu)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: npt.DTypeLike = np.float32) -> None:
        self.num_parameters = integer("PReLU: num_parameters", num_parameters, least=1)
        self.init = number("PReLU: init", init)
        self.weight = Parameter(np.full(num_parameters, init), dtype=dtype)

    def forward(self, x: Any) -> Tensor:
        """x, or a · x."""
        return prelu(x, self.weight)

    def extra_repr(self) -> str:
        """How many slopes."""
        return f"num_parameters={self.num_parameters}"


class Threshold(Module):
    """x where x > threshold, else ``value``, which passes no gradient: relu with a corner elsewhere, or with a jump.

    Args:
        threshold: what x must exceed.
        value: what stands for the others.
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Raises:
        DTypeError: options that are not numbers.

    Example:
        >>> import nn
        >>> nn.Threshold(1.0, -5.0)([0.5, 2.0])
        tensor([-5.,  2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        self.threshold, self.value = number("Threshold: threshold", threshold), number("Threshold: value", value)

    def forward(self, x: Any) -> Tensor:
        """x, or value."""
        return threshold(x, self.threshold, self.value)

    def extra_repr(self) -> str:
        """The options."""
        return f"threshold={self.threshold}, value={self.value}"
