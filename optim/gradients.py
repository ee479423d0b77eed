"""Gradients before a step: their size, clipped; and what to do where they are not finite."""

from __future__ import annotations

import numpy as np

from autograd_core.errors import GraphError


def settle(what: str, g: np.ndarray, nonfinite: str) -> np.ndarray | None:
    """The gradient to use instead of ``g``, or None for none; raises GraphError where it is not finite, if asked to.

    Finite ones, nearly all, cost one product: their sum of squares is finite.
    """
    flat = g.reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):
        finite = bool(np.isfinite(np.dot(flat, flat))) or bool(np.isfinite(g).all())
    if finite:
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
