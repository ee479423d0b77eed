"""Several arrays as if they were one: what a folded box or a merged wire shows, and how far apart its parts are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograd_core.graph import Reading, Statistics

WIDE = 10
"""Sizes further apart than by this factor are told apart: the root mean square of all would be that of the largest."""


def summed_up(readings: Sequence[Reading]) -> Reading | None:
    """Several arrays as if they were one.

    Args:
        readings: of any shapes.

    Returns:
        None for none; of several, their statistics together if all are known. The shape is the one they share,
        or that of all elements in a row.
    """
    if len(readings) < 2:
        return readings[0] if readings else None
    dtype = np.result_type(*{reading.dtype for reading in readings})
    shapes = {reading.shape for reading in readings}
    shape = shapes.pop() if len(shapes) == 1 else (sum(math.prod(reading.shape) for reading in readings),)
    return _Pooled(shape, dtype, parts=tuple(readings))


def span(reading: Reading) -> tuple[float, ...]:
    """Between which root mean squares the parts of a reading are.

    Args:
        reading: of one array, or of several.

    Returns:
        The least, the least that is not 0, and the greatest, each once; nothing where one number says it all, or there
        is no number.

    Example:
        >>> [span(summed_up([Reading.of(np.full(3, g)) for g in parts])) for parts in ((1e-9, 1e-5, 0.5), (0.1, 0.5))]
        [(1e-09, 0.5), ()]
    """
    return reading.span if isinstance(reading, _Pooled) else ()


@dataclass(frozen=True)
class _Pooled(Reading):
    """Several arrays as if they were one. Foldings are tried out before one is drawn: nothing is summed until asked."""

    parts: tuple[Reading, ...] = ()

    @cached_property
    def statistics(self) -> Statistics | None:
        """Of all elements of all parts; None if those of one are not known."""
        small = [part.elements.ravel() for part in self.parts if part.elements is not None]
        parts = [part for part in self.parts if part.elements is None]
        parts += [Reading.of(np.concatenate(small))] if small else []  # many in one go
        seen = [(math.prod(part.shape), part.statistics) for part in parts if 0 not in part.shape]
        known = [(n, statistics) for n, statistics in seen if statistics]
        if not known or len(known) < len(seen):
            return None
        total = sum(n for n, _ in known)
        mean = sum(n * s.mean for n, s in known) / total
        variance = sum(n * (s.std * s.std + (s.mean - mean) * (s.mean - mean)) for n, s in known) / total
        square = sum(n * s.rms * s.rms for n, s in known) / total
        return Statistics(mean, math.sqrt(variance), math.sqrt(square), all(s.finite for _, s in known))

    @cached_property
    def span(self) -> tuple[float, ...]:
        """The ends of the parts' root mean squares, if they are far apart, known and finite."""
        if self.statistics is None or not self.finite:
            return ()
        small = [part.elements.ravel() for part in self.parts if part.elements is not None and part.elements.size]
        sizes = [part.rms for part in self.parts if part.elements is None and part.rms is not None]
        sizes += _each_rms(small) if small else []
        least, greatest = min(sizes), max(sizes)
        some = min(filter(None, sizes), default=0.0)  # else the one 0 where a loop begins would hide all that vanishes
        return tuple(dict.fromkeys((least, some, greatest))) if greatest > WIDE * least else ()


def _each_rms(arrays: Sequence[np.ndarray]) -> list[float]:
    """The root mean square of each, many in one go; scaled, because squares of what vanishes would be 0."""
    counts = np.array([array.size for array in arrays])
    starts = np.cumsum(counts) - counts
    flat = np.abs(np.concatenate(arrays).astype(np.float64))
    largest = np.maximum.reduceat(flat, starts)
    flat /= np.repeat(np.where(largest, largest, 1.0), counts)
    each: list[float] = (largest * np.sqrt(np.add.reduceat(flat * flat, starts) / counts)).tolist()
    return each
