"""What every gradient promises whatever its value: each check returns a complaint, or None."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .rounding import Wide, largest
from .subject import Arrays, Subject

SLACK = 8.0
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
        yield "a second backward through the same graph gives other bits: the first gradient shares what is kept."
    again = subject.record(inputs)
    same = all(np.array_equal(a.data, b.data, equal_nan=True)
               for a, b in zip(again.outputs, recording.outputs, strict=True))
    if not same or _bits(again.vjp(cotangents)) != _bits(kept):
        yield "running f and backward again on the same inputs gives other bits."
    for name, g in zip(subject.names, again.vjp([np.zeros_like(v) for v in cotangents]), strict=True):
        if np.any(g != 0):  # NaN is not 0 either
            yield f"a zero cotangent gives {name} a gradient that is not exactly zero, at {_first(g != 0)}."
    with np.errstate(all="ignore"):  # sums of cotangents may overflow where each one did not
        yield from _linearity(subject, cotangents, kept, rng)


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
    both = [np.asarray(v + w) for v, w in zip(cotangents, others, strict=True)]
    recording, wide = subject.record(subject.arrays), Wide(subject, rng)
    second, joint = recording.vjp(others), recording.vjp(both)
    pulled = [(cotangents, found), (others, second), (both, joint)]
    rounded = [wide.of_gradients(v, gradients) for v, gradients in pulled]
    for i, (name, g, h, j) in enumerate(zip(subject.names, found, second, joint, strict=True)):
        off = np.abs(j - (g + h))
        if largest(off) > SLACK * (sum(largest(r[i]) for r in rounded) + wide.eps * (largest(g) + largest(h))):
            where = _first(off == off.max())
            yield f"the gradient of {name} is not linear in the cotangent: vjp(v + w) != vjp(v) + vjp(w) at {where}."


def _bits(arrays: Arrays) -> list[bytes]:
    return [a.tobytes() for a in arrays]


def _first(wrong: np.ndarray) -> str:
    return str(tuple(int(i) for i in np.argwhere(wrong)[0]))
