"""SVG in which a page's script finds its way: what each shape stands for, and where it leads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..looks.look import GRADIENT
from ..looks.text import clean
from ..pictures.calls import Call
from ..pictures.cutting import leaving, original
from ..pictures.folding import unfolded
from ..pictures.picture import Box, Kind, Picture

_SVG = "{http://www.w3.org/2000/svg}"
_TOOLTIP = "{http://www.w3.org/1999/xlink}title"
_DROPPED = (_TOOLTIP, "id", "font-family", "{http://www.w3.org/XML/1998/namespace}space")


class Opening(NamedTuple):
    """How a folded module opens."""

    call: int  # its number
    view: int  # in which it is open
    companions: int  # so many others open with it


class Ways(NamedTuple):
    """The views that the modules in a picture lead to."""

    opening: Mapping[str, Opening]  # by folded box
    closing: Mapping[Call, tuple[int, int]]  # by call that is open: its number, and the view in which it is folded


def annotated(svg: bytes, picture: Picture, ways: Ways) -> str:
    """Prepare a drawing for a page.

    Every box becomes a link to its row in the table, and says which rows it stands for; a folded module has a
    sign by which it opens, and an open one a sign by which it closes. Ids go, which several pictures share.

    Args:
        svg: what Graphviz made of the picture.
        picture: what is drawn.
        ways: where its modules lead.

    Returns:
        An ``<svg>`` element.
    """
    root = ET.fromstring(svg)
    boxes = {box.id: box for box in picture.boxes}
    sources = leaving(picture)
    whole, *groups = [group for group in root.iter(f"{_SVG}g") if group.get("class")]
    nodes = {_name(group): group for group in groups if group.get("class") == "node"}
    _drop_background(whole)
    for group in groups:
        kind, name = group.get("class"), _name(group)
        tooltip = next((a.get(_TOOLTIP, "").strip() for a in group.iter(f"{_SVG}a")), "")
        group[:] = [*(_title(tooltip) if kind != "edge" else ()), *_shapes(group)]
        if kind == "edge":
            group.attrib |= _ends(name)
        elif kind == "cluster":
            first, call = _framed(name, picture)
            if call in ways.closing:
                whole.insert([*whole].index(nodes[first.id]), _closing(group, call, *ways.closing[call]))
        elif name in boxes:
            around = boxes[name].call
            _link(group, boxes[name], ways.opening.get(name), ways.closing.get(around) if around else None)
        elif (source := name.removesuffix(".value")) in sources:
            group.attrib |= {"class": "value", "data-box": source, "data-of": _listed(sources[source])}
            for text in group.iter(f"{_SVG}text"):
                if text.get("fill") == GRADIENT:
                    text.set("class", "gradient")
    for element in root.iter():
        element.tag = "g" if element.tag == f"{_SVG}a" else element.tag.removeprefix(_SVG)
        element.tail = None
        for attribute in _DROPPED:
            element.attrib.pop(attribute, None)
    root.attrib |= {"role": "group", "aria-label": "The graph: every box is a link to its row in the table below."}
    return ET.tostring(root, encoding="unicode")


def _name(group: ET.Element) -> str:
    """What Graphviz calls a node, a cluster or an edge; of edges, several have one name."""
    return group.findtext(f"{_SVG}title", "")


def _title(text: str) -> Iterator[ET.Element]:
    """What a browser shows where the pointer rests, and tells who cannot see."""
    if text:
        title = ET.Element("title")
        title.text = text
        yield title


def _shapes(group: ET.Element) -> Iterator[ET.Element]:
    """The shapes in a group, without the links that Graphviz puts around what has a tooltip."""
    for child in group:
        if child.tag in (f"{_SVG}a", f"{_SVG}g"):
            yield from _shapes(child)
        elif child.tag != f"{_SVG}title":
            yield child


def _link(group: ET.Element, box: Box, opening: Opening | None, around: tuple[int, int] | None) -> None:
    """Make a box a link, which works without a script, too."""
    rows = [row_of(inner) for inner in unfolded([box]) if inner.kind not in (Kind.OUTPUT, Kind.COPY)]
    rows.sort(key=lambda row: (_vertex(row), "_" not in row))  # what comes out of a module is last
    link = ET.Element("a", {"href": f"#n{rows[-1] if rows else row_of(box)}", "data-box": box.id,
                            "data-rows": " ".join(rows)})
    if box.inside:
        link.set("data-folded", "")
    link.extend(group)
    if around:
        link.set("data-in", str(around[0]))
    if opening:
        link.attrib |= {"data-call": str(opening.call), "data-opens": str(opening.view),
                        "data-companions": str(opening.companions)}
        xs, ys = _extent(group)
        link.append(_sign(max(xs) - 6, min(ys) - 6, "M3,6H9M6,3V9"))
    group[:] = [link]


def _framed(name: str, picture: Picture) -> tuple[Box, Call]:
    """The call that a frame is of, and the first box in it, from the frame's name."""
    place, level = map(int, name.split("_")[1:])
    box = picture.boxes[place]
    return box, next(call for call in box.call.chain() if call.level == level)  # type: ignore[union-attr]  # in a frame


