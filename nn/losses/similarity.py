"""Losses that bring vectors of the same kind together, and keep others apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import Tensor, asarray, broadcast_to, hypot, maximum, minimum, relu, where
from autograd_core.errors import OptionError, ShapeError
from autograd_core.linalg import vector_norm
from autograd_core.options import above_0, at_least_0, number

from ..arguments import axis
from ..module import Module
from .reduction import check_reduction, floats, like, pair, reduced

EPS = 1e-12  # as in PyTorch: keeps the cosine of a zero vector at 0


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0,
                          reduction: str = "mean") -> Tensor:
    """1 - cos for pairs of one kind, max(0, cos - margin) for others; see :class:`CosineEmbeddingLoss`.

    Args:
        input1, input2: vectors (N, D), or (D,).
        target: (N,), or a number: 1 for pairs of one kind, -1 for others.
        margin: from -1 to 1.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or (N,) for "none".

    Raises:
        ShapeError: shapes that do not go together, targets other than -1 and 1.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> F.cosine_embedding_loss([[1.0, 0.0]], [[0.0, 1.0]], [1])
        tensor(1.)
    """
    name = "cosine_embedding_loss"
    a, b = pair(name, input1, input2)
    kind = like(name, target, a)
    kind = kind.data if isinstance(kind, Tensor) else kind
    if not 1 <= a.ndim <= 2 or kind.shape != a.shape[:-1]:
        raise ShapeError(f"{name}: vectors of shape {a.shape} and a target of {kind.shape}; expected (N, D) and (N,), "
                         f"or (D,) and a number.")
    if not (np.abs(kind) == 1).all():
        raise ShapeError(f"{name}: expected targets of 1, for pairs of one kind, and -1.")
    cosine = (_unit(a) * _unit(b)).sum(axis=-1)
    margin = number(f"{name}: margin", margin)
    return reduced(name, where(kind > 0, 1 - cosine, relu(cosine - margin)), reduction)


def _unit(x: Any) -> Any:
    """x / √(|x|² + EPS) along the last axis."""
    return x / hypot(_length(asarray(x), 2, -1), math.sqrt(EPS))


def _length(x: Tensor, p: float, dim: int) -> Tensor:
    """|x|_p along ``dim``, which stays; also where a power of x is too large for a float."""
    with np.errstate(over="ignore"):
        length = vector_norm(x, ord=p, axis=dim, keepdims=True)
    if np.isfinite(length.data).all():
        return length
    largest = np.abs(x.data).max(axis=dim, keepdims=True)
    scale = np.ldexp(x.dtype.type(1), np.frexp(largest)[1] - 1)  # a power of two: no digit is lost
    return vector_norm(x / scale, ord=p, axis=dim, keepdims=True) * scale  # type: ignore[no-any-return]  # a Tensor


def _exponent(name: str, p: Any) -> float:
    """``p``, checked to make a norm; below 1 the triangle inequality fails."""
    if number(f"{name}: p", p) < 1:
        raise OptionError(f"{name}: p={p!r}; expected at least 1.")
    return float(p)


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(|x|_p, eps): vectors along ``dim`` scaled to length 1; zeros stay zeros.

    Args:
        input: Tensor or array with that axis.
        p: the exponent of the norm, at least 1; infinity for the largest element.
        dim: the axis of the vectors.
        eps: the least that is divided by.

    Returns:
        Tensor like ``input``.

    Raises:
        OptionError: a ``p`` below 1.
        ShapeError: an axis that the input does not have.

    Example:
        >>> import nn.functional as F
        >>> F.normalize([[3.0, 4.0], [0.0, 0.0]])
        tensor([[0.6, 0.8],
                [0. , 0. ]])
    """
    x = floats("normalize", input)
    length = _length(x, _exponent("normalize", p), axis("normalize", dim, x))
    return x / maximum(length, number("normalize: eps", eps))


