"""Ways to be wrong: each takes one call of a right rule and gives back a wrong gradient.

They work on arrays and on recorded Tensors alike, as rules do. An operator that changes nothing in some call (a
transposed vector, a second term where there is only one) returns the right gradient there.

Frozen: the gradient checker is judged by these, never the other way round. ``HELD_OUT`` were written by somebody who
had not seen how the checker works inside, and are not to be looked at while improving it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from terms import losing_a_slice, losing_a_term

from autograd_core.recording import TensorBase, wrap


@dataclass(frozen=True)
class Call:
    """One call of a rule: what it was given, under which names."""

    rule: Callable[..., Any]
    g: Any
    kept: tuple[Any, ...]
    names: tuple[str, ...]
    operands: tuple[str, ...]
    elementwise: bool
    seed: int
    memory: dict[Any, Any] = field(default_factory=dict)  # of one wrong engine, from call to call

    @property
    def recorded(self) -> bool:
        return isinstance(self.g, TensorBase)

    def right(self) -> Any:
        gradient = self.rule(self.g, *self.kept)
        return gradient if isinstance(gradient, TensorBase) else np.asarray(gradient)

    def arrays(self) -> list[np.ndarray]:
        """The data of the operands that are kept, or else of the output, or nothing."""
        named = [(name, raw(value)) for name, value in zip(self.names, self.kept, strict=True)]
        found = [x for name, x in named if name in self.operands and is_float(x)]
        return found or [x for name, x in named if name == "y" and is_float(x)]


Operator = Callable[[Call], Any]


def raw(x: Any) -> Any:
    return x._data if isinstance(x, TensorBase) else x


def is_float(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def constant(array: Any) -> Any:
    return wrap(np.asarray(array))


def detached(x: Any) -> Any:
    return constant(x._data) if isinstance(x, TensorBase) else x


def scaled(gradient: Any, where: np.ndarray, factor: float) -> Any:
    """``gradient`` times ``factor`` at ``where``; everywhere if that is about an array of another shape."""
    if not _fits(where, gradient.shape):
        where = np.asarray(where.any())
    return gradient * np.where(where, factor, 1.0).astype(gradient.dtype)


def _fits(where: np.ndarray, shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(where.shape, shape) == shape
    except ValueError:
        return False


def at(index: int, gradient: Any) -> np.ndarray:
    """True at one flat index."""
    where = np.zeros(gradient.shape, bool)
    if where.size:
        where.flat[index % where.size] = True
    return where


# Everywhere


def scale(factor: float) -> Operator:
    return lambda call: call.right() * factor


def absolute(call: Call) -> Any:
    return np.abs(call.right())


def clipped(call: Call) -> Any:
    return np.clip(call.right(), -0.5, 0.5)


def other_dtype(call: Call) -> Any:
    gradient = call.right()
    return gradient.astype(np.float32 if gradient.dtype == np.float64 else np.float64)


def float32_inside(call: Call) -> Any:
    gradient = call.right()
    return gradient.astype(np.float32).astype(gradient.dtype)


def centred(call: Call) -> Any:
    gradient = call.right()
    return gradient - gradient.mean() if gradient.size else gradient


def averaged(call: Call) -> Any:
    gradient = call.right()
    return gradient * 0 + gradient.mean() if gradient.size else gradient


def saturating(call: Call) -> Any:
    gradient = call.right()
    return gradient / (1 + 1e-3 * np.abs(gradient))


def rounded(call: Call) -> Any:
    gradient = call.right()
    return gradient + (np.round(raw(gradient), 6) - raw(gradient))


def even_cotangent(call: Call) -> Any:
    return call.rule(call.g * 0 + call.g.mean(), *call.kept) if call.g.size else call.right()


def small_cotangents_dropped(call: Call) -> Any:
    return call.rule(call.g * (np.abs(raw(call.g)) >= 0.1).astype(call.g.dtype), *call.kept)


# At some places


def one_element(call: Call) -> Any:
    gradient = call.right()
    return scaled(gradient, at(call.seed, gradient), 2.0)


def last_element_lost(call: Call) -> Any:
    gradient = call.right()
    return scaled(gradient, at(-1, gradient), 0.0)


def negative_part(call: Call) -> Any:
    gradient = call.right()
    return scaled(gradient, raw(gradient) < 0, 1.001)


def upper_end(call: Call) -> Any:
    """Where an operand is in the highest tenth of its range."""
    gradient = call.right()
    for x in call.arrays()[:1]:
        if x.size:
            gradient = scaled(gradient, x > x.min() + 0.9 * np.ptp(x), 1.1)
    return gradient


def special(value: float, factor: float) -> Operator:
    """Only where an operand (of a rule that keeps none: the output) is exactly ``value``."""

    def operator(call: Call) -> Any:
        gradient = call.right()
        for x in call.arrays():
            gradient = scaled(gradient, x == value, factor)
        return gradient

    return operator


def largest(call: Call) -> Any:
    gradient = call.right()
    for x in call.arrays()[:1]:
        if x.size:
            gradient = scaled(gradient, x == x.max(), 2.0)
    return gradient


def ties(factor: float) -> Operator:
    """Only where two operands are equal, element by element, or two elements of one operand of a whole-array op."""

    def operator(call: Call) -> Any:
        gradient, arrays = call.right(), call.arrays()
        if call.elementwise:
            return scaled(gradient, arrays[0] == arrays[1], factor) if len(arrays) == 2 else gradient
        for x in arrays[:1]:
            _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
            gradient = scaled(gradient, (counts[inverse] > 1).reshape(x.shape), factor)
        return gradient

    return operator


def size_one_axes(call: Call) -> Any:
    gradient = call.right()
    return gradient * 1.5 if 1 in gradient.shape else gradient


def zero_dimensional(call: Call) -> Any:
    gradient = call.right()
    return gradient * 1.5 if gradient.ndim == 0 else gradient


# At the wrong places


def transposed(call: Call) -> Any:
    gradient = call.right()
    return gradient.mT.reshape(gradient.shape) if gradient.ndim > 1 else gradient


def rolled(call: Call) -> Any:
    return np.roll(call.right(), 1)


def flipped(call: Call) -> Any:
    gradient = call.right()
    return gradient[..., ::-1] if gradient.ndim else gradient


def shifted(call: Call) -> Any:
    gradient = call.right()
    return scaled(np.roll(gradient, 1), at(0, gradient), 0.0)


def cross_talk(call: Call) -> Any:
    gradient = call.right()
    return gradient + 1e-4 * np.roll(gradient, 1)


# A term less


def missing_term(index: int, side: str) -> Operator:
    """The rule computes some a + b or a - b; of one of them, only one side counts."""

    def operator(call: Call) -> Any:
        with losing_a_term(index, side):
            return _through_tensors(call)

    return operator


def missing_slice(call: Call) -> Any:
    """The rule computes some sum; it starts at the second element."""
    with losing_a_slice():
        return _through_tensors(call)


def _through_tensors(call: Call) -> Any:
    """The rule on Tensors, whatever it was called with, so that its additions can be watched."""
    if call.recorded:
        return call.right()
    numbers = {*call.operands, "y"}
    kept = [constant(x) if name in numbers and is_float(x) else x
            for name, x in zip(call.names, call.kept, strict=True)]
    return raw(call.rule(constant(call.g), *kept))


# Wrong when recorded, or from call to call


def detaching(*, g: bool = False, y: bool = False, operands: bool = False) -> Operator:
    """The rule loses its cotangent, its output or its operands from the graph: only the second derivative is wrong."""

    def operator(call: Call) -> Any:
        kept = [detached(x) if (y if name == "y" else operands) else x
                for name, x in zip(call.names, call.kept, strict=True)]
        return call.rule(detached(call.g) if g else call.g, *kept)

    return operator


def recorded_with_slope(factor: float) -> Operator:
    """The value is right; its derivative, when recorded, is ``factor`` times the right one."""

    def operator(call: Call) -> Any:
        gradient = call.right()
        return gradient * factor + constant((1 - factor) * raw(gradient)) if call.recorded else gradient

    return operator


def stale(call: Call) -> Any:
    """What was computed first is given again: a cache whose key is only the shape."""
    gradient = call.right()
    return gradient if call.recorded else np.array(call.memory.setdefault(gradient.shape, np.array(gradient)))


def flickering(call: Call) -> Any:
    """Every other call is off by a billionth."""
    call.memory["calls"] = call.memory.get("calls", 0) + 1
    return call.right() * (1 + 1e-9 * (call.memory["calls"] % 2))


def writes_into_cotangent(call: Call) -> Any:
    gradient = call.right()
    if call.recorded or not call.g.flags.writeable:
        return gradient
    gradient = np.array(gradient)
    call.g[...] = 0
    return gradient


DEVELOPMENT: dict[str, Operator] = {
    "sign": scale(-1.0),
    "zero": scale(0.0),
    **{f"scale 1 + 1e-{k}": scale(1 + 10.0**-k) for k in range(1, 8)},
    "one element": one_element,
    "transpose": transposed,
    "roll": rolled,
    "missing term: the first sum, right side": missing_term(0, "right"),
    "missing term: the first sum, left side": missing_term(0, "left"),
    "missing term: the second sum, right side": missing_term(1, "right"),
    "absolute value": absolute,
    "clip": clipped,
    "special point 0": special(0.0, 0.0),
    "special point 1": special(1.0, 0.0),
    "special point: the largest": largest,
    "ties count double": ties(2.0),
    "detached operands": detaching(operands=True),
    "detached output": detaching(y=True),
    "detached cotangent": detaching(g=True),
    "other dtype": other_dtype,
    "float32 inside": float32_inside,
}

HELD_OUT: dict[str, Operator] = {
    "missing term: the second sum, left side": missing_term(1, "left"),
    "missing term: a sum from its second element": missing_slice,
    "last element lost": last_element_lost,
    "flipped": flipped,
    "shifted": shifted,
    "cross-talk of 1e-4": cross_talk,
    "mean subtracted": centred,
    "averaged": averaged,
    "even cotangent": even_cotangent,
    "small cotangents dropped": small_cotangents_dropped,
    "saturating": saturating,
    "rounded to 6 decimals": rounded,
    "negative part off by 1e-3": negative_part,
    "highest tenth off by 1e-1": upper_end,
    "special point -1": special(-1.0, 2.0),
    "special point 0, doubled": special(0.0, 2.0),
    "ties count for nothing": ties(0.0),
    "axes of size 1": size_one_axes,
    "0-d": zero_dimensional,
    "second derivative negated": recorded_with_slope(-1.0),
    "second derivative off by 1e-4": recorded_with_slope(1 + 1e-4),
    "stale cache": stale,
    "flickering by 1e-9": flickering,
    "writes into its cotangent": writes_into_cotangent,
}
