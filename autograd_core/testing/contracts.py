"""What every gradient promises whatever its value: each check returns a complaint, or None."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .subject import Arrays, Subject

SLACK = 16.0
"""How many times the measured rounding two results may differ that ought to be equal."""


def complaints(subject: Subject, cotangents: Arrays, rng: np.random.Generator) -> Iterator[str]:
    """Everything that is wrong with the gradients of ``subject``, apart from their values.

    Args:
        subject: with inputs in their own dtypes.
        cotangents: one for each output.
        rng: for the second cotangent of the linearity check.

    Returns:
        An iterator of sentences; the first is the one to act on.
    """
    inputs = subject.arrays
    before = _bits(inputs)
    recording = subject.record(inputs)
    found = recording.vjp(cotangents)
    kept = [np.array(g) for g in found]
    for name, x, g in zip(subject.names, inputs, found, strict=True):
        if g.shape != x.shape or g.dtype != x.dtype:
            yield f"the gradient of {name} is {g.dtype}{list(g.shape)}; the input is {x.dtype}{list(x.shape)}."
        if not np.isfinite(g).all():
            yield f"the gradient of {name} is not finite at {_first(~np.isfinite(g))}."
    yield from _ownership(subject, found)
    with np.errstate(all="ignore"):
        for g in found:
            if g.flags.writeable:
                g[...] = np.nan  # gradients are the caller's to write: nothing may depend on them
    if _bits(inputs) != before:
        yield "an input was changed, by f, by the backward pass, or by writing to a gradient."
    if _bits(recording.vjp(cotangents)) != _bits(kept):
        yield "a second backward through the same graph gives other bits: writing to the first gradient changed what is kept."
    again = subject.record(inputs)
    if _bits([y.data for y in again.outputs]) != _bits([y.data for y in recording.outputs]) or _bits(again.vjp(cotangents)) != _bits(kept):
        yield "running f and backward again on the same inputs gives other bits."
    for name, g in zip(subject.names, again.vjp([np.zeros_like(v) for v in cotangents]), strict=True):
        if np.any(g != 0):  # NaN is not 0 either
            yield f"a zero cotangent gives {name} a gradient that is not exactly zero, at {_first(g != 0)}."
    yield from _linearity(subject, cotangents, kept, rng)


def rounding(subject: Subject, cotangents: Arrays, base: Arrays, eps: float, rng: np.random.Generator) -> list[float]:
    """How far rounding can move each gradient: measured, by moving all inputs and cotangents by one unit in the last place."""
    moved = [0.0] * len(base)
    for _ in range(3):
        nudged = subject.record([nudge(x, eps, rng) for x in subject.arrays]).vjp([nudge(v, eps, rng) for v in cotangents])
        moved = [max(m, largest(a - b)) for m, a, b in zip(moved, nudged, base, strict=True)]
    return [m + eps * largest(b) for m, b in zip(moved, base, strict=True)]


def nudge(x: np.ndarray, eps: float, rng: np.random.Generator) -> np.ndarray:
    """``x`` with every element moved by one rounding error, up or down."""
    return (x * (1 + eps * rng.choice((-1.0, 1.0), x.shape))).astype(x.dtype)


def largest(x: np.ndarray) -> float:
    """The largest magnitude, 0 for an empty array."""
    return float(np.abs(x).max(initial=0.0))


def epsilon(arrays: Arrays) -> float:
    """The rounding unit of the coarsest dtype."""
    return max((float(np.finfo(a.dtype).eps) for a in arrays), default=2.0**-52)


def _ownership(subject: Subject, found: Arrays) -> Iterator[str]:
    for i, (name, g) in enumerate(zip(subject.names, found, strict=True)):
        if not g.flags.writeable:
            yield f"the gradient of {name} cannot be written to."
        for other, h in zip(subject.names[:i], found[:i], strict=True):
            if np.may_share_memory(g, h):
                yield f"the gradients of {other} and of {name} share memory."


def _linearity(subject: Subject, cotangents: Arrays, found: Arrays, rng: np.random.Generator) -> Iterator[str]:
    """vjp(v + w) = vjp(v) + vjp(w), up to rounding."""
    others = [rng.standard_normal(v.shape).astype(v.dtype) for v in cotangents]
    both = [v + w for v, w in zip(cotangents, others, strict=True)]
    recording = subject.record(subject.arrays)
    second, joint = recording.vjp(others), recording.vjp(both)
    eps = epsilon([*subject.arrays, *cotangents])
    allowed = zip(rounding(subject, cotangents, found, eps, rng), rounding(subject, others, second, eps, rng), strict=True)
    for name, g, h, sum, (a, b) in zip(subject.names, found, second, joint, allowed, strict=True):
        off = np.abs(sum - (g + h))
        if largest(off) > SLACK * (a + b):
            yield f"the gradient of {name} is not linear in the cotangent: vjp(v + w) != vjp(v) + vjp(w) at {_first(off == off.max())}."


def _bits(arrays: Arrays) -> list[bytes]:
    return [a.tobytes() for a in arrays]


def _first(wrong: np.ndarray) -> str:
    return str(tuple(int(i) for i in np.argwhere(wrong)[0]))
