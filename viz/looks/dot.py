"""A picture in DOT, Graphviz's language.

A value is a *wire node*: a borderless table of the value, a black line one point high, and the gradient.
Edges run into the line's port, so that it is part of the wire; what uses a value twice gets two wires from it.
(An edge's own label would put both numbers on the same side.)
"""

from __future__ import annotations

import graphviz

from ..pictures.cutting import original
from ..pictures.picture import Box, Kind, Picture, Wire
from .flow import PLAIN, Pen
from .frames import FILL, in_frames
from .look import SIZE, SMALL_SIZE, Caption, Look, Mark
from .ordinary import ordinary_look
from .tables import FAINT, Text, bar, table
from .text import TOOLTIP_LIMIT, clean, plain

FONT = "Arial"  # its metrics are built into every dot
BESIDE = 3  # points between a wire that goes down and the numbers at its sides

SHAPES = {
    Kind.INPUT: {"shape": "box"},
    Kind.PARAMETER: {"shape": "cylinder"},
    Kind.CONSTANT: {"shape": "plain"},
    Kind.OPERATION: {"shape": "ellipse"},
    Kind.OUTPUT: {"shape": "box", "style": "rounded", "peripheries": "2"},
    Kind.MODULE: {"shape": "component", "style": "filled", "fillcolor": FILL},
    Kind.SEGMENT: {"shape": "box", "style": "filled,dashed", "fillcolor": FILL},
    Kind.COPY: {"shape": "box", "style": "dashed"},
    Kind.MORE: {"shape": "plain"},
}
CIRCLE = {"shape": "circle", "fixedsize": "true", "width": "0.4", "fontsize": "17"}
"""The look of an op that is one sign."""

CROWDED = {"shape": "box", "style": "rounded"}
"""The look of an op with much to say: an ellipse would be large, and mostly empty."""


def to_dot(picture: Picture, look: Look | None = None, *, title: str | None = None, direction: str = "LR") -> str:
    """Write a picture down in DOT.

    Args:
        picture: what to show.
        look: how; if left out, as ``draw`` shows it by default.
        title: a headline, or None.
        direction: ``"LR"`` from left to right, ``"TB"`` from top to bottom.

    Returns:
        DOT source, the same bytes for the same picture.

    Example:
        >>> import autograd_core as ag
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> print(to_dot(picture(ag.graph(x))).splitlines()[0])
        digraph computation {
    """
    boxes = {box.id: box for box in picture.boxes}
    look = look or ordinary_look(picture)
    heading = [Text((clean(title, TOOLTIP_LIMIT),), SIZE + 3).cell()] if title else []
    heading += [Text((clean(remark, TOOLTIP_LIMIT),), SMALL_SIZE, FAINT).cell() for remark in picture.remarks]
    heading += look.legend

    root = graphviz.Digraph("computation")
    root.attr(rankdir=direction, ranksep="0.22", nodesep="0.14", fontname=FONT, labelloc="t")
    root.attr(pad="0.12")  # inches; the tabs of folded modules, and thick borders, reach out of their boxes
    root.attr(tooltip=" ")  # else browsers show the graph's name wherever the pointer rests
    if heading:
        root.attr(label=table(*heading))
    root.attr("node", fontname=FONT, fontsize=str(SIZE), width="0.35", height="0.35", margin="0.09,0.04")
    root.attr("edge", arrowsize="0.6", fontname=FONT, fontsize=str(SMALL_SIZE), fontcolor=FAINT)
    # Lines of one length: between shorter and longer ones, Graphviz leaves a gap before the edge.
    sizes = [text.width if direction == "LR" else text.height + 2 * BESIDE
             for caption in look.captions.values() for text in (caption.above, caption.below)]
    length = max(sizes, default=0)
    for box in in_frames(root, picture.boxes):
        _draw_box(root, box, look.marks.get(box.id, Mark()), direction)
        if box.id in look.captions:
            _draw_value(root, box, look.captions[box.id], look.pens[box.id], length, direction)
    for wire in picture.wires:
        exit = f"{_wire(boxes[wire.source])}:wire:{'e' if direction == 'LR' else 's'}"
        source = exit if wire.source in look.captions else wire.source
        pen = look.wires.get(wire) or look.pens.get(original(wire.source), PLAIN)
        _draw_wire(root, source, wire, boxes, pen, direction)
    return str(root.source)


def _draw_box(here: graphviz.Digraph, box: Box, mark: Mark, direction: str) -> None:
    text, note = clean(box.text), clean(box.note)
    about = [clean(line, TOOLTIP_LIMIT) for line in (box.about, *mark.told)]
    if box.kind is Kind.COPY:
        text += " (again)"
    below = [Text((note,), SMALL_SIZE, FAINT).cell()] if note else []
    below += [row.cell(f'WIDTH="{row.width}"') for row in mark.rows]
    crowded = box.kind is Kind.OPERATION and len(below) > 1
    shape = _bordered(CROWDED if crowded else SHAPES[box.kind], mark) | {"tooltip": plain(*about)}
    if box.operands:
        here.node(box.id, label=_gate(box, text, below, mark, direction), **shape | {"shape": "plain"})
    elif box.kind is Kind.OPERATION and not below and len(text) == 1:
        here.node(box.id, label=plain(text), **shape | CIRCLE)
    else:
        label = Text((text,), SIZE, FAINT if box.kind in (Kind.CONSTANT, Kind.MORE, Kind.COPY) else "black")
        # An ellipse has room to spare; a box is made as wide as the widest font needs.
        width = "" if box.kind is Kind.OPERATION else f'WIDTH="{label.width}"'
        here.node(box.id, label=table(label.cell(width), *below), **shape)


