"""What is measured of one layer in one step, in a few numbers and one boolean a unit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.debugging.activations import last_activation
from autograd_core.debugging.symptoms import FLAT, always_off

SAMPLED = 4096
"""So many elements of a parameter, drawn once, stand for all where its updates are measured."""


class Moments:
    """Mean, standard deviation and norm of all numbers that were added."""

    def __init__(self) -> None:
        self.count = 0
        self.total = self.squares = 0.0

    def add(self, array: np.ndarray) -> None:
        """Take in all its elements."""
        self.count += array.size
        with np.errstate(all="ignore"):  # NaN and inf are to be seen in the sums
            self.total += float(array.sum(dtype=np.float64))
            self.squares += float(np.square(array, dtype=np.float64).sum())

    @property
    def mean(self) -> float:
        """NaN if there is nothing."""
        return self.total / self.count if self.count else math.nan

    @property
    def std(self) -> float:
        """The standard deviation, not corrected."""
        return math.sqrt(max(self.squares / self.count - self.mean**2, 0.0)) if self.finite else math.nan

    @property
    def norm(self) -> float:
        """The root of the sum of squares."""
        return math.sqrt(self.squares) if self.count else math.nan

    @property
    def rms(self) -> float:
        """The root of the mean of squares."""
        return self.norm / math.sqrt(self.count) if self.count else math.nan

    @property
    def finite(self) -> bool:
        """Whether there are numbers, and no NaN or inf among them."""
        return self.count > 0 and math.isfinite(self.squares)


class Gauge:
    """One layer in one step. A layer that runs several times, such as a recurrent cell, adds up."""

    def __init__(self) -> None:
        self.output = Moments()
        self.gradient = Moments()
        self.flat = self.elements = 0  # of a function that saturates
        self.off: list[np.ndarray] = []  # of a function that can be off: which units were, for each run

    def see(self, y: Tensor) -> None:
        """Measure an output now, and its gradient when it arrives."""
        self.output.add(y._data)  # not .data, which a debugging mode would take for a way out of the graph
        if y.node is None:
            return
        y.register_hook(self._arrived)
        activation = last_activation(y.node)
        if activation is None:
            return
        if activation.saturates:
            self.flat += int((np.abs(activation.slopes) < FLAT).sum())
            self.elements += activation.slopes.size
        else:
            self.off.append(always_off(activation.slopes))

    def _arrived(self, gradient: Any) -> None:
        self.gradient.add(gradient._data)

    def numbers(self, dead: float) -> dict[str, float]:
        """All measures by name."""
        return {
            "mean": self.output.mean, "std": self.output.std, "norm": self.output.norm,
            "gradient_mean": self.gradient.mean, "gradient_std": self.gradient.std,
            "gradient_norm": self.gradient.norm,
            "saturated": self.flat / self.elements if self.elements else math.nan, "dead": dead,
        }


class Units:
    """Which units of a layer were off for every sample seen: a sliding window of one boolean a unit."""

    def __init__(self) -> None:
        self._now: dict[int, np.ndarray] = {}  # by the number of units: a module may be used in several places
        self._before: dict[int, np.ndarray] = {}

    def see(self, off: list[np.ndarray]) -> None:
        """Take in what one step saw."""
        for mask in off:
            self._now[mask.size] = self._now.get(mask.size, mask) & mask

    def next_window(self) -> None:
        """Forget what lies more than one window back."""
        self._before, self._now = self._now, {}

    def dead(self) -> tuple[int, int]:
        """How many units were always off, in this window and the one before, and of how many."""
        masks = [self._now.get(n, True) & self._before.get(n, True) for n in self._now.keys() | self._before.keys()]
        return sum(int(np.sum(mask)) for mask in masks), sum(np.size(mask) for mask in masks)


class Sample:
    """Some elements of a parameter as they were, to measure its update."""

    def __init__(self, parameter: Tensor) -> None:
        size = parameter.size
        # at random: evenly spaced ones could all lie in one column
        self._places = np.random.default_rng(0).integers(size, size=SAMPLED) if size > SAMPLED else slice(None)
        self._parameter = parameter
        self._before = self._now()

    def _now(self) -> np.ndarray:
        return self._parameter._data.reshape(-1)[self._places].astype(np.float64)

    def update(self) -> float:
        """The norm of the change over the norm of what was: NaN of zeros."""
        size = float(np.linalg.norm(self._before))
        return float(np.linalg.norm(self._now() - self._before)) / size if size else math.nan

    def changed(self) -> bool:
        """Whether it is not what it was."""
        return not np.array_equal(self._now(), self._before, equal_nan=True)
