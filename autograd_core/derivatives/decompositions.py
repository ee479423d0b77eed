"""Decompositions of matrices. Those with several results compute them packed in one array, which is then cut.

Notation: g with the name of a factor is its gradient, ∘ the elementwise product, Φ(X) the lower triangle of X with
its diagonal halved. A symmetric matrix has a symmetric gradient, whichever triangle is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import ShapeError, UnsupportedError
from ..recording import Primitive, TensorBase
from . import lapack
from .define import composite, primitive
from .domains import Case, Cases, over_shapes
from .joining import concatenate
from .matrices import SMALL, SQUARE, apart, apart_symmetric, matrix, symmetric

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["cholesky", "eigh", "eigvalsh", "qr", "svd", "svdvals"]


class EighResult(NamedTuple):
    """Eigenvalues, ascending, and eigenvectors as columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class QRResult(NamedTuple):
    """Orthonormal columns, and an upper triangle."""

    Q: Tensor
    R: Tensor


class SVDResult(NamedTuple):
    """Left singular vectors as columns, singular values, descending, and right singular vectors as rows."""

    U: Tensor
    S: Tensor
    Vh: Tensor


def _positive_definite(x: Any) -> tuple[Any]:
    return (x @ x.mT + np.eye(x.shape[-1], dtype=x.dtype),)


def _cholesky_x(g: Any, y: Any, upper: bool) -> Any:
    """L⁻ᵀ Φ(Lᵀ gL) L⁻¹, made symmetric."""
    low, g_low = (y.mT, g.mT) if upper else (y, g)
    n = y.shape[-1]
    phi = (low.mT @ g_low) * (np.tri(n, dtype=y.dtype) - np.eye(n, dtype=y.dtype) * 0.5)
    inverse = lapack.inv(low)
    return symmetric(inverse.mT @ phi @ inverse)


@primitive(x=_cholesky_x, numpy=np.linalg.cholesky, over=Cases(
    over_shapes((1, 1), (3, 3), (2, 2, 2), (0, 2, 2)) + over_shapes((3, 3), upper=True), through=_positive_definite))
