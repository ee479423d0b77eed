"""Two pictures in one: what both have is there once, and beside it what only one has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from ..pictures.calls import Call
from ..pictures.picture import Box, Kind, Picture, Wire
from .alignment import Pairing, paired


class Sides(NamedTuple):
    """A box as it is in each of the two pictures; None where it is not."""

    before: Box | None
    after: Box | None


@dataclass(frozen=True)
class Joined:
    """A picture of two, and where its parts are from."""

    picture: Picture
    boxes: Mapping[str, Sides]  # by id in the joined picture
    wires: Mapping[Wire, str]  # "before" or "after", of those that only one has


def joined(before: Picture, after: Picture) -> Joined:
    """Join two pictures.

    Args:
        before: with all its modules open.
        after: too. What both have looks as it does here, and has the id that it has here.

    Returns:
        A Joined picture, in which nothing is folded. What only ``before`` has is where it would be in ``after``.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> both = joined(picture(ag.graph(ag.exp(x))), picture(ag.graph(ag.exp(ag.tanh(x)))))
        >>> [(box.text, both.boxes[box.id].before is not None) for box in both.picture.boxes]
        [('x', True), ('tanh', False), ('exp', True), ('out', True)]
        >>> [(wire.source, wire.target, side) for wire, side in both.wires.items()]
        [('v0', 'v1', 'after'), ('v1', 'v2', 'after'), ('v0', 'v2', 'before')]
    """
    pairing = paired(before, after)
    ids = {box.id: pairing.boxes.get(box.id, f"before_{box.id}") for box in before.boxes}
    sides = {ids[box.id]: Sides(box, None) for box in before.boxes}
    sides |= {box.id: Sides(sides.get(box.id, Sides(None, None)).before, box) for box in after.boxes}
    moved = {wire: replace(wire, source=ids[wire.source], target=ids[wire.target]) for wire in before.wires}
    old, new = set(moved.values()), set(after.wires)
    wires = [*after.wires, *(wire for wire in moved.values() if wire not in new)]
    calls = _calls(before, after, pairing)
    order = _order(before, after, ids, wires)
    boxes = [_box(sides[id], id, calls, rank) for rank, id in enumerate(order)]
    only = {wire: "after" if wire in new else "before" for wire in wires if (wire in new) != (wire in old)}
    ranks = {id: rank for rank, id in enumerate(order)}
    wires.sort(key=lambda wire: (ranks[wire.target], wire.place, ranks[wire.source]))
    return Joined(Picture(tuple(boxes), tuple(wires)), sides, only)


def _calls(before: Picture, after: Picture, pairing: Pairing) -> dict[Call | None, Call | None]:
    """The call in the joined picture that stands for each call in one of the two."""
    kinds = {new: old.kind for old, new in pairing.calls.items()}
    calls: dict[Call | None, Call | None] = {None: None}
    for box in (*after.boxes, *before.boxes):
        waiting: list[Call] = []
        call = box.call
        while call not in calls:
            assert call is not None
            waiting.append(call)
            call = call.outer
        for inner in reversed(waiting):
            partner = pairing.calls.get(inner, inner)
            if partner in calls:  # ``after`` came first
                calls[inner] = calls[partner]
            else:
                kind = _then_now(kinds.get(inner, inner.kind), inner.kind)
                calls[inner] = replace(inner, outer=calls[inner.outer], kind=kind)
    return calls


def _order(before: Picture, after: Picture, ids: Mapping[str, str], wires: list[Wire]) -> list[str]:
    """Ids in an order in which operands come first, and both orders of recording are kept."""
    sources: dict[str, list[str]] = {}
    for wire in wires:
        sources.setdefault(wire.target, []).append(wire.source)
    order: dict[str, None] = {}
    for id in _steps(before, after, ids):
        order |= dict.fromkeys([*sources.get(id, ()), id])  # leaves not before they are needed
    return list(order)


def _steps(before: Picture, after: Picture, ids: Mapping[str, str]) -> Iterator[str]:
    """All ids: what only ``before`` has goes in front of the next op that both have, its outputs to the end."""
    mine, theirs = {box.id for box in after.boxes}, set(ids.values())
    ops = iter([ids[box.id] for box in before.boxes if box.kind is Kind.OPERATION])
    for box in after.boxes:
        if box.kind is Kind.OPERATION and box.id in theirs:
            yield from takewhile(box.id.__ne__, ops)
        if box.kind is not Kind.OUTPUT:
            yield box.id
    yield from ops
    yield from (box.id for box in after.boxes if box.kind is Kind.OUTPUT)
    yield from (ids[box.id] for box in before.boxes if ids[box.id] not in mine)


def _box(sides: Sides, id: str, calls: Mapping[Call | None, Call | None], rank: int) -> Box:
    box = sides.after or sides.before
    assert box is not None
    note, operands, arity = box.note, box.operands, box.arity
    if sides.before and sides.after:
        note = _then_now(sides.before.note, note)
        operands = max(sides.before.operands, operands, key=len)
        arity = max(sides.before.arity, arity)
    return replace(box, id=id, note=note, operands=operands, arity=arity, call=calls[box.call], rank=rank)


def _then_now(before: str, after: str) -> str:
    return after if before == after else f"{before or 'none'} → {after or 'none'}"
