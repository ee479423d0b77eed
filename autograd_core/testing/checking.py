"""gradcheck: is this derivative right? Contracts first, then random directions against differences, order by order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from .contracts import SLACK, complaints
from .directions import Line, blame, scaled, vectors
from .report import Comparison, GradcheckError, Report
from .rounding import Wide, epsilon, largest, length
from .subject import Arrays, Subject

SAFETY = 8.0
"""How many times its estimated error a slope may be off: the estimate is an estimate."""

UNSETTLED = 1e-3
"""A slope known no better than this share of the gradient decides nothing: then the check has failed."""


def gradcheck(f: Callable[..., Any], *inputs: Any, order: int = 2, seed: int = 0, directions: int = 4) -> Report:
    """Check the derivatives of ``f`` at ``inputs``, up to ``order``.

    Gradients must have the shape and dtype of their inputs, own their memory, repeat bit for bit, be linear in the
    cotangent and exactly zero for a zero one. Then, for random u and v and one input x at a time, <vjp(v), u> must
    equal the slope of t -> <v, f(x + t u)> at 0, which a ladder of differences gives together with an error estimate;
    that estimate is the tolerance. Order 2 asks the same of the gradient as a function of inputs and cotangents. Inputs
    in float32 or float16 are compared with the float64 result, never differenced. Away from kinks, please: at one,
    differences and rules may both be right and differ.

    Args:
        f: takes the inputs as Tensors; returns a Tensor or a sequence of Tensors, the same each time it is called.
        inputs: float Tensors, arrays (whose memory layout is kept) or numbers are varied; anything else is passed on.
        order: how often to differentiate.
        seed: of the random directions.
        directions: how many for each input; of every four, one moves few elements and one looks at few outputs.

    Returns:
        A Report; printing it sums it up.

    Raises:
        GradcheckError: something is wrong. The message names the order, the input, the element and both numbers.
        TypeError: ``f`` returned something else than Tensors.

    Example:
        >>> import autograd_core as ag
        >>> report = ag.testing.gradcheck(lambda x, w: ag.tanh(x @ w), ag.tensor([0.5, -1.0]), ag.tensor([2.0, 0.3]))
        >>> report.passed
        True
        >>> wrong = lambda x: x * x.detach()  # half of the derivative is missing
        >>> ag.testing.gradcheck(wrong, 3.0)
        Traceback (most recent call last):
        ...
        autograd_core.testing.report.GradcheckError: gradcheck: order 1: the gradient of input 0 is wrong...
    """
    report = Report(order, seed)
    subject = Subject(f, inputs, [f"input {i}" for i in range(len(inputs))])
    scale = 0.0
    for level in range(1, order + 1):
        rng = np.random.default_rng([seed, level])
        values = [y.data for y in subject.record(subject.arrays).outputs]
        if not all(np.isfinite(y).all() for y in values):
            _fail(report, level, "f itself is not finite here.")
        if level == 1:
            scale = max(map(largest, values), default=0.0)
        cotangents = [rng.standard_normal(y.shape).astype(y.dtype) for y in values]
        for complaint in complaints(subject, cotangents, rng):
            _fail(report, level, complaint)
        _compare_with_float64(report, level, subject, cotangents, scale, rng)
        _compare_with_differences(report, level, subject.widened(), scale, directions, rng)
        if level < order:
            _compare_recorded(report, level, subject, cotangents, rng)
            subject = subject.derivative(cotangents)
    return report


def _compare_with_float64(report: Report, level: int, subject: Subject, cotangents: Arrays, scale: float,
                          rng: np.random.Generator) -> None:
    """Gradients in float32 or float16 are those of float64, up to the rounding of the coarser dtype."""
    eps = epsilon([*subject.arrays, *cotangents])
    if eps < 1e-10:
        return
    wide = subject.widened()
    seeds = [v.astype(np.float64) for v in cotangents]
    exact = wide.record(wide.arrays).vjp(seeds)
    found = subject.record(subject.arrays).vjp(cotangents)
    nudges = Wide(wide, rng)
    nudges.eps = eps
    moved = nudges.of_gradients(seeds, exact)
    for name, got, expected, m in zip(subject.names, found, exact, moved, strict=True):
        off = np.abs(got - expected)
        # Terms as large as f's own values may have cancelled inside.
        terms = largest(expected) + scale * max(map(largest, seeds), default=0.0)
        if largest(off) > SLACK * (largest(m) + eps * terms):
            at = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
            _fail(report, level, f"the {got.dtype} gradient of {name} at {at} is {got[at]:.8g}; "
                  f"in float64 it is {expected[at]:.8g}.")


def _compare_recorded(report: Report, level: int, subject: Subject, cotangents: Arrays,
                      rng: np.random.Generator) -> None:
    """A gradient is the same whether or not it is itself recorded."""
    plain = subject.record(subject.arrays).vjp(cotangents)
    derivative = subject.derivative(cotangents)
    recorded = derivative.values(derivative.arrays)
    allowed = Wide(subject, rng).of_gradients(cotangents, plain)
    for name, a, b, m in zip(subject.names, plain, recorded, allowed, strict=True):
        same = a.shape == b.shape and a.dtype == b.dtype
        if not same or largest(a - b) > SLACK * (largest(m) + epsilon([a]) * largest(a)):
            _fail(report, level, f"the gradient of {name} is another one with create_graph=True.")


def _compare_with_differences(report: Report, level: int, subject: Subject, scale: float, directions: int,
                              rng: np.random.Generator) -> None:
    """<vjp(v), u> against the slope of t -> <v, f(x + t u)>, one input at a time.

    ``scale`` is the size of what f itself returns. Where f saturates, its derivatives are what is left when terms of
    that size have cancelled, and are not known better than to that size's rounding.
    """
    recording, wide = subject.record(subject.arrays), Wide(subject, rng)
    values = [y.data for y in recording.outputs]
    shapes, eps = [y.shape for y in values], epsilon([*subject.arrays, *values])
    rounded = wide.of_values()
    for k in range(directions):
        v = [w.astype(y.dtype) for w, y in zip(vectors(shapes, k, k % 4 == 2, rng), values, strict=True)]
        size = length([w * y for w, y in zip(v, values, strict=True)]) + scale * length(v)
        noise = eps * size + 2 * max(length([w * d for w, d in zip(v, drawn, strict=True)]) for drawn in rounded)
        gradients = recording.vjp(v)
        own = wide.of_gradients(v, gradients)
        for i, (name, x, g) in enumerate(zip(subject.names, subject.arrays, gradients, strict=True)):
            u = scaled(vectors([x.shape], k, k % 4 == 1, rng)[0], x)
            line = Line(subject, i, u, v, noise)
            got, found = float(np.vdot(g, u)), line.slope()
            rounding = length([own[i] * u]) + eps * (length([g * u]) + size)
            if not abs(got - found.value) <= SAFETY * (found.error + rounding):
                found = line.slope(careful=True)
            allowed = SAFETY * (found.error + rounding)
            report.comparisons.append(Comparison(level, name, got, found.value, found.error, allowed))
            if not abs(got - found.value) <= allowed:
                _fail(report, level, _verdict(line, g, name))
            if found.error > UNSETTLED * max(abs(found.value), length([g * u])) + 1e-8 * size:
                _fail(report, level, f"{name}: differences do not settle: {found.value:.8g} ± {found.error:.1g}, "
                      f"where the gradient gives {got:.8g}. {_bend(line)}")


def _verdict(line: Line, g: np.ndarray, name: str) -> str:
    if not line.u.size:
        return f"the gradient of {name} is wrong."
    index, got, found = blame(line, g)
    return (
        f"the gradient of {name} is wrong, most of all at {index}: it gives {got:.12g}, differences "
        f"{found.value:.12g} ± {found.error:.1g}. {_bend(line)}"
    )


def _bend(line: Line) -> str:
    before, after = line.one_sided()
    if abs(after - before) <= UNSETTLED * (abs(before) + abs(after)):
        return ""
    return (
        f"(f seems to bend here: along this direction its slope is {before:.6g} before and {after:.6g} after. "
        f"Check next to the kink.)"
    )


def _fail(report: Report, level: int, said: str) -> NoReturn:
    report.failure = f"order {level}: {said.rstrip()}"
    raise GradcheckError(report)