def _bordered(shape: dict[str, str], mark: Mark) -> dict[str, str]:
    """A shape, as attributes of Graphviz, with the border of what marks it."""
    if not mark.border:
        return shape
    style = mark.border.style
    return {
        **shape,
        "shape": "box" if shape["shape"] == "plain" else shape["shape"],  # a plain one has no border
        "style": f"{shape['style']},{style}" if "style" in shape else style,
        "color": mark.border.colour,
        "penwidth": f"{mark.border.width:.1f}",
    }


def _gate(box: Box, text: str, below: list[str], mark: Mark, direction: str) -> str:
    """An op whose operands have an order: a frame with an entrance for each."""
    entrances = [Text((clean(name),), SMALL_SIZE, FAINT).cell(f'PORT="p{i}" CELLPADDING="3"')
                 for i, name in enumerate(box.operands)]
    span = f'{"ROWSPAN" if direction == "LR" else "COLSPAN"}="{len(entrances)}"'
    inside = [Text((text,), SIZE + 2).cell(), *below]
    sign = f'<TD {span} CELLPADDING="4">{table(*inside)[1:-1]}</TD>'
    lines = [entrances[0] + sign, *entrances[1:]] if direction == "LR" else ["".join(entrances), sign]
    return table(*lines, border=3 if mark.border else 1, colour=mark.border.colour if mark.border else "")


def _draw_value(here: graphviz.Digraph, box: Box, caption: Caption, pen: Pen, length: int,
                direction: str) -> None:
    value, gradient = caption.above, caption.below
    height = max(value.height, gradient.height)  # equal halves keep the line in the middle
    if direction == "LR":
        rows = [
            value.cell(f'HEIGHT="{height}" VALIGN="BOTTOM"'),
            bar(pen.colour, length, pen.width, "wire"),
            gradient.cell(f'HEIGHT="{height}" VALIGN="TOP"'),
        ]
    else:
        rows = [
            value.cell(f'WIDTH="{value.width}" CELLPADDING="{BESIDE}" ALIGN="RIGHT" BALIGN="RIGHT"')
            + bar(pen.colour, pen.width, length, "wire")
            + gradient.cell(f'WIDTH="{gradient.width}" CELLPADDING="{BESIDE}" ALIGN="LEFT"')
        ]
    tooltip = plain(*(clean(line, TOOLTIP_LIMIT) for line in caption.told))
    here.node(_wire(box), label=table(*rows), shape="plain", tooltip=tooltip)
    entry = "w" if direction == "LR" else "n"
    here.edge(box.id, f"{_wire(box)}:wire:{entry}", arrowhead="none", tooltip=" ", **_ink(pen))


def _draw_wire(root: graphviz.Digraph, start: str, wire: Wire, boxes: dict[str, Box], pen: Pen,
               direction: str) -> None:
    source, target = boxes[wire.source], boxes[wire.target]
    end = f"{target.id}:p{wire.place}:{'w' if direction == 'LR' else 'n'}" if target.operands else target.id
    more = {"label": f"{wire.count:,}×"} if wire.count > 1 and not _goes_without_saying(source, target, wire) else {}
    if more and direction == "TB":
        more["label"] = f"{'':3}{more['label']}"  # else it touches the wire on its left
    if source is target:
        start, end = source.id, source.id  # the loop of what feeds itself
        if direction == "TB":  # beside the box: Graphviz's own choice is too flat to see
            start, end, more["label"] = f"{start}:se", f"{end}:ne", f"{'':6}{more.get('label', '')}"
    elif source.rank > target.rank:  # from one repeat to the next: written backwards, it leaves the others in order
        start, end, more["dir"] = end, start, "back"
    root.edge(start, end, tooltip=graphviz.nohtml(f"{_about(source)} → {_about(target)}"), **_ink(pen), **more)


def _goes_without_saying(source: Box, target: Box, wire: Wire) -> bool:
    """Whether a wire is there once in each of the repeats whose frame says how many there are."""
    frames = [call for call in target.call.chain() if call.times > 1] if target.call else []
    inside = source.call is not None and any(call in frames for call in source.call.chain())
    return inside and wire.count == frames[0].times


def _about(box: Box) -> graphviz.quoting.NoHtml:
    return plain(clean(box.about, TOOLTIP_LIMIT))


def _wire(box: Box) -> str:
    """The id of its wire node."""
    return f"{box.id}.value"


def _ink(pen: Pen) -> dict[str, str]:
    return {"color": pen.colour, "penwidth": str(pen.width), "style": pen.style}
