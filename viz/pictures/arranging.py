"""From all that was recorded to what fits on a page: the options that ``draw`` and ``diff`` share."""

from __future__ import annotations

from collections.abc import Iterable

from autograd_core.graph import Graph

from ..errors import FormatError
from .captions import SHOW
from .choosing import Focus, Folding, chosen_modules, focused
from .cutting import apart, around, without
from .fitting import fitted
from .folding import fold as fold_calls
from .picture import Kind, Picture
from .repeats import merge_repeats


def to_show(caller: str, show: Iterable[str], direction: str, **numbers: int | None) -> set[str]:
    """Check what a caller wants to see.

    Args:
        caller: for the message.
        show: one word or several, of ``SHOW``.
        direction: ``"LR"`` or ``"TB"``.
        numbers: ``depth``, ``radius`` and ``max_nodes``.

    Returns:
        The words.

    Raises:
        FormatError: a direction or a word that there is not, or a number that is too small.
    """
    shown = {show} if isinstance(show, str) else set(show)
    if direction not in ("LR", "TB"):
        raise FormatError(f"{caller}: direction={direction!r}; a drawing goes \"LR\" or \"TB\".")
    if unknown := shown - set(SHOW):
        raise FormatError(f"{caller}: show has {sorted(unknown)}; a drawing can show {', '.join(map(repr, SHOW))}.")
    for name, number in numbers.items():
        least = 4 if name == "max_nodes" else 0
        if number is not None and number < least:
            raise FormatError(f"{caller}: {name}={number}; expected at least {least}.")
    return shown


def arranged(view: Picture, graph: Graph, *, depth: int | None, fold: Folding, repeats: bool | None, show: set[str],
             focus: Focus | None, radius: int, max_nodes: int) -> Picture:
    """Fold, leave out and cut off what a caller does not want to see, and take crowded wires apart.

    Args:
        view: with all its modules open.
        graph: where a focus that is a tensor is looked for.
        depth: and the others: see ``draw``.

    Returns:
        A Picture of at most so many boxes, but for copies.

    Raises:
        SelectionError: a focus or a module to fold that is not there.
    """
    centre = None if focus is None else focused(view, graph, focus)
    closed = chosen_modules(view, fold)
    if depth is not None or closed:
        view = fold_calls(view, lambda call: call.path in closed or (depth is not None and call.level >= depth))
    if repeats:
        view = merge_repeats(view)
    for kind in (Kind.PARAMETER, Kind.CONSTANT):
        view = view if f"{kind.value}s" in show else without(view, kind)
    if centre is not None:
        view = around(view, centre, radius)
    return apart(fitted(view, max_nodes, repeats))
