"""The table of a page: all that is known of every vertex, in words; the twin of the picture for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core.debugging.sites import Site
from autograd_core.graph import Graph, Reading, Vertex

from ..looks.text import TOOLTIP_LIMIT, clean
from ..pictures.captions import exact, options_line
from ..pictures.flags import no_grad
from ..pictures.picture import Box, Picture
from .annotate import row_of
from .formulas import Letters

COLUMNS = ("Name", "Operation", "Module", "Flags", "Computed from", "Used by", "Options", "Shape", "Dtype", "Value",
           "Gradient", "Line")


@dataclass(frozen=True)
class Link:
    """A vertex or a constant, as another one's operand or user."""

    row: str  # its key
    text: str


@dataclass(frozen=True)
class Row:
    """A vertex or a constant; its fields are the columns."""

    key: str  # the vertex's number; of a constant, with its name as an operand
    name: str
    operation: str
    module: str
    flags: str  # what is wrong with it
    operands: tuple[Link, ...]
    users: tuple[Link, ...]
    options: str
    shape: str
    dtype: str
    value: str
    gradient: str
    line: str


def rows(graph: Graph, whole: Picture, letters: Letters, sites: Sequence[Site | None]) -> list[Row]:
    """Describe every vertex of a graph, and every constant.

    Args:
        graph: from ``ag.graph``.
        whole: its picture, in which nothing is folded.
        letters: what the vertices are called.
        sites: for each vertex, where it was recorded, if that was noted.

    Returns:
        A Row for each, operands first.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> graph = ag.graph(x * 2)
        >>> for row in rows(graph, picture(graph), Letters(graph), [None, None]):
        ...     row.key, row.operation, row.value, row.gradient, [link.text for link in row.operands]
        ('0', 'input', '3.0', '2.0', [])
        ('1_b', 'constant', '2', 'none', [])
        ('1', 'multiply', '6.0', '1.0', ['x as a', '2 as b'])
    """
    boxes = {box.id: box for box in whole.boxes}
    operands: dict[int, list[Link]] = {}
    users: dict[int, dict[int, Link]] = {}
    for wire in graph.wires:
        operands.setdefault(wire.target, []).append(Link(f"{wire.source}", f"{letters[wire.source]} as {wire.operand}"))
        users.setdefault(wire.source, {})[wire.target] = Link(f"{wire.target}", letters[wire.target])
    table = []
    for vertex, site in zip(graph.vertices, sites, strict=True):
        table += [_constant(vertex, name, boxes[f"v{vertex.id}_{name}"], letters) for name in vertex.constants]
        box = boxes[f"v{vertex.id}"]
        table.append(Row(
            key=f"{vertex.id}",
            name=letters[vertex.id],
            operation=clean(vertex.op, TOOLTIP_LIMIT) if vertex.op else str(vertex.options.get("role", "input")),
            module=clean(", ".join(filter(None, [box.module, "" if vertex.op else box.note])), TOOLTIP_LIMIT),
            flags=_troubles(box),
            operands=(*operands.get(vertex.id, ()), *_constants(vertex)),
            users=tuple(users.get(vertex.id, {}).values()),
            options=clean(options_line(vertex.options), TOOLTIP_LIMIT) if vertex.op else "",
            shape=str(vertex.value.shape),
            dtype=str(vertex.value.dtype),
            value=_exact(vertex.value),
            gradient=_exact(vertex.gradient) if vertex.gradient else "not known",
            line=clean(f"{site}: {site.text}", TOOLTIP_LIMIT) if site else "",
        ))
    return table


def unreached_rows(parameters: Iterable[tuple[str, Any]], start: int) -> list[Row]:
    """Describe parameters that no gradient reaches.

    Args:
        parameters: their names, and they: from ``unreached``.
        start: the number of the first; they have none in the graph.

    Returns:
        A Row for each.
    """
    flag = no_grad("the outputs do not depend on it")
    return [
        Row(key=f"{number}", name=clean(name, TOOLTIP_LIMIT), operation="parameter",
            module=clean(name.rpartition(".")[0], TOOLTIP_LIMIT), flags=f"{flag.trouble.title}: {flag.about}",
            operands=(), users=(), options="", shape=str(parameter.shape), dtype=str(parameter.dtype),
            value=_exact(Reading.of(parameter.data)), gradient="none", line="")
        for number, (name, parameter) in enumerate(parameters, start)
    ]


def _troubles(box: Box) -> str:
    """What is wrong with what a box shows."""
    return clean("; ".join(f"{flag.trouble.title}: {flag.about}" for flag in box.flags), TOOLTIP_LIMIT)


def _constant(vertex: Vertex, operand: str, box: Box, letters: Letters) -> Row:
    value = vertex.constants[operand]
    return Row(key=row_of(box), name=box.text, operation="constant", module=clean(box.module, TOOLTIP_LIMIT),
               flags=_troubles(box), operands=(), users=(Link(f"{vertex.id}", letters[vertex.id]),), options="",
               shape=str(value.shape), dtype=str(value.dtype), value=_exact(value), gradient="none", line="")


def _constants(vertex: Vertex) -> list[Link]:
    return [Link(f"{vertex.id}_{name}", f"{_exact(value)} as {name}") for name, value in vertex.constants.items()]


def _exact(reading: Reading) -> str:
    return clean(exact(reading), TOOLTIP_LIMIT)
