"""What a picture shows, before anything is drawn: boxes, the value that leaves each, the wires, the modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from autograd_core.graph import Graph, Reading, Vertex

from .calls import Call, calls, common, within
from .captions import ORDERED, SUBSCRIPTS, options_line, symbol
from .flags import Flag

Operand = tuple[int, str, str]
"""Position, id of the box it comes from, name."""


class Kind(Enum):
    """What a box stands for; each kind has a shape of its own."""

    INPUT = "input"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    OPERATION = "operation"
    OUTPUT = "output"
    MODULE = "module"  # a call of a module, folded
    SEGMENT = "segment"  # what was recorded one after another, folded
    COPY = "copy"  # a value drawn once more, near those who use it
    MORE = "more"  # stands for all that was cut off here


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in a picture, and the value that leaves it.

    A folded box has others inside. Whatever its kind, they are all there: ``unfold`` brings them back.
    """

    id: str  # v2; v2_b, its constant operand b; after a point, which no operand's name has: v2.out, v2.module ...
    kind: Kind
    text: str
    note: str  # an op's options; what a folded box holds
    operands: tuple[str, ...]  # where their order matters: what to call them, in order
    about: str  # the whole story, in one line
    call: Call | None  # of the module it is part of, None outside modules
    name: str | None  # of an intermediate result; other names are in ``text``
    value: Reading | None  # None: nothing leaves it, as an output
    gradient: Reading | None  # None: none is known, or (a constant) there is none
    rank: int  # its place in the order of recording
    inside: tuple[Box, ...] = ()  # what is folded into it
    hidden: tuple[Wire, ...] = ()  # the wires among those
    times: int = 1  # of a box that stands for repeats: how many of them
    values: tuple[Reading, ...] = ()  # if several values leave it, each of them; ``value`` then sums them up
    flags: tuple[Flag, ...] = ()  # what is wrong with it; of a folded box, each box inside has its own
    arity: int = 0  # of an op: how many operands it has, drawn or not

    @property
    def module(self) -> str:
        """The path of the module it is part of, "" outside modules."""
        return self.call.path if self.call else ""


@dataclass(frozen=True, slots=True)
class Wire:
    """The value of ``source`` goes into ``target``, at this place among those that are drawn."""

    source: str
    target: str
    place: int
    merged: tuple[Wire, ...] = ()  # the wires of the unfolded picture that it stands for, unless it is one of them

    @property
    def count(self) -> int:
        """How many wires it stands for."""
        return len(self.merged) or 1


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, operands before what uses them, and wires; two for ``x * x``."""

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    remarks: tuple[str, ...] = ()  # what the picture does not show, in words


def picture(graph: Graph, flags: Mapping[str, tuple[Flag, ...]] = {}) -> Picture:
    """Turn a snapshot into what is to be drawn: constants and outputs become boxes of their own.

    Args:
        graph: from ``ag.graph``.
        flags: what is wrong, by the box's id: from ``flags_of``.

    Returns:
        A Picture in which nothing is folded; its ids depend only on the order of recording.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> p = picture(ag.graph(x * x + 1))
        >>> [(box.kind.value, box.text) for box in p.boxes]
        [('input', 'x'), ('operation', '*'), ('constant', 'const'), ('operation', '+'), ('output', 'out')]
        >>> len(p.wires)
        5
    """
    incoming: dict[int, list[Operand]] = {vertex.id: [] for vertex in graph.vertices}
    for wire in graph.wires:
        incoming[wire.target].append((wire.position, _id(wire.source), wire.operand))
    homes, paths = _homes(graph)
    boxes: list[Box] = []
    wires: list[Wire] = []
    for vertex in graph.vertices:
        home, operands = homes[vertex.id], incoming[vertex.id]
        if vertex.constants:
            constants = [_constant(vertex, home, name, len(boxes) + i) for i, name in enumerate(vertex.constants)]
            operands = _operands(operands, constants, vertex.constants)
            boxes += constants
        box = _operation(vertex, home, operands, len(boxes)) if vertex.op else _leaf(
            vertex, home, paths.get(vertex.id, []), len(boxes))
        boxes.append(box)
        wires += [Wire(source, box.id, place) for place, (_, source, _) in enumerate(operands)]
    for source, name in sorted(output_names(graph).items()):  # at the end, so that what is folded comes before them
        boxes.append(_output(source, name, len(boxes)))
        wires.append(Wire(_id(source), boxes[-1].id, 0))
    flagged = (replace(box, flags=flags[box.id]) if box.id in flags else box for box in boxes)
    return Picture(tuple(flagged), tuple(wires))


def output_names(graph: Graph) -> dict[int, str]:
    """What a graph's outputs are called, by vertex: by their names, or out; of several, out₁ is the first given."""
    numbers = [str(i).translate(SUBSCRIPTS) for i in range(1, len(graph.outputs) + 1)] if graph.outputs[1:] else [""]
    return {id: graph.vertices[id].name or f"out{number}" for id, number in zip(graph.outputs, numbers, strict=True)}


