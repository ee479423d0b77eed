"""One row for each layer, the first at the top: its name at the left, and what is said of it at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..pictures.flags import Trouble
from .canvas import literal, text_colour

_LABELS = 48  # rows that can be labelled before names would touch


class Said(NamedTuple):
    """What is said of a layer, in its trouble's colour."""

    words: str = ""
    trouble: Trouble | None = None

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return self.trouble.rank if self.trouble else len(Trouble) if self.words else len(Trouble) + 1


def label_rows(axes: Any, names: Sequence[str]) -> None:
    """Row i is called names[i], the first at the top; of very many rows, every second, third ... is labelled."""
    step = _step(names)
    axes.set_yticks(range(0, len(names), step), [literal(name) for name in names[::step]], fontsize=8)
    axes.set_ylim(len(names) - 0.5, -0.5)


def say_rows(axes: Any, names: Sequence[str], said: Sequence[Said]) -> None:
    """Write at the right of row i what is said of it; of very many rows, at each label the worst of those below it."""
    step = _step(names)
    for first in range(0, len(names), step):
        row = min(range(first, min(first + step, len(names))), key=lambda row: said[row].rank)
        if words := said[row].words:
            axes.text(1.02, first, words if row == first else f"{literal(names[row])}: {words}", fontsize=7.5,
                      va="center", color=_colour(said[row].trouble),
                      transform=axes.get_yaxis_transform())


def height_of(rows: int) -> float:
    """Inches for a plot of so many rows."""
    return 1.3 + min(max(0.2 * rows, 1.0), 10.0)


def _colour(trouble: Trouble | None) -> str:
    """A trouble's own, which is for a light ground."""
    from matplotlib import rcParams
    from matplotlib.colors import rgb_to_hsv, to_rgb

    light = rgb_to_hsv(to_rgb(rcParams["figure.facecolor"]))[2] > 0.5
    return trouble.colour if trouble and light else text_colour()


def _step(names: Sequence[str]) -> int:
    """How many rows share a label."""
    return -(-len(names) // _LABELS)
