"""Arithmetic. ``g`` is the gradient that arrives, ``y`` the output; broadcasting is the engine's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import DTypeError
from ..recording import NUMBERS, TensorBase
from .define import elementwise, primitive
from .domains import MODULO, NONZERO_DIVISOR, PAIRS, POSITIVE, POSITIVE_BASE, REALS, Case, Cases

__all__ = [
    "add", "astype", "cbrt", "clone", "conj", "conjugate", "divide", "float_power", "floor_divide", "fmod", "imag",
    "ldexp", "multiply", "negative", "positive", "power", "real", "reciprocal", "remainder", "sqrt", "square",
    "subtract", "where",
]

# Arithmetic

add = elementwise(np.add, a=lambda g: g, b=lambda g: g, over=PAIRS,
    doc="a + b. The gradient goes to both operands as it is.",
    example="ag.add(1.0, 2.0) -> tensor(3.)")
subtract = elementwise(np.subtract, a=lambda g: g, b=lambda g: -g, over=PAIRS,
    doc="a - b. dy/da = 1, dy/db = -1.",
    example="ag.subtract(1.0, 2.0) -> tensor(-1.)")
multiply = elementwise(np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * a, over=PAIRS,
    doc="a * b. dy/da = b, dy/db = a.",
    example="ag.multiply([1.0, 2.0], 3.0) -> tensor([3., 6.])")
# Not by y: an output that is NaN (0 / 0, the root of -1) would hide from the engine that it was the rule that failed.
divide = elementwise(np.divide, a=lambda g, b: g / b, b=lambda g, a, b: -(g / b) * (a / b), over=NONZERO_DIVISOR,
    doc="a / b. dy/da = 1 / b, dy/db = -a / b**2.",
    example="ag.divide(1.0, 4.0) -> tensor(0.25)")


def _off_0(a: Any, b: Any) -> Any:
    """a; but 1 where a = b = 0, so that b a**(b-1) is 0 there: a**0 is flat even at a = 0."""
    return a if type(b) in NUMBERS and b != 0 else a + (a == 0) * (b == 0)


def _log_base(a: Any, b: Any, y: Any) -> Any:
    """log a in the dtype of y = a**b; 0 where a = 0 and b >= 0."""
    return math.log(a) if type(a) in NUMBERS and a > 0 else np.log(np.where((a == 0) & (b >= 0), np.ones_like(y), a))


power = elementwise(np.power, a=lambda g, a, b: g * (b * _off_0(a, b) ** (b - 1)),
    b=lambda g, a, b, y: g * (y * _log_base(a, b, y)), over=POSITIVE_BASE,
    kink="0 for the exponent at a = 0, b >= 0",
    doc="a ** b. dy/da = b a**(b-1), dy/db = y log(a), taken as 0 at a = 0, b >= 0.",
    example="ag.power(2.0, 3) -> tensor(8.)")
float_power = elementwise(np.float_power, a=lambda g, a, b: g * (b * np.float_power(_off_0(a, b), b - 1)),
    b=lambda g, a, b, y: g * (y * _log_base(a, b, y)), over=POSITIVE_BASE,
    kink="0 for the exponent at a = 0, b >= 0",
    doc="a ** b in float64 at least, also of integers. dy/da = b a**(b-1), dy/db = y log(a), as of power.",
    example="ag.float_power(2, -1) -> tensor(0.5)")
negative = elementwise(np.negative, x=lambda g: -g, over=REALS,
    doc="-x. dy/dx = -1.",
    example="ag.negative(1.5) -> tensor(-1.5)")
square = elementwise(np.square, x=lambda g, x: g * (x + x), over=REALS,
    doc="x**2. dy/dx = 2 x.",
    example="ag.square(3.0) -> tensor(9.)")
sqrt = elementwise(np.sqrt, x=lambda g, x: g / (2 * np.sqrt(x)), over=POSITIVE,
    doc="Square root. dy/dx = 1 / (2 √x).",
    example="ag.sqrt(9.0) -> tensor(3.)")

cbrt = elementwise(np.cbrt, x=lambda g, y: g * (1 / 3) / y / y, over=POSITIVE,
    doc="Cube root, also of negative numbers. dy/dx = 1 / (3 y**2).",
    example="ag.cbrt(-27.0) -> tensor(-3.)")
reciprocal = elementwise(np.reciprocal, x=lambda g, x: -g / x / x, over=POSITIVE,
    doc="1 / x. dy/dx = -1 / x**2.",
    example="ag.reciprocal(4.0) -> tensor(0.25)")


@primitive(x=lambda g, n: np.ldexp(g, n), n=None, numpy=np.ldexp,
           explain=lambda x, n: "" if np.asarray(n).dtype.kind in "biu" else "n must hold integers.",
           over=Cases((Case(((), ())), Case(((2, 3), (3,))), Case(((3,), (2, 1))))))
def ldexp(x: Any, n: Any) -> Any:
    """x 2**n, exact. dy/dx = 2**n.

    Args:
        x: Tensor, array or number.
        n: integers that broadcast with ``x``; constants.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        DTypeError: an ``n`` that is not integers.

    Example:
        >>> import autograd_core as ag
        >>> ag.ldexp(ag.tensor(0.75), 4)
        tensor(12.)
    """
    return np.ldexp(x, n)


# These need the quotient away from whole numbers, where they jump.
floor_divide = elementwise(np.floor_divide, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g), over=MODULO,
    kink="0 at the jumps",
    doc="floor(a / b). Piecewise constant: the gradient is exactly 0.",
    example="ag.floor_divide(7.0, 2.0) -> tensor(3.)")
remainder = elementwise(np.remainder, a=lambda g: g, b=lambda g, a, b: -g * (a // b), over=MODULO,
    kink="as on either side of the jumps",
    doc="a - b floor(a / b), with the sign of b. dy/da = 1, dy/db = -floor(a / b).",
    example="ag.remainder(-7.0, 3.0) -> tensor(2.)")
fmod = elementwise(np.fmod, a=lambda g: g, b=lambda g, a, b, y: -g * np.rint((a - y) / b), over=MODULO,
    kink="as on either side of the jumps",
    doc="a - b trunc(a / b), with the sign of a. dy/da = 1, dy/db = -trunc(a / b).",
    example="ag.fmod(-7.0, 3.0) -> tensor(-1.)")

# The parts of a complex number, of a real one

positive = elementwise(np.positive, x=lambda g: g, over=REALS,
    doc="+x, a copy. dy/dx = 1.",
    example="ag.positive(1.5) -> tensor(1.5)")
conjugate = conj = elementwise(np.conjugate, x=lambda g: g, over=REALS,
    doc="x itself: tensors are real. dy/dx = 1.",
    example="ag.conjugate(1.5) -> tensor(1.5)")
real = elementwise(np.positive, x=lambda g: g, over=REALS, name="real", numpy=np.real,
    doc="x itself, a copy: tensors are real. dy/dx = 1.",
    example="ag.real(1.5) -> tensor(1.5)")
imag = elementwise(lambda x: np.zeros_like(x), x=lambda g: np.zeros_like(g), over=REALS, name="imag", numpy=np.imag,
    doc="Zeros: tensors are real. The gradient is exactly 0.",
    example="ag.imag(1.5) -> tensor(0.)")

# Choosing and copying

_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


def chosen(condition: Any, a: Any, b: Any) -> Any:
    """np.where in rules: recorded where ``a`` or ``b`` is a Tensor; on large arrays by bits.

    On signs in no order NumPy's own mispredicts its branches, and takes 3 to 10 times as long. Nothing is computed
    from the numbers: NaN, infinities and -0.0 are chosen, or not, like any others.
    """
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        return where(condition, a, b)
    small = getattr(condition, "size", 0) < 1024
    if small or condition.dtype != bool or (dtype := np.result_type(a, b)) not in _BITS:
        return np.where(condition, a, b)
    bits = _BITS[dtype]
    mask = (-condition.view(np.int8)).astype(bits)  # all bits of True are 1
    a = np.asarray(a, dtype).view(bits)
    if type(b) is int and b == 0:
        return (a & mask).view(dtype)
    b = np.asarray(b, dtype).view(bits)
    picked = (a ^ b) & mask
    picked ^= b
    return picked.view(dtype)


@primitive(condition=None,
           a=lambda g, condition: chosen(condition, g, 0),
           b=lambda g, condition: chosen(np.logical_not(condition), g, 0),
           numpy=np.where,
           over=Cases((Case(((), (), ())), Case(((2, 3), (2, 3), (2, 3))), Case(((3,), (2, 1), (2, 3))),
                       Case(((0,), (), ())), Case(((32, 32), (32, 32), ())), Case(((32, 32), (), (2, 32, 32)))),
                      constants=(lambda shape, rng: np.asarray(rng.random(shape) < 0.5),)))
def where(condition: Any, a: Any, b: Any) -> Any:
    """Elements of ``a`` where ``condition`` holds, of ``b`` elsewhere.

    The gradient goes to the branch that was taken; the other gets an exact 0, whatever it holds.

    Args:
        condition: booleans; broadcasts with ``a`` and ``b``.
        a, b: Tensors, arrays or numbers that broadcast together.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.where([True, False], ag.tensor([1.0, 2.0]), 0.0)
        tensor([1., 0.])
    """
    return chosen(condition, a, b)


@primitive(x=lambda g: g, numpy=np.copy, over=Cases((Case(((),)), Case(((2, 3),)), Case(((0,),)))))
def clone(x: Any) -> Any:
    """A copy with memory of its own, still part of the graph.

    Args:
        x: Tensor, array or number.

    Returns:
        Tensor of the same shape and dtype; the gradient passes unchanged.

    Example:
        >>> import autograd_core as ag
        >>> ag.clone(ag.tensor([1.0, 2.0]))
        tensor([1., 2.])
    """
    return np.array(x)


@primitive(x=lambda g: g, over=Cases((Case(((2, 3),), {"dtype": np.float64}), Case(((),), {"dtype": np.float64}))))
def astype(x: Any, dtype: Any) -> Any:
    """The same values in another float dtype; the gradient returns in the dtype of ``x``.

    Args:
        x: Tensor, array or number.
        dtype: a float dtype. (Integers carry no gradient: use ``x.numpy().astype(int)``.)

    Returns:
        Tensor of the same shape.

    Raises:
        DTypeError: a dtype that is not a float.

    Example:
        >>> import autograd_core as ag
        >>> ag.astype(ag.tensor([1.0, 2.0]), "float32").dtype
        dtype('float32')
    """
    if np.dtype(dtype).kind != "f":
        raise DTypeError(f"astype: {np.dtype(dtype)} carries no gradient; use x.numpy().astype({np.dtype(dtype)!s}).")
    return np.asarray(x).astype(dtype)
