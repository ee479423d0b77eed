"""``diff``: two computations in one picture, and how the gradients of one compare with those of the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import autograd_core as ag
from autograd_core.collector import collector_paused
from autograd_core.graph import Graph

from .comparing.changes import look_of_changes
from .comparing.joining import Joined, joined
from .drawing import Drawing, remarks_on
from .pictures.arranging import arranged
from .pictures.captions import SHOW
from .pictures.choosing import Focus, Folding
from .pictures.flags import flags_of
from .pictures.options import check_drawing, check_outputs
from .pictures.picture import Picture, picture

Side = ag.Tensor | Sequence[ag.Tensor] | Graph


@collector_paused()
def diff(before: Side, after: Side, *, title: str | None = None, direction: Literal["LR", "TB"] = "LR",
         depth: int | None = None, fold: Folding = (), repeats: bool | None = None, show: Iterable[str] = SHOW,
         focus: Focus | None = None, radius: int = 2, max_nodes: int = 400) -> Drawing:
    """Draw two computations as one: two steps of a training, or a good and a bad run.

    Every wire has both numbers, ``before → after``, and one where they are equal. Its colour, width and dashes say by
    how much the gradient's root mean square (RMS) has grown or shrunk; the legend has the words. What only one of the
    two has is drawn as ADDED or REMOVED. A folded module compares what leaves it, says between which ratios the
    gradients inside it are, and counts what came and went there.

    Marked are the places where the two part: ``first difference, forward`` is the first value, in the order of
    recording, that differs by more than rounding (one part in a million); ``first difference, backward`` the first
    gradient on the way back whose RMS differs by ×2 or more. Flags (see ``draw``) are drawn where only one of the two
    has them, as ``new`` or ``gone``.

    Ops are matched by module path, op and order of recording, so that as few as possible remain without a partner;
    parameters and other leaves by module path and name, and those without a name by the ops that use them.

    Args:
        before: a Tensor or several, that require grad; or a snapshot, ``ag.graph(loss, diagnose=True)``. Training
            overwrites parameters and ``backward()`` frees the graph: take the snapshot before that. One taken without
            ``diagnose`` has only the flags that gradients tell, and then only those are compared.
        after: what to compare it with, the same.
        title: a headline.
        direction: ``"LR"`` to draw from left to right, ``"TB"`` from top to bottom.
        depth: how many levels of modules to open. None for all.
        fold: modules to fold, as for ``draw``.
        repeats: whether to show sibling modules of equal structure once, as for ``draw``.
        show: what to show, as for ``draw``; ``"flow"`` is the colours and widths.
        focus: a Tensor of ``after``, or the name of a tensor, module or parameter, to show with what is near.
        radius: how many wires away from the focus to go.
        max_nodes: a picture of more boxes than this is folded until it fits, and says so.

    Returns:
        A Drawing: ``.save("diff.svg")``, or the last line of a notebook's cell.

    Raises:
        GraphError: an output that does not require grad.
        DTypeError: anything but Tensors, or an option of another type.
        FormatError: a direction or a word in ``show`` that there is not.
        OptionError: a number that is too small.
        SelectionError: a focus or a module to fold that is not there.

    Example:
        >>> import autograd_core as ag
        >>> w = ag.tensor(0.5, requires_grad=True, name="w")
        >>> early = ag.graph((w * 3) ** 2, diagnose=True)
        >>> with ag.no_grad():
        ...     w += 49.5
        >>> source = diff(early, (w * 3) ** 2).source
        >>> [words in source for words in ("0.50 → 50", "9 → 900", "×100 or more", "ADDED")]
        [True, True, True, False]
    """
    shown = check_drawing("diff", show, direction, title=title, repeats=repeats, depth=depth, radius=radius,
                           max_nodes=max_nodes)
    for side in (before, after):
        check_outputs("diff", side)
    graphs = [side if isinstance(side, Graph) else ag.graph(side, diagnose="flags" in shown)
              for side in (before, after)]
    comparable = graphs[0].diagnosed == graphs[1].diagnosed or "flags" not in shown
    if not comparable:
        graphs = [_undiagnosed(graph) for graph in graphs]
    both = joined(*(_flagged(graph, "flags" in shown) for graph in graphs))
    remarks = [_summary(both)]
    if not comparable:
        remarks.append("Flags: only those of gradients; one snapshot was taken without diagnose=True.")
    remarks += [f"{name}: {remark}" for name, graph in zip(("before", "after"), graphs, strict=True)
                for remark in remarks_on(graph)]
    view = arranged("diff", replace(both.picture, remarks=tuple(remarks)), graphs[1], depth=depth, fold=fold,
                    repeats=repeats, show=shown, focus=focus, radius=radius, max_nodes=max_nodes)
    return Drawing.of(view, look_of_changes(view, both, shown), title=title, direction=direction)


def _flagged(graph: Graph, flags: bool) -> Picture:
    return picture(graph, flags_of(graph) if flags else {})


def _undiagnosed(graph: Graph) -> Graph:
    return replace(graph, vertices=tuple(vertex._replace(diagnosis=None) for vertex in graph.vertices), diagnosed=False)


def _summary(both: Joined) -> str:
    """How to read the numbers, and what was matched."""
    added = sum(sides.before is None for sides in both.boxes.values())
    removed = sum(sides.after is None for sides in both.boxes.values())
    shared = len(both.boxes) - added - removed
    if not added and not removed:
        return f"Numbers: before → after. All {shared:,} boxes are in both."
    return f"Numbers: before → after. {shared:,} boxes are in both, {added:,} only after, {removed:,} only before."
