"""Inverses, and systems of linear equations."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import MatrixError, ShapeError
from ..recording import wrap
from . import lapack
from .contractions import arrays_of, contract_all
from .decompositions import svdvals
from .define import composite, primitive
from .domains import Case, Cases, over_shapes
from .joining import concatenate
from .matrices import SMALL, SQUARE, matrix, regular
from .products import matmul

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["inv", "lstsq", "multi_dot", "pinv", "solve", "tensorinv", "tensorsolve"]

class LstsqResult(NamedTuple):
    """The solution, sums of squared residuals, the rank, and the singular values of the matrix."""

    solution: Tensor
    residuals: Tensor
    rank: int
    singular_values: Tensor


@primitive(x=lambda g, y: -(y.mT @ g @ y.mT), numpy=np.linalg.inv,
           over=Cases(SQUARE, interval=SMALL, through=regular))
def inv(x: Any) -> Any:
    """Inverse of a matrix, Y = X⁻¹. gX = -Yᵀ g Yᵀ.

    Args:
        x: Tensor or array of shape (..., n, n).

    Returns:
        Tensor of the same shape.

    Raises:
        MatrixError: singular, or not square. It is a LinAlgError too.

    Source:
        Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation, 2008.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.inv(ag.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5 , 0.  ],
                [0.  , 0.25]])
    """
    return lapack.inv(x)


def _pinv_x(g: Any, x: Any, y: Any) -> Any:
    """-Yᵀ g Yᵀ + (1 - X Y) gᵀ Y Yᵀ + Yᵀ Y gᵀ (1 - Y X)."""
    left, right = g.mT @ y @ y.mT, y.mT @ y @ g.mT
    return left - x @ (y @ left) + right - (right @ y) @ x - y.mT @ g @ y.mT


@primitive(x=_pinv_x, numpy=np.linalg.pinv, over=Cases(
    over_shapes((1, 1), (3, 2), (2, 3), (2, 2, 3), (0, 2, 2)), interval=SMALL, through=regular))
def pinv(x: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Pseudo-inverse Y of a matrix, whose rank is taken to stay what it is.

    gX = -Yᵀ g Yᵀ + (1 - X Y) gᵀ Y Yᵀ + Yᵀ Y gᵀ (1 - Y X).

    Args:
        x: Tensor or array of shape (..., m, n).
        rcond, rtol: singular values below this share of the largest count as 0.
        hermitian: ``x`` is symmetric.

    Returns:
        Tensor of shape (..., n, m).

    Raises:
        MatrixError: not a matrix.

    Source:
        Golub & Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems, 1973.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.pinv(ag.tensor([[2.0], [0.0]]))
        tensor([[0.5, 0. ]])
    """
    cutoff = {name: value for name, value in (("rcond", rcond), ("rtol", rtol)) if value is not None}
    return lapack.pinv(x, hermitian=hermitian, **cutoff)


def _solve_b(g: Any, a: Any, b_shape: tuple[int, ...]) -> Any:
    return lapack.solve(a.mT, g) if len(b_shape) > 1 or a.ndim == 2 else lapack.solve(a.mT, g[..., None])[..., 0]


def _solve_a(g: Any, a: Any, y: Any, b_shape: tuple[int, ...]) -> Any:
    back = _solve_b(g, a, b_shape)
    return -(back @ y.mT) if len(b_shape) > 1 else -(back[..., :, None] * y[..., None, :])


def _explain_solve(a: Any, b: Any) -> str:
    return f"shapes {np.shape(a)} and {np.shape(b)}; expected (..., n, n), and (n,) or (..., n, k)."


@primitive(a=_solve_a, b=_solve_b, numpy=np.linalg.solve, explain=_explain_solve, over=Cases(tuple(
    Case(shapes) for shapes in [
        ((3, 3), (3,)), ((2, 2), (2, 3)), ((2, 2, 2), (2,)), ((2, 1, 2, 2), (3, 2, 1)), ((2, 2), (3, 2, 2)),
        ((0, 2, 2), (2, 1)),
    ]), interval=SMALL, through=regular))
def solve(a: Any, b: Any) -> Any:
    """The solution y of a y = b. gb = a⁻ᵀ g, ga = -gb yᵀ.

    Args:
        a: Tensor or array of shape (..., n, n).
        b: Tensor or array of shape (n,), one vector, or (..., n, k), columns.

    Returns:
        Tensor of shape (..., n) or (..., n, k).

    Raises:
        ShapeError: shapes that do not fit.
        MatrixError: ``a`` is singular, or not square. It is a LinAlgError too.

    Source:
        Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation, 2008.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.solve(ag.tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 8.0])
        tensor([1., 2.])
    """
    return lapack.solve(a, b)


@composite(numpy=np.linalg.lstsq, over=Cases(
    (Case(((3, 2), (3,))), Case(((3, 2), (3, 2))), Case(((2, 2), (2,))), Case(((2, 3), (2,)))),
    interval=SMALL, through=regular, read=lambda r: concatenate([r[0].reshape(-1), r[1].reshape(-1), r[3]])))
