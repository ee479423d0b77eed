"""Hypothesis strategies for property-based tests: arrays over a domain, memory layouts, random graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..derivatives.domains import Interval
from .layouts import LAYOUTS, Layout
from .samples import draw

REALS = Interval(-2.0, 2.0)


def shapes(max_dims: int = 3, max_side: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes without empty axes.

    Args:
        max_dims: the most axes.
        max_side: the largest size of an axis.

    Returns:
        A strategy for tuples.
    """
    return st.lists(st.integers(1, max_side), max_size=max_dims).map(tuple)


def layouts() -> st.SearchStrategy[Layout]:
    """Functions that lay an array out differently in memory and keep its values.

    Returns:
        A strategy for functions from array to array.
    """
    return st.sampled_from([np.asarray, *LAYOUTS.values()])


@st.composite
def arrays(draw_from: st.DrawFn, shape: tuple[int, ...] | None = None, interval: Interval = REALS) -> np.ndarray:
    """Arrays of distinct elements of ``interval``, away from its kinks.

    Args:
        draw_from: supplied by hypothesis.
        shape: by default any.
        interval: what to draw from.

    Returns:
        A strategy for float64 arrays.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import arrays
        >>> @settings(max_examples=5, deadline=None)
        ... @given(arrays())
        ... def check(x):
        ...     ag.testing.gradcheck(ag.tanh, x)
        >>> check()
    """
    chosen = draw_from(shapes()) if shape is None else shape
    seed = draw_from(st.integers(0, 2**32 - 1))
    return draw([interval], [chosen], np.random.default_rng(seed))[0]


@dataclass(frozen=True)
class Step:
    """One instruction: an op, the values it works on (by number), and its parameters."""

    op: str
    values: tuple[int, ...]
    params: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.op}({', '.join([*(f'v{i}' for i in self.values), *map(str, self.params)])})"


@dataclass(frozen=True)
class Program:
    """A random graph as instructions. Values are numbered: the inputs first, then the result of each step that has one.

    A step whose op starts with ``write`` changes its first value in place and has no result.
    """

    inputs: tuple[tuple[int, ...], ...]  # shapes
    seed: int
    steps: tuple[Step, ...]

    def arrays(self) -> list[np.ndarray]:
        """The inputs: fixed by the seed."""
        rng = np.random.default_rng(self.seed)
        return draw([REALS] * len(self.inputs), self.inputs, rng)

    def run(self, ops: Any, inputs: Sequence[Any]) -> Any:
        """The sum of all values, with ``ops`` (an object with a method for each op) doing the work."""
        values = [ops.copy(x) for x in inputs]
        for step in self.steps:
            result = getattr(ops, step.op)(*(values[i] for i in step.values), *step.params)
            if not step.op.startswith("write"):
                values.append(result)
        total = ops.total(values[0])
        for value in values[1:]:
            total = total + ops.total(value)
        return total

    def __str__(self) -> str:
        count, lines = len(self.inputs), [f"v{i}: {shape}" for i, shape in enumerate(self.inputs)]
        for step in self.steps:
            writes = step.op.startswith("write")
            lines.append(str(step) if writes else f"v{count} = {step}")
            count += not writes
        return "\n".join(lines)


UNARY = ("tanh", "sin", "cos", "sigmoid", "exp", "log", "sqrt", "square", "absolute", "relu", "negative", "cube")
BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "where")
REDUCE = ("sum", "mean", "max", "min", "logsumexp")
VIEWS = ("transpose", "reshape", "part", "expand")
WRITES = ("write_add", "write_multiply", "write_at", "write_reversed")


@st.composite
def programs(draw_from: st.DrawFn, max_steps: int = 10, writes: bool = True) -> Program:
    """Random graphs: shared values, views, broadcasting, repeated indices and, with ``writes``, in-place updates.

    Args:
        draw_from: supplied by hypothesis.
        max_steps: the most instructions.
        writes: allow in-place updates, also of views and of what has views.

    Returns:
        A strategy for Programs.
    """
    inputs = tuple(draw_from(st.lists(shapes(2), min_size=1, max_size=3)))
    known = list(inputs)  # the shape of every value so far
    readonly: set[int] = set()  # values that show memory more than once
    steps = []
    kinds = ["unary", "binary", "binary", "reduce", "matmul", "softmax", "join", "gather", "view", "view", "broadcast"]
    for _ in range(draw_from(st.integers(1, max_steps))):
        kind = draw_from(st.sampled_from(kinds + ["write"] * 4 * writes))
        i = draw_from(st.integers(0, len(known) - 1))
        step = _step(draw_from, kind, i, known, readonly)
        if step is None:
            step = Step("tanh", (i,))
        if not step.op.startswith("write"):
            known.append(_shape(step, known))
            if step.op == "broadcast" or (step.op in VIEWS and step.values[0] in readonly):
                readonly.add(len(known) - 1)
        steps.append(step)
    return Program(inputs, draw_from(st.integers(0, 1000)), tuple(steps))


