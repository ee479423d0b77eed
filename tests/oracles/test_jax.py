"""Every entry of the table that JAX has too: the same values, gradients and second derivatives, in float64.

Calls come from the domains that the entries declare. Elementwise functions also meet every combination of zeros,
infinities, NaN, tiny and huge numbers and their own kinks; functions of arrays meet arrays of zeros and of ones, where
everything is tied, and arrays with a NaN or an infinity. Where we differ on purpose, ``DIFFERENT`` says where and why;
a row that makes no difference any more fails. JAX is compiled once for each entry, which is what takes the time.
"""

import functools
import itertools
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.derivatives.domains import Cases, Elementwise
from autograd_core.testing.samples import Sample, in_one_piece, samples

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")
jax = pytest.importorskip("jax", reason="JAX, the oracle of values and gradients, is not installed: pip install jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy

from jax_functions import PARTLY, RENAMED, SLOW, UNDETERMINED, counterpart  # noqa: E402  # JAX is needed for that

RELATIVE = 1e-9

@dataclass(frozen=True)
class Different:
    """Where functions differ from JAX's on purpose: in values (0) or derivatives of an order, at some operands."""

    names: str
    orders: tuple[int, ...]
    at: Any  # a function of the operands that says which elements, or the name of a filling
    why: str


def some(test: Callable[[np.ndarray], Any]) -> Callable[..., Any]:
    """Where the test holds for one operand at least."""
    return lambda *xs: np.any([test(x) for x in xs], axis=0)


ZERO, NAN, INFINITE = some(lambda x: x == 0), some(np.isnan), some(np.isinf)
TINY, HUGE = some(lambda x: np.abs(x) == 1e-300), some(lambda x: np.abs(x) == 1e300)

PADDED = "the zeros that we pad with meet it, or those that JAX puts between groups"

DIFFERENT = (
    # Conventions at kinks, ties and NaN: docs/conventions.md
    Different("absolute copysign fabs", (1,), lambda x, *_: x == 0, "0 at 0; JAX takes one side"),
    Different("absolute fabs", (1,), NAN, "a NaN shows in the gradient"),
    Different("copysign", (1, 2), NAN, "a NaN shows in the gradient"),
    Different("heaviside", (1,), NAN, "the gradient is 0 wherever there is none to choose"),
    Different("maximum minimum relu", (1,), NAN, "the gradient goes to the NaN"),
    Different("fmax fmin", (1,), lambda a, b: (a == b) | np.isnan(a) & np.isnan(b), "a tie is shared; JAX takes b"),
    Different("max min amax amin pad median quantile percentile vector_norm matrix_norm norm clip cummax cummin",
              (1,), "a NaN", "the gradient goes to the NaN"),
    Different("sort median nanmedian quantile percentile cummax cummin", (1,), "zeros", "ties share evenly"),
    Different("sort median nanmedian quantile percentile cummax cummin", (1,), "ones", "ties share evenly"),
    Different("nanquantile nanpercentile", (1,), "zeros", "ties share evenly"),
    Different("nanquantile nanpercentile", (1,), "ones", "ties share evenly"),
    Different("clip", (1,), "zeros", "all to x on a bound; JAX shares"),
    Different("clip", (1,), "ones", "all to x on a bound; JAX shares"),
    Different("std nanstd", (1, 2), "zeros", "0 where nothing varies; JAX has 0 / 0"),
    Different("std nanstd", (1, 2), "ones", "0 where nothing varies; JAX has 0 / 0"),
    Different("vector_norm matrix_norm norm", (1, 2), "zeros", "0 at 0; JAX has 0 / 0"),
    Different("matrix_norm norm", (1,), "ones", "ties share evenly, also of singular values"),
    Different("power float_power", (1, 2), lambda a, b: (a == 0) | (b == 0), "a**0 is flat; JAX has 0 * inf"),
    Different("xlogy xlog1py", (1, 2), lambda a, b: (a == 0) & ~(b > 1e-299), "0 times any logarithm is flat"),
    Different("arctan2", (1, 2), lambda a, b: (a == 0) | (b == 0), "0 at 0; JAX has 0 / 0"),
    Different("leaky_relu", (1,), "zeros", "the slope below 0; JAX takes that above"),
    Different("celu", (2,), "zeros", "that of the side below 0; JAX shares"),
    Different("softsign", (2,), ZERO, "0 at 0; JAX takes one side"),
    Different("hypot", (1, 2), ZERO, "0 at 0; JAX shares as at a tie, and has 0 / 0"),
    # Where the value is undefined, or derivatives are infinite
    Different("entr", (2,), lambda x: x < 0, "of a value that is -inf, and a NaN slope"),
    Different("rel_entr", (0,), NAN, "NaN, as SciPy's; JAX gives inf"),
    Different("rel_entr kl_div", (1, 2), lambda a, b: ~((a > 0) & (b > 0)), "infinite at 0, NaN below; JAX drops it"),
    Different("divmod", (1,), lambda a, b: np.isinf(a) | (b == 0), "where the value is NaN, the gradient is"),
    Different("modf", (1,), "an infinity", "an infinity has no fraction"),
    Different("vander", (1, 2), "zeros", "x**0 is flat; JAX has 0 * inf"),
    Different("polyval", (2,), "a NaN", "only what is multiplied with the NaN; JAX has 0 * NaN"),
    Different("remainder fmod", (1,), lambda a, b: np.isinf(a) | (b == 0), "where the value is NaN, the gradient is"),
    Different("arcsin arccos", (2,), lambda x: np.abs(x) == 1, "NaN at the end; JAX has the infinity of the inside"),
    Different("arccosh", (1, 2), lambda x: x <= 1, "NaN outside and at the end"),
    Different("gammaln", (1,), ZERO, "the infinity of the side that the sign of 0 says"),
    Different("digamma", (0, 2), lambda x: x <= 0, "infinities at the poles"),
    # JAX loses digits, or over- or underflows on the way
    Different("expm1", (1,), lambda x: x == -20, "JAX takes 1 + y, which cancels"),
    Different("log_sigmoid softplus", (2,), lambda x: np.abs(x) == 20, "JAX takes 1 - y, which cancels"),
    Different("divide", (1,), some(lambda x: np.abs(np.log10(np.abs(x))) == 300), "JAX squares the divisor"),
    Different("arctan2", (1,), HUGE, "JAX squares the operands"),
    Different("arccosh arcsinh digamma", (1,), HUGE, "JAX squares the operand"),
    Different("sinc", (1,), HUGE, "JAX rounds pi x before it takes the sine"),
    Different("sinc", (2,), TINY, "JAX divides by x**3"),
    Different("gammaln", (0,), lambda x: x == 2, "JAX is 1e-15 off the zero"),
    Different("ldexp", (1,), "zeros", "the slope is 2**i; JAX shifts bits, and 0 has none"),
    Different("ldexp", (1,), "an infinity", "the slope is 2**i; JAX shifts bits, and an infinity has none"),
    Different("hypot", (1, 2), some(lambda x: np.abs(np.log10(np.abs(x))) == 300), "JAX squares the operands"),
    Different("hypot", (2,), lambda a, b: np.abs(a) == np.abs(b), "JAX divides by the larger, which has a kink here"),
    Different("convolve correlate", (1,), "a NaN", PADDED),
    Different("convolve correlate", (1,), "an infinity", PADDED),
    Different("conv1d conv2d conv_transpose1d conv_transpose2d", (0, 1, 2), "a NaN", PADDED),
    Different("conv1d conv2d conv_transpose1d conv_transpose2d", (0, 1, 2), "an infinity", PADDED),
    Different("softsign", (1,), HUGE, "JAX cancels"),
    Different("erfcx", (1, 2), HUGE, "JAX cancels"),
    Different("log_ndtr", (1, 2), lambda x: x <= -20, "JAX loses digits, and squares the operand"),
    Different("i0 i1", (1, 2), HUGE, "JAX divides by x"),
    Different("i0 i1", (2,), lambda x: np.abs(x) <= 1e-300, "JAX divides by x"),
    Different("i1", (0,), TINY, "SciPy has 0"),
    Different("rel_entr kl_div", (0, 1, 2), some(lambda x: np.abs(np.log10(np.abs(x))) == 300), "a / b overflows"),
    Different("kl_div", (1,), lambda a, b: a == b, "JAX is 1e-16 off the zero"),
    # Limits at infinity
    Different("rel_entr", (0,), INFINITE, "the limit; JAX has inf - inf"),
    Different("softsign log_ndtr", (1, 2), INFINITE, "the limit; JAX has inf / inf"),
    Different("logcumsumexp", (1, 2), "an infinity", "an infinity takes all; JAX loses it"),
    Different("arccosh arcsinh arctan digamma erf erfc gammaln logit ndtr", (2,), INFINITE, "flat; JAX has 0 * inf"),
    Different("logaddexp logaddexp2", (1, 2), INFINITE, "an infinity takes all; JAX loses it"),
    Different("digamma", (1,), INFINITE, "flat; JAX has 0 * inf"),
    Different("hypot", (1, 2), INFINITE, "an infinity takes all; JAX has inf / inf"),
    Different("power float_power xlogy xlog1py", (1, 2), INFINITE, "the limit; JAX has 0 * inf"),
    Different("cumprod einsum", (1,), "an infinity", "inf - inf, in another order"),
    Different("cumulative_prod nancumprod", (2,), "an infinity", "inf - inf, in another order"),
    Different("quantile percentile nanquantile", (0,), "an infinity", "inf - inf, as in NumPy"),
    Different("clip", (1,), "an infinity", "all to x on a bound; JAX shares"),
)


SHARED = [entry for name, entry in TABLE.items()
          if entry.function.__module__.startswith("autograd_core.") and counterpart(name)]
ELEMENTWISE = [entry for entry in SHARED if isinstance(entry.over, Elementwise)]
WHOLE = [entry for entry in SHARED if isinstance(entry.over, Cases)]
named = functools.partial(pytest.mark.parametrize, "entry", ids=lambda entry: entry.name)

# The two sides. By order of derivative: the value, its gradient along v, and the gradient of that along u.

Orders = list[list[np.ndarray]]


def weights(x: Any) -> np.ndarray:
    """Numbers from 1 to 2 in the shape of x: what its elements count in a sum."""
    return np.linspace(1, 2, math.prod(x.shape)).reshape(x.shape)


def leaf(x: Any) -> Any:
    """What a gradient can be asked of; integers and booleans stay as they are."""
    return ag.tensor(np.array(x), requires_grad=True) if np.asarray(x).dtype.kind == "f" else x


def varies(x: Any) -> bool:
    return isinstance(x, ag.Tensor) and x.requires_grad


def gradients(y: Any, inputs: Any, v: Any) -> list[np.ndarray]:
    if not any(map(varies, y)):
        return [np.zeros(x.shape) for x in inputs]
    y, v = zip(*((part, along) for part, along in zip(y, v, strict=True) if varies(part)), strict=True)
    found = ag.gradients(y, inputs, v, retain_graph=True, allow_unused=True)
    return [np.zeros(x.shape) if g is None else g.numpy() for g, x in zip(found, inputs, strict=True)]


def ours(call: Sample, second: bool) -> Orders:
    operands = [leaf(x) for x in call.operands]
    inputs = [x for x in operands if varies(x)]
    y = call(*operands)
    orders = [[y.numpy()], gradients([y], inputs, [weights(y)])]
    if second:
        first = ag.gradients(y, inputs, weights(y), create_graph=True, allow_unused=True) if varies(y) else []
        first = [g for g in first if g is not None]
        orders.append(gradients(first, inputs, [weights(g) for g in first]))
    return orders


class Theirs:
    """The same by JAX, for several calls of one entry. What ``through`` and ``read`` do is ours on both sides."""

    def __init__(self, calls: list[Sample], second: list[bool]) -> None:
        """Compile the calls; the ones in ``second`` to order 2."""
        self.calls = calls
        over = calls[0].entry.over
        self.through, self.read = (over.through, over.read) if isinstance(over, Cases) else (None, None)
        self.functions = [self.function(call) for call in calls]
        self.every = jax.jit(lambda xss, vs: [*map(self.orders, self.functions, xss, vs, second)])

    def takes(self) -> bool:
        """Whether JAX takes the calls."""
        try:
            for call, function in zip(self.calls, self.functions, strict=True):
                given, _ = self.given([leaf(x) for x in call.operands])
                jax.eval_shape(function, [x.numpy() for x in given if varies(x)])
        except (TypeError, ValueError, NotImplementedError):
            return False
        return True

    def __call__(self, calls: list[Sample]) -> Iterator[Orders]:
        """Values and derivatives of calls that differ from the compiled ones in their numbers only."""
        operands = [[leaf(x) for x in call.operands] for call in calls]
        given = [[x for x in self.given(xs)[0] if varies(x)] for xs in operands]
        arrays = [[x.numpy() for x in xs] for xs in given]
        shapes = [jax.eval_shape(f, xs) for f, xs in zip(self.functions, arrays, strict=True)]
        values = [y for y, *_ in self.every(arrays, jax.tree.map(weights, shapes))]
        read = [self.result(y) for y in values]
        along = [tree.unflatten(gradients([z], parts, [weights(z)])) for z, parts, tree in read]
        results = self.every(arrays, along)
        for xs, taken, (z, *_), (_, first, *second) in zip(operands, given, read, results, strict=True):
            if self.through:
                first = gradients(taken, [x for x in xs if varies(x)], [np.asarray(g) for g in first])
            yield [[z.numpy()], *([np.asarray(g) for g in gs] for gs in (first, *second))]

    def given(self, operands: list[Any]) -> tuple[list[Any], Any]:
        """What the function is given, as a flat list, and how it nests."""
        return jax.tree.flatten(list(self.through(*operands)) if self.through else operands)

    def function(self, call: Sample) -> Callable[[Any], Any]:
        """JAX's function of the arguments that vary."""
        given, tree = self.given([leaf(x) for x in call.operands])

        def function(xs: Any) -> Any:
            rest = iter(xs)
            args = [next(rest) if varies(x) else x.numpy() if isinstance(x, ag.Tensor) else x for x in given]
            y = call.spread(counterpart(call.entry.name), tree.unflatten(args))
            return jax.tree.map(lambda y: jnp.asarray(y, float), y)

        return function

    def orders(self, function: Callable[[Any], Any], xs: Any, v: Any, second: bool) -> Any:
        def first(xs: Any) -> Any:
            y, pull = jax.vjp(function, xs)
            return y, *pull(v)

        return *first(xs), *(jax.vjp(lambda xs: first(xs)[1], xs)[1]([*map(weights, xs)]) if second else ())

    def result(self, y: Any) -> tuple[Any, list[Any], Any]:
        """What is read of a result; its parts as leaves, and how they nest."""
        parts, tree = jax.tree.flatten(y)
        parts = [leaf(part) for part in parts]
        y = tree.unflatten(parts)
        return in_one_piece(self.read(y) if self.read else y), parts, tree


def differ(a: np.ndarray, b: np.ndarray, scale: float) -> np.ndarray:
    """Where two arrays differ by more than 1e-9, relative to each element, or to ``scale`` where that is larger."""
    assert a.shape == b.shape
    close = np.abs(a - b) <= RELATIVE * np.maximum(np.abs(b), scale)
    return ~(close | (a == b) | (np.isnan(a) & np.isnan(b)))


def numbered(got: Orders, expected: Orders) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
    """Order of derivative, position of the operand, what we found there and what JAX did."""
    for order, pair in enumerate(zip(got, expected, strict=True)):
        for i, (a, b) in enumerate(zip(*pair, strict=True)):
            yield order, i, a, b


# Elementwise

EDGES = (0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, 20.0, -20.0, 1e-300, -1e-300, 1e300, -1e300, np.inf, -np.inf, np.nan)
ROUNDING = (1e-300, 1e-300, 1e-6)
"""By order: what counts as 0. JAX flushes what is smaller, and second derivatives are differences."""


def edges(entry: Any) -> Sample:
    """One call on every combination of special values, and on numbers of the domain."""
    kinks = [tuple(k for kink in i.kinks for k in (kink, -kink) if k not in EDGES) for i in entry.over.intervals]
    special = np.array(list(itertools.product(*(EDGES + more for more in kinks))))
    drawn = next(s for s in samples(entry, np.random.default_rng(0)) if {np.shape(x) for x in s.operands} == {(3,)})
    return Sample(entry, tuple(np.concatenate([a, b]) for a, b in zip(special.T, drawn.operands, strict=True)), {})


@named(ELEMENTWISE)
@np.errstate(all="ignore")
def test_elementwise_functions_agree(entry: Any) -> None:
    call = edges(entry)
    (expected,) = Theirs([call], [True])([call])
    rows = [row for row in DIFFERENT if entry.name in row.names.split()]
    unused, found = set(rows), []
    for order, i, a, b in numbered(ours(call, True), expected):
        wrong = differ(a, b, ROUNDING[order])
        for row in rows:
            if order in row.orders and (wrong & (excused := row.at(*call.operands))).any():
                unused.discard(row)
                wrong &= ~excused
        found += [f"order {order} in {i} at {[float(x[k]) for x in call.operands]}: ours {a[k]}, JAX {b[k]}"
                  for k in np.flatnonzero(wrong)]
    assert not found, "\n".join(found)
    assert not unused


# Functions of arrays

FILLINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "drawn": np.array,
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "a NaN": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1, np.nan, x),
    "an infinity": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1, np.inf, x),
}


