"""Calls drawn from the domain that every entry of the table declares: what the registry's own tests run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..derivatives.define import Entry
from ..derivatives.domains import SHAPES, Case, Cases, Interval
from ..derivatives.joining import concatenate
from ..derivatives.shapes import reshape

PAIRS_OF_SHAPES = (
    ((), ()), ((3,), (3,)), ((2, 3), ()), ((), (3,)),
    ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), (2, 1, 1)), ((0, 3), (3,)),
)
"""Operands that broadcast in every way: not at all, on either side, on both."""

MARGIN = 0.1
"""How far from a kink to stay."""


@dataclass(frozen=True, repr=False)
class Sample:
    """One call of an entry: calling it with other operands keeps the options, and which operands go by name."""

    entry: Entry
    operands: tuple[Any, ...]
    options: dict[str, Any]
    names: tuple[str, ...] = ()
    before: tuple[Any, ...] = ()

    def __call__(self, *operands: Any) -> Any:
        """The entry's function on ``operands``, brought into its domain, and what of its result is determined."""
        return self.of(self.entry.function, operands)

    def of(self, function: Any, operands: Sequence[Any]) -> Any:
        """The same of ``function``, which takes what the entry's function takes."""
        over = self.entry.over
        through, read = (over.through, over.read) if isinstance(over, Cases) else (None, None)
        result = self.spread(function, through(*operands) if through else operands)
        return in_one_piece(read(result) if read else result)

    def spread(self, function: Any, operands: Sequence[Any]) -> Any:
        """``function``, which takes what the entry's function takes, on ``operands``."""
        primitive, over = self.entry.primitive, self.entry.over
        if (primitive is not None and primitive.variadic) or (isinstance(over, Cases) and over.sequence):
            return function(operands, **self.options)
        count = len(operands) - len(self.names)
        named = dict(zip(self.names, operands[count:], strict=True))
        return function(*self.before, *operands[:count], **named, **self.options)

    def __repr__(self) -> str:
        def written(*operands: Any, **named: Any) -> str:
            return f"{self.entry.name}({', '.join([*map(repr, operands), *(f'{k}={v!r}' for k, v in named.items())])})"

        through = self.entry.over.through if isinstance(self.entry.over, Cases) else None
        return str(self.spread(written, through(*self.operands) if through else self.operands))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # how hypothesis asks

    def __str__(self) -> str:
        return f"{self.entry.name} {' '.join(str(np.shape(x)).replace(' ', '') for x in self.operands)}"


def in_one_piece(result: Any) -> Any:
    """Several results, as of ``split``, end to end."""
    if not isinstance(result, (list, tuple)):
        return result
    return concatenate([reshape(y, -1) for y in result])


def samples(entry: Entry, rng: np.random.Generator) -> Iterator[Sample]:
    """Every call that the domain of ``entry`` asks for, with operands drawn from it.

    No two elements of a call are equal, and none is near a kink.

    Args:
        entry: of the table.
        rng: to draw with.

    Returns:
        An iterator of Samples.

    Example:
        >>> import numpy as np
        >>> from autograd_core.derivatives import TABLE
        >>> from autograd_core.testing.samples import samples
        >>> [str(sample) for sample in samples(TABLE["stack"], np.random.default_rng(0))][:2]
        ['stack () ()', 'stack (3,) (3,) (3,)']
    """
    over = entry.over
    if isinstance(over, Cases):
        cases, intervals = list(over.calls), [(over.interval,) * len(case.shapes) for case in over.calls]
    else:
        count = len(over.intervals)
        cases = [Case(shapes) for shapes in (PAIRS_OF_SHAPES if count == 2 else [(shape,) * count for shape in SHAPES])]
        intervals = [over.intervals] * len(cases)
    for case, each in zip(cases, intervals, strict=True):
        yield sample_of(entry, case, draw(each, case.shapes, rng), rng)


def sample_of(entry: Entry, case: Case, operands: Sequence[np.ndarray], rng: np.random.Generator) -> Sample:
    """The call ``case`` of ``entry`` on ``operands``; those without a derivative are made anew, as its domain says."""
    over, primitive, found = entry.over, entry.primitive, list(operands)
    if isinstance(over, Cases):
        constant = [i for i, made in enumerate(over.constants) if made]
        if primitive is not None and not primitive.variadic:
            constant = [i for i, rule in enumerate(primitive.rules) if rule is None]
        for i in constant:
            made = over.constants[i] if i < len(over.constants) else None
            found[i] = (made or _booleans)(case.shapes[i], rng)
    return Sample(entry, tuple(found), case.options, case.names, case.before)


def draw(intervals: Sequence[Interval], shapes: Sequence[tuple[int, ...]],
         rng: np.random.Generator) -> list[np.ndarray]:
    """One array of each shape from the interval beside it; elements that share an interval keep apart.

    Args:
        intervals: to draw from.
        shapes: of the arrays.
        rng: to draw with.

    Returns:
        A list of float64 arrays.
    """
    sizes = [int(np.prod(shape)) for shape in shapes]
    places = (rng.permutation(sum(sizes)) + rng.uniform(0.25, 0.75, sum(sizes))) / max(1, sum(sizes))
    arrays = []
    for interval, shape, part in zip(intervals, shapes, np.split(places, np.cumsum(sizes)[:-1]), strict=True):
        x = interval.low + (interval.high - interval.low) * part
        for kink in interval.kinks:
            x = np.where(np.abs(x - kink) < MARGIN, x + np.where(x < kink, -MARGIN, MARGIN), x)
        arrays.append(np.asarray(x).reshape(shape))
    return arrays


def _booleans(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.random(shape) < 0.5)
