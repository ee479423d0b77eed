"""What a picture shows, before anything is drawn: boxes, the value that leaves each, the wires, the modules."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum

from autograd_core.graph import Graph, Reading, Vertex

from .captions import ORDERED, options_line, symbol

Operand = tuple[int, str, str]
"""Position, id of the box it comes from, name."""


class Kind(Enum):
    """What a box stands for; each kind has a shape of its own."""

    INPUT = "input"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    OPERATION = "operation"
    OUTPUT = "output"


@dataclass(frozen=True)
class Box:
    """One thing in a picture, and the value that leaves it."""

    id: str
    kind: Kind
    text: str
    note: str  # an op's options
    operands: tuple[str, ...]  # where their order matters: what to call them, in order
    about: str  # the whole story, in one line
    module: str  # the path of the module it is part of, "" outside modules
    name: str | None  # of an intermediate result; other names are in ``text``
    value: Reading | None  # None: nothing leaves an output
    gradient: Reading | None  # None: none is known, or (a constant) there is none


@dataclass(frozen=True)
class Wire:
    """The value of ``source`` goes into ``target``, at this place among those that are drawn."""

    source: str
    target: str
    place: int


@dataclass(frozen=True)
class Picture:
    """Boxes, operands before what uses them, and wires; two for ``x * x``."""

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]


def picture(graph: Graph) -> Picture:
    """Turn a snapshot into what is to be drawn: constants and outputs become boxes of their own.

    Args:
        graph: from ``ag.graph``.

    Returns:
        A Picture whose ids depend only on the order of recording.

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
    homes = _homes(graph)
    boxes: list[Box] = []
    wires: list[Wire] = []
    for vertex in graph.vertices:
        constants = {operand: _constant(vertex, operand, value) for operand, value in vertex.constants.items()}
        operands = _operands(incoming[vertex.id], constants)
        box = _operation(vertex, operands) if vertex.op else _leaf(vertex, homes.get(vertex.id, ""))
        boxes += [*constants.values(), box]
        wires += [Wire(source, box.id, place) for place, (_, source, _) in enumerate(operands)]
        if vertex.is_output:
            boxes.append(_output(vertex))
            wires.append(Wire(box.id, boxes[-1].id, 0))
    return Picture(tuple(boxes), tuple(wires))


def _operands(recorded: list[Operand], constants: dict[str, Box]) -> list[Operand]:
    """All operands in order: constants, which come in order too, take the positions that are free."""
    taken = {position for position, _, _ in recorded}
    free = (position for position in itertools.count() if position not in taken)
    return sorted(recorded + [(next(free), box.id, name) for name, box in constants.items()])


def _id(vertex: int) -> str:
    return f"v{vertex}"


def _homes(graph: Graph) -> dict[int, str]:
    """The innermost module that contains every use of a value."""
    uses: dict[int, list[str]] = {}
    for wire in graph.wires:
        path = graph.vertices[wire.target].path
        uses.setdefault(wire.source, []).append(path)
    return {source: _common(paths) for source, paths in uses.items()}


def _common(paths: list[str]) -> str:
    """The longest path that all begin with, by whole names."""
    columns = zip(*(path.split(".") for path in paths), strict=False)
    return ".".join(names[0] for names in itertools.takewhile(lambda names: len(set(names)) == 1, columns))


def _leaf(vertex: Vertex, home: str) -> Box:
    kind = Kind.PARAMETER if vertex.options.get("role") == "parameter" else Kind.INPUT
    text = vertex.name or kind.value
    return Box(id=_id(vertex.id), kind=kind, text=text, note="", operands=(), about=f"{kind.value} {vertex.name or ''}",
               module=home if kind is Kind.PARAMETER else "", name=None,
               value=vertex.value, gradient=vertex.gradient)


def _operation(vertex: Vertex, operands: list[Operand]) -> Box:
    op = vertex.op or ""
    note = options_line(vertex.options)
    names = [name for _, _, name in operands]
    if len(set(names)) < len(names):  # the one name that serves all operands of concatenate and stack
        names = [str(position) for position, _, _ in operands]
    about = f"{op}({note})" + (f" in {vertex.path}" if vertex.path else "")
    return Box(id=_id(vertex.id), kind=Kind.OPERATION, text=symbol(op), note=note,
               operands=tuple(names) if op in ORDERED and len(names) > 1 else (), about=about,
               module=vertex.path, name=None if vertex.is_output else vertex.name,
               value=vertex.value, gradient=vertex.gradient)


def _constant(vertex: Vertex, operand: str, value: Reading) -> Box:
    # A number is part of the module that computes with it; an array more likely is data that came from outside.
    module = vertex.path if value.shape == () else ""
    return Box(id=f"{_id(vertex.id)}_{operand}", kind=Kind.CONSTANT, text="const", note="", operands=(),
               about=f"constant operand {operand}", module=module, name=None, value=value, gradient=None)


def _output(vertex: Vertex) -> Box:
    return Box(id=f"{_id(vertex.id)}_out", kind=Kind.OUTPUT, text=vertex.name or "out", note="", operands=(),
               about=f"output {vertex.name or ''}", module="", name=None, value=None, gradient=None)