def filled(call: Sample, filling: str) -> Sample:
    operands = (FILLINGS[filling](x) if x.dtype.kind == "f" else x for x in call.operands)
    return replace(call, operands=tuple(operands))


@named(WHOLE)
@np.errstate(all="ignore")
def test_functions_of_arrays_agree(entry: Any) -> None:
    over = entry.over
    calls = [call for call in samples(entry, np.random.default_rng(0)) if all(x.size for x in call.operands)]
    if entry.name in PARTLY:
        drawn, calls = calls, [call for call in calls if Theirs([call], [False]).takes()]
        assert 0 < len(calls) < len(drawn)
    drawn_only = over.through or over.read  # they lead from anywhere into the domain
    second = [i == 0 and not drawn_only and entry.name not in SLOW for i in range(len(calls))]
    theirs = Theirs(calls, second)
    rows = [row for row in DIFFERENT if entry.name in row.names.split()]
    unused, found = set(rows), []
    for filling in ["drawn"] if drawn_only else FILLINGS:
        these = [filled(call, filling) for call in calls]
        for call, twice, expected in zip(these, second, theirs(these), strict=True):
            try:
                got = ours(call, twice)
            except ag.AutogradError:  # no such value, as of a matrix norm with a NaN
                assert filling != "drawn"
                continue
            for order, i, a, b in numbered(got, expected):
                scale = np.max(np.abs(b[np.isfinite(b)]), initial=ROUNDING[order])
                wrong = differ(a, b, scale)
                if filling == "an infinity":  # inf - inf is NaN or is not met: that takes an order of operations
                    wrong &= ~np.isnan(b)
                if wrong.any():
                    excused = {row for row in rows if row.at == filling and order in row.orders}
                    unused -= excused
                    if not excused:
                        found.append(f"{call} {call.options} with {filling}, order {order} in {i}:\n{a}\nJAX {b}")
    assert not found, "\n".join(found)
    assert not unused


def test_rows_are_about_functions_that_are_compared() -> None:
    assert {name for row in DIFFERENT for name in row.names.split()} <= {entry.name for entry in SHARED}
    assert TABLE.keys() >= {*RENAMED, *PARTLY, *UNDETERMINED, *SLOW}
