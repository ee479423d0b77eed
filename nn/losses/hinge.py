"""Losses of support vector machines: scores must be right by a margin, and cost nothing beyond it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, max, relu, where
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import at_least_0

from ..module import Module
from ..parameter import Buffer
from .reduction import check_reduction, floats, labels, pair, reduced


def _scores(name: str, scores: Any, target: Any) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """Scores (N, C), checked; the labels (N,); and the mask of the true classes."""
    f = floats(name, scores)
    if f.ndim != 2 or 0 in f.shape:
        raise ShapeError(f"{name}: scores of shape {f.shape}; expected (samples, classes), neither of them 0.")
    found = labels(name, target, f.shape[:1], f.shape[1])
    return f, found, np.arange(f.shape[1]) == found[:, None]


def _violations(f: Tensor, y: np.ndarray, true: np.ndarray, margin: float) -> Tensor:
    """max(0, f_j - f_y + margin) for every wrong class j, 0 for the true one: (N, C)."""
    return relu(f - f[np.arange(len(y)), y][:, None] + margin) * ~true


class WestonWatkinsLoss(Module):
    """The multiclass support vector machine, Σ_{j ≠ y} max(0, f_j - f_y + margin), mean over the samples.

    Each wrong class whose score comes within the margin of the right one costs; the gradient at the hinge is 0. With
    all scores near 0 it is (C - 1) margin: a check for the first step of a training.

    Args:
        margin: by how much the right score must win.
        squared: square each term, which punishes large violations more.
        reduction: "mean" over the samples, "sum", or "none".

    Shape:
        scores (N, C), target of integers (N,).

    Raises:
        OptionError: a negative margin; another ``reduction``.
        ShapeError, DTypeError, SelectionError: scores or labels that do not fit.

    Source:
        Weston and Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", 1999.

    Example:
        >>> import nn
        >>> nn.WestonWatkinsLoss()([[3.2, 5.1, -1.7]], [0])  # max(0, 2.9) + max(0, -3.9)
        tensor(2.9)
    """

    def __init__(self, margin: float = 1.0, squared: bool = False, reduction: str = "mean") -> None:
        self.margin, self.squared = at_least_0("WestonWatkinsLoss: margin", margin), squared
        self.reduction = check_reduction("WestonWatkinsLoss", reduction)

    def forward(self, scores: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        f, y, true = _scores("WestonWatkinsLoss", scores, target)
        violations = _violations(f, y, true, self.margin)
        losses = (violations * violations if self.squared else violations).sum(axis=1)
        return reduced("WestonWatkinsLoss", losses, self.reduction)


class CrammerSingerLoss(Module):
    """The multiclass hinge of the strongest rival alone, max(0, max_{j ≠ y} f_j - f_y + margin), mean over the samples.

    Args:
        margin: by how much the right score must win.
        reduction: "mean" over the samples, "sum", or "none".

    Shape:
        scores (N, C) with C of at least 2, target of integers (N,).

    Raises:
        OptionError: a negative margin; another ``reduction``.
        ShapeError, DTypeError, SelectionError: scores or labels that do not fit.

    Source:
        Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001.

    Example:
        >>> import nn
        >>> nn.CrammerSingerLoss()([[3.2, 5.1, 4.7]], [0])
        tensor(2.9)
    """

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        self.margin = at_least_0("CrammerSingerLoss: margin", margin)
        self.reduction = check_reduction("CrammerSingerLoss", reduction)

    def forward(self, scores: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        f, y, true = _scores("CrammerSingerLoss", scores, target)
        if f.shape[1] < 2:
            raise ShapeError("CrammerSingerLoss: scores of one class; a rival needs two.")
        rival = max(where(true, -np.inf, f), axis=1)
        losses = relu(rival - f[np.arange(len(y)), y] + self.margin)
        return reduced("CrammerSingerLoss", losses, self.reduction)


class MultiMarginLoss(Module):
    """PyTorch's multiclass hinge, Σ_{j ≠ y} max(0, w_y (margin - f_y + f_j))^p / C: WestonWatkinsLoss over C.

    Args:
        p: 1, or 2 for squares.
        margin: by how much the right score must win.
        weight: for each class, what its samples count.
        reduction: "mean" over the samples, "sum", or "none".

    Shape:
        scores (N, C), target of integers (N,).

    Raises:
        OptionError: a negative margin; another ``p`` or ``reduction``.
        ShapeError, DTypeError, SelectionError: scores, labels or weights that do not fit.

    Example:
        >>> import nn
        >>> round(nn.MultiMarginLoss()([[3.2, 5.1, -1.7]], [0]).item(), 6)
        0.966667
    """

    weight: Buffer | None

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean") -> None:
        if p not in (1, 2):
            raise OptionError(f"MultiMarginLoss: p={p!r}; expected 1 or 2.")
        self.p, self.margin = p, at_least_0("MultiMarginLoss: margin", margin)
        self.weight = None if weight is None else Buffer(weight)
        self.reduction = check_reduction("MultiMarginLoss", reduction)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        f, y, true = _scores("MultiMarginLoss", input, target)
        violations = _violations(f, y, true, self.margin)
        terms = violations if self.p == 1 else violations * violations
        if self.weight is not None:
            if self.weight.shape != f.shape[1:]:
                raise ShapeError(f"MultiMarginLoss: weight of shape {self.weight.shape} for {f.shape[1]} classes.")
            terms = terms * self.weight.data.astype(f.dtype)[y][:, None]
        return reduced("MultiMarginLoss", terms.sum(axis=1) * (1 / f.shape[1]), self.reduction)


class AttributeHingeLoss(Module):
    """A hinge for each attribute, Σ_j max(0, 1 - y_j f_j) with y_j in {-1, +1}, mean over the samples.

    Args:
        reduction: "mean" over the samples, "sum", or "none".

    Shape:
        scores and target (N, attributes).

    Raises:
        ShapeError: shapes that differ, or targets other than -1 and +1.
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.AttributeHingeLoss()([[2.0, 0.5]], [[1, -1]])
        tensor(1.5)
    """

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = check_reduction("AttributeHingeLoss", reduction)

    def forward(self, scores: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        f, y = pair("AttributeHingeLoss", scores, target)
        signs = y.data if isinstance(y, Tensor) else y
        if f.ndim < 1 or not (np.abs(signs) == 1).all():
            raise ShapeError("AttributeHingeLoss: expected targets of -1 and +1; make them of 0 and 1 by 2 * y - 1.")
        return reduced("AttributeHingeLoss", relu(1 - f * signs).sum(axis=-1), self.reduction)
