"""Which foldings a page can show: every depth, and modules opened one by one, as many as a bounded page can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..looks.frames import NESTED
from ..pictures.calls import Call
from ..pictures.cutting import apart
from ..pictures.fitting import fitted
from ..pictures.folding import fold
from ..pictures.picture import Picture

ROOM = 10
"""The pictures of modules opened one by one hold so many times ``max_nodes`` boxes, at most."""


@dataclass(frozen=True)
class Folding:
    """Modules are open down to a depth, and below that one in another along one chain."""

    depth: int  # so many levels are open everywhere
    inner: Call | None = None  # the innermost one that is open below that

    def chain(self) -> list[Call]:
        """The calls that are open below the depth, from the innermost."""
        return [call for call in self.inner.chain() if call.level >= self.depth] if self.inner else []


class Foldings:
    """A page's foldings, and how one leads to another.

    A module opens alone: what was open by depth stays open, and what was opened alone elsewhere closes. Where there is
    no room for all the pictures that takes, all that is not around the module closes; where there is none for those
    either, all modules of its depth open with it.

    Args:
        whole: the picture in which nothing is folded.
        max_nodes: the most boxes that a picture may have.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(0.5, requires_grad=True, name="x")
        >>> for i in range(3):
        ...     with module_path(f"layer{i}"):
        ...         x = ag.tanh(x * 2)
        >>> foldings = Foldings(picture(ag.graph(x)), max_nodes=400)
        >>> for each in foldings.all:
        ...     print(each.depth, each.inner and each.inner.title, len(foldings.drawn(each).boxes))
        0 None 5
        1 None 11
        0 layer0 7
        0 layer1 7
        0 layer2 7
        >>> foldings.opened(foldings.all[2], foldings.all[3].inner) == foldings.all[3]
        True
    """

    def __init__(self, whole: Picture, max_nodes: int) -> None:
        self._whole, self._max_nodes = whole, max_nodes
        calls = dict.fromkeys(call for box in whole.boxes if box.call for call in box.call.chain())
        self._by_level: list[list[Call]] = [[] for _ in range(1 + max((call.level for call in calls), default=-1))]
        for call in calls:
            self._by_level[call.level].append(call)
        self._numbers = {call: i for i, call in enumerate(calls)}
        # Opening a call takes its box away, and adds what is directly in it.
        held = Counter(box.call for box in whole.boxes) + Counter(call.outer for call in calls)
        self._gain = {call: held[call] - 1 for call in calls}
        self._sizes = [held[None]]  # by depth
        for level in self._by_level:
            self._sizes.append(self._sizes[-1] + sum(self._gain[call] for call in level))
        too_large = (depth for depth, size in enumerate(self._sizes) if size > max_nodes)
        self.deepest = next(too_large, len(self._by_level))
        """The last depth that is drawn; if all of it is too large, as much as fits."""
        self.all = [Folding(depth) for depth in range(self.deepest + 1)]
        self._known = set(self.all)
        self._add_chains(ROOM * max_nodes)

    def _add_chains(self, room: int) -> None:
        for depth, level in self._groups():
            group = {folding: size for call in self._by_level[level]
                     if (folding := self._folding(depth, call)) not in self._known
                     and (size := self._size(folding)) <= self._max_nodes}
            if (taken := sum(group.values())) <= room:  # all or none, so that neighbours behave alike
                self.all += group
                self._known |= group.keys()
                room -= taken

    def _groups(self) -> Iterator[tuple[int, int]]:
        """Depths, and levels at which modules open: what is needed most comes first."""
        levels = range(min(len(self._by_level), NESTED))
        yield from ((0, level) for level in levels)
        for further in levels:
            yield from ((depth, depth + further) for depth in levels[1:] if depth + further in levels)

    def _folding(self, depth: int, inner: Call | None) -> Folding:
        """Equal foldings are written in one way: with the depth as large as it can be."""
        path = [*inner.chain()][::-1] if inner else []
        while depth < len(path) and len(self._by_level[depth]) == 1:
            depth += 1
        return Folding(depth, inner if depth < len(path) else None)

    def _size(self, folding: Folding) -> int:
        return self._sizes[folding.depth] + sum(self._gain[call] for call in folding.chain())

    def label(self, folding: Folding) -> str:
        """What a folding is called on the page."""
        if folding.inner:
            return f"depth {folding.depth} + {folding.inner.title}"
        if self._sizes[folding.depth] > self._max_nodes:
            return "as much as fits"
        return "all open" if folding.depth == len(self._by_level) else f"depth {folding.depth}"

    def drawn(self, folding: Folding) -> Picture:
        """The picture of a folding."""
        if folding.inner is None and self._sizes[folding.depth] > self._max_nodes:
            return apart(fitted(self._whole, self._max_nodes))
        chain = set(folding.chain())
        return apart(fold(self._whole, lambda call: call.level >= folding.depth and call not in chain))

    def number(self, call: Call) -> int:
        """Of a call, the same in all pictures."""
        return self._numbers[call]

    def opened(self, folding: Folding, call: Call) -> Folding:
        """The folding in which a module that is folded now is open."""
        return self._nearest(folding.depth, call) or Folding(min(call.level + 1, self.deepest))

    def companions(self, call: Call, opened: Folding) -> int:
        """How many other modules open with a call."""
        return 0 if opened.inner else len(self._by_level[call.level]) - 1

    def closed(self, folding: Folding, call: Call) -> Folding | None:
        """The folding in which a module that is open now is folded; None if there is none."""
        if call in folding.chain():
            around = call.outer if call.outer and call.outer.level >= folding.depth else None
            return self._nearest(folding.depth, around) or Folding(folding.depth)
        # The others are open by depth, or in a picture of as much as fits, where a frame may also stand for repeats.
        return Folding(call.level) if call in self._gain and call.level < folding.depth else None

    def _nearest(self, depth: int, inner: Call | None) -> Folding | None:
        """With a chain open, and as much around it as there is room for."""
        shallower = (self._folding(d, inner) for d in range(min(depth, self.deepest), -1, -1))
        return next((folding for folding in shallower if folding in self._known), None)
