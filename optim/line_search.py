"""Line search: how far to go along a direction that leads downhill, by the strong Wolfe conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple


class Trial(NamedTuple):
    """A place on the line: φ(step) and φ'(step), and whatever else is known there, as ``place``."""

    step: float
    value: float
    slope: float
    place: Any = None


def strong_wolfe(along: Callable[[float], Trial], start: Trial, step: float, *, c1: float = 1e-4, c2: float = 0.9,
                 max_trials: int = 25, narrowest: float = 1e-9) -> Trial:
    """A step t with φ(t) ≤ φ(0) + c₁ t φ'(0), low enough, and |φ'(t)| ≤ c₂ |φ'(0)|, flat enough.

    First the step grows until such a t must lie behind it; then the interval is narrowed. New steps are minima of the
    cubic through the values and slopes at two others, kept away from these.

    Args:
        along: gives the Trial at a step; its value may be infinite or NaN, which counts as too high.
        start: the Trial at 0, with a negative slope.
        step: the first to try.
        c1: how much of the descent that the slope promises must come true.
        c2: how much of the slope may be left.
        max_trials: steps to try after the first.
        narrowest: give up narrowing an interval shorter than this.

    Returns:
        The Trial at such a step; the lowest that is known where none was found, which can be ``start``.

    Source:
        Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6, with the cubic of (3.59). The
        safeguards are those of minFunc (Schmidt 2005) and PyTorch: steps are theirs, but for rare intervals that
        they lose, where a trial is lower than the one before and yet not low enough.

    Example:
        >>> bowl = lambda t: Trial(t, (t - 3) ** 2, 2 * (t - 3))
        >>> strong_wolfe(bowl, bowl(0.0), 1.0, c2=0.1).step
        3.0
    """

    def at(step: float) -> Trial:
        trial = along(step)
        return trial if math.isfinite(trial.value) else trial._replace(value=math.inf)

    def too_high(trial: Trial) -> bool:
        return trial.value > start.value + c1 * trial.step * start.slope

    def flat(trial: Trial) -> bool:
        return abs(trial.slope) <= -c2 * start.slope

    previous, trial = start, at(step)
    for tried in range(max_trials):
        if too_high(trial) or (tried and trial.value >= previous.value):
            low, high = previous, trial
            break
        if flat(trial):
            return trial
        if trial.slope >= 0:
            low, high = trial, previous
            break
        nearest, farthest = trial.step + 0.01 * (trial.step - previous.step), 10 * trial.step
        previous, trial = trial, at(_cubic_minimum(previous, trial, nearest, farthest))
    else:
        return start if too_high(trial) else trial

    near_an_end = False
    for _ in range(max_trials - tried):  # low is the lowest of those low enough, and downhill from it lies high
        left, right = sorted((low.step, high.step))
        if right - left < narrowest:
            break
        step, margin = _cubic_minimum(low, high, left, right), 0.1 * (right - left)
        was_near, near_an_end = near_an_end, min(right - step, step - left) < margin
        if near_an_end and (was_near or not left < step < right):
            step = right - margin if right - step < step - left else left + margin
            near_an_end = False
        trial = at(step)
        if too_high(trial) or trial.value >= low.value:
            high = trial
            continue
        if flat(trial):
            return trial
        if trial.slope * (high.step - low.step) >= 0:
            high = low
        low = trial
    return low


def _cubic_minimum(a: Trial, b: Trial, left: float, right: float) -> float:
    """Where in [left, right] the cubic through two values and slopes is lowest; the middle if it has no minimum."""
    if a.step > b.step:
        a, b = b, a
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    square = d1 * d1 - a.slope * b.slope
    if not 0 <= square < math.inf:  # no minimum, or an end that is not finite
        return (left + right) / 2
    d2 = math.sqrt(square)
    curve = b.slope - a.slope + 2 * d2
    if curve == 0:
        return (left + right) / 2
    return min(max(b.step - (b.step - a.step) * ((b.slope + d2 - d1) / curve), left), right)
