"""The first NaN or infinity, in words: which op made it on which line, from which numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import AnomalyError
from ..recording import Node
from .cuts import cut_behind
from .sites import Origin, origin_of

Place = tuple[int, ...]


def all_finite(array: Any) -> bool:
    """Whether there is no NaN and no infinity."""
    # A sum of squares tells it two to three times as fast, unless it overflows.
    return math.isfinite(np.vdot(array, array)) or bool(np.isfinite(array).all())


def first_bad(array: Any, infinities: bool) -> Place | None:
    """The index of the first NaN (with ``infinities``: or infinity); None if there is none."""
    if all_finite(array):
        return None
    array = np.asarray(array)
    bad = ~np.isfinite(array) if infinities else np.isnan(array)
    return tuple(int(i) for i in np.argwhere(bad)[0]) if bad.any() else None


def check_output(node: Node, arrays: Sequence[Any], out: np.ndarray, infinities: bool) -> None:
    """Raise AnomalyError if ``out`` has a NaN, or an infinity that no operand had."""
    if all_finite(out):
        return
    origin: Any = origin_of(node)
    sources = dict(_sources(node, arrays))
    place = first_bad(out, infinities=False)
    if place is None:
        place = _new_infinity(node, sources, out) if infinities else None
        if place is None:
            return
    nan = [name for name, x in sources.items() if np.isnan(_at(x, node, out, place)).any()]
    inf = [name for name, x in sources.items() if np.isinf(_at(x, node, out, place)).any()]
    value = out[place]
    if nan:
        how = f"{origin}: {value} came in with {' and '.join(nan)}; nothing recorded in this block made it"
    elif inf:
        how = f"{origin} made {value} of infinite {' and '.join(inf)}"
    else:
        how = f"{origin} made {value} of finite numbers"
    lines = [*_heading(how, origin), f"output: {_described(out, out.shape, place)}"]
    raise AnomalyError("\n    ".join(lines + _listed(node, arrays, sources, out.shape, place)))


def check_arrived(node: Node, g: Any, infinities: bool, from_rules: bool) -> None:
    """Raise AnomalyError if the complete gradient of ``node`` is not finite, although its parts were."""
    place = first_bad(g, infinities)
    if place is None:
        return
    origin = origin_of(node)
    cause = "the gradient that backward() was given"
    if from_rules:
        cause = "what a hook made of it" if node.hooks else "the sum of several gradients"
    name = origin or (node.primitive.name if node.primitive else f"the leaf {node.name or ''}".rstrip())
    how = f"backward: the gradient at {name} has {np.asarray(g)[place]} through {cause}"
    raise AnomalyError("\n    ".join([*_heading(how, origin), f"gradient: {_described(g, np.shape(g), place)}"]))


def check_derived(node: Node, position: int, g: Any, gradient: Any, infinities: bool) -> None:
    """Raise AnomalyError if a rule of ``node`` gave a gradient that is not finite."""
    place = first_bad(gradient, infinities)
    if place is None:
        return
    primitive: Any = node.primitive  # only leaves have none
    origin = origin_of(node)
    kept = next(edge[2] for edge in node.edges if edge[0] == position)
    gradient = np.asarray(gradient)
    operand = primitive.operands[position]
    how = f"backward: the derivative of {origin or primitive.name} by {operand} gave {gradient[place]}"
    lines = [*_heading(how, origin), f"gradient of {operand}: {_described(gradient, gradient.shape, place)}"]
    lines.append(f"gradient that arrived: {_described(g, gradient.shape, place)}")
    lines += [
        f"{name}: {_described(value, gradient.shape, place)}"
        for name, value in zip(primitive.keeps[position], kept, strict=True) if isinstance(value, np.ndarray)
    ]
    if origin is None:
        lines.append("Run the forward pass under detect_anomaly() too, to see the line that recorded it.")
    raise AnomalyError("\n    ".join(lines))


def _sources(node: Node, arrays: Sequence[Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Whatever floating-point numbers went into a call: operands by name, then options."""
    primitive: Any = node.primitive  # only leaves have none
    for i, array in enumerate(arrays):
        yield primitive.operands[i] + (str(i) if primitive.variadic else ""), np.asarray(array)
    for name, value in (node.params or {}).items():
        if isinstance(name, str) and isinstance(value, (float, np.floating)):
            yield f"{name}=", np.asarray(value)


def _new_infinity(node: Node, sources: dict[str, np.ndarray], out: np.ndarray) -> Place | None:
    """Where ``out`` is infinite and no operand was; a masked -inf that is handed on is no anomaly."""
    primitive: Any = node.primitive  # only leaves have none
    new = np.isinf(out)
    for x in sources.values():
        if primitive.elementwise:
            new &= np.isfinite(x)
        elif not all_finite(x):
            return None
    return tuple(int(i) for i in np.argwhere(new)[0]) if new.any() else None


def _at(x: np.ndarray, node: Node, out: np.ndarray, place: Place) -> Any:
    """The part of an operand that an element of the output was made of: all of it where that is not known."""
    elementwise: bool = node.primitive.elementwise  # type: ignore[union-attr]  # not a leaf
    return np.broadcast_to(x, out.shape)[place] if elementwise else x


def _heading(how: str, origin: Origin | None) -> list[str]:
    return [f"{how}.", *([origin.site.text] if origin and origin.site and origin.site.text else [])]


def _listed(node: Node, arrays: Sequence[Any], sources: dict[str, np.ndarray], shape: Place, place: Place) -> list[str]:
    recorded = {edge[0]: edge[1] for edge in node.edges}
    lines = []
    for i, (name, x) in enumerate(sources.items()):
        what = ""
        if i < len(arrays):
            parent = recorded.get(i)
            cut = cut_behind(arrays[i]) if parent is None else None
            label = "" if parent is None or parent.name is None else f" {parent.name!r}"
            what = " (a constant)" if parent is None else "" if parent.edges else f" (the leaf{label})"
            what = f" (a constant that came from {cut})" if cut else what
        lines.append(f"{name}{what}: {_described(x, shape, place)}")
    return lines


def _described(x: Any, shape: Place, place: Place) -> str:
    """Shape, dtype, and the element at ``place`` if ``x`` has that shape; otherwise what kind of numbers it holds."""
    x = np.asarray(x)
    said = f"shape {x.shape}, {x.dtype}"
    if x.size == 1:
        return f"{said}, {x.item()}"
    if x.shape == shape:
        return f"{said}, {x[place]} at {place}"
    bad = first_bad(x, infinities=True)
    if bad is not None:
        return f"{said}, {x[bad]} at {bad}"
    return f"{said}, from {x.min()} to {x.max()}" if x.size else said
