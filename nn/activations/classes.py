"""Scores of classes as probabilities, for the output of a model."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import Tensor

from ..arguments import axis
from ..module import Module


def softmax(input: Any, dim: int = -1) -> Tensor:
    """eˣ / Σ eˣ over ``dim``; see :class:`Softmax`.

    Example:
        >>> import nn.functional as F
        >>> F.softmax([[0.0, 0.0]], dim=-1)
        tensor([[0.5, 0.5]])
    """
    return ag.softmax(input, axis("softmax", dim, input))


def log_softmax(input: Any, dim: int = -1) -> Tensor:
    """x - log Σ eˣ over ``dim``; see :class:`LogSoftmax`.

    Example:
        >>> import nn.functional as F
        >>> F.log_softmax([[0.0, -1000.0]], dim=-1)
        tensor([[    0., -1000.]])
    """
    return ag.log_softmax(input, axis("log_softmax", dim, input))


class _OverClasses(Module):
    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class Softmax(_OverClasses):
    """eˣ / Σ eˣ over ``dim``: scores as probabilities, stable for scores of any size.

    Saturates where one score is far above the others: then all gradients vanish. Do not put it before
    CrossEntropyLoss, which takes the scores themselves.

    Args:
        dim: the axis of the classes.

    Shape:
        Any; the output has the same, and sums to 1 over ``dim``.

    Raises:
        ShapeError: on a call, an axis that the input does not have.

    Source:
        Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs", 1990.

    Example:
        >>> import nn
        >>> nn.Softmax()([[0.0, 0.0], [1000.0, 0.0]])
        tensor([[0.5, 0.5],
                [1. , 0. ]])
    """

    def forward(self, x: Any) -> Tensor:
        """eˣ / Σ eˣ."""
        return softmax(x, self.dim)


class LogSoftmax(_OverClasses):
    """x - log Σ eˣ over ``dim``: scores as log-probabilities, exact also where a probability is too small for a float.

    Its gradient with the log-likelihood does not saturate: NLLLoss behind it is CrossEntropyLoss.

    Args:
        dim: the axis of the classes.

    Shape:
        Any; the output has the same, at most 0.

    Raises:
        ShapeError: on a call, an axis that the input does not have.

    Example:
        >>> import nn
        >>> nn.LogSoftmax()([[0.0, 0.0], [1000.0, 0.0]])
        tensor([[-6.93147181e-01, -6.93147181e-01],
                [ 0.00000000e+00, -1.00000000e+03]])
    """

    def forward(self, x: Any) -> Tensor:
        """x - log Σ eˣ."""
        return log_softmax(x, self.dim)
