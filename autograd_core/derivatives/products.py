"""Products that sum: the matrix product in all its forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from .define import primitive
from .domains import Case, Cases

__all__ = ["matmul"]


def _explain_matmul(a: Any, b: Any) -> str:
    a_shape, b_shape = np.shape(a), np.shape(b)
    if not a_shape or not b_shape:
        return f"{a_shape} @ {b_shape}: a scalar has no matrix product; use * instead."
    inner = a_shape[-1], b_shape[-2] if len(b_shape) > 1 else b_shape[0]
    if inner[0] != inner[1]:
        return f"{a_shape} @ {b_shape}: the inner dimensions {inner[0]} and {inner[1]} differ."
    return f"{a_shape} @ {b_shape}: the batch dimensions {a_shape[:-2]} and {b_shape[:-2]} do not broadcast together."


def _matmul_a(g: Any, b: Any, a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> Any:
    """g bᵀ; an operand with one axis is a row on the left, a column on the right."""
    if len(a_shape) == 2 == len(b_shape):
        return g @ b.mT
    if len(b_shape) == 1:
        return g[..., None] * b
    if len(a_shape) == 1:
        return (g[..., None, :] @ b.mT)[..., 0, :]
    return g @ b.mT


def _matmul_b(g: Any, a: Any, a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> Any:
    """aᵀ g; see above."""
    if len(a_shape) == 2 == len(b_shape):
        return a.mT @ g
    if len(a_shape) == 1:
        return g * a if len(b_shape) == 1 else a[:, None] * g[..., None, :]
    if len(b_shape) == 1:
        return (g[..., None, :] @ a)[..., 0, :]
    return a.mT @ g


@primitive(a=_matmul_a, b=_matmul_b, numpy=np.matmul, explain=_explain_matmul, over=Cases(tuple(
    Case(shapes) for shapes in [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
        ((2, 2, 3), (3,)), ((3,), (2, 3, 2)), ((2, 2, 3), (2, 3, 2)), ((2, 1, 2, 3), (3, 3, 2)), ((2, 3), (4, 3, 2)),
        ((0, 3), (3, 2)), ((2, 0), (0, 3)),
    ])))
def matmul(a: Any, b: Any) -> Any:
    """Matrix product a @ b, batched over leading axes. dy/da = g bᵀ, dy/db = aᵀ g.

    Args:
        a: shape (n,), (n, k) or (..., n, k).
        b: shape (k,), (k, m) or (..., k, m); batch axes broadcast.

    Returns:
        Tensor of shape (..., n, m), less the axis that a 1-d operand lacks.

    Raises:
        ShapeError: inner dimensions that differ, batch axes that do not broadcast, or a scalar.

    Example:
        >>> import autograd_core as ag
        >>> ag.matmul(ag.tensor([[1.0, 2.0]]), [3.0, 4.0])
        tensor([11.])
    """
    return np.matmul(a, b)
