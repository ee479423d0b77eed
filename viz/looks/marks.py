"""How flags look: an icon and a word in the box, and a border; in a folded box the worst one, and how many."""

from __future__ import annotations

from collections import Counter

from ..pictures.flags import Flag, Trouble
from ..pictures.folding import unfolded
from ..pictures.picture import Box
from .look import SMALL_SIZE, Border, Mark
from .tables import Text

_KINDS = 2  # that a box names; of more, it gives the number
_TOLD = 6  # flags that a tooltip tells of


def flags_in(box: Box) -> list[Flag]:
    """The flags of a box, or of all that is folded into it, worst first."""
    return sorted((flag for inner in unfolded([box]) for flag in inner.flags), key=lambda flag: flag.trouble.rank)


def mark(flags: list[Flag]) -> Mark:
    """How flags look.

    Args:
        flags: of one box, worst first; at least one.

    Returns:
        Rows of icon and word, what was measured, and the border of the worst.
    """
    counts = Counter(flag.trouble for flag in flags)
    rows = [Text((f"{trouble.title} ({count:,})" if count > 1 else trouble.title,), SMALL_SIZE, trouble.colour)
            for trouble, count in list(counts.items())[:_KINDS]]
    if more := sum(list(counts.values())[_KINDS:]):
        rows.append(Text((f"and {more:,} more",), SMALL_SIZE))
    rows += [Text((f"first NaN/inf, {order}",), SMALL_SIZE, Trouble.BROKEN.colour, alarm=True)
             for order in ("forward", "backward") if any(flag.first == order for flag in flags)]
    width = 4.0 if any(flag.first for flag in flags) else 2.4
    worst = flags[0].trouble
    return Mark(tuple(rows), tuple(_told(flags)), Border(worst.colour, worst.border, width))


def _told(flags: list[Flag]) -> list[str]:
    lines = [f"{flag.trouble.title}: {flag.about}" for flag in flags[:_TOLD]]
    return [*lines, f"and {len(flags) - _TOLD:,} more flags"] if len(flags) > _TOLD else lines
