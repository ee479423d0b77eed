"""Random graphs as programs: shared values, views, broadcasting, repeated indices, in-place updates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...creation import tensor
from ...tensor import Tensor
from .arrays import Shape, shapes
from .numbers import REALS, operands

OPS = {
    "unary": {
        "tanh": "ag.tanh({0})", "sin": "ag.sin({0})", "cos": "ag.cos({0})", "sigmoid": "ag.sigmoid({0})",
        "exp": "ag.exp(ag.tanh({0}))", "log": "ag.log(1 + {0} * {0})", "sqrt": "ag.sqrt(1 + {0} * {0})",
        "square": "ag.square({0})", "absolute": "abs({0})", "relu": "ag.relu({0})", "negative": "-{0}",
        "cube": "{0} ** 3",
    },
    "binary": {
        "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / (1 + {1} * {1})",
        "maximum": "ag.maximum({0}, {1})", "minimum": "ag.minimum({0}, {1})",
        "where": "ag.where({0} > {1}, {0} * 2, {1})",
    },
    "reduce": {op: f"ag.{op}({{0}}, axis={{1}}, keepdims={{2}})" for op in ("sum", "mean", "max", "min", "logsumexp")},
    "softmax": {op: f"ag.{op}({{0}}, axis={{1}})" for op in ("softmax", "log_softmax")},
    "matmul": {"matmul": "{0} @ {1}"},
    "join": {"stack": "ag.stack([{0}, {1}, {2}])", "concatenate": "ag.concatenate([{0}, {1}, {2}])"},
    "gather": {"gather": "{0}[{1}]"},
    "reshape": {"reshape": "{0}.clone().reshape({1})"},  # of a copy: it is then no view, however its operand lies
    "view": {"expand": "{0}[None]", "transpose": "{0}.T", "first": "{0}[0]", "last": "{0}[-1]", "tail": "{0}[1:]"},
    "broadcast": {"broadcast": "ag.broadcast_to({0}, {1})"},
    "write": {
        "write_add": "{0} += {1}", "write_multiply": "{0} *= {1}", "write_at": "{0}[{2}] = {1}",
        "write_reversed": "{0}[:] = {1}[::-1]",
    },
}
"""Every op by kind, as code: first its values, then its parameters."""

CODE = {op: code for kind in OPS.values() for op, code in kind.items()}
IMPORT = "import autograd_core as ag"

INPUTS = 3
"""The most of them."""

BENT = frozenset({"absolute", "relu", "maximum", "minimum", "where", "max", "min"})


@dataclass(frozen=True)
class Step:
    """One instruction: an op, the values it works on (by number), and its parameters."""

    op: str
    values: tuple[int, ...]
    params: tuple[Any, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes its first value in place, and has no result."""
        return self.op in OPS["write"]

    def __str__(self) -> str:
        return CODE[self.op].format(*(f"v{i}" for i in self.values), *self.params)


@dataclass(frozen=True, repr=False, eq=False)
class Program:
    """A random graph as instructions: it prints as code, and calling it runs that code.

    Values are numbered: the inputs first, then the result of each step that has one. The program returns the sum of the
    squares of all of them.
    """

    inputs: tuple[np.ndarray, ...]
    steps: tuple[Step, ...]

    def __call__(self, *inputs: Any) -> Tensor:
        """What the program computes from ``inputs`` in place of its own."""
        result: Tensor = self._function(*inputs)
        return result

    def run(self, ops: Any, inputs: Sequence[Any]) -> Any:
        """The sum of ``ops.total`` of all values, where ``ops``, an object with a method for each op, does the work."""
        values = [ops.copy(x) for x in inputs]
        for step in self.steps:
            result = getattr(ops, step.op)(*(values[i] for i in step.values), *step.params)
            if not step.writes:
                values.append(result)
        return sum(ops.total(value) for value in values)

    def __repr__(self) -> str:
        values = [f"v{i}" for i in range(len(self.inputs))]
        lines = [f"    {v} = {v}.clone()" for v in values]  # the inputs are leaves, which cannot be written to
        for step in self.steps:
            if step.writes:
                lines.append(f"    {step}")
            else:
                values.append(f"v{len(values)}")
                lines.append(f"    {values[-1]} = {step}")
        given = values[:len(self.inputs)]
        return "\n".join([
            IMPORT, "", f"def program({', '.join(given)}):", *lines,
            f"    return {' + '.join(f'ag.square({v}).sum()' for v in values)}", "",
            *(f"{v} = ag.tensor({x.tolist()}, requires_grad=True)" for v, x in zip(given, self.inputs, strict=True)),
            f"program({', '.join(given)}).backward()",
        ])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # how hypothesis asks

    @cached_property
    def _function(self) -> Callable[..., Tensor]:
        names: dict[str, Any] = {}
        exec(repr(self), names)  # what is printed is what runs
        function: Callable[..., Tensor] = names["program"]
        return function


