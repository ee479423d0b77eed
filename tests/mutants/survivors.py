"""Why a mutant gets away: one sentence for every survivor. What nobody has explained makes ``make mutants`` fail."""

import re
from typing import NamedTuple

from asking import Row


class Reason(NamedTuple):
    """Which mutants, by patterns for the operator, the entry and the kind of call where it is wrong; and why."""

    operator: str
    entry: str
    kind: str
    why: str


BENT = (
    "Only the second derivative is wrong, only at one point, and small: gradcheck takes the point for a kink of the "
    "first derivative, where it allows for the rounding of much finer differences."
)
WIDER = (
    "The float32 gradient is brought back to float64, so that a part in 10⁸ is lost and nothing else. gradcheck "
    "measures rounding against arithmetic in longdouble, where this mutant is right; the loss is taken for rounding."
)
CHANCE = "Wrong only for cotangents smaller than 0.1; few elements seldom meet one."

REASONS = [
    Reason("special point 1", "cholesky", "with 0", BENT),
    Reason("other dtype", ".*", "ordinary", WIDER),
    Reason("small cotangents dropped", ".*", ".*", CHANCE),
]


def why(row: Row) -> str | None:
    """The first reason that fits."""
    for *patterns, reason in REASONS:
        if all(re.fullmatch(pattern, text) for pattern, text in zip(
                patterns, (row.operator, row.entry, row.kind), strict=True)):
            return reason
    return None
