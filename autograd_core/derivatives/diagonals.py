"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from ..errors import ShapeError
from .define import apply, composite, primitive
from .domains import Case, Cases, over_shapes
from .indexing import at, overwrite, scatter_add
from .moving import moveaxis
from .reductions import sum as _sum
from .shapes import ravel, resize

__all__ = ["diag", "diagflat", "diagonal", "fill_diagonal", "trace", "tril", "triu"]


def _places(n: int, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows and columns of ``n`` elements along a diagonal."""
    i = np.arange(n)
    return i + max(0, -offset), i + max(0, offset)


def _onto_diagonal(g: Any, x_shape: tuple[int, ...], offset: int, axis1: int, axis2: int) -> Any:
    """Zeros, with ``g`` where the diagonal was."""
    axis1, axis2 = (normalize_axis_index(axis, len(x_shape)) for axis in (axis1, axis2))
    shape = (*g.shape[:-1], x_shape[axis1], x_shape[axis2])
    placed = apply(scatter_add, g, (..., *_places(g.shape[-1], offset)), shape)
    return apply(moveaxis, placed, (-2, -1), (axis1, axis2))


def _explain_matrix(x: Any, **options: Any) -> str:
    given = ", ".join(f"{name}={value}" for name, value in options.items())
    return f"{given} does not name a diagonal of shape {np.shape(x)}."


@primitive(x=_onto_diagonal, numpy=np.diagonal, view=True, explain=_explain_matrix,
           over=Cases(over_shapes((2, 3), (2, 0)) + over_shapes((3, 2), offset=-1) + over_shapes((2, 2), offset=5)
                      + over_shapes((2, 1, 3), offset=1, axis1=-1, axis2=0)))
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The elements x[i, i + offset] of a matrix, or of every matrix in a stack.

    Args:
        x: Tensor or array of two or more dimensions.
        offset: 0 for the main diagonal, positive above it, negative below.
        axis1, axis2: the axes of the matrices.

    Returns:
        Tensor without these axes, the diagonal last; it shows the memory of ``x`` and cannot be written to.

    Raises:
        ShapeError: axes that ``x`` does not have, or that are the same.

    Example:
        >>> import autograd_core as ag
        >>> ag.diagonal(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([1., 4.])
    """
    return np.diagonal(x, offset, axis1, axis2)


@composite(numpy=np.trace, over=Cases(over_shapes((2, 3)) + over_shapes((2, 1, 3), offset=1, axis1=-1, axis2=0)))
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum of a diagonal: tr x = Σᵢ xᵢᵢ.

    Args:
        x: Tensor or array of two or more dimensions.
        offset: which diagonal, as in :func:`diagonal`.
        axis1, axis2: the axes of the matrices.

    Returns:
        Tensor without these axes.

    Raises:
        ShapeError: axes that ``x`` does not have, or that are the same.

    Example:
        >>> import autograd_core as ag
        >>> ag.trace(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(5.)
    """
    return _sum(diagonal(x, offset, axis1, axis2), -1)


@composite(numpy=np.diag, over=Cases(over_shapes((3,), (0,), (2, 3)) + over_shapes((2,), (3, 2), k=-1)))
def diag(x: Any, k: int = 0) -> Any:
    """From a vector, the matrix with it on a diagonal; from a matrix, its diagonal.

    Args:
        x: Tensor or array of one or two dimensions.
        k: 0 for the main diagonal, positive above it, negative below.

    Returns:
        Tensor (n + |k|, n + |k|), or (length of the diagonal,).

    Raises:
        ShapeError: another number of dimensions.

    Example:
        >>> import autograd_core as ag
        >>> ag.diag(ag.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
    """
    if np.ndim(x) == 2:
        return diagonal(x, k)
    if np.ndim(x) != 1:
        raise ShapeError(f"diag: shape {np.shape(x)}; expected a vector or a matrix.")
    (n,) = np.shape(x)
    return scatter_add(x, _places(n, k), (n + abs(k), n + abs(k)))


@composite(numpy=np.diagflat, over=Cases(over_shapes((), (1, 2)) + over_shapes((2,), k=1)))
def diagflat(x: Any, k: int = 0) -> Any:
    """The matrix with all elements of ``x`` on a diagonal.

    Args:
        x: Tensor, array or number.
        k: 0 for the main diagonal, positive above it, negative below.

    Returns:
        Tensor (size + |k|, size + |k|).

    Example:
        >>> import autograd_core as ag
        >>> ag.diagflat(ag.tensor([[1.0, 2.0]]))
        tensor([[1., 0.],
                [0., 2.]])
    """
    return diag(ravel(x), k)


def _explain_triangle(x: Any, k: int) -> str:
    return f"k={k} and shape {np.shape(x)}; expected one axis or more."


def _lower(g: Any, k: int) -> Any:
    return apply(tril, g, k)


def _upper(g: Any, k: int) -> Any:
    return apply(triu, g, k)


@primitive(x=_lower, numpy=np.tril, explain=_explain_triangle,
           over=Cases(over_shapes((3,), (2, 3), (0, 2)) + over_shapes((2, 3, 2), k=-1)))
def tril(x: Any, k: int = 0) -> Any:
    """The lower triangle of a matrix, or of every matrix in a stack; 0 above.

    Args:
        x: Tensor or array (..., m, n).
        k: the highest diagonal to keep, as in :func:`diagonal`.

    Returns:
        Tensor (..., m, n).

    Raises:
        ShapeError: no axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.tril(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[1., 0.],
                [3., 4.]])
    """
    return np.tril(x, k)


@primitive(x=_upper, numpy=np.triu, explain=_explain_triangle,
           over=Cases(over_shapes((3,), (2, 3), (0, 2)) + over_shapes((2, 3, 2), k=1)))
def triu(x: Any, k: int = 0) -> Any:
    """The upper triangle of a matrix, or of every matrix in a stack; 0 below.

    Args:
        x: Tensor or array (..., m, n).
        k: the lowest diagonal to keep, as in :func:`diagonal`.

    Returns:
        Tensor (..., m, n).

    Raises:
        ShapeError: no axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.triu(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[1., 2.],
                [0., 4.]])
    """
    return np.triu(x, k)


def diagonal_index(shape: tuple[int, ...], wrap: bool) -> tuple[np.ndarray, ...]:
    """The elements that ``np.fill_diagonal`` writes to, in its order."""
    filled = np.zeros(shape, bool)
    try:
        np.fill_diagonal(filled, True, wrap)
    except ValueError as error:
        raise ShapeError(f"fill_diagonal: shape {shape}: {error}.") from None
    return np.nonzero(filled)


@composite(over=Cases((Case(((3, 2), ())), Case(((2, 2, 2), (2,))), Case(((5, 2), (3,)), {"wrap": True}))))
def fill_diagonal(x: Any, value: Any, wrap: bool = False) -> Any:
    """A copy of ``x`` with another main diagonal; ``np.fill_diagonal`` writes to ``x`` itself.

    Args:
        x: Tensor or array of two or more dimensions; all equal in size, if more than two.
        value: what to write; repeated, or cut, to the length of the diagonal.
        wrap: begin again below the end of the diagonal of a tall matrix.

    Returns:
        Tensor of the shape and dtype of ``x``.

    Raises:
        ShapeError: a shape without such a diagonal.

    Example:
        >>> import autograd_core as ag
        >>> ag.fill_diagonal(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), 0.0)
        tensor([[0., 2.],
                [3., 0.]])
    """
    index = diagonal_index(np.shape(x), wrap)
    return overwrite(x, resize(value, index[0].shape), at(index))
