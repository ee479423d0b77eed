"""The look of one computation: values and gradients on its wires, pens by gradient flow, flags."""

from __future__ import annotations

from collections.abc import Collection

from ..pictures.captions import SHOW, exact, gradient_line, is_large, value_lines
from ..pictures.picture import Box, Kind, Picture
from .flow import NONE, PLAIN, SCALE, Pen, pen_for
from .legend import legend
from .look import GRADIENT, SIZE, SMALL_SIZE, VALUE, Caption, Look
from .marks import flags_in, mark
from .tables import FAINT, Text
from .text import clean


def ordinary_look(picture: Picture, show: Collection[str] = SHOW) -> Look:
    """How ``draw`` shows a picture.

    Args:
        picture: any.
        show: what to write on the wires: ``"values"``, ``"gradients"`` and ``"shapes"``; and with ``"flow"``, to draw
            them by the size of their gradients.

    Returns:
        A Look.
    """
    values = [box for box in picture.boxes if box.value is not None]
    pens = _pens(values, show)
    flags = {box.id: found for box in picture.boxes if (found := flags_in(box))}
    return Look(
        pens,
        {box.id: _caption(box, show) for box in values} if {"values", "gradients", "shapes"} & set(show) else {},
        {id: mark(found) for id, found in flags.items()},
        legend("gradient rms", SCALE, pens.values(), (flag for found in flags.values() for flag in found)),
    )


def _pens(values: list[Box], show: Collection[str]) -> dict[str, Pen]:
    """A pen for every value: by gradient flow where there are arrays, black where the numbers are all there."""
    if "flow" not in show or not any(is_large(box.value) for box in values if box.value is not None):
        return {box.id: PLAIN for box in values}
    return {box.id: NONE if box.kind is Kind.CONSTANT else pen_for(box.gradient) for box in values}


def _caption(box: Box, show: Collection[str]) -> Caption:
    """What stands above and below the wire."""
    assert box.value is not None  # such boxes have no wire node
    value, gradient = box.value, box.gradient
    size = SMALL_SIZE + 1 if is_large(value) else SIZE
    lines = tuple(clean(line) for line in value_lines(value, box.values, show)) or ("",)
    below = ("",) if box.kind is Kind.CONSTANT or "gradients" not in show else (gradient_line(gradient),)
    told = ["value " + exact(value)]
    if box.kind is not Kind.CONSTANT:
        told.append("gradient " + exact(gradient) if gradient else "no gradient is known")
    return Caption(
        Text(lines, size, VALUE, prefix=f"{clean(box.name)} = " if box.name else "", alarm=not value.finite),
        Text(below, size, GRADIENT if gradient else FAINT, alarm=gradient is not None and not gradient.finite),
        tuple(told),
    )
