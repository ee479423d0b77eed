"""Losses for independent yes-or-no questions, and for whole distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, exp, log, log_sigmoid, softplus, where
from autograd_core.errors import ShapeError
from autograd_core.recording import Primitive

from ..module import Module
from ..parameter import Buffer
from .reduction import REDUCTIONS, check_reduction, floats, pair, reduced, weighed

LEAST = -100.0
"""As in PyTorch no logarithm is below it: a sure mistake costs 100, not infinity."""

TINY = 1e-12
"""As in PyTorch no gradient is divided by less."""


def _logarithms(p: Any) -> tuple[Any, Any]:
    """Of p and of 1 - p."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(p), LEAST), np.maximum(np.log1p(-p), LEAST)


def _of_probabilities(p: Any, target: Any) -> Any:
    yes, no = _logarithms(p)
    return -(target * yes + (1 - target) * no)


def _slope_of_target(g: Any, p: Any) -> Any:
    yes, no = _logarithms(p)
    return g * (no - yes)


# One primitive, since p - y is exact where its two halves, of opposite infinite size, are not.
_binary_cross_entropy = Primitive("binary_cross_entropy", _of_probabilities, {
    "p": lambda g, p, target: g * ((p - target) / np.maximum(p * (1 - p), TINY)),
    "target": _slope_of_target,
})


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """-y log p - (1 - y) log(1 - p); see :class:`BCELoss`.

    Args:
        input: probabilities p, any shape.
        target: y from 0 to 1, of the same shape.
        weight: broadcasts to the losses, which it multiplies.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ, predictions or targets outside [0, 1].
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.binary_cross_entropy([0.5], [1.0])
        tensor(0.69314718)
    """
    name = "binary_cross_entropy"
    p, y = pair(name, input, target)
    if not ((p.data >= 0) & (p.data <= 1)).all():
        raise ShapeError(f"{name}: predictions outside [0, 1]; for logits use BCEWithLogitsLoss.")
    return reduced(name, weighed(name, _binary_cross_entropy(p, _shares(name, y)), weight), reduction)


def binary_cross_entropy_with_logits(input: Any, target: Any, weight: Any = None, reduction: str = "mean",
                                     pos_weight: Any = None) -> Tensor:
    """The cross-entropy of sigmoid(x), without its overflow; see :class:`BCEWithLogitsLoss`.

    Args:
        input: logits x, any shape.
        target: y from 0 to 1, of the same shape.
        weight: broadcasts to the losses, which it multiplies.
        reduction: "mean", "sum" or "none".
        pos_weight: broadcasts; how much the targets of 1 count.

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ, targets outside [0, 1].
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 1.0], reduction="sum")
        tensor(0.69314718)
    """
    name = "binary_cross_entropy_with_logits"
    x, y = pair(name, input, target)
    y = _shares(name, y)
    # softplus(x) - x y would lose all digits where x is large
    losses = softplus(x) * (1 - y) + weighed(name, softplus(-x) * y, pos_weight, "pos_weight")
    return reduced(name, weighed(name, losses, weight), reduction)


def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    """The mean over the labels of one logistic regression each; see :class:`MultiLabelSoftMarginLoss`.

    Args:
        input: logits (..., labels).
        target: 0 or 1, of the same shape.
        weight: broadcasts to the losses, which it multiplies.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or (...,) for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.multilabel_soft_margin_loss([[0.0, 0.0]], [[1.0, 0.0]])
        tensor(0.69314718)
    """
    name = "multilabel_soft_margin_loss"
    x, y = pair(name, input, target)
    if not x.ndim:
        raise ShapeError(f"{name}: a single number; expected an axis of labels.")
    losses = -(log_sigmoid(x) * y + log_sigmoid(-x) * (1 - y))
    return reduced(name, weighed(name, losses, weight).mean(axis=-1), reduction)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """p (log p - log q), how far log q is from p; see :class:`KLDivLoss`.

    Args:
        input: log q, any shape.
        target: p, of the same shape; log p with ``log_target``.
        reduction: "mean" over all elements, "batchmean" over the samples (the divergence itself), "sum" or "none".
        log_target: whether the target is log p.

    Returns:
        Tensor: 0-d, or like ``input`` for "none".

    Raises:
        ShapeError: shapes that differ, probabilities below 0.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> import numpy as np
        >>> F.kl_div(np.log([[0.25, 0.75]]), [[0.25, 0.75]], reduction="batchmean")
        tensor(0.)
    """
    q, p = pair("kl_div", input, target)
    check_reduction("kl_div", reduction, (*REDUCTIONS, "batchmean"))
    if log_target:
        losses = exp(p) * (p - q)
    else:
        p = floats("kl_div", p, "target")
        if (p.data < 0).any():
            raise ShapeError("kl_div: target has values below 0; for log-probabilities pass log_target=True.")
        possible = p.data != 0  # NaN stays NaN
        losses = where(possible, p * (log(where(possible, p, 1)) - where(possible, q, 0)), 0)
    if reduction == "batchmean":
        return losses.sum() / (len(q) if q.ndim else 1)  # type: ignore[no-any-return]  # a Tensor
    return reduced("kl_div", losses, reduction)


