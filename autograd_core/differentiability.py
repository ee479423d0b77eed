"""What is differentiable: the derivative table's answer about one function, at run time.

Nothing here is written down twice. Operands and kinks are read from the table; which dtypes an op keeps, which
arguments of a composition carry a gradient and whether that is always 0 are measured, on calls drawn from its domain.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from .backward import gradients
from .creation import tensor
from .derivatives import NUMPY, TABLE, Entry
from .errors import AutogradError, UnsupportedError
from .numpy_verdicts import CONSTANT as CONSTANTS
from .numpy_verdicts import why_no_rule
from .recording import TensorBase
from .testing.samples import Sample, samples

DTYPES = ("float16", "float32", "float64")
DIFFERENTIABLE, CONSTANT, NO_RULE = "differentiable", "piecewise constant", "no rule"

_COMPOSED = "written with functions of the table"

MODULES = {"numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft, "numpy.lib.stride_tricks": np.lib.stride_tricks}
"""Where NumPy keeps functions of numbers; the most familiar place first."""


@dataclass(frozen=True, repr=False)
class Differentiability:
    """The answer of ``differentiable``."""

    name: str  # ours, or NumPy's where we have none
    status: str  # "differentiable", "piecewise constant" or "no rule"
    numpy: tuple[str, ...] = ()  # what NumPy calls it
    arguments: tuple[str, ...] = ()  # those that carry a gradient
    constants: tuple[str, ...] = ()  # the others
    order: str = ""  # of derivative: "any"
    dtypes: tuple[str, ...] = ()  # of operands, kept by results and gradients
    kink: str = ""  # the gradient where there is no derivative
    why: str = ""  # there is no rule

    def __repr__(self) -> str:
        if self.status == NO_RULE:
            return f"{self.name}: no rule; {self.why}"
        said = [f"{self.name}: {self.status}"]
        if self.arguments:
            said.append(f"in {_listed(self.arguments)}")
        if self.constants:
            said.append(f"({_listed(self.constants)} constant)")
        if self.order:
            said.append(f"to {self.order} order")
        if self.dtypes:
            said.append(f"for {_listed(self.dtypes)}")
        return " ".join(said) + (f"; at kinks: {self.kink}" if self.kink else "") + (self.why and f"; {self.why}")


def differentiable(function: str | Callable[..., Any]) -> Differentiability:
    """Whether, in which arguments and for which dtypes a function is differentiable here, or why not.

    Args:
        function: one of ours or of NumPy's, or its name: ``"sum"``, ``"numpy.linalg.norm"``, ``np.sum``, ``ag.sum``.

    Returns:
        A Differentiability: ``status`` ("differentiable", "piecewise constant" or "no rule"), ``numpy`` (its names),
        ``arguments``, ``constants``, ``order``, ``dtypes``, ``kink`` and ``why``.

    Raises:
        UnsupportedError: a name that neither this package nor NumPy has.

    Example:
        >>> import numpy as np
        >>> import autograd_core as ag
        >>> ag.differentiable(np.absolute)
        absolute: differentiable in x to any order for float16, float32 and float64; at kinks: 0 at 0
        >>> ag.differentiable("numpy.argmax").status
        'piecewise constant'
        >>> ag.differentiable("numpy.fft.fft").status
        'no rule'
    """
    if isinstance(function, str):
        function = _find(function)
    if entry := _entry(function):
        return about(entry)
    if function in NUMPY:
        return Differentiability(_name(function), DIFFERENTIABLE, (_name(function),), order="any", why=_COMPOSED)
    status = CONSTANT if function in CONSTANTS else NO_RULE
    return Differentiability(_name(function), status, why=why_no_rule(function).removeprefix(f"{CONSTANT}: "))


def about(entry: Entry) -> Differentiability:
    """The answer for an entry of the table."""
    operands, flat, dtypes = _measured(entry.function)
    parameters = tuple(inspect.signature(entry.function).parameters)
    if (primitive := entry.primitive) is not None and primitive.elementwise:
        parameters = tuple(primitive.operands)
    return Differentiability(
        name=entry.name,
        status=CONSTANT if flat else DIFFERENTIABLE,
        numpy=tuple(name for name, function in numpy_functions() if _entry(function) is entry),
        arguments=tuple(name for name in parameters if name in operands),
        constants=tuple(name for name in parameters if name not in operands),
        order="any",
        dtypes=dtypes,
        kink=entry.kink,
    )


@functools.cache
def numpy_functions() -> tuple[tuple[str, Callable[..., Any]], ...]:
    """Every function of NumPy's that lets a Tensor answer, by every public name: ``("numpy.abs", np.absolute)``."""
    asks = (np.ufunc, type(np.sum))
    return tuple(
        (f"{place}.{name}", getattr(module, name))
        for place, module in MODULES.items() for name in sorted(getattr(module, "__all__", dir(module)))
        if isinstance(getattr(module, name), asks)
    )