def _closing(frame: ET.Element, call: Call, number: int, view: int) -> ET.Element:
    """Make the title of a frame a button that closes it. Its place is before what is in the frame, as one reads."""
    xs, ys = _extent(frame)
    frame.set("data-call", str(number))
    button = ET.Element("g", {"class": "close", "data-call": str(number), "data-closes": str(view)})
    button.append(_sign(min(xs) + 8, min(ys) + 5, "M3,6H9"))
    for text in frame.findall(f"{_SVG}text"):
        frame.remove(text)
        text.set("x", f"{float(text.get('x', 0)) + 16:g}")
        button.append(text)
    button.attrib |= {"role": "button", "tabindex": "-1", "aria-label": f"Close {clean(call.title)}"}
    return button


def _sign(x: float, y: float, strokes: str) -> ET.Element:
    """A small square with a plus or a minus in it, and some room for fingers."""
    sign = ET.Element("g", {"class": "sign scripted", "transform": f"translate({x:g} {y:g})"})
    for shape in ("M-4,-4H16V16H-4Z", "M0,0H12V12H0Z", strokes):
        ET.SubElement(sign, "path", {"d": shape})
    return sign


def _extent(group: ET.Element) -> tuple[list[float], list[float]]:
    """All coordinates in a group's first shape."""
    shape = next(child for child in group if child.get("d") or child.get("points"))
    pairs = re.findall(r"(-?[\d.]+),(-?[\d.]+)", shape.get("d", shape.get("points", "")))
    return [float(x) for x, _ in pairs], [float(y) for _, y in pairs]


def _ends(name: str) -> dict[str, str]:
    """The boxes that an edge joins."""
    source, target = (end.split(":")[0].removesuffix(".value") for end in name.split("->"))
    return {"data-from": source, "data-to": target}


def _drop_background(graph: ET.Element) -> None:
    """The page has its own."""
    for parent in graph.iter():
        for polygon in [child for child in parent if child.get("fill") == "white" and child.get("stroke") == "none"]:
            parent.remove(polygon)
            return


def row_of(box: Box) -> str:
    """The key of the table's row that tells of a box: a vertex, a constant, or what an output or a copy shows."""
    return original(box.id).removeprefix("v").removesuffix(".out")


def _vertex(id: str) -> int:
    """The vertex that a row or a box of the unfolded picture is, or (a constant) belongs to."""
    return int(id.removeprefix("v").partition("_")[0])


def _listed(ids: Iterable[str]) -> str:
    """The vertices among some boxes of the unfolded picture: those that have gradients."""
    return " ".join(map(str, sorted(_vertex(id) for id in ids if "_" not in id)))
