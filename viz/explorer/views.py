"""The pictures in a page: the graph in every folding that the page can show."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..looks.dot import to_dot
from ..looks.flow import SCALE, Pen
from ..looks.look import Look
from ..looks.ordinary import ordinary_look
from ..looks.render import render
from ..looks.text import clean
from ..pictures.flags import Trouble, meanings
from ..pictures.folding import folded_call
from ..pictures.picture import Picture
from .annotate import Opening, Ways, annotated
from .foldings import Folding, Foldings


@dataclass(frozen=True)
class View:
    """The graph in one folding, and the views that its buttons lead to, by number."""

    label: str
    remarks: tuple[str, ...]
    svg: str  # an element, for a page
    single: bool  # some modules were opened one by one
    folded: int | None  # one level less
    unfolded: int | None  # one level more


class Legend(NamedTuple):
    """What the colours and widths of wires mean, and the flags."""

    pens: list[Pen]
    flags: list[tuple[Trouble, str]]


def views(whole: Picture, max_nodes: int, direction: str = "LR") -> tuple[list[View], Legend]:
    """Draw a graph at every depth, from all modules folded to as many open as can be shown; and with modules opened
    one by one.

    Args:
        whole: the picture in which nothing is folded.
        max_nodes: the most boxes that a view may have.
        direction: ``"LR"`` from left to right, ``"TB"`` from top to bottom.

    Returns:
        At least one, and what explains them all.

    Raises:
        RendererError: there is no Graphviz, or it failed.
    """
    foldings = Foldings(whole, max_nodes)
    numbers = {folding: i for i, folding in enumerate(foldings.all)}
    pictures = [foldings.drawn(folding) for folding in foldings.all]
    looks = [ordinary_look(picture) for picture in pictures]
    # What explains a drawing stands on the page, where it does not move with the drawing.
    drawn = _rendered([to_dot(replace(picture, remarks=()), replace(look, legend=()), direction=direction)
                       for picture, look in zip(pictures, looks, strict=True)])
    every = [
        View(clean(foldings.label(folding)), picture.remarks,
             annotated(svg, picture, _ways(foldings, folding, picture, numbers)), folding.inner is not None,
             numbers.get(Folding(folding.depth if folding.inner else folding.depth - 1)),
             numbers.get(Folding(folding.depth + 1)))
        for folding, picture, svg in zip(foldings.all, pictures, drawn, strict=True)
    ]
    return every, _legend(whole, looks)


def _legend(whole: Picture, looks: Sequence[Look]) -> Legend:
    used = {pen for look in looks for pen in look.pens.values()}
    flags = (flag for box in whole.boxes for flag in box.flags)
    return Legend([pen for pen in SCALE if pen in used], list(meanings(flags).items()))


def _ways(foldings: Foldings, here: Folding, picture: Picture, numbers: dict[Folding, int]) -> Ways:
    """Where the modules in a picture lead when they are opened or closed."""
    folded = {box.id: call for box in picture.boxes if (call := folded_call(box))}
    calls = {call for box in picture.boxes if box.call for call in box.call.chain()}
    return Ways(
        {id: Opening(foldings.number(call), numbers[target], foldings.companions(call, target))
         for id, call in folded.items() if (target := foldings.opened(here, call)) != here},
        {call: (foldings.number(call), numbers[around]) for call in calls if (around := foldings.closed(here, call))})


def _rendered(sources: Sequence[str]) -> Iterator[bytes]:
    """Several pictures at once: the work is done by processes, for which threads wait."""
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield from _told(pool.map(lambda source: render(source, "svg"), sources), len(sources))
    finally:
        pool.shutdown(cancel_futures=True)


def _told(drawn: Iterator[bytes], count: int) -> Iterator[bytes]:
    """With a bar, if it takes long, and somebody at a terminal has tqdm."""
    try:
        from tqdm import tqdm
    except ImportError:
        return drawn
    return iter(tqdm(drawn, "explore", count, leave=False, disable=None, delay=2, unit=" drawings"))
