"""Powers and the exponential of a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DTypeError
from ..recording import TensorBase, wrap
from . import lapack
from .define import apply, composite, primitive
from .domains import Case, Cases
from .linalg import inv
from .matrices import SMALL, SQUARE, matrix, regular
from .products import matmul

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["expm", "matrix_power"]


@composite(numpy=np.linalg.matrix_power, over=Cases(
    tuple(Case((shape,), {"n": n}) for shape, n in [((3, 3), 3), ((2, 2), -2), ((2, 2, 2), 1), ((2, 2), 6)]),
    interval=SMALL, through=regular))
def matrix_power(x: Any, n: int) -> Tensor:
    """A square matrix to an integer power, by repeated squaring; a negative one of the inverse.

    Args:
        x: Tensor or array of shape (..., n, n).
        n: an integer; 0 gives the identity, a constant.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: not square.
        DTypeError: an exponent that is not an integer.
        MatrixError: a negative power of a singular matrix.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.matrix_power(ag.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
        tensor([[1., 3.],
                [0., 1.]])
    """
    x = matrix("matrix_power", x, square=True)
    if not isinstance(n, (int, np.integer)):
        raise DTypeError(f"matrix_power: the exponent {n!r} is not an integer.")
    if n == 0:
        return wrap(np.broadcast_to(np.eye(x.shape[-1], dtype=x.dtype), x.shape).copy())  # type: ignore[no-any-return]
    if n < 0:
        x, n = inv(x), -n
    power = None
    while True:
        if n & 1:
            power = x if power is None else matmul(power, x)
        n >>= 1
        if not n:
            return power if isinstance(power, TensorBase) else wrap(power)  # type: ignore[return-value,arg-type]
        x = matmul(x, x)


_PADE = (
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
)
"""Coefficients of the [13/13] Padé approximant of exp, good to rounding up to a norm of 5.37."""


@lapack.lapack
def _expm(x: np.ndarray) -> np.ndarray:
    """By scaling and squaring: exp(x) = exp(x / 2^s)^(2^s)."""
    size = np.abs(x).sum(-2).max(-1, initial=0)
    halvings = np.frexp(np.where(np.isfinite(size), size, 0) / 5.37)[1].clip(0)[..., None, None]
    x = np.ldexp(x, -halvings)
    one, x2 = np.eye(x.shape[-1], dtype=x.dtype), x @ x
    x4 = x2 @ x2
    x6 = x2 @ x4
    b = [k / _PADE[0] for k in _PADE]
    odd = x @ (x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one)
    even = x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + one
    y = np.linalg.solve(even - odd, even + odd)
    for done in range(int(halvings.max(initial=0))):
        y = np.where(done < halvings, y @ y, y)
    return y


def _expm_x(g: Any, x: Any) -> Any:
    """The upper right block of exp([[xᵀ, g], [0, xᵀ]])."""
    n = x.shape[-1]
    size = 2.0 ** int(np.frexp(np.abs(lapack.plain(g)).max(initial=0))[1])  # the block is linear in g: keep it small
    above, below = np.concatenate([x.mT, g / size], axis=-1), np.concatenate([np.zeros_like(x), x.mT], axis=-1)
    return apply(expm, np.concatenate([above, below], axis=-2))[..., :n, n:] * size


@primitive(x=_expm_x, over=Cases(SQUARE, interval=SMALL))
def expm(x: Any) -> Any:
    """Exponential of a matrix, 1 + x + x² / 2 + ... gx is the upper right block of exp([[xᵀ, g], [0, xᵀ]]).

    Args:
        x: Tensor or array of shape (..., n, n).

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: not square.

    Source:
        Higham, The scaling and squaring method for the matrix exponential revisited, 2005; the derivative: Najfeld &
        Havel, Derivatives of the matrix exponential and their computation, 1995.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.expm(ag.tensor([[0.0, 1.0], [0.0, 0.0]]))
        tensor([[1., 1.],
                [0., 1.]])
    """
    return _expm(matrix("expm", x, square=True))
