"""Tensors that show another tensor's memory: who they belong to, and how to get from the one to the other."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from .writes import memory_owner

if TYPE_CHECKING:
    from .recording import Primitive, TensorBase

Steps = tuple["Steps | None", "Primitive", dict[str, Any]]
"""The way from a tensor to a view of it, last step first: linked, so that a long chain of views stays cheap."""

Place = tuple[tuple["Primitive", dict[str, Any]], ...]
"""The same way, first step first."""


def link_view(tensor: TensorBase, operand: TensorBase, primitive: Primitive, params: dict[str, Any]) -> None:
    """Note that ``tensor`` shows ``operand``'s memory, if it does: a recorded write to one must reach the other."""
    if memory_owner(tensor._data) is not memory_owner(operand._data):
        return
    root, steps = operand.base or (operand, None)
    tensor.base = (root, (steps, primitive, params))
    if root.node is not None and not root.node.edges:
        return  # recorded writes to a leaf are refused, so nothing will have to be told
    if root.views is None:
        root.views = {}
    root.views[weakref.ref(tensor, root.views.pop)] = None  # in order: sums are then the same to the last bit


def place_of(steps: Steps | None) -> Place:
    """The linked steps of a view, in the order in which to take them."""
    place = []
    while steps is not None:
        steps, primitive, params = steps
        place.append((primitive, params))
    return tuple(reversed(place))
