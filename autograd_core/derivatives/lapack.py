"""NumPy's linear algebra, with float16 (which LAPACK lacks) by way of float32, and with errors that name the op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GraphError, MatrixError
from ..recording import TensorBase

_REMEDIES = {
    "Singular": "add a small multiple of the identity, or use pinv or lstsq",
    "positive definite": "make it symmetric, and add a small multiple of the identity",
}


def lapack(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of ``np.linalg`` for forwards and rules: on arrays it computes, on Tensors it is recorded."""

    def call(*operands: Any, **options: Any) -> Any:
        if any(isinstance(x, TensorBase) for x in operands):
            return function(*operands, **options)  # NumPy hands it to the table
        arrays = [np.asarray(x) for x in operands]
        dtype = np.result_type(*arrays)
        try:
            result = function(*(x.astype(np.float32) if x.dtype == np.float16 else x for x in arrays), **options)
        except np.linalg.LinAlgError as error:
            remedy = next((f"; {remedy}" for sign, remedy in _REMEDIES.items() if sign in str(error)), "")
            shapes = " and ".join(str(x.shape) for x in arrays)
            raise MatrixError(f"{function.__name__}: shape {shapes}: {str(error).rstrip('.')}{remedy}.") from None
        if dtype != np.float16:
            return result
        return tuple(x.astype(dtype) for x in result) if isinstance(result, tuple) else result.astype(dtype)

    return call


inv, pinv, solve = lapack(np.linalg.inv), lapack(np.linalg.pinv), lapack(np.linalg.solve)
det, slogdet, cholesky = lapack(np.linalg.det), lapack(np.linalg.slogdet), lapack(np.linalg.cholesky)
qr, eigh, svd = lapack(np.linalg.qr), lapack(np.linalg.eigh), lapack(np.linalg.svd)


def plain(x: Any) -> np.ndarray:
    """The array behind ``x``."""
    return x._data if isinstance(x, TensorBase) else np.asarray(x)


def negligible(sizes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Which ``sizes`` are rounding errors of values as large as the largest along the last axis of ``scale``."""
    n = scale.shape[-1]
    limit = n * np.finfo(scale.dtype).eps * np.abs(scale).max(-1, initial=0)
    result: np.ndarray = np.abs(sizes) <= limit.reshape(limit.shape + (1,) * (sizes.ndim - limit.ndim))
    return result


def reciprocals(x: Any, zero: np.ndarray, touched: Any, complaint: str) -> Any:
    """1 / x, and 0 where ``zero``: there nothing may depend on it, so ``touched`` has to be exactly 0."""
    if (zero & (plain(touched) != 0)).any():
        raise GraphError(complaint)
    hole = zero.astype(x.dtype)
    return (1 - hole) / (x + hole)
