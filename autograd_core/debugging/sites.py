"""Where something happened: the line of the user's own code, whatever ran beneath it in this library."""

from __future__ import annotations

import functools
import linecache
import os
import sys
import weakref
from collections.abc import Collection
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ..recording import Node
    from .cuts import Cut

_HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_INSIDE = (
    *(os.path.join(_HOME, package, "") for package in ("autograd_core", "nn", "optim", "viz")),
    os.path.join(os.path.dirname(np.__file__), ""),
)
"""Where the lines are that nobody wants to see: another line called them, and that one counts."""


class Site(NamedTuple):
    """A line of source code; as a string ``model.py:31``."""

    file: str
    line: int
    function: str

    @property
    def text(self) -> str:
        """The line itself, without its indentation; empty where the source is not at hand."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        nearby = os.path.relpath(self.file) if os.path.isabs(self.file) else self.file
        return f"{self.file if nearby.startswith(os.pardir) else nearby}:{self.line}"


@dataclass(slots=True)
class Origin:
    """Where a node was recorded; as a string ``exp at model.py:31 (in net.layer1)``."""

    op: str
    path: str  # of the module that was running
    site: Site | None
    # Only in debug_mode:
    cuts: dict[int, Cut] = field(default_factory=dict)  # constant operands that came out of a graph, by position
    leaves: frozenset[weakref.ref[Node]] | None = None  # the leaves that it was computed from

    def __str__(self) -> str:
        return self.op + (f" at {self.site}" if self.site else "") + (f" (in {self.path})" if self.path else "")


def here(until: Collection[CodeType] = ()) -> Site | None:
    """The innermost line outside this library that is running now.

    Args:
        until: functions outside which not to look.

    Returns:
        The site; None where there is no such line.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code not in until:
        if not _is_inside(frame.f_code.co_filename):
            return Site(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back
    return None


@functools.cache
def _is_inside(file: str) -> bool:
    return file.startswith(_INSIDE)


def origin_of(node: Node) -> Origin | None:
    """What a debugging mode noted when ``node`` was recorded; None if none was on."""
    return getattr(node, "origin", None)


def site_of(node: Node) -> Site | None:
    """The line of the user's code that recorded ``node``; None if no debugging mode was on.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.debugging import site_of
        >>> x = ag.tensor(2.0, requires_grad=True)
        >>> with ag.debug_mode():
        ...     y = ag.exp(x)
        >>> site_of(y.node).text
        'y = ag.exp(x)'
    """
    origin = origin_of(node)
    return None if origin is None else origin.site
