"""The look of two computations in one picture: numbers before → after, pens by ratio, and what has changed marked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograd_core.graph import Reading

from ..looks.flow import ADDED, NONE, PLAIN, REMOVED, UNKNOWN, Pen
from ..looks.legend import legend
from ..looks.look import GRADIENT, SIZE, SMALL_SIZE, VALUE, Border, Caption, Look, Mark
from ..looks.tables import FAINT, Text
from ..looks.text import clean
from ..pictures.captions import exact, gradient_line, is_large, value_lines
from ..pictures.cutting import leaving
from ..pictures.flags import Flag, Trouble
from ..pictures.folding import unfolded
from ..pictures.picture import Box, Kind, Picture
from ..pictures.pooled import summed_up
from .differences import First, first_differences, turned
from .joining import Joined
from .ratios import BREAKS, PENS, SAME, SCALE, orders, ratio_pen, ratio_words

_MEASURE = "gradient rms, after ÷ before"
_LONG = 40  # characters of two numbers that still fit on one line
_ROWS = 3  # of flags in a box; of more, it gives the number


def look_of_changes(picture: Picture, both: Joined, show: Collection[str]) -> Look:
    """How ``diff`` shows a picture.

    Args:
        picture: the joined one, folded or cut.
        both: what it was made from.
        show: as for ``ordinary_look``.

    Returns:
        A Look.
    """
    flows = _flows(picture, both)
    pens = {id: flow.pen for id, flow in flows.items()}
    wires = {}
    for wire in picture.wires:
        sides = {both.wires.get(each) for each in wire.merged or (wire,)}
        if len(sides) == 1 and None not in sides:
            wires[wire] = ADDED if "after" in sides else REMOVED
    if "flow" not in show:
        pens, wires = dict.fromkeys(pens, PLAIN), {}
    first = first_differences(both)
    whole = [box for box in picture.boxes if box.kind not in (Kind.COPY, Kind.MORE)]
    marks = {box.id: mark for box in whole if (mark := _mark(box, both, first)) != Mark()}
    return Look(
        pens,
        {id: flow.caption(show) for id, flow in flows.items()} if {"values", "gradients", "shapes"} & set(show) else {},
        marks,
        legend(_MEASURE, SCALE, {*pens.values(), *wires.values()},
               (flag for box in whole for _, flag in turned(box, both))),
        wires,
        PENS,
        _MEASURE,
    )


# What leaves a box


class _Side(NamedTuple):
    """What leaves a box in one of the two computations."""

    value: Reading
    values: tuple[Reading, ...]
    gradient: Reading | None


@dataclass(frozen=True)
class _Flow:
    """What leaves a box, before and after; None where nothing does."""

    name: str
    constant: bool
    before: _Side | None
    after: _Side | None

    @property
    def pen(self) -> Pen:
        if self.before is None or self.after is None:
            return ADDED if self.before is None else REMOVED
        return NONE if self.constant else ratio_pen(self.before.gradient, self.after.gradient)

    @property
    def ratio(self) -> str:
        """How the gradient has grown, where that is a number."""
        grown = orders(self.before.gradient, self.after.gradient) if self.before and self.after else None
        return ratio_words(grown) if grown is not None and math.isfinite(grown) else ""

    def caption(self, show: Collection[str]) -> Caption:
        sides = [side for side in (self.before, self.after) if side]
        values = [side.value for side in sides]
        above = _side_by_side([value_lines(side.value, side.values, show) for side in sides],
                          _are_equal(values) or "values" not in show)
        below = [""]
        gradients = [side.gradient for side in sides]
        if "gradients" in show and not self.constant:
            below = _side_by_side([[gradient_line(gradient)] for gradient in gradients], _are_equal(gradients))
            below += [self.ratio] if self.pen not in (SAME, UNKNOWN) and self.ratio else []
        size = SMALL_SIZE + 1 if any(map(is_large, values)) else SIZE
        return Caption(
            Text(tuple(map(clean, above)) or ("",), size, VALUE, prefix=f"{clean(self.name)} = " if self.name else "",
                 alarm=not all(value.finite for value in values)),
            Text(tuple(below), size, GRADIENT if any(gradients) else FAINT,
                 alarm=not all(gradient.finite for gradient in gradients if gradient)),
            tuple(self._told()),
        )

    def _told(self) -> Iterator[str]:
        for when, side in (("before", self.before), ("after", self.after)):
            if side is None:
                yield f"{when}: not there"
                continue
            yield f"value {when}: {exact(side.value)}"
            if not self.constant:
                yield f"gradient {when}: {exact(side.gradient) if side.gradient else 'not known'}"
        if self.ratio:
            yield f"gradient rms, after ÷ before: {self.ratio}"


def _flows(picture: Picture, both: Joined) -> dict[str, _Flow]:
    """What leaves each box."""
    boxes = {box.id: box for box in picture.boxes}
    return {id: _flow(boxes[id], ids, both) for id, ids in leaving(picture).items() if boxes[id].value is not None}


def _flow(box: Box, leaving: list[str], both: Joined) -> _Flow:
    """Compare what both have, if that is anything: what only one has would change the mean."""
    shared = [id for id in leaving if None not in both.boxes[id]]
    before, after = ([side for id in shared or leaving if (side := both.boxes[id][i])] for i in (0, 1))
    return _Flow(box.name or "", box.kind is Kind.CONSTANT, _side(before), _side(after))


def _side(boxes: list[Box]) -> _Side | None:
    values = tuple(box.value for box in boxes if box.value)
    value = summed_up(values)
    if value is None:
        return None
    gradients = [box.gradient for box in boxes if box.gradient]
    learned = [box for box in boxes if box.kind is not Kind.CONSTANT]
    return _Side(value, values if len(values) > 1 else (),
                 summed_up(gradients) if len(gradients) == len(learned) else None)


def _are_equal(readings: list[Reading] | list[Reading | None]) -> bool:
    """Whether there is nothing to tell apart, not even in the last digit."""
    return len({exact(reading) if reading else "" for reading in readings}) == 1


def _side_by_side(sides: list[list[str]], equal: bool) -> list[str]:
    """Lines for before and after as one, line by line; what is the same is written once."""
    if len(sides) == 1:
        return sides[0]
    then, now = sides
    if len(then) != len(now):
        return [*then, "→", *now]
    lines: list[str] = []
    for i, (x, y) in enumerate(zip(then, now, strict=True)):
        numbers = i == len(then) - 1
        if x == y and (equal or not numbers):
            lines.append(x)
        elif len(x) + len(y) > _LONG:
            lines += [x, f"→ {y}"]
        else:
            lines.append(f"{x} → {y.removeprefix('rms ')}")
    return lines


# What a box is marked with


def _mark(box: Box, both: Joined, first: First) -> Mark:
    inside = list(unfolded([box]))
    flags = sorted(turned(box, both), key=lambda each: (each[0] == "gone", each[1].trouble.rank))
    rows, border = _presence(inside, both)
    if box.inside:
        rows += map(_row, _ratios_inside(inside, both))
    rows += _flag_rows(flags)
    if flags and flags[0][0] == "new":
        border = border or Border(flags[0][1].trouble.colour, flags[0][1].trouble.border)
    ids = {inner.id for inner in inside}
    for way, id in first._asdict().items():
        if id in ids:
            rows.append(Text((f"first difference, {way}",), SMALL_SIZE, alarm=True))
            border = border or Border("black", width=3.0)
    told = [f"{word}: {flag.trouble.title}, {flag.about}" for word, flag in flags[: 2 * _ROWS]]
    return Mark(tuple(rows), tuple(told), border)


def _presence(inside: list[Box], both: Joined) -> tuple[list[Text], Border | None]:
    """What only one of the two has."""
    added = sum(both.boxes[inner.id].before is None for inner in inside)
    removed = sum(both.boxes[inner.id].after is None for inner in inside)
    if len(inside) in (added, removed):
        pen, words = (ADDED, "+ ADDED") if added else (REMOVED, "− REMOVED")
        return [_row(words, pen.colour)], Border(pen.colour, pen.style, 3.0)
    counts = [f"{count:,} {word}" for count, word in ((added, "added"), (removed, "removed")) if count]
    return [_row(", ".join(counts))] if counts else [], None


def _flag_rows(flags: list[tuple[str, Flag]]) -> Iterator[Text]:
    counted = Counter((word, flag.trouble) for word, flag in flags)
    for (word, trouble), count in list(counted.items())[:_ROWS]:
        number = f" ({count:,})" if count > 1 else ""
        yield _row(f"{word}: {trouble.title}{number}", trouble.colour if word == "new" else FAINT)
    if more := sum(list(counted.values())[_ROWS:]):
        yield _row(f"and {more:,} more")
    for way in First._fields:
        if any((word, flag.first) == ("new", way) for word, flag in flags):
            yield Text((f"new: first NaN/inf, {way}",), SMALL_SIZE, Trouble.BROKEN.colour, alarm=True)


def _row(text: str, colour: str = "black") -> Text:
    return Text((text,), SMALL_SIZE, colour)


def _ratios_inside(inside: list[Box], both: Joined) -> Iterator[str]:
    """The range of ratios that a folded box hides."""
    pairs = [(before.gradient, after.gradient) for before, after in (both.boxes[box.id] for box in inside)
             if before and after]
    grown = [ratio for pair in pairs if (ratio := orders(*pair)) is not None and math.isfinite(ratio)]
    if grown:
        ends = dict.fromkeys(map(ratio_words, (min(grown), max(grown))))
        yield f"gradients {' … '.join(ends)}"
    counts = Counter(ratio_pen(*pair) for pair in pairs)
    yield from (f"{counts[pen]:,} {pen.meaning}" for pen in BREAKS if counts[pen])
