"""The backward pass as it is: a walk that is watched, step by step, with what every rule was given and gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.derivatives.define import TABLE
from autograd_core.graph import Reading, seeds
from autograd_core.modes import Switch, WalkWatch
from autograd_core.recording import Edge, Node
from autograd_core.walk import nodes_behind, walk


@dataclass(frozen=True)
class Contribution:
    """What one rule sends to one operand, and what has gathered there so far."""

    target: int  # the operand's vertex
    operand: str  # what the operation calls it
    slope: Reading | None  # the local derivative, if the rule multiplies by one: of numbers, and of elementwise ops
    sent: Reading
    before: Reading | None  # None: this is the first
    total: Reading  # with this one


@dataclass(frozen=True)
class Step:
    """A gradient is complete at a vertex, and goes on to its operands."""

    vertex: int  # its id in ``ag.graph``
    arrived: Reading
    hooked: bool  # a hook changed what had gathered
    rule: str = ""  # what the op is, and its derivative, in a line
    contributions: list[Contribution] = field(default_factory=list)  # none at a leaf


def nodes_of(outputs: ag.Tensor | Sequence[ag.Tensor]) -> list[Node]:
    """The recorded nodes, each at the place that is its vertex's id in ``ag.graph``.

    Args:
        outputs: of which ``ag.graph`` makes a snapshot.

    Returns:
        Nodes, operands first.
    """
    outputs = [outputs] if isinstance(outputs, ag.Tensor) else outputs
    return nodes_behind([output.node for output in outputs if output.node is not None])[::-1]


def backward_steps(outputs: ag.Tensor | Sequence[ag.Tensor], grad: Any = None) -> list[Step]:
    """Run the backward pass of the sum of ``outputs``, and note what happens in its order.

    No ``.grad`` is written and nothing is freed; hooks run.

    Args:
        outputs: a Tensor or several, that require grad.
        grad: what arrives at them, as for ``ag.graph``.

    Returns:
        A step for every node, in the order of the walk; nothing if an output is not a single number and there is no
        ``grad``, or if an earlier ``backward()`` has freed what the rules need.

    Example:
        >>> x = ag.tensor(3.0, requires_grad=True)
        >>> for step in backward_steps(x * x):
        ...     sums = [(c.operand, c.sent.elements.item(), c.total.elements.item()) for c in step.contributions]
        ...     print(step.vertex, step.arrived.elements.item(), sums)
        1 1.0 [('a', 3.0, 3.0), ('b', 3.0, 6.0)]
        0 6.0 []
    """
    nodes = nodes_of(outputs)
    starts = seeds(outputs, grad)
    if not starts or any(node.freed for node in nodes):
        return []
    watch = _Watch({node: i for i, node in enumerate(nodes)}, starts)
    with Switch(False, watch=lambda _: watch):
        walk(starts)
    return watch.steps


def _rule(node: Node) -> str:
    """The first line of what a primitive's function says of itself."""
    if node.primitive is None:
        return ""
    known = TABLE.get(node.primitive.name)
    function = known.function if known else node.primitive.forward
    return (function.__doc__ or "").strip().partition("\n")[0].replace("``", "")


class _Watch:
    """What the engine tells; of it, what concerns these nodes (a checkpoint walks through others)."""

    quiet = True  # the page shows NaN and inf where they are

    def __init__(self, ids: dict[Node, int], seeds: dict[Node, np.ndarray]) -> None:
        self.steps: list[Step] = []
        self._ids = ids
        self._g: Any = None  # the gradient of the node whose rules are running
        self._edges: Iterator[Edge] = iter(())
        self._gathered = dict(seeds)

    def arrived(self, node: Node, g: np.ndarray) -> None:
        """Begin a step."""
        if node in self._ids:
            hooked = not np.array_equal(self._gathered.pop(node), g, equal_nan=True)
            self.steps.append(Step(self._ids[node], Reading.of(g), hooked, _rule(node)))
            self._g, self._edges = g, iter(node.edges)

    def derived(self, node: Node, position: int, gradient: np.ndarray) -> None:
        """Add a contribution to it."""
        if node not in self._ids:
            return
        edge = next(edge for edge in self._edges if edge[0] == position)
        before = self._gathered.get(edge[1])
        total = self._gathered[edge[1]] = gradient if before is None else before + gradient
        operand = node.primitive.operands[position]  # type: ignore[union-attr]  # not a leaf
        self.steps[-1].contributions.append(Contribution(
            self._ids[edge[1]], operand, _slope(node, edge, self._g, gradient), Reading.of(gradient),
            None if before is None else Reading.of(before), Reading.of(total)))

    def recorded(self, node: Node, arrays: Sequence[Any], out: np.ndarray) -> None:
        """Nothing: only derivatives are watched."""

    def left(self, how: str, tensors: Sequence[Any], out: Any) -> None:
        """Nothing."""

    def line(self) -> str:
        """None."""
        return ""

    def differentiating(self) -> WalkWatch:
        """A walk within a rule is the rule's own business."""
        return _Watch({}, {})


def _slope(node: Node, edge: Edge, g: np.ndarray, gradient: np.ndarray) -> Reading | None:
    """The local derivative: what the rule makes of 1. None if the rule does more than multiply, element by element."""
    position, _, kept, _ = edge
    primitive: Any = node.primitive  # only leaves have none
    if not (primitive.elementwise or g.size == np.size(gradient) == 1):
        return None
    with np.errstate(all="ignore"), Switch(False, watch=lambda _: None):
        slope = np.asarray(primitive.rules[position](np.ones_like(g), *kept))
        product = np.where(g == 0, 0, slope * g)  # 0 stays 0, also where the slope is infinite
        # A rule of the user's own may do anything, such as clip.
        linear = np.allclose(product.sum(), np.sum(gradient), rtol=1e-3, equal_nan=True)
    return Reading.of(slope) if linear else None