def _find(name: str) -> Callable[..., Any]:
    """The function that a name stands for: ours where both have it."""
    place, _, short = name.rpartition(".")
    root, _, rest = place.partition(".")
    if root not in ("np", "numpy"):
        if short in TABLE:
            return TABLE[short].function
        rest = "" if root in ("ag", "autograd_core") else place
    for module in (MODULES.get(f"numpy.{rest}", np), *MODULES.values()):
        if callable(found := getattr(module, short, None)):
            return found  # type: ignore[no-any-return]  # callable was asked
    known = {*TABLE, *(known.rpartition(".")[2] for known, _ in numpy_functions())}
    close = get_close_matches(short, known)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise UnsupportedError(f"differentiable: neither autograd_core nor numpy has a function {name!r}.{hint}")


def _entry(function: Callable[..., Any]) -> Entry | None:
    """The row of the table behind one of our functions or of NumPy's."""
    ours = NUMPY.get(function, function)
    entry = TABLE.get(getattr(ours, "__name__", ""))
    # np.linalg.trace goes to a function that calls the table's trace, and bears its name.
    return entry if entry is not None and (entry.function is ours or function in NUMPY) else None


def _name(function: Callable[..., Any]) -> str:
    """NumPy's first public name for a function, or what it calls itself."""
    return next((name for name, known in numpy_functions() if known is function), getattr(function, "__name__", "?"))


@functools.cache
def _measured(function: Callable[..., Any]) -> tuple[frozenset[str], bool, tuple[str, ...]]:
    """Which arguments carry a gradient, whether it is always 0, and the dtypes that every call keeps."""
    calls = list(samples(TABLE[function.__name__], np.random.default_rng(0)))
    runs = [_run(sample, "float64") for sample in calls]
    operands = frozenset().union(*(names for names, _, _ in runs))
    flat = not any(np.any(g) for _, _, found in runs for g in found)
    return operands, flat, tuple(dtype for dtype in DTYPES if all(_keeps(sample, dtype) for sample in calls))


def _run(sample: Sample, dtype: str) -> tuple[set[str], Any, list[np.ndarray]]:
    """The names of the arguments that carry a gradient, the dtype of the result, and the gradients of operands."""
    signature = inspect.signature(sample.entry.function)
    names: set[str] = set()

    def watched(*args: Any, **kwargs: Any) -> Any:
        primitive = sample.entry.primitive
        if primitive is not None and primitive.elementwise:
            names.update(primitive.operands)
        else:
            bound = signature.bind(*args, **kwargs).arguments
            names.update(name for name, value in bound.items() if any(x.node is not None for x in _tensors(value)))
        return sample.entry.function(*args, **kwargs)

    with np.errstate(all="ignore"):
        operands = [tensor(x, dtype=dtype, requires_grad=True) if x.dtype.kind == "f" else x for x in sample.operands]
        leaves = [x for x in operands if isinstance(x, TensorBase)]
        y = sample.of(watched, operands)
        found = gradients(y, leaves, np.ones(y.shape), allow_unused=True) if y.requires_grad else []
    return names, y.dtype, [g.numpy() for g in found if g is not None]


def _keeps(sample: Sample, dtype: str) -> bool:
    """Whether a call on operands of ``dtype`` gives a result and gradients of ``dtype``."""
    try:
        _, result, found = _run(sample, dtype)
    except AutogradError:
        return False
    return (result == dtype or "dtype" in sample.options) and all(g.dtype == dtype for g in found)


def _tensors(value: Any) -> Iterator[Any]:
    """The Tensors in an argument, or in a sequence of them."""
    if isinstance(value, TensorBase):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _listed(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
