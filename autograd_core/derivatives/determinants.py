"""Determinants, with derivatives that hold at singular matrices too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import UnsupportedError
from ..recording import Primitive, TensorBase, wrap
from . import lapack
from .define import composite, primitive
from .domains import Cases, over_shapes
from .matrices import SMALL, SQUARE, matrix, regular

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["det", "slogdet"]


class SlogdetResult(NamedTuple):
    """The sign of a determinant and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor


def _cofactors(x: Any) -> np.ndarray:
    """The derivative of det, a polynomial in x: from the singular values, so that it holds at singular x too."""
    u, s, vh = lapack.svd(x)
    cofactors: np.ndarray = (_turn(u, vh) * u * _products_without(s, 1)[..., None, :]) @ vh
    return cofactors


def _turn(u: np.ndarray, vh: np.ndarray) -> np.ndarray:
    """1 or -1: the determinant of U Vh, for all of the matrix."""
    sign: np.ndarray = np.sign(lapack.det(u) * lapack.det(vh)).astype(u.dtype)[..., None, None]
    return sign


def _products_without(s: np.ndarray, count: int) -> Any:
    """The product of all singular values but the i-th; or, of all but the i-th and the j-th, 0 where i = j."""
    n = s.shape[-1]
    other = ~np.eye(n, dtype=bool)
    if count == 1:
        return np.where(other, s[..., None, :], 1).prod(-1).astype(s.dtype)
    keep = other[:, None, :] & other[None, :, :]
    return (np.where(keep, s[..., None, None, :], 1).prod(-1) * other).astype(s.dtype)


def _cofactors_x(g: Any, x: Any) -> Any:
    """In the basis of the singular vectors: Σ_i g_ii P_ij on the diagonal, -g_ij P_ij at (j, i)."""
    if isinstance(g, TensorBase) or isinstance(x, TensorBase):
        raise UnsupportedError("det: only two derivatives are known at a (nearly) singular matrix; this is the third.")
    u, s, vh = lapack.svd(x)
    g = u.mT @ g @ vh.mT
    p = _products_without(s, 2)
    on_diagonal = (p @ np.diagonal(g, axis1=-2, axis2=-1)[..., None]) * np.eye(s.shape[-1], dtype=s.dtype)
    return _turn(u, vh) * (u @ (on_diagonal - (p * g).mT) @ vh)


_cofactor = Primitive("det", _cofactors, {"x": _cofactors_x})


def _det_x(g: Any, x: Any, y: Any) -> Any:
    """g y X⁻ᵀ; near singular matrices g times the cofactors."""
    array = lapack.plain(x)
    array = array.astype(np.float32) if array.dtype == np.float16 else array
    if not array.size or not (np.linalg.cond(array, 1) >= np.finfo(array.dtype).eps ** -0.5).any():
        return (g * y)[..., None, None] * lapack.inv(x).mT
    return g[..., None, None] * (_cofactor(x) if isinstance(x, TensorBase) else _cofactors(x))


@primitive(x=_det_x, numpy=np.linalg.det, over=Cases(
    over_shapes((1, 1), (2, 2, 2), (0, 2, 2), (3, 3)), interval=SMALL, through=regular))
def det(x: Any) -> Any:
    """Determinant. gx = g times the cofactors, det(x) x⁻ᵀ, also where x is singular.

    Args:
        x: Tensor or array of shape (..., n, n).

    Returns:
        Tensor of shape (...).

    Raises:
        MatrixError: not square.
        UnsupportedError: a third derivative at a singular matrix.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.det(ag.tensor([[1.0, 2.0], [3.0, 5.0]])).item() + 1 < 1e-15
        True
    """
    return lapack.det(x)


_slogdet = Primitive(
    "slogdet", lambda x: np.stack(lapack.slogdet(x), axis=-1),
    {"x": lambda g, x: g[..., 1, None, None] * lapack.inv(x).mT})


@composite(numpy=np.linalg.slogdet, over=Cases(SQUARE, interval=SMALL, through=regular, read=lambda r: r[0] * r[1]))
def slogdet(x: Any) -> SlogdetResult:
    """Sign and logarithm of the size of a determinant, which neither over- nor underflow. gx = g x⁻ᵀ.

    Args:
        x: Tensor or array of shape (..., n, n).

    Returns:
        sign, a constant, and logabsdet, both of shape (...).

    Raises:
        ShapeError: not square.
        MatrixError: in backward, a singular matrix, whose logabsdet is -inf.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.slogdet(ag.tensor([[1.0, 0.0], [0.0, -1.0]])).sign
        tensor(-1.)
    """
    packed = _slogdet(matrix("slogdet", x, square=True))
    return SlogdetResult(wrap(packed[..., 0]._data), packed[..., 1])
