"""The words of a picture: numbers, readings, ops and their options, short for labels and exact for tooltips."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.graph import Reading

from .pooled import span

HANDFUL = 4
"""Vectors up to this length are written out; what is larger is described by its statistics."""

SHOW = ("values", "gradients", "shapes", "constants", "parameters", "flow", "flags")
"""What a picture can show or leave out, besides the operations."""

SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "*", "divide": "/", "negative": "−", "power": "xⁿ", "square": "x²",
    "sqrt": "√", "absolute": "|x|", "sigmoid": "σ", "log": "ln", "sum": "Σ", "matmul": "@", "maximum": "max",
    "minimum": "min", "transpose": "xᵀ", "getitem": "x[i]", "astype": "dtype", "clone": "copy",
}
"""Textbook symbols by op; the others are called by their name."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
"""Turns digits into small ones below the line."""

ORDERED = frozenset({"subtract", "divide", "power", "matmul", "where", "overwrite", "concatenate", "stack"})
"""Ops that change when their operands change places, so that a picture must say which is which."""


def short(x: float) -> str:
    """A number as a teacher writes it on a wire: whole numbers whole, others to two decimals or two digits.

    Args:
        x: any float, also infinite or NaN; or a bool.

    Returns:
        At most eight characters or so.

    Example:
        >>> [short(x) for x in (-12.0, 0.7310586, -0.1966, 0.0123, 4.56e-7, 1234567.0, float("nan"))]
        ['-12', '0.73', '-0.20', '0.012', '4.6e-7', '1.2e6', 'NaN']
    """
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    x = float(x)  # float16 would overflow in what follows
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if x == int(x) and abs(x) < 1e5:
        return str(int(x))
    if 0.095 <= abs(x) < 9999.995:
        return f"{x:.2f}"
    if 0.001 <= abs(x) < 0.095:
        return f"{x:.2g}"
    digits, exponent = f"{x:.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(exponent)}"


def is_large(reading: Reading) -> bool:
    """Whether an array is described by its statistics because it is too large to write out."""
    elements = reading.elements
    return elements is None or (elements.size != 1 and (elements.ndim > 1 or not 0 < elements.size <= HANDFUL))


def value_lines(reading: Reading, of: Sequence[Reading] = (), show: Collection[str] = SHOW) -> list[str]:
    """An array, or several, as it stands above a wire.

    Args:
        reading: of any shape.
        of: the arrays that the reading sums up, if it does.
        show: with ``"values"``, numbers and statistics; with ``"shapes"``, shape and dtype.

    Returns:
        The number, or the few numbers of a short vector; else shape and dtype, and mean ± std, or ``?`` where they are
        not known: of large constants that no rule keeps, and of what ``backward()`` has freed.

    Example:
        >>> value_lines(Reading.of(np.array(0.7310586)))
        ['0.73']
        >>> value_lines(Reading.of(np.ones((64, 10))))
        ['(64, 10) float64', '1 ± 0']
    """
    if "values" in show and not is_large(reading):
        return [_written_out(reading)]
    lines = [_kind_line(reading, of)] if "shapes" in show else []
    if "values" not in show or 0 in reading.shape:
        return lines
    if not reading.finite:
        return [*lines, "has NaN or inf"]
    if reading.mean is not None and reading.std is not None:
        mean = 0.0 if abs(reading.mean) < _rounding(reading) else reading.mean  # not -3.1e-10 ± 1
        return [*lines, f"{short(mean)} ± {short(reading.std)}"]
    return [*lines, "?"]


def gradient_line(reading: Reading | None) -> str:
    """A gradient as it stands below a wire: its number or numbers, its rms, or ``?`` where none is known.

    Args:
        reading: of any shape, or None.

    Returns:
        One line. Of several arrays whose sizes are far apart, the least and the greatest rms: one of all of them
        would not show that some vanish.

    Example:
        >>> gradient_line(Reading.of(np.array(-0.1966))), gradient_line(Reading.of(np.full((64, 10), 0.01)))
        ('-0.20', 'rms 0.01')
        >>> gradient_line(None), gradient_line(Reading.of(np.array(0.0)))
        ('?', '0')
    """
    if reading is None:
        return "?"
    if not is_large(reading):
        return _written_out(reading)
    if 0 in reading.shape:
        return "[]"
    if not reading.finite:
        return "has NaN or inf"
    if ends := span(reading):
        return f"rms {' … '.join(map(short, ends))}"
    return "?" if reading.rms is None else f"rms {short(reading.rms)}"


