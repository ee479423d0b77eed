"""Polynomials as NumPy writes them: a vector of coefficients, that of the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from .convolutions import convolve
from .define import composite
from .domains import Case, Cases, over_shapes
from .elementwise import power
from .joining import concatenate
from .scans import as_tensor

__all__ = ["polyadd", "polyder", "polyint", "polymul", "polysub", "polyval", "vander"]

_SUMS = Cases((Case(((3,), (3,))), Case(((2,), (4,))), Case(((3,), (1,)))))


def _coefficients(name: str, p: Any) -> Any:
    p = as_tensor(p)
    p = p.reshape(1) if p.ndim == 0 else p
    if p.ndim != 1:
        raise ShapeError(f"{name}: coefficients of shape {p.shape}; expected one vector.")
    return p


def _times(m: Any, name: str) -> int:
    if not isinstance(m, (int, np.integer)) or m < 0:
        raise ShapeError(f"{name}: m={m!r}; expected how often, one of the integers 0, 1, 2, ...")
    return int(m)


def _degrees(p: Any) -> Any:
    """Degree + 1 of each term, so that dx**k = k x**(k - 1) finds its k; in the dtype of ``p``."""
    return np.arange(len(p), 0, -1, dtype=p.dtype if p.dtype.kind == "f" else int)


@composite(numpy=np.polyval, over=Cases((
    Case(((3,), ())), Case(((3,), (2, 3))), Case(((1,), (2,))), Case(((2,), (0,))))))
def polyval(p: Any, x: Any) -> Any:
    """p_0 x**n + ... + p_(n-1) x + p_n by Horner's rule; differentiable in both.

    Args:
        p: Tensor or array (n + 1,): the coefficients, that of the highest power first.
        x: Tensor, array or number, any shape: where.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ShapeError: coefficients that are not one vector.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(2.0, requires_grad=True)
        >>> y = ag.polyval([3.0, 0.0, 1.0], x)
        >>> y, ag.gradients(y, x)
        (tensor(13., op=add), (tensor(12.),))
    """
    x = as_tensor(x)
    y = as_tensor(np.zeros(x.shape, x.dtype))
    for coefficient in _coefficients("polyval", p):
        y = y * x + coefficient
    return y


def _added(name: str, a: Any, b: Any, sign: int) -> Any:
    a, b = _coefficients(name, a), _coefficients(name, b)
    n = max(len(a), len(b))
    a, b = (concatenate([np.zeros(n - len(p), p.dtype), p]) if len(p) < n else p for p in (a, b))
    return a + b if sign > 0 else a - b


@composite(numpy=np.polyadd, over=_SUMS)
def polyadd(a: Any, b: Any) -> Any:
    """Sum of two polynomials; the shorter one lacks the highest powers.

    Args:
        a, b: Tensors or arrays of shape (m,) and (n,): coefficients, those of the highest powers first.

    Returns:
        Tensor of shape (max(m, n),).

    Raises:
        ShapeError: coefficients that are not one vector.

    Example:
        >>> import autograd_core as ag
        >>> ag.polyadd(ag.tensor([1.0, 0.0, 2.0]), [5.0, 1.0])
        tensor([1., 5., 3.])
    """
    return _added("polyadd", a, b, 1)


@composite(numpy=np.polysub, over=_SUMS)
def polysub(a: Any, b: Any) -> Any:
    """Difference of two polynomials; the shorter one lacks the highest powers.

    Args:
        a, b: Tensors or arrays of shape (m,) and (n,): coefficients, those of the highest powers first.

    Returns:
        Tensor of shape (max(m, n),).

    Raises:
        ShapeError: coefficients that are not one vector.

    Example:
        >>> import autograd_core as ag
        >>> ag.polysub(ag.tensor([1.0, 0.0, 2.0]), [5.0, 1.0])
        tensor([ 1., -5.,  1.])
    """
    return _added("polysub", a, b, -1)


@composite(numpy=np.polymul, over=_SUMS)
def polymul(a: Any, b: Any) -> Any:
    """Product of two polynomials: the convolution of their coefficients.

    Leading zeros stay, so that they have a gradient and the shape does not depend on values; NumPy cuts them off.

    Args:
        a, b: Tensors or arrays of shape (m,) and (n,): coefficients, those of the highest powers first.

    Returns:
        Tensor of shape (m + n - 1,).

    Raises:
        ShapeError: coefficients that are not one vector, or none.

    Example:
        >>> import autograd_core as ag
        >>> ag.polymul(ag.tensor([1.0, 1.0]), [1.0, -1.0])
        tensor([ 1.,  0., -1.])
    """
    return convolve(_coefficients("polymul", a), _coefficients("polymul", b))


@composite(numpy=np.polyder, over=Cases(over_shapes((3,), (1,)) + over_shapes((4,), m=2) + over_shapes((2,), m=0)))
def polyder(p: Any, m: int = 1) -> Any:
    """The coefficients of the ``m``-th derivative of a polynomial.

    Args:
        p: Tensor or array (n + 1,): the coefficients, that of the highest power first.
        m: how often to differentiate.

    Returns:
        Tensor of shape (n + 1 - m,), or (0,).

    Raises:
        ShapeError: coefficients that are not one vector, or a negative ``m``.

    Example:
        >>> import autograd_core as ag
        >>> ag.polyder(ag.tensor([1.0, 1.0, 1.0]))
        tensor([2., 1.])
    """
    p = _coefficients("polyder", p)
    for _ in range(_times(m, "polyder")):
        p = p[:-1] * _degrees(p[:-1])
    return p


@composite(numpy=np.polyint, over=Cases(
    over_shapes((3,)) + over_shapes((2,), m=0) + (Case(((2,), (2,)), {"m": 2}, ("k",)), Case(((2,), ()), {}, ("k",)))))
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The coefficients of the ``m``-th integral of a polynomial.

    Args:
        p: Tensor or array (n + 1,): the coefficients, that of the highest power first.
        m: how often to integrate.
        k: the constants of integration: a number, or one for each time in order; 0 by default. Differentiable too.

    Returns:
        Tensor of shape (n + 1 + m,).

    Raises:
        ShapeError: coefficients that are not one vector, a negative ``m``, or a ``k`` that does not fit it.

    Example:
        >>> import autograd_core as ag
        >>> ag.polyint(ag.tensor([3.0, 2.0]), k=5.0)
        tensor([1.5, 2. , 5. ])
    """
    p, m = _coefficients("polyint", p), _times(m, "polyint")
    k = _coefficients("polyint", np.zeros(1, p.dtype) if k is None else k)
    if len(k) not in (1, m):
        raise ShapeError(f"polyint: k has {len(k)} constants for m={m} integrations; expected 1 or {m}.")
    for i in range(m):
        p = concatenate([p / _degrees(p), k[i % len(k)].reshape(1)])
    return p


@composite(numpy=np.vander, over=Cases(over_shapes((3,)) + over_shapes((3,), N=2) + over_shapes((2,), N=4,
                                                                                                   increasing=True)))
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The matrix of powers, row i of which is x_i**(N-1), ..., x_i, 1. Its product with coefficients is polyval.

    Args:
        x: Tensor or array (n,).
        N: the number of columns; n by default.
        increasing: from the power 0 up.

    Returns:
        Tensor (n, N).

    Raises:
        ShapeError: an ``x`` that is not one vector, or a negative ``N``.

    Example:
        >>> import autograd_core as ag
        >>> ag.vander(ag.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 1., 1.],
                [4., 2., 1.],
                [9., 3., 1.]])
    """
    x = as_tensor(x)
    N = len(x) if N is None and x.ndim == 1 else N
    if x.ndim != 1 or N is None or N < 0:
        raise ShapeError(f"vander: x of shape {x.shape} and N={N}; expected one vector and a number of columns.")
    degrees = np.arange(N, dtype=x.dtype)
    return power(x[:, None], degrees if increasing else degrees[::-1])
