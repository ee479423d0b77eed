"""The table of a page: all that is known of every vertex, in words; the twin of the picture for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core.debugging.sites import Site
from autograd_core.graph import Graph, Reading, Vertex

from ..looks.text import TOOLTIP_LIMIT, clean
from ..pictures.captions import exact, options_line
from ..pictures.flags import Flag, no_grad
from .formulas import Letters

COLUMNS = ("Name", "Operation", "Module", "Flags", "Computed from", "Used by", "Options", "Shape", "Dtype", "Value",
           "Gradient", "Line")


@dataclass(frozen=True)
class Link:
    """A vertex, as another one's operand or user."""

    vertex: int | None  # None: a constant
    text: str


@dataclass(frozen=True)
class Row:
    """A vertex; its fields are the columns."""

    vertex: int
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


def rows(graph: Graph, modules: Sequence[str], flags: Mapping[str, Sequence[Flag]], letters: Letters,
         sites: Sequence[Site | None]) -> list[Row]:
    """Describe every vertex of a graph.

    Args:
        graph: from ``ag.graph``.
        modules: for each vertex, the module it is part of.
        flags: from ``flags_of``.
        letters: what the vertices are called.
        sites: for each vertex, where it was recorded, if that was noted.

    Returns:
        A Row for each vertex, operands first.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> graph = ag.graph(x * 2)
        >>> row = rows(graph, ["", ""], {}, Letters(graph, ["", ""]), [None, None])[1]
        >>> row.operation, row.value, row.gradient, [link.text for link in row.operands]
        ('multiply', '6.0', '1.0', ['x as a', '2 as b'])
    """
    operands: dict[int, list[Link]] = {}
    users: dict[int, dict[int, Link]] = {}
    for wire in graph.wires:
        operands.setdefault(wire.target, []).append(Link(wire.source, f"{letters[wire.source]} as {wire.operand}"))
        users.setdefault(wire.source, {})[wire.target] = Link(wire.target, letters[wire.target])
    return [
        Row(
            vertex=vertex.id,
            name=letters[vertex.id],
            operation=clean(vertex.op, TOOLTIP_LIMIT) if vertex.op else str(vertex.options.get("role", "input")),
            module=clean(modules[vertex.id], TOOLTIP_LIMIT),
            flags=_troubles(vertex, flags),
            operands=(*operands.get(vertex.id, ()), *_constants(vertex)),
            users=tuple(users.get(vertex.id, {}).values()),
            options=clean(options_line(vertex.options), TOOLTIP_LIMIT) if vertex.op else "",
            shape=str(vertex.value.shape),
            dtype=str(vertex.value.dtype),
            value=_exact(vertex.value),
            gradient=_exact(vertex.gradient) if vertex.gradient else "not known",
            line=clean(f"{site}: {site.text}", TOOLTIP_LIMIT) if site else "",
        )
        for vertex, site in zip(graph.vertices, sites, strict=True)
    ]


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
        Row(vertex=number, name=clean(name, TOOLTIP_LIMIT), operation="parameter",
            module=clean(name.rpartition(".")[0], TOOLTIP_LIMIT), flags=f"{flag.trouble.title}: {flag.about}",
            operands=(), users=(), options="", shape=str(parameter.shape), dtype=str(parameter.dtype),
            value=_exact(Reading.of(parameter.data)), gradient="none", line="")
        for number, (name, parameter) in enumerate(parameters, start)
    ]


def _troubles(vertex: Vertex, flags: Mapping[str, Sequence[Flag]]) -> str:
    """What is wrong with a vertex, or with its constant operands."""
    ids = [f"v{vertex.id}", *(f"v{vertex.id}_{name}" for name in vertex.constants)]
    found = [f"{flag.trouble.title}: {flag.about}" for id in ids for flag in flags.get(id, ())]
    return clean("; ".join(found), TOOLTIP_LIMIT)


def _constants(vertex: Vertex) -> list[Link]:
    return [Link(None, f"{_exact(value)} as {name}") for name, value in vertex.constants.items()]


def _exact(reading: Reading) -> str:
    return clean(exact(reading), TOOLTIP_LIMIT)
