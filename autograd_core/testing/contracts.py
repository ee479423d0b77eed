"""What every gradient promises whatever its value: each check returns a complaint, or None."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .directions import dots
from .rounding import Wide, epsilon, largest, length
from .subject import Arrays, Subject

SLACK = 8.0
"""How many times the measured rounding two results may differ that ought to be equal."""

TINY = 1e-300
"""Below this, numbers have fewer digits the smaller they are."""


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
    before, seeds = _bits(inputs), _bits(cotangents)
    recording = subject.record(inputs)
    values = _bits([y.data for y in recording.outputs])
    found = recording.vjp(cotangents)
    kept = [np.array(g) for g in found]
    for name, x, g in zip(subject.names, inputs, found, strict=True):
        if g.shape != x.shape or g.dtype != x.dtype:
            yield f"the gradient of {name} is {g.dtype}{list(g.shape)}; the input is {x.dtype}{list(x.shape)}."
    yield from _infinities(subject, cotangents, found)
    yield from _ownership(subject, found)
    with np.errstate(all="ignore"):
        for g in found:
            if g.flags.writeable:
                g[...] = np.nan  # gradients are the caller's to write: nothing may depend on them
    if _bits(inputs) != before:
        yield "an input was changed, by f, by the backward pass, or by writing to a gradient."
    if _bits(cotangents) != seeds:
        yield "a cotangent was changed, by the backward pass or by writing to a gradient."
    if _bits([y.data for y in recording.outputs]) != values:
        yield "an output was changed, by the backward pass or by writing to a gradient."
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


def _infinities(subject: Subject, cotangents: Arrays, found: Arrays) -> Iterator[str]:
    if all(np.isfinite(g).all() for g in found):
        return
    wide = subject.widened()
    exact = wide.record(wide.arrays).vjp([v.astype(np.float64) for v in cotangents])
    for name, g, e in zip(subject.names, found, exact, strict=True):
        too_large = np.isfinite(e) & (np.abs(e) > np.finfo(g.dtype).max)  # for float16, not for float64
        if np.any(wrong := ~np.isfinite(g) & ~too_large):
            yield f"the gradient of {name} is not finite at {_first(wrong)}."


def _ownership(subject: Subject, found: Arrays) -> Iterator[str]:
    for i, (name, g) in enumerate(zip(subject.names, found, strict=True)):
        if not g.flags.writeable:
            yield f"the gradient of {name} cannot be written to."
        for other, h in zip(subject.names[:i], found[:i], strict=True):
            if np.may_share_memory(g, h):
                yield f"the gradients of {other} and of {name} share memory."


def _linearity(subject: Subject, cotangents: Arrays, found: Arrays, rng: np.random.Generator) -> Iterator[str]:
    """vjp(v + w) = vjp(v) + vjp(w), up to rounding; w has the other sign than v and is larger."""
    others = [np.asarray(-rng.uniform(2, 8, v.shape) * v, v.dtype) for v in cotangents]
    both = [np.asarray(v + w) for v, w in zip(cotangents, others, strict=True)]
    recording = subject.record(subject.arrays)
    second, joint = recording.vjp(others), recording.vjp(both)
    off = [np.abs(j - (g + h)) for g, h, j in zip(found, second, joint, strict=True)]
    eps = epsilon([*subject.arrays, *cotangents])
    allowed = [eps * (largest(g) + largest(h)) for g, h in zip(found, second, strict=True)]
    if all(largest(o) <= a for o, a in zip(off, allowed, strict=True)):
        return
    wide = Wide(subject, rng)
    for v, gradients in ((cotangents, found), (others, second), (both, joint)):
        allowed = [a + largest(r) for a, r in zip(allowed, wide.of_gradients(v, gradients), strict=True)]
    for name, o, a in zip(subject.names, off, allowed, strict=True):
        if largest(o) > SLACK * a:
            where = _first(o == o.max())
            yield f"the gradient of {name} is not linear in the cotangent: vjp(v + w) != vjp(v) + vjp(w) at {where}."


def asymmetry(subject: Subject, scale: float, rng: np.random.Generator) -> Iterator[str]:
    """A derivative H is symmetric if what is differentiated is itself a gradient: <u, H w> = <w, H u>.

    Args:
        subject: a :meth:`Subject.derivative`, whose first inputs are what its outputs are the gradients of.
        scale: the size of what f itself returns, of which terms may have cancelled in its derivatives.
        rng: for u and w.
    """
    recording = subject.record(subject.arrays)
    values = [y.data for y in recording.outputs]
    first = slice(len(values))
    u, w = ([rng.standard_normal(y.shape) for y in values] for _ in range(2))
    of_u, of_w = recording.vjp(u), recording.vjp(w)
    off = abs(dots(u, of_w[first]) - dots(w, of_u[first]))
    terms = [a * b for pair in ((u, of_w), (w, of_u)) for a, b in zip(*pair, strict=False)]
    allowed = epsilon(subject.arrays) * (length(terms) + scale * length(u) * length(w))
    if off <= allowed:
        return
    wide = Wide(subject, rng)
    rounded = [(u, wide.of_gradients(w, of_w)), (w, wide.of_gradients(u, of_u))]
    allowed += length([a * b for pair in rounded for a, b in zip(*pair, strict=False)])
    if not off <= 4 * SLACK * (allowed + TINY):
        yield (f"the matrix of second derivatives is not symmetric: <u, H w> and <w, H u> differ by {off:.3g}, "
               f"where rounding explains {allowed:.1g}.")


def _bits(arrays: Arrays) -> list[bytes]:
    return [a.tobytes() for a in arrays]


def _first(wrong: np.ndarray) -> str:
    return str(tuple(int(i) for i in np.argwhere(wrong)[0]))
