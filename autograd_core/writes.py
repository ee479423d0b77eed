"""Which memory was written, and when: how a saved array that changed is found before it does harm.

A write is logged with the tape's own clock, under the array that owns the memory, so views and detached
tensors need no bookkeeping of their own, and a forward pass pays nothing. A node whose saved array was
written later than the node was recorded must not be differentiated. Writes that go past Tensors, through
a raw array such as ``t.data[0] = 1``, cannot be seen.
"""

from __future__ import annotations

import itertools
import sys
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from .errors import SavedArrayError
from .modes import current_mode

tick: Callable[[], int] = itertools.count(1).__next__
"""The tape's clock: every node and every write takes the next number."""

_MOST_SPANS = 64


class _Writes:
    """The writes into one block of memory: the latest one for each span of bytes."""

    __slots__ = ("latest", "owner", "spans")

    def __init__(self, owner: weakref.ref[Any]) -> None:
        self.owner = owner
        self.latest = 0
        self.spans: dict[tuple[int, int], tuple[int, str]] = {}


_LOG: dict[int, _Writes] = {}
_last_write = 0


def last_write() -> int:
    """The time of the newest write anywhere; nodes recorded later need no check."""
    return _last_write


def memory_owner(array: Any) -> Any:
    """The object at the end of the ``.base`` chain: views of one memory have it in common."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def log_write(array: np.ndarray, by: str) -> None:
    """Note that ``array``'s memory has just been written ``by`` something."""
    global _last_write
    if (watch := current_mode().watch) is not None:
        by += watch.line()
    owner = memory_owner(array)
    key = id(owner)
    writes = _LOG.get(key)
    if writes is None:
        try:
            alive = weakref.ref(owner, lambda _: _LOG.pop(key, None))
        except TypeError:  # memory lent by an object that cannot be watched (bytes, mmap)
            return
        writes = _LOG[key] = _Writes(alive)
    if len(writes.spans) >= _MOST_SPANS:  # many small writes: remember them as one
        writes.spans = {(0, sys.maxsize): (writes.latest, by)}
    _last_write = writes.latest = tick()
    writes.spans[byte_bounds(array)] = (_last_write, by)


def check_unwritten(array: np.ndarray, since: int, saved_by: object) -> None:
    """Raise SavedArrayError if ``array``'s memory was written after ``since``; ``saved_by`` is for the message."""
    writes = _LOG.get(id(memory_owner(array)))
    if writes is None or writes.latest < since or not array.size:
        return
    low, high = byte_bounds(array)
    for (start, stop), (when, by) in writes.spans.items():
        if when > since and start < high and low < stop:
            raise SavedArrayError(
                f"{saved_by}: an array of shape {array.shape} that its derivative needs was written by "
                f"{by} after it was saved. Write before the forward pass or after backward(), or keep "
                f"the old values with .clone() and work on the copy."
            )
