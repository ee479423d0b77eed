"""Activations as modules, for use in a Sequential. Inside a forward(), the functions do as well: ``ag.relu(x)``.

docs/activations.md shows each with its derivative, and says when to use it.
"""

from .classes import LogSoftmax, Softmax
from .exponential import CELU, ELU, SELU, Softplus
from .gated import GELU, GLU, Hardswish, Mish, SiLU
from .maxout import Maxout
from .rectifiers import LeakyReLU, PReLU, ReLU, ReLU6, Threshold
from .squashing import Hardsigmoid, Hardtanh, LogSigmoid, Sigmoid, Softsign, Tanh

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "SELU", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid",
    "LogSoftmax", "Maxout", "Mish", "PReLU", "ReLU", "ReLU6", "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign",
    "Tanh", "Threshold",
]
