"""Functions made of pieces: signs, steps, extremes and bounds. Their kinks are listed in docs/conventions.md.

Where a function shows one of its operands, the gradient goes to the one that it shows; a NaN shown counts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..recording import Primitive
from .define import NUMPY, as_array, composite, elementwise, primitive
from .domains import BENT_AT_0, MODULO, UNTIED_PAIRS, Case, Cases, Elementwise, Interval, R, over_shapes
from .elementwise import floor_divide, fmod, remainder, where

__all__ = [
    "absolute", "ceil", "clip", "copysign", "divmod", "fabs", "fix", "floor", "fmax", "fmin",
    "heaviside", "maximum", "minimum", "modf", "nan_to_num", "relu", "rint", "round", "sign", "trunc",
]

_JUMPS_AT_INTEGERS = Elementwise((Interval(-2.6, 2.6, kinks=(-2.0, -1.0, 0.0, 1.0, 2.0)),))
_JUMPS_AT_HALVES = Elementwise((Interval(-1.9, 1.9, kinks=(-1.5, -0.5, 0.5, 1.5)),))
_BENT_PAIRS = Elementwise((Interval(-3.0, 3.0, kinks=(0.0,)),) * 2)
_BENT_FIRST = Elementwise((Interval(-3.0, 3.0, kinks=(0.0,)), R))

# Signs

sign = elementwise(np.sign, x=lambda g: np.zeros_like(g), over=BENT_AT_0,
    kink="0 at 0",
    doc="-1, 0 or 1. Piecewise constant: the gradient is exactly 0.",
    example="ag.sign([-2.0, 0.0]) -> tensor([-1.,  0.])")
absolute = elementwise(np.absolute, x=lambda g, x: g * np.sign(x), over=BENT_AT_0,
    kink="0 at 0",
    doc="|x|. dy/dx = sign x, 0 at 0.",
    example="ag.absolute(-2.0) -> tensor(2.)")
fabs = elementwise(np.fabs, x=lambda g, x: g * np.sign(x), over=BENT_AT_0,
    kink="0 at 0",
    doc="|x|, always a float. dy/dx = sign x, 0 at 0.",
    example="ag.fabs(-2) -> tensor(2.)")
copysign = elementwise(np.copysign, a=lambda g, a, y: g * (np.sign(a) * np.sign(y)), b=lambda g: np.zeros_like(g),
    over=_BENT_PAIRS, kink="0 at a = 0",
    doc="|a| with the sign of b. dy/da = 1 or -1, 0 at 0; the gradient of b is exactly 0.",
    example="ag.copysign(2.0, -3.0) -> tensor(-2.)")
relu = elementwise(lambda x: np.maximum(x, 0), x=lambda g, y: g * (y != 0), over=BENT_AT_0, name="relu",
    kink="0 at 0",
    doc="max(0, x). dy/dx = 1 where x > 0, else 0.",
    example="ag.relu([-1.0, 2.0]) -> tensor([0., 2.])")
heaviside = elementwise(np.heaviside, a=lambda g: np.zeros_like(g), b=lambda g, a: g * (a == 0), over=_BENT_FIRST,
    kink="0 at a = 0",
    doc="0 for a < 0, b for a = 0, 1 for a > 0. The gradient of a is exactly 0; dy/db = 1 where a = 0.",
    example="ag.heaviside([-1.0, 0.0, 2.0], 0.5) -> tensor([0. , 0.5, 1. ])")

# Extremes

maximum = elementwise(np.maximum, a=lambda g, a, b: g * ((a > b) | np.isnan(a)) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * ((b > a) | np.isnan(b)) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The larger of a and b, or NaN. The gradient goes to the larger one or the NaN; a tie is shared evenly.",
    example="ag.maximum([1.0, 5.0], 3.0) -> tensor([3., 5.])")
minimum = elementwise(np.minimum, a=lambda g, a, b: g * ((a < b) | np.isnan(a)) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * ((b < a) | np.isnan(b)) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The smaller of a and b, or NaN. The gradient goes to the smaller one or the NaN; a tie is shared evenly.",
    example="ag.minimum([1.0, 5.0], 3.0) -> tensor([1., 3.])")
fmax = elementwise(np.fmax, a=lambda g, a, b: g * ((a > b) | np.isnan(b)) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * ((b > a) | np.isnan(a)) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The larger of a and b, not a NaN if the other is a number; so the gradient. A tie is shared evenly.",
    example="ag.fmax([1.0, np.nan], 3.0) -> tensor([3., 3.])")
fmin = elementwise(np.fmin, a=lambda g, a, b: g * ((a < b) | np.isnan(b)) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * ((b < a) | np.isnan(a)) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The smaller of a and b, not a NaN if the other is a number; so the gradient. A tie is shared evenly.",
    example="ag.fmin([1.0, np.nan], 3.0) -> tensor([1., 3.])")

# NumPy's order: the lower bound first, then the upper, which wins where they cross.
_clip = Primitive("clip", np.clip, {
    "x": lambda g, x, low, high: g * ~((x < low) | (x > high)),
    "low": lambda g, x, low, high: g * ((x < low) & (low <= high)),
    "high": lambda g, x, low, high: g * ((x > high) | (low > high)),
}, elementwise=True)


@composite(numpy=np.clip, kink="1 on the bounds",
           over=Cases((Case(((), (), ())), Case(((2, 3), (3,), (2, 1))),
                       Case(((3,),), {"max": 0.5}), Case(((0,),), {"min": 0.5}))))
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Elements of ``a`` kept between two bounds: min(max(a, a_min), a_max).

    The gradient goes to ``a`` between the bounds and on them, and to the bound where that is shown.

    Args:
        a: Tensor, array or number, any shape.
        a_min, a_max: the bounds, numbers or Tensors that broadcast with ``a``; None for no bound.
        min, max: other names for them.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.clip([-2.0, 0.5, 3.0], 0.0, 1.0)
        tensor([0. , 0.5, 1. ])
    """
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    kind = as_array(a).dtype
    lowest, highest = (np.iinfo(kind).min, np.iinfo(kind).max) if kind.kind in "iu" else (-math.inf, math.inf)
    return _clip(a, lowest if low is None else low, highest if high is None else high)