def lstsq(a: Any, b: Any, rcond: Any = None) -> LstsqResult:
    """The y of least length that makes the length of a y - b least: y = a⁺ b.

    Args:
        a: Tensor or array of shape (m, n), of full rank.
        b: Tensor or array of shape (m,) or (m, k).
        rcond: singular values below this share of the largest count as 0.

    Returns:
        solution of shape (n,) or (n, k); residuals, the sums of their squares, of shape (k,) or (1,), empty unless
        m > n; rank; singular values of ``a``.

    Raises:
        ShapeError: shapes that do not fit.
        MatrixError: ``a`` has not full rank: then the solution jumps, and has no derivative.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.lstsq(ag.tensor([[1.0], [1.0]]), [1.0, 3.0]).solution
        tensor([2.])
    """
    a = matrix("lstsq", a)
    (b,) = arrays_of(b)
    if a.ndim != 2 or b.ndim not in (1, 2) or b.shape[0] != a.shape[0]:
        raise ShapeError(f"lstsq: shapes {a.shape} and {b.shape}; expected (m, n), and (m,) or (m, k).")
    s = svdvals(a)
    share = np.finfo(s.dtype).eps * max(a.shape) if rcond is None else rcond
    rank = int((s.numpy() > share * s.numpy().max(initial=0)).sum())
    if rank < min(a.shape):
        raise MatrixError(f"lstsq: a, of shape {a.shape}, has rank {rank}; a derivative needs rank {min(a.shape)}. "
                          f"Take columns out, or add a penalty on the solution.")
    y = matmul(pinv(a, rtol=share), b)
    off = a @ y - b
    residuals = (off * off).sum(axis=0).reshape(-1) if a.shape[0] > a.shape[1] else wrap(np.empty(0, y.dtype))
    return LstsqResult(y, residuals, rank, s)


@composite(numpy=np.linalg.multi_dot, over=Cases(tuple(Case(shapes) for shapes in [
    ((2, 3), (3, 2)), ((2, 3), (3, 4), (4, 2)), ((2,), (2, 3), (3, 2), (2,))]), sequence=True))
def multi_dot(arrays: Any) -> Tensor:
    """Product of several matrices, in the order of multiplication that costs least.

    Args:
        arrays: two or more Tensors or arrays of shape (m, n) that fit; the first and the last may be vectors.

    Returns:
        Tensor.

    Raises:
        ShapeError: fewer than two, shapes that do not fit, or more than two axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.multi_dot([ag.tensor([[1.0, 2.0]]), [[3.0], [4.0]], [[2.0]]])
        tensor([[22.]])
    """
    operands = arrays_of(*arrays)
    shapes = [x.shape for x in operands]
    inside = all(len(shape) == 2 for shape in shapes[1:-1]) and all(len(shape) in (1, 2) for shape in shapes)
    if len(shapes) < 2 or not inside or any(a[-1] != b[0] for a, b in pairwise(shapes)):
        raise ShapeError(f"multi_dot: shapes {', '.join(map(str, shapes))} are not a chain of two or more matrices.")
    last = len(shapes)
    labels = [[i, i + 1] for i in range(last)]
    if len(shapes[0]) == 1:
        labels[0] = [1]
    if len(shapes[-1]) == 1:
        labels[-1] = [last - 1]
    ends = [0] * (len(shapes[0]) == 2) + [last] * (len(shapes[-1]) == 2)
    return contract_all(operands, labels, ends, "optimal" if last < 7 else "greedy")  # type: ignore[no-any-return]


@composite(numpy=np.linalg.tensorinv, over=Cases(
    (Case(((4, 2, 2),), {"ind": 1}), Case(((2, 2, 4),))), interval=SMALL,
    through=lambda x: (x + 2 * np.eye(4, dtype=x.dtype).reshape(x.shape),)))
def tensorinv(a: Any, ind: int = 2) -> Tensor:
    """The inverse of the linear map that ``tensordot`` with ``a`` over ``ind`` axes is.

    Args:
        a: Tensor or array whose first ``ind`` sizes have the product of the others.
        ind: how many axes are on the left.

    Returns:
        Tensor of shape a.shape[ind:] + a.shape[:ind].

    Raises:
        ShapeError: sizes that do not make a square matrix.
        MatrixError: a singular map.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.tensorinv(ag.tensor([[[2.0, 0.0]], [[0.0, 4.0]]]), ind=1).shape
        (1, 2, 2)
    """
    (a,) = arrays_of(a)
    rows, columns = a.shape[:ind], a.shape[ind:]
    if ind <= 0 or np.prod(rows) != np.prod(columns):
        raise ShapeError(f"tensorinv: shape {a.shape} with ind={ind} is not a square matrix.")
    flat: Any = inv(a.reshape(int(np.prod(rows)), -1))
    return flat.reshape((*columns, *rows))  # type: ignore[no-any-return]


@composite(numpy=np.linalg.tensorsolve, over=Cases(
    (Case(((4, 2, 2), (4,))), Case(((2, 4, 2), (4,)), {"axes": (0,)})), interval=SMALL,
    through=lambda a, b: (a + 2 * np.moveaxis(np.eye(4, dtype=a.dtype).reshape(4, 2, 2), 0, a.shape.index(4)), b)))
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Tensor:
    """The x with tensordot(a, x, x.ndim) = b.

    Args:
        a: Tensor or array of shape b.shape + x.shape, as many elements in x as in b.
        b: Tensor or array.
        axes: axes of ``a`` to move to the end first.

    Returns:
        Tensor.

    Raises:
        ShapeError: sizes that do not make a square matrix.
        MatrixError: a singular map.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.tensorsolve(ag.tensor([[[2.0, 0.0]], [[0.0, 4.0]]]), [2.0, 8.0])
        tensor([[1., 2.]])
    """
    a, b = arrays_of(a, b)
    if axes is not None:
        moved = [int(k) % a.ndim for k in axes]
        a = a.transpose([k for k in range(a.ndim) if k not in moved] + moved)
    shape = a.shape[b.ndim :]
    if a.size != b.size**2 or int(np.prod(shape)) != b.size:
        raise ShapeError(f"tensorsolve: shapes {a.shape} and {b.shape} are not a square system of equations.")
    y: Any = solve(a.reshape(b.size, b.size), b.reshape(-1))
    return y.reshape(shape)  # type: ignore[no-any-return]
