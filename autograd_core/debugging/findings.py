"""What ``explain`` answers: a verdict, the findings behind it, and the path of the gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from .sites import Site

Verdict = Literal["none", "zero", "tiny", "huge", "nan", "fine"]

_SHOWN, _ENDS = 14, 5  # a longer path is shown by its ends, and where it turns bad


@dataclass(frozen=True)
class Finding:
    """One reason: in words, and for programs."""

    kind: str  # "off", "cancellation", "cut" ...; docs/debugging.md lists them
    text: str
    op: str | None = None
    module: str = ""  # the path of the module that recorded the operation
    site: Site | None = None  # the line of code, if a debugging mode was on
    numbers: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Step:
    """One operation that the gradient went through, on its way from the loss."""

    op: str
    operand: str  # the one towards the tensor
    module: str
    site: Site | None
    arrived: float | None  # RMS of the gradient of the output; None where it is not known
    left: float | None  # and of what went on to the operand

    @property
    def factor(self) -> float | None:
        """What the operation did to the size of the gradient."""
        return None if self.left is None or not self.arrived else self.left / self.arrived

    def __str__(self) -> str:
        return self.op + (f" [{self.module}]" if self.module else "")


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a gradient is None, zero, tiny, huge or NaN, or that it is fine; as a string, in words."""

    verdict: Verdict
    tensor: str  # what it is called
    summary: str
    findings: tuple[Finding, ...]
    path: tuple[Step, ...] = ()  # from the loss to the tensor; the strongest, or the one that went wrong
    numbers: dict[str, float] = field(default_factory=dict)  # rms, smallest, largest, zeros, nan, inf

    def __str__(self) -> str:
        lines = [self.summary, *(f"  - {finding}" for finding in self.findings)]
        if self.path:
            lines.append(f"  path: {self._route()}")
        return "\n".join(lines)

    __repr__ = __str__

    def _route(self) -> str:
        """The path in one line; the arrows say where 0, NaN or inf went on."""
        names = [*map(str, self.path), self.tensor]
        words = ["loss", *(f"{_arrow(step)} {name}" for step, name in zip((None, *self.path), names, strict=True))]
        if len(words) > _SHOWN:
            turn = next((i for i, step in enumerate(self.path) if _arrow(step) != "->"), 0)
            shown = {*range(_ENDS), *range(len(words) - _ENDS, len(words)), turn, turn + 1, turn + 2}
            words = [word if i in shown else "..." for i, word in enumerate(words)]
            words = [word for before, word in pairwise(["", *words]) if word != before]
        return " ".join(words)


def _arrow(step: Step | None) -> str:
    """What went on from a step: ``->``, or ``-0->``, ``-inf->``, ``-NaN->``."""
    if step is None or step.left is None or 0 < step.left < math.inf:
        return "->"
    return "-0->" if step.left == 0 else "-NaN->" if math.isnan(step.left) else "-inf->"
