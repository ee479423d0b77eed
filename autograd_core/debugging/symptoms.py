"""What one operation does to a gradient, found by measuring its rule and not by its name.

The rule is run again on other gradients, or in a wider float: what changes then tells why zeros, NaN or inf came out.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..recording import Edge, Node, Primitive
from ..walk import fit
from . import words
from .flows import Passage
from .measure import number, rms
from .values import known_operands

TINY = 1e-7
"""A gradient with an RMS below this is tiny: added to weights of about 1, it is lost in the rounding of float32."""

HUGE = 1e3
"""A gradient with an RMS above this is huge: at a learning rate of 0.001, it moves weights by more than 1."""

FLAT = 0.01
"""A function is flat (a sigmoid: saturated) where the absolute value of its slope is below this."""

MANY = 0.5
"""The share of elements that are flat or 0, and of units that are off, from which on it is worth saying."""


class Symptom(NamedTuple):
    """What happened, in one word and in a sentence about the operation, with the numbers behind it."""

    kind: str
    words: str
    numbers: dict[str, float]


def slopes(node: Node, edge: Edge) -> np.ndarray | None:
    """The derivative of each output of an elementwise operation by its own input; None where it is not known.

    Of a relu these are ones and zeros, of a sigmoid numbers from 0 to 0.25.
    """
    primitive = node.primitive
    if primitive is None or not primitive.elementwise or node.freed:
        return None
    shape = node.value.shape
    with np.errstate(all="ignore"):
        found = primitive.rules[edge[0]](np.ones(shape, node.value.dtype), *edge[2])
    return found if found.shape == shape else np.broadcast_to(found, shape)


def dead_units(slopes: np.ndarray) -> tuple[int, int, int]:
    """The units with a slope of exactly 0 for the whole batch: how many, of how many, and the size of the batch."""
    off = always_off(slopes)
    return int(off.sum()), off.size, len(slopes) if slopes.ndim > 1 else 1


def always_off(slopes: np.ndarray) -> np.ndarray:
    """Which units have a slope of exactly 0 for the whole batch.

    Units are the columns of a matrix (samples, units), the last axis of sequences (samples, time, units), and the
    channels of images (samples, channels, height, width); without a batch, the single elements.
    """
    if slopes.ndim < 2:
        return np.asarray(slopes == 0).reshape(-1)
    units = np.moveaxis(slopes, 1 if slopes.ndim > 3 else -1, -1)
    return np.asarray((units == 0).all(axis=tuple(range(units.ndim - 1))))


def flat_share(slopes: np.ndarray) -> float:
    """The share of elements where the slope is below ``FLAT``."""
    return float((np.abs(slopes) < FLAT).mean()) if slopes.size else 0.0


def why_zero(passage: Passage) -> Symptom:
    """Why a gradient that was not 0 came out of an operation as exact zeros."""
    node, edge = passage.node, passage.edge
    if 0 in node.value.shape or 0 in edge[1].value.shape:
        return Symptom("empty", "there are no elements", {})
    if node.freed or passage.gradient is None:
        return Symptom("zero", "let none of the gradient through", {})
    g = np.asarray(passage.gradient)
    least = np.finfo(g.dtype).smallest_subnormal
    if 0 < np.abs(_wider(node, edge, g)).max() < least:
        return Symptom("underflow", f"underflow: a product below the smallest {g.dtype}, {least:.1e}, became 0", {})
    probe = np.random.default_rng(0).uniform(0.5, 1.5, g.shape).astype(g.dtype)
    if rms(_through(node, edge, g * probe)):
        return Symptom("cancellation", words.cancels(_primitive(node).name), {})
    if rms(_through(node, edge, probe)):
        return Symptom("missed", f"the derivative is 0 at every element where a gradient arrives{_off(node, edge)}", {})
    return _why_flat(node, edge, probe)


def _why_flat(node: Node, edge: Edge, probe: np.ndarray) -> Symptom:
    """Why the derivative is 0 for every gradient."""
    primitive = _primitive(node)
    if not primitive.keeps[edge[0]]:
        return Symptom("step", "piecewise constant: the derivative is 0 by definition", {})
    for i, name in enumerate(primitive.keeps[edge[0]]):
        value = edge[2][i]
        if name not in primitive.operands or np.any(value):
            continue
        position = edge[0] if primitive.variadic else [*primitive.operands].index(name)
        other = [*edge[2][:i], np.ones_like(value), *edge[2][i + 1 :]]
        if primitive.rules[position] and rms(_through(node, (edge[0], edge[1], other, edge[3]), probe)):
            who = words.operand_name(node, position)
            return Symptom("zero factor", f"{who} is all zeros, and with it the derivative", {})
    found = slopes(node, edge)
    return off_units(node, np.zeros(node.value.shape) if found is None else found)


def off_units(node: Node, slopes: np.ndarray) -> Symptom:
    """How many units of an operation let nothing through."""
    dead, units, batch = dead_units(slopes)
    said = words.off(_primitive(node).name, dead, units, batch, slopes.ndim)
    return Symptom("off", said, {"off": float(dead), "units": float(units), "batch": float(batch)})


def _off(node: Node, edge: Edge) -> str:
    found = slopes(node, edge)
    return "" if found is None else f" ({int((found == 0).sum())} of {found.size} elements)"


def why_broken(passage: Passage) -> Symptom:
    """Why NaN or inf came out of an operation's derivative, although what arrived was finite."""
    node, edge = passage.node, passage.edge
    made = "NaN" if math.isnan(passage.left or 0) else "inf"
    if not node.freed and passage.gradient is not None:
        g = np.asarray(passage.gradient)
        if np.isfinite(_wider(node, edge, g)).all():
            largest = number(float(np.finfo(g.dtype).max))
            return Symptom("overflow", f"overflow: a product above the largest {g.dtype}, {largest}, became {made}", {})
    return Symptom("infinite slope", f"the derivative there is infinite or undefined, and made {made}", {})


