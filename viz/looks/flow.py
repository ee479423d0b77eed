"""Gradient flow as pens: a wire's colour and width say the order of magnitude of the gradient on it.

The scale is the same in every picture, so that two of them can be compared: gray in the middle, where networks learn
well; thinner and blue towards gradients that vanish, thicker and red towards those that explode.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from autograd_core.graph import Reading

from ..pictures.pooled import span

STEPS = (1e-7, 1e-5, 1e-3, 0.1, 10.0, 1e3)
"""Where one pen ends and the next begins. The ends are what ``ag.explain`` calls tiny and huge."""

COLOURS = ("#0072b2", "#3d85b3", "#6d8799", "#777777", "#444444", "#a8683a", "#d55e00")
"""From the smallest gradients to the largest: from Okabe and Ito's blue to their vermilion."""

WIDTHS = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True)
class Pen:
    """How a wire is drawn, and what that means in words."""

    colour: str
    width: int  # points; in a table's bars, Graphviz draws no fractions of them
    style: str  # of Graphviz: solid, dashed, dotted
    meaning: str


PLAIN = Pen("black", 1, "solid", "")
ZERO = Pen("#777777", 1, "dashed", "0")
UNKNOWN = Pen("#777777", 1, "dotted", "not known")
NONE = Pen("#b0b0b0", 1, "solid", "none (constant)")
BROKEN = Pen("black", 4, "dashed", "NaN or inf")
ADDED = Pen("#009e73", 2, "solid", "only after")  # of two computations, one after the other
REMOVED = Pen("#8a2b6b", 2, "dashed", "only before")


_MEANINGS = (f"< {STEPS[0]:g}", *(f"≥ {step:g}" for step in STEPS))
PENS = tuple(Pen(colour, width, "solid", meaning)
             for colour, width, meaning in zip(COLOURS, WIDTHS, _MEANINGS, strict=True))
"""One for each order of magnitude, from the smallest."""

SCALE = (BROKEN, *PENS[::-1], ZERO, UNKNOWN, NONE)
"""All pens, in the order in which a legend explains them."""


def pen_for(gradient: Reading | None) -> Pen:
    """The pen for a wire.

    Args:
        gradient: what flows on it; None where nothing is known.

    Returns:
        A Pen: thicker for larger gradients, bluer for smaller and redder for larger ones than usual. A wire that
        stands for several has that of the least (but 0) or the greatest, whichever is further from the usual.

    Example:
        >>> import numpy as np
        >>> [pen_for(Reading.of(np.array(g))).meaning for g in (0.5, 0.002, 1e-12, 0.0, np.nan)]
        ['≥ 0.1', '≥ 0.001', '< 1e-07', '0', 'NaN or inf']
        >>> pen_for(None).meaning
        'not known'
    """
    if gradient is None or (gradient.rms is None and 0 not in gradient.shape):
        return UNKNOWN
    if not gradient.rms:
        return ZERO
    if not math.isfinite(gradient.rms):
        return BROKEN
    sizes = filter(None, span(gradient) or (gradient.rms,))  # among others, a 0 counts for nothing
    return PENS[max((bisect_right(STEPS, size) for size in sizes), key=lambda place: abs(place - len(PENS) // 2))]
