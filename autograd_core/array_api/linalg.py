"""The linear algebra extension of the standard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..derivatives import NUMPY, TABLE
from .through import function

NAMES = [
    "cholesky", "cross", "det", "eigh", "eigvalsh", "inv", "matmul", "matrix_norm", "matrix_power", "matrix_rank",
    "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensordot", "vecdot",
    "vector_norm",
]

globals().update({name: function(np.linalg, name) for name in NAMES})

__all__ = [*NAMES, "diagonal", "trace"]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonal of the last two axes."""
    return TABLE["diagonal"].function(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The sum of the diagonal of the last two axes."""
    return np.sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


NUMPY[np.linalg.diagonal] = diagonal
NUMPY[np.linalg.trace] = trace
NUMPY[np.linalg.outer] = TABLE["outer"].function
NUMPY[np.linalg.matrix_transpose] = TABLE["matrix_transpose"].function
