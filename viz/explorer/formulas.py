"""The chain rule in the textbook's letters: dq/dx · df/dq = 1 · (-4) = -4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograd_core.graph import Graph, Reading

from ..looks.text import TOOLTIP_LIMIT, clean
from ..pictures.captions import SUBSCRIPTS, exact, gradient_line, is_large, short, symbol
from ..pictures.picture import output_names
from .steps import Contribution, Step

_NARROW = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True)
class Line:
    """A formula that ends in a number: what the picture shows of it, and the number itself."""

    formula: str
    result: str
    exact: str


@dataclass(frozen=True)
class Words:
    """A step, told."""

    vertex: int
    title: str
    arrived: Line
    remarks: tuple[str, ...]
    lines: tuple[Line, ...]  # one for each operand
    shown: dict[int, str]  # gradients that stand in the picture from this step on, by vertex


class Letters:
    """What a vertex is called in formulas: by its name, or v with its number.

    Args:
        graph: from ``ag.graph``.
        names: of vertices whose own do not say enough, such as parameters with the paths of their modules.
        weighted: what is differentiated is not the output, but its sum weighted with some gradient.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> letters = Letters(ag.graph((x * x).exp()))
        >>> [letters[i] for i in range(3)], letters.loss
        (['x', 'v₁', 'out'], 'out')
    """

    def __init__(self, graph: Graph, names: Mapping[int, str] = {}, *, weighted: bool = False) -> None:
        own = {vertex.id: vertex.name for vertex in graph.vertices if vertex.name}
        names = output_names(graph) | own | {**names}
        often = Counter(names.values())
        self._letters = [
            (clean(names[i]) if often[names[i]] == 1 else _numbered(clean(names[i]), i)) if i in names
            else _numbered("v", i)
            for i in range(len(graph.vertices))
        ]
        self.loss = "L"
        self.start = None  # the vertex that is differentiated, if it is one
        if len(graph.outputs) == 1 and not weighted:
            (self.start,) = graph.outputs
            self.loss = self[self.start]

    def __getitem__(self, vertex: int) -> str:
        return self._letters[vertex]

    def slope(self, vertex: int, *, of: int | None = None) -> str:
        """The derivative by a vertex: of another one, or of the loss.

        Args:
            vertex: below the line.
            of: above the line; None for what backward started from.

        Returns:
            Text such as ``df/dx``.
        """
        above = self.loss if of is None else self[of]
        return f"{_d(above)}/{_d(self[vertex])}"


def _numbered(letter: str, number: int) -> str:
    return letter + str(number).translate(SUBSCRIPTS)


def _d(name: str) -> str:
    """``dx``, ``dv₁₂``, but ``d loss``."""
    word = len(name.rstrip("₀₁₂₃₄₅₆₇₈₉")) > 1
    return f"d{_NARROW if word else ''}{name}"


def tell(steps: Sequence[Step], graph: Graph, letters: Letters) -> list[Words]:
    """Put the backward pass into words.

    Args:
        steps: from ``backward_steps``.
        graph: the snapshot of the same outputs.
        letters: what its vertices are called.

    Returns:
        As many as there are steps.

    Example:
        >>> import autograd_core as ag
        >>> from viz.explorer.steps import backward_steps
        >>> x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
        >>> q = x + y
        >>> q.name = "q"
        >>> f = q * z
        >>> f.name = "f"
        >>> graph = ag.graph(f)
        >>> second = tell(backward_steps([f]), graph, Letters(graph))[1]
        >>> second.title
        '+ gives q'
        >>> [line.formula + line.result for line in second.lines]
        ['df/dx = dq/dx · df/dq = 1 · (-4) = -4', 'df/dy = dq/dy · df/dq = 1 · (-4) = -4']
    """
    return [_tell(step, graph, letters) for step in steps]


def _tell(step: Step, graph: Graph, letters: Letters) -> Words:
    vertex = graph.vertices[step.vertex]
    name, arrived = letters[vertex.id], f"{letters.slope(vertex.id)} = "
    remarks = ["A hook changed what had gathered here."] if step.hooked else []
    if vertex.op is None:
        title, arrived = f"{name} is reached", f"{name}.grad = {arrived}"
    else:
        title = f"{symbol(vertex.op)} gives {name}"
        if step.rule:
            remarks.append(clean(f"{vertex.op}: {step.rule}", TOOLTIP_LIMIT))
    uses = Counter(contribution.target for contribution in step.contributions)
    return Words(
        vertex.id, title, Line(arrived, gradient_line(step.arrived), _exact(step.arrived)), tuple(remarks),
        tuple(_contribution(c, step, letters, uses[c.target] > 1) for c in step.contributions),
        {vertex.id: gradient_line(step.arrived)} | {c.target: gradient_line(c.total) for c in step.contributions},
    )


def _contribution(c: Contribution, step: Step, letters: Letters, ambiguous: bool) -> Line:
    left = f"{letters.slope(c.target)} {'=' if c.before is None else '+='} "
    local = letters.slope(c.target, of=step.vertex) + (f" (as {c.operand})" if ambiguous else "")
    upstream = letters.slope(step.vertex)
    begins = step.vertex == letters.start  # the local derivative is all there is: the line would say df/dx = df/dx
    if c.slope is None:
        middle, equals = ("" if begins else f"({local})ᵀ · {upstream}: ") + _sized(step.arrived), " → "
    else:
        times = "·" if step.arrived.shape == c.slope.shape == () else "⊙"
        middle = "" if begins else f"{local} {times} {upstream} = "
        middle += f"{_local(c.slope)} {times} {_factor(step.arrived)}"
        equals = " = " if c.sent.shape == step.arrived.shape else " → "  # what was broadcast is summed
    result = _sized if equals == " → " else gradient_line
    if c.before is None:
        return Line(left + middle + equals, result(c.sent), _exact(c.sent))
    sum = "" if is_large(c.total) else f"{gradient_line(c.before)} + {_factor(c.sent)} {_equal(c)} "
    return Line(f"{left}{middle}{equals}{result(c.sent)}, together {sum}", gradient_line(c.total), _exact(c.total))


def _equal(c: Contribution) -> str:
    """Whether a sum also holds for the numbers as they are written, which are rounded."""
    sum = np.add(_written(c.before), _written(c.sent))
    return "=" if np.allclose(sum, _written(c.total), atol=0, equal_nan=True) else "≈"


def _written(reading: Reading | None) -> list[float]:
    """The numbers of a small array, as they are written."""
    return [] if reading is None or reading.elements is None else [float(short(x)) for x in reading.elements.flat]


def _local(slope: Reading) -> str:
    """A local derivative: its numbers, or for many their mean and spread."""
    if not is_large(slope) or slope.mean is None or slope.std is None:
        return gradient_line(slope)
    return short(slope.mean) if not slope.std else f"({short(slope.mean)} ± {short(slope.std)})"


def _factor(reading: Reading) -> str:
    said = gradient_line(reading)
    return f"({said})" if said.startswith(("-", "rms ")) else said


def _sized(reading: Reading) -> str:
    return f"{reading.shape} {gradient_line(reading)}" if reading.shape else gradient_line(reading)


def _exact(reading: Reading) -> str:
    return clean(exact(reading), TOOLTIP_LIMIT)
