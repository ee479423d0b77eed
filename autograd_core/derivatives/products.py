"""Products that sum: the matrix product in all its forms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ShapeError
from .contractions import arrays_of, tensordot
from .define import NUMPY, apply, composite, primitive
from .domains import Case, Cases
from .elementwise import multiply, subtract
from .joining import stack
from .moving import moveaxis

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["cross", "dot", "inner", "kron", "matmul", "matvec", "outer", "vdot", "vecdot", "vecmat"]


def _explain_matmul(a: Any, b: Any) -> str:
    a_shape, b_shape = np.shape(a), np.shape(b)
    if not a_shape or not b_shape:
        return f"{a_shape} @ {b_shape}: a scalar has no matrix product; use * instead."
    inner = a_shape[-1], b_shape[-2] if len(b_shape) > 1 else b_shape[0]
    if inner[0] != inner[1]:
        return f"{a_shape} @ {b_shape}: the inner dimensions {inner[0]} and {inner[1]} differ."
    return f"{a_shape} @ {b_shape}: the batch dimensions {a_shape[:-2]} and {b_shape[:-2]} do not broadcast together."


def times(a: Any, b: Any) -> Any:
    """a @ b of arrays. Where a stack meets one transposed matrix, all its rows are multiplied at once.

    That takes half the time of a product for each matrix of the stack, unless the rows have to be copied first.
    """
    if np.ndim(b) != 2 or np.ndim(a) < 3 or b.flags.c_contiguous or not a.flags.c_contiguous:
        return np.matmul(a, b)
    rows = a.reshape(math.prod(a.shape[:-1]), a.shape[-1])
    return np.matmul(rows, b).reshape(*a.shape[:-1], b.shape[1])


def _matmul_a(g: Any, b: Any, a_shape: tuple[int, ...]) -> Any:
    """g bᵀ; an operand with one axis is a row on the left, a column on the right."""
    if b.ndim == 1:
        return g[..., None] * b
    if len(a_shape) == 1:
        return (g[..., None, :] @ b.mT)[..., 0, :]
    return apply(matmul, g, b.mT)


def _matmul_b(g: Any, a: Any, b_shape: tuple[int, ...]) -> Any:
    """aᵀ g; a batch of rows that meets one and the same matrix is one long list of rows."""
    if a.ndim == 1:
        return g * a if len(b_shape) == 1 else a[:, None] * g[..., None, :]
    if len(b_shape) == 1:
        return (g[..., None, :] @ a)[..., 0, :]
    if len(b_shape) == 2 < a.ndim:
        return a.reshape(-1, a.shape[-1]).mT @ g.reshape(-1, b_shape[-1])
    return a.mT @ g


@primitive(a=_matmul_a, b=_matmul_b, numpy=np.matmul, explain=_explain_matmul, over=Cases(tuple(
    Case(shapes) for shapes in [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
        ((2, 2, 3), (3,)), ((3,), (2, 3, 2)), ((2, 2, 3), (2, 3, 2)), ((2, 1, 2, 3), (3, 3, 2)), ((2, 3), (4, 3, 2)),
        ((2, 4, 3), (3, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3)),
    ])))
def matmul(a: Any, b: Any) -> Any:
    """Matrix product a @ b, batched over leading axes. dy/da = g bᵀ, dy/db = aᵀ g.

    Args:
        a: shape (n,), (n, k) or (..., n, k).
        b: shape (k,), (k, m) or (..., k, m); batch axes broadcast.

    Returns:
        Tensor of shape (..., n, m), less the axis that a 1-d operand lacks.

    Raises:
        ShapeError: inner dimensions that differ, batch axes that do not broadcast, or a scalar.

    Example:
        >>> import autograd_core as ag
        >>> ag.matmul(ag.tensor([[1.0, 2.0]]), [3.0, 4.0])
        tensor([11.])
    """
    return times(a, b)


@composite(numpy=np.dot, over=Cases(tuple(Case(shapes) for shapes in [
    ((), ()), ((), (2, 3)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3, 2)), ((2, 3), (3, 2)), ((2, 2, 3), (2, 3, 2)),
])))
def dot(a: Any, b: Any) -> Tensor:
    """Dot product as NumPy defines it: the last axis of ``a`` with the last but one (or only) axis of ``b``.

    Args:
        a, b: Tensors, arrays or numbers; with a scalar it is a multiplication.

    Returns:
        Tensor with the other axes of ``a``, then those of ``b``.

    Raises:
        ShapeError: inner sizes that differ.

    Example:
        >>> import autograd_core as ag
        >>> ag.dot(ag.tensor([1.0, 2.0]), [3.0, 4.0])
        tensor(11.)
    """
    a, b = arrays_of(a, b)
    if not a.ndim or not b.ndim:
        return multiply(a, b)
    if b.ndim <= 2:
        return matmul(a, b)
    return tensordot(a, b, axes=(-1, -2))


@composite(numpy=np.vdot, over=Cases((Case(((), ())), Case(((3,), (3,))), Case(((2, 3), (3, 2))))))
def vdot(a: Any, b: Any) -> Tensor:
    """Sum of the products of all elements, taken in C order.

    Args:
        a, b: Tensors or arrays with equally many elements.

    Returns:
        Tensor of shape ().

    Raises:
        ShapeError: sizes that differ.

    Example:
        >>> import autograd_core as ag
        >>> ag.vdot(ag.tensor([[1.0, 2.0]]), [[3.0], [4.0]])
        tensor(11.)
    """
    a, b = arrays_of(a, b)
    return matmul(a.reshape(-1), b.reshape(-1))


@composite(numpy=np.inner, over=Cases(tuple(Case(shapes) for shapes in [
    ((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((2, 3), (2, 2, 3))])))
def inner(a: Any, b: Any) -> Tensor:
    """Sum of products over the last axes of both.

    Args:
        a, b: Tensors, arrays or numbers; with a scalar it is a multiplication.

    Returns:
        Tensor with the other axes of ``a``, then those of ``b``.

    Raises:
        ShapeError: last axes whose sizes differ.

    Example:
        >>> import autograd_core as ag
        >>> ag.inner(ag.tensor([[1.0, 2.0]]), [[3.0, 4.0], [5.0, 6.0]])
        tensor([[11., 17.]])
    """
    a, b = arrays_of(a, b)
    return tensordot(a, b, axes=(-1, -1)) if a.ndim and b.ndim else multiply(a, b)


@composite(numpy=np.outer, over=Cases((Case(((3,), (2,))), Case(((0,), (2,))))))
def outer(a: Any, b: Any) -> Tensor:
    """All products of an element of ``a`` with one of ``b``, y_ij = a_i b_j.

    Args:
        a, b: Tensors, arrays or numbers; flattened if they have several axes.

    Returns:
        Tensor of shape (a.size, b.size).

    Raises:
        DTypeError: an operand that is not real numbers.

    Example:
        >>> import autograd_core as ag
        >>> ag.outer(ag.tensor([1.0, 2.0]), [3.0, 4.0])
        tensor([[3., 4.],
                [6., 8.]])
    """
    a, b = arrays_of(a, b)
    return multiply(a.reshape(-1, 1), b.reshape(1, -1))


@composite(numpy=np.kron, over=Cases(tuple(Case(shapes) for shapes in [
    ((2,), (3,)), ((2, 3), (3, 2)), ((), (2,)), ((2,), (2, 1, 3))])))
def kron(a: Any, b: Any) -> Tensor:
    """Kronecker product: every element of ``a`` times all of ``b``, laid out as blocks.

    Args:
        a, b: Tensors, arrays or numbers; the one with fewer axes gets leading axes of size 1.

    Returns:
        Tensor whose sizes are the products of theirs.

    Raises:
        DTypeError: an operand that is not real numbers.

    Example:
        >>> import autograd_core as ag
        >>> ag.kron(ag.tensor([1.0, 10.0]), [1.0, 2.0])
        tensor([ 1.,  2., 10., 20.])
    """
    a, b = arrays_of(a, b)
    ndim = max(a.ndim, b.ndim)
    m, n = ((1,) * (ndim - x.ndim) + x.shape for x in (a, b))
    blocks = multiply(a.reshape([k for size in m for k in (size, 1)]), b.reshape([k for size in n for k in (1, size)]))
    return blocks.reshape([p * q for p, q in zip(m, n, strict=True)])


@composite(numpy=np.cross, over=Cases((
    Case(((3,), (3,))), Case(((2, 3), (3,))), Case(((3, 2), (3, 2)), {"axis": 0}))))
def cross(a: Any, b: Any, axis: int = -1) -> Tensor:
    """Cross product of vectors with 3 elements, y = a × b; da = b × g, db = g × a.

    Args:
        a, b: Tensors or arrays that broadcast together.
        axis: where the 3 elements are, in both and in the result.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: vectors that do not have 3 elements.

    Example:
        >>> import autograd_core as ag
        >>> ag.cross(ag.tensor([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0])
        tensor([0., 0., 1.])
    """
    a, b = arrays_of(a, b)
    for x in (a, b):
        if not -x.ndim <= axis < x.ndim or x.shape[axis] != 3:
            raise ShapeError(f"cross: shapes {a.shape} and {b.shape} need 3 elements along axis {axis}.")
    if axis != -1:
        return moveaxis(cross(moveaxis(a, axis, -1), moveaxis(b, axis, -1)), -1, axis)
    a0, a1, a2, b0, b1, b2 = (x[..., i] for x in (a, b) for i in range(3))
    parts = subtract(a1 * b2, a2 * b1), subtract(a2 * b0, a0 * b2), subtract(a0 * b1, a1 * b0)
    return stack(parts, axis=-1)


@composite(numpy=np.vecdot, over=Cases((Case(((3,), (3,))), Case(((2, 3), (3,))), Case(((2, 1, 3), (2, 3))))))
def vecdot(a: Any, b: Any, axis: int = -1) -> Tensor:
    """Dot products of vectors along an axis, y = Σ a b; the other axes broadcast.

    Args:
        a, b: Tensors or arrays.
        axis: of the vectors, in both.

    Returns:
        Tensor of the broadcast shape without that axis.

    Raises:
        ShapeError: vectors of different length, other axes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.vecdot(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 10.0])
        tensor([21., 43.])
    """
    a, b = arrays_of(a, b)
    if axis != -1:
        a, b = moveaxis(a, axis, -1), moveaxis(b, axis, -1)
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-1]:
        raise ShapeError(f"vecdot: shapes {a.shape} and {b.shape}: vectors of different length.")
    return matmul(a[..., None, :], b[..., None])[..., 0, 0]


@composite(numpy=getattr(np, "matvec", None), over=Cases((  # NumPy has it from 2.2 on
    Case(((2, 3), (3,))), Case(((2, 2, 3), (2, 3))), Case(((2, 3), (3, 1, 3))))))
def matvec(a: Any, b: Any) -> Tensor:
    """Matrix times vector, batched over leading axes of both.

    Args:
        a: Tensor or array of shape (..., m, n).
        b: Tensor or array of shape (..., n).

    Returns:
        Tensor of shape (..., m).

    Raises:
        ShapeError: inner sizes that differ, batch axes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.matvec(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 10.0])
        tensor([21., 43.])
    """
    a, b = arrays_of(a, b)
    return matmul(a, b[..., None])[..., 0]


@composite(numpy=getattr(np, "vecmat", None), over=Cases((
    Case(((2,), (2, 3))), Case(((2, 2), (2, 2, 3))), Case(((3, 1, 2), (2, 3))))))
def vecmat(a: Any, b: Any) -> Tensor:
    """Vector times matrix, batched over leading axes of both.

    Args:
        a: Tensor or array of shape (..., m).
        b: Tensor or array of shape (..., m, n).

    Returns:
        Tensor of shape (..., n).

    Raises:
        ShapeError: inner sizes that differ, batch axes that do not broadcast.

    Example:
        >>> import autograd_core as ag
        >>> ag.vecmat([1.0, 10.0], ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([31., 42.])
    """
    a, b = arrays_of(a, b)
    return matmul(a[..., None, :], b)[..., 0, :]


NUMPY |= {np.linalg.matmul: matmul, np.linalg.cross: cross, np.linalg.vecdot: vecdot}
