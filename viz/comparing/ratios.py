"""Ratios of gradients as pens: a wire's colour and width say how much larger or smaller a gradient has become.

The pens are those of gradient flow: gray where little changed, thinner and blue towards smaller gradients, thicker and
red towards larger ones.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from autograd_core.graph import Reading

from ..looks.flow import ADDED, COLOURS, NONE, REMOVED, UNKNOWN, WIDTHS, Pen
from ..pictures.captions import short

FACTORS = (2, 10, 100)
"""Where one pen ends and the next begins, to both sides."""

_SMALLER, _LARGER = (tuple(f"{sign}{factor} or more" for factor in FACTORS) for sign in "÷×")
PENS = tuple(Pen(colour, width, "solid", meaning) for colour, width, meaning in
             zip(COLOURS, WIDTHS, (*_SMALLER[::-1], "same (within ×2)", *_LARGER), strict=True))
"""From what has become much smaller to what has become much larger."""

SAME = PENS[len(FACTORS)]
BECAME_ZERO = Pen(COLOURS[0], 2, "dashed", "became 0")
WAS_ZERO = Pen(COLOURS[-1], 2, "dashed", "was 0")
BECAME_BROKEN = Pen("black", 4, "dashed", "became NaN or inf")
WAS_BROKEN = Pen("black", 1, "dashed", "was NaN or inf")
BROKEN = Pen("black", 2, "dotted", "NaN or inf both times")

BREAKS = (BECAME_BROKEN, BROKEN, WAS_BROKEN, BECAME_ZERO, WAS_ZERO)
"""Where there is no ratio."""

SCALE = (BECAME_BROKEN, BROKEN, WAS_BROKEN, WAS_ZERO, *PENS[::-1], BECAME_ZERO, ADDED, REMOVED, UNKNOWN, NONE)
"""All pens, in the order of the legend."""


def orders(before: Reading | None, after: Reading | None) -> float | None:
    """By how many orders of magnitude an array's root mean square has grown: log10 of after / before.

    Args:
        before: what was read then; None if nothing is known.
        after: what was read later.

    Returns:
        A number, infinite if one of them is 0, and 0 if both are; None if one is not known, or not finite.

    Example:
        >>> import numpy as np
        >>> orders(Reading.of(np.array(0.02)), Reading.of(np.array([2.0, -2.0])))
        2.0
    """
    sizes = [None if reading is None else reading.rms for reading in (before, after)]
    if any(size is None or not math.isfinite(size) for size in sizes):
        return None
    then, now = (math.log10(size) if size else -math.inf for size in sizes if size is not None)
    return 0.0 if then == now else round(now - then, 9)  # what is ×100 but for rounding is ×100


def ratio_pen(before: Reading | None, after: Reading | None) -> Pen:
    """The pen for a wire with a gradient before and after.

    Args:
        before: what flowed on it; None where nothing is known.
        after: what flows now.

    Returns:
        One of ``SCALE``.

    Example:
        >>> import numpy as np
        >>> one = Reading.of(np.array(1.0))
        >>> [ratio_pen(one, Reading.of(np.array(g))).meaning for g in (1.5, -40.0, 0.01, 0.0, np.inf)]
        ['same (within ×2)', '×10 or more', '÷100 or more', 'became 0', 'became NaN or inf']
    """
    if before is None or after is None or before.rms is None or after.rms is None:
        return UNKNOWN
    was, became = (not math.isfinite(reading.rms) for reading in (before, after) if reading.rms is not None)
    if was or became:
        return BROKEN if was and became else WAS_BROKEN if was else BECAME_BROKEN
    grown = orders(before, after)
    assert grown is not None  # both are finite
    if math.isinf(grown):
        return BECAME_ZERO if grown < 0 else WAS_ZERO
    steps = bisect_right([round(math.log10(factor), 9) for factor in FACTORS], abs(grown))
    return PENS[len(FACTORS) + (steps if grown > 0 else -steps)]


def ratio_words(grown: float) -> str:
    """A ratio as it stands on a picture.

    Args:
        grown: by how many orders of magnitude.

    Returns:
        Such as ``×40`` or ``÷2``.

    Example:
        >>> [ratio_words(grown) for grown in (2.0, -0.30103, 4.287, 0.0, float("-inf"))]
        ['×100', '÷2', '×19,000', 'same', 'became 0']
    """
    if math.isinf(grown):
        return "became 0" if grown < 0 else "was 0"
    factor = 10 ** min(abs(grown), 300)
    two_digits = float(f"{factor:.2g}")
    words = f"{two_digits:,g}" if two_digits < 1e5 else short(factor)
    return "same" if words == "1" else ("×" if grown > 0 else "÷") + words
