"""Activations that multiply the input by a gate, a number from 0 to 1 that the input itself decides on."""

from __future__ import annotations

from typing import Any, Literal

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.options import one_of

from ..arguments import axis
from ..module import Module
from .squashing import TakesInplace, hardsigmoid

FORMULAS = ("none", "tanh")
"""What GELU's ``approximate`` can be."""


def gelu(input: Any, approximate: str = "none") -> Tensor:
    """x Φ(x), with Φ the normal distribution function; see :class:`GELU`.

    Example:
        >>> import nn.functional as F
        >>> F.gelu([-1.0, 1.0])
        tensor([-0.15865525,  0.84134475])
    """
    return ag.gelu(input, approximate=one_of("gelu: approximate", approximate, *FORMULAS))  # type: ignore[no-any-return]


def hardswish(input: Any) -> Tensor:
    """x min(max(x + 3, 0), 6) / 6; see :class:`Hardswish`.

    Example:
        >>> import nn.functional as F
        >>> F.hardswish([-4.0, 3.0])
        tensor([-0.,  3.])
    """
    x = ag.asarray(input)
    return x * hardsigmoid(x)


def glu(input: Any, dim: int = -1) -> Tensor:
    """a sigmoid(b), of the two halves a and b along ``dim``; see :class:`GLU`.

    Example:
        >>> import nn.functional as F
        >>> F.glu([1.0, 2.0, 0.0, 1000.0])
        tensor([0.5, 2. ])
    """
    return ag.glu(input, axis("glu", dim, input))  # type: ignore[no-any-return]  # a Tensor


class GELU(Module):
    """x Φ(x), with Φ the normal distribution function: smooth, and near relu for large |x|. Usual in Transformers.

    Falls slightly below 0 and has its minimum, -0.17, at x = -0.75. Saturates at 0 for very negative x, where the
    gradient vanishes; not zero-centred. Costs an error function or, approximately, an exponential.

    Args:
        approximate: "none", or "tanh" for x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: another ``approximate``.

    Source:
        Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.

    Example:
        >>> import nn
        >>> nn.GELU()([-1.0, 1.0])
        tensor([-0.15865525,  0.84134475])
    """

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        self.approximate = one_of("GELU: approximate", approximate, *FORMULAS)

    def forward(self, x: Any) -> Tensor:
        """x Φ(x)."""
        return gelu(x, self.approximate)

    def extra_repr(self) -> str:
        """Which formula."""
        return f"approximate={self.approximate!r}"


class SiLU(TakesInplace):
    """x sigmoid(x), also called swish: smooth, and near relu for large |x|.

    Falls below 0 and has its minimum, -0.28, at x = -1.28. Saturates at 0 for very negative x, where the gradient
    vanishes; not zero-centred. Costs an exponential.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
        Reinforcement Learning", 2018.

    Example:
        >>> import nn
        >>> nn.SiLU()([0.0, 2.0])
        tensor([0.        , 1.76159416])
    """

    def forward(self, x: Any) -> Tensor:
        """x sigmoid(x)."""
        return ag.silu(x)  # type: ignore[no-any-return]  # a Tensor


class Mish(TakesInplace):
    """x tanh(log(1 + eˣ)): smooth, and near relu for large |x|.

    Falls below 0 and has its minimum, -0.31, at x = -1.19. Saturates at 0 for very negative x, where the gradient
    vanishes; not zero-centred. Costs two exponentials and a logarithm.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.

    Example:
        >>> import nn
        >>> nn.Mish()([0.0, 1.0])
        tensor([0.        , 0.86509839])
    """

    def forward(self, x: Any) -> Tensor:
        """x tanh(log(1 + eˣ))."""
        return ag.mish(x)  # type: ignore[no-any-return]  # a Tensor


class Hardswish(TakesInplace):
    """x min(max(x + 3, 0), 6) / 6: SiLU in straight and parabolic pieces, without its exponential.

    Exactly 0 for x <= -3, where the gradient is 0 too and a unit can die; not zero-centred.

    Args:
        inplace: accepted for PyTorch's sake; nothing is computed in place.

    Shape:
        Any; the output has the same.

    Source:
        Howard et al., "Searching for MobileNetV3", 2019.

    Example:
        >>> import nn
        >>> nn.Hardswish()([-4.0, 0.0, 3.0])
        tensor([-0.,  0.,  3.])
    """

    def forward(self, x: Any) -> Tensor:
        """x min(max(x + 3, 0), 6) / 6."""
        return hardswish(x)


class GLU(Module):
    """a sigmoid(b), where a and b are the two halves of the input along ``dim``: b is the gate of a.

    The gradient passes through a without being squashed; where the gate is closed (b very negative), it vanishes.

    Args:
        dim: the axis to halve.

    Shape:
        (..., 2 n, ...) to (..., n, ...).

    Raises:
        ShapeError: on a call, an axis that the input does not have, or of odd length.

    Source:
        Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2017.

    Example:
        >>> import nn
        >>> nn.GLU()([1.0, 2.0, 0.0, 1000.0])
        tensor([0.5, 2. ])
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Tensor:
        """a sigmoid(b)."""
        return glu(x, self.dim)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"
