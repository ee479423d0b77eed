"""Saved arrays with a checksum: a write that nobody could see is found when the array is used."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..errors import SavedArrayError
from ..recording import Node
from ..writes import check_unwritten
from .sites import origin_of


class Sealed(list[Any]):
    """What a rule keeps, as a list that looks at its arrays again whenever it is read."""

    __slots__ = ("names", "saver", "seals", "serial")

    def __init__(self, kept: Iterable[Any], names: list[str], node: Node, sums: dict[int, int]) -> None:
        super().__init__(kept)
        self.names = names
        self.saver, self.serial = origin_of(node), node.serial
        self.seals = [[_sum_of(array, sums) for array in _arrays_in(value)] for value in super().__iter__()]

    def __iter__(self) -> Iterator[Any]:
        sums: dict[int, int] = {}
        for name, value, seals in zip(self.names, super().__iter__(), self.seals, strict=False):  # backward empties it
            for array, seal in zip(_arrays_in(value), seals, strict=True):
                if _sum_of(array, sums) != seal:
                    check_unwritten(array, self.serial, self.saver)  # says by whom, if that is known
                    raise SavedArrayError(
                        f"{self.saver}: {name}, an array of shape {array.shape} that its derivative needs, is not what "
                        f"it was when it was saved. It was written past its Tensor, where no line can be known: into "
                        f"t.data, into an array that was an operand, or through an older view. Write t[...] = v under "
                        f"no_grad after backward(), or pass a copy."
                    )
        return super().__iter__()


def seal(node: Node) -> None:
    """Have ``node`` notice at backward if an array that it keeps has changed by then."""
    primitive: Any = node.primitive  # only leaves have none
    sums: dict[int, int] = {}
    node.edges = tuple(
        (position, parent, Sealed(kept, primitive.keeps[position], node, sums) if kept else kept, fits)
        for position, parent, kept, fits in node.edges
    )


def _sum_of(array: np.ndarray, known: dict[int, int]) -> int:
    """A CRC-32 of its bytes, in which no single change and no exchange of elements is lost."""
    key = id(array)
    if key not in known:
        known[key] = zlib.crc32(np.ascontiguousarray(array).data if array.size else b"")
    return known[key]


def _arrays_in(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _arrays_in(item)
