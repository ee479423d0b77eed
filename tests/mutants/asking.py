"""One wrong engine and the questions it is asked: is it wrong there, and does gradcheck say so?"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import recipes
from mutating import Mutant, mutants
from questions import (
    KINDS,
    SINGLE,
    Answer,
    Question,
    Twice,
    answer,
    derivatives,
    differs,
    joined,
    neighbours,
    questions,
    reached,
    unfair,
)

from autograd_core.derivatives import Entry
from autograd_core.testing import GradcheckError, gradcheck

CHECKS = 2
"""How many checks of every mutant are counted; one that they miss is asked everything else too."""


@dataclass
class Row:
    """What became of one mutant."""

    operator: str
    held_out: bool
    entry: str
    rule: str
    checks: int = 0  # on calls where it is wrong
    caught: int = 0
    counted: int = 0  # the first of these checks, for the share of single checks
    counted_caught: int = 0
    missed: str = ""  # a call that it got away with
    loud: str = ""  # the error that it raises by itself
    kind: str = ""  # of the first call on which it is wrong
    first_caught: bool = False  # what gradcheck says of that call
    peers: dict[str, bool] | None = None  # and what other recipes do

    @property
    def verdict(self) -> str:
        if self.loud:
            return "loud"
        return "equivalent" if not self.checks else "caught" if self.caught else "survived"


class Examiner:
    """Fair questions about one entry, with their right answers; and every mutant that they can be put to."""

    def __init__(self, entry: Entry, seed: int) -> None:
        self.seed = seed
        rng = np.random.default_rng([seed, zlib.crc32(entry.name.encode())])
        asked = [q for q in questions(entry, rng) if not unfair(q)]
        self.known = [(q, answer(q)) for q in asked]
        self.reach = [reached(entry, q) for q in asked]
        rules = sorted(set().union(*self.reach), key=lambda rule: (rule[0].name, rule[1], str(rule[0].keeps)))
        self.mutants = list(mutants(entry.name, rules))
        twice = [q._replace(f=Twice(q.f)) for q in asked if q.kind == "ordinary"]
        self.twice = [(q, answer(q)) for q in twice]

    def examine(self, mutant: Mutant, peers: bool = False) -> Row:
        """Put questions to the mutant until it has been wrong ``CHECKS`` times, and caught once, or none is left."""
        row = Row(mutant.operator, mutant.held_out, mutant.entry, mutant.rule)
        for question, known in self.order(mutant):
            if row.checks >= CHECKS and row.caught:
                break
            try:
                with mutant.engine():
                    wrong = differs(derivatives(question), known)
                if not wrong or self.admitted(mutant, question, known):
                    continue
                caught = self.check(mutant, question)
            except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
                row.loud = f"{type(error).__name__}: {error}"
                return row
            if not row.checks:
                row.kind, row.first_caught = question.kind, caught
                if peers and question.kind not in SINGLE:
                    with mutant.engine():
                        row.peers = {name: recipe(question) for name, recipe in recipes.RECIPES.items()}
            row.checks += 1
            row.caught += caught
            if row.checks <= CHECKS:
                row.counted += 1
                row.counted_caught += caught
            if not caught and not row.missed:
                row.missed = str(question)
        return row

    def order(self, mutant: Mutant) -> Iterator[tuple[Question, Answer]]:
        """The ordinary calls in an order of this mutant's own; then the special ones, then single precision."""
        if mutant.rule == "walk":
            yield from self.twice
            return
        rank = np.random.default_rng(mutant.seed).permutation(len(self.known))
        kinds = ["ordinary", *KINDS, "float32"]
        for i in sorted(range(len(self.known)), key=lambda i: (kinds.index(self.known[i][0].kind), rank[i])):
            if any(f"{p.name}.{p.operands[k]}" == mutant.rule for p, k in self.reach[i]):
                yield self.known[i]

    def check(self, mutant: Mutant, question: Question) -> bool:
        """Whether gradcheck catches it."""
        with mutant.engine():
            try:
                gradcheck(question.f, *question.operands, seed=self.seed + mutant.seed % 10_000)
            except GradcheckError:
                return True
        return False

    def admitted(self, mutant: Mutant, question: Question, known: Answer) -> bool:
        """Whether what differs is another right choice at a kink."""
        if question.kind not in KINDS:
            return False
        v = known.right.cotangent[0]
        around = neighbours(question, v)
        if not around.kinked:
            return False
        with mutant.engine():
            first = derivatives(question).first
        return around.admit(joined(first[: len(first) // 2]))


def examined(entry: Entry, seed: int, share: float = 1.0, peers: float = 0.0) -> Iterator[Row]:
    """The rows of all mutants of an entry, or of a share of them that does not depend on the others."""
    examiner = Examiner(entry, seed)
    for mutant in examiner.mutants:
        at = mutant.seed / 2**32
        if at < share:
            yield examiner.examine(mutant, peers=at < peers)

