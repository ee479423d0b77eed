"""Calls of modules: which operation was recorded in which call, and what encloses what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograd_core.graph import Graph


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module: in a picture, the frame around what it recorded. Every call is an object of its own."""

    path: str  # of the module
    name: str  # of the module within the one around it
    outer: Call | None = field(repr=False)  # the call around it
    level: int = 0  # 0 for the outermost
    number: int = 1  # which of the calls of this module it is
    total: int = 1  # how many there are
    times: int = 1  # of a frame around repeats: how many of them it stands for
    kind: str = ""  # the module's class, if that is known

    @property
    def label(self) -> str:
        """The module's name, and which of its calls this is."""
        return f"{self.name} (call {self.number} of {self.total})" if self.total > 1 else self.name

    @property
    def title(self) -> str:
        """What is written on the frame, such as ``0: Linear``."""
        return f"{self.label}: {self.kind}" if self.kind else self.label

    def chain(self) -> Iterator[Call]:
        """This call, the one around it, and so on to the outermost."""
        call: Call | None = self
        while call is not None:
            yield call
            call = call.outer


def calls(graph: Graph) -> list[Call | None]:
    """The innermost call that recorded each vertex; None outside modules, and for leaves.

    Operations that ran in one call of a module share a path object (see ``autograd_core.modes.ModulePath``). If an
    object comes back after something else ran, that counts as another call, so that no operation outside a call
    lies between two inside it.

    Args:
        graph: from ``ag.graph``.

    Returns:
        One entry for each vertex.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> x = ag.tensor(2.0, requires_grad=True)
        >>> for _ in range(2):
        ...     with module_path("cell"):
        ...         x = ag.tanh(x)
        >>> [call and call.title for call in calls(ag.graph(x))]
        [None, 'cell (call 1 of 2)', 'cell (call 2 of 2)']
    """
    opened: list[tuple[str, int]] = []  # path, and the index of the call around it (-1: none)
    running: list[tuple[str, int]] = []  # path and index of the calls that have begun and not ended
    levels: dict[int, int] = {}  # where in ``running`` a path object is
    places: list[int] = []
    for vertex in graph.vertices:
        entered: list[str] = []
        path = vertex.path if vertex.op else ""
        while path and id(path) not in levels:
            entered.append(path)
            path = getattr(path, "outer", "")
        if vertex.op:
            keep = levels[id(path)] + 1 if path else 0
            while len(running) > keep:
                del levels[id(running.pop()[0])]
        for path in reversed(entered):
            opened.append((path, running[-1][1] if running else -1))
            levels[id(path)] = len(running)
            running.append((path, len(opened) - 1))
        places.append(running[-1][1] if running and vertex.op else -1)
    made = _made(opened)
    return [made[place] if place >= 0 else None for place in places]


def _made(opened: list[tuple[str, int]]) -> list[Call]:
    totals = Counter(path for path, _ in opened)
    so_far: Counter[str] = Counter()
    made: list[Call] = []
    for path, around in opened:
        outer = made[around] if around >= 0 else None
        so_far[path] += 1
        made.append(Call(path, within(path, outer), outer, outer.level + 1 if outer else 0, so_far[path], totals[path],
                         kind=getattr(path, "kind", "")))
    return made


def within(path: str, call: Call | None) -> str:
    """A path as it is said inside a call: without what leads to the call."""
    return path.removeprefix(f"{call.path}.") if call else path


def common(calls: Iterable[Call | None]) -> Call | None:
    """The innermost call that encloses all of some calls.

    Args:
        calls: at least one; None stands for what is outside all modules.

    Returns:
        The Call, or None.
    """
    together, *others = set(calls)
    for other in others:
        while together is not other:
            if together is None or other is None:
                return None
            if together.level >= other.level:
                together = together.outer
            else:
                other = other.outer
    return together
