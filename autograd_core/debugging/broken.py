"""Where NaN and infinities come from: the operation that made the first one out of finite numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..recording import Node
from ..walk import nodes_behind, retain
from . import words
from .findings import Finding
from .flows import Passage
from .measure import share
from .origins import Origin
from .sites import site_of
from .symptoms import why_broken
from .values import Values, known_operands


def broken_value(start: Node) -> Finding | None:
    """What in the forward pass made the NaN or inf that ``start`` gave or was given; None if there is none."""
    nodes = nodes_behind([start])[::-1]
    values = Values(nodes)
    bad = {node for node in nodes if _is_bad(values[node])}
    trail = [start] if start in bad else []
    node = start
    while parents := [edge[1] for edge in node.edges if edge[1] in bad]:
        node = max(parents, key=lambda parent: bool(np.isnan(values[parent]).any()))  # type: ignore[arg-type]  # known
        trail.append(node)
    if not trail:
        return None
    source = trail[-1]
    said = _made(source, values)
    for node in reversed(trail[:-1]):
        if np.isnan(values[node]).any() and not np.isnan(values[source]).any():  # type: ignore[arg-type]  # known
            said += f"; {_made(node, values)}"
            break
    op = source.primitive.name if source.primitive else None
    return Finding("bad value" if op else "bad data", f"{said}.", op, source.path, site_of(source))


def broken_gradient(origin: Origin) -> Finding:
    """What made NaN or inf of a gradient that was finite."""
    passage = origin.passage
    if passage is None:
        if any(hook is not retain for hook in origin.node.hooks or ()):
            return words.finding(origin.node, "hook", "a hook made NaN or inf of the gradient")
        return words.finding(origin.node, "overflow", "the sum of the gradients that meet here is not finite")
    symptom = why_broken(passage)
    said = _at_element(passage) + symptom.words
    for later in origin.way:
        if later.arrived == math.inf and later.left is not None and math.isnan(later.left):
            said += f"; in {words.place(later.node)}, 0 times inf made NaN"
            break
    return words.finding(passage.node, symptom.kind, said, symptom.numbers)


def _made(node: Node, values: Values) -> str:
    """``log(0) in module 1 at loss.py:12 made -inf``."""
    value: Any = values[node]  # known, and bad somewhere
    bad = ~np.isfinite(value)
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    if node.primitive is None:
        return f"{node.name or 'a leaf'} itself holds {value[index]}, in {share(int(bad.sum()), bad.size)} elements"
    for position, operand in known_operands(node).items():
        if _is_bad(operand) and all(edge[0] != position for edge in node.edges):
            held = np.asarray(operand)[~np.isfinite(operand)].flat[0]
            return f"{words.place(node)} was given {held} by its operand {words.operand_name(node, position)}"
    return f"{_call(node, values.operands(node), index)} made {value[index]}"


def _call(node: Node, operands: list[Any], index: tuple[int, ...]) -> str:
    """``log(0) in module 1 at loss.py:12``: the place, of an elementwise operation with the numbers of one element."""
    place, primitive = words.place(node), node.primitive
    if primitive is None or not primitive.elementwise or any(x is None for x in operands):
        return place
    return place.replace(primitive.name, f"{primitive.name}({_numbers_at(node, operands, index)})", 1)


def _at_element(passage: Passage) -> str:
    """``at x = 0, ``: the first element where an elementwise derivative is not finite, if it can be known."""
    node, edge = passage.node, passage.edge
    primitive: Any = node.primitive  # a passage goes through an operation
    operands = Values([node]).operands(node)
    if node.freed or passage.gradient is None or not primitive.elementwise or any(x is None for x in operands):
        return ""
    found = np.broadcast_to(primitive.rules[edge[0]](np.asarray(passage.gradient), *edge[2]), node.value.shape)
    bad = np.argwhere(~np.isfinite(found))
    return f"{primitive.name}({_numbers_at(node, operands, tuple(bad[0]))}): " if len(bad) else ""


def _numbers_at(node: Node, operands: list[Any], index: tuple[int, ...]) -> str:
    return ", ".join(f"{np.broadcast_to(x, node.value.shape)[index]:.6g}" for x in operands)


def _is_bad(value: Any) -> bool:
    return value is not None and not np.isfinite(value).all()
