"""A model in words: a line for each module, parameter and buffer, with what its numbers and gradients are like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core.graph import Reading
from autograd_core.recording import TensorBase

from ..looks.flow import pen_for
from ..looks.text import clean
from ..pictures.captions import gradient_line, short
from ..pictures.flags import Flag, Trouble, broken, of_leaf
from ..pictures.folding import summed_up
from .listing import Cell, Line
from .signs import FRAME, VALUE, bar, flag, heading


@dataclass(frozen=True)
class _Owned:
    """A parameter or buffer."""

    name: str  # within its module
    kind: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    ends: tuple[float, float] | None  # the least and the greatest value; None where there are no values
    gradient: Reading | None
    flags: tuple[Flag, ...]

    @property
    def learns(self) -> bool:
        return self.kind == "parameter"

    @property
    def is_buffer(self) -> bool:
        return self.kind == "buffer"

    @property
    def size(self) -> int:
        return math.prod(self.shape)


@dataclass
class _Module:
    """A module, and what is in it."""

    name: str
    kind: str
    level: int
    own: list[_Owned] = field(default_factory=list)
    shared: list[tuple[str, str]] = field(default_factory=list)  # what is told elsewhere: here, and there
    children: list[_Module] = field(default_factory=list)
    every: list[_Owned] = field(default_factory=list)  # of its own and of all modules below


def inventory(model: Any, *, depth: int | None, max_nodes: int, tiny: float, huge: float) -> tuple[Line, ...]:
    """Tell what a model holds.

    Args:
        model: anything with ``named_parameters()``, and perhaps ``named_modules()`` and ``named_buffers()``.
        depth: how many levels of modules to open; None for as many as fit.
        max_nodes: the lines that fit.
        tiny: see ``flags_of``.
        huge: likewise.

    Returns:
        Lines: a remark and the legend, if there is something to say, then the modules.
    """
    root = _read(model, tiny, huge)
    deepest = max(module.level for module in _below(root))
    wanted = deepest if depth is None else min(depth, deepest)
    size = _size(root, wanted)
    fitting = next((level for level in range(wanted, 0, -1) if _size(root, level) <= max_nodes), 0)
    shown = wanted if size <= max_nodes else fitting
    remark = f"{size:,} lines are more than max_nodes={max_nodes:,}: modules are folded below depth {shown}."
    known = [owned for owned in root.every if owned.learns and owned.gradient]
    meanings = {found.trouble: found.meaning for owned in root.every for found in owned.flags}
    above = heading(() if shown == wanted else (remark,), (pen_for(owned.gradient) for owned in known), meanings)
    return (*above, *(line for module in _below(root, shown) for line in _lines(module, shown)))


# What there is


def _read(model: Any, tiny: float, huge: float) -> _Module:
    """The modules as a tree; what several share is where it comes first."""
    every = dict(model.named_modules()) if hasattr(model, "named_modules") else {}
    every = {"": model, **every}
    parameters = dict(model.named_parameters()) if hasattr(model, "named_parameters") else {}
    buffers = dict(model.named_buffers()) if hasattr(model, "named_buffers") else {}
    known = any(parameter.grad is not None for parameter in parameters.values())
    modules: dict[str, _Module] = {}
    for path, module in sorted(every.items(), key=lambda item: item[0].count(".") + bool(item[0])):
        around, name = _home(path, modules)
        modules[path] = _Module(name, type(module).__name__, around.level + 1 if around else 0)
        if around:
            around.children.append(modules[path])
    for names, learned in ((parameters, True), (buffers, False)):
        for full, tensor in names.items():
            home, name = _home(full, modules)
            assert home is not None  # the model itself, at least
            home.own.append(_owned(name, tensor, learned, known, tiny, huge))
    first = {id(thing): path for path, thing in [*every.items(), *parameters.items(), *buffers.items()] if path}
    for path, module in every.items():
        modules[path].shared += _shared(path, module, first)
    for module in reversed([*_below(modules[""])]):  # children before those around them
        module.every = [*module.own, *(owned for child in module.children for owned in child.every)]
    return modules[""]


def _shared(path: str, module: Any, first: dict[int, str]) -> Iterator[tuple[str, str]]:
    """The attributes of a module that are told elsewhere, and where."""
    for name, thing in vars(module).items() if hasattr(module, "__dict__") else ():
        full = f"{path}.{name}" if path else name
        if first.get(id(thing), full) != full:
            yield name, first[id(thing)]


def _home(full: str, modules: dict[str, _Module]) -> tuple[_Module | None, str]:
    """The innermost module around a name, and the rest of the name."""
    path = full
    while path:
        path = path.rpartition(".")[0]
        if path in modules:
            return modules[path], full[len(path) + 1 :] if path else full
    return modules.get(""), full


def _owned(name: str, tensor: Any, learned: bool, known: bool, tiny: float, huge: float) -> _Owned:
    array = _array(tensor)
    learns = learned and tensor.requires_grad
    gradient = Reading.of(_array(tensor.grad)) if learns and tensor.grad is not None else None
    with np.errstate(all="ignore"):  # NaN is shown, not warned about
        ends = (float(array.min()), float(array.max())) if array.size else None
    flags = [*of_leaf(gradient, tiny, huge, known)] if learns else []
    if ends and not math.isfinite(ends[0] - ends[1]) and not any(found.trouble is Trouble.BROKEN for found in flags):
        flags = [broken("its values are not all finite"), *flags]
    kind = "buffer" if not learned else "parameter" if learns else "frozen parameter"
    return _Owned(name, kind, array.shape, array.dtype, ends, gradient, tuple(flags))


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor._data if isinstance(tensor, TensorBase) else tensor.data)


def _below(root: _Module, depth: int | None = None) -> Iterator[_Module]:
    """A module and those below it, as they are told; the modules at ``depth`` + 1 are the last."""
    stack = [root]
    while stack:
        module = stack.pop()
        yield module
        if depth is None or module.level <= depth:
            stack += reversed(module.children)


def _size(root: _Module, depth: int) -> int:
    """How many lines a tree has that is opened so deep."""
    return sum(1 + (len(module.own) + len(module.shared) if module.level <= depth else 0)
               for module in _below(root, depth))


# What is said of it


def _lines(module: _Module, depth: int) -> Iterator[Line]:
    name = f"{clean(module.name)}: " if module.name else ""
    title = Cell(f"{name}{clean(module.kind)}", FRAME)
    if module.level > depth:
        counts = Counter(found.trouble for owned in module.every for found in owned.flags)
        flags = [f"{trouble.title} ({counts[trouble]:,})" for trouble in Trouble if trouble in counts]
        yield Line(module.level, (title, *_cells(_count(module), module.every)), tuple(map(flag, flags)))
        return
    yield Line(module.level, (title, *_cells(_count(module), ())))
    for owned in module.own:
        cells = _cells(f"{owned.shape} {owned.dtype}", [owned])
        flags = [f"{found.trouble.title}: {found.about}" for found in owned.flags]
        yield Line(module.level + 1, (Cell(f"{owned.kind} {clean(owned.name)}"), *cells), tuple(map(flag, flags)))
    for name, there in module.shared:
        yield Line(module.level + 1, (Cell(f"{clean(name)}, same as {clean(there)}"),))


def _count(module: _Module) -> str:
    """How many numbers could be learned, and how many of them are not."""
    parameters = [owned for owned in module.every if not owned.is_buffer]
    size = sum(owned.size for owned in parameters)
    frozen = sum(owned.size for owned in parameters if not owned.learns)
    if not size:
        return ""
    how_many = "" if not frozen else ", frozen" if frozen == size else f", {frozen:,} frozen"
    return f"{size:,} parameter{'s' * (size > 1)}{how_many}"


def _cells(kind: str, every: Sequence[_Owned]) -> list[Cell]:
    """The columns after the name: of one thing, or of all that is in a folded module."""
    ends = [owned.ends for owned in every if owned.ends]
    cells = [Cell(kind), Cell(_span(ends) if ends else "", VALUE)]
    if learning := [owned for owned in every if owned.learns]:
        known = [owned.gradient for owned in learning if owned.gradient]
        gradient = summed_up(known) if len(known) == len(learning) else None
        cells += [Cell(f"grad {gradient_line(gradient)}"), bar(pen_for(gradient))]
    while cells and not cells[-1].text:
        cells.pop()
    return cells


def _span(ends: Sequence[tuple[float, float]]) -> str:
    """From the least to the greatest; NaN if one is NaN."""
    low, high = np.min(ends), np.max(ends)
    return short(low) if low == high or math.isnan(low) else f"{short(low)} .. {short(high)}"
