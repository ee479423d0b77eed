"""A picture in words: a line for each box, in the order of computation, which says where its operands come from.

It is the picture's twin for who cannot see it, and what ``tree`` prints of a computation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..looks.flow import ADDED, REMOVED, Pen
from ..looks.look import Look
from ..looks.marks import flags_in
from ..looks.text import TOOLTIP_LIMIT, clean
from ..pictures.calls import Call
from ..pictures.captions import is_large
from ..pictures.cutting import original
from ..pictures.folding import folded_call
from ..pictures.picture import Box, Kind, Picture, Wire
from .listing import Cell, Line
from .notation import FRAME, VALUE, bar, bars, flag, heading

INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@", "power": "**"}
"""Ops that are written between their two operands."""

_PATH_LIMIT = 80
_LEAVES = (Kind.INPUT, Kind.PARAMETER, Kind.CONSTANT, Kind.MORE)


def outline(picture: Picture, look: Look, title: str | None = None) -> tuple[Line, ...]:
    """Put a picture into words.

    Args:
        picture: what to show.
        look: what stands on its wires and boxes.
        title: a headline, or None.

    Returns:
        Lines: the title, remarks and legend, then one for each frame and box. Numbers that are constants stand where
        they are used.

    Example:
        >>> import autograd_core as ag
        >>> from viz.outlines.listing import plain_text
        >>> from viz.looks.ordinary import ordinary_look
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> p = picture(ag.graph(ag.tanh(x * 2)))
        >>> print(plain_text(outline(p, ordinary_look(p))))
        input x         3  grad 4.9e-5
        v1 = x * 2      6  grad 2.5e-5
        out = tanh(v1)  1.00  grad 1
        output out
    """
    texts = [clean(text, TOOLTIP_LIMIT) for text in (title, *picture.remarks) if text]
    flags = (flag for box in picture.boxes if box.id in look.marks for flag in flags_in(box))
    sizes = bars(set(look.pens.values()), look.scale)
    return (*heading(texts, look.measure, sizes, flags), *_Teller(picture, look).lines())


class _Teller:
    """Knows what every box of a picture is called, and what goes into it."""

    def __init__(self, picture: Picture, look: Look) -> None:
        self._look = look
        self._boxes = {box.id: box for box in picture.boxes if box.kind is not Kind.COPY}
        self._incoming: dict[str, list[Wire]] = {}
        self._only: dict[Wire, Pen] = {}  # of two computations: the wires that one of them has
        for drawn in picture.wires:
            wire = replace(drawn, source=original(drawn.source))
            self._incoming.setdefault(wire.target, []).append(wire)
            if drawn in look.wires:
                self._only[wire] = look.wires[drawn]
        self._names = self._named()

    def lines(self) -> Iterator[Line]:
        """One for each frame and each box, but for constants that stand where they are used."""
        inside = self._in_frames()
        stack = [(0, iter(inside[None]))]
        while stack:
            level, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
            elif isinstance(step, Call):
                yield Line(level, (Cell(f"module {clean(step.title)}", FRAME),))
                stack.append((level + 1, iter(inside[step])))
            else:
                yield self._line(step, level)

    # Order

    def _in_frames(self) -> dict[Call | None, list[Box | Call]]:
        """What is in each frame, in the order of computation: leaves come just before what first uses them."""
        inside: dict[Call | None, list[Box | Call]] = {None: []}

        def frame(call: Call | None) -> list[Box | Call]:
            closed: list[Call] = []
            while call is not None and call not in inside:
                closed.append(call)
                call = call.outer
            for call in reversed(closed):
                inside[call.outer].append(call)
                inside[call] = []
            return inside[call]

        told: set[str] = set()
        for box in self._boxes.values():
            if self._is_leaf(box):
                continue
            around = set(box.call.chain()) if box.call else set()
            for wire in self._incoming.get(box.id, ()):
                leaf = self._boxes[wire.source]
                if leaf.id in told or not self._is_leaf(leaf) or self._is_inline(leaf):
                    continue
                told.add(leaf.id)
                siblings = frame(leaf.call)
                last = siblings[-1] if siblings else None
                used_there = isinstance(last, Call) and last in around
                siblings.insert(len(siblings) - used_there, leaf)
            frame(box.call).append(box)
        inside[None] += [box for box in self._boxes.values() if self._is_leaf(box) and box.id not in told
                         and not self._is_inline(box)]
        return inside

    def _is_leaf(self, box: Box) -> bool:
        return box.kind in _LEAVES and box.id not in self._incoming

    def _is_inline(self, box: Box) -> bool:
        """Whether it is a number, or a few, to be written where it is used."""
        return (box.kind is Kind.CONSTANT and not box.inside and box.id in self._look.captions
                and box.id not in self._look.marks and box.value is not None and not is_large(box.value))

    # Names

    def _named(self) -> dict[str, str]:
        """What each box is called: by its name if it has one, else by its id."""
        outputs = {wire.source: box.text for box in self._boxes.values() if box.kind is Kind.OUTPUT
                   for wire in self._incoming.get(box.id, ())}
        names = {box.id: clean(self._name(box, outputs.get(box.id)), _PATH_LIMIT) for box in self._boxes.values()
                 if box.kind not in (Kind.OUTPUT, Kind.MORE)}
        often = Counter(names.values())
        return {id: name if often[name] == 1 else id if name == "out" else f"{name} [{id}]"
                for id, name in names.items()}

    def _name(self, box: Box, output: str | None) -> str:
        if box.kind is Kind.OPERATION:
            return box.name or (output if box.times == 1 else None) or _number(box)
        if box.kind is Kind.CONSTANT or box.text == box.kind.value:  # that has no name
            return _number(box)
        if box.kind is Kind.MODULE:
            if call := folded_call(box):
                return "module " + call.path + call.label.removeprefix(call.name)
            around = next((call for call in (box.call.chain() if box.call else ()) if call.times > 1), None)
            return f"module {_label(box)}" + (f" of {_without_times(around.name, around.times)}" if around else "")
        return f"{box.module}.{box.text}" if box.module else box.text

    def _called(self, box: Box, user: Box | None = None) -> str:
        """A box, as another one says where its operand comes from."""
        if self._is_inline(box):
            return " ".join(text.strip() for text in self._look.captions[box.id].above.lines)
        if user and user.call and box.call is user.call:  # which needs no path within the module's frame
            if box.kind is Kind.MODULE:
                return clean(f"module {_label(box)}")
            if _belongs(box):
                return clean(box.text)
        return self._names.get(box.id) or clean(box.text)

    # Lines

    def _line(self, box: Box, level: int) -> Line:
        cells = [Cell(self._said(box))]
        if caption := self._look.captions.get(box.id):
            value, gradient = ("  ".join(filter(None, side.lines)) for side in (caption.above, caption.below))
            cells += [Cell(value, VALUE)]
            cells += [Cell(f"grad {gradient}"), bar(self._look.pens.get(box.id), self._look.scale)] if gradient else []
        while len(cells) > 1 and not cells[-1].text:
            cells.pop()
        return Line(level, tuple(cells), tuple(map(flag, self._marked(box))))

    def _said(self, box: Box) -> str:
        """What a box is, and where its operands come from."""
        wires = self._incoming.get(box.id, [])
        note = clean(box.note)
        note = f" {note}" if note.startswith("(") else f" ({note})" if note else ""
        times = "" if _is_among_repeats(box) else f" × {box.times:,}"
        if box.kind is Kind.OPERATION:
            return f"{self._names[box.id]}{times} = {self._formula(box, wires)}"
        if box.kind is Kind.OUTPUT:
            source = self._sources(box, wires, ", ")
            return f"output {clean(box.text)}" + ("" if source == clean(box.text) else f" = {source}")
        if box.kind in _LEAVES and not wires:
            name = clean(box.text) if _belongs(box) else self._called(box)
            return name if box.kind is Kind.MORE else f"{box.kind.value} {name}{times}{note}"
        word = "module " if box.kind is Kind.MODULE else ""
        return f"{word}{clean(box.text)}{note}" + (f" from {self._sources(box, wires, ', ')}" if wires else "")

    def _formula(self, box: Box, wires: list[Wire]) -> str:
        """An operation as it could stand in code."""
        op, note = box.about.partition("(")[0], clean(box.note)
        places: list[list[Wire]] = [[] for _ in range(box.arity)]
        for wire in wires:
            places[wire.place].append(wire)
        cut = {each.place for wire in wires for each in wire.merged}  # "… 2 more" stands at the first of its places
        operands = [self._sources(box, there, " or ") or "…"  # …: one that is not drawn
                    for place, there in enumerate(places) if there or place not in cut]
        if op in INFIX and len(operands) == 2 and not note:
            a, b = (f"({text})" if " " in text else text for text in operands)
            return f"{a} {INFIX[op]} {b}"
        return f"{clean(op)}({', '.join([*operands, *([note] if note else [])])})"

    def _sources(self, box: Box, wires: list[Wire], comma: str) -> str:
        """Where wires come from; of two computations, before → after."""
        ends = [self._source(box, wire) for wire in wires]
        if len({self._only.get(wire) for wire in self._incoming.get(box.id, ())}) == 1:  # the box is only there, too
            return comma.join(ends)
        before, after = (comma.join(end for wire, end in zip(wires, ends, strict=True) if self._only.get(wire) != other)
                         for other in (ADDED, REMOVED))
        return before if before == after else f"{before or 'none'} → {after or 'none'}"

    def _source(self, box: Box, wire: Wire) -> str:
        source = self._boxes[wire.source]
        each = wire.count // box.times  # of the repeats
        return (self._called(source, box) + (f" ({each:,} times)" if each > 1 else "")
                + (" of the repeat before" if source.rank >= box.rank else ""))

    def _marked(self, box: Box) -> list[str]:
        """Icons and words, and of one box alone also what was measured."""
        mark = self._look.marks.get(box.id)
        if not mark:
            return []
        words = [clean(line, TOOLTIP_LIMIT) for row in mark.rows for line in row.lines]
        if box.inside:
            return words
        told = [clean(line, TOOLTIP_LIMIT) for line in mark.told]
        return told + [word for word in words if not any(line.startswith(word) for line in told)]


def _belongs(box: Box) -> bool:
    """Whether a box is a module's parameter, which needs no path within the module's frame."""
    return box.kind is Kind.PARAMETER and box.call is not None and box.text != box.kind.value


def _is_among_repeats(box: Box) -> bool:
    """Whether a box stands for one, or its frame says for how many."""
    return box.times == 1 or any(call.times == box.times for call in (box.call.chain() if box.call else ()))


def _number(box: Box) -> str:
    """The id of a box, or of the first that it stands for."""
    return box.id.removesuffix(f".x{box.times}") if box.times > 1 else box.id


def _label(box: Box) -> str:
    """The name of a folded module, without its class."""
    return _without_times(box.text.rpartition(": ")[0] or box.text, box.times)


def _without_times(name: str, times: int) -> str:
    return name.removesuffix(f" × {times}")
