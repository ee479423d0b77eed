"""Numbers by name, step by step or epoch by epoch, as plots get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import HistoryError


def checked(caller: str, measures: Mapping[str, Sequence[float]], each: str) -> dict[str, np.ndarray]:
    """Arrays of one length, by name.

    Args:
        caller: the function that plots, for errors.
        measures: by name, a sequence of numbers.
        each: what there is one number for: "epoch" or "step".

    Returns:
        By name, a float64 array.

    Raises:
        HistoryError: nothing, lengths that differ, or what is not a sequence of numbers.
    """
    if not isinstance(measures, Mapping):
        raise HistoryError(f"{caller}: got a {type(measures).__name__}; expected a mapping from names to numbers, "
                           f"one for each {each}.")
    found = {}
    for name, values in measures.items():
        try:
            found[str(name)] = np.asarray(values, dtype=float)
        except (TypeError, ValueError):
            raise HistoryError(f"{caller}: {name!r} is not a sequence of numbers.") from None
        if found[str(name)].ndim != 1:
            raise HistoryError(f"{caller}: {name!r} has shape {found[str(name)].shape}; expected one number for each "
                               f"{each}.")
    lengths = {name: len(values) for name, values in found.items()}
    if not lengths or 0 in lengths.values() or len(set(lengths.values())) > 1:
        raise HistoryError(f"{caller}: expected numbers for at least one {each}, as many of each name; got "
                           f"{lengths or 'none'}.")
    return found


def watched(caller: str, source: Any, attribute: str, pick: Callable[[Any], Any]) -> tuple[np.ndarray,
                                                                                          dict[str, np.ndarray]]:
    """The steps, and the numbers of each, from an ``nn.Watch`` or a mapping.

    Args:
        caller: the function that plots, for errors.
        source: has ``steps`` and an attribute ``attribute``, or is a mapping from names to numbers.
        attribute: where a Watch keeps them.
        pick: what to take of each entry there.

    Returns:
        The numbers of the steps (1, 2, ... for a mapping), and by name an array as long.

    Raises:
        HistoryError: nothing was measured; see also :func:`checked`.
    """
    if hasattr(source, "steps") and hasattr(source, attribute):
        steps, measures = list(source.steps), getattr(source, attribute)
        if not steps:
            raise HistoryError(f"{caller}: the watch has measured nothing yet; train first, or leave its with block.")
        return np.asarray(steps), checked(caller, {name: pick(entry) for name, entry in measures.items()}, "step")
    found = checked(caller, source, "step")
    return np.arange(1, len(next(iter(found.values()))) + 1), found
