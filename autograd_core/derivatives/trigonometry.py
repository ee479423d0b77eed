"""Angles and hyperbolas: sines, tangents, their inverses, and what is measured with them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..recording import Primitive, TensorBase
from .define import composite, elementwise
from .domains import PAIRS, REALS, Elementwise, Interval

__all__ = [
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cos", "cosh", "deg2rad", "degrees",
    "hypot", "rad2deg", "radians", "sin", "sinc", "sinh", "tan", "tanh",
]

_ACUTE = Elementwise((Interval(-1.3, 1.3),))
_INSIDE_1 = Elementwise((Interval(-0.8, 0.8),))
_ABOVE_1 = Elementwise((Interval(1.3, 4.0),))

# Angles

sin = elementwise(np.sin, x=lambda g, x: g * np.cos(x), over=REALS,
    doc="Sine of x in radians. dy/dx = cos x.",
    example="ag.sin(0.5) -> tensor(0.47942554)")
cos = elementwise(np.cos, x=lambda g, x: -g * np.sin(x), over=REALS,
    doc="Cosine of x in radians. dy/dx = -sin x.",
    example="ag.cos(0.5) -> tensor(0.87758256)")
tan = elementwise(np.tan, x=lambda g, y: g * (1 + y * y), over=_ACUTE,
    doc="Tangent of x in radians. dy/dx = 1 + y**2.",
    example="ag.tan(0.5) -> tensor(0.54630249)")
# (1 - x) (1 + x) keeps the digits near 1 and -1 that 1 - x**2 loses.
arcsin = elementwise(np.arcsin, x=lambda g, x: g / np.sqrt((1 - x) * (1 + x)), over=_INSIDE_1,
    doc="Inverse sine, from -π/2 to π/2. dy/dx = 1 / √(1 - x**2).",
    example="ag.arcsin(1.0) -> tensor(1.57079633)")
arccos = elementwise(np.arccos, x=lambda g, x: -g / np.sqrt((1 - x) * (1 + x)), over=_INSIDE_1,
    doc="Inverse cosine, from 0 to π. dy/dx = -1 / √(1 - x**2).",
    example="ag.arccos(0.0) -> tensor(1.57079633)")
arctan = elementwise(np.arctan, x=lambda g, x: g / (1 + x * x), over=REALS,
    doc="Inverse tangent, from -π/2 to π/2. dy/dx = 1 / (1 + x**2).",
    example="ag.arctan(1.0) -> tensor(0.78539816)")

radians = elementwise(np.radians, x=lambda g: g * (math.pi / 180), over=REALS,
    doc="Degrees to radians. dy/dx = π / 180.",
    example="ag.radians(180.0) -> tensor(3.14159265)")
deg2rad = elementwise(np.deg2rad, x=lambda g: g * (math.pi / 180), over=REALS,
    doc="Degrees to radians: NumPy's other name for radians. dy/dx = π / 180.",
    example="ag.deg2rad(180.0) -> tensor(3.14159265)")
degrees = elementwise(np.degrees, x=lambda g: g * (180 / math.pi), over=REALS,
    doc="Radians to degrees. dy/dx = 180 / π.",
    example="ag.degrees(np.pi) -> tensor(180.)")
rad2deg = elementwise(np.rad2deg, x=lambda g: g * (180 / math.pi), over=REALS,
    doc="Radians to degrees: NumPy's other name for degrees. dy/dx = 180 / π.",
    example="ag.rad2deg(np.pi) -> tensor(180.)")

# Points in the plane. Nothing is squared, so nothing overflows; y + (y == 0) is y, and 1 at the origin.

hypot = elementwise(np.hypot, a=lambda g, a, y: g * (a / (y + (y == 0))), b=lambda g, b, y: g * (b / (y + (y == 0))),
    over=PAIRS, kink="0 at the origin",
    doc="√(a**2 + b**2). dy/da = a / y, dy/db = b / y, 0 at the origin.",
    example="ag.hypot(3.0, 4.0) -> tensor(5.)")


def _over_square(x: Any, a: Any, b: Any) -> Any:
    """x / (a² + b²), and 0 at the origin."""
    y = np.hypot(a, b)
    y = y + (y == 0)
    return x / y / y


arctan2 = elementwise(np.arctan2, a=lambda g, a, b: g * _over_square(b, a, b),
    b=lambda g, a, b: -g * _over_square(a, a, b), over=Elementwise((Interval(-3.0, 3.0, kinks=(0.0,)),) * 2),
    kink="0 at the origin",
    doc="The angle of the point (b, a), from -π to π. dy/da = b / (a**2 + b**2), dy/db = -a / (a**2 + b**2).",
    example="ag.arctan2(1.0, -1.0) -> tensor(2.35619449)")

# Hyperbolas

sinh = elementwise(np.sinh, x=lambda g, x: g * np.cosh(x), over=REALS,
    doc="Hyperbolic sine. dy/dx = cosh x.",
    example="ag.sinh(0.5) -> tensor(0.52109531)")
cosh = elementwise(np.cosh, x=lambda g, x: g * np.sinh(x), over=REALS,
    doc="Hyperbolic cosine. dy/dx = sinh x.",
    example="ag.cosh(0.5) -> tensor(1.12762597)")
tanh = elementwise(np.tanh, x=lambda g, y: g * (1 - y * y), over=REALS,
    doc="Hyperbolic tangent. dy/dx = 1 - y**2.",
    example="ag.tanh(0.5) -> tensor(0.46211716)")
arcsinh = elementwise(np.arcsinh, x=lambda g, x: g / np.hypot(x, 1), over=REALS,
    doc="Inverse hyperbolic sine. dy/dx = 1 / √(x**2 + 1).",
    example="ag.arcsinh(1.0) -> tensor(0.88137359)")
arccosh = elementwise(np.arccosh, x=lambda g, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)), over=_ABOVE_1,
    doc="Inverse hyperbolic cosine, for x >= 1. dy/dx = 1 / √(x**2 - 1).",
    example="ag.arccosh(2.0) -> tensor(1.3169579)")
arctanh = elementwise(np.arctanh, x=lambda g, x: g / ((1 - x) * (1 + x)), over=_INSIDE_1,
    doc="Inverse hyperbolic tangent, for |x| <= 1. dy/dx = 1 / (1 - x**2).",
    example="ag.arctanh(0.5) -> tensor(0.54930614)")

# sinc is smooth at 0, where sin(πx) / πx is 0 / 0: so its derivative of every order is a forward function.


def _sinc_forward(x: Any, order: int) -> Any:
    if order == 0:
        return np.sinc(x)
    # x y⁽ⁿ⁾ + n y⁽ⁿ⁻¹⁾ is the nth derivative of x y = sin(πx) / π; close to 0 the power series is better.
    near = np.abs(x) < 0.5 + 0.1 * order
    far = np.where(near, 1, x)
    angle = math.pi * np.remainder(far, 2)
    y = np.sin(angle) / (math.pi * far)
    for n in range(1, order + 1):
        y = (math.pi ** (n - 1) * np.sin(angle + n * (math.pi / 2)) - n * y) / far
    return np.where(near, _sinc_series(np.where(near, x, 0), order), y)


def _sinc_series(x: Any, order: int) -> Any:
    """The nth derivative of Σ (-1)ᵏ (πx)²ᵏ / (2k + 1)!, term by term."""
    first = (order + 1) // 2
    terms = range(first, first + 16 + 2 * order)
    return sum((-1) ** k * math.pi ** (2 * k) / ((2 * k + 1) * math.factorial(2 * k - order)) * x ** (2 * k - order)
               for k in terms)


_sinc = Primitive("sinc", _sinc_forward, {"x": lambda g, x, order: g * _sinc_of_order(x, order + 1)},
                  options=["order"], elementwise=True)


def _sinc_of_order(x: Any, order: int) -> Any:
    return _sinc(x, order=order) if isinstance(x, TensorBase) else _sinc_forward(x, order)


@composite(over=REALS, numpy=np.sinc)
def sinc(x: Any) -> Any:
    """sin(πx) / πx, and 1 at 0; smooth there, to every order. dy/dx = (cos(πx) - y) / x.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Raises:
        DTypeError: an operand that is not real numbers.

    Example:
        >>> import autograd_core as ag
        >>> ag.sinc([0.0, 0.5])
        tensor([1.        , 0.63661977])
    """
    return _sinc(x, order=0)
