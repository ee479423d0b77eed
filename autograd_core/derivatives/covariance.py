"""How variables vary together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ShapeError
from .define import composite
from .diagonals import diagonal
from .domains import Case, Cases, Interval, over_shapes
from .elementwise import sqrt
from .joining import concatenate
from .moments import average
from .pieces import clip
from .scans import as_tensor

__all__ = ["corrcoef", "cov"]


def _in_rows(name: str, x: Any, rowvar: bool) -> Any:
    """One variable a row."""
    x = as_tensor(x)
    if x.ndim > 2:
        raise ShapeError(f"{name}: shape {x.shape} has more than two axes; expected variables and observations.")
    return x.reshape(1, -1) if x.ndim < 2 else x if rowvar else x.T


@composite(numpy=np.cov, over=Cases(
    over_shapes((4,), (2, 3)) + over_shapes((3, 2), rowvar=False, bias=True)
    + (Case(((2, 3), (3,)), {"ddof": 0}), Case(((2, 4), (4,)), {}, ("aweights",))), interval=Interval(0.5, 3.0)))
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: float | None = None,
        fweights: Any = None, aweights: Any = None) -> Any:
    """Covariances, C_jk = Σ_i w_i (x_ji - mean_j)(x_ki - mean_k) / (n - ddof).

    Args:
        m: Tensor or array, one variable a row: (variables, observations), or one variable alone.
        y: more variables.
        rowvar: False where the variables are columns.
        bias: divide by n instead of n - 1.
        ddof: what to take from n; by default 0 with ``bias``, else 1.
        fweights: how often each observation was made.
        aweights: how much each observation counts. Differentiable too.

    Returns:
        Tensor (variables, variables); of one variable, a 0-d Tensor.

    Raises:
        ShapeError: more than two axes, or observations and weights that are not equally many.

    Example:
        >>> import autograd_core as ag
        >>> ag.cov(ag.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    x = _in_rows("cov", m, rowvar)
    if y is not None:
        x = concatenate([x, _in_rows("cov", y, rowvar)])
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = [as_tensor(w) for w in (fweights, aweights) if w is not None]
    if any(w.shape != x.shape[1:] for w in weights):
        raise ShapeError(f"cov: weights of shape {weights[-1].shape} for {x.shape[1]} observations.")
    w = weights[0] * weights[1] if len(weights) == 2 else weights[0] if weights else None
    total = x.shape[1] if w is None else w.sum()
    free = total - (ddof if aweights is None or not ddof else ddof * (w * weights[-1]).sum() / total)
    deviation = x - average(x, 1, w, keepdims=True)
    c = deviation @ (deviation if w is None else deviation * w).T / (free if w is not None or free > 0 else math.nan)
    return c.squeeze()


def _vary(*xs: Any) -> tuple[Any, ...]:
    """Variables that do vary, each in its own way."""
    return tuple(x + np.cos((3 + i) * np.arange(x.size)).reshape(x.shape).astype(x.dtype) for i, x in enumerate(xs))


@composite(numpy=np.corrcoef, over=Cases(
    over_shapes((2, 4)) + over_shapes((4, 2), rowvar=False) + (Case(((4,), (4,))),), through=_vary))
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """Correlation coefficients, R_jk = C_jk / √(C_jj C_kk), from -1 to 1.

    Args:
        x: Tensor or array, one variable a row: (variables, observations).
        y: more variables.
        rowvar: False where the variables are columns.

    Returns:
        Tensor (variables, variables); NaN for a variable that does not vary.

    Raises:
        ShapeError: more than two axes, or observations that are not equally many.

    Example:
        >>> import autograd_core as ag
        >>> ag.corrcoef(ag.tensor([0.0, 1.0, 2.0]), [2.0, 1.0, 0.0])
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    c = cov(x, y, rowvar)
    if not c.ndim:
        return c / c
    spread = sqrt(diagonal(c))
    return clip(c / spread[:, None] / spread, -1, 1)
