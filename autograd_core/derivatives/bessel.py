"""Modified Bessel functions of the first kind, Iₙ.

Derivatives are those of DLMF 10.29.1, 2 Iₙ' = Iₙ₋₁ + Iₙ₊₁, where nothing is divided by x. The values are SciPy's,
which is optional.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..recording import Primitive, TensorBase
from .define import composite
from .distributions import of_scipy
from .domains import REALS

__all__ = ["i0", "i1"]

_iv = Primitive("bessel_i", of_scipy("iv"), {"x": lambda g, x, n: g * (_i(abs(n - 1), x) + _i(n + 1, x)) / 2},
                options=["n"], elementwise=True)


def _i(n: int, x: Any) -> Any:
    return _iv(x, n=n) if isinstance(x, TensorBase) else _iv.forward(x, n)


@composite(numpy=np.i0, over=REALS)
def i0(x: Any) -> Any:
    """I₀, the Bessel function of Kaiser windows and directions. dy/dx = I₁. Needs SciPy.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Raises:
        UnsupportedError: there is no SciPy.

    Example:
        >>> import autograd_core as ag
        >>> ag.i0(1.0)
        tensor(1.26606588)
    """
    return _iv(x, n=0)


@composite(over=REALS)
def i1(x: Any) -> Any:
    """I₁, the derivative of I₀. dy/dx = (I₀ + I₂) / 2. Needs SciPy.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Raises:
        UnsupportedError: there is no SciPy.

    Example:
        >>> import autograd_core as ag
        >>> ag.i1(1.0)
        tensor(0.5651591)
    """
    return _iv(x, n=1)
