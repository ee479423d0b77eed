"""Which boxes of two pictures are the same step of the same computation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from ..pictures.calls import Call
from ..pictures.picture import Box, Kind, Picture

LIMIT = 64
"""Differences after which the best alignment so far is settled, which keeps the work linear in the length."""

Step = Box | Call
_Runs = tuple[int, int, int, "_Runs | None"]  # begin in both, length; and the runs before


class Pairing(NamedTuple):
    """What belongs together, each at most once: from the first picture's to the second's."""

    boxes: dict[str, str]  # ids
    calls: dict[Call, Call]


def paired(before: Picture, after: Picture) -> Pairing:
    """Find the partners of boxes: ops by module path, op and order; leaves by module path and name.

    Ops that ran directly in a call are aligned with those of the same call in the other picture, so that as few as
    possible have no partner and none change their order. The names of parameters tell ops apart. Leaves without
    a name of their own are partners if the same operand of two partners is one, and so are constants.

    Args:
        before: with all its modules open.
        after: too.

    Returns:
        A Pairing.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> paired(picture(ag.graph(ag.exp(x))), picture(ag.graph(ag.exp(ag.tanh(x))))).boxes
        {'v0': 'v0', 'v1': 'v2', 'v1.out': 'v2.out'}
    """
    return _Pairs(before, after).found()


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest common subsequence of two sequences, or where they differ in many places, a long one.

    Args:
        before: what is compared by ``==``.
        after: too.

    Returns:
        The places of equal items in both, in order.

    Source:
        Eugene W. Myers, "An O(ND) difference algorithm and its variations" (1986), section 4, begun anew after
        every ``LIMIT`` differences.

    Example:
        >>> align("abcd", "xacd")
        [(0, 1), (2, 2), (3, 3)]
    """
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(before) and j < len(after):
        i, j, runs = _furthest(before, after, i, j)
        stretch: list[tuple[int, int]] = []
        while runs is not None:
            start, other, length, runs = runs
            stretch += [(start + k, other + k) for k in reversed(range(length))]
        pairs += stretch[::-1]
    return pairs


def _furthest(before: Sequence[Hashable], after: Sequence[Hashable], i: int, j: int) -> tuple[int, int, _Runs | None]:
    """How far one gets from (i, j) with at most so many differences, and the equal runs on the way."""
    zero = i - j
    best: tuple[int, int, _Runs | None] = i, j, None
    reached: dict[int, tuple[int, _Runs | None]] = {1: (i, None)}  # by diagonal: the place in ``before``
    for differences in range(LIMIT + 1):
        for diagonal in range(-differences, differences + 1, 2):
            down, right = reached.get(diagonal + 1, (-1, None)), reached.get(diagonal - 1, (-2, None))
            place, runs = down if down[0] > right[0] else (right[0] + 1, right[1])
            start, other = place, place - diagonal - zero
            while place < len(before) and other < len(after) and before[place] == after[other]:
                place, other = place + 1, other + 1
            if place > start:
                runs = (start, start - diagonal - zero, place - start, runs)
            reached[diagonal] = place, runs
            if place <= len(before) and other <= len(after) and place + other > best[0] + best[1]:
                best = place, other, runs
        if best[:2] == (len(before), len(after)):
            break
    return best


