"""From all that was recorded to what fits on a page: folded, cut and left out as ``draw`` and ``diff`` are asked."""

from __future__ import annotations

from autograd_core.graph import Graph

from .choosing import Focus, Folding, chosen_modules, focused
from .cutting import apart, around, without
from .fitting import fitted
from .folding import fold as fold_calls
from .picture import Kind, Picture
from .repeats import merge_repeats


def arranged(caller: str, view: Picture, graph: Graph, *, depth: int | None, fold: Folding, repeats: bool | None,
             show: set[str], focus: Focus | None, radius: int, max_nodes: int) -> Picture:
    """Fold, leave out and cut off what a caller does not want to see, and take crowded wires apart.

    Args:
        caller: for messages.
        view: with all its modules open.
        graph: where a focus that is a tensor is looked for.
        depth: and the others: see ``draw``.

    Returns:
        A Picture of at most so many boxes, but for copies.

    Raises:
        SelectionError: a focus or a module to fold that is not there.
    """
    centre = None if focus is None else focused(caller, view, graph, focus)
    closed = chosen_modules(caller, view, fold)
    if depth is not None or closed:
        view = fold_calls(view, lambda call: call.path in closed or (depth is not None and call.level >= depth))
    if repeats:
        view = merge_repeats(view)
    for kind in (Kind.PARAMETER, Kind.CONSTANT):
        view = view if f"{kind.value}s" in show else without(view, kind)
    if centre is not None:
        view = around(view, centre, radius)
    return apart(fitted(view, max_nodes, repeats))
