"""What distributions are made of: erf, Φ and gelu of the normal one; gammaln and its derivatives of the others.

The values are SciPy's, which is optional.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import DTypeError, MissingExtraError, UnsupportedError
from ..recording import Primitive, TensorBase
from .define import apply, composite, elementwise
from .domains import POSITIVE, REALS, Cases, Elementwise, Interval, over_shapes
from .elementwise import multiply
from .exponentials import floats, sigmoid

__all__ = [
    "digamma", "erf", "erfc", "erfcx", "erfinv", "gammaln", "gelu", "log_ndtr", "ndtr", "polygamma",
]


@functools.cache
def _scipy(name: str) -> Callable[..., Any] | None:
    """SciPy's function of that name, imported when first called; None without SciPy."""
    try:
        return getattr(importlib.import_module("scipy.special"), name)  # type: ignore[no-any-return]
    except ImportError:
        return None


def of_scipy(name: str, instead: Callable[[float], float] | None = None, op: str = "") -> Callable[..., Any]:
    """SciPy's function of that name, in the dtype of x; without SciPy, a function of one number at a time.

    ``op`` is what people call it, if not ``name``.
    """

    def forward(x: Any, n: int | None = None) -> Any:
        x = floats(x)
        if x.dtype.itemsize > 8:
            raise DTypeError(
                f"{op or name}: x of dtype {x.dtype}; float64 is the most there is. Convert it: x.astype(np.float64)."
            )
        function = _scipy(name)
        if function is not None:
            return np.asarray(function(x) if n is None else function(n, x), x.dtype)
        if instead is None:
            raise MissingExtraError(name, "SciPy", "scipy")
        return np.fromiter(map(instead, x.ravel().tolist()), x.dtype, x.size).reshape(x.shape)

    return forward


# The normal distribution. Without SciPy, erf is Python's: as exact, at a sixth of the speed.

erf = elementwise(of_scipy("erf", math.erf), x=lambda g, x: g * (2 / math.sqrt(math.pi) * np.exp(-x * x)), name="erf",
    over=REALS,
    doc="Error function, the integral of 2 e**-t**2 / √π from 0 to x. dy/dx = 2 e**-x**2 / √π.",
    example="ag.erf([0.5, 1.0]) -> tensor([0.52049988, 0.84270079])")
erfc = elementwise(of_scipy("erfc", math.erfc), x=lambda g, x: g * (-2 / math.sqrt(math.pi) * np.exp(-x * x)),
    name="erfc", over=REALS,
    doc="1 - erf x, exact where erf is close to 1. dy/dx = -2 e**-x**2 / √π.",
    example="ag.erfc(10.0) -> tensor(2.08848758e-45)")
erfinv = elementwise(of_scipy("erfinv"), x=lambda g, y: g * (math.sqrt(math.pi) / 2 * np.exp(y * y)), name="erfinv",
    over=Elementwise((Interval(-0.9, 0.9),)),
    doc="Inverse of erf, for -1 <= x <= 1. Needs SciPy. dy/dx = √π e**y**2 / 2.",
    example="ag.erfinv(0.5) -> tensor(0.47693628)")
_erfc = of_scipy("erfc", math.erfc, op="ndtr")
# Φ(-x) e**(x**2 / 2) for 0 <= x <= 15 is a polynomial in t = 1 / (1 + 0.35 x), but for a relative error of 3e-8: from
# t**9 down to t, fitted by Lawson's reweighted least squares. Computed in float32, Φ is off by up to 4e-7 for x > -1,
# and by 4e-6 at -13, where the exponential feels the rounding of x**2; SciPy's in float32 by 6e-8 and 1e-7.
_TAIL = (-0.0291580302, 0.1440316107, -0.2558404026, 0.1593212536, -0.0232133942, 0.1055529271, 0.1198211847,
         0.1398635290, 0.1396213061)


def _ndtr(x: Any) -> Any:
    """Φ; in float32 without erfc: a third of its time at 128 x 256, as much at 3,000 elements."""
    if getattr(x, "dtype", None) != np.float32:
        return 0.5 * _erfc(x * -math.sqrt(0.5))
    far = np.minimum(np.abs(x), 15)  # from there on, Φ(-x) is 0 in float32; no square overflows
    t = 1 / (1 + 0.35 * far)
    tail = t * _TAIL[0]
    for coefficient in _TAIL[1:]:
        tail += coefficient
        tail *= t
    tail *= np.exp(-0.5 * far * far)
    return np.subtract(~np.signbit(x), np.copysign(tail, x))  # 1 - tail, or tail where x is negative


