"""Losses for numbers: squares, absolute values, and mixtures of the two."""

from __future__ import annotations

from typing import Any

from autograd_core import Tensor, absolute, where
from autograd_core.errors import ShapeError
from autograd_core.options import above_0, at_least_0

from ..module import Module
from .reduction import check_reduction, pair, reduced


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """(a - y)² and its mean; see :class:`MSELoss`.

    Args:
        input: a, Tensor or array of floats, any shape.
        target: y, of the same shape.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.mse_loss([1.0, 3.0], [1.0, 1.0])
        tensor(2.)
    """
    input, target = pair("mse_loss", input, target)
    off = input - target
    return reduced("mse_loss", off * off, reduction)


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """|a - y| and its mean; see :class:`L1Loss`.

    Args:
        input: a, Tensor or array of floats, any shape.
        target: y, of the same shape.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.l1_loss([1.0, 3.0], [1.0, 1.0])
        tensor(1.)
    """
    input, target = pair("l1_loss", input, target)
    return reduced("l1_loss", absolute(input - target), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """(a - y)² / (2 beta) near 0, |a - y| - beta / 2 beyond; see :class:`SmoothL1Loss`.

    Args:
        input: a, Tensor or array of floats, any shape.
        target: y, of the same shape.
        reduction: "mean", "sum" or "none".
        beta: where squares end; with 0 it is :func:`l1_loss`.

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: a negative beta; another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.smooth_l1_loss([1.0, 3.0], [1.0, 1.0])
        tensor(0.75)
    """
    beta = at_least_0("smooth_l1_loss: beta", beta)
    input, target = pair("smooth_l1_loss", input, target)
    off = input - target
    return reduced("smooth_l1_loss", _rounded(off, beta) * (1 / beta) if beta else absolute(off), reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """(a - y)² / 2 near 0, delta (|a - y| - delta / 2) beyond; see :class:`HuberLoss`.

    Args:
        input: a, Tensor or array of floats, any shape.
        target: y, of the same shape.
        reduction: "mean", "sum" or "none".
        delta: where squares end.

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: a delta that is not positive; another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.huber_loss([1.0, 3.0], [1.0, 1.0], delta=0.5)
        tensor(0.4375)
    """
    delta = above_0("huber_loss: delta", delta)
    input, target = pair("huber_loss", input, target)
    return reduced("huber_loss", _rounded(input - target, delta), reduction)


def _rounded(off: Tensor, delta: float) -> Tensor:
    """delta (|off| - delta / 2), with a parabola in place of the corner at 0."""
    size = absolute(off)
    return where(size.data <= delta, off * off * 0.5, (size - 0.5 * delta) * delta)


class _Reducing(Module):
    """A loss with nothing but a reduction."""

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = check_reduction(type(self).__name__, reduction)


class MSELoss(_Reducing):
    """Squared error, (a - y)², by default its mean over all elements.

    Args:
        reduction: "mean", "sum" or "none".

    Shape:
        Prediction and target of one shape.

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.MSELoss()([1.0, 3.0], [1.0, 1.0])
        tensor(2.)
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return mse_loss(input, target, self.reduction)


class HalfMSELoss(Module):
    """The textbook's 1/(2n) Σ |a - y|², over n samples: its gradient on the output is (a - y) / n, nothing more.

    Shape:
        Prediction and target of one shape, samples along the first axis.

    Raises:
        ShapeError: shapes that differ, or no samples.

    Example:
        >>> import nn
        >>> nn.HalfMSELoss()([[1.0, 3.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
        tensor(1.)
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        input, target = pair("HalfMSELoss", input, target)
        if not input.ndim or not len(input):
            raise ShapeError(f"HalfMSELoss: input of shape {input.shape}; expected samples along the first axis.")
        off = input - target
        return reduced("HalfMSELoss", off * off * (1 / (2 * len(input))), "sum")


class L1Loss(_Reducing):
    """Absolute error, |a - y|: less swayed by outliers than squares. Its gradient at 0 is 0.

    Args:
        reduction: "mean", "sum" or "none".

    Shape:
        Prediction and target of one shape.

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.L1Loss()([1.0, 3.0], [1.0, 1.0])
        tensor(1.)
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return l1_loss(input, target, self.reduction)


class SmoothL1Loss(Module):
    """(a - y)² / (2 beta) where |a - y| < beta, else |a - y| - beta / 2.

    Args:
        reduction: "mean", "sum" or "none".
        beta: where squares end; with 0 it is L1Loss.

    Shape:
        Prediction and target of one shape.

    Raises:
        ShapeError: shapes that differ.
        OptionError: a negative beta; another ``reduction``.

    Source:
        Girshick, "Fast R-CNN", 2015, eq. 3.

    Example:
        >>> import nn
        >>> nn.SmoothL1Loss()([1.0, 3.0], [1.0, 1.0])
        tensor(0.75)
    """

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        self.reduction = check_reduction("SmoothL1Loss", reduction)
        self.beta = at_least_0("SmoothL1Loss: beta", beta)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return smooth_l1_loss(input, target, self.reduction, self.beta)


class HuberLoss(Module):
    """(a - y)² / 2 where |a - y| ≤ delta, else delta (|a - y| - delta / 2): gradients no larger than delta.

    Args:
        reduction: "mean", "sum" or "none".
        delta: where squares end.

    Shape:
        Prediction and target of one shape.

    Raises:
        ShapeError: shapes that differ.
        OptionError: a delta that is not positive; another ``reduction``.

    Source:
        Huber, "Robust Estimation of a Location Parameter", 1964.

    Example:
        >>> import nn
        >>> nn.HuberLoss(delta=0.5)([1.0, 3.0], [1.0, 1.0])
        tensor(0.4375)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        self.reduction = check_reduction("HuberLoss", reduction)
        self.delta = above_0("HuberLoss: delta", delta)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return huber_loss(input, target, self.reduction, self.delta)