class BCELoss(Module):
    """Binary cross-entropy of probabilities, -(y log p + (1 - y) log(1 - p)), each logarithm at least -100.

    Args:
        weight: what each element counts; it broadcasts.
        reduction: "mean", "sum" or "none".

    Shape:
        Probabilities and target of one shape.

    Raises:
        ShapeError: shapes that differ, predictions or targets outside [0, 1].
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.BCELoss()([0.5, 1.0], [1.0, 1.0])
        tensor(0.34657359)
    """

    weight: Buffer | None

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        self.weight = None if weight is None else Buffer(weight)
        self.reduction = check_reduction("BCELoss", reduction)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Module):
    """Binary cross-entropy of logits, (1 - y) log(1 + e^f) + y log(1 + e^-f): a sigmoid and BCELoss in one.

    Stable for logits of any size. Its gradient on the logits is sigmoid(f) - y, the output minus the target. Summed
    over several attributes it is one logistic regression for each.

    Args:
        weight: what each element counts; it broadcasts.
        reduction: "mean", "sum" or "none".
        pos_weight: what positive targets count, by attribute; above 1 it raises recall.

    Shape:
        Logits and target of one shape.

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import autograd_core as ag, nn
        >>> logit = ag.tensor([0.0], requires_grad=True)
        >>> nn.BCEWithLogitsLoss()(logit, [1.0]).backward()
        >>> logit.grad
        tensor([-0.5])
    """

    weight: Buffer | None
    pos_weight: Buffer | None

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        self.weight = None if weight is None else Buffer(weight)
        self.reduction = check_reduction("BCEWithLogitsLoss", reduction)
        self.pos_weight = None if pos_weight is None else Buffer(pos_weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)


class MultiLabelSoftMarginLoss(Module):
    """One logistic regression for each label, averaged over them: -1/C Σ_j [y log s(f) + (1 - y) log(1 - s(f))].

    Args:
        weight: what each label counts.
        reduction: "mean" over the samples, "sum" or "none".

    Shape:
        Logits and target (..., C), targets 0 or 1.

    Raises:
        ShapeError: shapes that differ.
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.MultiLabelSoftMarginLoss()([[0.0, 0.0]], [[1.0, 0.0]])
        tensor(0.69314718)
    """

    weight: Buffer | None

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        self.weight = None if weight is None else Buffer(weight)
        self.reduction = check_reduction("MultiLabelSoftMarginLoss", reduction)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return multilabel_soft_margin_loss(input, target, self.weight, self.reduction)


class KLDivLoss(Module):
    """Kullback-Leibler divergence from log-probabilities q to probabilities p, p (log p - q), 0 where p is 0.

    Args:
        reduction: "mean" over all elements, "batchmean" over the samples (which is the divergence), "sum" or "none".
        log_target: p is given as its logarithm, too.

    Shape:
        Log-probabilities and target of one shape.

    Raises:
        ShapeError: shapes that differ, probabilities below 0.
        OptionError: another ``reduction``.

    Source:
        Kullback and Leibler, "On Information and Sufficiency", 1951.

    Example:
        >>> import numpy as np, nn
        >>> nn.KLDivLoss("batchmean")(np.log([[0.5, 0.5]]), [[1.0, 0.0]])
        tensor(0.69314718)
    """

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        self.reduction = check_reduction("KLDivLoss", reduction, (*REDUCTIONS, "batchmean"))
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return kl_div(input, target, self.reduction, self.log_target)


def _shares(name: str, y: Any) -> Any:
    """The targets, checked."""
    values = y.data if isinstance(y, Tensor) else y
    if not ((values >= 0) & (values <= 1)).all():
        raise ShapeError(f"{name}: targets outside [0, 1]; of -1 and 1 make (y + 1) / 2.")
    return y

