"""``explain``: why is this gradient None, zero, tiny, huge or NaN?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..backward import node_of, seed
from ..recording import TensorBase
from ..walk import leading_to, nodes_behind, retain
from . import disconnected, scaled, words
from .broken import broken_gradient, broken_value
from .findings import Explanation, Finding, Step, Verdict
from .flows import Flows, Passage, remembered, watched
from .measure import number, rms, share
from .origins import Origin, is_broken, is_zero, origins
from .sites import site_of
from .symptoms import HUGE, MANY, TINY, off_units, slopes, why_zero

_MOST = 3  # places that are named
_FREED = Finding("freed", (
    "An earlier backward() has freed this graph: only what its nodes remember is known, the gradients of small arrays. "
    "To know all, call explain before backward(), or use backward(retain_graph=True)."
))
_NOT_A_LEAF = Finding("not a leaf", "It is a result, not a leaf: its .grad stays None without .retain_grad().")


def explain(tensor: TensorBase, loss: Any, grad: Any = None, *, tiny: float = TINY, huge: float = HUGE) -> Explanation:
    """Say in words why the gradient of ``loss`` with respect to ``tensor`` is None, zero, tiny, huge or NaN.

    It runs a backward pass of its own, which writes no ``.grad`` and frees nothing; hooks run. Ask before
    ``backward()``, or after ``backward(retain_graph=True)``. If the forward pass ran in :func:`debug_mode`, lines of
    code are named.

    Args:
        tensor: a parameter, another leaf, or an intermediate result.
        loss: what was, or is to be, differentiated: usually a scalar Tensor.
        grad: the gradient to start from, if the loss is not a scalar.
        tiny: a gradient with a smaller root mean square (RMS) is called tiny.
        huge: one with a larger RMS is called huge.

    Returns:
        An Explanation: ``print`` it, or read its ``verdict``, ``findings``, ``path`` and ``numbers``.

    Raises:
        GraphError: ``tensor`` is not a Tensor; or an earlier backward freed the graph, and its gradient was not kept.
        ShapeError: a loss that is not a scalar, and no ``grad``.
        SavedArrayError: an array that is needed was written to in the meantime.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([-1.0, -2.0], requires_grad=True, name="x")
        >>> print(ag.explain(x, (3 * ag.relu(x)).sum()))
        The gradient of x is exactly 0 in all 2 elements.
          - relu: all 2 elements are off: no input is above 0.
          path: loss -> sum -> multiply -> relu -0-> x
    """
    if not isinstance(tensor, TensorBase):
        node_of(tensor, "explain")  # raises
    with np.errstate(all="ignore"):
        if tensor.node is None:
            return _none(tensor, disconnected.why_no_grad(tensor))
        if not isinstance(loss, TensorBase) or loss.node is None:
            return _none(tensor, disconnected.why_no_graph(loss, tensor.node))
        start = seed(loss, grad)
        order = nodes_behind([loss.node])
        nodes = leading_to({tensor.node}, order)
        if tensor.node not in nodes:
            return _none(tensor, disconnected.why_unreached(tensor, loss.node, order))
        if any(node.freed for node in nodes):
            flows = remembered(tensor.node, loss.node, nodes)
        else:
            flows = watched(tensor.node, loss.node, nodes, start)
        return _explained(tensor, loss, flows, tiny, huge)


def _none(tensor: TensorBase, finding: Finding) -> Explanation:
    name = tensor._name or f"this tensor of shape {tensor._data.shape}"
    return Explanation("none", name, f"The gradient of {name} is None.", (finding,))


def _explained(tensor: TensorBase, loss: TensorBase, flows: Flows, tiny: float, huge: float) -> Explanation:
    g = flows.gradient
    numbers = _numbers(g)
    verdict = _verdict(numbers, tiny, huge)
    name = _label(tensor, flows)
    path = flows.strongest(flows.target)
    found: list[Finding] = []
    if verdict in ("zero", "nan"):
        began = origins(flows, is_zero if verdict == "zero" else is_broken)
        found = _grouped(began, lambda origin: _zero(flows, origin) if verdict == "zero" else _broken(origin))
        if began:
            above = began[0].passage.node if began[0].passage else began[0].node
            path = [*flows.strongest(above), *began[0].way]
    elif verdict in ("tiny", "huge"):
        found = scaled.findings(flows, path, verdict == "tiny")
    else:
        found = _remarks(flows, path, numbers)
    if verdict != "nan" and not np.isfinite(loss._data).all() and (bad := broken_value(flows.root)) is not None:
        found.insert(0, replace(bad, text=f"The loss itself is not finite: {bad.text}"))
    if any(node.freed for node in flows.nodes):
        found.append(_FREED)
    if flows.target.edges and retain not in (flows.target.hooks or ()):
        found.append(_NOT_A_LEAF)
    return Explanation(verdict, name, _summary(verdict, name, numbers, tiny, huge), tuple(found),
                       tuple(_step(passage) for passage in path), numbers)


def _numbers(g: np.ndarray) -> dict[str, float]:
    """What there is to say of a gradient."""
    smallest, largest = (float(g.min()), float(g.max())) if g.size else (0.0, 0.0)
    counts = {"zeros": int((g == 0).sum()), "nan": int(np.isnan(g).sum()), "inf": int(np.isinf(g).sum())}
    return {"rms": rms(g), "smallest": smallest, "largest": largest, "elements": g.size, **counts}


def _verdict(numbers: dict[str, float], tiny: float, huge: float) -> Verdict:
    size = numbers["rms"]
    if not math.isfinite(size):
        return "nan"
    if not size:
        return "zero" if numbers["elements"] else "fine"
    return "tiny" if size < tiny else "huge" if size > huge else "fine"


def _summary(verdict: Verdict, name: str, numbers: dict[str, float], tiny: float, huge: float) -> str:
    elements, size = int(numbers["elements"]), number(numbers["rms"])
    everywhere = f" in all {elements} elements" if elements > 1 else ""
    said = {
        "zero": f"is exactly 0{everywhere}",
        "tiny": f"is tiny: its RMS is {size}, below {number(tiny)}",
        "huge": f"is huge: its RMS is {size}, above {number(huge)}",
        "nan": f"is not finite: {int(numbers['nan'])} NaN and {int(numbers['inf'])} inf in {elements} elements",
        "fine": f"is fine: RMS {size}, from {number(numbers['smallest'])} to {number(numbers['largest'])}",
    }
    return f"The gradient of {name} {said[verdict] if elements else 'has no elements'}."


def _grouped(began: list[Origin], finding: Callable[[Origin], Finding]) -> list[Finding]:
    """A finding for each operation of each module where something began, however often it was."""
    groups: dict[tuple[str, str], list[Origin]] = {}
    for origin in began:
        node = origin.passage.node if origin.passage else origin.node
        groups.setdefault((words.name(node), node.path), []).append(origin)
    found: list[Finding] = []
    for group in list(groups.values())[:_MOST]:
        first = finding(group[0])
        more = f" The same at {len(group) - 1} more of its kind." if len(group) > 1 else ""
        if not any(before.text.startswith(first.text) for before in found):  # one value can break several gradients
            found.append(replace(first, text=first.text + more))
    if len(groups) > _MOST:
        found.append(Finding("more", f"And in {len(groups) - _MOST} more operations."))
    return found


def _zero(flows: Flows, origin: Origin) -> Finding:
    """Why zeros began."""
    passage, node = origin.passage, origin.node
    if passage is not None:
        return words.finding(passage.node, *why_zero(passage))
    parts = [part for part in flows.into.get(node, []) if part.left]
    if not parts:
        return Finding("seed", "The gradient that backward starts from is 0.")
    if len(parts) == 1:  # which is not 0, as the whole is
        return words.finding(node, "hook", "a hook sets the gradient to 0")
    ways = ", ".join(words.place(part.node) for part in parts[:_MOST]) + (" ..." if len(parts) > _MOST else "")
    return words.finding(node, "cancellation", f"the {len(parts)} gradients that meet here cancel exactly: from {ways}",
                         {"parts": len(parts)})


def _broken(origin: Origin) -> Finding:
    """Why NaN or inf began: in the forward pass, or else in the derivative."""
    start = origin.passage.node if origin.passage else origin.node
    return broken_value(start) or broken_gradient(origin)


def _remarks(flows: Flows, path: list[Passage], numbers: dict[str, float]) -> list[Finding]:
    """What is worth knowing of a gradient that is fine: units that are off."""
    if numbers["zeros"] < MANY * numbers["elements"] or not numbers["elements"]:
        return []
    zeros = share(int(numbers["zeros"]), int(numbers["elements"]))
    found = [Finding("zeros", f"{zeros} elements are exactly 0.", numbers={"zeros": numbers["zeros"]})]
    for passage in path:
        slope = slopes(passage.node, passage.edge)
        if slope is not None and slope.size:
            symptom = off_units(passage.node, slope)
            if symptom.numbers["off"] >= MANY * symptom.numbers["units"]:
                found.append(words.finding(passage.node, *symptom))
    return found[: 1 + _MOST]


def _label(tensor: TensorBase, flows: Flows) -> str:
    """``0.weight``: the tensor's name, in the module that uses it."""
    paths = {passage.node.path for passage in flows.into.get(flows.target, [])}
    name = tensor._name or f"this tensor of shape {tensor._data.shape}"
    return f"{paths.pop()}.{name}".lstrip(".") if tensor._name and len(paths) == 1 else name


def _step(passage: Passage) -> Step:
    node, primitive = passage.node, passage.node.primitive
    operand = primitive.operands[passage.edge[0]] if primitive else ""
    return Step(words.name(node), operand, node.path, site_of(node), passage.arrived, passage.left)
