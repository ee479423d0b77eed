"""Schedules along a cosine: once, with restarts, and one cycle up and down."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd_core.errors import OptionError
from autograd_core.options import above_0, at_least_0, from_0_to_1, integer, one_of

from ..optimizer import Optimizer
from .base import Scheduler, checked_optimizer, per_group


class CosineAnnealingLR(Scheduler):
    """eta_min + (lr - eta_min) (1 + cos(π t / T_max)) / 2: slow at first, fast in the middle, slow at the end.

    Args:
        optimizer: whose learning rates to set.
        T_max: steps from lr down to ``eta_min``; it goes up again after that.
        eta_min: the lowest rate.

    Raises:
        OptionError, DTypeError: bad values.

    Source:
        Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.CosineAnnealingLR(optimizer, T_max=2)
        >>> schedule.step()
        >>> optimizer.lr
        0.5
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = integer("CosineAnnealingLR: T_max", T_max, least=1)
        self.eta_min = at_least_0("CosineAnnealingLR: eta_min", eta_min)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return _cosine(initial, self.eta_min, t / self.T_max)


class CosineAnnealingWarmRestarts(Scheduler):
    """Cosine annealing that starts again from lr after T_0 steps, then after T_0 T_mult, T_0 T_mult² and so on.

    Args:
        optimizer: whose learning rates to set.
        T_0: steps of the first run.
        T_mult: how many times longer each run is than the one before.
        eta_min: the lowest rate.

    Raises:
        OptionError, DTypeError: bad values.

    Source:
        Loshchilov and Hutter 2017, as above.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> for _ in range(4):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        1.0 0.5 1.0 0.5
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> None:
        self.T_0 = integer("CosineAnnealingWarmRestarts: T_0", T_0, least=1)
        self.T_mult = integer("CosineAnnealingWarmRestarts: T_mult", T_mult, least=1)
        self.eta_min = at_least_0("CosineAnnealingWarmRestarts: eta_min", eta_min)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        length = self.T_0
        if self.T_mult == 1:
            t %= length
        while t >= length:
            t, length = t - length, length * self.T_mult
        return _cosine(initial, self.eta_min, t / length)


class OneCycleLR(Scheduler):
    """One cycle: from max_lr / div_factor up to max_lr, then down far below the start; momentum the other way round.

    Step it after every batch.

    Args:
        optimizer: whose learning rates, and momentum or β₁, to set.
        max_lr: the highest rate, or one for each group.
        total_steps: the length of the cycle; or give ``epochs`` and ``steps_per_epoch``.
        epochs: see above.
        steps_per_epoch: see above.
        pct_start: the share of the cycle spent going up.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether momentum goes from ``max_momentum`` down to ``base_momentum`` and back.
        base_momentum: the lowest momentum, or one for each group.
        max_momentum: the highest.
        div_factor: the start is max_lr / div_factor.
        final_div_factor: the end is the start / final_div_factor.
        three_phase: come down to the start as fast as it went up, and only then to the end.

    Raises:
        OptionError: bad values; an optimizer without momentum, if ``cycle_momentum``; a step after the last.
        DTypeError: values of the wrong kind.

    Source:
        Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], momentum=0.9)
        >>> schedule = optim.OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
        >>> for _ in range(2):
        ...     schedule.step()
        >>> optimizer.lr, optimizer.param_groups[0]["momentum"]
        (1.0, 0.85)
    """

    def __init__(self, optimizer: Optimizer, max_lr: float | Sequence[float], total_steps: int | None = None,
                 epochs: int | None = None, steps_per_epoch: int | None = None, pct_start: float = 0.3,
                 anneal_strategy: str = "cos", cycle_momentum: bool = True,
                 base_momentum: float | Sequence[float] = 0.85, max_momentum: float | Sequence[float] = 0.95,
                 div_factor: float = 25.0, final_div_factor: float = 1e4, three_phase: bool = False) -> None:
        checked_optimizer("OneCycleLR", optimizer)
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise OptionError("OneCycleLR: how long? Give total_steps, or both epochs and steps_per_epoch.")
        if total_steps is None:
            per_epoch = integer("OneCycleLR: steps_per_epoch", steps_per_epoch, least=1)
            total_steps = integer("OneCycleLR: epochs", epochs, least=1) * per_epoch
        if cycle_momentum and not optimizer.defaults.keys() & {"momentum", "betas"}:
            raise OptionError(f"OneCycleLR: {type(optimizer).__name__} has no momentum; pass cycle_momentum=False.")
        from_0_to_1("OneCycleLR: pct_start", pct_start)
        above_0("OneCycleLR: div_factor", div_factor)
        above_0("OneCycleLR: final_div_factor", final_div_factor)
        one_of("OneCycleLR: anneal_strategy", anneal_strategy, "cos", "linear")
        self.total_steps = integer("OneCycleLR: total_steps", total_steps, least=1)
        self.cycle_momentum = cycle_momentum
        self._anneal = _cosine if anneal_strategy == "cos" else _line
        high, up = per_group("OneCycleLR: max_lr", max_lr, optimizer), float(pct_start * self.total_steps) - 1
        slow = per_group("OneCycleLR: base_momentum", base_momentum, optimizer)
        fast = per_group("OneCycleLR: max_momentum", max_momentum, optimizer)
        self._ends = [up, 2 * up, self.total_steps - 1] if three_phase else [up, self.total_steps - 1]
        self._rates: list[list[float]] = []
        self._momenta: list[list[float]] = []
        for top, low_momentum, high_momentum in zip(high, slow, fast, strict=True):
            start = top / div_factor
            down = [start] if three_phase else []
            self._rates.append([start, top, *down, start / final_div_factor])
            self._momenta.append([high_momentum, low_momentum, *[high_momentum] * len(down), high_momentum])
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        if t > self.total_steps:
            raise OptionError(f"OneCycleLR: the cycle of {self.total_steps} steps is over.")
        return self._along(t, self._rates[group])

    def momentum(self, t: int, group: int) -> float | None:
        """The momentum, or β₁, after ``t`` steps."""
        return self._along(t, self._momenta[group]) if self.cycle_momentum else None

    def _along(self, t: int, corners: list[float]) -> float:
        """The height after ``t`` steps of the curve through ``corners``."""
        phase = next((i for i, end in enumerate(self._ends) if t <= end), len(self._ends) - 1)
        start = self._ends[phase - 1] if phase else 0.0
        length = self._ends[phase] - start
        share = min((t - start) / length, 1.0) if length else 1.0  # the step after the last batch stays at the end
        return self._anneal(corners[phase], corners[phase + 1], share)


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def _line(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
