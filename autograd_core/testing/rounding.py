"""How far rounding moves a result: measured, not guessed, against wider arithmetic with inputs moved by an ulp.

A bound derived from array sizes and condition numbers is either far too wide or wrong where terms cancel
(1 - tanh(x)**2 at x = 20 has no correct digit). Computing the same thing once more in a wider dtype, from
inputs that differ by one unit in the last place, shows what both the inputs' and the inner rounding do. Where
NumPy has nothing wider than float64, only the inputs' rounding shows.
"""

from __future__ import annotations

import numpy as np

from .subject import Arrays, Subject

DRAWS = 3

WIDEST = np.longdouble
"""80 or 128 bits, or on some machines no wider than float64."""

MANY = 20_000
"""Elements from which on arithmetic wider than float64, which is not vectorized, takes too long."""


class Wide:
    """A subject beside its twin in wider arithmetic; the twin is the subject itself where nothing is wider."""

    def __init__(self, subject: Subject, rng: np.random.Generator) -> None:
        self.subject = subject
        self.rng = rng
        self.eps = epsilon(subject.arrays)
        self.twin = self._wider()

    def _wider(self) -> Subject:
        if self.eps > 1e-10:
            return self.subject.widened()
        if np.finfo(WIDEST).eps >= self.eps or sum(x.size for x in self.subject.arrays) > MANY:
            return self.subject
        wider = self.subject.widened(WIDEST)
        try:
            values = wider.values(wider.arrays)
        except TypeError:  # a function with no such version, as in LAPACK
            return self.subject
        return wider if epsilon(values) < self.eps else self.subject

    @property
    def is_wider(self) -> bool:
        """Whether there is something wider."""
        return self.twin is not self.subject

    def of_values(self) -> list[Arrays]:
        """For some points near the inputs: the rounding error in each output."""
        moved = []
        with np.errstate(all="ignore"):
            for _ in range(DRAWS):
                near = [nudge(x, 2.0**-8, self.rng) for x in self.subject.arrays]
                nudged = [nudge(x, self.eps, self.rng, y.dtype) for x, y in zip(near, self.twin.arrays, strict=True)]
                pairs = zip(self.twin.values(nudged), self.subject.values(near), strict=True)
                moved.append([np.nan_to_num(a - b, posinf=0, neginf=0) for a, b in pairs])
        return moved

    def of_gradients(self, cotangents: Arrays, gradients: Arrays) -> Arrays:
        """The rounding error in each element of ``gradients``, that are the vjp of ``cotangents``."""
        try:
            return self._of_gradients(cotangents, gradients)
        except TypeError:  # a rule with no wider version, as in LAPACK
            self.twin = self.subject
            return self._of_gradients(cotangents, gradients)

    def _of_gradients(self, cotangents: Arrays, gradients: Arrays) -> Arrays:
        off = [np.zeros(g.shape) for g in gradients]
        for _ in range(DRAWS - 1):
            recording = self.twin.record([nudge(x, self.eps, self.rng) for x in self.twin.arrays])
            seeds = [nudge(v, self.eps, self.rng, y.dtype) for v, y in zip(cotangents, recording.outputs, strict=True)]
            off = [np.maximum(o, np.abs(a - b)) for o, a, b in zip(off, recording.vjp(seeds), gradients, strict=True)]
        return off


def nudge(x: np.ndarray, eps: float, rng: np.random.Generator, dtype: np.dtype | None = None) -> np.ndarray:
    """``x``, in ``dtype``, with every element a factor of 1 + eps or 1 - eps away."""
    x = x.astype(dtype or x.dtype)
    return np.asarray(x * (1 + eps * rng.choice((-1.0, 1.0), x.shape)).astype(x.dtype))


def epsilon(arrays: Arrays) -> float:
    """The rounding unit of the coarsest dtype."""
    return max((float(np.finfo(a.dtype).eps) for a in arrays), default=2.0**-52)


def largest(x: np.ndarray) -> float:
    """The largest magnitude, 0 for an empty array."""
    return float(np.abs(x).max(initial=0.0))


def length(arrays: Arrays) -> float:
    """The Euclidean norm of all elements together: how independent errors add up."""
    return float(np.sqrt(sum(float(np.vdot(a, a)) for a in arrays)))
