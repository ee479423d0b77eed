"""Wrong engines: a rule, or the walk itself, made wrong for as long as a context lasts. Nothing stays changed."""

import importlib
import inspect
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import numpy as np
from operators import DEVELOPMENT, HELD_OUT, Call, Operator
from terms import without_first

from autograd_core.recording import Primitive

WALK = importlib.import_module("autograd_core.walk")
BACKWARD = importlib.import_module("autograd_core.backward")


class Mutant(NamedTuple):
    """One operator on one rule of one primitive, seen from one entry of the table; or on the walk."""

    operator: str
    held_out: bool
    entry: str
    rule: str
    engine: Callable[[], AbstractContextManager[None]]

    def __str__(self) -> str:
        return f"{self.operator} | {self.entry} | {self.rule}"

    @property
    def seed(self) -> int:
        """A number that is this mutant's own on every machine."""
        return zlib.crc32(str(self).encode())


def mutants(entry: str, rules: list[tuple[Primitive, int]]) -> Iterator[Mutant]:
    """Every operator on every one of ``rules``, and on the walk."""
    for held_out, operators in ((False, DEVELOPMENT), (True, HELD_OUT)):
        for primitive, position in rules:
            rule = f"{primitive.name}.{primitive.operands[position]}"
            for name, operator in operators.items():
                seed = zlib.crc32(f"{name} {entry} {rule}".encode())
                yield Mutant(name, held_out, entry, rule, _engine(wrong_rule, primitive, position, operator, seed))
    for held_out, name, engine in WALKS:
        yield Mutant(name, held_out, entry, "walk", engine)


def _engine(context: Callable[..., AbstractContextManager[None]], *args: Any
            ) -> Callable[[], AbstractContextManager[None]]:
    return lambda: context(*args)


@contextmanager
def wrong_rule(primitive: Primitive, position: int, operator: Operator, seed: int) -> Iterator[None]:
    """``operator`` on the rule of ``primitive`` for the operand at ``position``."""
    right = primitive.rules
    rules = list(right)
    rule, names, operands, memory = rules[position], tuple(primitive.keeps[position]), tuple(primitive.operands), {}

    def wrong(g: Any, *kept: Any) -> Any:
        return operator(Call(rule, g, kept, names, operands, primitive.elementwise, seed, memory))

    rules[position] = wrong
    primitive.rules = type(right)(rules)
    try:
        yield
    finally:
        primitive.rules = right


@contextmanager
def wrong_sum(weights: Callable[[tuple[int, ...], tuple[int, ...]], np.ndarray]) -> Iterator[None]:
    """What broadcasting repeated is summed with ``weights``, made from the shape and the axes summed."""
    right = WALK.fit

    def wrong(gradient: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        extra = gradient.ndim - len(shape)
        if gradient.shape != shape and extra >= 0 and gradient.size:
            summed = (*range(extra), *(extra + i for i, n in enumerate(shape) if n == 1))
            gradient = gradient * weights(gradient.shape, summed).astype(gradient.dtype)
        return right(gradient, shape, dtype)

    WALK.fit = wrong
    try:
        yield
    finally:
        WALK.fit = right


def one_share(shape: tuple[int, ...], axes: tuple[int, ...]) -> np.ndarray:
    """Weights that make a sum along ``axes`` a mean."""
    return np.full(shape, 1 / np.prod([shape[i] for i in axes]))


IN_PLACE, OUT_OF_PLACE = "gradients[parent] += gradient", "gradients[parent] = gradients[parent] + gradient"


@contextmanager
def wrong_accumulation(kept: str) -> Iterator[None]:
    """Where two gradients meet only ``kept`` counts: the source of the walk, with its two additions replaced."""
    source = inspect.getsource(WALK.walk)
    assert source.count(IN_PLACE) == source.count(OUT_OF_PLACE) == 1, "the walk adds in another way now"
    wrong = f"gradients[parent] = {kept}"
    source = source.replace(IN_PLACE, wrong).replace(OUT_OF_PLACE, wrong)
    names = dict(vars(WALK))
    exec(compile(source, "wrong walk", "exec"), names)  # our own source
    right = BACKWARD.walk
    BACKWARD.walk = names["walk"]
    try:
        yield
    finally:
        BACKWARD.walk = right


WALKS = (
    (False, "missing term: a slice of what was broadcast", _engine(wrong_sum, without_first)),
    (False, "missing accumulation: the first counts", _engine(wrong_accumulation, "gradients[parent]")),
    (True, "missing accumulation: the last counts", _engine(wrong_accumulation, "np.copy(gradient)")),
    (True, "mean of what was broadcast", _engine(wrong_sum, one_share)),
)
