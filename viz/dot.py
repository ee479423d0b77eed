"""A picture in DOT, Graphviz's language.

A value is a *wire node*: a borderless table of the value, a black line one point high, and the gradient.
Edges run into the line's port, so that it is part of the wire; what uses a value twice gets two wires from it.
(An edge's own label would put both numbers on the same side.)
"""

from __future__ import annotations

from collections.abc import Collection

import graphviz

from . import marks
from .captions import SHOW, exact, gradient_line, is_large, value_lines
from .flags import Flag
from .flow import NONE, PLAIN, Pen, pen_for
from .frames import FILL, in_frames
from .legend import legend
from .picture import Box, Kind, Picture, Wire
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
    Kind.MODULE: {"shape": "component", "style": "filled", "fillcolor": FILL},
    Kind.SEGMENT: {"shape": "box", "style": "filled,dashed", "fillcolor": FILL},
    Kind.COPY: {"shape": "box", "style": "dashed"},
    Kind.MORE: {"shape": "plain"},
}
SIGN = {"shape": "circle", "fixedsize": "true", "width": "0.4", "fontsize": "17"}
"""The look of an op that is one sign."""


def to_dot(picture: Picture, *, title: str | None = None, direction: str = "LR",
           show: Collection[str] = SHOW) -> str:
    """Write a picture down in DOT.

    Args:
        picture: what to show.
        title: a headline, or None.
        direction: ``"LR"`` from left to right, ``"TB"`` from top to bottom.
        show: what to write on the wires: ``"values"``, ``"gradients"`` and ``"shapes"``; and with ``"flow"``, to draw
            them by the size of their gradients.

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
    pens = _pens(picture, show)
    heading = [Text((clean(title, TOOLTIP_LIMIT),), SIZE + 3).cell()] if title else []
    heading += [Text((clean(remark, TOOLTIP_LIMIT),), SMALL_SIZE, FAINT).cell() for remark in picture.remarks]
    flags = {box.id: marks.flags_in(box) for box in picture.boxes}
    heading += legend(pens.values(), (flag for found in flags.values() for flag in found))

    root = graphviz.Digraph("computation")
    root.attr(rankdir=direction, ranksep="0.22", nodesep="0.14", fontname=FONT, labelloc="t")
    root.attr(tooltip=" ")  # else browsers show the graph's name wherever the pointer rests
    if heading:
        root.attr(label=table(*heading))
    root.attr("node", fontname=FONT, fontsize=str(SIZE), width="0.35", height="0.35", margin="0.09,0.04")
    root.attr("edge", arrowsize="0.6", fontname=FONT, fontsize=str(SMALL_SIZE), fontcolor=FAINT)
    captions = {id: _captions(boxes[id], show) for id in pens} if {"values", "gradients", "shapes"} & set(show) else {}
    # Lines of one length: between shorter and longer ones, Graphviz leaves a gap before the edge.
    sizes = [text.width if direction == "LR" else text.height for pair in captions.values() for text in pair]
    length = max(sizes, default=0)
    for box in in_frames(root, picture.boxes):
        _draw_box(root, box, flags[box.id], direction)
        if box.id in captions:
            _draw_value(root, box, captions[box.id], pens[box.id], length, direction)
    for wire in picture.wires:
        exit = f"{_wire(boxes[wire.source])}:wire:{'e' if direction == 'LR' else 's'}"
        source = exit if wire.source in captions else wire.source
        origin = wire.merged[0].source if boxes[wire.source].kind is Kind.COPY else wire.source
        _draw_wire(root, source, wire, boxes, pens.get(origin, PLAIN), direction)
    return str(root.source)


def _pens(picture: Picture, show: Collection[str]) -> dict[str, Pen]:
    """A pen for every value: by gradient flow where there are arrays, black where the numbers are all there."""
    values = [box for box in picture.boxes if box.value is not None]
    if "flow" not in show or not any(is_large(box.value) for box in values if box.value is not None):
        return {box.id: PLAIN for box in values}
    return {box.id: NONE if box.kind is Kind.CONSTANT else pen_for(box.gradient) for box in values}


def _captions(box: Box, show: Collection[str]) -> tuple[Text, Text]:
    """What stands above and below the wire."""
    assert box.value is not None  # such boxes have no wire node
    value, gradient = box.value, box.gradient
    size = SMALL_SIZE + 1 if is_large(value) else SIZE
    lines = tuple(clean(line) for line in value_lines(value, box.values, show)) or ("",)
    below = ("",) if box.kind is Kind.CONSTANT or "gradients" not in show else (gradient_line(gradient),)
    return (
        Text(lines, size, VALUE, prefix=f"{clean(box.name)} = " if box.name else "", alarm=not value.finite),
        Text(below, size, GRADIENT if gradient else FAINT, alarm=gradient is not None and not gradient.finite),
    )


def _draw_box(here: graphviz.Digraph, box: Box, flags: list[Flag], direction: str) -> None:
    text, note = clean(box.text), clean(box.note)
    about = [clean(line, TOOLTIP_LIMIT) for line in (box.about, *marks.told(flags))]
    shape = marks.bordered(SHAPES[box.kind], flags) | {"tooltip": plain(*about)}
    if box.kind is Kind.COPY:
        text += " (again)"
    below = ([Text((note,), SMALL_SIZE, FAINT).cell()] if note else []) + marks.rows(flags)
    if box.operands:
        here.node(box.id, label=_gate(box, text, below, flags, direction), **shape | {"shape": "plain"})
    elif box.kind is Kind.OPERATION and not below and len(text) == 1:
        here.node(box.id, label=plain(text), **shape | SIGN)
    else:
        label = Text((text,), SIZE, FAINT if box.kind in (Kind.CONSTANT, Kind.MORE, Kind.COPY) else "black")
        # An ellipse has room to spare; a box is made as wide as the widest font needs.
        width = "" if box.kind is Kind.OPERATION else f'WIDTH="{label.width}"'
        here.node(box.id, label=table(label.cell(width), *below), **shape)


def _gate(box: Box, text: str, below: list[str], flags: list[Flag], direction: str) -> str:
    """An op whose operands have an order: a frame with an entrance for each."""
    entrances = [Text((clean(name),), SMALL_SIZE, FAINT).cell(f'PORT="p{i}"') for i, name in enumerate(box.operands)]
    span = f'{"ROWSPAN" if direction == "LR" else "COLSPAN"}="{len(entrances)}"'
    inside = [Text((text,), SIZE + 2).cell(), *below]
    sign = f'<TD {span} CELLPADDING="4">{table(*inside)[1:-1]}</TD>'
    lines = [entrances[0] + sign, *entrances[1:]] if direction == "LR" else ["".join(entrances), sign]
    return table(*lines, border=3 if flags else 1, colour=flags[0].trouble.colour if flags else "")


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


def _draw_wire(root: graphviz.Digraph, start: str, wire: Wire, boxes: dict[str, Box], pen: Pen,
               direction: str) -> None:
    source, target = boxes[wire.source], boxes[wire.target]
    end = f"{target.id}:p{wire.place}:{'w' if direction == 'LR' else 'n'}" if target.operands else target.id
    more = {"label": f"{wire.count:,}×"} if wire.count > 1 and not _goes_without_saying(source, target, wire) else {}
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
    return f"{box.id}_value"


def _ink(pen: Pen) -> dict[str, str]:
    return {"color": pen.colour, "penwidth": f"{pen.width:.1f}", "style": pen.style}
