"""gradcheck: is this derivative right? Contracts first, then random directions against differences, order by order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from ..errors import DTypeError, ShapeError
from .contracts import SLACK, asymmetry, complaints
from .modules import is_model, varied
from .report import Report, again
from .rounding import Wide, epsilon, largest
from .slopes import Slopes
from .subject import Arrays, Subject

__tracebackhide__ = True  # pytest's traceback ends where gradcheck was called

def gradcheck(f: Callable[..., Any], *inputs: Any, order: int = 2, seed: int = 0, directions: int = 4) -> Report:
    """Check the derivatives of ``f`` at ``inputs``, up to ``order``.

    Gradients must have the shape and dtype of their inputs, own their memory, repeat bit for bit, be linear in the
    cotangent and exactly zero for a zero one. Then, for random u and v and one input x at a time, <vjp(v), u> must
    equal the slope of t -> <v, f(x + t u)> at 0, which a ladder of differences gives together with an error estimate;
    that estimate is the tolerance. Order 2 asks the same of the gradient as a function of inputs and cotangents, and
    that second derivatives are symmetric. Inputs in float32 or float16 are compared with the float64 result, never
    differenced. At a kink (relu at 0, a tie of maxima) the gradient must be a subgradient; then all is checked
    beside it.

    Args:
        f: takes the inputs as Tensors; returns a Tensor or a sequence of Tensors, the same each time it is called. Or
            a model, anything with ``named_parameters()`` and ``modules()``: its parameters are varied too, and every
            call starts from the same buffers and random generators. It is left as it was.
        inputs: float Tensors, arrays (whose memory layout is kept) or numbers are varied; anything else is passed on.
        order: how often to differentiate.
        seed: of the random directions.
        directions: how many for each input; of every four, one moves few elements and one looks at few outputs.

    Returns:
        A Report; printing it sums it up. It also names the kinks that were met, and the inputs that got no gradient;
        that f does not depend on these is checked like any other derivative.

    Raises:
        GradcheckError: something is wrong. The message names the order, the input, the element and both numbers, and
            ends with a line of Python that repeats the check.
        TypeError: ``f`` returned something else than Tensors.
        ShapeError: an order or a number of directions below 1.
        DTypeError: no input that could be varied.

    Source:
        C. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4(2), 1982.

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
    for name, count in (("order", order), ("directions", directions)):
        if count < 1:
            raise ShapeError(f"gradcheck: {name}={count} would check nothing; expected at least 1.")
    line = again(f, inputs, order=order, seed=seed, directions=directions)
    report = Report(order, seed, reproducer=line)
    names = [f"input {i}" for i in range(len(inputs))]
    model: AbstractContextManager[Any] = varied(f, len(inputs)) if is_model(f) else nullcontext((f, [], []))
    with model as (function, parameters, parameter_names):
        _check(Subject(function, [*inputs, *parameters], [*names, *parameter_names]), report, directions)
    return report


def _check(subject: Subject, report: Report, directions: int) -> None:
    if not subject.arrays:
        raise DTypeError("gradcheck: nothing varies; pass floats: float Tensors or arrays, or numbers such as 2.0, "
                         "each an argument of its own.")
    scale = 0.0
    for level in range(1, report.order + 1):
        rng = np.random.default_rng([report.seed, level])
        recording = subject.record(subject.arrays)
        values = [y.data for y in recording.outputs]
        if not all(np.isfinite(y).all() for y in values):
            raise report.failed(level, "f itself is not finite here.")
        if level == 1:
            scale = max(map(largest, values), default=0.0)
        cotangents = [rng.standard_normal(y.shape).astype(y.dtype) for y in values]
        for complaint in complaints(subject, cotangents, rng):
            raise report.failed(level, complaint)
        if level == 1:
            recording.vjp(cotangents)
            report.unused = [subject.names[i] for i in recording.missing]
        _compare_with_float64(report, level, subject, cotangents, scale, rng)
        subject = Slopes(report, level, subject, scale, rng).compare(directions)
        for complaint in asymmetry(subject.widened(), scale, rng) if level > 1 else ():
            raise report.failed(level, complaint)
        if level < report.order:
            _compare_recorded(report, level, subject, cotangents, rng)
            subject = subject.derivative(cotangents)


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
        with np.errstate(all="ignore"):  # float16 may have no room for the result: then both are infinite
            off = np.nan_to_num(np.abs(got - expected.astype(got.dtype)), nan=0.0, posinf=np.inf)
        # Terms as large as f's own values may have cancelled inside.
        terms = largest(expected) + scale * max(map(largest, seeds), default=0.0)
        if largest(off) > SLACK * (largest(m) + eps * terms):
            at = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
            raise report.failed(level, f"the {got.dtype} gradient of {name} at {at} is {got[at]:.8g}; "
                                f"in float64 it is {expected[at]:.8g}.")


def _compare_recorded(report: Report, level: int, subject: Subject, cotangents: Arrays,
                      rng: np.random.Generator) -> None:
    """A gradient is the same whether or not it is itself recorded."""
    plain = subject.record(subject.arrays).vjp(cotangents)
    derivative = subject.derivative(cotangents)
    recorded = [y.data for y in derivative.record(derivative.arrays).outputs]
    allowed = None
    for i, (name, a, b) in enumerate(zip(subject.names, plain, recorded, strict=True)):
        same = a.shape == b.shape and a.dtype == b.dtype
        if same and largest(a - b) <= epsilon([a]) * largest(a):
            continue
        allowed = allowed or Wide(subject, rng).of_gradients(cotangents, plain)
        if not same or largest(a - b) > SLACK * (largest(allowed[i]) + epsilon([a]) * largest(a)):
            raise report.failed(level, f"the gradient of {name} is another one with create_graph=True.")
