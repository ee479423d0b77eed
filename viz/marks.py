"""How flags look: an icon and a word in the box, and a border; in a folded box the worst one, and how many."""

from __future__ import annotations

from collections import Counter

from .flags import Flag, Trouble
from .folding import unfolded
from .picture import Box
from .tables import Text

SIZE = 10
_KINDS = 2  # that a box names; of more, it gives the number
_TOLD = 6  # flags that a tooltip tells of


def flags_in(box: Box) -> list[Flag]:
    """The flags of a box, or of all that is folded into it, worst first."""
    return sorted((flag for inner in unfolded([box]) for flag in inner.flags), key=lambda flag: flag.trouble.rank)


def rows(flags: list[Flag]) -> list[str]:
    """The rows that flags add to a box.

    Args:
        flags: of the box, worst first.

    Returns:
        Cells of a table; none for no flags.
    """
    counts = Counter(flag.trouble for flag in flags)
    texts = [Text((f"{trouble.title} ({count:,})" if count > 1 else trouble.title,), SIZE, trouble.colour)
             for trouble, count in list(counts.items())[:_KINDS]]
    if more := sum(list(counts.values())[_KINDS:]):
        texts.append(Text((f"and {more:,} more",), SIZE))
    texts += [Text((f"first bad op, {order}",), SIZE, Trouble.BROKEN.colour, alarm=True)
              for order in ("forward", "backward") if any(flag.first == order for flag in flags)]
    return [text.cell(f'WIDTH="{text.width}"') for text in texts]


def bordered(shape: dict[str, str], flags: list[Flag]) -> dict[str, str]:
    """A shape, as attributes of Graphviz, with the border that flags give it: the worst one's."""
    if not flags:
        return shape
    worst = flags[0].trouble
    return {
        **shape,
        "shape": "box" if shape["shape"] == "plain" else shape["shape"],  # a plain one has no border
        "style": f"{shape['style']},{worst.border}" if "style" in shape else worst.border,
        "color": worst.colour,
        "penwidth": "4.0" if any(flag.first for flag in flags) else "2.4",
    }


def told(flags: list[Flag]) -> list[str]:
    """What was measured, for a tooltip."""
    lines = [f"{flag.trouble.word}: {flag.about}" for flag in flags[:_TOLD]]
    return [*lines, f"and {len(flags) - _TOLD:,} more flags"] if len(flags) > _TOLD else lines
