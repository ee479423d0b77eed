"""Neural networks in plain code over Tensors: modules, layers, activations, losses, starting values."""

from . import init
from .activations import ReLU, Sigmoid, Tanh
from .containers import Identity, ModuleDict, ModuleList, ParameterList, Residual, Sequential
from .linear import Linear
from .losses import CrossEntropyLoss
from .module import Module
from .parameter import Buffer, Parameter
from .state import StateError
from .summary import summary

__all__ = [
    "Buffer", "CrossEntropyLoss", "Identity", "Linear", "Module", "ModuleDict", "ModuleList", "Parameter",
    "ParameterList", "ReLU", "Residual", "Sequential", "Sigmoid", "StateError", "Tanh", "init",
    "summary",
]