def cholesky(x: Any, *, upper: bool = False) -> Any:
    """Cholesky factor of a positive definite matrix, x = L Lᵀ. gx = L⁻ᵀ Φ(Lᵀ gL) L⁻¹, made symmetric.

    Args:
        x: Tensor or array of shape (..., n, n), symmetric; only its lower (upper) triangle is read.
        upper: give U = Lᵀ instead.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        MatrixError: not positive definite, or not square. It is a LinAlgError too.

    Source:
        Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.cholesky(ag.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
    return lapack.cholesky(x, upper=upper)


def _eigh_packed(x: Any) -> Any:
    """The eigenvalues as the first row, above the eigenvectors."""
    values, vectors = lapack.eigh(x)
    return np.concatenate([values[..., None, :], vectors], axis=-2)


def _eigh_x(g: Any, y: Any) -> Any:
    """V (diag(gw) + (Vᵀ gV) ∘ F) Vᵀ with F_ij = 1 / (w_j - w_i), made symmetric."""
    w, v, gw, gv = y[..., 0, :], y[..., 1:, :], g[..., 0, :], g[..., 1:, :]
    if not isinstance(g, TensorBase) and not gv.any():  # only eigenvalues were used
        return symmetric((v * gw[..., None, :]) @ v.mT)
    turned = v.mT @ gv
    inside = turned * _gaps(w, turned, "eigh: the gradient of eigenvectors whose eigenvalue is repeated",
                            "Eigenvalues alone (eigvalsh)")
    return symmetric((v * gw[..., None, :] + v @ inside) @ v.mT)


def _gaps(w: Any, touched: Any, what: str, fine: str) -> Any:
    """1 / (w_j - w_i), 0 where i = j; where two values are equal, their vectors may have no gradient."""
    gap = w[..., None, :] - w[..., :, None]
    diagonal = np.eye(w.shape[-1], dtype=bool)
    equal = lapack.negligible(lapack.plain(gap), lapack.plain(w))
    complaint = f"{what} does not exist: they are not determined. {fine} have one; or perturb the matrix."
    return lapack.reciprocals(gap, equal | diagonal, lapack.plain(touched) * ~diagonal, complaint)


_eigh = Primitive("eigh", _eigh_packed, {"x": _eigh_x})


@composite(numpy=np.linalg.eigh, over=Cases(
    SQUARE + over_shapes((2, 2), UPLO="U"), interval=SMALL, through=apart_symmetric,
    read=lambda r: (r[1] * (r[0] + 1)[..., None, :] ** 3) @ r[1].mT + abs(r[1])))
def eigh(x: Any, UPLO: str = "L") -> EighResult:
    """Eigenvalues w and eigenvectors V of a symmetric matrix, x = V diag(w) Vᵀ.

    gx = V (diag(gw) + (Vᵀ gV) ∘ F) Vᵀ with F_ij = 1 / (w_j - w_i), made symmetric. Where an eigenvalue is repeated its
    eigenvectors have no derivative: a gradient that reaches them is an error, never NaN.

    Args:
        x: Tensor or array of shape (..., n, n), symmetric.
        UPLO: which triangle to read, "L" or "U".

    Returns:
        eigenvalues of shape (..., n), ascending, and eigenvectors of shape (..., n, n), as columns.

    Raises:
        ShapeError: not square.
        GraphError: in backward, a gradient for eigenvectors of a repeated eigenvalue.

    Source:
        Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation, 2008.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.eigh(ag.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
        tensor([1., 3.])
    """
    x = matrix("eigh", x, square=True)
    if UPLO not in ("L", "U"):
        raise ShapeError(f"eigh: UPLO={UPLO!r}; expected 'L' or 'U'.")
    packed = _eigh(x if UPLO == "L" else x.mT)
    return EighResult(packed[..., 0, :], packed[..., 1:, :])


@composite(numpy=np.linalg.eigvalsh, over=Cases(SQUARE, interval=SMALL, through=apart_symmetric))
def eigvalsh(x: Any, UPLO: str = "L") -> Tensor:
    """Eigenvalues of a symmetric matrix. gx = V diag(gw) Vᵀ, also where eigenvalues are repeated.

    Args:
        x: Tensor or array of shape (..., n, n), symmetric.
        UPLO: which triangle to read, "L" or "U".

    Returns:
        Tensor of shape (..., n), ascending.

    Raises:
        ShapeError: not square.
        GraphError: a second derivative at a repeated eigenvalue.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.eigvalsh(ag.tensor([[2.0, 1.0], [1.0, 2.0]]))
        tensor([1., 3.])
    """
    return eigh(x, UPLO).eigenvalues


def _cut(flat: Any, shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """U, S and Vh from one row of numbers."""
    *batch, m, n = shape
    k = min(m, n)
    u, s, vh = flat[..., : m * k], flat[..., m * k : (m + 1) * k], flat[..., (m + 1) * k :]
    return u.reshape(*batch, m, k), s, vh.reshape(*batch, k, n)


def _svd_packed(x: Any) -> Any:
    u, s, vh = lapack.svd(x, full_matrices=False)
    batch = s.shape[:-1]
    m, k, n = u.shape[-2], s.shape[-1], vh.shape[-1]
    return np.concatenate([u.reshape(*batch, m * k), s, vh.reshape(*batch, k * n)], axis=-1)


def _svd_x(g: Any, y: Any, x_shape: tuple[int, ...]) -> Any:
    """U (diag(gs) + (K + L) / 2(s_j - s_i) + (K - L) / 2(s_j + s_i)) Vᵀ with K, L = the skew parts of UᵀgU, VᵀgV.

    What gU and gV have outside the columns of U and V comes on top, divided by s.
    """
    (u, s, vh), (gu, gs, gvh) = _cut(y, x_shape), _cut(g, x_shape)
    zero = lapack.negligible(lapack.plain(s), lapack.plain(s))
    if not isinstance(g, TensorBase) and not gu.any() and not gvh.any():  # only singular values were used
        return (u * (gs * ~zero)[..., None, :]) @ vh
    p, q = u.mT @ gu, vh @ gvh.mT
    k, l = p - p.mT, q - q.mT
    touched = np.abs(lapack.plain(k)) + np.abs(lapack.plain(l))
    apart = _gaps(s, touched, "svd: the gradient of singular vectors whose singular value is repeated",
                  "Singular values alone (svdvals)")
    sums = s[..., None, :] + s[..., :, None]
    both = zero[..., None, :] & zero[..., :, None]
    inside = ((k + l) * apart + (k - l) * lapack.reciprocals(sums, both, 0, "")) * 0.5
    gx = (u * (gs * ~zero)[..., None, :] + u @ inside) @ vh  # a singular value of 0 is a kink, like |x| at 0
    m, n = x_shape[-2:]
    complaint = "svd: the gradient of singular vectors whose singular value is 0 does not exist; perturb the matrix."
    if m > n:
        outside = gu - u @ p
        over_s = lapack.reciprocals(s, zero, np.abs(lapack.plain(gu)).max(-2, initial=0), complaint)
        gx = gx + (outside * over_s[..., None, :]) @ vh
    if n > m:
        outside = gvh - q.mT @ vh
        over_s = lapack.reciprocals(s, zero, np.abs(lapack.plain(gvh)).max(-1, initial=0), complaint)
        gx = gx + (u * over_s[..., None, :]) @ outside
    return gx


_svd = Primitive("svd", _svd_packed, {"x": _svd_x})
_ANY = over_shapes((1, 1), (3, 3), (3, 2), (2, 3), (2, 2, 3), (0, 2, 2))


@composite(numpy=np.linalg.svd, over=Cases(
    tuple(Case(case.shapes, {"full_matrices": False}) for case in _ANY), interval=SMALL, through=apart,
    read=lambda r: (r[0] * (r[1][..., None, :] ** 3 + 1)) @ r[2]))
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Singular value decomposition, x = U diag(S) Vh.

    Where a singular value is repeated its vectors have no derivative: a gradient that reaches them is an error, never
    NaN. A singular value of 0 is a kink, with the gradient 0.

    Args:
        x: Tensor or array of shape (..., m, n).
        full_matrices: NumPy's default, True, only serves square matrices: further singular vectors are not determined.
        compute_uv: give U and Vh too.

    Returns:
        U of shape (..., m, k), S of shape (..., k), descending, and Vh of shape (..., k, n), where k = min(m, n).

    Raises:
        ShapeError: not a matrix.
        UnsupportedError: full_matrices=True where m and n differ.
        GraphError: in backward, a gradient for singular vectors of a repeated singular value.

    Source:
        Townsend, Differentiating the singular value decomposition, 2016.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.svd(ag.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
    x = matrix("svd", x)
    if not compute_uv:
        return svdvals(x)
    if full_matrices and x.shape[-1] != x.shape[-2]:
        raise UnsupportedError(f"svd: of shape {x.shape}, full_matrices=True asks for singular vectors that are not "
                               f"determined and have no derivative; pass full_matrices=False.")
    return SVDResult(*_cut(_svd(x), x.shape))


@composite(numpy=np.linalg.svdvals, over=Cases(_ANY, interval=SMALL, through=apart))
def svdvals(x: Any) -> Tensor:
    """Singular values. gx = U diag(gs) Vᵀ, also where they are repeated; a singular value of 0 has the gradient 0.

    Args:
        x: Tensor or array of shape (..., m, n).

    Returns:
        Tensor of shape (..., min(m, n)), descending.

    Raises:
        ShapeError: not a matrix.
        GraphError: a second derivative at a repeated singular value.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.svdvals(ag.tensor([[3.0, 0.0], [0.0, 4.0]]))
        tensor([4., 3.])
    """
    x = matrix("svdvals", x)
    return _cut(_svd(x), x.shape)[1]  # type: ignore[no-any-return]


def _qr_packed(x: Any) -> Any:
    """Q above R; x has at least as many rows as columns."""
    return np.concatenate(lapack.qr(x), axis=-2)


def _qr_x(g: Any, y: Any) -> Any:
    """(gQ + Q copyltu(R gRᵀ - gQᵀ Q)) R⁻ᵀ, where copyltu makes a lower triangle symmetric."""
    n = y.shape[-1]
    q, r, gq, gr = y[..., :-n, :], y[..., -n:, :], g[..., :-n, :], g[..., -n:, :] * np.tri(n, dtype=g.dtype).T
    low = (r @ gr.mT - gq.mT @ q) * np.tri(n, dtype=g.dtype)
    both = low + (low * np.tri(n, k=-1, dtype=g.dtype)).mT
    return lapack.solve(r, (gq + q @ both).mT).mT


_qr = Primitive("qr", _qr_packed, {"x": _qr_x})


@composite(numpy=np.linalg.qr, over=Cases(
    over_shapes((1, 1), (3, 3), (3, 2), (2, 3), (2, 3, 2), (0, 2, 2)) + over_shapes((2, 3), (2, 2), mode="complete"),
    interval=SMALL, through=apart, read=lambda r: concatenate([abs(r[0]), abs(r[1].mT)], axis=-2)))
def qr(x: Any, mode: str = "reduced") -> Any:
    """x = Q R, with orthonormal columns in Q and an upper triangle R.

    gx = (gQ + Q copyltu(R gRᵀ - gQᵀ Q)) R⁻ᵀ where m >= n. A wide matrix is decomposed by its first m columns.

    Args:
        x: Tensor or array of shape (..., m, n), its first min(m, n) columns independent.
        mode: "reduced"; "complete", the same where m <= n and not determined elsewhere; "r", only R.

    Returns:
        Q of shape (..., m, k) and R of shape (..., k, n), where k = min(m, n).

    Raises:
        ShapeError: not a matrix.
        UnsupportedError: another mode, or "complete" where m > n.
        MatrixError: in backward, columns that are not independent.

    Source:
        Roberts & Roberts, QR and LQ decomposition matrix backpropagation algorithms, arXiv:2009.10071.

    Example:
        >>> import autograd_core as ag
        >>> abs(ag.linalg.qr(ag.tensor([[3.0, 1.0], [4.0, 2.0]])).R[0, 0])
        tensor(5.)
    """
    x = matrix("qr", x)
    m, n = x.shape[-2:]
    if mode not in ("reduced", "complete", "r") or (mode == "complete" and m > n):
        raise UnsupportedError(f"qr: mode={mode!r} of shape {x.shape} has no derivative; use mode='reduced'.")
    k = min(m, n)
    packed = _qr(x if m >= n else x[..., :m])
    q, r = packed[..., :m, :], packed[..., m:, :]
    if m < n:
        r = concatenate([r, q.mT @ x[..., k:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)
