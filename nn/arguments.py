"""Axes, and one size for each of them: what windows, kernels and normalized shapes are given as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer

Sizes = int | Sequence[int]
"""One number, or one for each axis of space."""


def sizes(layer: str, name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """One int for each of ``count`` axes; a single one serves them all."""
    what = f"{layer}: {name}"
    if not isinstance(value, Sequence):
        return (integer(what, value, least=least),) * count
    if isinstance(value, str) or len(value) != count:
        raise OptionError(f"{what}={value!r}; expected one integer, or one for each of {count} axes.")
    return tuple(integer(what, item, least=least) for item in value)


def axis(name: str, dim: Any, x: Any) -> int:
    """``dim``, checked to be an axis of ``x``; a negative one counts from the end."""
    count = np.ndim(x)
    if not -count <= integer(f"{name}: dim", dim) < count:
        expected = f"{-count} to {count - 1}" if count else "an input with axes"
        raise ShapeError(f"{name}: dim={dim} for an input of shape {np.shape(x)}; expected {expected}.")
    return int(dim)
