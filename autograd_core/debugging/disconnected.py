"""Why no gradient can arrive: what does not require grad, and where the way from a tensor to the loss was cut.

In ``debug_mode`` the line is known. Without it, memory tells: what ``.detach()`` or ``.numpy()`` gives shows the array
that it came from, so a constant behind the loss that shares memory with something computed from the tensor is a cut.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..recording import Node, TensorBase
from ..walk import leading_to, nodes_behind
from ..writes import memory_owner
from . import words
from .cuts import Cut, cut_behind, cuts
from .findings import Finding
from .sites import origin_of
from .values import kept, known_operands

_OUT = "it was taken out of the graph with .detach(), .data, .numpy() or stop_gradient()"
_ASK = "Run the forward pass in `with ag.debug_mode():` and ask again to learn the line."


def why_no_grad(tensor: TensorBase) -> Finding:
    """Why ``tensor`` does not require grad."""
    array = tensor._data
    if array.dtype.kind != "f":
        return Finding("integers", f"It holds {array.dtype}, and only floats have derivatives: use dtype=float.")
    if type(tensor).__name__ == "Parameter":
        return Finding("frozen", "It is frozen: requires_grad is False. Set it to True before the forward pass.")
    return _taken_out("It", array) or Finding("constant", (
        "It does not require grad: it was made without requires_grad=True, or computed under no_grad(), or from "
        f"tensors that do not require grad or left the graph. {_ASK}"
    ))


def why_no_graph(loss: Any, target: Node) -> Finding:
    """Why nothing is recorded behind the loss."""
    if not isinstance(loss, TensorBase):
        return Finding("loss is a number", (
            f"The loss is a {type(loss).__name__}, not a Tensor: it left the graph with .item(), float() or .numpy(). "
            f"Pass the Tensor itself."
        ))
    if (known := _taken_out("The loss", loss._data)) is not None:
        return known
    if (cut := _latest_cut(target)) is not None:
        return _cut("The loss does not require grad; the last way out of the graph that was taken from here was", cut)
    if loss._data.dtype.kind != "f":
        return Finding("integers", (
            f"The loss does not require grad: it holds {loss._data.dtype}. Comparisons, argmax and casts to integers "
            f"have no derivative. Use a loss that is smooth, such as cross-entropy in place of accuracy."
        ))
    return Finding("loss without graph", (
        "The loss does not require grad: it was computed under no_grad(), or from tensors that do not require grad or "
        f"left the graph. {_ASK}"
    ))


def why_unreached(tensor: TensorBase, root: Node, order: Sequence[Node]) -> Finding:
    """Why nothing behind the loss (``order``, newest first) was computed from ``tensor``."""
    target: Any = tensor.node
    if target.serial > root.serial:
        return _made_later(tensor, root, order)
    for node in order:
        origin = origin_of(node)
        for known in (origin.cuts if origin else {}).values():
            if _depends(known, target):
                return _cut("The way to the loss was cut by", known, f", used as a constant in {words.place(node)}")
    if (twin := _twin(tensor, order)) is not None:
        return Finding("replaced", f"The loss was computed with another tensor, {twin}. Was the model copied?")
    if (cut := _latest_cut(target)) is not None:
        return _cut("The loss does not depend on it. The last way out of the graph that its values took was", cut)
    offspring = _offspring(target)
    by_memory = _by_memory(offspring)
    for node in order:
        for position, constant in _constants(node):
            for maker, array in by_memory.get(id(memory_owner(constant)), ()):
                if np.may_share_memory(array, constant):
                    what = "the tensor itself" if maker is target else f"the output of {words.place(maker)}"
                    operand = words.operand(node, position)
                    said = f"takes {what} as a constant, in operand {operand}; {_OUT}"
                    return words.finding(node, "cut", f"the way to the loss was cut: it {said}")
    if all(node is target for node, _ in offspring):
        return Finding("unused", (
            "The loss does not depend on it, and nothing that is still alive was computed from it: most likely the "
            f"forward pass does not use it. {_ASK}"
        ))
    newest = max((node for node, _ in offspring), key=lambda node: node.serial)
    return Finding("cut", (
        f"The loss does not depend on it. It was used, last in {words.place(newest)}; the loss does not use that, or "
        f"only a copy of its values: np.array(t.numpy()), .item(), a comparison. {_ASK}"
    ))


def cut_operands(nodes: Sequence[Node]) -> dict[Node, dict[str, str]]:
    """The operands that are constants because their values left a graph: how, by node and the operand's name."""
    found: dict[Node, dict[str, str]] = {}
    suspects: list[tuple[Node, str, np.ndarray]] = []
    for node in nodes:
        origin = origin_of(node)
        known = dict(origin.cuts if origin else {})
        for position, constant in _constants(node):
            if constant.dtype.kind == "f" and position not in known:
                if (cut := cut_behind(constant)) is not None:
                    known[position] = cut
                else:
                    suspects.append((node, words.operand(node, position), constant))
        if known:
            found[node] = {words.operand(node, position): str(cut) for position, cut in known.items()}
    if suspects:
        living = ((tensor.node, tensor._data) for tensor in _live_tensors() if tensor.node is not None)
        by_memory = _by_memory(chain(living, _kept_arrays(nodes)))
        for node, operand, constant in suspects:
            for maker, array in by_memory.get(id(memory_owner(constant)), ()):
                if np.may_share_memory(array, constant):
                    found.setdefault(node, {})[operand] = f"shows the memory of {words.place(maker)}: {_OUT}"
                    break
    return found