def _id(vertex: int) -> str:
    return f"v{vertex}"


def _homes(graph: Graph) -> tuple[list[Call | None], dict[int, list[str]]]:
    """Where each vertex is at home: an op in the call that recorded it, a leaf in the innermost around all its uses.

    And the paths of the modules that use each leaf.
    """
    homes = calls(graph)
    uses: dict[int, list[Call | None]] = {}
    for wire in graph.wires:
        if graph.vertices[wire.source].op is None:
            uses.setdefault(wire.source, []).append(homes[wire.target])
    for leaf, users in uses.items():
        homes[leaf] = common(users)
    return homes, {leaf: list(dict.fromkeys(call.path for call in users if call)) for leaf, users in uses.items()}


def _operands(recorded: list[Operand], constants: list[Box], names: Iterable[str]) -> list[Operand]:
    """All operands in order: constants, which come in order too, take the positions that are free."""
    taken = {position for position, _, _ in recorded}
    operands, position = list(recorded), 0
    for box, name in zip(constants, names, strict=True):
        while position in taken:
            position += 1
        operands.append((position, box.id, name))
        position += 1
    operands.sort()
    return operands


def _leaf(vertex: Vertex, home: Call | None, paths: list[str], rank: int) -> Box:
    kind = Kind.PARAMETER if vertex.options.get("role") == "parameter" else Kind.INPUT
    text, note = vertex.name or kind.value, ""
    if kind is Kind.PARAMETER and vertex.name and paths:
        # A tensor knows its own name alone; of one that several share, the path is that of who used it first.
        text = within(f"{paths[0]}.{vertex.name}", home)
        note = f"also in {', '.join(within(path, home) for path in paths[1:])}" if len(paths) > 1 else ""
    return Box(id=_id(vertex.id), kind=kind, text=text, note=note, operands=(),
               about=f"{kind.value} {' '.join(filter(None, [vertex.name and text, note]))}",
               call=home if kind is Kind.PARAMETER else None, name=None,
               value=vertex.value, gradient=vertex.gradient, rank=rank)


def _operation(vertex: Vertex, home: Call | None, operands: list[Operand], rank: int) -> Box:
    op = vertex.op or ""
    note = options_line(vertex.options) if vertex.options else ""
    names: list[str] = []
    if op in ORDERED and len(operands) > 1:
        names = [name for _, _, name in operands]
        if len(set(names)) < len(names):  # the one name that serves all operands of concatenate and stack
            names = [str(position) for position, _, _ in operands]
    about = f"{op}({note})" + (f" in {vertex.path}" if vertex.path else "")
    return Box(id=_id(vertex.id), kind=Kind.OPERATION, text=symbol(op), note=note, operands=tuple(names), about=about,
               call=home, name=None if vertex.is_output else vertex.name,
               value=vertex.value, gradient=vertex.gradient, rank=rank, arity=len(operands))


def _constant(vertex: Vertex, home: Call | None, operand: str, rank: int) -> Box:
    value = vertex.constants[operand]
    # A number is part of the module that computes with it; an array more likely is data that came from outside.
    return Box(id=f"{_id(vertex.id)}_{operand}", kind=Kind.CONSTANT, text="const", note="", operands=(),
               about=f"constant operand {operand}", call=home if value.shape == () else None, name=None,
               value=value, gradient=None, rank=rank)


def _output(vertex: int, name: str, rank: int) -> Box:
    return Box(id=f"{_id(vertex)}.out", kind=Kind.OUTPUT, text=name, note="", operands=(), about=f"output {name}",
               call=None, name=None, value=None, gradient=None, rank=rank)
