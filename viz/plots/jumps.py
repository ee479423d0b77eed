"""Curves that are drawn as they are: with gaps where they jump, and not with a steep line across."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

_HALVINGS = 24
_JUMP = 1e-3  # of the range of values: what a difference must exceed after all halvings
_ROUNDING = 1e-6  # of the largest value: what a difference may be by rounding, to float32 at worst
_POLE = 10  # times the largest value seen: what is higher beside a gap is on its way to infinity


class Curve(NamedTuple):
    """A line, with NaN in its gaps, and the values where it jumps (places, values)."""

    x: np.ndarray
    y: np.ndarray
    dots: tuple[np.ndarray, np.ndarray]


def curve(values_at: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> Curve:
    """Sample a function, and find where it jumps.

    Between neighbours of ``x``, the half with the larger difference is taken again and again. A difference that stays
    is a jump.

    Args:
        values_at: the function, of arrays.
        x: where to sample it, ascending.

    Returns:
        A Curve.

    Example:
        >>> import numpy as np
        >>> line = curve(np.sign, np.array([-1.5, -0.5, 1.0]))
        >>> line.y.tolist(), [dot.tolist() for dot in line.dots]
        ([-1.0, -1.0, -1.0, nan, 1.0, 1.0], [[0.0], [0.0]])
    """
    y = values_at(x)
    left, right, low, high = x[:-1], x[1:], y[:-1], y[1:]
    with np.errstate(all="ignore"):  # what is not finite is not drawn
        for _ in range(_HALVINGS):
            middle = (left + right) / 2
            between = values_at(middle)
            first = np.abs(between - low) >= np.abs(high - between)
            left, low = np.where(first, left, middle), np.where(first, low, between)
            right, high = np.where(first, middle, right), np.where(first, between, high)
        finite = y[np.isfinite(y)] if np.isfinite(y).any() else np.zeros(1)
        largest = np.abs(finite).max()
        jumps = np.abs(high - low) > max(_JUMP * np.ptp(finite), _ROUNDING * largest)
        poles = np.maximum(np.abs(low), np.abs(high)) > _POLE * largest
    low, high = np.where(poles, np.nan, low), np.where(poles, np.nan, high)
    order = np.argsort(np.concatenate([x, left[jumps], left[jumps], right[jumps]]), kind="stable")
    places = np.unique(np.round(left[jumps & ~poles], 6)) + 0.0  # and no -0
    return Curve(np.concatenate([x, left[jumps], left[jumps], right[jumps]])[order],
                 np.concatenate([y, low[jumps], np.full(jumps.sum(), np.nan), high[jumps]])[order],
                 (places, values_at(places)))