def _by_memory(arrays: Iterable[tuple[Node, np.ndarray]]) -> dict[int, list[tuple[Node, np.ndarray]]]:
    """Arrays by the object that owns their memory."""
    found: dict[int, list[tuple[Node, np.ndarray]]] = {}
    for node, array in arrays:
        found.setdefault(id(memory_owner(array)), []).append((node, array))
    return found


def _taken_out(who: str, array: np.ndarray) -> Finding | None:
    """Whether a constant is known to have come out of a graph."""
    said = f"{who} does not require grad"
    if (cut := cut_behind(array)) is not None:
        return _cut(f"{said}: it left the graph by", cut)
    for found in _live_tensors():
        if found.node is not None and np.may_share_memory(found._data, array):
            return Finding("cut", f"{said}, but shows the memory of {words.place(found.node)}, which does: {_OUT}.")
    return None


def _made_later(tensor: TensorBase, root: Node, order: Sequence[Node]) -> Finding:
    target: Any = tensor.node
    if root in nodes_behind([target]):
        return Finding("later", "It was computed from the loss, not the loss from it.")
    if (twin := _twin(tensor, order)) is not None:
        return Finding("replaced", (
            f"It was made after the loss, which was computed with another tensor, {twin}. Was the parameter replaced, "
            f"or requires_grad switched off and on? Run the forward pass again, and give the optimizer the new object."
        ))
    return Finding("later", "It was made after the loss was computed: the loss cannot depend on it.")


def _twin(tensor: TensorBase, order: Sequence[Node]) -> str | None:
    """A leaf behind the loss that could be meant in place of ``tensor``."""
    target: Any = tensor.node
    array = tensor._data
    for node in order:
        if node.edges or node is target or node.value.shape != array.shape:
            continue
        value: Any = node.value  # a leaf's is its array
        who = f"{node.name or 'a leaf'} of shape {array.shape}"
        if np.may_share_memory(value, array):
            return f"{who} with the same memory"
        if array.size > 1 and np.ptp(array) and np.array_equal(value, array):
            return f"{who} with the same values"
        if target.serial > node.serial and tensor._name and node.name == tensor._name and target.params == node.params:
            return f"{who}, older than this one"
    return None


def _cut(said: str, cut: Cut, used: str = "") -> Finding:
    return Finding("cut", f"{said} {cut}{used}.", site=cut.site)


def _latest_cut(target: Node) -> Cut | None:
    return next((cut for cut in reversed(cuts()) if _depends(cut, target)), None)


def _depends(cut: Cut, target: Node) -> bool:
    """Whether what left the graph was computed from ``target``."""
    if not target.edges:
        return weakref.ref(target) in cut.leaves
    node = cut.node()
    return node is not None and target in nodes_behind([node])


def _constants(node: Node) -> Iterator[tuple[int, np.ndarray]]:
    """The array operands of a node through which no gradient goes, as far as they are known."""
    recorded = {edge[0] for edge in node.edges}
    for position, value in known_operands(node).items():
        if position not in recorded and isinstance(value, np.ndarray):
            yield position, value


def _offspring(target: Node) -> list[tuple[Node, np.ndarray]]:
    """Everything alive that was computed from ``target``, and itself: the nodes, with the arrays that are known."""
    outputs = [(tensor.node, tensor._data) for tensor in _live_tensors() if tensor.node is not None]
    nodes = leading_to({target}, nodes_behind({node for node, _ in outputs}))
    found = [(node, array) for node, array in outputs if node in nodes]
    return found + [(node, array) for node, array in _kept_arrays(nodes) if node in nodes]


def _kept_arrays(nodes: Iterable[Node]) -> Iterator[tuple[Node, np.ndarray]]:
    """What the rules of some nodes keep: each array with the node that made it."""
    for node in nodes:
        operands = known_operands(node)
        yield from ((edge[1], operands[edge[0]]) for edge in node.edges if edge[0] in operands)
        yield from ((node, names["y"]) for edge in node.edges if "y" in (names := kept(node, edge)))


def _live_tensors() -> Iterator[TensorBase]:
    """Every Tensor in this process: slow, and only for somebody who is looking for a bug."""
    return (found for found in gc.get_objects() if issubclass(type(found), TensorBase))