def _step(draw_from: st.DrawFn, kind: str, i: int, known: list[tuple[int, ...]], readonly: set[int]) -> Step | None:
    """One instruction of a kind on value ``i``, or None where its shape does not allow one."""
    shape = known[i]

    def pick(choices: Sequence[Any]) -> Any:
        return draw_from(st.sampled_from(choices))

    if kind == "unary":
        return Step(pick(UNARY), (i,))
    if kind == "binary":
        fits = [j for j, s in enumerate(known) if _broadcast(shape, s) is not None]
        return Step(pick(BINARY), (i, pick(fits)))
    if kind == "write" and i not in readonly:
        op = pick(WRITES)
        if op == "write_at":
            fits = [j for j, other in enumerate(known) if other == shape[1:]]
            return Step(op, (i, pick(fits)), (pick(range(-shape[0], shape[0])),)) if shape and fits else None
        if op == "write_reversed":
            return Step(op, (i, pick([j for j, s in enumerate(known) if s == shape]))) if shape else None
        return Step(op, (i, pick([j for j, s in enumerate(known) if _broadcast(shape, s) == shape])))
    if kind == "view":
        op = pick(VIEWS)
        if op == "reshape":
            return Step(op, (i,), (pick([(-1,), (1, -1), (-1, 1), shape[::-1]]),))
        if op == "part":
            return Step(op, (i,), (pick(["first", "last", "tail"]),)) if shape else None
        return Step(op, (i,))
    if kind == "reduce":
        axes = [None, *range(-len(shape), len(shape))]
        return Step(pick(REDUCE), (i,), (pick(axes), pick([False, True])))
    if kind == "matmul":
        fits = [j for j, s in enumerate(known) if shape and _product(shape, s) is not None]
        return Step("matmul", (i, pick(fits))) if fits else None
    if kind == "softmax" and shape:
        return Step(pick(["softmax", "log_softmax"]), (i,), (pick(range(-len(shape), len(shape))),))
    if kind == "join":
        fits = [j for j, s in enumerate(known) if s == shape]
        return Step(pick(["stack", "concatenate"] if shape else ["stack"]), (i, pick(fits), pick(fits)))
    if kind == "gather" and shape:
        index = draw_from(st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4))
        return Step("gather", (i,), (tuple(index),))
    if kind == "broadcast":
        return Step("broadcast", (i,), ((2, *shape),))
    return None


def _shape(step: Step, known: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of what ``step`` gives: NumPy says."""
    op = getattr(_ShapeOnly, step.op, _ShapeOnly.same)
    return np.shape(op(*(np.ones(known[i]) for i in step.values), *step.params))


class _ShapeOnly:
    """What each op does to shapes."""

    same = staticmethod(lambda x, *others: x + sum(o for o in others if isinstance(o, np.ndarray)))
    transpose = staticmethod(lambda x: x.T)
    reshape = staticmethod(lambda x, shape: x.reshape(shape))
    part = staticmethod(lambda x, which: {"first": x[0], "last": x[-1], "tail": x[1:] if len(x) > 1 else x[:]}[which])
    expand = staticmethod(lambda x: x[None])
    matmul = staticmethod(np.matmul)
    stack = staticmethod(lambda *xs: np.stack(xs))
    concatenate = staticmethod(lambda *xs: np.concatenate(xs))
    gather = staticmethod(lambda x, index: x[list(index)])
    broadcast = staticmethod(np.broadcast_to)
    sum = mean = max = min = logsumexp = staticmethod(lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims))
    softmax = log_softmax = staticmethod(lambda x, axis: x)


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        return None


def _product(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    try:
        return np.shape(np.matmul(np.ones(a), np.ones(b)))
    except ValueError:
        return None
