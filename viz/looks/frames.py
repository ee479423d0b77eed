"""The modules' frames around their boxes, one in another as the calls were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import graphviz

from ..pictures.calls import Call
from ..pictures.picture import Box
from .text import TOOLTIP_LIMIT, clean, plain

FILL, EDGE = "#f3f6f9", "#9aa5b1"
NESTED = 24
"""Frames in one another, at most; what is deeper is drawn in the innermost of these."""


def in_frames(root: graphviz.Digraph, boxes: Iterable[Box]) -> Iterator[Box]:
    """Open and close the frames of modules in a DOT graph, and give each box when its frame is open.

    A frame that would hold nothing but one other frame is drawn as one with it. Its name in DOT says which call it is:
    ``cluster_7_2`` is the one of level 2 around the box at place 7.

    Args:
        root: where to write.
        boxes: those of a picture.

    Returns:
        The boxes, frame by frame.
    """
    inside: dict[Call | None, list[Box | Call]] = {None: []}
    first: dict[Call | None, int] = {}  # where the first box in a frame is
    for place, box in enumerate(boxes):
        child: Box | Call = box
        around = box.call
        while around not in inside:
            inside[around] = [child]
            first[around] = place
            assert around is not None
            child, around = around, around.outer
        inside[around].append(child)

    stack: list[tuple[str, Iterator[Box | Call]]] = [("", iter(inside[None]))]
    while stack:
        title, rest = stack[-1]
        step = next(rest, None)
        if isinstance(step, Box):
            yield step
        elif step is None:
            stack.pop()
            if title:
                root.body.append("\t}\n")
        elif len(stack) > NESTED:
            stack.append(("", iter(inside[step])))
        else:
            names = [step.label]
            while len(inside[step]) == 1 and isinstance(only := inside[step][0], Call):
                step = only
                names.append(step.label)
            title = ".".join(names) + step.title.removeprefix(step.label)
            root.body.append(f"\tsubgraph cluster_{first[step]}_{step.level} {{\n")
            root.attr(label=plain(clean(title)), tooltip=plain(clean(step.path, TOOLTIP_LIMIT)), labeljust="l",
                      style="rounded,filled", color=EDGE, fillcolor=FILL, fontsize="12")
            stack.append((title or " ", iter(inside[step])))
