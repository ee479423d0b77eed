"""Gradient flow as pens: a wire's colour and width say the order of magnitude of the gradient on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from autograd_core.graph import Reading

COLOURS = ("#081d58", "#225ea8", "#1d91c0", "#41b6c4", "#7fcdbb")
"""From the largest gradients to the smallest: ColorBrewer's YlGnBu, in order of darkness for any colour vision."""


@dataclass(frozen=True)
class Pen:
    """How a wire is drawn, and what that means in words."""

    colour: str
    width: float
    style: str  # of Graphviz: solid, dashed, dotted
    meaning: str


PLAIN = Pen("black", 1.0, "solid", "")
ZERO = Pen("#777777", 1.0, "dashed", "0")
UNKNOWN = Pen("#777777", 1.0, "dotted", "not known")
NONE = Pen("#777777", 1.0, "solid", "none (constant)")
BROKEN = Pen("#c4320a", 3.0, "dashed", "NaN or inf")


class Scale:
    """One pen for each power of ten below the largest gradient in a picture.

    Example:
        >>> import numpy as np
        >>> large, small = Reading.of(np.array([0.5])), Reading.of(np.array([0.002]))
        >>> scale = Scale([large, small])
        >>> scale.pen(large).meaning, scale.pen(small).meaning, scale.pen(None).meaning
        ('≥ 0.1', '≥ 0.001', 'not known')
    """

    def __init__(self, gradients: Iterable[Reading | None]) -> None:
        decades = [decade for g in gradients if g is not None and (decade := _decade(g)) is not None]
        self._top = max(decades, default=0)
        self._bottom = min(decades, default=0)

    def pen(self, gradient: Reading | None) -> Pen:
        """The pen for a wire.

        Args:
            gradient: what flows on it; None where nothing is known.

        Returns:
            A Pen: darker and wider for larger gradients.
        """
        if gradient is None or gradient.rms is None:
            return UNKNOWN
        if not math.isfinite(gradient.rms):
            return BROKEN
        decade = _decade(gradient)
        if decade is None:
            return ZERO
        last = len(COLOURS) - 1
        step = min(self._top - decade, last)
        shares = step == last and self._top - self._bottom > last  # the last pen draws all that is smaller, too
        meaning = f"< {_power(self._top - last + 1)}" if shares else f"≥ {_power(decade)}"
        return Pen(COLOURS[step], 4.0 - 0.7 * step, "solid", meaning)


def _power(decade: int) -> str:
    return f"{10.0**decade:g}" if -4 < decade < 5 else f"1e{decade}"


def _decade(gradient: Reading) -> int | None:
    rms = gradient.rms
    return math.floor(math.log10(rms)) if rms and math.isfinite(rms) else None
