"""A picture in DOT, Graphviz's language.

A value is a *wire node*: a borderless table of the value, a black line one point high, and the gradient.
Edges run into the line's port, so that it is part of the wire; what uses a value twice gets two wires from it.
(An edge's own label would put both numbers on the same side.)
"""

from __future__ import annotations

import graphviz

from .captions import exact, gradient_line, is_large, value_lines
from .flow import NONE, PLAIN, Pen, Scale
from .picture import Box, Kind, Picture
from .tables import FAINT, Text, bar, table
from .text import TOOLTIP_LIMIT, clean, plain

FONT = "Arial"  # its metrics are built into every dot
SIZE, SMALL_SIZE = 13, 10
VALUE, GRADIENT = "#00734f", "#c4320a"

SHAPES = {
    Kind.INPUT: {"shape": "box"},
    Kind.PARAMETER: {"shape": "cylinder"},
    Kind.CONSTANT: {"shape": "plain"},
    Kind.OPERATION: {"shape": "ellipse"},
    Kind.OUTPUT: {"shape": "box", "style": "rounded", "peripheries": "2"},
}
SIGN = {"shape": "circle", "fixedsize": "true", "width": "0.4", "fontsize": "17"}
"""The look of an op that is one sign."""


def to_dot(picture: Picture, *, title: str | None = None, direction: str = "LR") -> str:
    """Write a picture down in DOT.

    Args:
        picture: what to show.
        title: a headline, or None.
        direction: ``"LR"`` from left to right, ``"TB"`` from top to bottom.

    Returns:
        DOT source, the same bytes for the same picture.

    Example:
        >>> import autograd_core as ag
        >>> from viz.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> print(to_dot(picture(ag.graph(x))).splitlines()[0])
        digraph computation {
    """
    boxes = {box.id: box for box in picture.boxes}
    pens = _pens(picture)
    heading = [Text((clean(title, TOOLTIP_LIMIT),), SIZE + 3).cell()] if title else []
    if any(pen is not PLAIN for pen in pens.values()):
        heading.append(_legend(set(pens.values())))

    root = graphviz.Digraph("computation")
    root.attr(rankdir=direction, ranksep="0.22", nodesep="0.14", fontname=FONT, labelloc="t")
    root.attr(tooltip=" ")  # else browsers show the graph's name wherever the pointer rests
    if heading:
        root.attr(label=table(*heading))
    root.attr("node", fontname=FONT, fontsize=str(SIZE), width="0.35", height="0.35", margin="0.09,0.04")
    root.attr("edge", arrowsize="0.6")
    clusters = Clusters(root)
    captions = {id: _captions(boxes[id]) for id in pens}
    # Lines of one length: between shorter and longer ones, Graphviz leaves a gap before the edge.
    sizes = [text.width if direction == "LR" else text.height for pair in captions.values() for text in pair]
    length = max(sizes, default=0)
    for box in picture.boxes:
        here = clusters.find(box.module)
        _draw_box(here, box, direction)
        if box.id in pens:
            _draw_value(here, box, captions[box.id], pens[box.id], length, direction)
    clusters.close()
    for wire in picture.wires:
        _draw_wire(root, boxes[wire.source], boxes[wire.target], wire.place, pens[wire.source], direction)
    return str(root.source)


class Clusters:
    """The modules' frames, one in another as their paths say."""

    def __init__(self, root: graphviz.Digraph) -> None:
        self._graphs = {"": root}

    def find(self, path: str) -> graphviz.Digraph:
        """The frame of the module at ``path``, made when first asked for."""
        missing = []
        while path not in self._graphs:
            missing.append(path)
            path = path.rpartition(".")[0]
        for path in reversed(missing):
            cluster = graphviz.Digraph(f"cluster_{len(self._graphs)}")
            cluster.attr(label=plain(clean(path.rpartition(".")[2])), tooltip=plain(clean(path, TOOLTIP_LIMIT)))
            cluster.attr(style="rounded,filled", color="#9aa5b1", fillcolor="#f3f6f9", labeljust="l", fontsize="12")
            self._graphs[path] = cluster
        return self._graphs[path]

    def close(self) -> None:
        """Put every frame into its parent: the deepest first, since a frame is copied where it is put."""
        for path in sorted(filter(None, self._graphs), key=lambda path: path.count("."), reverse=True):
            self._graphs[path.rpartition(".")[0]].subgraph(self._graphs[path])


def _pens(picture: Picture) -> dict[str, Pen]:
    """A pen for every value: by gradient flow where there are arrays, black where the numbers are all there."""
    values = [box for box in picture.boxes if box.value is not None]
    if not any(is_large(box.value) for box in values if box.value is not None):
        return {box.id: PLAIN for box in values}
    scale = Scale(box.gradient for box in values)
    return {box.id: NONE if box.kind is Kind.CONSTANT else scale.pen(box.gradient) for box in values}


def _captions(box: Box) -> tuple[Text, Text]:
    """What stands above and below the wire."""
    assert box.value is not None  # only outputs have none
    value, gradient = box.value, box.gradient
    size = SMALL_SIZE + 1 if is_large(value) else SIZE
    lines = tuple(clean(line) for line in value_lines(value))
    below = ("",) if box.kind is Kind.CONSTANT else (gradient_line(gradient),)
    return (
        Text(lines, size, VALUE, prefix=f"{clean(box.name)} = " if box.name else "", alarm=not value.finite),
        Text(below, size, GRADIENT if gradient else FAINT, alarm=gradient is not None and not gradient.finite),
    )


