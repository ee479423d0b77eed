"""Checks of options, for everything that has some: layers, losses, optimizers, schedules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .errors import DTypeError, OptionError


def number(what: str, value: Any) -> float:
    """``value`` as a float, checked to be one real number, not NaN.

    Args:
        what: the class and the argument, as in "Adam: lr"; every message begins with it.
        value: what was given.

    Raises:
        DTypeError: not a real number; text, bools and Tensors that require grad are none.
        OptionError: NaN, or an integer too large for a float.
    """
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)) or np.ndim(value) or np.iscomplexobj(value):
            raise TypeError
        if getattr(value, "requires_grad", False):  # as a float it would lose its gradient unseen
            raise TypeError
        found = float(value)
    except (TypeError, ValueError):
        raise DTypeError(f"{what}={value!r}; expected a number.") from None
    except OverflowError:
        raise OptionError(f"{what} is an integer too large for a float.") from None
    if math.isnan(found):
        raise OptionError(f"{what}={value!r}; expected a number, not NaN.")
    return found


def at_least_0(what: str, value: Any, *, below: float = math.inf) -> float:
    """``value`` as a float, checked to lie in [0, ``below``).

    Raises:
        DTypeError: not a real number.
        OptionError: outside, or NaN.
    """
    found = number(what, value)
    if not 0 <= found < below:
        limit = "" if below == math.inf else f" and below {below:g}"
        raise OptionError(f"{what}={value!r}; expected a finite number, at least 0{limit}.")
    return found


def above_0(what: str, value: Any) -> float:
    """``value`` as a float, checked to be finite and positive.

    Raises:
        DTypeError: not a real number.
        OptionError: 0 or less, infinite, or NaN.
    """
    found = number(what, value)
    if not 0 < found < math.inf:
        raise OptionError(f"{what}={value!r}; expected a finite number above 0.")
    return found


def from_0_to_1(what: str, value: Any) -> float:
    """``value`` as a float, checked to lie in [0, 1]: a probability, or a part of a whole.

    Raises:
        DTypeError: not a real number.
        OptionError: outside, or NaN.
    """
    found = number(what, value)
    if not 0 <= found <= 1:
        raise OptionError(f"{what}={value!r}; expected a number from 0 to 1.")
    return found


def two_at_least_0(what: str, values: Any, *, below: float = math.inf) -> tuple[float, float]:
    """Two numbers, each checked as by :func:`at_least_0`.

    Raises:
        DTypeError: not a pair of numbers.
        OptionError: one outside, or NaN.
    """
    if not isinstance(values, (tuple, list)) or len(values) != 2:
        raise DTypeError(f"{what}={values!r}; expected two numbers.")
    return (at_least_0(f"{what}[0]", values[0], below=below), at_least_0(f"{what}[1]", values[1], below=below))


def flag(what: str, value: Any) -> bool:
    """``value``, checked to be True or False.

    Raises:
        DTypeError: something else, as a word, which would count as True.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise DTypeError(f"{what}={value!r}; expected True or False.")
    return bool(value)


def one_of(what: str, value: Any, *choices: str) -> str:
    """``value``, checked to be one of ``choices``.

    Raises:
        OptionError: another word.
    """
    if not isinstance(value, str) or value not in choices:
        raise OptionError(f"{what}={value!r}; expected {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}.")
    return value


def integer(what: str, value: Any, *, least: int | None = None) -> int:
    """``value`` as an int, checked to be at least ``least``.

    Raises:
        DTypeError: not an integer; a bool is none.
        OptionError: below, or too large for an int64.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DTypeError(f"{what}={value!r}; expected an integer.")
    if not -(2**63) <= value < 2**63:
        raise OptionError(f"{what} is an integer too large for an int64.")
    if least is not None and value < least:
        raise OptionError(f"{what}={value!r}; expected at least {least}.")
    return int(value)
