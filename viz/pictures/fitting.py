"""A picture of bounded size: of a graph that is too large, a coarser one that says so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from .captions import from_to
from .folding import contents, fold, gather, unfolded
from .picture import Box, Kind, Picture
from .repeats import merge_repeats

SEGMENTS = 12
"""So many boxes in a row can still be read."""


def fitted(picture: Picture, max_nodes: int, repeats: bool | None = None) -> Picture:
    """Fold a picture until it has at most so many boxes.

    Modules are folded to the deepest depth that fits; what repeats is shown once, if that saves folding. Where no
    module is left to fold, what was recorded one after another is.

    Args:
        picture: as it is, or folded before.
        max_nodes: the most boxes it may have.
        repeats: whether repeats may be merged; None stands for yes.

    Returns:
        The picture, if it fits; else a coarser one with a remark on how it was folded.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(0.5, requires_grad=True, name="x")
        >>> for _ in range(1000):
        ...     x = ag.tanh(x)
        >>> small = fitted(picture(ag.graph(x)), max_nodes=6)
        >>> [box.text for box in small.boxes]
        ['x', 'ops 1–250', 'ops 251–500', 'ops 501–750', 'ops 751–1,000', 'out']
        >>> small.remarks
        ('1,002 boxes are more than max_nodes=6: ops are folded in the order of recording.',)
    """
    size = len(picture.boxes)
    if size <= max_nodes:
        return picture
    smaller, how = _by_depth(picture, max_nodes, repeats is not False)
    if len(smaller.boxes) > max_nodes:
        smaller, how = _by_order(smaller, max_nodes), [*how, "ops are folded in the order of recording"]
    remark = f"{size:,} boxes are more than max_nodes={max_nodes:,}: {', '.join(how)}."
    return replace(smaller, remarks=(*picture.remarks, remark))


def _by_depth(picture: Picture, max_nodes: int, repeats: bool) -> tuple[Picture, list[str]]:
    """The deepest folding that fits, merging repeats where that allows for more depth; else the shallowest."""
    if repeats and len((once := merge_repeats(picture)).boxes) <= max_nodes:
        return once, ["repeats are shown once"]
    levels = 1 + max((box.call.level for box in picture.boxes if box.call), default=-1)
    if not levels:
        return picture, []
    folded = cache(lambda depth: fold(picture, lambda call: call.level >= depth))
    merged = cache(lambda depth: merge_repeats(folded(depth)))
    found = []
    for view in [folded, merged] if repeats else [folded]:
        # The levels to close, from none to all: the first number that fits.
        closed = bisect_left(range(levels), 1, key=lambda n: len(view(levels - n).boxes) <= max_nodes)
        found.append((closed, len(view(levels - closed).boxes) > max_nodes, view))
    closed, _, view = min(found, key=lambda each: each[:2])
    depth = levels - closed
    how = [f"modules are folded below depth {depth}" if depth else "all modules are folded"] if closed else []
    return view(depth), [*how, "repeats are shown once"] if view is merged else how


def _by_order(picture: Picture, max_nodes: int) -> Picture:
    """What was recorded one after another in a few boxes; inputs and outputs stay if they are few."""
    ends = [box for box in picture.boxes if box.kind in (Kind.INPUT, Kind.PARAMETER, Kind.OUTPUT)]
    kept = {box.id for box in ends} if len(ends) <= max_nodes - min(SEGMENTS, max_nodes // 2) else set()
    steps = [box for box in picture.boxes if box.kind in (Kind.OPERATION, Kind.MODULE)]
    count = max(1, min(SEGMENTS, max_nodes - len(kept)))
    segment = {box.id: i * count // len(steps) for i, box in enumerate(steps)}
    members: list[list[Box]] = [[] for _ in range(count)]
    neighbour = {wire.source: wire.target for wire in reversed(picture.wires)}  # the first that uses it
    neighbour |= {wire.target: wire.source for wire in picture.wires if wire.target not in segment}
    for box in picture.boxes:
        if box.id not in kept:
            place = segment.get(box.id, segment.get(neighbour.get(box.id, ""), 0))
            members[place].append(box)
    return gather(picture, list(_segments(members)))


def _segments(members: list[list[Box]]) -> Iterator[Box]:
    done = 0
    for boxes in filter(None, members):
        count = sum(box.kind is Kind.OPERATION for box in unfolded(boxes))
        modules = [box.text for box in boxes if box.kind is Kind.MODULE]
        if modules:
            text = from_to(modules)
        else:
            text = f"ops {done + 1:,}–{done + count:,}" if count > 1 else f"op {done + 1:,}"
        done += count
        note = contents(boxes)
        yield Box(id=f"{boxes[0].id}.segment", kind=Kind.SEGMENT, text=text, note=note, operands=(),
                  about=f"{text}: {note}", call=None, name=None, value=None, gradient=None, rank=0, inside=tuple(boxes))
