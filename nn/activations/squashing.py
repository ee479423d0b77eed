"""Activations with bounds at both ends: S-shaped ones, and straight lines that are cut off."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError
from autograd_core.options import number
from autograd_core.recording import Primitive

from ..module import Module

# ag.clip has slope 1 on its bounds; these have 0 there, as in PyTorch, so that an output of 0 passes nothing on.
_clipped = Primitive("hardtanh", lambda x, low, high: np.clip(x, low, high), {
    "x": lambda g, y, low, high: g * ((y > low) & (y < high)),
}, options=["low", "high"], elementwise=True)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """min(max(x, min_val), max_val), with the gradient 1 between the bounds, and 0 on and behind them.

    Example:
        >>> import nn.functional as F
        >>> F.hardtanh([-2.0, 0.5, 2.0])
        tensor([-1. ,  0.5,  1. ])
    """
    low, high = _bounds("hardtanh", min_val, max_val)
    return _clipped(input, low=low, high=high)  # type: ignore[no-any-return]  # a Tensor


def _bounds(name: str, min_val: Any, max_val: Any) -> tuple[float, float]:
    low, high = number(f"{name}: min_val", min_val), number(f"{name}: max_val", max_val)
    if low > high:
        raise OptionError(f"{name}: min_val={min_val} is above max_val={max_val}.")
    return low, high


def hardsigmoid(input: Any) -> Tensor:
    """min(max(x / 6 + 1/2, 0), 1); see :class:`Hardsigmoid`.

    Example:
        >>> import nn.functional as F
        >>> F.hardsigmoid([-4.0, 0.0, 1.5])
        tensor([0.  , 0.5 , 0.75])
    """
    return hardtanh(ag.asarray(input) + 3.0, 0, 6) / 6


class TakesInplace(Module):
    """An activation without options: but PyTorch's has ``inplace``, and models that name it run here too."""

    def __init__(self, inplace: bool = False) -> None:
        """``inplace`` is not used."""


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ). Saturates at both ends, where its gradient vanishes, and is not zero-centred.

    For probabilities at the output, and for gates; between layers it slows training: the gradient is at most 1/4, and
    as all outputs are positive, those of all weights of a unit share their sign. Costs an exponential.

    Shape:
        Any; the output has the same, between 0 and 1.

    Source:
        Rumelhart, Hinton and Williams, "Learning Representations by Back-propagating Errors", 1986.

    Example:
        >>> import nn
        >>> nn.Sigmoid()([0.0])
        tensor([0.5])
    """

    def forward(self, x: Any) -> Tensor:
        """1 / (1 + e⁻ˣ)."""
        return ag.sigmoid(x)


class LogSigmoid(Module):
    """log(1 / (1 + e⁻ˣ)), without overflow. Saturates at 0 for large x, and is always negative.

    For log-probabilities at the output. The gradient, sigmoid(-x), does not vanish for very negative x.

    Shape:
        Any; the output has the same, at most 0.

    Example:
        >>> import nn
        >>> nn.LogSigmoid()([-1000.0, 1000.0])
        tensor([-1000.,    -0.])
    """

    def forward(self, x: Any) -> Tensor:
        """log(1 / (1 + e⁻ˣ))."""
        return ag.log_sigmoid(x)


class Tanh(Module):
    """Hyperbolic tangent, 2 sigmoid(2x) - 1. Zero-centred; saturates at both ends, where its gradient vanishes.

    Between layers it is preferable to the sigmoid: its gradient is up to 1.

    Shape:
        Any; the output has the same, between -1 and 1.

    Source:
        LeCun et al., "Efficient BackProp", 1998.

    Example:
        >>> import nn
        >>> nn.Tanh()([0.0])
        tensor([0.])
    """

    def forward(self, x: Any) -> Tensor:
        """The hyperbolic tangent of x."""
        return ag.tanh(x)


class Softsign(Module):
    """x / (1 + |x|). Zero-centred; saturates at both ends, more slowly than tanh: the gradient falls as 1 / x².

    Shape:
        Any; the output has the same, between -1 and 1.

    Source:
        Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", 2010.

    Example:
        >>> import nn
        >>> nn.Softsign()([-1.0, 0.0, 3.0])
        tensor([-0.5 ,  0.  ,  0.75])
    """

    def forward(self, x: Any) -> Tensor:
        """x / (1 + |x|)."""
        return ag.softsign(x)


class Hardtanh(Module):
    """min(max(x, min_val), max_val): tanh in three straight pieces. Zero-centred by default.

    Saturates at both ends: outside the bounds, and on them, the gradient is exactly 0, and a unit that is there for
    all samples is dead.

    Args:
        min_val, max_val: the bounds.
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: bounds that are not in order.

    Source:
        Collobert, "Large Scale Machine Learning", 2004.

    Example:
        >>> import nn
        >>> nn.Hardtanh()([-2.0, 0.5, 2.0])
        tensor([-1. ,  0.5,  1. ])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        self.min_val, self.max_val = _bounds("Hardtanh", min_val, max_val)

    def forward(self, x: Any) -> Tensor:
        """min(max(x, min_val), max_val)."""
        return hardtanh(x, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        """The bounds."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Hardsigmoid(TakesInplace):
    """min(max(x / 6 + 1/2, 0), 1): the sigmoid in three straight pieces, without its exponential. Not zero-centred.

    Saturates at both ends: for |x| >= 3 the gradient is exactly 0, and a unit that is there for all samples is dead.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same, between 0 and 1.

    Source:
        Howard et al., "Searching for MobileNetV3", 2019.

    Example:
        >>> import nn
        >>> nn.Hardsigmoid()([-4.0, 0.0, 1.5])
        tensor([0.  , 0.5 , 0.75])
    """

    def forward(self, x: Any) -> Tensor:
        """min(max(x / 6 + 1/2, 0), 1)."""
        return hardsigmoid(x)
