"""Slopes along random directions, and the element that is to blame when one is not what the rules say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .ladder import Slope, slope
from .rounding import largest
from .subject import Arrays, Subject

FEW = 2
"""How many elements a sparse direction moves."""


class Line(NamedTuple):
    """The function t -> <v, f(x + t u)>, where u moves one input."""

    subject: Subject
    position: int
    u: np.ndarray
    v: Arrays
    noise: float

    def slope(self, u: np.ndarray | None = None, *, careful: bool = False) -> Slope:
        """Its slope at 0 from differences, along ``u`` instead if given."""
        u = self.u if u is None else u

        def difference(h: float) -> float:
            with np.errstate(all="ignore"):  # a step may leave the domain; the ladder knows what NaN means
                up, down = self._values(h * u), self._values(-h * u)
                return float(sum(np.vdot(v, a - b) for v, a, b in zip(self.v, up, down, strict=True)))

        return slope(difference, self.noise, careful=careful)

    def one_sided(self) -> tuple[float, float]:
        """The slopes just before 0 and just after."""
        h = 2.0**-20
        with np.errstate(all="ignore"):
            left, here, right = (self._values(t * self.u) for t in (-h, 0.0, h))
            return (sum(float(np.vdot(v, b - a)) / h for v, a, b in zip(self.v, left, here, strict=True)),
                    sum(float(np.vdot(v, b - a)) / h for v, a, b in zip(self.v, here, right, strict=True)))

    def _values(self, step: np.ndarray) -> Arrays:
        arrays = list(self.subject.arrays)
        arrays[self.position] = arrays[self.position] + step
        return self.subject.values(arrays)


def vectors(shapes: list[tuple[int, ...]], kind: int, sparse: bool, rng: np.random.Generator) -> Arrays:
    """Random directions: signs for every fourth ``kind``, else normal; the sparse ones move few elements."""
    drawn = []
    for shape in shapes:
        x = rng.choice((-1.0, 1.0), shape) if kind % 4 == 3 else rng.standard_normal(shape)
        if sparse and x.size > FEW:
            keep = rng.choice(x.size, FEW, replace=False)
            x = np.where(np.isin(np.arange(x.size), keep).reshape(shape), x, 0.0)
        drawn.append(x)
    return drawn


def scaled(u: np.ndarray, x: np.ndarray) -> np.ndarray:
    """``u`` in steps that suit the size of each element of ``x``."""
    return np.asarray(u * np.maximum(1.0, np.abs(x)) / max(1.0, largest(u)))


def blame(line: Line, g: np.ndarray) -> tuple[tuple[int, ...], float, Slope]:
    """The index of the element of the gradient ``g`` that is most to blame, its value, and what differences say."""
    suspects = np.flatnonzero(line.u)
    while len(suspects) > 1:
        halves = np.array_split(suspects, 2)
        suspects = max(halves, key=lambda half: _gap(line, g, half))
    index = tuple(int(i) for i in np.unravel_index(suspects[0], g.shape))
    size = float(line.u[index])
    found = line.slope(_only(line.u, suspects), careful=True)
    return index, float(g[index]), Slope(found.value / size, found.error / abs(size))


def _gap(line: Line, g: np.ndarray, part: np.ndarray) -> float:
    u = _only(line.u, part)
    gap = abs(line.slope(u, careful=True).value - float(np.vdot(g, u)))
    return gap if np.isfinite(gap) else np.inf


def _only(u: np.ndarray, part: np.ndarray) -> np.ndarray:
    kept = np.zeros(u.shape)
    kept.flat[part] = u.flat[part]
    return kept
