"""Ways out of the graph that were taken in a debugging mode: ``.numpy()``, ``.detach()``, ``no_grad``, comparisons ...

What comes out is a constant: no gradient flows through it, and often that was not meant.
"""

from __future__ import annotations

import functools
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..walk import nodes_behind
from ..writes import memory_owner
from .sites import Site, origin_of

if TYPE_CHECKING:
    from ..recording import Node

_MOST = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """One way out of the graph that was taken."""

    kind: str  # ".numpy()", ".detach()", "argmax", "multiply under no_grad"
    site: Site | None
    node: weakref.ref[Node]  # whose values went out (the first such operand)
    leaves: frozenset[weakref.ref[Node]]  # all that they were computed from; the node itself may be gone
    number: float | None  # what came out, if that was a Python number; an array is found by ``cut_behind``

    def __str__(self) -> str:
        return self.kind + (f" at {self.site}" if self.site else "")


_LATEST: deque[Cut] = deque(maxlen=_MOST)
_BY_MEMORY: dict[int, tuple[weakref.ref[Any], Cut]] = {}


def cuts() -> list[Cut]:
    """The latest ways out of a graph that were taken in a debugging mode, oldest first.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.debugging import cuts
        >>> x = ag.tensor([2.0], requires_grad=True)
        >>> with ag.debug_mode():
        ...     y = x.numpy() * 3
        >>> cuts()[-1].kind, cuts()[-1].site.text
        ('.numpy()', 'y = x.numpy() * 3')
    """
    return list(_LATEST)


def cut_behind(array: Any) -> Cut | None:
    """The cut by which the memory of ``array`` came out of a graph, if it did; the latest one."""
    found = _BY_MEMORY.get(id(memory_owner(array)))
    return None if found is None else found[1]


def note_cut(kind: str, site: Site | None, nodes: Sequence[Node], out: Any) -> None:
    """Remember that ``out``, computed from the values of ``nodes``, is outside their graph."""
    number = float(out) if isinstance(out, (int, float)) else None
    leaves = frozenset[weakref.ref[Any]]().union(*(leaves_behind(node) for node in nodes))
    cut = Cut(kind, site, weakref.ref(nodes[0]), leaves, number)
    _LATEST.append(cut)
    for item in out if isinstance(out, (tuple, list)) else (out,):
        data = getattr(item, "_data", item)
        if isinstance(data, np.ndarray):
            owner = memory_owner(data)
            gone = functools.partial(_BY_MEMORY.pop, id(owner))
            _BY_MEMORY[id(owner)] = (weakref.ref(owner, gone), cut)


def leaves_behind(node: Node) -> frozenset[weakref.ref[Node]]:
    """The leaves that ``node`` was computed from."""
    origin = origin_of(node)
    if origin is not None and origin.leaves is not None:
        return origin.leaves
    return frozenset(weakref.ref(behind) for behind in nodes_behind([node]) if not behind.edges)
