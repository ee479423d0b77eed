"""Random starting values with a structure: few connections, or orthogonal rows."""

from __future__ import annotations

import math

import numpy as np

from autograd_core.errors import ShapeError
from autograd_core.options import at_least_0, from_0_to_1, integer, number

from .draws import AnyTensor, Rng, fill, generator


def sparse_(tensor: AnyTensor, sparsity: float | None = None, std: float = 0.01, *, k: int = 10,
            rng: Rng = None) -> AnyTensor:
    """Fill a matrix in place so that each unit is connected to few inputs, by N(0, std²); the rest is 0.

    Then the size of a unit's input does not depend on how many inputs there are, and no two units are alike.

    Args:
        tensor: weights, (units, inputs).
        sparsity: PyTorch's form: this share of each column (what one input goes to) is 0.
        std: of the connections.
        k: the textbook's form, without ``sparsity``: how many inputs each unit is connected to, or all if fewer.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: not a matrix.
        OptionError: a ``sparsity`` outside [0, 1]; a negative ``k`` or ``std``.

    Source:
        Martens, "Deep learning via Hessian-free optimization", 2010, section 5.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.sparse_(nn.Parameter(np.zeros((5, 100))), rng=0)
        >>> np.count_nonzero(w.numpy(), axis=1).tolist()
        [10, 10, 10, 10, 10]
    """
    if tensor.ndim != 2:
        raise ShapeError(f"sparse_: a tensor of shape {tensor.shape}; expected a matrix (units, inputs).")
    integer("sparse_: k", k, least=0)
    std = at_least_0("sparse_: std", std)
    zeros = None if sparsity is None else from_0_to_1("sparse_: sparsity", sparsity)
    rng = generator(rng)
    rows, columns = tensor.shape
    if zeros is None:
        kept = _smallest(rng.random((rows, columns)), min(k, columns), axis=1)
    else:
        kept = _smallest(rng.random((rows, columns)), rows - math.ceil(zeros * rows), axis=0)
    return fill(tensor, np.where(kept, rng.normal(0.0, std, (rows, columns)), 0.0))


def orthogonal_(tensor: AnyTensor, gain: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill weights in place with a random matrix of orthonormal rows or columns, whichever are fewer, times gain.

    A product of such matrices neither grows nor shrinks a signal, at any depth. Drawn evenly among all of them: the Q
    of a QR decomposition of normal draws, with the signs that make R's diagonal positive.

    Args:
        tensor: of two axes or more; all but the first count as one.
        gain: the length of the rows.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.

    Source:
        Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014;
        Mezzadri, "How to generate random matrices from the classical compact groups", 2007, for the signs.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.orthogonal_(nn.Parameter(np.zeros((3, 5)), dtype=float), rng=0).numpy()
        >>> np.allclose(w @ w.T, np.eye(3))
        True
    """
    if tensor.ndim < 2:
        raise ShapeError(f"orthogonal_: a tensor of shape {tensor.shape}; expected two axes or more.")
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    q, r = np.linalg.qr(generator(rng).standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return fill(tensor, number("orthogonal_: gain", gain) * (q.T if rows < columns else q).reshape(tensor.shape))


def _smallest(values: np.ndarray, count: int, axis: int) -> np.ndarray:
    """True at the ``count`` smallest along an axis."""
    return np.asarray(np.argsort(np.argsort(values, axis=axis), axis=axis) < count)
