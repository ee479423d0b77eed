"""Every optimizer with the options it is tested with: all crossed for short runs, a few for long ones."""

import itertools

import numpy as np

import autograd_core as ag
import optim


def leaf(*shape, seed=0, dtype=np.float64):
    return ag.tensor(np.random.default_rng(seed).standard_normal(shape), dtype=dtype, requires_grad=True)


def crossed(**choices):
    """All combinations of the choices, as keyword arguments."""
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


UPHILL = {"maximize": (False, True)}
ADAM = {
    "lr": (1e-3, 0.03), "betas": ((0.9, 0.999), (0.5, 0.9)), "eps": (1e-8, 0.1), "weight_decay": (0.0, 0.1), **UPHILL,
}

ALL_OPTIONS = {
    "GD": crossed(lr=(1e-3, 0.03), **UPHILL),
    "SGD": [
        options
        for options in crossed(
            lr=(1e-3, 0.03), momentum=(0.0, 0.9), dampening=(0.0, 0.3), weight_decay=(0.0, 0.1),
            nesterov=(False, True), **UPHILL,
        )
        if not options["nesterov"] or (options["momentum"] and not options["dampening"])
    ],
    "Adam": crossed(**ADAM, amsgrad=(False, True), decoupled_weight_decay=(False, True)),
    "AdamW": crossed(**ADAM, amsgrad=(False, True)),
    "AMSGrad": crossed(**ADAM),
    "Adamax": crossed(**ADAM),
    "NAdam": crossed(**ADAM, momentum_decay=(4e-3, 0.1), decoupled_weight_decay=(False, True)),
    "RAdam": crossed(**ADAM, decoupled_weight_decay=(False, True)),
    "LAMB": crossed(**ADAM),
    "SWATS": crossed(**ADAM, tolerance=(1e-9, 0.05)),
    "Adagrad": crossed(
        lr=(1e-2, 0.3), lr_decay=(0.0, 0.1), weight_decay=(0.0, 0.1), initial_accumulator_value=(0.0, 0.5),
        eps=(1e-10, 0.1), **UPHILL,
    ),
    "Adadelta": crossed(lr=(1.0, 0.3), rho=(0.9, 0.5), eps=(1e-6, 0.1), weight_decay=(0.0, 0.1), **UPHILL),
    "RMSprop": crossed(
        lr=(1e-2, 1e-3), alpha=(0.99, 0.7), eps=(1e-8, 0.1), weight_decay=(0.0, 0.1), momentum=(0.0, 0.9),
        centered=(False, True), **UPHILL,
    ),
    "Rprop": crossed(lr=(1e-2, 0.1), etas=((0.5, 1.2), (0.8, 1.5)), step_sizes=((1e-6, 50), (1e-3, 0.1)), **UPHILL),
    "AdaptiveGains": crossed(
        lr=(1e-3, 0.03), increase=(0.05, 0.2), decrease=(0.95, 0.5), bounds=((0.1, 10.0), (0.01, 100.0)),
        momentum=(0.0, 0.9), **UPHILL,
    ),
    "Lion": crossed(lr=(1e-4, 0.01), betas=((0.9, 0.99), (0.5, 0.9)), weight_decay=(0.0, 0.1), **UPHILL),
}

TYPICAL = {
    "GD": [{"lr": 0.1}],
    "SGD": [{"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, {"lr": 0.05, "momentum": 0.5}],
    "Adam": [{"lr": 0.01}, {"lr": 0.01, "amsgrad": True, "weight_decay": 0.01}],
    "AdamW": [{"lr": 0.01, "weight_decay": 0.1}],
    "Adamax": [{"lr": 0.005}],  # at 0.01, float32 networks part by rounding: 2e-7 to 1.2e-6, by their seed
    "NAdam": [{"lr": 0.01}],
    "RAdam": [{"lr": 0.01}],
    "LAMB": [{"lr": 0.01, "weight_decay": 0.1}],
    "SWATS": [{"lr": 0.01, "tolerance": 0.3}],
    "AMSGrad": [{"lr": 0.01}],
    "Adagrad": [{"lr": 0.05, "lr_decay": 0.01}],
    "Adadelta": [{"lr": 0.5, "rho": 0.95}],
    "RMSprop": [{"lr": 0.01, "momentum": 0.5, "centered": True}],
    "Rprop": [{"lr": 0.001, "step_sizes": (1e-6, 0.01)}],
    "AdaptiveGains": [{"lr": 0.01}, {"lr": 0.01, "momentum": 0.5}],
    "Lion": [{"lr": 0.003, "weight_decay": 0.1}],
}

EVERY = [(name, options) for name, several in TYPICAL.items() for options in several]


def first_order():
    """The public optimizers whose formula is one for a block: those that this registry has to know."""
    public = (getattr(optim, name) for name in optim.__all__)
    kinds = (kind for kind in public if isinstance(kind, type) and issubclass(kind, optim.FirstOrder))
    return {kind.__name__ for kind in kinds if kind is not optim.FirstOrder}
