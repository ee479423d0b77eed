"""Checks of what layers are made with: sizes, one size for each axis, probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.errors import DTypeError, ShapeError

Sizes = int | Sequence[int]
"""One number, or one for each axis of space."""


def size(layer: str, name: str, value: Any, least: int = 1) -> int:
    """``value`` as an int of at least ``least``; the error names the layer and the argument."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        raise DTypeError(f"{layer}: {name}={value!r}; expected an integer.")
    if value < least:
        raise ShapeError(f"{layer}: {name}={value}; expected at least {least}.")
    return int(value)


def sizes(layer: str, name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """One int for each of ``count`` axes; a single one serves them all."""
    if not isinstance(value, Sequence):
        return (size(layer, name, value, least),) * count
    if len(value) != count:
        raise ShapeError(f"{layer}: {name}={value!r}; expected one integer, or one for each of {count} axes.")
    return tuple(size(layer, name, item, least) for item in value)


def probability(layer: str, name: str, value: Any) -> float:
    """``value`` as a float from 0 to 1."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        raise DTypeError(f"{layer}: {name}={value!r}; expected a number.")
    if not 0 <= value <= 1:
        raise ShapeError(f"{layer}: {name}={value}; a probability is from 0 to 1.")
    return float(value)
