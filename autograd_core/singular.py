"""Where a derivative is infinite: a gradient of exactly 0 that arrives there stays 0, and the rest is said aloud.

``where(x > 0, log(x), 0)`` sends a 0 to the branch that it did not take; 0 times an infinite derivative would make it
NaN. NumPy tells when a rule divides by 0 or makes a NaN, so that looking costs nothing until it has happened.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .modes import current_mode

if TYPE_CHECKING:
    from .recording import Primitive, Rule


class Singularities:
    """NumPy's floating-point errors while rules run, as a list of what happened; a context manager."""

    def __init__(self) -> None:
        self.seen = seen = list[str]()  # the function below must not know self: that would be a cycle
        watch = current_mode().watch
        quiet = watch is not None and watch.quiet
        # What the caller wants done about divisions by 0 and NaNs.
        self._asked = {"divide": "ignore", "invalid": "ignore"} if quiet else np.geterr()
        self._state = np.errstate(divide="call", invalid="call", call=lambda kind, _: seen.append(kind))

    def __enter__(self) -> list[str]:
        self._state.__enter__()
        return self.seen

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._state.__exit__(kind, error, trace)

    def settle(self, gradient: Any, g: Any, primitive: Primitive, rule: Rule, kept: Sequence[Any]) -> Any:
        """What ``rule(g, *kept)`` should have given instead of ``gradient``; warns of infinities that are real."""
        self.seen.clear()
        if primitive.elementwise:
            if isinstance(g, np.ndarray | np.generic):
                gradient = np.where(g == 0, 0, gradient)
            else:  # recorded: a NaN inside would spoil the next order, so keep the operands away from it
                stuck = (g == 0) & ~np.isfinite(gradient)  # elsewhere 0 is a number like others, with a slope
                gradient = np.where(stuck, 0, rule(g, *(_tamed(value, stuck) for value in kept)))
                self.seen.clear()
        asked = (self._asked["divide"], self._asked["invalid"])
        if not np.isfinite(getattr(gradient, "_data", gradient)).all():
            said = f"backward: the derivative of {primitive.name} is infinite or undefined here."
            if "raise" in asked:
                raise FloatingPointError(said)
            if "warn" in asked:
                warnings.warn(said, RuntimeWarning, stacklevel=5)
        return gradient


def _tamed(value: Any, where: Any) -> Any:
    """``value`` with 0.5 at ``where``: inside the domain of functions that have a boundary at 0 or at 1."""
    return np.where(where, 0.5, value) if hasattr(value, "dtype") else value
