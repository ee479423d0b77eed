"""Repeats: what modules do again and again, such as twelve equal layers, is shown once and marked "× 12"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from .calls import Call, common, within
from .captions import SYMBOLS, from_to
from .folding import contents, folded_call, gather, hidden, unfolded
from .picture import Box, Kind, Picture, Wire

LONGEST = 8
"""Siblings in one period, at most: a layer, its residual addition, its activation ..."""


@dataclass(frozen=True)
class _Item:
    """One thing among those that ran one after another in a call: a call, a folded module, or an op."""

    boxes: tuple[Box, ...]
    call: Call | None  # if it is a call that is drawn open
    outer: Call | None  # the call around it
    structure: int  # equal for items of equal structure

    @property
    def module(self) -> Call | None:
        """The call that it is, open or folded; None for an op."""
        return self.call or folded_call(self.boxes[0])

    @property
    def name(self) -> str:
        """Of the module; "" for an op."""
        if self.module:
            return self.module.name
        return self.boxes[0].text if self.boxes[0].kind is Kind.MODULE else ""


def merge_repeats(picture: Picture) -> Picture:
    """Show sibling modules of equal structure that ran one after another as one.

    Equal are the ops with their options, shapes and wires, and the names but for the numbers in them; of what takes
    parts of an array, such as one step of a sequence, it does not matter which part. Each box
    then stands for those at its place in all of the repeats, and a wire from one repeat to the next leads back.

    Args:
        picture: as it is, or folded before.

    Returns:
        A Picture with fewer boxes, or the same. ``unfold`` brings all of them back.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(2.0, requires_grad=True, name="x")
        >>> for i in range(12):
        ...     with module_path(f"layers.{i}"):
        ...         x = ag.tanh(x)
        >>> merged = merge_repeats(picture(ag.graph(x)))
        >>> [(box.text, box.call and box.call.title, len(box.inside)) for box in merged.boxes]
        [('x', None, 0), ('tanh', 'layers.0 … layers.11 × 12', 12), ('out', None, 0)]
        >>> [(wire.source, wire.count) for wire in merged.wires]
        [('v0', 1), ('v1.x12', 11), ('v1.x12', 1)]
    """
    search = _Search(picture)
    folded = [box for run in search.runs() for box in _merged(run)]
    return gather(picture, _with_leaves(picture, folded)) if folded else picture


class _Search:
    """Finds runs of repeats: first on the outside, then within what is not repeated."""

    def __init__(self, picture: Picture) -> None:
        self._incoming = _by_target(picture.wires)
        self._numbers: dict[Hashable, int] = {}
        self._boxes: dict[Call | None, list[Box]] = {}  # directly in a call, leaves too
        self._steps: dict[Call | None, list[Box | Call]] = {}  # what ran directly in a call, in order
        for box in picture.boxes:
            self._boxes.setdefault(box.call, []).append(box)
            if box.kind in (Kind.OPERATION, Kind.MODULE) or (box.kind is Kind.CONSTANT and _is_number(box)):
                self._add(box)

    def _add(self, box: Box) -> None:
        step: Box | Call = box
        for call in (*(box.call.chain() if box.call else ()), None):
            begun = call in self._steps
            self._steps.setdefault(call, []).append(step)
            if begun or call is None:
                break
            step = call

    def runs(self) -> Iterator[list[list[_Item]]]:
        """Each run as its repeats, and each repeat as its items."""
        pending: list[Call | None] = [None]
        while pending:
            steps = self._steps.get(pending.pop(), [])
            items = [self._item(step) for step in steps] if sum(map(_is_module, steps)) > 1 else []
            pending += [] if items else [step for step in steps if isinstance(step, Call)]
            i = 0
            while i < len(items):
                run = self._run(items, i)
                if len(run) == 1 and (call := items[i].call):
                    pending.append(call)
                i += len(run) * len(run[0])
                if len(run) > 1:
                    yield run

    def _item(self, step: Box | Call) -> _Item:
        if isinstance(step, Box):
            return _Item((step,), None, step.call, self._structure([step], step.call))
        boxes = sorted(self._below(step), key=lambda box: box.rank)
        return _Item(tuple(boxes), step, step.outer, self._structure(boxes, step.outer))

    def _below(self, call: Call) -> Iterator[Box]:
        pending = [call]
        while pending:
            inner = pending.pop()
            yield from self._boxes.get(inner, ())
            pending += [step for step in self._steps.get(inner, ()) if isinstance(step, Call)]

    def _structure(self, boxes: Sequence[Box], outer: Call | None) -> int:
        """A number that is equal for equal structures."""
        structure = _structure(boxes, self._incoming, len(outer.path) + 1 if outer else 0)
        return self._numbers.setdefault(structure, len(self._numbers))

    def _run(self, items: list[_Item], start: int) -> list[list[_Item]]:
        """The longest run that begins with the item at ``start``, which may be that item alone."""
        best = [items[start : start + 1]]
        for period in range(1, min(LONGEST, (len(items) - start) // 2) + 1):
            first = items[start : start + period]
            if not any(item.name for item in first):
                continue
            end = start + period
            while end < len(items) and items[end].structure == items[end - period].structure:
                end += 1
            windows = [items[i : i + period] for i in range(start, end - period + 1, period)]
            if len(windows) > 1 and len(windows) * period > len(best) * len(best[0]):
                run = windows if period == 1 else list(takewhile(self._equal_to(first), windows))
                best = max(best, run, key=lambda run: len(run) * len(run[0]))
        return best

    def _equal_to(self, first: list[_Item]) -> Callable[[list[_Item]], bool]:
        """Whether the items of a window also have the same wires among them."""
        def whole(window: list[_Item]) -> int:
            return self._structure([box for item in window for box in item.boxes], first[0].outer)

        wanted = whole(first)
        return lambda window: whole(window) == wanted


def _structure(boxes: Sequence[Box], incoming: Mapping[str, list[Wire]], prefix: int) -> Hashable:
    """What is equal for boxes of equal structure: what they do, and the wires among them."""
    places = {box.id: i for i, box in enumerate(boxes)}
    return tuple(
        (
            box.kind, numberless(box.text), numberless(box.note) if box.text == SYMBOLS["getitem"] else box.note,
            box.operands, numberless(box.module[prefix:]),
            box.value and (box.value.shape, box.value.dtype),
            tuple(sorted(_entrances(incoming.get(box.id, ()), places).items())),
            _structure(list(unfolded(box.inside)), _by_target(hidden(box)), 0) if box.inside else None,
        )
        for box in boxes
    )


def _entrances(wires: Iterable[Wire], places: Mapping[str, int]) -> Counter[tuple[int, int]]:
    """How many wires come to each place from each of the boxes that count, -1 for all others."""
    entrances: Counter[tuple[int, int]] = Counter()
    for wire in wires:
        entrances[wire.place, places.get(wire.source, -1)] += wire.count
    return entrances


def _by_target(wires: Iterable[Wire]) -> dict[str, list[Wire]]:
    incoming: dict[str, list[Wire]] = {}
    for wire in wires:
        incoming.setdefault(wire.target, []).append(wire)
    return incoming


def _is_module(step: Box | Call) -> bool:
    return isinstance(step, Call) or step.kind is Kind.MODULE


def _is_number(box: Box) -> bool:
    return box.value is not None and box.value.shape == ()


@lru_cache(1024)
def numberless(text: str) -> str:
    """A name but for the numbers in it, in which those of repeats differ."""
    return re.sub(r"\d+", "#", text)


# What is shown instead


def _merged(run: list[list[_Item]]) -> list[Box]:
    """One box for each place in a repeat."""
    times, first = len(run), run[0]
    names = [item.name for window in run for item in window if item.name]
    title = f"{names[0]} … {names[-1]} × {times}" if names[0] != names[-1] else f"{names[0]} × {times} calls"
    kinds = {item.module.kind for window in run for item in window if item.module}
    kind = kinds.pop() if len(kinds) == 1 else ""
    around = first[0].outer
    frame = Call(first[0].boxes[0].module, title, around, around.level + 1 if around else 0, times=times, kind=kind)
    alone = first[0].call is None and len(first) == 1  # a folded module needs no frame
    frames: dict[Call | None, Call | None] = {around: around}
    if not alone:
        frames[first[0].call if len(first) == 1 else around] = frame
    rows = [[box for item in window for box in item.boxes] for window in run]
    return [
        replace(column[0], id=f"{column[0].id}.x{times}", times=times, inside=column, name=None,
                text=frame.title if alone else column[0].text,
                note=from_to([box.note for box in column]),
                about=f"{column[0].about}: {times} times, up to {column[-1].about}",
                call=_moved(column[0].call, frames))
        for column in zip(*rows, strict=True)
    ]


def _moved(call: Call | None, frames: dict[Call | None, Call | None]) -> Call | None:
    """The frame that stands for a call: itself in another frame, if the one around it was replaced."""
    waiting: list[Call] = []
    while call is not None and call not in frames:
        waiting.append(call)
        call = call.outer
    for inner in reversed(waiting):
        outer = frames[inner.outer]
        frames[inner] = replace(inner, outer=outer, level=outer.level + 1 if outer else 0)
        call = inner
    return frames[call]


def _with_leaves(picture: Picture, folded: list[Box]) -> list[Box]:
    """Also take in the leaves that only repeats use: parameters that they share, and the data that each one gets."""
    owner = {member.id: i for i, box in enumerate(folded) for member in box.inside}
    uses: dict[str, list[tuple[int | None, int]]] = {}
    for wire in picture.wires:
        uses.setdefault(wire.source, []).append((owner.get(wire.target), wire.place))
    data: dict[Hashable, list[Box]] = {}
    taken: dict[str, list[Box]] = {}
    for box in picture.boxes:
        users = {user for user, _ in uses.get(box.id, ())}
        if box.id in owner or not users or None in users:
            continue
        if box.kind is Kind.CONSTANT and box.value:
            data.setdefault((box.value.shape, box.value.dtype, *sorted(uses[box.id])), []).append(box)
        elif box.kind is Kind.PARAMETER:
            homes = [folded[user] for user in users if user is not None]
            if len(homes) == 1 and homes[0].kind is Kind.MODULE:
                taken.setdefault(homes[0].id, []).append(box)
            elif home := common(home.call for home in homes):
                text = within(f"{box.module}.{box.text}" if box.module else box.text, home)
                folded.append(replace(box, id=f"{box.id}.x1", text=text, inside=(box,), call=home))
    folded += [replace(same[0], id=f"{same[0].id}.x{len(same)}", inside=tuple(same), times=len(same))
               for same in data.values() if len(same) > 1]
    return [
        replace(box, inside=(*box.inside, *taken[box.id]), note=contents([box.inside[0], *taken[box.id]]))
        if box.id in taken else box
        for box in folded
    ]