@primitive(x=lambda g, x: g * np.isfinite(x), numpy=np.nan_to_num,
           over=Cases(over_shapes((), (2, 3), (0,)) + over_shapes((3,), nan=1.0, posinf=2.0, neginf=-2.0)))
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """``x`` with numbers for NaN and infinities. The gradient is 0 where they were.

    Args:
        x: Tensor, array or number, any shape.
        copy: must be True: the result has memory of its own.
        nan: what NaN becomes.
        posinf, neginf: what inf and -inf become; the largest and the smallest number of the dtype by default.

    Returns:
        Tensor of the same shape and dtype.

    Raises:
        UnsupportedError: ``copy=False``.

    Example:
        >>> import autograd_core as ag
        >>> ag.nan_to_num([np.nan, 2.0, -np.inf], neginf=-1.0)
        tensor([ 0.,  2., -1.])
    """
    if copy is not True:
        raise UnsupportedError("nan_to_num: copy=False would write into x; assign the result to it instead.")
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


# Steps

floor = elementwise(np.floor, x=lambda g: np.zeros_like(g), over=_JUMPS_AT_INTEGERS,
    kink="0 at the jumps",
    doc="The integer at or below x. Piecewise constant: the gradient is exactly 0.",
    example="ag.floor(-1.5) -> tensor(-2.)")
ceil = elementwise(np.ceil, x=lambda g: np.zeros_like(g), over=_JUMPS_AT_INTEGERS,
    kink="0 at the jumps",
    doc="The integer at or above x. Piecewise constant: the gradient is exactly 0.",
    example="ag.ceil(-1.5) -> tensor(-1.)")
trunc = elementwise(np.trunc, x=lambda g: np.zeros_like(g), over=_JUMPS_AT_INTEGERS,
    kink="0 at the jumps",
    doc="x without its fraction. Piecewise constant: the gradient is exactly 0.",
    example="ag.trunc(-1.5) -> tensor(-1.)")
fix = elementwise(np.trunc, x=lambda g: np.zeros_like(g), over=_JUMPS_AT_INTEGERS, name="fix", numpy=np.fix,
    kink="0 at the jumps",
    doc="x without its fraction, NumPy's other name for trunc. Piecewise constant: the gradient is exactly 0.",
    example="ag.fix(-1.5) -> tensor(-1.)")
rint = elementwise(np.rint, x=lambda g: np.zeros_like(g), over=_JUMPS_AT_HALVES,
    kink="0 at the jumps",
    doc="The nearest integer, halves to the even one. Piecewise constant: the gradient is exactly 0.",
    example="ag.rint([0.5, 1.7]) -> tensor([0., 2.])")


@primitive(x=lambda g: np.zeros_like(g), numpy=np.round, kink="0 at the jumps",
           over=Cases(over_shapes((), (2, 3), (0,)) + over_shapes((3,), decimals=-1), interval=Interval(-0.4, 0.4)))
def round(x: Any, decimals: int = 0) -> Any:
    """``x`` rounded to a number of decimals, halves to the even digit. Piecewise constant: the gradient is exactly 0.

    Args:
        x: Tensor, array or number, any shape.
        decimals: how many to keep; negative to round left of the decimal point.

    Returns:
        Tensor of the same shape and dtype.

    Example:
        >>> import autograd_core as ag
        >>> ag.round([0.126, 2.5], 2)
        tensor([0.13, 2.5 ])
    """
    return np.round(x, decimals)


NUMPY[np.around] = round


# A number in two parts

@composite(numpy=np.modf, kink="1 and 0 at the jumps",
           over=Cases(over_shapes((), (2, 3), (0,)), interval=_JUMPS_AT_INTEGERS.intervals[0]))
def modf(x: Any) -> Any:
    """The fraction of x and the integer before it, both with its sign. Their derivatives are 1 and 0.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Two Tensors of the same shape.

    Example:
        >>> import autograd_core as ag
        >>> ag.modf([-1.5, 2.25])
        (tensor([-0.5 ,  0.25]), tensor([-1.,  2.]))
    """
    x = as_array(x)
    return where(np.isinf(x), copysign(0.0, x), fmod(x, 1)), trunc(x)


@composite(numpy=np.divmod, kink="that of remainder, and 0, at the jumps", over=MODULO)
def divmod(a: Any, b: Any) -> Any:
    """The quotient rounded down and the remainder, q and r with a = q b + r.

    The gradients of q are exactly 0; dr/da = 1, dr/db = -q.

    Args:
        a, b: Tensor, array or number, any shapes that broadcast together.

    Returns:
        Two Tensors of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.divmod([5.5, -1.0], 2.0)
        (tensor([ 2., -1.]), tensor([1.5, 1. ]))
    """
    return floor_divide(a, b), remainder(a, b)
