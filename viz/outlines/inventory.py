"""A model in words: a line for each module, parameter and buffer, with what its numbers and gradients are like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..looks.flow import PENS, pen_for
from ..looks.text import clean
from ..pictures.captions import gradient_line, short
from ..pictures.flags import Trouble
from ..pictures.pooled import summed_up
from .alike import told_once
from .listing import Cell, Line
from .modules import Module, Owned, read
from .notation import FRAME, VALUE, bar, bars, flag, heading

ZERO = "exactly 0"
"""What stands in place of a bar where no element has a gradient: that is often right, so it is no flag."""


def inventory(model: Any, *, depth: int | None, repeats: bool | None, max_nodes: int, tiny: float,
              huge: float) -> tuple[Line, ...]:
    """Tell what a model holds.

    Args:
        model: anything with ``named_parameters()``, and perhaps ``named_modules()`` and ``named_buffers()``.
        depth: how many levels of modules to open; None for as many as fit.
        repeats: whether to tell siblings of equal structure once; None for only if not all would fit.
        max_nodes: the lines that fit.
        tiny: see ``flags_of``.
        huge: likewise.

    Returns:
        Lines: a remark and the legend, if there is something to say, then the modules.
    """
    root = read(model, tiny, huge)
    root, shown, remarks = _fitted(told_once(root) if repeats else root, depth, repeats is None, max_nodes)
    lines = [line for module in root.below(shown) for line in _lines(module, shown)]
    cells = {cell for line in lines for cell in line.cells[1:]}
    sizes = bars([pen for pen in PENS if bar(pen) in cells])
    sizes += [Cell(f"{ZERO} (ag.explain(parameter, loss) says why)")] * any(c.text.startswith(ZERO) for c in cells)
    flags = (found for owned in root.every for found in owned.flags)
    return (*heading(remarks, "gradient rms", sizes, flags), *lines)


def _fitted(root: Module, depth: int | None, merge: bool, max_nodes: int) -> tuple[Module, int, list[str]]:
    """The tree, if need be with repeats told once; to what depth to open it; and a remark if that is less than all."""
    deepest = max(module.level for module in root.below())
    wanted = deepest if depth is None else min(depth, deepest)
    size = _size(root, wanted)
    if size <= max_nodes:
        return root, wanted, []
    views = [root, told_once(root)] if merge else [root]
    choices = [(view, level) for level in range(wanted, -1, -1) for view in views]
    view, shown = next((choice for choice in choices if _size(*choice) <= max_nodes), choices[-1])
    how = [f"modules are folded below depth {shown}" if shown else "all modules are folded"] * (shown < wanted)
    how += ["repeats are shown once"] * (view is not root and any(module.times > 1 for module in view.below(shown)))
    if (left := _size(view, shown)) > max_nodes:
        how += [f"{left:,} lines cannot be folded any further"]
    return view, shown, [f"{size:,} lines are more than max_nodes={max_nodes:,}: {', '.join(how)}."]


def _size(root: Module, depth: int) -> int:
    """How many lines a tree has that is opened so deep."""
    return sum(1 + (len(module.own) + len(module.shared) if module.level <= depth else 0)
               for module in root.below(depth))


# What is said of it


def _lines(module: Module, depth: int) -> Iterator[Line]:
    name = f"{clean(module.name)}: " if module.name else ""
    title = Cell(f"{name}{clean(module.kind)}", FRAME)
    if module.level > depth:
        yield Line(module.level, (title, *_cells(_count(module), module.every)), _counted(module.every))
        return
    yield Line(module.level, (title, *_cells(_count(module), ())))
    for repeats in module.own:
        owned, times = repeats[0], len(repeats)
        name = f"{owned.kind} {clean(owned.name)}" + (f" × {times:,}" if times > 1 else "")
        flags = _counted(repeats) if times > 1 else tuple(flag(f"{f.trouble.title}: {f.about}") for f in owned.flags)
        yield Line(module.level + 1, (Cell(name), *_cells(f"{owned.shape} {owned.dtype}", repeats)), flags)
    for name, there in module.shared:
        yield Line(module.level + 1, (Cell(f"{clean(name)}, same as {clean(there)}"),))


def _counted(every: Sequence[Owned]) -> tuple[Cell, ...]:
    """Flags, as a folded box has them."""
    counts = Counter(found.trouble for owned in every for found in owned.flags)
    return tuple(flag(trouble.title + (f" ({counts[trouble]:,})" if counts[trouble] > 1 else ""))
                 for trouble in Trouble if trouble in counts)


def _count(module: Module) -> str:
    """How many numbers could be learned, and how many of them are not."""
    parameters = [owned for owned in module.every if not owned.is_buffer]
    size = sum(owned.size for owned in parameters) // module.times
    frozen = sum(owned.size for owned in parameters if not owned.learns) // module.times
    if not size:
        return ""
    how_many = "" if not frozen else ", frozen" if frozen == size else f", {frozen:,} frozen"
    return f"{size:,} parameter{'s' * (size > 1)}{' each' * (module.times > 1)}{how_many}"


def _cells(kind: str, every: Sequence[Owned]) -> list[Cell]:
    """The columns after the name: of one thing, or of all that is in a folded module or in repeats."""
    ends = [owned.ends for owned in every if owned.ends]
    cells = [Cell(kind), Cell(_span(ends) if ends else "", VALUE)]
    if learning := [owned for owned in every if owned.learns]:
        known = [owned.gradient for owned in learning if owned.gradient]
        gradient = summed_up(known) if len(known) == len(learning) else None
        zeros = sum(each.rms == 0 for each in known)
        some = f" ({zeros:,} of {len(learning):,})" if zeros < len(learning) else ""
        cells += [Cell(f"grad {gradient_line(gradient)}"), Cell(ZERO + some) if zeros else bar(pen_for(gradient))]
    while cells and not cells[-1].text:
        cells.pop()
    return cells


def _span(ends: Sequence[tuple[float, float]]) -> str:
    """From the least to the greatest; NaN if one is NaN."""
    low, high = np.min(ends), np.max(ends)
    return short(low) if low == high or math.isnan(low) else f"{short(low)} .. {short(high)}"
