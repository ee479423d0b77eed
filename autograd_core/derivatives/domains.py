"""Where a function is differentiable, said so that tests can draw from it: the ``over=`` of every entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interval:
    """Real numbers from ``low`` to ``high`` to sample from; the function bends at ``kinks``, zero-width excluded."""

    low: float
    high: float
    kinks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Elementwise:
    """The domain of an elementwise function: one interval an operand.

    ``tie`` says that it bends where its first two operands are equal.
    """

    intervals: tuple[Interval, ...]
    tie: bool = False


@dataclass(frozen=True)
class Case:
    """One call to try: a shape for every operand, and the options; the last operands may be passed by ``names``.

    ``before`` are arguments ahead of the operands (the subscripts of ``einsum``).
    """

    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    before: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Cases:
    """The domain of a function of whole arrays: calls that between them reach every branch of its rules.

    Operands are drawn from ``interval``; ``constants`` makes, by position, those that have no derivative
    (a condition) from a shape and a random generator. ``through`` turns the operands drawn into ones that the
    function takes (a symmetric matrix), ``read`` picks what of its result is determined (not the sign of an
    eigenvector); both in Tensor operations, and the derivative checked is that of the whole. ``sequence`` says
    that the function takes its operands in one list.
    """

    calls: tuple[Case, ...]
    interval: Interval = Interval(-2.0, 2.0)
    constants: tuple[Callable[[tuple[int, ...], Any], Any] | None, ...] = ()
    through: Callable[..., tuple[Any, ...]] | None = None
    read: Callable[[Any], Any] | None = None
    sequence: bool = False


Domain = Elementwise | Cases

R = Interval(-3.0, 3.0)
REALS = Elementwise((R,))
PAIRS = Elementwise((R, R))
POSITIVE = Elementwise((Interval(0.1, 4.0),))
BENT_AT_0 = Elementwise((Interval(-3.0, 3.0, kinks=(0.0,)),))
NONZERO_DIVISOR = Elementwise((R, Interval(0.3, 3.0)))
MODULO = Elementwise((Interval(5.1, 5.4), Interval(2.1, 2.4)))
POSITIVE_BASE = Elementwise((Interval(0.2, 3.0), Interval(-2.0, 3.0)))
UNTIED_PAIRS = Elementwise((R, R), tie=True)

SHAPES = ((), (3,), (2, 3), (0, 3), (2, 1, 3))


def over_shapes(*shapes: tuple[int, ...], **options: Any) -> tuple[Case, ...]:
    """The same options on one operand of each shape."""
    return tuple(Case((shape,), options) for shape in shapes)


REDUCTIONS = Cases(
    over_shapes((), (3,), (2, 3))
    + over_shapes((3,), (2, 3), (2, 1, 3), axis=-1, keepdims=False)
    + over_shapes((2, 3), (2, 1, 3), axis=0, keepdims=True)
    + over_shapes((2, 3, 2), axis=(0, 2), keepdims=False)
    + over_shapes((2, 3, 2), axis=(-1, 0), keepdims=True)
    + over_shapes((2, 3), axis=())
    + over_shapes((0, 3), axis=1)
)
"""Every way to name axes, with and without keepdims."""