ndtr = elementwise(_ndtr, name="ndtr", over=REALS,
    x=lambda g, x: g * (math.sqrt(0.5 / math.pi) * np.exp(-0.5 * x * x)),
    doc="Φ, the normal distribution's share below x. dy/dx = e**(-x**2 / 2) / √(2 π).",
    example="ag.ndtr([0.0, 1.96]) -> tensor([0.5      , 0.9750021])")
erfcx = elementwise(of_scipy("erfcx"), x=lambda g, x, y: g * (2 * x * y - 2 / math.sqrt(math.pi)), name="erfcx",
    over=REALS,
    doc="e**x**2 erfc x, which does not underflow for large x. Needs SciPy. dy/dx = 2 x y - 2 / √π.",
    example="ag.erfcx(1000.0) -> tensor(0.00056419)")
log_ndtr = elementwise(of_scipy("log_ndtr"), name="log_ndtr", over=REALS,
    x=lambda g, x: g * (math.sqrt(2 / math.pi) / apply(erfcx, x * -math.sqrt(0.5))),
    doc="log Φ(x), exact also far out. Needs SciPy. dy/dx = e**(-x**2 / 2) / (√(2 π) Φ(x)).",
    example="ag.log_ndtr([-100.0, 0.0]) -> tensor([-5.00552421e+03, -6.93147181e-01])")


@composite(over=Cases(over_shapes((), (2, 3), (0,)) + over_shapes((3,), approximate="tanh")))
def gelu(x: Any, *, approximate: str = "none") -> Any:
    """x Φ(x), with Φ the normal distribution function. dy/dx = Φ(x) + x e**(-x**2 / 2) / √(2 π).

    Args:
        x: Tensor, array or number, any shape.
        approximate: "none", or "tanh" for x (1 + tanh(√(2 / π) (x + 0.044715 x**3))) / 2.

    Returns:
        Tensor of the same shape.

    Raises:
        UnsupportedError: another ``approximate``.

    Source:
        D. Hendrycks, K. Gimpel: Gaussian error linear units. arXiv:1606.08415 (2016).

    Example:
        >>> import autograd_core as ag
        >>> ag.gelu([-1.0, 1.0])
        tensor([-0.15865525,  0.84134475])
    """
    if approximate == "none":
        return multiply(x, ndtr(x))
    if approximate != "tanh":
        raise UnsupportedError(f'gelu: approximate={approximate!r}; it is "none" or "tanh".')
    # (1 + tanh z) / 2 is sigmoid 2z, which keeps its digits where tanh is close to -1.
    cubic = multiply(x, multiply(multiply(x, 0.044715), x) + 1)  # in this order x² of integers cannot wrap around
    return multiply(x, sigmoid(cubic * (2 * math.sqrt(2 / math.pi))))


# The gamma function, and beta

digamma = elementwise(of_scipy("digamma"), x=lambda g, x: g * _polygamma(1, x), name="digamma", over=POSITIVE,
    doc="Γ'(x) / Γ(x), the derivative of gammaln. Needs SciPy. dy/dx = polygamma(1, x).",
    example="ag.digamma(1.0) -> tensor(-0.57721566)")
gammaln = elementwise(of_scipy("gammaln"), x=lambda g, x: g * apply(digamma, x), name="gammaln", over=POSITIVE,
    doc="log |Γ(x)|, where Γ(n) = (n - 1)!. Needs SciPy. dy/dx = digamma x.",
    example="ag.gammaln(5.0) -> tensor(3.17805383)")
_polygamma_op = Primitive("polygamma", of_scipy("polygamma"), {"x": lambda g, x, n: g * _polygamma(n + 1, x)},
                          options=["n"], elementwise=True)


def _polygamma(n: int, x: Any) -> Any:
    return _polygamma_op(x, n=n) if isinstance(x, TensorBase) else _polygamma_op.forward(x, n)


@composite(over=Cases(over_shapes((), (2, 3), (0,)), interval=Interval(0.5, 3.0), through=lambda x: (1, x)))
def polygamma(n: int, x: Any) -> Any:
    """The nth derivative of digamma. dy/dx = polygamma(n + 1, x).

    Needs SciPy. For n > 0, ``x`` must be positive.

    Args:
        n: 0, 1, 2, ...
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Raises:
        DTypeError: an ``n`` that is not one such integer.

    Example:
        >>> import autograd_core as ag
        >>> ag.polygamma(1, 1.0)
        tensor(1.64493407)
    """
    if not isinstance(n, (int, np.integer)) or n < 0:
        raise DTypeError(f"polygamma: n is {n!r}; expected one of the integers 0, 1, 2, ...")
    return digamma(x) if n == 0 else _polygamma_op(x, n=n)