def exact(reading: Reading) -> str:
    """All that is known of an array, in full precision, for a tooltip.

    Args:
        reading: of any shape.

    Returns:
        One line; long when the array has many elements.

    Example:
        >>> exact(Reading.of(np.array(0.1)))
        '0.1'
        >>> exact(Reading.of(np.array([[1, 2]])))
        '[[1, 2]] (1, 2) int64'
    """
    kind = f"{reading.shape} {reading.dtype}"
    if reading.elements is not None:
        return f"{reading.elements.tolist()}" + (f" {kind}" if reading.shape else "")
    if reading.rms is None:
        return f"{kind}, not kept"
    ends = span(reading)
    apart = f", of its parts {' … '.join(map(repr, ends))}" if ends else ""
    return f"{kind}, mean {reading.mean!r}, std {reading.std!r}, rms {reading.rms!r}{apart}"


def symbol(op: str) -> str:
    """The sign that stands for an op in a picture.

    Args:
        op: the op's name.

    Returns:
        Its textbook symbol, or the name.

    Example:
        >>> symbol("add"), symbol("exp")
        ('+', 'exp')
    """
    return SYMBOLS.get(op, op)


def options_line(options: Mapping[str, Any]) -> str:
    """An op's options, without those that are off.

    Args:
        options: by name.

    Returns:
        Text such as ``axis=1, keepdims``; empty when all are off.

    Example:
        >>> options_line({"axis": (0, 2), "keepdims": True, "initial": None})
        'axis=(0, 2), keepdims'
        >>> options_line({"index": (slice(1, None), 0)})
        'index=(1:, 0)'
    """
    on = {name: value for name, value in options.items() if value is not None and value is not False}
    return ", ".join(name if value is True else f"{name}={_option(value) if name != 'place' else _place(value)}"
                     for name, value in on.items())


def from_to(texts: Sequence[str]) -> str:
    """The first of several texts and the last; one of them, where they are equal."""
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} … {texts[-1]}"


def _rounding(reading: Reading) -> float:
    """How far off rounding alone may put the mean."""
    precise = np.finfo(reading.dtype).eps if np.issubdtype(reading.dtype, np.floating) else 0.0
    return float(precise) * (reading.rms or 0.0)


def _kind_line(reading: Reading, of: Sequence[Reading]) -> str:
    if len({one.shape for one in of}) > 1:
        return f"{len(of):,} values"
    return (f"{len(of):,} × " if of else "") + f"{reading.shape} {reading.dtype}"


def _written_out(reading: Reading) -> str:
    numbers = [] if reading.elements is None else [short(x) for x in reading.elements.flat]
    return numbers[0] if len(numbers) == 1 else f"[{', '.join(numbers)}]"


def _place(steps: Any) -> str:
    """Where ``overwrite`` writes, as it is in code: ``[0]``, or ``.transpose(axes=(1, 0))[0]`` through a view."""
    return "".join(f"[{_option(options['index']).removeprefix('(').removesuffix(')')}]" if step.name == "getitem"
                   else f".{step.name}({options_line(options)})" for step, options in steps)


def _option(value: Any) -> str:
    """An option in words that are the same in every run: no addresses, no elements of arrays."""
    if isinstance(value, slice):
        parts = ["" if part is None else _option(part) for part in (value.start, value.stop, value.step)]
        return ":".join(parts if value.step is not None else parts[:2])
    if isinstance(value, (tuple, list)):
        return f"({', '.join(_option(item) for item in value)}{',' if len(value) == 1 else ''})"
    if value is Ellipsis:
        return "..."
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    if value is None or isinstance(value, (bool, int, float, str, np.generic, np.dtype)):
        return str(value)
    return str(getattr(value, "name", None) or getattr(value, "__name__", None) or type(value).__name__)
