"""Training: a run of ``fit`` at some moment. Callbacks see it and can stop it; checkpoints bring it back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograd_core.errors import StateError

from ..checkpoints import has_state, load_checkpoint, save_checkpoint
from ..module import Module
from .history import History
from .measuring import Means


class Training:
    """A run of :func:`nn.fit`, as callbacks see it.

    ``model``, ``loss``, ``optimizer``, ``scheduler`` and ``history`` are what they are called. ``epoch`` counts the
    epochs that are complete, ``step`` the optimizer's steps. ``reason`` says why training ends; "" while it goes on.
    """

    def __init__(self, model: Module, loss: Any, optimizer: Any, *, samples: int, rng: np.random.Generator,
                 scheduler: Any = None, callbacks: Sequence[Any] = ()) -> None:
        self.model, self.loss, self.optimizer, self.scheduler = model, loss, optimizer, scheduler
        self.callbacks, self.rng, self.samples = callbacks, rng, samples
        self.history = History()
        self.epoch = self.step = 0
        self.reason = ""
        self.measures: tuple[str, ...] = ()  # the names that the history will have
        self.means = Means()  # in this epoch so far
        self._order: np.ndarray | None = None  # of the samples in this epoch; None between two epochs
        self._used = 0  # how many of them

    def stop(self, reason: str) -> None:
        """End training after the step, or the epoch, that is under way.

        Args:
            reason: in words, for ``history.reason``.
        """
        self.reason = reason

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """The samples for each step of this epoch, by index, shuffled; if resumed half way, those left."""
        if self._order is None:
            self._order, self._used, self.means = self.rng.permutation(self.samples), 0, Means()
        while self._used < self.samples:
            chosen = self._order[self._used : self._used + size]
            self._used += len(chosen)
            yield chosen

    @property
    def used(self) -> int:
        """How many samples of this epoch have been used."""
        return 0 if self._order is None else self._used

    def end_epoch(self, measured: Mapping[str, float]) -> None:
        """Take what was measured into the history."""
        for name, value in measured.items():
            self.history.setdefault(name, []).append(value)
        self.epoch += 1
        self._order = None

    def save(self, path: str | Path) -> None:
        """Write a checkpoint of everything: ``nn.fit(..., resume=path)`` goes on from here, to the same bits.

        Args:
            path: where; see :func:`nn.save_checkpoint`.
        """
        save_checkpoint(path, **self._parts())

    def load(self, path: str | Path) -> None:
        """Go back to where :meth:`save` was called.

        Args:
            path: of the checkpoint.

        Raises:
            StateError: the checkpoint is of another model, optimizer, data set or set of callbacks.
        """
        load_checkpoint(path, **self._parts())

    def _parts(self) -> dict[str, Any]:
        parts = {"model": self.model, "loss": self.loss, "optimizer": self.optimizer, "scheduler": self.scheduler,
                 "rng": self.rng, "training": self}
        parts |= {f"callback_{i}": callback for i, callback in enumerate(self.callbacks)}
        return {name: part for name, part in parts.items() if has_state(part)}

    def state_dict(self) -> dict[str, Any]:
        """Where the run is: what none of its parts knows."""
        return {"epoch": self.epoch, "step": self.step, "samples": self.samples, "history": dict(self.history),
                "order": self._order, "used": self._used, "totals": self.means.totals, "count": self.means.count}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to what :meth:`state_dict` gave.

        Args:
            state: of a run on as many samples.
        """
        if state["samples"] != self.samples:
            raise StateError(f"resume: the checkpoint is of {state['samples']} samples, the data has {self.samples}.")
        self.epoch, self.step = state["epoch"], state["step"]
        self.history = History({name: list(values) for name, values in state["history"].items()})
        self._order, self._used = state["order"], state["used"]
        self.means = Means()
        self.means.totals, self.means.count = dict(state["totals"]), state["count"]


@contextmanager
def stopping_on_ctrl_c(training: Training) -> Iterator[None]:
    """The first Ctrl-C lets the step under way end, so that all parameters have moved or none; a second does not."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody else handles it
        yield
        return

    def ask(number: int, frame: Any) -> None:
        if training.reason:
            raise KeyboardInterrupt
        training.stop("interrupted by Ctrl-C")

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
