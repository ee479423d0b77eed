"""The slope of a function of one number, with an error estimate: Richardson's ladder of ever finer differences.

One central difference has an error nobody knows. A ladder of them, each with half the step of the one before,
can be extrapolated to step 0 (Richardson 1911), and how well neighbouring extrapolations agree says how far to
trust the result (Ridders 1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

STARTS = (2.0**-4, 2.0**-12, 2.0**-20)
"""Where ladders start: wide steps carry the least rounding, fine ones stay clear of kinks and domain edges."""

RUNGS = 8

NEARBY = 2.0**-16
"""The step of the one difference that has to confirm a wide ladder, which can stride over what happens close to 0."""


class Slope(NamedTuple):
    """A slope, and how far off it may be."""

    value: float
    error: float


def slope(difference: Callable[[float], float], noise: float) -> Slope:
    """The slope at 0 of the function p with ``difference(h) = p(h) - p(-h)``.

    Args:
        difference: may give NaN or inf where a step leaves the domain of p.
        noise: the rounding error to expect in one difference.

    Returns:
        The extrapolated value that the ladder trusts most; its error is inf if no two rungs were finite.

    Example:
        >>> import math
        >>> value, error = slope(lambda h: math.exp(h) - math.exp(-h), noise=2**-52)
        >>> abs(value - 1) < error < 1e-11
        True
    """
    wide, *finer = STARTS
    best = _climb(difference, wide, noise)
    nearby = difference(NEARBY) / (2 * NEARBY)
    if not abs(best.value - nearby) <= 1e-4 * (abs(best.value) + abs(nearby)) + 8 * noise / NEARBY:
        best = Slope(math.nan, math.inf)
    for start in finer:
        if best.error <= 1e-9 * abs(best.value) + 1e4 * noise:
            break
        best = min(best, _climb(difference, start, noise), key=lambda found: found.error)
    return best


def _climb(difference: Callable[[float], float], step: float, noise: float) -> Slope:
    """The most trusted entry of one ladder: row k starts with the difference at step / 2**k."""
    best = Slope(math.nan, math.inf)
    above: list[float] = []
    for _ in range(RUNGS):
        row = [difference(step) / (2 * step)]
        if not math.isfinite(row[0]):
            above, step = [], step / 2
            continue
        for j, coarse in enumerate(above):
            # The error of entry j shrinks by 4**(j + 1) with each halving of the step: remove that term.
            row.append(row[j] + (row[j] - coarse) / (4 ** (j + 1) - 1))
            disagreement = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - coarse))
            best = min(best, Slope(row[j + 1], disagreement + noise / step), key=lambda found: found.error)
        if best.error <= 2 * noise / step:
            break  # finer steps can only add rounding
        above, step = row, step / 2
    return best
