"""<vjp(v), u> against the slope of t -> <v, f(x + t u)>, one input at a time: right, wrong, or at a kink."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .blame import culprit
from .contracts import TINY
from .directions import Line, cotangents, direction, dots
from .kinks import may_be, moved_off, where_bent
from .ladder import Slope
from .report import Comparison, Report
from .rounding import Wide, epsilon, length
from .subject import Arrays, Subject

__tracebackhide__ = True

SAFETY = 8.0
"""How many times its estimated error a slope may be off: the estimate is an estimate."""

UNSETTLED = 1e-3
"""A slope known no better than this share of the gradient decides nothing."""

MUCH = 1e-5
"""Where an ulp moves a gradient by a larger share than this, it is not rounding but a tie that came apart."""

SMALLEST = 1e-280
"""Steps in proportion to still smaller elements would be lost among subnormal numbers."""

MOVES = 3
"""How often to look for a better point nearby."""


class Slopes:
    """The comparisons of one order: ``compare`` fails where a gradient is wrong.

    ``scale`` is the size of what f itself returns. Where f saturates, its derivatives are what is left when terms of
    that size have cancelled, and are not known better than to that size's rounding.
    """

    def __init__(self, report: Report, level: int, subject: Subject, scale: float, rng: np.random.Generator) -> None:
        self.report, self.level, self.scale, self.rng = report, level, scale, rng
        self._stand_at(subject)

    def _stand_at(self, subject: Subject) -> None:
        self.own, self.subject = subject, subject.widened()
        self.recording = self.subject.record(self.subject.arrays)
        self.values = [y.data for y in self.recording.outputs]
        self.eps = epsilon([*self.subject.arrays, *self.values])
        self.wide: Wide | None = None  # made when needed: it costs more than all the rest

    def compare(self, directions: int) -> Subject:
        """Compare along so many directions for each input.

        Returns:
            The subject, moved to a point nearby if it is not differentiable at its own: where to go on.
        """
        for self.moves_left in reversed(range(MOVES + 1)):
            doubts = self._doubts(directions)
            if not doubts:
                return self.own
            self.report.kinks = list(dict.fromkeys([*self.report.kinks, *doubts]))
            moved = moved_off(self.own, self.rng)
            if moved is None:
                break
            self._stand_at(moved)
        raise self.report.failed(self.level, f"differences do not settle, here or nearby: {'; '.join(doubts)}.")

    def _doubts(self, directions: int) -> list[str]:
        """What is neither right nor wrong here, because f is not differentiable."""
        size = sum(y.size for y in self.values)
        for k in range(directions):
            v = cotangents(self.values, k, self.rng)
            gradients = self.recording.vjp(v)
            at = [(i, x, g) for i, (x, g) in enumerate(zip(self.subject.arrays, gradients, strict=True))
                  if x.size and k <= x.size * size]  # more directions would repeat themselves
            doubts = [self._doubt(i, direction(x, g, k, self.rng), v, g) for i, x, g in at]
            if any(doubts):  # what ties stays tied when all move alike: the shares of a tie must add up
                doubts += [self._doubt(i, np.ones_like(x), v, g) for i, x, g in at]
                doubts += [self._doubt_together(v)] if len(at) > 1 else []
                return [doubt for doubt in doubts if doubt]
        return []

    def _doubt_together(self, v: Arrays) -> str:
        joint = Slopes(self.report, self.level, self.subject.together(), self.scale, self.rng)
        joint.moves_left = self.moves_left
        (g,) = joint.recording.vjp(v)
        return joint._doubt(0, np.ones(()), v, g)

    def _doubt(self, i: int, u: np.ndarray, v: Arrays, g: np.ndarray) -> str:
        """Nothing if the gradient is right along ``u``; what is the matter if f has no slope there. Fails if wrong."""
        size = length([w * y for w, y in zip(v, self.values, strict=True)])
        if self.level > 1:
            size += self.scale * length(v)
        line = Line(self.subject, self.values, i, u, v, self.eps * size)
        if self._agree(line, g, line.slope(), self.eps * (length([g * u]) + size)):
            return ""
        rounding = self._measure(line, g)
        seen = []
        for finer in self._finer(line):
            found = finer.slope(careful=True)
            if self._agree(finer, g, found, rounding):
                return ""
            seen.append((found.error / max(length([g * finer.u]), abs(found.value), finer.noise, TINY), finer, found))
        _, line, found = min(seen, key=lambda look: look[0])
        return self._verdict(line, g, found, rounding)

    def _verdict(self, line: Line, g: np.ndarray, found: Slope, rounding: float) -> str:
        """The same for a line along which differences and the gradient disagree, or f bends."""
        name = self.subject.names[line.position]
        if line.jumps():
            if self.level == 1:
                raise self.report.failed(1, f"f jumps here, along {name}: it has no derivative.")
            return f"jump of the derivative at {name}"  # a kink of the order below, too faint to be seen there
        smooth = self._settled(line, found) and not line.bends(found, length([g * line.u]))
        if not smooth and may_be(line, dots([g], [line.u]), self.rng):
            at = where_bent(line)
            return f"kink at {name}" + (f" {at}" if at else "")
        return self._wrong(line, found, rounding)

    def _settled(self, line: Line, found: Slope) -> bool:
        return found.error <= UNSETTLED * abs(found.value) + 1e8 * line.noise

    def _agree(self, line: Line, g: np.ndarray, found: Slope, rounding: float) -> bool:
        """Whether differences found a slope, the same on both sides, and it is the gradient's."""
        got, allowed = dots([g], [line.u]), SAFETY * (found.error + rounding) + TINY
        right = (self._settled(line, found) and abs(got - found.value) <= allowed
                 and not line.bends(found, length([g * line.u])))
        if right:
            self._note(line, got, found, allowed)
        return right

    def _note(self, line: Line, got: float, found: Slope, allowed: float) -> None:
        name = self.subject.names[line.position]
        self.report.comparisons.append(Comparison(self.level, name, got, found.value, found.error, allowed))

    def _measure(self, line: Line, g: np.ndarray) -> float:
        """Give ``line`` the noise that is really there; the rounding error of <g, u>."""
        wide = self.wide = self.wide or Wide(self.subject, self.rng)
        rounding = line.noise + self.eps * length([g * line.u])
        line.noise += 2 * max(length([w * d for w, d in zip(line.v, off, strict=True)]) for off in wide.of_values())
        own = length([wide.of_gradients(line.v, self.recording.vjp(line.v))[line.position] * line.u])
        return rounding + min(own, MUCH / self.eps * rounding)

    def _finer(self, line: Line) -> Iterator[Line]:
        """Other ways to look at it: the same with care, in steps of each element's size, in wider arithmetic."""
        yield line
        x = np.abs(self.subject.arrays[line.position])
        size = np.where(x > 0, np.minimum(x, 1.0), 1.0)
        if SMALLEST < size.min() < 1:
            yield line.along(line.u * size)
        if self.wide is not None and self.wide.is_wider:
            twin = self.wide.twin
            values = twin.values(twin.arrays)
            noise = SAFETY * epsilon(values) * length([w * y for w, y in zip(line.v, values, strict=True)])
            yield Line(twin, values, line.position, line.u, line.v, noise)

    def _wrong(self, line: Line, found: Slope, rounding: float) -> str:
        name = self.subject.names[line.position]
        got = dots([self.recording.vjp(line.v)[line.position]], [line.u])
        self._note(line, got, found, SAFETY * (found.error + rounding))
        if line.position in self.recording.missing:
            raise self.report.failed(self.level, f"the gradient of {name} is missing (None), and f depends on it.")
        one = culprit(line, self.recording)
        if abs(one.got - one.expected.value) <= SAFETY * one.expected.error + 16 * self.eps * abs(one.got) + TINY:
            return f"rough at {name}"  # nothing that one element shows: rounding that was taken for more
        gradient = self.recording.vjp(one.v)[line.position]
        through = [line.along(u, one.v) for u in (line.u, one.u)]
        if self.moves_left and all(may_be(part, dots([gradient], [part.u]), self.rng) for part in through):
            return f"kink at {name} {one.index}"  # several kinks that together looked smooth
        output = f"output {one.output} " if len(self.values) > 1 else "output "
        raise self.report.failed(self.level, (
            f"the gradient of {name} is wrong, most of all at {one.index}, as {output}{one.output_index} shows: "
            f"it gives {one.got:.12g}, differences {one.expected.value:.12g} ± {one.expected.error:.1g}."))
