"""What a wrong engine is asked: calls of an entry, what the right derivatives are there, and whether others differ."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag
from autograd_core.derivatives import Entry
from autograd_core.derivatives.domains import Elementwise, Interval
from autograd_core.errors import AutogradError
from autograd_core.recording import Primitive
from autograd_core.testing.layouts import LAYOUTS
from autograd_core.testing.samples import samples
from autograd_core.walk import nodes_behind

EPS = 2.0**-52
SPECIAL = (0.0, 1.0, -1.0)
SINGLE = ("float32", "float16")
PLAIN = {"ordinary", *SINGLE, *LAYOUTS}
"""Kinds of questions whose operands are what the domain of the entry says: away from kinks."""


class Question(NamedTuple):
    """A function of the table, and operands to check it at; the float64 ones vary."""

    kind: str
    f: Callable[..., ag.Tensor]
    operands: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.f} ({self.kind})"


class Derivatives(NamedTuple):
    """What an engine says: gradients, the same when recorded, and gradients of those; and the cotangent afterwards."""

    first: list[np.ndarray]
    recorded: list[np.ndarray]
    second: list[np.ndarray]
    cotangent: list[np.ndarray]


class Twice:
    """f + f / 2: every input is used twice."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f

    def __call__(self, *xs: Any) -> Any:
        return self.f(*xs) + self.f(*xs) * 0.5

    def __str__(self) -> str:
        return f"{self.f}, used twice"


def questions(entry: Entry, rng: np.random.Generator, special: int = 3) -> list[Question]:
    """Calls from the domain of ``entry``; then at most ``special`` with each kind of special points, and in float32."""
    drawn = list(samples(entry, rng))
    ordinary = [Question("ordinary", sample, sample.operands) for sample in drawn]
    found = []
    for kind in KINDS:
        some = (Question(kind, s, xs) for s in drawn if (xs := KINDS[kind](entry, s.operands, rng)) is not None)
        found += [next(some, None) for _ in range(special)]
    single = [Question("float32", s, tuple(cast(x, np.float32) for x in s.operands)) for s in drawn[:special]]
    return ordinary + [q for q in found if q is not None] + [replaced(q) for q in single]


def replaced(question: Question) -> Question:
    """The question with its function remembering its own operands, for messages."""
    return question._replace(f=replace(question.f, operands=question.operands))


def cast(x: Any, dtype: Any) -> Any:
    return x.astype(dtype) if varies(x) else x


def varies(x: Any) -> bool:
    return getattr(x, "dtype", np.dtype(int)).kind == "f"


def intervals(entry: Entry, count: int) -> list[Interval]:
    over = entry.over
    return list(over.intervals) if isinstance(over, Elementwise) else [over.interval] * count


# Special points


def with_special(value: float) -> Callable[..., Any]:
    """One element becomes ``value``, in every operand whose interval holds it."""

    def make(entry: Entry, operands: tuple[Any, ...], rng: np.random.Generator) -> tuple[Any, ...] | None:
        made, hit = list(operands), False
        for i, (x, interval) in enumerate(zip(operands, intervals(entry, len(operands)), strict=True)):
            if varies(x) and x.size and interval.low <= value <= interval.high:
                made[i] = np.array(x)
                made[i].flat[rng.integers(x.size)] = value
                hit = True
        return tuple(made) if hit else None

    return make


def with_ties(entry: Entry, operands: tuple[Any, ...], rng: np.random.Generator) -> tuple[Any, ...] | None:
    """Elements of one operand repeat, or, of an elementwise function, the second operand is as the first."""
    made, hit = [np.array(x) if varies(x) else x for x in operands], False
    over = intervals(entry, len(operands))
    if isinstance(entry.over, Elementwise):
        if len(operands) == 2 and operands[0].shape == operands[1].shape and operands[0].size:
            inside = np.flatnonzero((operands[0] >= over[1].low) & (operands[0] <= over[1].high))[:2]
            made[1].flat[inside] = operands[0].flat[inside]
            hit = inside.size > 0
        return tuple(made) if hit else None
    for x in made:
        if varies(x) and x.size > 1:
            i, j = rng.choice(x.size, 2, replace=False)
            x.flat[i] = x.flat[j]
            hit = True
    return tuple(made) if hit else None


KINDS: dict[str, Callable[..., Any]] = {
    **{f"with {value:g}": with_special(value) for value in SPECIAL}, "tied": with_ties}


# Derivatives


def outputs(question: Question, operands: Any = None) -> tuple[list[ag.Tensor], ag.Tensor]:
    """Fresh leaves, and f of them."""
    operands = question.operands if operands is None else operands
    args = [ag.tensor(x, requires_grad=True) if varies(x) else x for x in operands]
    return [x for x in args if isinstance(x, ag.Tensor)], question.f(*args)


def derivatives(question: Question, operands: Any = None, seed: int = 0) -> Derivatives:
    """To second order, with random cotangents; zeros where nothing depends."""
    rng = np.random.default_rng(seed)
    leaves, y = outputs(question, operands)
    v = [rng.standard_normal(y.shape).astype(y.dtype) for _ in range(2)]
    given = [np.array(x) for x in v]
    first = [g for x in given for g in pull([y], leaves, [x])]
    cotangent = ag.tensor(v[0], requires_grad=True)
    recorded = pull([y], leaves, [cotangent], create_graph=True)
    seeds = [rng.standard_normal(g.shape).astype(g.dtype) for g in recorded]
    second = pull(recorded, [*leaves, cotangent], seeds)
    return Derivatives(*([np.asarray(getattr(g, "data", g)) for g in gs] for gs in (first, recorded, second)), given)


