"""Folding: several boxes become one, which keeps them inside with all their wires; unfolding brings them back.

A fold is a partition of the boxes. It never loses a wire: one that crosses the border is drawn, merged with those
that go the same way, and one between two boxes inside is hidden with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from .calls import Call
from .picture import Box, Kind, Picture, Wire
from .pooled import summed_up


def fold(picture: Picture, closed: Callable[[Call], bool]) -> Picture:
    """Fold calls of modules, each into one box.

    Args:
        picture: as it is, or folded before.
        closed: which calls to fold; inside a folded one, all are.

    Returns:
        A Picture with a box of ``Kind.MODULE`` for every outermost call that is closed.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(2.0, requires_grad=True, name="x")
        >>> with module_path("layer"):
        ...     y = ag.exp(x * x)
        >>> whole = picture(ag.graph(y))
        >>> folded = fold(whole, lambda call: call.path == "layer")
        >>> [(box.text, box.note) for box in folded.boxes]
        [('x', ''), ('layer', '*, exp'), ('out', '')]
        >>> [wire.count for wire in folded.wires]
        [2, 1]
        >>> unfold(folded) == whole
        True
    """
    outermost: dict[Call | None, Call | None] = {None: None}
    members: dict[Call, list[Box]] = {}
    for box in picture.boxes:
        if box.call not in outermost:
            closing = [call for call in box.call.chain() if closed(call)] if box.call else []
            outermost[box.call] = closing[-1] if closing else None
        if (call := outermost[box.call]) is not None:
            members.setdefault(call, []).append(box)
    return gather(picture, [_module(call, boxes) for call, boxes in members.items()])


def gather(picture: Picture, folded: Sequence[Box]) -> Picture:
    """Put boxes of a picture into new ones.

    Args:
        picture: as it is, or folded before.
        folded: the new boxes. Each has in ``inside`` boxes of the picture; what its wires, value, gradient and rank
            are is worked out here.

    Returns:
        The Picture with the new boxes in their place.
    """
    if not folded:
        return picture
    gone = {member.id for box in folded for member in box.inside}
    kept = [box for box in picture.boxes if box.id not in gone]
    placed = [replace(box, rank=max(member.rank for member in box.inside), hidden=()) for box in folded]
    return _assembled([*kept, *placed], _unmerged(picture.wires), picture.remarks)


def unfold(picture: Picture, id: str | None = None) -> Picture:
    """Bring back what was folded.

    Args:
        picture: folded, or not.
        id: of the one box to unfold by one level; None for all of them, to the last level.

    Returns:
        A Picture. If nothing is left folded, it is equal to the one that was folded first.
    """
    boxes = list(picture.boxes)
    wires = list(_unmerged(picture.wires))
    while folded := [box for box in boxes if box.inside and id in (None, box.id)]:
        boxes = [box for box in boxes if not (box.inside and id in (None, box.id))]
        boxes += [member for box in folded for member in box.inside]
        wires += [wire for box in folded for wire in box.hidden]
        if id is not None:
            break
    return _assembled(boxes, wires, picture.remarks)


def unfolded(boxes: Iterable[Box]) -> Iterator[Box]:
    """All that is in some boxes, to the last level: only boxes in which nothing is folded."""
    stack = list(boxes)[::-1]
    while stack:
        box = stack.pop()
        if box.inside:
            stack += box.inside[::-1]
        else:
            yield box


def hidden(box: Box) -> Iterator[Wire]:
    """All the wires hidden in a box, to the last level."""
    stack = [box]
    while stack:
        box = stack.pop()
        yield from box.hidden
        stack += box.inside


def contents(boxes: Iterable[Box]) -> str:
    """What a folded box holds, in a few words.

    Args:
        boxes: those inside.

    Returns:
        Up to three ops by name, else their number; and how many numbers are learned.
    """
    every = list(unfolded(boxes))
    ops = [box.text for box in every if box.kind is Kind.OPERATION]
    learned = sum(math.prod(box.value.shape) for box in every if box.kind is Kind.PARAMETER and box.value)
    parts = [", ".join(ops) if len(ops) <= 3 else f"{len(ops):,} ops"] if ops else []
    return ", ".join([*parts, *([f"{learned:,} parameter{'s' * (learned > 1)}"] if learned else [])])


def folded_call(box: Box) -> Call | None:
    """The call that is folded into a box; None for what is none, or stands for several."""
    within = box.inside[-1].call if box.kind is Kind.MODULE and box.times == 1 else None
    return next((call for call in within.chain() if call.outer is box.call), None) if within else None


def _module(call: Call, boxes: list[Box]) -> Box:
    note = contents(boxes)
    return Box(id=f"{boxes[0].id}.module", kind=Kind.MODULE, text=call.title, note=note, operands=(),
               about=f"module {call.path}: {note}", call=call.outer, name=None, value=None, gradient=None, rank=0,
               inside=tuple(boxes))


def _unmerged(wires: Iterable[Wire]) -> Iterator[Wire]:
    for wire in wires:
        yield from wire.merged or (wire,)


def _assembled(boxes: list[Box], wires: Iterable[Wire], remarks: tuple[str, ...]) -> Picture:
    """A picture of these boxes, and of the wires of the unfolded picture between what is in them."""
    boxes.sort(key=lambda box: box.rank)
    places = {place.box.id: place for box in boxes for place in _places(box)}
    drawn: dict[tuple[str, str, int], list[Wire]] = {}
    hidden: dict[str, list[Wire]] = {}
    leaving: dict[str, dict[int, Box]] = {}
    for wire in wires:
        start, end = places[wire.source], places[wire.target]
        source, target = start.shown, end.shown
        if source is target and (start.repeat == end.repeat or None in (start.repeat, end.repeat)):
            hidden.setdefault(source.id, []).append(wire)
            continue
        if source.inside:
            leaving.setdefault(source.id, {})[start.box.rank] = start.box
        entrance = 0 if target.kind in (Kind.MODULE, Kind.SEGMENT) else wire.place
        drawn.setdefault((source.id, target.id, entrance), []).append(wire)

    def filled(box: Box) -> Box:
        if not box.inside:
            return box
        out = [member for _, member in sorted(leaving.get(box.id, {}).items())]
        values = tuple(member.value for member in out if member.value)
        gradients = [member.gradient for member in out if member.gradient]
        return replace(box, value=summed_up(values), gradient=summed_up(gradients),
                       values=values if len(values) > 1 else (), hidden=(*box.hidden, *hidden.get(box.id, ())))

    merged = [
        group[0] if (source, target) == (group[0].source, group[0].target) and len(group) == 1
        else Wire(source, target, entrance, tuple(group))
        for (source, target, entrance), group in drawn.items()
    ]
    ranks = {box.id: box.rank for box in boxes}
    merged.sort(key=lambda wire: (ranks[wire.target], wire.place, ranks[wire.source]))
    return Picture(tuple(map(filled, boxes)), tuple(merged), remarks)


class _Place(NamedTuple):
    """Where a box of the unfolded picture is."""

    box: Box
    shown: Box  # the box itself, or the folded one that it is in
    repeat: int | None = None  # in a box that stands for repeats: in which of them; None if that does not matter


def _places(box: Box) -> Iterator[_Place]:
    if not box.inside:
        yield _Place(box, box)
    for i, member in enumerate(box.inside):
        repeat = i if i < box.times > 1 else None  # what comes after the repeats is shared by all
        for inner in unfolded([member]):
            yield _Place(inner, box, repeat)
