"""Neural networks in plain code over Tensors: modules, layers, activations, losses, starting values."""

from . import init
from .activations import ReLU, Sigmoid, Tanh
from .containers import Sequential
from .linear import Linear
from .losses import CrossEntropyLoss
from .module import Module, StateError
from .parameter import Parameter

__all__ = [
    "CrossEntropyLoss", "Linear", "Module", "Parameter", "ReLU", "Sequential", "Sigmoid", "StateError", "Tanh", "init",
]
