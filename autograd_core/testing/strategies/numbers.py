"""Distinct numbers of an interval that shrink to simple ones, kept apart from one another and from kinks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from hypothesis import strategies as st

from ...derivatives.domains import Interval
from ..samples import MARGIN, draw

REALS = Interval(-2.0, 2.0)
FEW = 64
"""As many elements are drawn one by one, and shrink; of larger arrays, only the seed is drawn."""


@st.composite
def operands(draw_from: st.DrawFn, intervals: Sequence[Interval],
             shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """One float64 array of each shape from the interval beside it; elements that share an interval are distinct."""
    sizes = [math.prod(shape) for shape in shapes]
    seed = draw_from(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    if sum(sizes) > FEW:
        return draw(intervals, shapes, rng)
    found = [np.empty(size) for size in sizes]
    for interval in dict.fromkeys(intervals):
        members = [x for x, own in zip(found, intervals, strict=True) if own == interval]
        count = sum(x.size for x in members)
        simple, gap = simple_numbers(interval, 4 * count)
        positions = st.integers(0, len(simple) - 1)
        x = simple[draw_from(st.lists(positions, min_size=count, max_size=count, unique=True))]
        # Simple numbers tie: 0.25 + 1.25 is 2 * 0.75. The seed 0, which hypothesis shrinks to, shows them as they are.
        x = np.clip(x + (gap / 4 * rng.uniform(-1, 1, count) if seed else 0.0), interval.low, interval.high)
        for member, part in zip(members, np.split(x, np.cumsum([x.size for x in members])[:-1]), strict=True):
            member[...] = part
    return [x.reshape(shape) for x, shape in zip(found, shapes, strict=True)]


@lru_cache
def simple_numbers(interval: Interval, count: int) -> tuple[np.ndarray, float]:
    """``count`` numbers of an interval or more, the simplest first, and a gap that any two of them keep.

    They are (4k + 1) / 2**j: 0.25, -0.75, 1.25, ... first. None is 0 or the opposite of another, and, unless the
    interval is wide, none is an integer or a half: there absolute values tie and rounding bends.
    """
    low, high = interval.low, interval.high
    width = high - low
    if not (math.isfinite(width) and width > 2**-30 * max(abs(low), abs(high))):
        raise ValueError(f"{interval}: low must be below high, both finite, and not too close to tell numbers apart.")
    count, found = max(count, 16), list[np.ndarray]()
    levels = itertools.count(min(2, math.floor(math.log2(count / width))))
    while sum(map(len, found)) < count:
        unit = 2.0 ** -next(levels)
        k = np.arange(math.ceil((low / unit - 1) / 4), math.floor((high / unit - 1) / 4) + 1)
        x = (4 * k + 1) * unit
        for kink in interval.kinks:
            x = x[np.abs(x - kink) >= min(MARGIN, width / (4 * len(interval.kinks))) + unit / 4]
        found.append(x[np.argsort(np.abs(x))])
    return np.concatenate(found), unit
