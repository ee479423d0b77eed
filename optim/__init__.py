"""Optimizers, each of which moves parameters by their gradients, in place; and schedules, clipping, averages, tests."""

from autograd_core.errors import OptionError

from .adam import Adam, AdamW, AMSGrad
from .adam_variants import LAMB, Adamax, NAdam, RAdam
from .adaptive import Adadelta, Adagrad, RMSprop
from .averages import EMA, SWA
from .conjugate_gradient import ConjugateGradient
from .first_order import FirstOrder
from .full_batch import FullBatch
from .gradients import clip_grad_norm_, clip_grad_value_
from .lbfgs import LBFGS
from .least_squares import GaussNewton, LevenbergMarquardt
from .lr_find import RateTest, lr_find
from .minimize import Result, minimize
from .newton import Newton, NewtonCG
from .optimizer import Optimizer
from .schedulers import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    Scheduler,
    SequentialLR,
    StepLR,
)
from .sgd import GD, SGD
from .signs import AdaptiveGains, Lion, Rprop
from .swats import SWATS
from .tune import Tuning, tune

__all__ = [
    "EMA", "GD", "LAMB", "LBFGS", "SGD", "SWA", "SWATS", "AMSGrad", "Adadelta", "Adagrad", "Adam", "AdamW",
    "Adamax", "AdaptiveGains", "ChainedScheduler", "ConjugateGradient", "ConstantLR", "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts", "ExponentialLR", "FirstOrder", "FullBatch", "GaussNewton", "LambdaLR",
    "LevenbergMarquardt", "LinearLR", "Lion", "MultiStepLR", "NAdam", "Newton", "NewtonCG", "OneCycleLR",
    "Optimizer", "OptionError", "PolynomialLR", "RAdam", "RMSprop", "RateTest", "ReduceLROnPlateau", "Result",
    "Rprop", "Scheduler", "SequentialLR", "StepLR", "Tuning", "clip_grad_norm_", "clip_grad_value_", "lr_find",
    "minimize", "tune",
]
