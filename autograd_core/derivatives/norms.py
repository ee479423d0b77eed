"""Norms of vectors and matrices, of every order that NumPy has. Every norm has the gradient 0 at 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError, UnsupportedError
from ..recording import Primitive
from .decompositions import svdvals
from .define import composite
from .domains import Case, Cases, Interval, over_shapes
from .elementwise import divide, multiply
from .linalg import inv
from .matrices import SMALL, apart, matrix
from .reductions import max, min, restore, sum
from .scans import as_tensor

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["cond", "matrix_norm", "norm", "vector_norm"]

Axis = int | tuple[int, ...] | None
_total: Any = np.add.reduce


def _length(x: Any, axis: Axis, keepdims: bool) -> Any:
    return np.sqrt(_total(x * x, axis=axis, keepdims=keepdims))


def _length_x(g: Any, x: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """g x / y, and 0 where y is."""
    y, g = restore(y, x.shape, axis, keepdims), restore(g, x.shape, axis, keepdims)
    return g * (x * (y != 0) / (y + (y == 0)))


_euclidean = Primitive("norm", _length, {"x": _length_x}, options=["axis", "keepdims"])


def _p_norm(x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    with np.errstate(divide="ignore"):  # 0 to a negative power
        return _total(np.abs(x) ** p, axis=axis, keepdims=keepdims) ** (1 / p)


def _p_norm_x(g: Any, x: Any, y: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    """g sign(x) (|x| / y)^(p-1), and 0 where x is."""
    y, g = restore(y, x.shape, axis, keepdims), restore(g, x.shape, axis, keepdims)
    return g * np.sign(x) * (np.abs(x) / (y + (y == 0)) + (x == 0)) ** (p - 1)


_minkowski = Primitive("norm", _p_norm, {"x": _p_norm_x}, options=["p", "axis", "keepdims"])
_nonzero = Primitive(
    "norm", lambda x, axis, keepdims: _total((x != 0).astype(x.dtype), axis=axis, keepdims=keepdims),
    {"x": lambda g, x: np.zeros_like(x)}, options=["axis", "keepdims"])


def _array(x: Any) -> Any:
    x = as_tensor(x)
    return x if x.dtype.kind == "f" else x.astype(float)


def _axes(name: str, x: Any, axis: Axis) -> tuple[int, ...]:
    try:
        return tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    except (ValueError, TypeError) as error:
        raise ShapeError(f"{name}: axis={axis} does not fit shape {x.shape}: {error}.") from None


def _vector_norm(name: str, x: Any, axes: tuple[int, ...], keepdims: bool, ord: Any) -> Any:
    if ord is None or ord == 2:
        return _euclidean(x, axis=axes, keepdims=keepdims)
    if ord == math.inf or ord == -math.inf:
        return (max if ord > 0 else min)(abs(x), axis=axes, keepdims=keepdims)
    if ord == 0:
        return _nonzero(x, axis=axes, keepdims=keepdims)
    if ord == 1:
        return sum(abs(x), axis=axes, keepdims=keepdims)
    if isinstance(ord, str):
        raise UnsupportedError(f"{name}: ord={ord!r} is not a norm of vectors; expected a number, inf or -inf.")
    return _minkowski(x, p=ord, axis=axes, keepdims=keepdims)


def _matrix_norm(name: str, x: Any, axes: tuple[int, ...], keepdims: bool, ord: Any) -> Any:
    row, column = axes
    if row == column:
        raise ShapeError(f"{name}: the two axes of a matrix are the same, {row}.")
    if ord in (None, "fro"):
        return _euclidean(x, axis=axes, keepdims=keepdims)
    if ord in (1, -1, math.inf, -math.inf):
        along, over = (row, column) if abs(ord) == 1 else (column, row)
        sums = sum(abs(x), axis=along, keepdims=True)
        largest = (max if ord > 0 else min)(sums, axis=over, keepdims=True)
    elif ord in (2, -2, "nuc"):
        rest = [i for i in range(x.ndim) if i not in axes]
        s = svdvals(x.transpose(*rest, row, column))
        largest = sum(s, axis=-1) if ord == "nuc" else (max if ord == 2 else min)(s, axis=-1)
    else:
        raise UnsupportedError(f"{name}: ord={ord!r} is not a norm of matrices; expected 'fro', 'nuc', "
                               f"1, -1, 2, -2, inf or -inf.")
    shape = [1 if i in axes else n for i, n in enumerate(x.shape)]
    return largest.reshape(shape if keepdims else [n for i, n in enumerate(x.shape) if i not in axes])


_POSITIVE = Interval(0.5, 2.0)


@composite(numpy=np.linalg.vector_norm, kink="0 at 0", over=Cases(
    over_shapes((), (3,), (2, 3)) + over_shapes((2, 3), axis=0, ord=3) + over_shapes((3,), ord=-2.5)
    + over_shapes((2, 2, 2), axis=(0, -1), keepdims=True, ord=1) + over_shapes((2, 3), axis=-1, ord=math.inf)
    + over_shapes((3,), ord=-math.inf) + over_shapes((2, 3), axis=1, ord=0), interval=_POSITIVE))
def vector_norm(x: Any, *, axis: Axis = None, keepdims: bool = False, ord: Any = 2) -> Tensor:
    """Norm of vectors, (Σ |x|^p)^(1/p). gx = g sign(x) (|x| / y)^(p-1).

    Args:
        x: Tensor, array or number.
        axis: an axis, or several whose elements together make a vector; None for all.
        keepdims: leave the reduced axes in with size 1.
        ord: p; inf for the largest |x|, -inf for the smallest, 0 for how many are not 0.

    Returns:
        Tensor without (or with size 1 at) these axes.

    Raises:
        ShapeError: an axis that ``x`` does not have.
        UnsupportedError: an ``ord`` that is not a number.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.vector_norm(ag.tensor([3.0, 4.0]))
        tensor(5.)
    """
    x = _array(x)
    return _vector_norm("vector_norm", x, _axes("vector_norm", x, axis), keepdims, ord)  # type: ignore[no-any-return]


_ORDERS = ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)


@composite(numpy=np.linalg.matrix_norm, kink="0 at 0", over=Cases(
    tuple(Case(((2, 3),), {"ord": ord}) for ord in _ORDERS) + over_shapes((2, 2, 3), keepdims=True, ord="nuc"),
    interval=_POSITIVE))
def matrix_norm(x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """Norm of matrices: of all elements, of row or column sums, or of the singular values.

    Args:
        x: Tensor or array of shape (..., m, n).
        keepdims: leave the last two axes in with size 1.
        ord: "fro", "nuc" (the sum of the singular values), 2, -2 (the largest, the smallest), 1, -1 (the largest and
            smallest sum of a column's |x|), inf, -inf (of a row's).

    Returns:
        Tensor of shape (...).

    Raises:
        ShapeError: not a matrix.
        UnsupportedError: another ``ord``.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.matrix_norm(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), ord=1)
        tensor(6.)
    """
    x = _array(matrix("matrix_norm", x))
    return _matrix_norm("matrix_norm", x, (x.ndim - 2, x.ndim - 1), keepdims, ord)  # type: ignore[no-any-return]


@composite(numpy=np.linalg.norm, kink="0 at 0", over=Cases(
    over_shapes((), (3,), (2, 3), (2, 2, 2)) + over_shapes((2, 3), axis=0) + over_shapes((3,), ord=1.5)
    + over_shapes((2, 2), ord=2) + over_shapes((2, 3, 2), axis=(2, 0), ord=-1, keepdims=True)
    + over_shapes((2, 3, 2), axis=(0, 1), ord="nuc") + over_shapes((0, 3), axis=1), interval=_POSITIVE))
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Norm of vectors (one axis) or of matrices (two axes). The gradient at 0 is 0.

    Args:
        x: Tensor, array or number.
        ord: as in ``vector_norm`` or ``matrix_norm``; by default the root of the sum of squares.
        axis: one axis or two; None for the only ones, or with ``ord=None`` for all.
        keepdims: leave the reduced axes in with size 1.

    Returns:
        Tensor without (or with size 1 at) these axes.

    Raises:
        ShapeError: an axis that ``x`` does not have, three axes.
        UnsupportedError: an unknown ``ord``.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.norm(ag.tensor([3.0, 4.0]))
        tensor(5.)
    """
    x = _array(x)
    axes = _axes("norm", x, axis)
    if axis is None and ord is None:
        return _euclidean(x, axis=axes, keepdims=keepdims)  # type: ignore[no-any-return]
    if len(axes) not in (1, 2):
        raise ShapeError(f"norm: axis={axis} of shape {x.shape} with ord={ord} names {len(axes)} axes; "
                         f"a vector has one, a matrix two.")
    which = _vector_norm if len(axes) == 1 else _matrix_norm
    return which("norm", x, axes, keepdims, ord)  # type: ignore[no-any-return]


@composite(numpy=np.linalg.cond, over=Cases(
    over_shapes((2, 3), (3, 3)) + tuple(Case(((2, 2),), {"p": p}) for p in (1, -2, "fro")),
    interval=SMALL, through=apart))
def cond(x: Any, p: Any = None) -> Tensor:
    """Condition number: the norm of a matrix times that of its inverse; by default by singular values.

    Args:
        x: Tensor or array of shape (..., m, n); square unless ``p`` is None, 2 or -2.
        p: as the ``ord`` of ``matrix_norm``.

    Returns:
        Tensor of shape (...).

    Raises:
        ShapeError: not a matrix.
        MatrixError: singular, unless ``p`` is None, 2 or -2.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.cond(ag.tensor([[2.0, 0.0], [0.0, 8.0]]))
        tensor(4.)
    """
    x = _array(matrix("cond", x))
    if p in (None, 2, -2):
        s = svdvals(x)
        return divide(s[..., 0], s[..., -1]) if p != -2 else divide(s[..., -1], s[..., 0])
    return multiply(matrix_norm(x, ord=p), matrix_norm(inv(x), ord=p))