def why_scaled(passage: Passage) -> Symptom:
    """What made a gradient smaller or larger on its way through an operation."""
    node, edge = passage.node, passage.edge
    factor = passage.factor or 0.0
    numbers = {"factor": factor}
    op = _primitive(node).name
    found = slopes(node, edge)
    if found is not None and found.size:
        sizes = np.abs(found)
        low, high = number(float(sizes.min())), number(float(sizes.max()))
        between = f"a slope of {high}" if low == high else f"slopes from {low} to {high}"
        flat = flat_share(found)
        if factor < 1 and flat >= MANY and len(_primitive(node).operands) == 1:
            numbers["flat"] = flat
            what = "saturated" if words.saturates(op) else "flat"
            return Symptom(what, f"{what}: {between}, {flat:.0%} of them below {FLAT}", numbers)
        return Symptom("factor", between, numbers)
    if op == "mean":
        averaged = math.prod(edge[1].value.shape) // (math.prod(node.value.shape) or 1)
        return Symptom("factor", f"the mean of {averaged} elements", numbers)
    others = [(i, value) for i, value in known_operands(node).items() if i != edge[0] and np.size(value)]
    said = ", ".join(f"{words.operand_name(node, i)} has RMS {number(rms(value))}" for i, value in others)
    return Symptom("factor", said, numbers)


def _primitive(node: Node) -> Primitive:
    return node.primitive  # type: ignore[return-value]  # a passage goes through an operation


def _through(node: Node, edge: Edge, g: np.ndarray) -> Any:
    """The gradient of one operand, for the gradient ``g``."""
    gradient = np.asarray(_primitive(node).rules[edge[0]](g, *edge[2]))
    return gradient if edge[3] is None else fit(gradient, edge[3][0], gradient.dtype)


def _wider(node: Node, edge: Edge, g: np.ndarray) -> Any:
    """The same for the same ``g``, computed in the next wider float; zeros and infinities that remain are real."""
    wide = np.float64 if g.dtype.itemsize < 8 else np.longdouble
    keeps = [x.astype(wide) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in edge[2]]
    try:
        return _through(node, (edge[0], edge[1], keeps, edge[3]), g.astype(wide))
    except (TypeError, ValueError):  # LAPACK, and some users' rules, take no longdouble
        return g * math.nan
