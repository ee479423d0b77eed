"""Points where f is not differentiable: what a gradient may be there, and how to get off them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .directions import Line
from .subject import Subject

ASIDE = 2.0**-20
"""How far beside a kink its slopes are taken: near enough for what is smooth not to matter."""

STEP = 2.0**-28

DRAWS = 32

MOVE = 2.0**-6
"""How far to move off a kink, as a share of each element's size."""


def may_be(line: Line, got: float, rng: np.random.Generator) -> bool:
    """Whether ``got`` is among the slopes that f has beside the kink: that of a subgradient is.

    Clarke's subdifferential is the convex hull of the gradients nearby, so along any direction the slope of one of its
    members lies between the smallest and the largest slope there. The one-sided slopes are among them, but where
    several arguments tie or several kinks meet they are not all: for the median of three equal numbers, f
    has the slope median(u) on both sides of any direction u, and the even share is right all the same.
    """
    low, high = np.inf, -np.inf
    for step in _steps_aside(line, rng):
        beside = line.from_point(step)
        found = (beside.at(STEP) - beside.at(-STEP)) / (2 * STEP)
        if np.isfinite(found):
            low, high = min(low, found), max(high, found)
        slack = 1e-5 * max(abs(low), abs(high)) + 8 * line.noise / STEP
        if low - slack <= got <= high + slack:
            return True
    return False


def _steps_aside(line: Line, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Along the line, all elements up or down, outwards or inwards, and at random."""
    x = line.subject.arrays[line.position]
    size = np.maximum(1.0, np.abs(x))
    for sign in (ASIDE, -ASIDE):
        yield sign * line.u
        yield sign * size
        yield sign * x
    for _ in range(DRAWS):
        yield ASIDE * size * rng.standard_normal(size.shape)


def moved_off(subject: Subject, rng: np.random.Generator) -> Subject | None:
    """The same function at a point nearby where it and its gradient are finite; None if none was found."""
    for attempt in range(8):
        arrays = []
        for x in subject.arrays:
            sign = rng.choice((-1.0, 1.0), x.shape) if attempt % 4 < 2 else (-1.0) ** attempt  # the domain may end here
            step = MOVE * rng.uniform(0.5, 1.0, x.shape) * sign * np.maximum(1.0, np.abs(x))
            arrays.append(np.asarray(x + step, x.dtype))
        with np.errstate(all="ignore"):
            moved = subject.at(arrays)
            recording = moved.record(arrays)
            values = [y.data for y in recording.outputs]
            found = recording.vjp([np.ones_like(y) for y in values])
        if all(np.isfinite(a).all() for a in (*values, *found)):
            return moved
    return None


def where_bent(line: Line) -> tuple[int, ...] | None:
    """The element that bends f most when it alone moves as in ``line``."""
    suspects = np.flatnonzero(line.u)
    while len(suspects) > 1:
        suspects = max(np.array_split(suspects, 2), key=lambda half: _bend(line, half))
    if not len(suspects) or _bend(line, suspects) <= 64 * line.noise / STEP:
        return None
    return tuple(int(i) for i in np.unravel_index(suspects[0], line.u.shape))


def _bend(line: Line, part: np.ndarray) -> float:
    u = np.zeros(line.u.shape)
    u.flat[part] = line.u.flat[part]
    only = line.along(u)
    return abs(only.at(STEP) + only.at(-STEP)) / STEP