@st.composite
def programs(draw_from: st.DrawFn, max_steps: int = 10, *, writes: bool = True, smooth: bool = False) -> Program:
    """Random graphs: shared values, views, broadcasting, repeated indices and, with ``writes``, in-place updates.

    Args:
        draw_from: supplied by hypothesis.
        max_steps: the most instructions.
        writes: allow in-place updates, also of views and of what has views.
        smooth: leave out what has kinks or jumps.

    Returns:
        A strategy for Programs. A program can be called; printed, it is code to paste.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import programs
        >>> @settings(max_examples=5, deadline=None)
        ... @given(programs(max_steps=3, smooth=True))
        ... def check(program):
        ...     ag.testing.gradcheck(program, *program.inputs)
        >>> check()
    """
    # A value's number here says which round made it: leaving a round out, to shrink, leaves the others' as they are.
    known = {0: draw_from(shapes(2))}  # the shape of every value so far
    for i in range(1, INPUTS):
        if draw_from(st.booleans()):
            known[i] = draw_from(shapes(2))
    inputs, steps = dict(known), list[Step]()
    readonly: set[int] = set()  # values that show memory more than once
    kinds = [kind for kind in OPS for _ in range({"write": 4 * writes, "binary": 2, "view": 2}.get(kind, 1))]
    for number in range(INPUTS, INPUTS + max_steps):
        if draw_from(st.booleans()):
            step = draw_from(_steps(draw_from(st.sampled_from(kinds)), number, known, smooth, readonly))
            steps.append(step)
            if not step.writes:
                known[number] = _shape(step, known)
                if step.op == "broadcast" or (step.op in OPS["view"] and step.values[0] in readonly):
                    readonly.add(number)
    renumbered = {old: new for new, old in enumerate(known)}
    return Program(
        tuple(draw_from(operands([REALS] * len(inputs), list(inputs.values())))),
        tuple(Step(step.op, tuple(renumbered[i] for i in step.values), step.params) for step in steps))


@st.composite
def _steps(draw_from: st.DrawFn, kind: str, number: int, known: dict[int, Shape], smooth: bool,
           readonly: set[int]) -> Step:
    """An instruction of a kind; a tanh where shapes allow none."""

    def pick(choices: Sequence[Any]) -> Any:
        return draw_from(st.sampled_from(choices))

    def value(fits: Callable[[Shape], bool] = lambda other: True) -> int:
        drawn = draw_from(st.integers(0, number - 1))
        found = [i for i, shape in known.items() if fits(shape)]
        return max((i for i in found if i <= drawn), default=found[0])

    i = value()
    shape = known[i]
    op = pick([op for op in OPS[kind] if not (smooth and op in BENT)])
    axes = range(-len(shape), len(shape))
    match kind:
        case "unary":
            return Step(op, (i,))
        case "binary":
            return Step(op, (i, value(lambda other: _broadcast(shape, other) is not None)))
        case "reduce":
            return Step(op, (i,), (pick([None, *axes]), pick([False, True])))
        case "softmax" if shape:
            return Step(op, (i,), (pick(axes),))
        case "matmul" if any(_multiplies(shape, other) for other in known.values()):
            return Step(op, (i, value(lambda other: _multiplies(shape, other))))
        case "join":
            same = [value(lambda other: other == shape) for _ in range(2)]
            return Step(op if shape else "stack", (i, *same))
        case "gather" if shape:
            index = st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4)
            return Step(op, (i,), (draw_from(index),))
        case "reshape":
            return Step(op, (i,), (pick([(-1,), (1, -1), (-1, 1), shape[::-1]]),))
        case "view" if op in ("expand", "transpose") or (shape and (op != "tail" or shape[0] > 1)):
            return Step(op, (i,))
        case "broadcast":
            return Step(op, (i,), ((2, *shape),))
        case "write" if i not in readonly:
            if op == "write_at" and shape and shape[1:] in known.values():
                return Step(op, (i, value(lambda other: other == shape[1:])), (pick(range(-shape[0], shape[0])),))
            if op == "write_reversed" and shape:
                return Step(op, (i, value(lambda other: other == shape)))
            if op in ("write_add", "write_multiply"):
                return Step(op, (i, value(lambda other: _broadcast(shape, other) == shape)))
    return Step("tanh", (i,))


def _shape(step: Step, known: dict[int, Shape]) -> Shape:
    """The shape of what ``step`` gives: it is tried on ones."""
    names: dict[str, Any] = {f"v{i}": tensor(np.ones(known[i])) for i in step.values}
    exec(f"{IMPORT}\nresult = {step}", names)
    return np.shape(names["result"])


def _broadcast(a: Shape, b: Shape) -> Shape | None:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        return None


def _multiplies(a: Shape, b: Shape) -> bool:
    """Whether arrays of these shapes have a matrix product."""
    try:
        np.matmul(np.ones(a), np.ones(b))
    except ValueError:
        return False
    return True
