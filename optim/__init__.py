"""Optimizers: each moves parameters by their gradients, in place."""

from .adam import Adam
from .optimizer import Optimizer
from .options import OptionError
from .sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "OptionError"]
