"""Calls drawn from the domain that every entry of the table declares: what the registry's own tests run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..derivatives.define import Entry
from ..derivatives.domains import SHAPES, Cases, Elementwise, Interval
from ..derivatives.joining import concatenate
from ..derivatives.shapes import reshape

PAIRS_OF_SHAPES = (
    ((), ()), ((3,), (3,)), ((2, 3), ()), ((), (3,)),
    ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), (2, 1, 1)), ((0, 3), (3,)),
)
"""Operands that broadcast in every way: not at all, on either side, on both."""

MARGIN = 0.1
"""How far from a kink to stay."""


@dataclass(frozen=True)
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
    if isinstance(over, Elementwise):
        count = len(over.intervals)
        for shapes in PAIRS_OF_SHAPES if count == 2 else [(shape,) * count for shape in SHAPES]:
            yield Sample(entry, tuple(draw(over.intervals, shapes, rng)), {})
        return
    for case in over.calls:
        constant = [i for i, made in enumerate(over.constants) if made]
        if entry.primitive is not None and not entry.primitive.variadic:
            constant = [i for i, rule in enumerate(entry.primitive.rules) if rule is None]
        operands: list[Any] = draw([over.interval] * len(case.shapes), case.shapes, rng)
        for i in constant:
            made = over.constants[i] if i < len(over.constants) else None
            operands[i] = (made or _booleans)(case.shapes[i], rng)
        yield Sample(entry, tuple(operands), case.options, case.names, case.before)


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
