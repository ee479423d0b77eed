"""The debugging modes, ``detect_anomaly`` and ``debug_mode``: two switches of one watch, which add up when nested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..modes import Switch, WalkWatch, Watch
from ..recording import Node, TensorBase
from ..transforms.batching import walk_rows
from ..walk import walk
from .anomaly import check_arrived, check_derived, check_output
from .cuts import cut_behind, leaves_behind, note_cut
from .saved import seal
from .sites import Origin, here, origin_of

_WALKS = (walk.__code__, walk_rows.__code__)


def detect_anomaly(*, inf: bool = True) -> Switch:
    """Raise at the first NaN or infinity, in the forward or the backward pass, and say which line made it.

    An op may hand on an infinity that it was given, such as the -inf of a mask; it may not make one of finite
    numbers, and nothing that is recorded may give NaN. The gradients in ``.grad`` stay as they were. To learn the line
    of an op whose derivative fails, the forward pass has to be in the block as well.

    Args:
        inf: False to let infinities pass, for instance where a loss scale may overflow; NaNs are still found.

    Returns:
        A context manager that also decorates. Like ``no_grad`` it is right in threads, async tasks and generators.

    Raises:
        AnomalyError: in the block, with the op, the module, the line, the operands and the first bad index.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([4.0, 0.0], requires_grad=True)
        >>> with ag.detect_anomaly():
        ...     ag.sqrt(x).sum().backward()
        Traceback (most recent call last):
            ...
        autograd_core.errors.AnomalyError: backward: the derivative of sqrt at ... by x gave inf.
            ag.sqrt(x).sum().backward()
            gradient of x: shape (2,), float64, inf at (1,)
            gradient that arrived: shape (2,), float64, 1.0 at (1,)
            ...
    """
    return Switch(None, watch=lambda outer: replace(_settings(outer), anomalies=True, infinities=inf))


def debug_mode() -> Switch:
    """Note where everything is recorded, and notice at backward if a saved array has changed in whatever way.

    Errors and :func:`explain` then name lines. A checksum of every array that a derivative will need is taken when
    it is saved, and compared when it is used, also after the block: a write through a raw ndarray is found.

    Returns:
        A context manager that also decorates. Like ``no_grad`` it is right in threads, async tasks and generators.

    Raises:
        SavedArrayError: in a backward pass of what was recorded in the block.

    Example:
        >>> import autograd_core as ag
        >>> x = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> with ag.debug_mode():
        ...     loss = (x * x).sum()
        >>> x.data[0] = 5.0
        >>> loss.backward()
        Traceback (most recent call last):
            ...
        autograd_core.errors.SavedArrayError: multiply at ...: b, an array of shape (2,) ... is not what it was...
    """
    return Switch(None, watch=lambda outer: replace(_settings(outer), debug=True))


@dataclass(frozen=True)
class Debugger:
    """What is watched for, and what is done about it while operations are recorded."""

    anomalies: bool = False
    infinities: bool = False
    debug: bool = False

    @property
    def quiet(self) -> bool:
        """An AnomalyError says more than a warning."""
        return self.anomalies

    def recorded(self, node: Node, arrays: Sequence[Any], out: np.ndarray) -> None:
        """Note where, and look at the result."""
        node.origin = Origin(node.primitive.name, node.path, here())  # type: ignore[union-attr]  # not a leaf
        if self.anomalies:
            check_output(node, arrays, out, self.infinities)
        if self.debug:
            _remember(node, arrays)

    def left(self, how: str, tensors: Sequence[Any], out: Any) -> None:
        """Note a way out of the graph."""
        nodes = [x.node for x in tensors if isinstance(x, TensorBase) and x.node is not None]
        if self.debug and nodes:
            note_cut(how, here(), nodes, out)

    def line(self) -> str:
        """Where a write happens."""
        return f" at {site}" if (site := here()) else ""

    def differentiating(self) -> WalkWatch:
        """A walk has its own, with what it knows so far."""
        return _Walk(self)


class _Walk:
    """What is done in a backward pass: what rules and hooks record belongs to the node that is differentiated."""

    def __init__(self, settings: Debugger) -> None:
        self.settings = settings
        self.quiet, self.left, self.line = settings.quiet, settings.left, settings.line
        self.differentiating = settings.differentiating
        self.node: Any = None  # is being differentiated
        self.g: Any = None  # its gradient
        self.reached: set[Node] = set()  # by a gradient of another node

    def arrived(self, node: Node, g: Any) -> None:
        """Look at what a hook, a seed or a sum made."""
        self.node, self.g = node, getattr(g, "_data", g)
        if self.settings.anomalies:
            check_arrived(node, self.g, self.settings.infinities, node in self.reached)

    def derived(self, node: Node, position: int, gradient: Any) -> None:
        """Look at what a rule gave."""
        if self.settings.anomalies:
            self.reached.update(parent for i, parent, _, _ in node.edges if i == position)
            check_derived(node, position, self.g, getattr(gradient, "_data", gradient), self.settings.infinities)

    def recorded(self, node: Node, arrays: Sequence[Any], out: np.ndarray) -> None:
        """Note where: in the user's code if it is within the walk, else where the node was that is differentiated."""
        op = node.primitive.name  # type: ignore[union-attr]  # not a leaf
        forward, site = origin_of(self.node), here(until=_WALKS)
        if site is None and forward is not None:
            node.origin = Origin(f"{op} in the derivative of {forward.op}", forward.path, forward.site)
        else:
            node.origin = Origin(op, node.path, site or here())
        if self.settings.debug:
            _remember(node, arrays)


def _settings(outer: Watch | None) -> Debugger:
    """What the modes around this one watch for."""
    found = outer.settings if isinstance(outer, _Walk) else outer
    return found if isinstance(found, Debugger) else Debugger()


def _remember(node: Node, arrays: Sequence[Any]) -> None:
    """What only ``debug_mode`` wants to know of a node."""
    origin: Origin = node.origin
    recorded = {edge[0] for edge in node.edges}
    leaves = {leaves_behind(edge[1]) for edge in node.edges}
    origin.leaves = leaves.pop() if len(leaves) == 1 else frozenset[Any]().union(*leaves)
    origin.cuts = {i: cut for i, x in enumerate(arrays) if i not in recorded and (cut := cut_behind(x)) is not None}
    seal(node)
