"""Which element of a gradient is wrong, and through which element of an output it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .directions import Line, dots
from .ladder import Slope
from .subject import Arrays, Recording

Index = tuple[int, ...]


@dataclass(frozen=True)
class Culprit:
    """One entry of the Jacobian, from the rules and from differences."""

    index: Index  # in the input
    output: int
    output_index: Index
    u: np.ndarray  # moves this element of the input alone
    v: Arrays  # looks at this element of the output alone
    got: float
    expected: Slope


def culprit(line: Line, recording: Recording) -> Culprit:
    """The entry most to blame for what is wrong along ``line``: halving the input, then the outputs.

    Args:
        line: along which the gradient is wrong.
        recording: of the same function at the same point.
    """
    gradient = recording.vjp(line.v)[line.position]
    suspects = _guilty(np.flatnonzero(line.u), lambda part: _gap(line.along(_only(line.u, part)), gradient))
    line = line.along(_only(line.u, suspects))
    outputs = np.flatnonzero(np.concatenate([v.ravel() for v in line.v]))

    def gap_through(part: np.ndarray) -> float:
        half = line.along(line.u, _seen(line.v, part))
        return _gap(half, recording.vjp(half.v)[half.position])

    line = line.along(line.u, _seen(line.v, _guilty(outputs, gap_through)))
    n = next(n for n, v in enumerate(line.v) if np.any(v))
    i = int(np.flatnonzero(line.v[n])[0])
    index = _index(suspects[0], line.u)
    size = float(line.u[index] * line.v[n].flat[i])
    found = line.slope(careful=True)
    got = dots([recording.vjp(line.v)[line.position]], [line.u])
    return Culprit(index, n, _index(i, line.v[n]), line.u, line.v, got / size,
                   Slope(found.value / size, found.error / abs(size), found.step))


def _guilty(suspects: np.ndarray, gap: Callable[[np.ndarray], float]) -> np.ndarray:
    """The one that is most to blame, by halving: the gaps of two halves add up to that of both."""
    whole = gap(suspects)
    while len(suspects) > 1:
        first, second = np.array_split(suspects, 2)
        part = gap(first)
        suspects, whole = (first, part) if abs(part) >= abs(whole - part) else (second, whole - part)
    return suspects


def _gap(line: Line, gradient: np.ndarray) -> float:
    gap = dots([gradient], [line.u]) - line.slope().value
    return gap if np.isfinite(gap) else 1e300


def _only(u: np.ndarray, part: np.ndarray) -> np.ndarray:
    kept = np.zeros(u.shape)
    kept.flat[part] = u.flat[part]
    return kept


def _seen(v: Arrays, part: np.ndarray) -> Arrays:
    kept, start = [], 0
    for w in v:
        inside = part[(part >= start) & (part < start + w.size)] - start
        kept.append(_only(w, inside))
        start += w.size
    return kept


def _index(flat: Any, array: np.ndarray) -> Index:
    return tuple(int(i) for i in np.unravel_index(flat, array.shape))
