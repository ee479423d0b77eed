"""False alarms: right rules, asked about in every way that a user might."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import recipes
from questions import KINDS, SINGLE, Question, cast, intervals, unfair, varies

from autograd_core.derivatives import Entry
from autograd_core.derivatives.domains import Elementwise
from autograd_core.errors import AutogradError
from autograd_core.testing import gradcheck
from autograd_core.testing.layouts import LAYOUTS
from autograd_core.testing.samples import Sample, samples


@dataclass
class Alarm:
    """One check of a right rule."""

    kind: str
    entry: str
    question: str
    said: str  # what gradcheck said, or nothing
    unfair: str  # why there was nothing to ask
    seed: int
    operands: str = ""  # where it said something
    peers: dict[str, bool] | None = None


def small(entry: Entry, operands: tuple[Any, ...], rng: np.random.Generator) -> tuple[Any, ...] | None:
    """A thousandth of every operand, where the domain goes around 0."""
    over = intervals(entry, len(operands))
    if not all(i.low < 0 < i.high for i in over) or not any(varies(x) and x.size for x in operands):
        return None
    return tuple(x * 1e-3 if varies(x) else x for x in operands)


def edge(entry: Entry, operands: tuple[Any, ...], rng: np.random.Generator) -> tuple[Any, ...] | None:
    """One element of every operand of an elementwise function on the end of its interval."""
    if not isinstance(entry.over, Elementwise) or not all(x.size for x in operands):
        return None
    made = [np.array(x) for x in operands]
    for x, interval in zip(made, intervals(entry, len(made)), strict=True):
        x.flat[rng.integers(x.size)] = rng.choice([interval.low, interval.high])
    return tuple(made)


CHANGES = KINDS | {"small": small, "on the edge": edge}


def ways(entry: Entry, sample: Sample, number: int, rng: np.random.Generator) -> Iterator[Question]:
    """The sample as it is, in one memory layout, in two dtypes, and changed in every way that its domain allows."""
    yield Question("ordinary", sample, sample.operands)
    layout = list(LAYOUTS)[number % len(LAYOUTS)]
    yield Question(layout, sample, tuple(LAYOUTS[layout](x) if varies(x) else x for x in sample.operands))
    for dtype in SINGLE:
        yield Question(dtype, sample, tuple(cast(x, dtype) for x in sample.operands))
    for kind, change in CHANGES.items():
        operands = change(entry, sample.operands, rng)
        if operands is not None:
            yield Question(kind, replace(sample, operands=operands), operands)


def alarms(entry: Entry, seed: int, repeats: int, peers: float) -> Iterator[Alarm]:
    """Every check of the right rules of ``entry``, ``repeats`` times over with other operands."""
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat, zlib.crc32(entry.name.encode())])
        for number, sample in enumerate(samples(entry, rng)):
            for question in ways(entry, sample, number, rng):
                yield checked(entry, question, int(rng.integers(2**31)), peers)


def checked(entry: Entry, question: Question, seed: int, peers: float) -> Alarm:
    """One check, and, for a share of them, what other recipes say."""
    reason = unfair(question)
    said, found = "", None
    if not reason:
        try:
            gradcheck(question.f, *question.operands, seed=seed)
        except AutogradError as error:  # GradcheckError, or something that gradcheck should not have let through
            said = " ".join(str(error).split())
        if seed / 2**31 < peers and question.kind not in SINGLE:
            found = {name: recipe(question) for name, recipe in recipes.RECIPES.items()}
    shown = repr([x.tolist() for x in question.operands]) if said else ""
    return Alarm(question.kind, entry.name, str(question), said, reason, seed, shown, found)
