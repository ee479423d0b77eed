"""Activations that let positive values pass and bend the others into an exponential curve."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError
from autograd_core.options import above_0, number

from ..module import Module
from .squashing import TakesInplace


def elu(input: Any, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else α (eˣ - 1); see :class:`ELU`.

    Example:
        >>> import nn.functional as F
        >>> F.elu([-1.0, 2.0])
        tensor([-0.63212056,  2.        ])
    """
    return ag.elu(input, number("elu: alpha", alpha))  # type: ignore[no-any-return]  # a Tensor


def celu(input: Any, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else α (e^(x/α) - 1); see :class:`CELU`.

    Example:
        >>> import nn.functional as F
        >>> F.celu([-1.0, 2.0], alpha=2.0)
        tensor([-0.78693868,  2.        ])
    """
    return ag.celu(input, _divisor("celu: alpha", alpha))  # type: ignore[no-any-return]  # a Tensor


def _divisor(what: str, alpha: Any) -> float:
    found = number(what, alpha)
    if not found:
        raise OptionError(f"{what}={alpha!r}; x / alpha needs another number.")
    return found


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + e^(β x)) / β; see :class:`Softplus`.

    Example:
        >>> import nn.functional as F
        >>> F.softplus([-1000.0, 1000.0])
        tensor([   0., 1000.])
    """
    beta, threshold = above_0("softplus: beta", beta), number("softplus: threshold", threshold)
    scaled = ag.asarray(input) * beta
    return ag.where(scaled > threshold, input, ag.softplus(scaled) / beta)


class ELU(Module):
    """x where x > 0, else α (eˣ - 1). Outputs of mean nearer 0 than relu's; saturates at -α, which dampens noise.

    Cannot die. Costs an exponential.

    Args:
        alpha: minus the limit at -∞.
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units
        (ELUs)", 2016.

    Example:
        >>> import nn
        >>> nn.ELU()([-1.0, 2.0])
        tensor([-0.63212056,  2.        ])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha = number("ELU: alpha", alpha)

    def forward(self, x: Any) -> Tensor:
        """x, or α (eˣ - 1)."""
        return elu(x, self.alpha)

    def extra_repr(self) -> str:
        """The limit."""
        return f"alpha={self.alpha}"


class CELU(Module):
    """x where x > 0, else α (e^(x/α) - 1): an ELU whose slope has no jump at 0, whatever α is. Saturates at -α.

    Args:
        alpha: minus the limit at -∞.
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: an ``alpha`` of 0.

    Source:
        Barron, "Continuously Differentiable Exponential Linear Units", 2017.

    Example:
        >>> import nn
        >>> nn.CELU(2.0)([-1.0, 2.0])
        tensor([-0.78693868,  2.        ])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha = _divisor("CELU: alpha", alpha)

    def forward(self, x: Any) -> Tensor:
        """x, or α (e^(x/α) - 1)."""
        return celu(x, self.alpha)

    def extra_repr(self) -> str:
        """The limit."""
        return f"alpha={self.alpha}"


class SELU(TakesInplace):
    """1.0507 x where x > 0, else 1.7581 (eˣ - 1): layer after layer, values come near mean 0 and variance 1.

    That needs weights that start with variance 1/fan_in (``nn.init.lecun_normal_``). Saturates at -1.7581; cannot die.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Klambauer et al., "Self-Normalizing Neural Networks", 2017.

    Example:
        >>> import nn
        >>> nn.SELU()([-1.0, 2.0])
        tensor([-1.11133074,  2.10140197])
    """

    def forward(self, x: Any) -> Tensor:
        """1.0507 x, or 1.7581 (eˣ - 1)."""
        return ag.selu(x)  # type: ignore[no-any-return]  # a Tensor


class Softplus(Module):
    """log(1 + e^(β x)) / β: relu with a round corner, always positive; its gradient is sigmoid(β x).

    Saturates at 0 for negative x, where the gradient vanishes but never is 0; not zero-centred. For outputs that must
    be positive, such as a variance; between layers relu is cheaper.

    Args:
        beta: the larger, the sharper the corner.
        threshold: where β x is larger, the output is x itself, as in PyTorch; infinity for the exact formula.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: a ``beta`` that is not positive.

    Source:
        Dugas et al., "Incorporating Second-Order Functional Knowledge for Better Option Pricing", 2001.

    Example:
        >>> import nn
        >>> nn.Softplus()([-1000.0, 0.0, 1000.0])
        tensor([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta, self.threshold = above_0("Softplus: beta", beta), number("Softplus: threshold", threshold)

    def forward(self, x: Any) -> Tensor:
        """log(1 + e^(β x)) / β."""
        return softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The options."""
        return f"beta={self.beta}, threshold={self.threshold}"
