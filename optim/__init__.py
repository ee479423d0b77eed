"""Optimizers: each moves parameters by their gradients, in place."""

from .adam import Adam, AdamW, AMSGrad
from .adam_variants import LAMB, Adamax, NAdam, RAdam
from .adaptive import Adadelta, Adagrad, RMSprop
from .optimizer import Optimizer
from .options import OptionError
from .sgd import GD, SGD
from .signs import AdaptiveGains, Lion, Rprop

__all__ = [
    "GD",
    "LAMB",
    "SGD",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "AdaptiveGains",
    "Lion",
    "NAdam",
    "Optimizer",
    "OptionError",
    "RAdam",
    "RMSprop",
    "Rprop",
]
