"""What is said of an operation, and where it is. An operation without words of its own gets the general ones."""

from __future__ import annotations

from typing import Any

from ..recording import Node
from .findings import Finding
from .measure import share
from .sites import site_of

_OTHER_LARGER = "the other operand is larger at every element"
_OTHER_SMALLER = "the other operand is smaller at every element"
_ELSEWHERE = {
    "clip": "every element is outside of the bounds",
    "cross_entropy": "the prediction is certain and right: nothing is left to learn",
    "fmax": _OTHER_LARGER,
    "fmin": _OTHER_SMALLER,
    "maximum": _OTHER_LARGER,
    "minimum": _OTHER_SMALLER,
    "overwrite": "every element was written over",
    "where": "the condition chooses the other branch at every element",
}
_SATURATING = {
    "arctan", "erf", "erfc", "log_ndtr", "log_sigmoid", "ndtr", "sigmoid", "softplus", "softsign", "tanh",
}
_RECTIFYING = {"clip", "fmax", "fmin", "hardtanh", "maximum", "minimum", "relu"}
_CANCELLING = {
    "log_softmax": "its outputs move against each other",
    "softmax": "its outputs have the sum 1 whatever the input is",
}


def off(op: str, dead: int, units: int, batch: int, axes: int) -> str:
    """What is said of ``op`` where its derivative is 0 at ``dead`` of so many ``units``, for all samples."""
    if dead == units and op in _ELSEWHERE:
        return _ELSEWHERE[op]
    many = "it is" if units == 1 else f"{share(dead, units)} {'units of this layer' if axes > 1 else 'elements'} are"
    during = f" for the whole batch of {batch}" if batch > 1 else ""
    if op == "relu":
        return f"{many} off{during}: no input is above 0"
    if op in _SATURATING:
        return f"{many} saturated{during}: the slope is exactly 0 in this dtype"
    return f"{many} flat{during}: the derivative is exactly 0"


def saturates(op: str) -> bool:
    """Whether ``op`` is called saturated where it is flat."""
    return op in _SATURATING


def rectifies(op: str) -> bool:
    """Whether ``op`` is flat on one side, so that units of it can be off."""
    return op in _RECTIFYING


def cancels(op: str) -> str:
    """What is said of ``op`` where the parts of its gradient cancel."""
    why = _CANCELLING.get(op)
    return "the parts of the gradient cancel exactly" + (f": {why}" if why else "")


def operand(node: Node, position: int) -> str:
    """What an operation calls an operand: ``weight``, ``b``; ``x2`` if it takes any number of them."""
    primitive: Any = node.primitive  # only leaves have none
    return f"{primitive.operands[position]}{position if primitive.variadic else ''}"


def operand_name(node: Node, position: int) -> str:
    """``weight (0.weight)``, ``b (a constant)``, ``a (the output of relu)``."""
    name = operand(node, position)
    parent = next((edge[1] for edge in node.edges if edge[0] == position), None)
    if parent is None:
        who = "a constant"
    elif parent.name:
        who = parent.name if parent.primitive is None or not parent.path else f"{parent.path}.{parent.name}"
    else:
        who = f"the output of {parent.primitive.name}" if parent.primitive else "a leaf"
    return name if who == name else f"{name} ({who})"


def name(node: Node) -> str:
    """What a node is called: its operation's name, or a leaf's own."""
    return node.primitive.name if node.primitive else node.name or "a leaf"


def place(node: Node) -> str:
    """``relu in module 1 at model.py:31``."""
    site = site_of(node)
    return name(node) + (f" in module {node.path}" if node.path else "") + (f" at {site}" if site else "")


def finding(node: Node, kind: str, said: str, numbers: dict[str, float] | None = None) -> Finding:
    """A finding about one operation: ``relu in module 1: all 64 units are off.``"""
    op = node.primitive.name if node.primitive else None
    return Finding(kind, f"{place(node)}: {said}.", op, node.path, site_of(node), numbers or {})
