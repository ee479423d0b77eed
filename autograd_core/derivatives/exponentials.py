"""Exponentials and logarithms to every base, and the curves that models build from them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .define import composite, elementwise
from .domains import PAIRS, POSITIVE, REALS, Elementwise, Interval
from .elementwise import multiply

__all__ = [
    "exp", "exp2", "expit", "expm1", "log", "log1p", "log2", "log10", "log_sigmoid", "logaddexp", "logaddexp2",
    "logit", "sigmoid", "silu", "softplus", "xlog1py", "xlogy",
]

# Exponentials and logarithms

exp = elementwise(np.exp, x=lambda g, y: g * y, over=REALS,
    doc="e**x. dy/dx = y.",
    example="ag.exp(1.0) -> tensor(2.71828183)")
exp2 = elementwise(np.exp2, x=lambda g, y: g * y * math.log(2), over=REALS,
    doc="2**x. dy/dx = y log 2.",
    example="ag.exp2(3.0) -> tensor(8.)")
expm1 = elementwise(np.expm1, x=lambda g, x: g * np.exp(x), over=REALS,
    doc="e**x - 1, exact near 0. dy/dx = e**x.",
    example="ag.expm1(1e-10) -> tensor(1.e-10)")
log = elementwise(np.log, x=lambda g, x: g / x, over=POSITIVE,
    doc="Natural logarithm. dy/dx = 1 / x.",
    example="ag.log(1.0) -> tensor(0.)")
log2 = elementwise(np.log2, x=lambda g, x: g / x * (1 / math.log(2)), over=POSITIVE,
    doc="Logarithm to base 2. dy/dx = 1 / (x log 2).",
    example="ag.log2(8.0) -> tensor(3.)")
log10 = elementwise(np.log10, x=lambda g, x: g / x * (1 / math.log(10)), over=POSITIVE,
    doc="Logarithm to base 10. dy/dx = 1 / (x log 10).",
    example="ag.log10(1000.0) -> tensor(3.)")
log1p = elementwise(np.log1p, x=lambda g, x: g / (1 + x), over=Elementwise((Interval(-0.8, 3.0),)),
    doc="log(1 + x), exact near 0. dy/dx = 1 / (1 + x).",
    example="ag.log1p(1e-10) -> tensor(1.e-10)")


def gap(x: Any, y: Any) -> Any:
    """x - y, where y >= x; also where they are infinite: 0 for inf - inf, but -inf for -inf - -inf."""
    return np.where(x == math.inf, 0, x - np.where(np.isinf(y), float(np.finfo(y.dtype).max), y))


logaddexp = elementwise(np.logaddexp, a=lambda g, a, y: g * np.exp(gap(a, y)), b=lambda g, b, y: g * np.exp(gap(b, y)),
    over=PAIRS, kink="0 where both are -inf, 1 for inf",
    doc="log(e**a + e**b), without overflow. dy/da = e**(a - y), dy/db = e**(b - y).",
    example="ag.logaddexp(1000.0, 1000.0) -> tensor(1000.69314718)")
logaddexp2 = elementwise(np.logaddexp2, a=lambda g, a, y: g * np.exp2(gap(a, y)),
    b=lambda g, b, y: g * np.exp2(gap(b, y)), over=PAIRS, kink="0 where both are -inf, 1 for inf",
    doc="The logarithm to base 2 of 2**a + 2**b, without overflow. dy/da = 2**(a - y), dy/db = 2**(b - y).",
    example="ag.logaddexp2(1000.0, 1000.0) -> tensor(1001.)")

# The logistic function and its kin


def floats(x: Any) -> Any:
    """``x`` in a float dtype: integers and booleans, of which -x or |x| may wrap around, in float64."""
    return x if getattr(x, "dtype", np.dtype(int)).kind == "f" else np.asarray(x, float)


def _sigmoid(x: Any) -> Any:
    x = floats(x)
    e = np.exp(-np.abs(x))  # cannot overflow
    return np.maximum(e, x >= 0) / (1 + e)  # 1 / (1 + e), or e / (1 + e), which keeps the far tail's precision


def _softplus(x: Any) -> Any:
    x = floats(x)
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))  # a tenth of the time of np.logaddexp(x, 0)


sigmoid = expit = elementwise(_sigmoid, x=lambda g, y: g * (y * (1 - y)), over=REALS, name="sigmoid",
    doc="Logistic function 1 / (1 + e**-x), which SciPy calls expit. dy/dx = y (1 - y).",
    example="ag.sigmoid([-1000.0, 0.0]) -> tensor([0. , 0.5])")
# Their slopes by y: half the time of the sigmoid of x.
softplus = elementwise(_softplus, x=lambda g, y: g * -np.expm1(-y), over=REALS, name="softplus",
    doc="log(1 + e**x), without overflow. dy/dx = sigmoid x = 1 - e**-y.",
    example="ag.softplus([-1000.0, 0.0]) -> tensor([0.        , 0.69314718])")
log_sigmoid = elementwise(lambda x: -_softplus(-floats(x)), name="log_sigmoid", over=REALS,
    x=lambda g, y: g * -np.expm1(y),
    doc="log(1 / (1 + e**-x)), without overflow. dy/dx = sigmoid -x = 1 - e**y.",
    example="ag.log_sigmoid([-1000.0, 0.0]) -> tensor([-1.00000000e+03, -6.93147181e-01])")
logit = elementwise(lambda x: np.log(floats(x)) - np.log1p(-floats(x)), x=lambda g, x: g / (x * (1 - x)), name="logit",
    over=Elementwise((Interval(0.1, 0.9),)),
    doc="log(x / (1 - x)), the inverse of sigmoid, for 0 <= x <= 1. dy/dx = 1 / (x (1 - x)).",
    example="ag.logit(0.5) -> tensor(0.)")


@composite(over=REALS)
def silu(x: Any) -> Any:
    """x / (1 + e⁻ˣ), also called swish: x times its sigmoid. dy/dx = s + x s (1 - s) with s = sigmoid x.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Source:
        S. Elfwing, E. Uchibe, K. Doya: Sigmoid-weighted linear units for neural network function approximation in
        reinforcement learning. Neural Networks 107 (2018).

    Example:
        >>> import autograd_core as ag
        >>> ag.silu(2.0)
        tensor(1.76159416)
    """
    return multiply(x, sigmoid(x))


# Where a is 0 the logarithm's pole is not felt, at any order: b is moved away from it.


def _off_pole(a: Any, b: Any, pole: float, instead: float) -> Any:
    """b, but ``instead`` where a = 0 and the logarithm, which has its pole there, would be infinite or undefined."""
    return np.where((a == 0) & ((b <= pole) | (b == math.inf)), np.asarray(instead, np.result_type(a, b)), b)


xlogy = elementwise(lambda a, b: a * np.log(_off_pole(a, b, 0, 1)),
    a=lambda g, a, b: g * np.log(_off_pole(a, b, 0, 1)), b=lambda g, a, b: g * (a / _off_pole(a, b, 0, math.inf)),
    name="xlogy", over=Elementwise((Interval(-3.0, 3.0), Interval(0.2, 3.0))),
    kink="0 where a = 0 and log b is not finite",
    doc="a log b, and 0 where a = 0, also for b = 0. dy/da = log b, dy/db = a / b.",
    example="ag.xlogy([0.0, 2.0], [0.0, 1.0]) -> tensor([0., 0.])")
xlog1py = elementwise(lambda a, b: a * np.log1p(_off_pole(a, b, -1, 0)),
    a=lambda g, a, b: g * np.log1p(_off_pole(a, b, -1, 0)),
    b=lambda g, a, b: g * (a / (1 + _off_pole(a, b, -1, math.inf))),
    name="xlog1py", over=Elementwise((Interval(-3.0, 3.0), Interval(-0.7, 3.0))),
    kink="0 where a = 0 and log(1 + b) is not finite",
    doc="a log(1 + b), and 0 where a = 0, also for b = -1. dy/da = log(1 + b), dy/db = a / (1 + b).",
    example="ag.xlog1py([0.0, 2.0], [-1.0, 0.0]) -> tensor([0., 0.])")
