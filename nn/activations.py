"""Activations as modules, for use in a Sequential. Inside a forward(), the functions do as well: ``ag.relu(x)``."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import Tensor

from .module import Module


class ReLU(Module):
    """max(0, x). Cheap, and does not saturate for x > 0.

    A unit whose input is negative for all samples gets no gradient and is dead: too large a learning rate
    can leave many such. The gradient at 0 is 0.

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


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ). Saturates at both ends, where its gradient vanishes, and is not zero-centred.

    Shape:
        Any; the output has the same, between 0 and 1.

    Example:
        >>> import nn
        >>> nn.Sigmoid()([0.0])
        tensor([0.5])
    """

    def forward(self, x: Any) -> Tensor:
        """1 / (1 + e⁻ˣ)."""
        return ag.sigmoid(x)


class Tanh(Module):
    """Hyperbolic tangent, 2 sigmoid(2x) - 1. Zero-centred; saturates at both ends.

    Shape:
        Any; the output has the same, between -1 and 1.

    Example:
        >>> import nn
        >>> nn.Tanh()([0.0])
        tensor([0.])
    """

    def forward(self, x: Any) -> Tensor:
        """The hyperbolic tangent of x."""
        return ag.tanh(x)
