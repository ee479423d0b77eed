"""Options of optimizers and schedulers, and how they are checked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.errors import AutogradError, DTypeError


class OptionError(AutogradError, ValueError):
    """A setting with which an optimizer or a scheduler cannot work."""


def at_least_0(name: str, value: Any, *, below: float = math.inf) -> float:
    """``value`` as a float, checked to lie in [0, ``below``).

    Raises:
        DTypeError: not a real number.
        OptionError: outside, or NaN.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DTypeError(f"{name}={value!r}; expected a number.") from None
    if not 0 <= number < below:
        limit = "" if below == math.inf else f" and below {below:g}"
        raise OptionError(f"{name}={value!r}; expected a finite number, at least 0{limit}.")
    return number


def pair(name: str, values: Any, *, below: float = math.inf) -> tuple[float, float]:
    """Two numbers, each checked as by :func:`at_least_0`.

    Raises:
        DTypeError: not a pair of numbers.
        OptionError: one outside, or NaN.
    """
    if not isinstance(values, (tuple, list)) or len(values) != 2:
        raise DTypeError(f"{name}={values!r}; expected two numbers.")
    return (at_least_0(f"{name}[0]", values[0], below=below), at_least_0(f"{name}[1]", values[1], below=below))


def one_of(name: str, value: Any, *choices: str) -> str:
    """``value``, checked to be one of ``choices``.

    Raises:
        OptionError: another word.
    """
    if value not in choices:
        raise OptionError(f"{name}={value!r}; expected {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}.")
    return str(value)


def whole(name: str, value: Any, *, least: int = 1) -> int:
    """``value`` as an int, checked to be at least ``least``.

    Raises:
        DTypeError: not a whole number.
        OptionError: below.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"{name}={value!r}; expected a whole number.")
    if value < least:
        raise OptionError(f"{name}={value!r}; expected at least {least}.")
    return int(value)
