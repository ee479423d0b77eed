"""Parts of a picture: without some kinds of boxes, around a focus, and with crowded wires taken apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from .calls import Call
from .folding import unfolded
from .picture import Box, Kind, Picture, Wire

CROWD = 24
"""A value with more users than this is drawn again near them: Graphviz takes minutes to route hundreds of wires."""
_AGAIN = ".again"  # in the ids of copies


def without(picture: Picture, kind: Kind) -> Picture:
    """Leave out boxes that nothing goes into, and say so.

    Args:
        picture: any.
        kind: of the boxes to leave out.

    Returns:
        The rest, with a remark if there was something to leave out.
    """
    gone = {box.id for box in picture.boxes if box.kind is kind}
    if not gone:
        return picture
    remark = f"Not drawn: {len(gone):,} {kind.value}{'s' * (len(gone) > 1)}."
    return Picture(tuple(box for box in picture.boxes if box.id not in gone),
                   tuple(wire for wire in picture.wires if wire.source not in gone), (*picture.remarks, remark))


def around(picture: Picture, centre: Collection[str], radius: int) -> Picture:
    """The neighbourhood of some boxes; what is cut off is counted.

    Args:
        picture: as it is, or folded.
        centre: ids of boxes, also of boxes that are inside folded ones.
        radius: how many wires away from them, in any direction.

    Returns:
        A Picture. For each box there that has wires to what is not there, a box ``… n more`` stands for those
        that come from there, and another for those that go there.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(0.5, requires_grad=True, name="x")
        >>> y = x
        >>> for _ in range(9):
        ...     y = y * x
        >>> part = around(picture(ag.graph(y)), ["v5"], radius=1)
        >>> [box.text for box in part.boxes]
        ['x', '… 7 more', '… 1 more', '*', '*', '*', '… 1 more']
    """
    neighbours: dict[str, set[str]] = {box.id: set() for box in picture.boxes}
    for wire in picture.wires:
        neighbours[wire.source].add(wire.target)
        neighbours[wire.target].add(wire.source)
    near = border = {box.id for box in picture.boxes for inner in ([box], unfolded([box])) for part in inner
                     if part.id in centre}
    for _ in range(radius):
        border = {other for id in border for other in neighbours[id]} - near
        near = near | border
    wires = [wire for wire in picture.wires if wire.source in near and wire.target in near]
    cut_in: dict[str, list[Wire]] = {}
    cut_out: dict[str, list[Wire]] = {}
    for wire in picture.wires:
        if wire.target in near and wire.source not in near:
            cut_in.setdefault(wire.target, []).append(wire)
        elif wire.source in near and wire.target not in near:
            cut_out.setdefault(wire.source, []).append(wire)
    boxes: list[Box] = []
    for box in picture.boxes:
        if box.id in near:
            boxes += [*_more(cut_in.get(box.id, ()), box, "in"), box, *_more(cut_out.get(box.id, ()), box, "out")]
    wires += [Wire(f"{id}.more_in", id, cut[0].place, _all(cut)) for id, cut in cut_in.items()]
    wires += [Wire(id, f"{id}.more_out", 0, _all(cut)) for id, cut in cut_out.items()]
    total = len(picture.boxes)
    remark = f"{total - len(near):,} of {total:,} boxes are more than {radius} wires away, and not drawn."
    return Picture(tuple(boxes), tuple(wires), (*picture.remarks, *([remark] if len(near) < total else [])))


def apart(picture: Picture, most: int = CROWD) -> Picture:
    """Draw values that have many users again near those: one copy a module, or one a user where that is still many.

    Args:
        picture: of any kind. Do this last: copies are for the eye, and cannot be unfolded.
        most: the most wires that may leave a value.

    Returns:
        A Picture of the same wires, some of which now come from a copy.
    """
    boxes = {box.id: box for box in picture.boxes}
    crowds: dict[str, list[Wire]] = {}
    for wire in picture.wires:
        crowds.setdefault(wire.source, []).append(wire)
    copies: dict[str, list[Box]] = {}  # by the id of the box that they go in front of
    copied: dict[Wire, Wire] = {}
    for id, crowd in crowds.items():
        if len(crowd) <= most:
            continue
        places: dict[Call | None, list[Wire]] = {}
        for wire in crowd:
            places.setdefault(boxes[wire.target].call, []).append(wire)
        groups: list[list[Wire]] = []
        for wires in places.values():
            groups += [wires] if len(wires) <= most else [[wire] for wire in wires]
        for i, group in enumerate(groups[1:], start=1):
            first = boxes[group[0].target]
            copy = _copy(boxes[id], f"{id}{_AGAIN}{i}", first.call)
            copies.setdefault(first.id, []).append(copy)
            copied |= {wire: replace(wire, source=copy.id, merged=wire.merged or (wire,)) for wire in group}
    if not copied:
        return picture
    return Picture(tuple(each for box in picture.boxes for each in (*copies.get(box.id, ()), box)),
                   tuple(copied.get(wire, wire) for wire in picture.wires), picture.remarks)


def original(id: str) -> str:
    """The id of the box that a copy shows again; of a box that is no copy, its own."""
    return id.partition(_AGAIN)[0]


def leaving(picture: Picture) -> dict[str, list[str]]:
    """By box: the boxes of the unfolded picture whose values leave it, each once; what leaves its copies does, too."""
    found: dict[str, dict[str, None]] = {}
    for wire in picture.wires:
        found.setdefault(original(wire.source), {}).update((each.source, None) for each in wire.merged or (wire,))
    return {id: list(sources) for id, sources in found.items()}


def _more(cut: Iterable[Wire], box: Box, way: str) -> list[Box]:
    count = sum(wire.count for wire in cut)
    if not count:
        return []
    about = f"{count:,} wires {'from' if way == 'in' else 'to'} what is not drawn"
    return [Box(id=f"{box.id}.more_{way}", kind=Kind.MORE, text=f"… {count:,} more", note="", operands=(), about=about,
                call=box.call, name=None, value=None, gradient=None, rank=box.rank + (-1 if way == "in" else 1))]


def _all(wires: Iterable[Wire]) -> tuple[Wire, ...]:
    return tuple(inner for wire in wires for inner in wire.merged or (wire,))


def _copy(box: Box, id: str, call: Call | None) -> Box:
    return Box(id=id, kind=Kind.COPY, text=box.name or box.text, note="", operands=(),
               about=f"{box.about}, drawn again", call=call, name=None, value=None, gradient=None, rank=box.rank)
