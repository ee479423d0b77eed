"""Functions of each element. ``g`` is the gradient that arrives, ``y`` the output; broadcasting is the engine's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DTypeError
from .define import elementwise, primitive
from .domains import (
    BENT_AT_0,
    MODULO,
    NONZERO_DIVISOR,
    PAIRS,
    POSITIVE,
    POSITIVE_BASE,
    REALS,
    UNTIED_PAIRS,
    Case,
    Cases,
)

__all__ = [
    "absolute", "add", "astype", "clone", "cos", "divide", "exp", "floor_divide", "log", "maximum", "minimum",
    "multiply", "negative", "power", "relu", "remainder", "sigmoid", "sign", "sin", "sqrt", "square", "subtract",
    "tanh", "where",
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
# b - (b != 0) is the exponent b - 1, but 0 for b = 0, where x**0 is flat even at x = 0; a + (a == 0) keeps log finite.
power = elementwise(np.power, a=lambda g, a, b: g * (b * a ** (b - (b != 0))),
    b=lambda g, a, y: g * (y * np.log(a + (a == 0))), over=POSITIVE_BASE,
    kink="0 for the exponent at a = 0",
    doc="a ** b. dy/da = b a**(b-1), dy/db = y log(a), taken as 0 at a = 0.",
    example="ag.power(2.0, 3) -> tensor(8.)")
negative = elementwise(np.negative, x=lambda g: -g, over=REALS,
    doc="-x. dy/dx = -1.",
    example="ag.negative(1.5) -> tensor(-1.5)")
square = elementwise(np.square, x=lambda g, x: g * (x + x), over=REALS,
    doc="x**2. dy/dx = 2 x.",
    example="ag.square(3.0) -> tensor(9.)")
sqrt = elementwise(np.sqrt, x=lambda g, x: g / (2 * np.sqrt(x)), over=POSITIVE,
    doc="Square root. dy/dx = 1 / (2 √x).",
    example="ag.sqrt(9.0) -> tensor(3.)")

# These two need the quotient away from whole numbers, where they jump.
floor_divide = elementwise(np.floor_divide, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g), over=MODULO,
    kink="0 at the jumps",
    doc="floor(a / b). Piecewise constant: the gradient is exactly 0.",
    example="ag.floor_divide(7.0, 2.0) -> tensor(3.)")
remainder = elementwise(np.remainder, a=lambda g: g, b=lambda g, a, b: -g * (a // b), over=MODULO,
    kink="as on either side of the jumps",
    doc="a - b floor(a / b), with the sign of b. dy/da = 1, dy/db = -floor(a / b).",
    example="ag.remainder(-7.0, 3.0) -> tensor(2.)")

# Exponentials, logarithms and waves

exp = elementwise(np.exp, x=lambda g, y: g * y, over=REALS,
    doc="e**x. dy/dx = y.",
    example="ag.exp(1.0) -> tensor(2.71828183)")
log = elementwise(np.log, x=lambda g, x: g / x, over=POSITIVE,
    doc="Natural logarithm. dy/dx = 1 / x.",
    example="ag.log(1.0) -> tensor(0.)")
sin = elementwise(np.sin, x=lambda g, x: g * np.cos(x), over=REALS,
    doc="Sine of x in radians. dy/dx = cos x.",
    example="ag.sin(0.5) -> tensor(0.47942554)")
cos = elementwise(np.cos, x=lambda g, x: -g * np.sin(x), over=REALS,
    doc="Cosine of x in radians. dy/dx = -sin x.",
    example="ag.cos(0.5) -> tensor(0.87758256)")
tanh = elementwise(np.tanh, x=lambda g, y: g * (1 - y * y), over=REALS,
    doc="Hyperbolic tangent. dy/dx = 1 - y**2.",
    example="ag.tanh(0.5) -> tensor(0.46211716)")


def _sigmoid(x: Any) -> Any:
    # Neither exponential can overflow, and the far tails keep their relative precision.
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


sigmoid = elementwise(_sigmoid, x=lambda g, y: g * (y * (1 - y)), over=REALS, name="sigmoid",
    doc="Logistic function 1 / (1 + e**-x). dy/dx = y (1 - y).",
    example="ag.sigmoid([-1000.0, 0.0]) -> tensor([0. , 0.5])")

# Pieces. At a kink the gradient is the one of docs/conventions.md.

sign = elementwise(np.sign, x=lambda g: np.zeros_like(g), over=BENT_AT_0,
    kink="0 at 0",
    doc="-1, 0 or 1. Piecewise constant: the gradient is exactly 0.",
    example="ag.sign([-2.0, 0.0]) -> tensor([-1.,  0.])")
absolute = elementwise(np.absolute, x=lambda g, x: g * np.sign(x), over=BENT_AT_0,
    kink="0 at 0",
    doc="|x|. dy/dx = sign x, 0 at 0.",
    example="ag.absolute(-2.0) -> tensor(2.)")
relu = elementwise(lambda x: np.maximum(x, 0), x=lambda g, y: g * (y > 0), over=BENT_AT_0, name="relu",
    kink="0 at 0",
    doc="max(0, x). dy/dx = 1 where x > 0, else 0.",
    example="ag.relu([-1.0, 2.0]) -> tensor([0., 2.])")
maximum = elementwise(np.maximum, a=lambda g, a, b: g * (a > b) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * (b > a) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The larger of a and b. The gradient goes to the larger one; a tie is shared evenly.",
    example="ag.maximum([1.0, 5.0], 3.0) -> tensor([3., 5.])")
minimum = elementwise(np.minimum, a=lambda g, a, b: g * (a < b) + g * (a == b) * 0.5,
    b=lambda g, a, b: g * (b < a) + g * (a == b) * 0.5, over=UNTIED_PAIRS,
    kink="a tie is shared evenly",
    doc="The smaller of a and b. The gradient goes to the smaller one; a tie is shared evenly.",
    example="ag.minimum([1.0, 5.0], 3.0) -> tensor([1., 3.])")


@primitive(condition=None,
           a=lambda g, condition: np.where(condition, g, 0),
           b=lambda g, condition: np.where(condition, 0, g),
           numpy=np.where,
           over=Cases((Case(((), (), ())), Case(((2, 3), (2, 3), (2, 3))), Case(((3,), (2, 1), (2, 3))),
                       Case(((0,), (), ())))))
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
    return np.where(condition, a, b)


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