class _Pairs:
    """Collects partners: named leaves, then ops from the outermost modules inwards, then what those use."""

    def __init__(self, before: Picture, after: Picture) -> None:
        self._sides = before, after
        self._boxes = tuple({box.id: box for box in side.boxes} for side in self._sides)
        self._sources = tuple(_operands(side) for side in self._sides)
        self._pairs: dict[str, str] = {}
        self._taken: set[str] = set()  # ids in ``after``
        self._calls: dict[Call, Call] = {}

    def found(self) -> Pairing:
        names = tuple(_names(side.boxes) for side in self._sides)
        for name in names[0].keys() & names[1].keys():
            self._pair(names[0][name], names[1][name])
        self._pair_ops()
        for first, second in list(self._pairs.items()):
            self._pair_operands(first, second)
        self._pair_outputs()
        order = {box.id: box.rank for box in self._sides[0].boxes}
        return Pairing(dict(sorted(self._pairs.items(), key=lambda pair: order[pair[0]])), self._calls)

    def _pair(self, first: str, second: str) -> None:
        self._pairs[first] = second
        self._taken.add(second)

    def _pair_ops(self) -> None:
        named = {(side, id) for pair in self._pairs.items() for side, id in enumerate(pair)}
        steps = tuple(_steps(side.boxes) for side in self._sides)
        pending: list[tuple[Call | None, Call | None]] = [(None, None)]
        while pending:
            inside = tuple(of.get(call, []) for of, call in zip(steps, pending.pop(), strict=True))
            tokens = tuple([self._token(side, step, named) for step in inside[side]] for side in (0, 1))
            for i, j in align(*tokens):
                first, second = inside[0][i], inside[1][j]
                if isinstance(first, Call) and isinstance(second, Call):
                    self._calls[first] = second
                    pending.append((first, second))
                elif isinstance(first, Box) and isinstance(second, Box):
                    self._pair(first.id, second.id)

    def _token(self, side: int, step: Step, named: set[tuple[int, str]]) -> Hashable:
        """What is equal for steps that can be partners."""
        if isinstance(step, Call):
            return "call", str(step.path)
        sources = self._sources[side].get(step.id, {})
        if len(sources) < 2:
            return step.text
        leaves = [self._boxes[side][sources[place]] for place in sorted(sources) if (side, sources[place]) in named]
        # What is learned tells ops apart, and it usually comes last; data can go through another op first.
        leaves.sort(key=lambda box: box.kind is Kind.PARAMETER)
        return step.text, *map(_name, leaves[-1:])

    def _pair_operands(self, first: str, second: str) -> None:
        """Pair leaves and constants that are the same operand of partners."""
        others = self._sources[1].get(second, {})
        for place, source in self._sources[0].get(first, {}).items():
            other = others.get(place)
            if other is None or source in self._pairs or other in self._taken:
                continue
            kinds = self._boxes[0][source].kind, self._boxes[1][other].kind
            if kinds[0] is kinds[1] is not Kind.OPERATION:
                self._pair(source, other)

    def _pair_outputs(self) -> None:
        """Pair what partners give, and the others in their order."""
        first, second = ([box.id for box in side.boxes if box.kind is Kind.OUTPUT] for side in self._sides)
        by_source = {self._sources[1][id][0]: id for id in second}
        for id in first:
            other = by_source.get(self._pairs.get(self._sources[0][id][0], ""))
            if other is not None:
                self._pair(id, other)
        rest = [id for id in first if id not in self._pairs], [id for id in second if id not in self._taken]
        for id, other in zip(*rest, strict=False):
            self._pair(id, other)


def _operands(picture: Picture) -> dict[str, dict[int, str]]:
    """By the id of a box: where each of its operands comes from."""
    sources: dict[str, dict[int, str]] = {}
    for wire in picture.wires:
        sources.setdefault(wire.target, {})[wire.place] = wire.source
    return sources


def _names(boxes: Iterable[Box]) -> dict[Hashable, str]:
    """Leaves by kind, module and name, if there is only one."""
    named = [box for box in boxes if box.kind in (Kind.INPUT, Kind.PARAMETER) and box.text != box.kind.value]
    counts = Counter(map(_name, named))
    return {_name(box): box.id for box in named if counts[_name(box)] == 1}


def _name(box: Box) -> Hashable:
    return box.kind, box.module, box.text


def _steps(boxes: Iterable[Box]) -> dict[Call | None, list[Step]]:
    """What ran directly in each call, in order."""
    steps: dict[Call | None, list[Step]] = {None: []}
    for box in boxes:
        if box.kind is Kind.OPERATION:
            step: Step = box
            around = box.call
            while around not in steps:
                steps[around] = [step]
                assert around is not None
                step, around = around, around.outer
            steps[around].append(step)
    return steps
