"""SWATS: Adam first, SGD later, at a moment and with a rate that it finds itself."""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from autograd_core.options import at_least_0, integer, number

from .adam import check_betas, running_mean, running_square
from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class SWATS(FirstOrder):
    """Adam, until the rate with which SGD would go as far has settled; from then on SGD with that rate and momentum.

    Adam's step s, projected onto the gradient, is as long as one of SGD with the rate γ = -sᵀs / sᵀg.
    λ ← β₂ λ + (1 - β₂) γ is its running mean. When |λ / (1 - β₂ᵗ) - γ| < tolerance, the rest is v ← β₁ v + g and
    p ← p - (1 - β₁) Λ v, with Λ = λ / (1 - β₂ᵗ). All parameters switch together. Schedules go on scaling Λ.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: Adam's learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps Adam's quotient finite.
        weight_decay: the strength of an L2 penalty.
        tolerance: how near to its mean γ must be.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`optim.Adam`.

    Source:
        Keskar and Socher, "Improving Generalization Performance by Switching from Adam to SGD", 2017, algorithm 1.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.SWATS([w], lr=0.1, tolerance=0.01)
        >>> for _ in range(3):
        ...     optimizer.zero_grad()
        ...     (w * w).sum().backward()
        ...     optimizer.step()
        >>> optimizer.switched, round(optimizer.sgd_lr, 3)
        (True, 0.053)
    """

    set_by_class = ("trials", "mean_rate", "sgd_lr", "lr_at_switch")

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, tolerance: float = 1e-9, **common: Unpack[Common]) -> None:
        # What the switch has come to so far travels with the options, and so is part of every saved state.
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, tolerance=tolerance,
                         trials=0, mean_rate=0.0, sgd_lr=0.0, lr_at_switch=0.0, **common)
        self._step_squared: list[float] = []
        self._step_times_g: list[float] = []

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        for option in ("tolerance", "sgd_lr", "lr_at_switch"):
            options[option] = at_least_0(f"SWATS: {option}", options[option])
        options["trials"] = integer("SWATS: trials", options["trials"], least=0)
        options["mean_rate"] = number("SWATS: mean_rate", options["mean_rate"])
        return check_betas("SWATS", options)

    @property
    def switched(self) -> bool:
        """Whether it is SGD by now."""
        return self.sgd_lr > 0

    @property
    def sgd_lr(self) -> float:
        """Λ, SGD's rate; 0 before the switch."""
        return float(self.param_groups[0]["sgd_lr"])

    def carried(self, group: Group) -> tuple[str, ...]:
        """m and v of Adam; after the switch the velocity."""
        return ("momentum_buffer",) if group.sgd_lr else ("exp_avg", "exp_avg_sq")

    def step(self) -> None:
        """Move every parameter that has a gradient; see :meth:`Optimizer.step`. Then see whether it is time to switch.

        Raises:
            GraphError, ShapeError, DTypeError, InPlaceError: see :meth:`Optimizer.step`.
        """
        self._step_squared, self._step_times_g = [], []
        super().step()
        # fsum is exact, so that the order of the parameters does not matter
        along = math.fsum(self._step_times_g)
        if not along:
            return
        first = self.param_groups[0]
        gamma, beta2 = -math.fsum(self._step_squared) / along, first.betas[1]
        trials, mean_rate = first.trials + 1, beta2 * first.mean_rate + (1 - beta2) * gamma
        rate = mean_rate / (1 - beta2**trials)
        settled = trials > 1 and rate > 0 and abs(rate - gamma) < first.tolerance
        for group in self.param_groups:
            group.update(trials=trials, mean_rate=mean_rate)
            if settled:
                group.update(sgd_lr=rate, lr_at_switch=group.lr)
        if settled:
            self._state = {name: {"momentum_buffer": np.zeros_like(kept["exp_avg"])}
                           for name, kept in self._state.items()}

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (space,), (beta1, beta2) = spaces, group.betas
        if group.sgd_lr:
            (velocity,) = state
            velocity *= beta1
            velocity += g
            scheduled = group.lr / group.lr_at_switch if group.lr_at_switch else 1.0
            p -= np.multiply(velocity, (1 - beta1) * group.sgd_lr * scheduled, out=space)
            return
        m, v = state
        running_mean(m, g, beta1, space)
        running_square(v, g, beta2, space)
        two = math.sqrt(1 - beta2**t)
        np.sqrt(v, out=space)
        space += group.eps * two
        np.divide(m, space, out=space)
        space *= -group.lr * two / (1 - beta1**t)
        p += space
        flat = space.reshape(-1)
        self._step_squared.append(float(flat @ flat))
        self._step_times_g.append(float(flat @ g.reshape(-1)))
