"""What the families of matrix functions share: the check of their operand, and matrices to try them on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from .contractions import arrays_of
from .domains import Interval, over_shapes

SMALL = Interval(-0.5, 0.5)
SQUARE = over_shapes((1, 1), (3, 3), (2, 2, 2), (0, 2, 2))


def matrix(name: str, x: Any, *, square: bool = False) -> Any:
    """``x``, a Tensor or an array, if it is a (batch of) matrices."""
    (x,) = arrays_of(x)
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        kind = "square matrices, shape (..., n, n)" if square else "matrices, shape (..., m, n)"
        raise ShapeError(f"{name}: shape {x.shape}; expected {kind}.")
    return x


def symmetric(x: Any) -> Any:
    """The symmetric part of ``x``."""
    return (x + x.mT) * 0.5


def regular(x: Any, *others: Any) -> tuple[Any, ...]:
    """A matrix near 2, far from singular; what comes with it stays as it is."""
    return x + 2 * np.eye(*x.shape[-2:], dtype=x.dtype), *others


def apart(x: Any) -> tuple[Any]:
    """A matrix near one with 1, 2, 3 ... on its diagonal: of full rank, its singular values well apart."""
    m, n = x.shape[-2:]
    return (x + np.eye(m, n, dtype=x.dtype) * np.arange(1, n + 1, dtype=x.dtype),)


def apart_symmetric(x: Any) -> tuple[Any]:
    """The same, symmetric."""
    (x,) = apart(x)
    return (symmetric(x),)
