"""Flags: what is wrong at a vertex, in a word and with the numbers behind it.

They agree with ``ag.explain``: the same measurements, the same thresholds. VANISHING, EXPLODING and NO GRAD are said of
leaves alone, because they are what learns: the gradient of an activation is small by itself in a large batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from autograd_core.debugging.diagnosis import Diagnosis
from autograd_core.debugging.symptoms import FLAT, HUGE, MANY, TINY
from autograd_core.graph import Graph, Reading, Vertex

from .captions import short


class Trouble(Enum):
    """What can be wrong, worst first: the icon, the word, and how a border is drawn (colour, style of Graphviz)."""

    BROKEN = ("×", "NaN/INF", "#a50f15", "solid")  # the icons are among the few that every dot has in its fonts
    EXPLODING = ("▲", "EXPLODING", "#b34700", "solid")
    VANISHING = ("▼", "VANISHING", "#0072b2", "solid")
    DEAD = ("†", "DEAD RELU", "#8a2b6b", "solid")
    SATURATED = ("▬", "SATURATED", "#8a2b6b", "dashed")
    NO_GRAD = ("○", "NO GRAD", "#5c6670", "dashed")
    DETACHED = ("‖", "DETACHED", "#5c6670", "dotted")

    def __init__(self, icon: str, word: str, colour: str, border: str) -> None:
        self.icon, self.word, self.colour, self.border = icon, word, colour, border

    @property
    def title(self) -> str:
        """Icon and word."""
        return f"{self.icon} {self.word}"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Trouble).index(self)


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is wrong at one vertex."""

    trouble: Trouble
    about: str  # what was measured
    meaning: str  # of this flag wherever it is, with its threshold
    first: str = ""  # "forward" or "backward": the first operation, in that order, to make NaN or inf


def meanings(flags: Iterable[Flag]) -> dict[Trouble, str]:
    """What a legend says of flags: each kind once, worst first."""
    found = {flag.trouble: flag.meaning for flag in flags}
    return {trouble: found[trouble] for trouble in Trouble if trouble in found}


def flags_of(graph: Graph, *, tiny: float = TINY, huge: float = HUGE,
             many: float = MANY) -> dict[str, tuple[Flag, ...]]:
    """What is wrong in a graph, and where.

    Args:
        graph: from ``ag.graph(..., diagnose=True)``; without, only what gradients tell is flagged.
        tiny: a leaf's gradient with a smaller root mean square (RMS) vanishes.
        huge: one with a larger RMS explodes.
        many: the share of units that are off, or of elements that are saturated, from which on it is flagged.

    Returns:
        Flags, worst first, by the id of the box that a picture has for it: ``v3`` for vertex 3, ``v3_b`` for its
        constant operand b.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([[-1.0, -2.0]], requires_grad=True, name="x")
        >>> graph = ag.graph(ag.relu(x).sum(), diagnose=True)
        >>> [(id, flag.trouble.title, flag.about) for id, (flag,) in flags_of(graph).items()]
        [('v1', '† DEAD RELU', '2 of 2 units are off')]
    """
    known = any(vertex.gradient for vertex in graph.vertices)
    found: dict[str, list[Flag]] = {}
    for vertex in graph.vertices:
        diagnosis = vertex.diagnosis or Diagnosis()
        flags = [*_of_slopes(diagnosis, many)] if vertex.op else [*of_leaf(vertex.gradient, tiny, huge, known)]
        if flags:
            found[f"v{vertex.id}"] = flags
        for operand, how in diagnosis.cuts.items():
            found[f"v{vertex.id}_{operand}"] = [Flag(Trouble.DETACHED, how, "a constant: its values left the graph")]
    if _is_sick(graph):
        for id, flag in _makers(graph):
            found.setdefault(id, []).append(flag)
    return {id: tuple(_each_once(flags)) for id, flags in found.items()}


def _is_sick(graph: Graph) -> bool:
    """Whether a NaN or infinity did harm: it is in an output, or in a gradient."""
    return any((vertex.diagnosis and vertex.diagnosis.broke) or (vertex.is_output and not vertex.value.finite)
               or (vertex.op is None and vertex.gradient and not vertex.gradient.finite) for vertex in graph.vertices)


