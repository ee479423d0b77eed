"""Neural networks in plain code over Tensors: modules, layers, activations, losses, starting values."""

from . import init, regularizers
from .activations import ReLU, Sigmoid, Tanh
from .containers import Identity, ModuleDict, ModuleList, ParameterList, Residual, Sequential
from .data import Split, Splits, batches, split
from .linear import Linear
from .losses import CrossEntropyLoss
from .module import Module
from .parameter import Buffer, Parameter
from .preprocessing import PCA, Center, MinMax, Preprocessor, Standardize
from .regularizers import L1, L2, ElasticNet, Penalty, max_norm_
from .state import StateError
from .summary import summary

__all__ = [
    "L1", "L2", "PCA", "Buffer", "Center", "CrossEntropyLoss", "ElasticNet", "Identity", "Linear", "MinMax", "Module",
    "ModuleDict", "ModuleList", "Parameter", "ParameterList", "Penalty", "Preprocessor", "ReLU", "Residual",
    "Sequential", "Sigmoid", "Split", "Splits", "Standardize", "StateError", "Tanh", "batches", "init", "max_norm_",
    "regularizers", "split", "summary",
]
