"""Where two computations differ: the first place on the way forward and on the way back, and flags that come and go."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autograd_core.graph import Reading

from ..looks.flow import UNKNOWN
from ..pictures.flags import Flag
from ..pictures.folding import unfolded
from ..pictures.picture import Box, Kind
from .joining import Joined
from .ratios import SAME, ratio_pen

CLOSE = 1e-6
"""Values that differ by less than this share of their size are taken for equal: sums may run in another order."""


class First(NamedTuple):
    """The boxes where two computations part; None where they do not."""

    forward: str | None  # the first that only one of them has, or that has another value
    backward: str | None  # the first that has another size of gradient


def first_differences(both: Joined) -> First:
    """Find where two computations part.

    Args:
        both: their pictures, joined.

    Returns:
        Ids. The order is that of recording; leaves come where they are first used.
    """
    used: dict[str, int] = {}
    ranks = {box.id: box.rank for box in both.picture.boxes}
    for wire in both.picture.wires:
        used.setdefault(wire.source, ranks[wire.target])  # wires are in the order of their targets
    boxes = [box for box in both.picture.boxes if box.kind is not Kind.OUTPUT]
    boxes.sort(key=lambda box: box.rank if box.kind is Kind.OPERATION else used.get(box.id, box.rank) - 0.5)
    return First(
        next((box.id for box in boxes if _has_other_value(box, both)), None),
        next((box.id for box in reversed(boxes) if _has_other_gradient(box, both)), None),
    )


def turned(box: Box, both: Joined) -> Iterator[tuple[str, Flag]]:
    """The flags in a box, or in all that is folded into it, that only one of two computations has.

    Args:
        box: of the joined picture, folded or not.
        both: that picture.

    Returns:
        Each with ``"new"`` or ``"gone"``.
    """
    for inner in unfolded([box]):
        before, after = (side.flags if side else () for side in both.boxes[inner.id])
        for word, flags, others in (("new", after, before), ("gone", before, after)):
            known = {flag.trouble for flag in others}
            yield from ((word, flag) for flag in flags if flag.trouble not in known)


def differ(before: Reading, after: Reading) -> bool:
    """Whether two arrays differ by more than rounding.

    Args:
        before: what is known of one.
        after: and of the other.

    Returns:
        False if too little is known to tell.

    Example:
        >>> differ(Reading.of(np.array(1.0)), Reading.of(np.array(1.0 + 1e-9)))
        False
    """
    if before.shape != after.shape:
        return True
    if before.elements is not None and after.elements is not None:
        if np.array_equal(before.elements, after.elements):
            return False
        slack = CLOSE * before.rms if before.rms is not None and math.isfinite(before.rms) else 0.0
        return not np.allclose(after.elements, before.elements, rtol=CLOSE, atol=slack, equal_nan=True)
    if before.statistics is None or after.statistics is None:
        return False
    then, now = before.statistics[:3], after.statistics[:3]  # mean, std, rms
    return not np.allclose(now, then, rtol=CLOSE, atol=CLOSE * then[-1], equal_nan=True)


def _has_other_value(box: Box, both: Joined) -> bool:
    before, after = both.boxes[box.id]
    if before is None or after is None:
        return True
    return before.value is not None and after.value is not None and differ(before.value, after.value)


def _has_other_gradient(box: Box, both: Joined) -> bool:
    before, after = both.boxes[box.id]
    if before is None or after is None:
        return False
    return ratio_pen(before.gradient, after.gradient) not in (SAME, UNKNOWN)
