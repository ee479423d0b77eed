"""What a model holds, as a tree of modules: each with its parameters and buffers, and what their numbers are like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core.graph import Reading
from autograd_core.recording import TensorBase

from ..pictures.flags import Flag, Trouble, broken, of_leaf


@dataclass(frozen=True)
class Owned:
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
        """Whether it is a parameter that is not frozen."""
        return self.kind == "parameter"

    @property
    def is_buffer(self) -> bool:
        """Whether it is no parameter."""
        return self.kind == "buffer"

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)


@dataclass
class Module:
    """A module, or several of equal structure, and what is in it."""

    name: str
    kind: str
    level: int
    times: int = 1  # how many modules it stands for
    own: list[list[Owned]] = field(default_factory=list)  # each with those at its place in the other repeats
    shared: list[tuple[str, str]] = field(default_factory=list)  # what is told elsewhere: here, and there
    children: list[Module] = field(default_factory=list)

    def below(self, depth: int | None = None) -> Iterator[Module]:
        """This module and those below it, as they are told; the modules at ``depth`` + 1 are the last."""
        stack = [self]
        while stack:
            module = stack.pop()
            yield module
            if depth is None or module.level <= depth:
                stack += reversed(module.children)

    @property
    def every(self) -> list[Owned]:
        """What it and all modules below it own."""
        return [owned for module in self.below() for repeats in module.own for owned in repeats]


def read(model: Any, tiny: float, huge: float) -> Module:
    """The modules of a model; what several share is where it comes first.

    Args:
        model: anything with ``named_parameters()``, and perhaps ``named_modules()`` and ``named_buffers()``.
        tiny: see ``flags_of``.
        huge: likewise.

    Returns:
        The model itself, as the root.
    """
    every = dict(model.named_modules()) if hasattr(model, "named_modules") else {}
    every = {"": model, **every}
    parameters = dict(model.named_parameters()) if hasattr(model, "named_parameters") else {}
    buffers = dict(model.named_buffers()) if hasattr(model, "named_buffers") else {}
    known = any(parameter.grad is not None for parameter in parameters.values())
    modules: dict[str, Module] = {}
    for path, module in sorted(every.items(), key=lambda item: item[0].count(".") + bool(item[0])):
        around, name = _home(path, modules)
        modules[path] = Module(name, type(module).__name__, around.level + 1 if around else 0)
        if around:
            around.children.append(modules[path])
    for names, learned in ((parameters, True), (buffers, False)):
        for full, tensor in names.items():
            home, name = _home(full, modules)
            assert home is not None  # the model itself, at least
            home.own.append([_owned(name, tensor, learned, known, tiny, huge)])
    first = {id(thing): path for path, thing in [*every.items(), *parameters.items(), *buffers.items()] if path}
    for full, there in shared(every, first).items():
        home, name = _home(full, modules)
        assert home is not None
        home.shared.append((name, there))
    return modules[""]


def _home(full: str, modules: dict[str, Module]) -> tuple[Module | None, str]:
    """The innermost module around a name, and the rest of the name."""
    path = full
    while path:
        path = path.rpartition(".")[0]
        if path in modules:
            return modules[path], full[len(path) + 1 :] if path else full
    return modules.get(""), full


def shared(modules: Mapping[str, Any], first: Mapping[int, str]) -> dict[str, str]:
    """The further names of what several modules share.

    Args:
        modules: by path.
        first: the name of each thing, by its id.

    Returns:
        The first name by each further one.
    """
    names = {f"{path}.{name}" if path else name: thing for path, module in modules.items()
             if hasattr(module, "__dict__") for name, thing in vars(module).items()}
    return {name: first[id(thing)] for name, thing in names.items() if first.get(id(thing), name) != name}


def _owned(name: str, tensor: Any, learned: bool, known: bool, tiny: float, huge: float) -> Owned:
    array = _array(tensor)
    learns = learned and tensor.requires_grad
    gradient = Reading.of(_array(tensor.grad)) if learns and tensor.grad is not None else None
    with np.errstate(all="ignore"):  # NaN is shown, not warned about
        ends = (float(array.min()), float(array.max())) if array.size else None
    flags = [*of_leaf(gradient, tiny, huge, known)] if learns else []
    if ends and not math.isfinite(ends[0] - ends[1]) and not any(found.trouble is Trouble.BROKEN for found in flags):
        flags = [broken("its values are not all finite"), *flags]
    kind = "buffer" if not learned else "parameter" if learns else "frozen parameter"
    return Owned(name, kind, array.shape, array.dtype, ends, gradient, tuple(flags))


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor._data if isinstance(tensor, TensorBase) else tensor.data)
