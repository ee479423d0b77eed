"""Schedules made of schedules: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from autograd_core.errors import DTypeError, OptionError
from autograd_core.options import integer

from ..optimizer import Optimizer
from .base import Scheduler


class SequentialLR(Scheduler):
    """One schedule after the other, as a warm-up before a cosine. Step only this one.

    Args:
        optimizer: whose learning rates to set.
        schedulers: made for the same optimizer, each with its own count of steps from 0.
        milestones: after how many steps the next one takes over; one fewer than schedulers.

    Raises:
        OptionError: another optimizer's schedule; milestones too few, too many, or not increasing.
        DTypeError: something else than schedules that go by the number of steps.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> parts = [optim.LinearLR(optimizer, 0.5, total_iters=2), optim.ExponentialLR(optimizer, 0.5)]
        >>> schedule = optim.SequentialLR(optimizer, parts, milestones=[2])
        >>> for _ in range(5):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        0.5 0.75 1.0 0.5 0.25
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Scheduler], milestones: Sequence[int]) -> None:
        self.schedulers = _checked("SequentialLR", optimizer, schedulers)
        self.milestones = [integer("SequentialLR: milestones", number, least=1) for number in milestones]
        if len(self.milestones) != len(self.schedulers) - 1 or sorted(set(self.milestones)) != self.milestones:
            raise OptionError(f"SequentialLR: milestones={self.milestones} for {len(self.schedulers)} schedulers; "
                              f"expected one fewer, in increasing order.")
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The rate of the schedule whose turn it is."""
        part, since = self._now(t)
        return part.rate(since, initial, group)

    def momentum(self, t: int, group: int) -> float | None:
        """The momentum of the schedule whose turn it is."""
        part, since = self._now(t)
        return part.momentum(since, group)

    def _now(self, t: int) -> tuple[Scheduler, int]:
        k = bisect_right(self.milestones, t)
        return self.schedulers[k], t - (self.milestones[k - 1] if k else 0)


class ChainedScheduler(Scheduler):
    """All at once: each schedule starts from what the one before gives, so that factors multiply. Step only this one.

    Args:
        schedulers: made for one optimizer.
        optimizer: by default that of the first.

    Raises:
        OptionError, DTypeError: as for :class:`SequentialLR`.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> parts = [optim.ConstantLR(optimizer, 0.5, total_iters=2), optim.ExponentialLR(optimizer, 0.5)]
        >>> schedule = optim.ChainedScheduler(parts)
        >>> for _ in range(4):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        0.5 0.25 0.25 0.125
    """

    def __init__(self, schedulers: Sequence[Scheduler], optimizer: Optimizer | None = None) -> None:
        first = schedulers[0].optimizer if optimizer is None and len(schedulers) else optimizer
        self.schedulers = _checked("ChainedScheduler", first, schedulers)
        super().__init__(self.schedulers[0].optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """What the last schedule makes of the rates of those before it."""
        for part in self.schedulers:
            initial = part.rate(t, initial, group)
        return initial

    def momentum(self, t: int, group: int) -> float | None:
        """The momentum of the last schedule that has one."""
        found = [part.momentum(t, group) for part in self.schedulers]
        return next((value for value in reversed(found) if value is not None), None)


def _checked(name: str, optimizer: Any, schedulers: Sequence[Any]) -> list[Scheduler]:
    if not schedulers:
        raise OptionError(f"{name}: no schedulers.")
    for scheduler in schedulers:
        if not isinstance(scheduler, Scheduler):
            raise DTypeError(f"{name}: {type(scheduler).__name__} cannot be combined: it is no function of the steps.")
        if scheduler.optimizer is not optimizer:
            raise OptionError(f"{name}: the {type(scheduler).__name__} is another optimizer's.")
    return list(schedulers)
