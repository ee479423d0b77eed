"""What can happen between the steps of ``fit``: stop early, write checkpoints, or anything of your own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from autograd_core.errors import OptionError, SelectionError
from autograd_core.options import at_least_0, integer

from .training import Training

Better = Literal["lower", "higher"]


class Callback:
    """Base of callbacks: define the methods that you need. A plain function is called as ``on_epoch_end``.

    One with ``state_dict()`` and ``load_state_dict(state)`` is part of the checkpoints.

    Example:
        >>> import nn
        >>> class Printer(nn.Callback):
        ...     def on_epoch_end(self, training):
        ...         print(training.epoch, training.history["loss"][-1])
    """

    def on_start(self, training: Training) -> None:
        """Before the first step; a resumed run is where it was."""

    def on_step_end(self, training: Training) -> None:
        """After every step of the optimizer."""

    def on_epoch_end(self, training: Training) -> None:
        """After every epoch: its measures are in the history."""

    def on_end(self, training: Training) -> None:
        """At the end, whatever the reason."""


class Monitor:
    """A measure that is to get better.

    Args:
        callback: who monitors it.
        name: in the history.
        better: "lower" or "higher"; None is enough for losses, errors and accuracies.
    """

    def __init__(self, callback: str, name: str, better: Better | None) -> None:
        known = {"loss": "lower", "error": "lower", "accuracy": "higher"}
        direction = better or "".join(way for part, way in known.items() if part in name)
        if direction not in ("lower", "higher"):
            raise OptionError(f'{callback}: is a better {name!r} lower or higher? Pass better="lower" or "higher".')
        self.callback, self.name, self._sign = callback, name, 1 if direction == "lower" else -1

    def check(self, training: Training) -> None:
        """Refuse a measure that there will not be."""
        if self.name not in training.measures:
            raise SelectionError(f"{self.callback}: monitor={self.name!r} will not be measured; there are "
                                 f"{', '.join(map(repr, training.measures))}. For validation, pass validation=.")

    def values(self, training: Training) -> list[float]:
        """What it was in each epoch, turned so that less is better; NaN is worst."""
        return [math.inf if math.isnan(value) else self._sign * value for value in training.history[self.name]]


class EarlyStopping(Callback):
    """Stop when a measure has not got better for ``patience`` epochs, and go back to where it was best.

    Args:
        monitor: the measure, by its name in the history.
        patience: how many epochs to wait.
        better: "lower" or "higher"; None is enough for losses, errors and accuracies.
        min_delta: what counts as better.
        restore_best: at the end, bring parameters and buffers back to the best epoch.

    Raises:
        SelectionError: when training starts, a measure that there will not be.
        OptionError: a patience below 1, a negative ``min_delta``, a measure of unknown direction.

    Source:
        Prechelt, "Early Stopping - But When?", 1998.

    Example:
        >>> import nn
        >>> nn.EarlyStopping("val_accuracy", patience=3).patience
        3
    """

    def __init__(self, monitor: str = "val_loss", *, patience: int = 5, better: Better | None = None,
                 min_delta: float = 0.0, restore_best: bool = True) -> None:
        self.monitor = Monitor("EarlyStopping", monitor, better)
        self.patience = integer("EarlyStopping: patience", patience, least=1)
        self.min_delta = at_least_0("EarlyStopping: min_delta", min_delta)
        self.restore_best = restore_best
        self._forget()

    def _forget(self) -> None:
        self.best = math.inf  # turned so that less is better
        self.best_epoch = 0
        self._best_state: dict[str, np.ndarray] = {}

    def on_start(self, training: Training) -> None:
        """Check that the measure exists."""
        self.monitor.check(training)
        if not training.epoch:
            self._forget()

    def on_epoch_end(self, training: Training) -> None:
        """Compare with the best."""
        value = self.monitor.values(training)[-1]
        if value < self.best - self.min_delta or not self.best_epoch:
            self.best, self.best_epoch = value, training.epoch
            self._best_state = training.model.state_dict() if self.restore_best else {}
        elif training.epoch - self.best_epoch >= self.patience:
            training.stop(f"{self.monitor.name} has not got better since epoch {self.best_epoch}")

    def on_end(self, training: Training) -> None:
        """Go back to the best epoch."""
        if self._best_state:
            training.model.load_state_dict(self._best_state)

    def state_dict(self) -> dict[str, Any]:
        """What it has seen."""
        return {"best": self.best, "best_epoch": self.best_epoch, "best_state": self._best_state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state_dict` gave.

        Args:
            state: of a callback like this.
        """
        self.best, self.best_epoch, self._best_state = state["best"], state["best_epoch"], dict(state["best_state"])


class Checkpoint(Callback):
    """Write a checkpoint after every epoch, from which ``nn.fit(..., resume=path)`` goes on to the same bits.

    Args:
        path: where; every checkpoint replaces the one before, and none is ever half written.
        every: after how many epochs.
        every_steps: also within epochs, after how many steps of the optimizer; None: only after epochs.
        monitor: only when this measure is better than ever; None: always.
        better: "lower" or "higher"; None is enough for losses, errors and accuracies.

    Raises:
        SelectionError: when training starts, a measure that there will not be.
        OptionError: a count below 1, a measure of unknown direction.

    Example:
        >>> import nn
        >>> callback = nn.Checkpoint("run.safetensors", every=5)
    """

    def __init__(self, path: str | Path, *, every: int = 1, every_steps: int | None = None,
                 monitor: str | None = None, better: Better | None = None) -> None:
        self.path = Path(path)
        self.every = integer("Checkpoint: every", every, least=1)
        self.every_steps = None if every_steps is None else integer("Checkpoint: every_steps", every_steps, least=1)
        self.monitor = None if monitor is None else Monitor("Checkpoint", monitor, better)

    def on_start(self, training: Training) -> None:
        """Check that the measure exists."""
        if self.monitor is not None:
            self.monitor.check(training)

    def on_step_end(self, training: Training) -> None:
        """Write one within the epoch, if asked to; the end of an epoch is for :meth:`on_epoch_end`."""
        if self.every_steps and training.step % self.every_steps == 0 and training.used < training.samples:
            training.save(self.path)

    def on_epoch_end(self, training: Training) -> None:
        """Write one."""
        values = self.monitor.values(training) if self.monitor is not None else []
        if training.epoch % self.every == 0 and (not values or values[-1] == min(values)):
            training.save(self.path)
