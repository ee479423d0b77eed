"""Linear algebra under NumPy's names: ``ag.linalg.inv`` is what ``np.linalg.inv`` of a Tensor calls.

>>> import autograd_core as ag
>>> k = ag.tensor([[2.0, 1.0], [1.0, 2.0]], requires_grad=True)
>>> ag.linalg.slogdet(k).logabsdet.backward()
>>> k.grad @ k
tensor([[1., 0.],
        [0., 1.]], op=matmul)
"""

from typing import Any

import numpy as np

from .derivatives.contractions import tensordot as tensordot
from .derivatives.decompositions import *  # noqa: F403
from .derivatives.determinants import *  # noqa: F403
from .derivatives.linalg import *  # noqa: F403
from .derivatives.norms import *  # noqa: F403
from .derivatives.powers import *  # noqa: F403
from .derivatives.products import cross as cross
from .derivatives.products import matmul as matmul
from .derivatives.products import outer as outer
from .derivatives.products import vecdot as vecdot
from .errors import UnsupportedError
from .numpy_protocol import constant
from .tensor import Tensor


def matrix_rank(x: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Tensor:
    """How many rows of a matrix are independent: a constant, as all integers are.

    Args:
        x: Tensor or array of shape (..., m, n).
        tol, rtol: singular values below ``tol``, or below this share of the largest, count as 0.
        hermitian: ``x`` is symmetric.

    Returns:
        Tensor of integers, of shape (...), outside the graph.

    Example:
        >>> import autograd_core as ag
        >>> ag.linalg.matrix_rank(ag.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor(1)
    """
    options = {name: value for name, value in (("tol", tol), ("rtol", rtol)) if value is not None}
    return constant(np.linalg.matrix_rank, x, hermitian=hermitian, **options)  # type: ignore[no-any-return]


def eig(x: Any) -> Tensor:
    """Not available: the eigenvalues of a general matrix are complex.

    Args:
        x: Tensor or array.

    Returns:
        Never.

    Raises:
        UnsupportedError: always; use ``eigh`` or ``eigvalsh`` for symmetric matrices, ``svd`` for others.
    """
    raise UnsupportedError(
        "eig: the eigenvalues of a general matrix are complex, and Tensors are real. Use eigh or eigvalsh for a "
        "symmetric matrix, svd for singular values, det or slogdet for the product of the eigenvalues."
    )


eigvals = eig
