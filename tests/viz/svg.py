"""Read a drawing's SVG back: what is written on each wire, and where."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import NamedTuple

from viz import Drawing
from viz.looks.look import GRADIENT, VALUE
from viz.looks.tables import ALARM

SVG = "{http://www.w3.org/2000/svg}"


class Label(NamedTuple):
    text: str
    y: float
    colour: str


class WireNode(NamedTuple):
    value: Label
    line: float  # y of the black line
    gradient: Label | None


def nodes(drawing: Drawing) -> dict[str, ET.Element]:
    root = ET.fromstring(drawing.svg())
    return {g.findtext(f"{SVG}title", ""): g for g in root.iter(f"{SVG}g") if g.get("class") == "node"}


def edges(drawing: Drawing) -> list[tuple[str, str]]:
    root = ET.fromstring(drawing.svg())
    titles = [g.findtext(f"{SVG}title", "") for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]
    return [(a.split(":")[0], b.split(":")[0]) for a, b in (title.split("->") for title in titles)]


def labels(node: ET.Element) -> list[Label]:
    return [Label(t.text or "", float(t.get("y", "nan")), t.get("fill", "black")) for t in node.iter(f"{SVG}text")]


def wires(drawing: Drawing) -> list[WireNode]:
    found = []
    for name, node in nodes(drawing).items():
        if name.endswith(".value"):
            values = [label for label in labels(node) if label.colour == VALUE]
            gradients = [label for label in labels(node) if label.colour == GRADIENT]
            shapes = [p for p in node.iter(f"{SVG}polygon") if p.get("stroke") in ("none", "transparent")]  # no frame
            corners = next(p.get("points", "") for p in shapes if p.get("fill") != ALARM).split()
            line = sum(float(corner.split(",")[1]) for corner in corners) / len(corners)
            found.append(WireNode(values[0], line, gradients[0] if gradients else None))
    return found


def numbers(drawing: Drawing) -> list[str]:
    """The wires as ``value/gradient``, sorted."""
    return sorted(f"{w.value.text}/{w.gradient.text if w.gradient else ''}" for w in wires(drawing))
