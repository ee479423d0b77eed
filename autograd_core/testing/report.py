"""What gradcheck found: kept whether it passed or failed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import AutogradError


@dataclass(frozen=True)
class Comparison:
    """One derivative along one random direction, from the rules and from differences."""

    order: int
    input: str
    got: float  # from the rules
    expected: float  # from differences
    error: float  # of ``expected``, as the ladder estimates it
    tolerance: float

    @property
    def strain(self) -> float:
        """The difference found, as a share of the difference allowed; above 1 is wrong."""
        return abs(self.got - self.expected) / self.tolerance if self.tolerance else float(self.got != self.expected)


@dataclass
class Report:
    """The result of a gradcheck."""

    order: int
    seed: int
    comparisons: list[Comparison] = field(default_factory=list)
    failure: str | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return self.failure is None

    @property
    def worst(self) -> Comparison | None:
        """The comparison that came closest to its tolerance, or went furthest beyond."""
        return max(self.comparisons, key=lambda c: c.strain, default=None)

    def __str__(self) -> str:
        if self.failure is not None:
            return f"gradcheck: {self.failure}\nseed={self.seed}"
        worst = "" if self.worst is None else f", the worst at {self.worst.strain:.0%} of its tolerance"
        return f"gradcheck: right to order {self.order} in {len(self.comparisons)} directions{worst} (seed={self.seed})"


class GradcheckError(AssertionError, AutogradError):
    """A derivative is wrong, or breaks a contract; ``report`` says all that is known."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report
