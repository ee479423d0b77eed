"""Random directions, the function of one number along one, and the slope of that."""

from __future__ import annotations

import numpy as np

from .ladder import Slope, bend, slope
from .rounding import largest, length
from .subject import Arrays, Subject

CLOSE = (2.0**-20, 2.0**-28)
"""A kink at 0 shows in steps of both sizes; one nearby does not, and what is smooth does not either."""


class Line:
    """The function p(t) = <v, f(x + t u) - f(x)>, where u moves one input; ``noise`` is its rounding error."""

    def __init__(self, subject: Subject, here: Arrays, position: int, u: np.ndarray, v: Arrays, noise: float) -> None:
        self.subject, self.here, self.position = subject, here, position
        self.u, self.v, self.noise = u, v, noise
        self._known: dict[float, float] = {}

    def at(self, t: float) -> float:
        """p(t); NaN where f has no value."""
        if t not in self._known:
            x = self.subject.arrays[self.position]
            with np.errstate(all="ignore"):  # a step may leave the domain; the ladder knows what NaN means
                values = self.subject.values(replaced(self.subject.arrays, self.position, x + t * self.u))
                self._known[t] = dots(self.v, [a - b for a, b in zip(values, self.here, strict=True)])
        return self._known[t]

    def slope(self, *, careful: bool = False) -> Slope:
        """p'(0) from differences."""
        return slope(lambda h: self.at(h) - self.at(-h), self.noise, careful=careful)

    def bends(self, found: Slope, weight: float) -> bool:
        """Whether there is a kink at 0: the slopes before and after differ by more than a trifle of ``weight``."""
        def seen(step: float) -> bool:
            return abs(bend(self.at, step)) > 1e-7 * weight + 32 * self.noise / step

        return seen(found.step) and all(map(seen, CLOSE))

    def jumps(self) -> bool:
        """Whether p is no longer near p(0) as t goes to 0."""
        far, near = (max(abs(self.at(t)), abs(self.at(-t))) for t in CLOSE)
        return near > 0.2 * far and near > 100 * self.noise

    def along(self, u: np.ndarray, v: Arrays | None = None) -> Line:
        """The same along ``u``, or seen through ``v``."""
        v = self.v if v is None else v
        share = length(v) / length(self.v) if v is not self.v else 1.0
        return Line(self.subject, self.here, self.position, u, v, self.noise * share)

    def from_point(self, step: np.ndarray) -> Line:
        """The parallel line that goes through x + step."""
        arrays = self.subject.arrays
        moved = self.subject.at(replaced(arrays, self.position, arrays[self.position] + step))
        with np.errstate(all="ignore"):
            return Line(moved, moved.values(moved.arrays), self.position, self.u, self.v, self.noise)


def replaced(arrays: Arrays, position: int, by: np.ndarray) -> Arrays:
    """``arrays`` with another one at ``position``."""
    return [*arrays[:position], np.asarray(by), *arrays[position + 1:]]


def dots(v: Arrays, w: Arrays) -> float:
    """The inner product of all elements together."""
    return float(sum(np.vdot(a, b) for a, b in zip(v, w, strict=True)))


def cotangents(values: Arrays, kind: int, rng: np.random.Generator) -> Arrays:
    """How to look at outputs: of every four kinds, the third sees few, the fourth all sizes alike, by their signs."""
    drawn = []
    for y in values:
        v = _signs_or_normal(y.shape, kind, rng)
        if kind % 4 == 2:
            v = np.where(_few(y, rng), v, 0.0)
        elif kind % 4 == 3:
            v = v / np.maximum(1.0, np.abs(y))
        drawn.append(np.asarray(v, y.dtype))
    return drawn


def direction(x: np.ndarray, g: np.ndarray, kind: int, rng: np.random.Generator) -> np.ndarray:
    """Where to move x, in steps that suit the size of each element: of every four kinds, the second moves few.

    Among those few is the one that the gradient ``g`` says matters most.
    """
    u = _signs_or_normal(x.shape, kind, rng)
    if kind % 4 == 1:
        few = _few(x, rng)
        few.flat[np.abs(g * np.maximum(1.0, np.abs(x))).argmax()] = True
        u = np.where(few, u, 0.0)
    return np.asarray(u * np.maximum(1.0, np.abs(x)) / max(1.0, largest(u)))


def _signs_or_normal(shape: tuple[int, ...], kind: int, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.choice((-1.0, 1.0), shape) if kind % 4 == 3 else rng.standard_normal(shape))


def _few(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A mask of the first element, the last and a random one."""
    mask = np.zeros(x.shape, bool)
    if x.size:
        mask.flat[[0, -1, int(rng.integers(x.size))]] = True
    return mask
