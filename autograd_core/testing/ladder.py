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

AGREE = 8.0
"""How many times their estimated errors two ladders may differ before the wider one is not believed."""


class Slope(NamedTuple):
    """A slope, how far off it may be, and the finest step it was found with."""

    value: float
    error: float
    step: float


NONE = Slope(math.nan, math.inf, STARTS[0])


def slope(difference: Callable[[float], float], noise: float, *, careful: bool = False) -> Slope:
    """The slope at 0 of the function p with ``difference(h) = p(h) - p(-h)``.

    Args:
        difference: may give NaN or inf where a step leaves the domain of p.
        noise: the rounding error to expect in one difference.
        careful: do not stop at the first good ladder. A wide one can stride over what happens close to 0, and a
            slope that contradicts somebody should be confirmed by a finer one first.

    Returns:
        The extrapolated value that the ladder trusts most; its error is inf if no two rungs were finite.

    Example:
        >>> import math
        >>> found = slope(lambda h: math.exp(h) - math.exp(-h), noise=2**-52)
        >>> abs(found.value - 1) < found.error < 1e-11
        True
    """
    best = NONE
    for start in STARTS:
        finer = _climb(difference, start, noise)
        disagree = abs(finer.value - best.value) > AGREE * (finer.error + best.error)
        if disagree or finer.error < best.error:
            best = finer
        if not careful and best.error <= 1e-9 * abs(best.value) + 1e4 * noise:
            break
    return best


def _climb(difference: Callable[[float], float], step: float, noise: float) -> Slope:
    """The most trusted entry of one ladder: row k starts with the difference at step / 2**k."""
    best = NONE
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
            best = min(best, Slope(row[j + 1], disagreement + noise / step, step), key=lambda found: found.error)
        if best.error <= 2 * noise / step:
            break  # finer steps can only add rounding
        above, step = row, step / 2
    return best


def bend(p: Callable[[float], float], step: float) -> float:
    """By how much the slope of p is larger after 0 than before: 0 but for rounding unless there is a kink.

    (p(h) + p(-h) - 2 p(0)) / h at the steps of a ladder, without the terms in h and h^3 of a smooth p.

    Args:
        p: with p(0) = 0.
        step: the finest.
    """
    def curve(h: float) -> float:
        return 2 * (p(h) + p(-h)) / h - (p(2 * h) + p(-2 * h)) / (2 * h)

    if 2 * step in STARTS:
        return curve(step)  # the second rung: a ladder that ends here had no higher terms
    return (8 * curve(step) - curve(2 * step)) / 7
