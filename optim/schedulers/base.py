"""Scheduler: a learning rate as a function of how many steps were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd_core.errors import DTypeError, OptionError, StateError
from autograd_core.matching import Loading
from autograd_core.options import at_least_0, integer

from ..groups import Options
from ..optimizer import Optimizer


class Scheduler:
    """Base of the schedules: sets the learning rate of every group when it is made, and at each :meth:`step`.

    A subclass defines :meth:`rate`. A rate follows from the number of steps alone, so a schedule can be combined with
    others, looked up for any step, and resumed from its count. The rate of a group that schedules start from is the one
    it had when its first schedule was made; ``optimizer.lr = ...`` holds until the next step of a schedule.

    Args:
        optimizer: whose learning rates to set.

    Raises:
        DTypeError: ``optimizer`` is not an Optimizer.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = checked_optimizer(type(self).__name__, optimizer)
        self.last_epoch = -1
        self.step()

    def rate(self, t: int, initial: float, group: int) -> float:
        """The learning rate after ``t`` steps, of the group at index ``group``, whose rate was ``initial``."""
        raise NotImplementedError(f"{type(self).__name__} has no rate(); define it.")

    def momentum(self, t: int, group: int) -> float | None:
        """The momentum, or β₁, after ``t`` steps; None leaves it alone."""
        return None

    def step(self) -> None:
        """Set the next rate. Call it after ``optimizer.step()``: once an epoch, or a batch, whichever the counts mean.

        Raises:
            OptionError: a rate that is negative or not finite; a schedule that is over.
        """
        self._set(self.last_epoch + 1, [group["lr"] if group.initial_lr is None else group.initial_lr
                                        for group in self.optimizer.param_groups])

    def _set(self, t: int, initial: Sequence[float | None]) -> None:
        """Set what belongs to ``t`` steps, of all groups or of none; one without an initial rate is left alone."""
        groups = self.optimizer.param_groups
        options = [{} if lr is None else self._options(t, lr, k) for k, lr in enumerate(initial)]
        for group, lr, new in zip(groups, initial, options, strict=True):
            group.initial_lr = lr
            group.update(new)
        self.last_epoch = t

    def _options(self, t: int, initial: float, k: int) -> Options:
        """The rate after ``t`` steps, and the momentum if it is scheduled, of the group at index ``k``."""
        what = f"{type(self).__name__}: the rate of group {k} after {t} steps"
        new: Options = {"lr": at_least_0(what, self.rate(t, initial, k))}
        momentum = self.momentum(t, k)
        if momentum is not None:
            betas = self.optimizer.param_groups[k].get("betas")
            new |= {"momentum": momentum} if betas is None else {"betas": (momentum, betas[1])}
        return new

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """The count, and the rates that schedules start from: plain data, to be saved beside the optimizer's.

        Returns:
            A dict.
        """
        initial = [group.initial_lr for group in self.optimizer.param_groups]
        return {"class": type(self).__name__, "last_epoch": self.last_epoch, "initial_lrs": initial}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that :meth:`state_dict` gave, and set the rates that belong to it.

        Args:
            state: of a schedule of the same class, made with the same arguments, for as many groups.

        Raises:
            StateError: it does not fit; nothing was loaded.
        """
        loading = Loading(type(self).__name__)
        loading.origin(state, "initial_lrs", "last_epoch")
        given = loading.part("'initial_lrs'", state["initial_lrs"], (list, tuple))
        initial: list[float | None] = []
        with loading.check():
            t = integer("last_epoch", state["last_epoch"], least=0)
        for lr in given:
            with loading.check():
                initial.append(None if lr is None else at_least_0("initial_lrs", lr))
        if len(given) != len(groups := self.optimizer.param_groups):
            loading.note("wrong", f"initial_lrs are rates for {len(given)} groups, but the optimizer has {len(groups)}")
        loading.done()
        try:
            self._set(t, initial)
        except Exception as error:  # whatever the rate raises, which can be any function
            raise StateError(f"load_state_dict: no rates follow from last_epoch={t} and initial_lrs={initial}; nothing "
                             f"was loaded. {error}") from error

    def __repr__(self) -> str:
        return f"{type(self).__name__}(last_epoch={self.last_epoch}, lr={self.get_last_lr()})"


def checked_optimizer(name: str, optimizer: Any) -> Optimizer:
    """``optimizer``, checked to be one, with a learning rate."""
    if not isinstance(optimizer, Optimizer):
        raise DTypeError(f"{name}: expected an Optimizer first, got a {type(optimizer).__name__}.")
    if "lr" not in optimizer.defaults:
        raise OptionError(f"{name}: {type(optimizer).__name__} has no learning rate to schedule.")
    return optimizer


def per_group(name: str, value: float | Sequence[float], optimizer: Optimizer) -> list[float]:
    """One number for each group; a single one serves them all."""
    count = len(optimizer.param_groups)
    values = list(value) if isinstance(value, (list, tuple)) else [value] * count
    if len(values) != count:
        raise OptionError(f"{name}: {len(values)} numbers for {count} groups; give one, or one for each.")
    return [at_least_0(name, number) for number in values]
