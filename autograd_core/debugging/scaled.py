"""Where a gradient became tiny or huge: the operations on its path, by the factor each put to its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from . import words
from .findings import Finding
from .flows import Flows, Passage
from .measure import number
from .symptoms import why_scaled

_MOST = 3  # findings
_ALONE = 0.5  # one operation with this share of what all of its kind did is named by itself


class Factor(NamedTuple):
    """What one thing on the path did to the size of the gradient."""

    kind: str  # the operation's name, or "sum" where several gradients meet
    size: float
    passage: Passage

    @property
    def decades(self) -> float:
        """Its logarithm to base 10."""
        return math.log10(self.size)


def factors(flows: Flows, path: Sequence[Passage]) -> list[Factor]:
    """All factors on the path: from the seed's size, their product is the gradient's."""
    found = []
    for passage in path:
        if passage.factor:
            found.append(Factor(words.name(passage.node), passage.factor, passage))
        join = flows.join(passage)
        if join and join != 1:
            found.append(Factor("sum", join, passage))
    return found


def findings(flows: Flows, path: Sequence[Passage], shrinks: bool) -> list[Finding]:
    """The factors that did most to make a gradient tiny (``shrinks``) or huge, and what each module did."""
    groups: dict[str, list[Factor]] = {}
    found = factors(flows, path)
    for factor in found:
        groups.setdefault(factor.kind, []).append(factor)
    sign = -1 if shrinks else 1
    total = {kind: sign * math.fsum(factor.decades for factor in group) for kind, group in groups.items()}
    worst = sorted((kind for kind in groups if total[kind] > 0), key=lambda kind: -total[kind])
    most = max(total.values(), default=0)
    said = [_finding(flows, groups[kind], sign) for kind in worst[:_MOST] if total[kind] >= 0.1 * most]
    if not said:
        size = number(flows.at.get(flows.root) or 0.0)
        said = [Finding("seed", f"No operation on the path does it: backward starts from a gradient of RMS {size}.")]
    return said + _by_module(found)


def _finding(flows: Flows, group: list[Factor], sign: int) -> Finding:
    worst = max(group, key=lambda factor: sign * factor.decades)
    node = worst.passage.node
    together = math.fsum(factor.decades for factor in group)
    if len(group) > 1 and worst.decades / together < _ALONE:
        each = 10 ** (together / len(group))
        text = (
            f"{worst.kind}, {len(group)} times, a factor of about {number(each)} each: {_power(together)} together; "
            f"most in {words.place(node)}: {number(worst.size)}."
        )
        return Finding("depth", text, worst.kind, numbers={"factor": 10**together, "times": len(group), "each": each})
    if worst.kind == "sum":
        return _joined(flows, worst)
    symptom = why_scaled(worst.passage)
    said = f"factor {number(worst.size)}" + (f": {symptom.words}" if symptom.words else "")
    return words.finding(node, symptom.kind, said, symptom.numbers)


def _joined(flows: Flows, factor: Factor) -> Finding:
    """Several gradients that meet, and cancel or add up."""
    node = factor.passage.operand
    count = len(flows.into[node])
    numbers = {"factor": factor.size, "parts": float(count)}
    if node.hooks and count == 1:
        return words.finding(node, "hook", f"a hook changes the gradient by a factor of {number(factor.size)}", numbers)
    said = f"the sum of the {count} gradients that meet here is {number(factor.size)} times the largest"
    if factor.size >= 1:
        return words.finding(node, "sum", said, numbers)
    rounding = 8 * count * float(np.finfo(node.value.dtype).eps)
    said += ": they cancel" + (", up to rounding: it stands for 0" if factor.size < rounding else "")
    return words.finding(node, "cancellation", said, numbers)


def _by_module(found: list[Factor]) -> list[Finding]:
    decades: dict[str, float] = {}
    for factor in found:
        path = factor.passage.node.path
        decades[path] = decades.get(path, 0.0) + factor.decades
    if len(decades) < 2:
        return []
    shown = list(decades.items())
    if len(shown) > 8:
        shown = sorted(sorted(shown, key=lambda item: -abs(item[1]))[:8], key=[*decades.items()].index)
    said = ", ".join(f"{path or 'outside modules'} {_power(power)}" for path, power in shown)
    return [Finding("modules", f"by module, from the loss on: {said}.", numbers={k: 10**v for k, v in shown})]


def _power(decades: float) -> str:
    """A product of many factors as a number, also where a float would not hold it."""
    return number(10**decades) if abs(decades) < 300 else f"1e{decades:.0f}"