def _vectors(name: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Both as Tensors of floats, of the shape to which they broadcast."""
    a, b = floats(name, x1, "x1"), floats(name, x2, "x2")
    if a.shape == b.shape:
        return a, b
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise ShapeError(f"{name}: x1 of shape {a.shape} and x2 of shape {b.shape} do not broadcast.") from None
    return broadcast_to(a, shape), broadcast_to(b, shape)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Σ a b / (max(|a|, eps) max(|b|, eps)) along ``dim``: the cosine of the angle between vectors.

    Args:
        x1, x2: Tensors or arrays of shapes that broadcast.
        dim: the axis of the vectors, of those of the common shape.
        eps: the least length that is divided by.

    Returns:
        Tensor without that axis.

    Raises:
        ShapeError: shapes that do not broadcast, an axis that they do not have.

    Example:
        >>> import nn.functional as F
        >>> F.cosine_similarity([[1.0, 0.0]], [[1.0, 1.0], [0.0, 5.0]]).numpy().round(3)
        array([0.707, 0.   ])
    """
    a, b = _vectors("cosine_similarity", x1, x2)
    dim, eps = axis("cosine_similarity", dim, a), number("cosine_similarity: eps", eps)
    return (normalize(a, dim=dim, eps=eps) * normalize(b, dim=dim, eps=eps)).sum(axis=dim)


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last axis; eps keeps its gradient finite where they are equal.

    Args:
        x1, x2: (..., D), of shapes that broadcast.
        p: the exponent of the norm, at least 1; infinity for the largest difference.
        eps: added to each difference.

    Returns:
        Tensor (...,).

    Raises:
        OptionError: a ``p`` below 1.
        ShapeError: shapes that do not broadcast, single numbers.

    Example:
        >>> import nn
        >>> round(nn.functional.pairwise_distance([0.0, 0.0], [3.0, 4.0]).item(), 5)
        5.0
    """
    p, eps = _exponent("pairwise_distance", p), number("pairwise_distance: eps", eps)
    a, b = _vectors("pairwise_distance", x1, x2)
    if not a.ndim:
        raise ShapeError("pairwise_distance: single numbers; expected vectors along the last axis.")
    return _length(a - b + eps, p, -1)[..., 0]


def triplet_margin_loss(anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2.0,
                        eps: float = 1e-6, swap: bool = False, reduction: str = "mean") -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin); see :class:`TripletMarginLoss`.

    Args:
        anchor, positive, negative: (..., D).
        margin: by how much the negative must be further away.
        p: the exponent of the distance's norm.
        eps: added to differences; see :func:`pairwise_distance`.
        swap: use d(positive, negative) where that is smaller.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: 0-d, or (...,) for "none".

    Raises:
        ShapeError: shapes that differ.
        OptionError: a margin that is not positive, a ``p`` below 1; another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> round(F.triplet_margin_loss([0.0, 0.0], [3.0, 4.0], [0.0, 1.0]).item(), 5)
        5.0
    """
    name = "triplet_margin_loss"
    p, margin = _exponent(name, p), above_0(f"{name}: margin", margin)
    a, positive = pair(name, anchor, positive)
    a, negative = pair(name, a, negative)
    if not a.ndim:
        raise ShapeError(f"{name}: single numbers; expected vectors along the last axis.")
    near, far = pairwise_distance(a, positive, p, eps), pairwise_distance(a, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(name, relu(near - far + margin), reduction)


class CosineEmbeddingLoss(Module):
    """For pairs of one kind (target 1) 1 - cos(a, b), for others (target -1) max(0, cos(a, b) - margin).

    Args:
        margin: from -1 to 1; 0 to 0.5 is usual.
        reduction: "mean", "sum" or "none".

    Shape:
        vectors (N, D) and (N, D), target (N,); or (D,), (D,) and a number.

    Raises:
        ShapeError: shapes that do not go together, targets other than -1 and 1.
        OptionError: another ``reduction``.

    Example:
        >>> import nn
        >>> nn.CosineEmbeddingLoss()([[1.0, 0.0]], [[0.0, 1.0]], [1])
        tensor(1.)
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        self.margin = number("CosineEmbeddingLoss: margin", margin)
        self.reduction = check_reduction("CosineEmbeddingLoss", reduction)

    def forward(self, input1: Any, input2: Any, target: Any) -> Tensor:
        """The loss; see the class."""
        return cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class TripletMarginLoss(Module):
    """An anchor must be nearer to its like than to the other by a margin: max(0, d(a, p) - d(a, n) + margin).

    Args:
        margin: by how much.
        p: the exponent of the distance's norm.
        eps: added to differences; see :func:`nn.functional.pairwise_distance`.
        swap: use d(p, n) instead of d(a, n) where that is smaller: a harder negative.
        reduction: "mean", "sum" or "none".

    Shape:
        anchor, positive and negative (..., D).

    Raises:
        ShapeError: shapes that differ.
        OptionError: a margin that is not positive, a ``p`` below 1, another ``reduction``.

    Source:
        Balntas et al., "Learning local feature descriptors with triplets and shallow convolutional neural networks",
        2016.

    Example:
        >>> import nn
        >>> round(nn.TripletMarginLoss()([[0.0]], [[1.0]], [[1.5]]).item(), 5)
        0.5
    """

    def __init__(self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
                 reduction: str = "mean") -> None:
        self.margin, self.p = above_0("TripletMarginLoss: margin", margin), _exponent("TripletMarginLoss", p)
        self.eps, self.swap = at_least_0("TripletMarginLoss: eps", eps), swap
        self.reduction = check_reduction("TripletMarginLoss", reduction)

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Tensor:
        """The loss; see the class."""
        return triplet_margin_loss(anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction)
