"""autograd-core: automatic differentiation on NumPy that a person can see through.

>>> import autograd_core as ag
>>> x, y, z = (ag.tensor(v, requires_grad=True) for v in (-2.0, 5.0, -4.0))
>>> f = (x + y) * z
>>> f.backward()
>>> f, x.grad, y.grad, z.grad
(tensor(-12., op=multiply), tensor(-4.), tensor(-4.), tensor(3.))
"""

from .backward import gradients
from .derivatives.elementwise import (
    absolute, add, astype, clone, cos, divide, exp, log, maximum, minimum, multiply, negative, power, relu, sigmoid,
    sign, sin, sqrt, square, subtract, tanh, where,
)  # fmt: skip
from .derivatives.indexing import getitem, overwrite, scatter_add
from .derivatives.products import matmul
from .derivatives.reductions import max, mean, min, sum
from .derivatives.shapes import (
    broadcast_to, concatenate, expand_dims, reshape, squeeze, stack, swapaxes, transpose,
)  # fmt: skip
from .derivatives.special import log_softmax, logsumexp, softmax
from .errors import (
    AutogradError, CoercionError, DTypeError, GraphError, InPlaceError, SavedArrayError, SelectionError, ShapeError,
    UnsupportedError,
)  # fmt: skip
from .graph import graph
from .modes import enable_grad, is_grad_enabled, no_grad
from .tensor import Tensor, tensor

__version__ = "0.1.0"
