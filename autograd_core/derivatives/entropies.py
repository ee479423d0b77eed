"""Terms of entropies and divergences, to be summed over the outcomes: what happens never adds nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .define import composite, elementwise
from .domains import POSITIVE, Elementwise, Interval

__all__ = ["entr", "kl_div", "rel_entr"]

_POSITIVE_PAIRS = Elementwise((Interval(0.2, 3.0), Interval(0.2, 3.0)))


def _entr(x: Any) -> Any:
    return np.where(x < 0, -math.inf, -x * np.log(np.where(x > 0, x, x == x)))


def _rel_entr(a: Any, b: Any) -> Any:
    outside = ((a < 0) | (b < 0) | ((b == 0) & (a != 0))) & ~np.isnan(a) & ~np.isnan(b)
    flat = outside | ((a == 0) & (b >= 0))
    return np.where(outside, math.inf, a * (np.log(np.where(flat, 1, a)) - np.log(np.where(flat, 1, b))))


entr = elementwise(_entr, x=lambda g, x: g * (-1 - np.log(x)), name="entr", over=POSITIVE,
    kink="inf at 0, as the slope is",
    doc="-x log x, 0 at 0 and -inf below: the entropy of an outcome. dy/dx = -1 - log x.",
    example="ag.entr([0.0, 0.5, 1.0]) -> tensor([-0.        ,  0.34657359, -0.        ])")
rel_entr = elementwise(_rel_entr, a=lambda g, a, b: g * (1 + (np.log(a) - np.log(b))), b=lambda g, a, b: g * (-a / b),
    name="rel_entr", over=_POSITIVE_PAIRS, kink="-inf at a = 0, as the slope is",
    doc="a log(a / b), 0 at a = 0 and inf below: relative entropy. dy/da = 1 + log(a / b), dy/db = -a / b.",
    example="ag.rel_entr([0.0, 0.5], [1.0, 0.25]) -> tensor([0.        , 0.34657359])")


@composite(over=_POSITIVE_PAIRS, kink="-inf at a = 0, as the slope is")
def kl_div(a: Any, b: Any) -> Any:
    """a log(a / b) - a + b: relative entropy, made convex and positive. dy/da = log(a / b), dy/db = 1 - a / b.

    Args:
        a, b: Tensor, array or number, any shapes that broadcast together.

    Returns:
        Tensor of the broadcast shape; inf where ``a`` or ``b`` is negative, or ``b`` alone 0.

    Raises:
        ShapeError: shapes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.kl_div([1.0, 2.0], 1.0)
        tensor([0.        , 0.38629436])
    """
    return rel_entr(a, b) - a + b
