"""The pictures in a page: the graph folded to every depth, as SVG in which a script finds its way."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..cutting import apart
from ..dot import GRADIENT, to_dot
from ..fitting import fitted
from ..folding import fold, unfolded
from ..picture import Box, Picture
from ..render import render

_SVG = "{http://www.w3.org/2000/svg}"
_TOOLTIP = "{http://www.w3.org/1999/xlink}title"
_DROPPED = (_TOOLTIP, "id", "font-family", "{http://www.w3.org/XML/1998/namespace}space")


@dataclass(frozen=True)
class View:
    """The graph with modules folded below some depth."""

    label: str
    remarks: tuple[str, ...]
    svg: str  # an element, for a page


def views(whole: Picture, max_nodes: int) -> list[View]:
    """Draw a graph at every depth: from all modules folded to all open, or as many as can be shown.

    Args:
        whole: the picture in which nothing is folded.
        max_nodes: the most boxes that a view may have.

    Returns:
        At least one.

    Raises:
        RendererError: there is no Graphviz, or it failed.
    """
    levels = 1 + max((box.call.level for box in whole.boxes if box.call), default=-1)
    found: list[View] = []
    for depth in range(levels + 1):
        picture = fold(whole, lambda call, depth=depth: call.level >= depth)  # type: ignore[misc]  # mypy on defaults
        label = "all open" if depth == levels else f"depth {depth}"
        if len(picture.boxes) > max_nodes:
            picture, label = fitted(whole, max_nodes), "as much as fits"
        picture = apart(picture)
        found.append(View(label, picture.remarks, _annotated(render(to_dot(picture), "svg"), picture)))
        if label == "as much as fits":
            break
    return found


def _annotated(svg: bytes, picture: Picture) -> str:
    """Tell a page's script which vertices each shape stands for; and drop the ids, which several pictures share."""
    root = ET.fromstring(svg)
    boxes = {box.id: box for box in picture.boxes}
    leaving = _leaving(picture)
    for group in [group for group in root.iter(f"{_SVG}g") if group.get("class")]:
        name, kind = group.findtext(f"{_SVG}title", ""), group.get("class")
        if kind == "graph":
            _drop_background(group)
            continue
        tooltip = next((a.get(_TOOLTIP, "").strip() for a in group.iter(f"{_SVG}a")), "")
        group[:] = [*(_title(tooltip) if kind != "edge" else ()), *_shapes(group)]
        if kind == "edge":
            group.attrib |= _ends(name)
        elif name in boxes:
            _link(group, boxes[name])
        elif (source := name.removesuffix("_value")) in leaving:
            group.attrib |= {"class": "value", "data-box": source, "data-of": _listed(leaving[source])}
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


def _leaving(picture: Picture) -> dict[str, set[str]]:
    """By box: the boxes of the unfolded picture whose values leave it."""
    leaving: dict[str, set[str]] = {}
    for wire in picture.wires:
        leaving.setdefault(wire.source, set()).update(each.source for each in wire.merged or (wire,))
    return leaving


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


def _link(group: ET.Element, box: Box) -> None:
    """Make a box a link, which works without a script, too."""
    ids = [inner.id for inner in unfolded([box])]
    link = ET.Element("a", {"href": f"#n{max(map(_vertex, ids))}", "data-box": box.id, "data-vertices": _listed(ids)})
    if box.inside:
        link.set("data-folded", "")
    link.extend(group)
    group[:] = [link]


def _ends(name: str) -> dict[str, str]:
    """The boxes that an edge joins."""
    source, target = (end.split(":")[0].removesuffix("_value") for end in name.split("->"))
    return {"data-from": source, "data-to": target}


def _drop_background(graph: ET.Element) -> None:
    """The page has its own."""
    for parent in graph.iter():
        for polygon in [child for child in parent if child.get("fill") == "white" and child.get("stroke") == "none"]:
            parent.remove(polygon)
            return


def _vertex(id: str) -> int:
    """The vertex that a box of the unfolded picture is, or (a constant, an output) belongs to."""
    return int(id.removeprefix("v").partition("_")[0])


def _listed(ids: Iterable[str]) -> str:
    """The vertices among some boxes of the unfolded picture: those that have gradients."""
    return " ".join(map(str, sorted(_vertex(id) for id in ids if "_" not in id)))
