"""Gradients before a step: their size, clipped; and what to do where they are not finite."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_core import Tensor, tensor
from autograd_core.errors import GraphError, OptionError
from autograd_core.options import at_least_0, number

from .groups import named


def clip_grad_norm_(params: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> float:
    """Scale all gradients by one factor, min(1, max_norm / (|g| + 1e-6)): together they are no longer than that.

    Call it between ``backward()`` and ``step()``. The direction of the step stays.

    Args:
        params: a model, or Tensors; those without a gradient are left out.
        max_norm: the length allowed.
        norm_type: p of the norm (Σ |g|^p)^(1/p) over all elements of all gradients; may be infinite.
        error_if_nonfinite: raise where the norm is NaN or infinite, instead of making all gradients NaN or 0.

    Returns:
        The norm as it was before.

    Raises:
        OptionError: a negative ``max_norm``, a ``norm_type`` that is not above 0.
        GraphError: the norm is not finite, and ``error_if_nonfinite``; no gradient was changed.

    Source:
        Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([3.0, 4.0], requires_grad=True)
        >>> (w * w / 2).sum().backward()
        >>> optim.clip_grad_norm_([w], 1.0)
        5.0
        >>> w.grad.numpy().round(5).tolist()
        [0.6, 0.8]
    """
    at_least_0("clip_grad_norm_: max_norm", max_norm)
    if not number("clip_grad_norm_: norm_type", norm_type) > 0:
        raise OptionError(f"clip_grad_norm_: norm_type={norm_type!r}; expected a number above 0, or inf.")
    found = _with_gradients(params)
    with np.errstate(over="ignore", invalid="ignore"):
        norm = _norm([g for _, g in found], norm_type)
    if error_if_nonfinite and not math.isfinite(norm):
        raise GraphError(f"clip_grad_norm_: the norm of the gradients is {norm}; none was changed. Find its cause with "
                         f"ag.detect_anomaly().")
    factor = max_norm / (norm + 1e-6)
    if not factor >= 1:  # also where it is NaN
        _replace((p, g * factor) for p, g in found)
    return norm


def clip_grad_value_(params: Any, clip_value: float) -> None:
    """Clip every element of every gradient to [-clip_value, clip_value]. The direction of the step may change.

    Args:
        params: a model, or Tensors; those without a gradient are left out.
        clip_value: the largest absolute value allowed.

    Raises:
        OptionError: a negative ``clip_value``.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([0.5, 4.0], requires_grad=True)
        >>> (w * w / 2).sum().backward()
        >>> optim.clip_grad_value_([w], 1.0)
        >>> w.grad
        tensor([0.5, 1. ])
    """
    bound = at_least_0("clip_grad_value_: clip_value", clip_value)
    _replace((p, np.clip(g, -bound, bound)) for p, g in _with_gradients(params))


def _with_gradients(params: Any) -> list[tuple[Tensor, np.ndarray]]:
    return [(p, p.grad.data) for _, p in named(params) if p.grad is not None]


def _replace(gradients: Iterable[tuple[Tensor, np.ndarray]]) -> None:
    """New gradients in the place of old ones, not in their memory: two tensors can share a gradient."""
    for p, g in gradients:
        p.grad = tensor(g, dtype=p.dtype)


def _norm(gradients: list[np.ndarray], order: float) -> float:
    """In float64, so that large gradients do not overflow on the way; for 2, NumPy's product first, which is fast."""
    if order == 2:
        total = math.sqrt(math.fsum(float(np.dot(g.reshape(-1), g.reshape(-1))) for g in gradients))
        if math.isfinite(total) and total > 1e-15:
            return total
    lengths = [float(np.linalg.norm(g.reshape(-1).astype(np.float64), order)) for g in gradients if g.size]
    return float(np.linalg.norm(lengths, order)) if lengths else 0.0


def finite(gradients: Iterable[np.ndarray]) -> bool:
    """Whether all elements are; where none is huge, at the cost of one product: the sum of squares is finite then."""
    with np.errstate(over="ignore", invalid="ignore"):
        for g in gradients:
            flat = g.reshape(-1)
            if not math.isfinite(np.dot(flat, flat)) and not np.isfinite(g).all():
                return False
    return True


def settle(what: str, g: np.ndarray, nonfinite: str) -> np.ndarray | None:
    """The gradient to use instead of ``g``, or None for none; raises GraphError where it is not finite, if asked to."""
    if nonfinite == "ignore" or finite([g]):
        return g
    if nonfinite == "skip":
        return None
    if nonfinite == "scale":
        return np.where(np.isinf(g), np.sign(g), 0).astype(g.dtype)
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(g))[0])
    raise GraphError(
        f'{what} is {g[where]} at {where}; no parameter was changed. Find its cause with ag.detect_anomaly(), or pass '
        f'nonfinite="skip", "scale" or "ignore".'
    )
