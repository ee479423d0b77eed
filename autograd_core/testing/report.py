"""What gradcheck found: kept whether it passed or failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import AutogradError
from ..tensor import Tensor

SHOWN = 16
"""Arrays up to this size are written out in the line that repeats a check."""


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


@dataclass(repr=False)
class Report:
    """The result of a gradcheck."""

    order: int
    seed: int
    comparisons: list[Comparison] = field(default_factory=list)
    failure: str | None = None
    kinks: list[str] = field(default_factory=list)  # where f is not differentiable; it was checked beside them too
    unused: list[str] = field(default_factory=list)  # inputs without a gradient, on which f does not depend
    reproducer: str = ""  # a line of Python that runs the check again

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return self.failure is None

    @property
    def worst(self) -> Comparison | None:
        """The comparison that came closest to its tolerance, or went furthest beyond."""
        return max(self.comparisons, key=lambda c: c.strain, default=None)

    def failed(self, order: int, said: str) -> GradcheckError:
        """Note what is wrong; the error to raise."""
        self.failure = f"order {order}: {said}"
        return GradcheckError(self)

    def __repr__(self) -> str:
        if self.failure is not None:
            return f"gradcheck: {self.failure}\nseed={self.seed}. Again: {self.reproducer}"
        worst = "" if self.worst is None else f", the worst at {self.worst.strain:.0%} of its tolerance"
        said = f"gradcheck: right to order {self.order} in {len(self.comparisons)} directions{worst} (seed={self.seed})"
        lines = [said, *self.kinks]
        if self.unused:
            lines.append(f"unused: {', '.join(self.unused)}")
        return "\n".join(lines)


class GradcheckError(AssertionError, AutogradError):
    """A derivative is wrong, or breaks a contract; ``report`` says all that is known."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


def again(f: Callable[..., Any], inputs: Sequence[Any], **options: int) -> str:
    """A line of Python that repeats the check; what is too long to write out has a name, explained behind."""
    name = getattr(f, "__name__", "f")
    name = name if name.isidentifier() else "f"  # a lambda
    shown = [_written(x) for x in inputs]
    line = ", ".join([name, *(text or f"x{i}" for i, text in enumerate(shown)),
                      *(f"{option}={value}" for option, value in options.items())])
    explained = "; ".join(f"x{i}: {_described(x)}" for i, (x, text) in enumerate(zip(inputs, shown, strict=True))
                          if not text)
    return f"gradcheck({line})" + (f"  # {explained}" if explained else "")


def _written(x: Any) -> str:
    """Python for ``x``, or nothing if that is long."""
    if isinstance(x, (bool, int, float, str, type(None))):
        return repr(x)
    array = x.data if isinstance(x, Tensor) else x
    if not isinstance(array, (np.ndarray, np.generic)) or array.size > SHOWN:
        return ""
    dtype = "" if array.dtype == np.asarray(array.tolist()).dtype else f", {array.dtype.name!r}"
    shape = f".reshape({array.shape})" if not array.size else ""
    return f"np.array({array.tolist()}{dtype}){shape}"


def _described(x: Any) -> str:
    array = x.data if isinstance(x, Tensor) else x
    return f"{array.dtype}{list(array.shape)}" if hasattr(array, "dtype") else type(x).__name__
