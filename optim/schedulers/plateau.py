"""A rate that is cut when the loss no longer falls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from autograd_core.errors import DTypeError
from autograd_core.matching import Loading
from autograd_core.options import at_least_0, integer, number, one_of

from ..optimizer import Optimizer
from .base import checked_optimizer, per_group


class ReduceLROnPlateau:
    """lr times ``factor`` each time a measure has not improved for more than ``patience`` steps.

    Args:
        optimizer: whose learning rates to cut.
        mode: "min" where smaller is better, as for a loss; "max" as for an accuracy.
        factor: below 1.
        patience: how many steps without improvement are accepted.
        threshold: improvements below it do not count.
        threshold_mode: "rel" for a share of the best value so far, "abs" for a difference.
        cooldown: steps to wait after a cut before counting again.
        min_lr: no cut goes below it; one number, or one for each group.
        eps: cuts smaller than that are left out.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.ReduceLROnPlateau(optimizer, patience=1)
        >>> for loss in (2.0, 1.0, 1.0, 1.0):
        ...     schedule.step(loss)
        >>> optimizer.lr
        0.1
    """

    def __init__(self, optimizer: Optimizer, mode: str = "min", factor: float = 0.1, patience: int = 10,
                 threshold: float = 1e-4, threshold_mode: str = "rel", cooldown: int = 0,
                 min_lr: float | Sequence[float] = 0.0, eps: float = 1e-8) -> None:
        name = "ReduceLROnPlateau"
        self.optimizer = checked_optimizer(name, optimizer)
        self.mode = one_of(f"{name}: mode", mode, "min", "max")
        self.threshold_mode = one_of(f"{name}: threshold_mode", threshold_mode, "rel", "abs")
        self.factor = at_least_0(f"{name}: factor", factor, below=1)
        self.patience = integer(f"{name}: patience", patience, least=0)
        self.threshold = at_least_0(f"{name}: threshold", threshold)
        self.cooldown = integer(f"{name}: cooldown", cooldown, least=0)
        self.min_lrs = per_group(f"{name}: min_lr", min_lr, optimizer)
        self.eps = at_least_0(f"{name}: eps", eps)
        self.last_epoch = self.num_bad_epochs = self.cooldown_counter = 0
        self.best = self._worst()

    def step(self, metrics: Any) -> None:
        """Take note of a new value of the measure, and cut the rates if it is time.

        Args:
            metrics: a number, or a Tensor of one element. NaN counts as no improvement.

        Raises:
            DTypeError: something else.
        """
        try:
            value = float(metrics.item() if hasattr(metrics, "item") else metrics)
        except (TypeError, ValueError):
            raise DTypeError(f"ReduceLROnPlateau.step: metrics={metrics!r}; expected one number.") from None
        self.last_epoch += 1
        if self._improves(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._cut()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _improves(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs":
            return sign * value < sign * self.best - self.threshold
        return sign * value < sign * self.best * (1 - sign * self.threshold)

    def _cut(self) -> None:
        groups = self.optimizer.param_groups
        limits = self.min_lrs + [self.min_lrs[-1]] * (len(groups) - len(self.min_lrs))  # groups added later
        for group, least in zip(groups, limits, strict=True):
            lower = max(group["lr"] * self.factor, least)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """What it has counted and seen: plain data, to be saved beside the optimizer's, which has the rates.

        Returns:
            A dict. ``best`` is None before the first step, as JSON has no infinity.
        """
        counts = {key: getattr(self, key) for key in ("last_epoch", "num_bad_epochs", "cooldown_counter")}
        return {"class": "ReduceLROnPlateau", "best": self.best if math.isfinite(self.best) else None, **counts}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that :meth:`state_dict` gave.

        Args:
            state: see there.

        Raises:
            StateError: it does not fit; nothing was loaded.
        """
        keys = ("last_epoch", "num_bad_epochs", "cooldown_counter")
        loading = Loading("ReduceLROnPlateau")
        loading.origin(state, "best", *keys)
        new: dict[str, Any] = {"best": self._worst()}
        for key in keys:
            with loading.check():
                new[key] = integer(key, state[key], least=0)
        if state["best"] is not None:
            with loading.check():
                new["best"] = number("best", state["best"])
                if math.isinf(new["best"]):
                    loading.note("wrong", f"best={state['best']!r}; expected a finite number, or None")
        loading.done()
        vars(self).update(new)

    def _worst(self) -> float:
        return math.inf if self.mode == "min" else -math.inf