def _makers(graph: Graph) -> list[tuple[str, Flag]]:
    """What made NaN or inf, by the box's id; the first of both passes is marked."""
    operands: dict[int, list[Reading]] = {}
    for wire in graph.wires:
        operands.setdefault(wire.target, []).append(graph.vertices[wire.source].value)
    forward: list[tuple[str, Flag]] = []
    backward: list[tuple[str, Flag]] = []
    for vertex in graph.vertices:
        id, broke = f"v{vertex.id}", vertex.diagnosis is not None and vertex.diagnosis.broke
        given = [*operands.get(vertex.id, ()), *vertex.constants.values()]
        for name, value in vertex.constants.items():
            if _has_nan(value) or (broke and not value.finite):
                forward.append((f"{id}_{name}", broken("its values are not all finite")))
        if _made_bad(vertex, given):
            forward.append((id, broken("it made NaN or inf" if vertex.op else "its values are not all finite")))
        elif broke and vertex.value.finite and all(value.finite for value in given):
            backward.insert(0, (id, broken("its derivative made NaN or inf of a finite gradient")))
    for order, made in (("forward", forward), ("backward", backward)):
        made[:1] = [(id, replace(flag, first=order)) for id, flag in made[:1]]
    return forward + backward


def of_leaf(gradient: Reading | None, tiny: float, huge: float, known: bool) -> Iterator[Flag]:
    """What a leaf's gradient tells: the verdicts of ``ag.explain``.

    Args:
        gradient: None if there is none.
        tiny: see ``flags_of``.
        huge: likewise.
        known: whether any leaf has its gradient.

    Returns:
        At most one flag.
    """
    if gradient is None:
        if known:
            yield no_grad("no gradient arrived, although others have theirs")
        return
    size = gradient.rms
    if size is None:  # no elements, or freed
        return
    about = f"the gradient's RMS is {short(size)}"
    if not math.isfinite(size):
        yield broken("its gradient is not finite")
    elif 0 < size < tiny:
        yield Flag(Trouble.VANISHING, about, f"gradient RMS below {tiny:g}")
    elif size > huge:
        yield Flag(Trouble.EXPLODING, about, f"gradient RMS above {huge:g}")


def _of_slopes(diagnosis: Diagnosis, many: float) -> Iterator[Flag]:
    slopes = diagnosis.slopes
    if slopes is None:
        return
    if slopes.is_saturated(many):
        yield Flag(Trouble.SATURATED, f"{slopes.flat:.0%} of the slopes are below {FLAT}",
                   f"slope below {FLAT} for {many:.0%} of the elements or more")
    if slopes.is_dead(many):
        during = f" for the whole batch of {slopes.batch}" if slopes.batch > 1 else ""
        yield Flag(Trouble.DEAD, f"{slopes.off} of {slopes.units} units are off{during}",
                   f"{many:.0%} of the units or more are off for the whole batch")


def no_grad(about: str) -> Flag:
    """The flag of what gets no gradient."""
    return Flag(Trouble.NO_GRAD, about, "no gradient arrives")


def broken(about: str) -> Flag:
    """The flag of NaN and infinity."""
    return Flag(Trouble.BROKEN, about, "makes or holds NaN or inf, or its gradient does")


def _made_bad(vertex: Vertex, given: list[Reading]) -> bool:
    """Whether NaN came of numbers, or inf of finite ones; to hand on the -inf of a mask is no trouble."""
    if _has_nan(vertex.value):
        return not any(map(_has_nan, given))
    return not vertex.value.finite and all(value.finite for value in given)


def _has_nan(reading: Reading) -> bool:
    return reading.rms is not None and math.isnan(reading.rms)


def _each_once(flags: Iterable[Flag]) -> list[Flag]:
    """One of each kind, if possible one that is marked as the first; worst first."""
    kinds: dict[Trouble, Flag] = {}
    for flag in sorted(flags, key=lambda flag: not flag.first):
        kinds.setdefault(flag.trouble, flag)
    return sorted(kinds.values(), key=lambda flag: flag.trouble.rank)