def _draw_box(here: graphviz.Digraph, box: Box, direction: str) -> None:
    text, note = clean(box.text), clean(box.note)
    look = SHAPES[box.kind] | {"tooltip": _about(box)}
    if box.operands:
        here.node(box.id, label=_gate(box, text, note, direction), **look | {"shape": "plain"})
    elif box.kind is Kind.OPERATION and not note and len(text) == 1:
        here.node(box.id, label=plain(text), **look | SIGN)
    else:
        label = Text((text,), SIZE, FAINT if box.kind is Kind.CONSTANT else "black")
        # An ellipse has room to spare; a box is made as wide as the widest font needs.
        width = "" if box.kind is Kind.OPERATION else f'WIDTH="{label.width}"'
        rows = [label.cell(width)] + ([Text((note,), SMALL_SIZE, FAINT).cell()] if note else [])
        here.node(box.id, label=table(*rows), **look)


def _gate(box: Box, text: str, note: str, direction: str) -> str:
    """An op whose operands have an order: a frame with an entrance for each."""
    entrances = [Text((clean(name),), SMALL_SIZE, FAINT).cell(f'PORT="p{i}"') for i, name in enumerate(box.operands)]
    span = f'{"ROWSPAN" if direction == "LR" else "COLSPAN"}="{len(entrances)}"'
    inside = [Text((text,), SIZE + 2).cell()] + ([Text((note,), SMALL_SIZE, FAINT).cell()] if note else [])
    sign = f'<TD {span} CELLPADDING="4">{table(*inside)[1:-1]}</TD>'
    rows = [entrances[0] + sign, *entrances[1:]] if direction == "LR" else ["".join(entrances), sign]
    return table(*rows, border=1)


def _draw_value(here: graphviz.Digraph, box: Box, captions: tuple[Text, Text], pen: Pen, length: int,
                direction: str) -> None:
    assert box.value is not None  # only outputs have none
    value, gradient = captions
    thickness = max(1, round(pen.width))
    height = max(value.height, gradient.height)  # equal halves keep the line in the middle
    if direction == "LR":
        rows = [
            value.cell(f'HEIGHT="{height}" VALIGN="BOTTOM"'),
            bar(pen.colour, length, thickness, "wire"),
            gradient.cell(f'HEIGHT="{height}" VALIGN="TOP"'),
        ]
    else:
        width = max(value.width, gradient.width)
        rows = [
            value.cell(f'WIDTH="{width}" ALIGN="RIGHT"')
            + bar(pen.colour, thickness, length, "wire")
            + gradient.cell(f'WIDTH="{width}" ALIGN="LEFT"')
        ]
    told = ["value " + exact(box.value)]
    if box.kind is not Kind.CONSTANT:
        told.append("gradient " + exact(box.gradient) if box.gradient else "no gradient is known")
    here.node(_wire(box), label=table(*rows), shape="plain", tooltip=plain(*(clean(x, TOOLTIP_LIMIT) for x in told)))
    entry = "w" if direction == "LR" else "n"
    here.edge(box.id, f"{_wire(box)}:wire:{entry}", arrowhead="none", tooltip=" ", **_ink(pen))


def _draw_wire(root: graphviz.Digraph, source: Box, target: Box, place: int, pen: Pen, direction: str) -> None:
    exit, entry = ("e", "w") if direction == "LR" else ("s", "n")
    end = f"{target.id}:p{place}:{entry}" if target.operands else target.id
    root.edge(f"{_wire(source)}:wire:{exit}", end, tooltip=graphviz.nohtml(f"{_about(source)} → {_about(target)}"),
              **_ink(pen))


def _legend(pens: set[Pen]) -> str:
    """A line of samples: what the colours and widths of the wires mean."""
    cells = [Text(("gradient rms",), SMALL_SIZE).cell()]
    for pen in sorted(pens, key=lambda pen: (-pen.width, pen.meaning)):
        thickness = max(1, round(pen.width))
        margin = f'<TD HEIGHT="{(SMALL_SIZE + 4 - thickness) // 2}" CELLPADDING="0"></TD>'
        dashes = {"solid": (22,), "dashed": (6, 6, 6), "dotted": (2, 2, 2, 2)}[pen.style]
        line = table("".join(bar(pen.colour, length, thickness) for length in dashes), spacing=3)
        cells.append(f"<TD>{table(margin, f'<TD>{line[1:-1]}</TD>', margin)[1:-1]}</TD>")
        cells.append(Text((pen.meaning,), SMALL_SIZE).cell())
    return f'<TD>{table("".join(cells), spacing=4)[1:-1]}</TD>'


def _about(box: Box) -> graphviz.quoting.NoHtml:
    return plain(clean(box.about, TOOLTIP_LIMIT))


def _wire(box: Box) -> str:
    """The id of its wire node."""
    return f"{box.id}_value"


def _ink(pen: Pen) -> dict[str, str]:
    return {"color": pen.colour, "penwidth": f"{pen.width:.1f}", "style": pen.style}
