"""Activations of neural networks that bend at 0, or are made of those that do not. (relu, gelu, silu are elsewhere.)"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..recording import Primitive
from .define import composite, elementwise
from .domains import REALS, Cases, Interval, over_shapes
from .elementwise import chosen, where
from .exponentials import expm1, floats, sigmoid, softplus
from .scans import as_tensor, explain_one_axis, part
from .trigonometry import tanh

__all__ = ["celu", "elu", "glu", "leaky_relu", "mish", "selu", "softsign"]

_BENT_AT_0 = Cases(over_shapes((), (2, 3), (0,)), interval=Interval(-3.0, 3.0, kinks=(0.0,)))


softsign = elementwise(lambda x: x / (1 + np.absolute(floats(x))), name="softsign", over=REALS,
    x=lambda g, x: g / (1 + np.absolute(x)) / (1 + np.absolute(x)),
    kink="the second derivative is 0 at 0",
    doc="x / (1 + |x|), a tanh that saturates slowly. dy/dx = 1 / (1 + |x|)**2.",
    example="ag.softsign([-1.0, 0.0, 3.0]) -> tensor([-0.5 ,  0.  ,  0.75])")


def _below_0(x: Any) -> Any:
    return np.clip(x, -math.inf, 0)  # min(x, 0), whose own slope at 0 is 1


_leaky_relu = Primitive("leaky_relu", lambda x, slope: chosen(np.greater(x, 0), x, x * slope), {
    "x": lambda g, x, slope: chosen(x > 0, g, g * slope),
    "slope": lambda g, x: g * _below_0(x),
}, elementwise=True)
_elu = Primitive("elu", lambda x, alpha: np.maximum(x, 0) + np.expm1(np.minimum(x, 0)) * alpha, {
    "x": lambda g, x, alpha: chosen(x > 0, g, g * np.exp(_below_0(x)) * alpha),
    "alpha": lambda g, x: g * np.expm1(_below_0(x)),
}, elementwise=True)


@composite(over=_BENT_AT_0, kink="slope at 0")
def leaky_relu(x: Any, slope: Any = 0.01) -> Any:
    """x where x > 0, else slope x. dy/dx = 1 or slope.

    Args:
        x: Tensor, array or number, any shape.
        slope: for negative x: a number, or a Tensor that broadcasts; differentiable too (PReLU).

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Source:
        A. Maas, A. Hannun, A. Ng: Rectifier nonlinearities improve neural network acoustic models. ICML (2013).

    Example:
        >>> import autograd_core as ag
        >>> ag.leaky_relu([-1.0, 2.0])
        tensor([-0.01,  2.  ])
    """
    return _leaky_relu(x, slope)


@composite(over=_BENT_AT_0, kink="alpha at 0")
def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x where x > 0, else alpha (e**x - 1). dy/dx = 1 or alpha e**x.

    Args:
        x: Tensor, array or number, any shape.
        alpha: minus the limit at -inf: a number, or a Tensor that broadcasts; differentiable too.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Source:
        D.-A. Clevert, T. Unterthiner, S. Hochreiter: Fast and accurate deep network learning by exponential linear
        units. arXiv:1511.07289 (2015).

    Example:
        >>> import autograd_core as ag
        >>> ag.elu([-1.0, 2.0])
        tensor([-0.63212056,  2.        ])
    """
    return _elu(x, alpha)


@composite(over=_BENT_AT_0, kink="1 at 0")
def celu(x: Any, alpha: Any = 1.0) -> Any:
    """x where x > 0, else alpha (e**(x / alpha) - 1), whose slope at 0 is 1. dy/dx = 1 or e**(x / alpha).

    Args:
        x: Tensor, array or number, any shape.
        alpha: minus the limit at -inf: a number, or a Tensor that broadcasts; differentiable too.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast.

    Source:
        J. Barron: Continuously differentiable exponential linear units. arXiv:1704.07483 (2017).

    Example:
        >>> import autograd_core as ag
        >>> ag.celu([-1.0, 2.0], alpha=2.0)
        tensor([-0.78693868,  2.        ])
    """
    x = as_tensor(x)
    return where(x > 0, x, alpha * expm1(where(x > 0, 0, x) / alpha))  # the inner one keeps e**x from overflowing


@composite(over=_BENT_AT_0, kink="alpha times scale at 0")
def selu(x: Any) -> Any:
    """1.0507 elu(x, 1.6733): layers of it bring their values towards mean 0 and variance 1.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Source:
        G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter: Self-normalizing neural networks. NeurIPS (2017).

    Example:
        >>> import autograd_core as ag
        >>> ag.selu([-1.0, 2.0])
        tensor([-1.11133074,  2.10140197])
    """
    return elu(x, 1.6732632423543772) * 1.0507009873554805


@composite(over=REALS)
def mish(x: Any) -> Any:
    """x tanh(log(1 + e**x)), smooth and not monotonic, like silu.

    Args:
        x: Tensor, array or number, any shape.

    Returns:
        Tensor of the same shape.

    Source:
        D. Misra: Mish: a self regularized non-monotonic activation function. arXiv:1908.08681 (2019).

    Example:
        >>> import autograd_core as ag
        >>> ag.mish(1.0)
        tensor(0.86509839)
    """
    return as_tensor(x) * tanh(softplus(x))


@composite(over=Cases(over_shapes((4,), (3, 2), (0, 2)) + over_shapes((2, 3), axis=0)))
def glu(x: Any, axis: int = -1) -> Any:
    """a sigmoid(b), where a and b are the two halves of ``x`` along ``axis``: b is the gate.

    Args:
        x: Tensor or array.
        axis: the axis to halve.

    Returns:
        Tensor, half as long along ``axis``.

    Raises:
        ShapeError: an axis that ``x`` does not have, or of odd length.

    Source:
        Y. Dauphin, A. Fan, M. Auli, D. Grangier: Language modeling with gated convolutional networks. ICML (2017).

    Example:
        >>> import autograd_core as ag
        >>> ag.glu(ag.tensor([1.0, 2.0, 0.0, 1000.0]))
        tensor([0.5, 2. ])
    """
    x = as_tensor(x)
    if said := explain_one_axis(x, axis=axis):
        raise ShapeError(f"glu: {said}")
    half, odd = divmod(x.shape[axis], 2)
    if odd:
        raise ShapeError(f"glu: axis={axis} of shape {x.shape} has an odd length; expected two halves.")
    return part(x, axis, None, half) * sigmoid(part(x, axis, half, None))