def pull(ys: list[ag.Tensor], xs: list[ag.Tensor], cotangents: Any, create_graph: bool = False) -> list[Any]:
    """The gradients of ``sum(cotangents * ys)``."""
    live = [(y, v) for y, v in zip(ys, cotangents, strict=True) if y.requires_grad]
    if not live:
        return [ag.tensor(np.zeros(x.shape, x.dtype)) for x in xs]
    found = ag.gradients([y for y, _ in live], xs, [v for _, v in live], create_graph=create_graph, retain_graph=True,
                         allow_unused=True)
    return [ag.tensor(np.zeros(x.shape, x.dtype)) if g is None else g for x, g in zip(xs, found, strict=True)]


def reached(entry: Entry, question: Question) -> set[tuple[Primitive, int]]:
    """The rules that a backward pass through ``question`` runs: of an entry that is a primitive, its own only."""
    _, y = outputs(question)
    nodes = nodes_behind([y.node]) if y.node is not None else []
    rules = {(n.primitive, 0 if n.primitive.variadic else edge[0]) for n in nodes for edge in n.edges}
    return {(primitive, i) for primitive, i in rules if entry.primitive in (None, primitive)}


# Right and wrong


class Answer(NamedTuple):
    """The right derivatives, and for each array how far off another may be by rounding alone."""

    right: Derivatives
    slack: list[float]


def answer(question: Question) -> Answer:
    """With the slack measured where it can be: how far the derivatives move when the inputs move by an ulp."""
    right = derivatives(question)
    eps = max((float(np.finfo(x.dtype).eps) for x in question.operands if varies(x)), default=EPS)
    slack = [16 * eps * max(map(largest, flat(right)), default=0.0)] * len(flat(right))  # terms may have cancelled
    if question.kind in ("ordinary", "float32"):  # elsewhere an ulp would break a tie, or leave the special point
        rng = np.random.default_rng(0)
        for _ in range(2):
            near = [(x * (1 + eps * rng.choice((-1, 1), x.shape))).astype(x.dtype) if varies(x) else x
                    for x in question.operands]
            moved = flat(derivatives(question, near))
            slack = [s + 8 * largest(a - b) for s, a, b in zip(slack, moved, flat(right), strict=True)]
    return Answer(right, slack)


def flat(found: Derivatives) -> list[np.ndarray]:
    return [*found.first, *found.recorded, *found.second]


def largest(x: np.ndarray) -> float:
    return float(np.abs(x).max(initial=0.0))


def differs(found: Derivatives, known: Answer) -> bool:
    """Whether any derivative is another one, beyond rounding; or the caller's cotangent was written to."""
    if any(not np.array_equal(a, b) for a, b in zip(found.cotangent, known.right.cotangent, strict=True)):
        return True
    return any(
        a.dtype != b.dtype or a.shape != b.shape or not largest(a - b) <= slack
        for a, b, slack in zip(flat(found), flat(known.right), known.slack, strict=True))


# Kinks

NEAR = 1e-6
SAME = 1e-3


class Neighbours(NamedTuple):
    """Right gradients at points around a question, where f has surely no kink, as rows; and how far f moves."""

    gradients: np.ndarray
    jump: float
    size: float

    @property
    def kinked(self) -> bool:
        return bool(np.any(np.ptp(self.gradients, axis=0) > SAME * self.size)) if self.gradients.size else False

    def admit(self, gradient: np.ndarray) -> bool:
        """Whether ``gradient`` lies in the convex hull of its neighbours, seen along many directions.

        That is Clarke's generalised gradient: any of its elements is a right choice at a kink.
        """
        n = gradient.size
        directions = np.vstack([np.eye(n), np.random.default_rng(2).standard_normal((64, n))])
        got, around = directions @ gradient, directions @ self.gradients.T
        allowed = SAME * self.size * np.abs(directions).sum(axis=1)
        return bool(np.all((got >= around.min(axis=1) - allowed) & (got <= around.max(axis=1) + allowed)))


def neighbours(question: Question, v: np.ndarray, count: int = 48) -> Neighbours:
    """Around ``question``, of <v, f>."""
    rng = np.random.default_rng(1)
    here = outputs(question)[1].data
    found, jump = [], 0.0
    for _ in range(count):
        near = [x + NEAR * rng.standard_normal(x.shape) if varies(x) else x for x in question.operands]
        leaves, y = outputs(question, near)
        gradient = joined(pull([y], leaves, [v]))
        if np.isfinite(gradient).all():
            found.append(gradient)
            jump = max(jump, largest(y.data - here))
    gradients = np.array(found)
    return Neighbours(gradients, jump, 1 + largest(here) + largest(gradients))


def joined(arrays: Any) -> np.ndarray:
    return np.concatenate([np.ravel(getattr(x, "data", x) if isinstance(x, ag.Tensor) else x) for x in arrays])


def unfair(question: Question) -> str:
    """Why the right engine cannot be asked this: no finite derivative, a jump, a refusal; or nothing."""
    try:
        right = derivatives(question)
        value = outputs(question)[1].data
        if not all(np.isfinite(x).all() for x in [value, *flat(right)]):
            return "not finite here"
        if question.kind not in PLAIN and value.size:
            around = neighbours(question, right.cotangent[0])
            if not len(around.gradients) or around.jump > SAME * (1 + largest(value)):
                return "jumps here"
            if not around.admit(joined(right.first[: len(right.first) // 2])):
                return "the right rule is not among its neighbours"
    except (AutogradError, np.linalg.LinAlgError) as error:
        return f"refused: {type(error).__name__}"
    return ""
