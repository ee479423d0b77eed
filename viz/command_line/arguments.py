"""What a function is called with: what was typed, and its defaults; numbers as tensors with the parameters' names."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import autograd_core as ag

METHOD = "A method needs an object: write a function that makes one, and calls it."
_RANDOM: Mapping[str, Callable[[np.random.Generator, tuple[int, ...]], Any]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "uniform": lambda rng, shape: rng.uniform(size=shape),
    "zeros": lambda _, shape: np.zeros(shape),
    "ones": lambda _, shape: np.ones(shape),
}
_CALL = re.compile(r"(\w+)\((.*)\)")
_NO_LITERAL = re.compile(r"[+-]?(nan|inf)", re.IGNORECASE)  # but numbers all the same
_WORD = re.compile(r"[A-Za-z_./][\w./-]*")  # not 1/2, nor -nan
_LATER = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)


class UsageError(Exception):
    """What was typed cannot be done; the message says what can."""


def command(*arguments: str) -> str:
    """What to type into a shell.

    Args:
        arguments: of ``python -m viz``.

    Returns:
        The command, with quotes where shells want them.

    Example:
        >>> command("net.py:loss", "X=normal(32,10)")
        "python -m viz net.py:loss 'X=normal(32,10)'"
    """
    return shlex.join(["python", "-m", "viz", *arguments])


def arguments_of(function: Callable[..., Any], typed: Mapping[str, str], target: str,
                 seed: int = 0) -> inspect.BoundArguments:
    """What to call a function with: what was typed, and its own defaults.

    Args:
        function: anything with a signature.
        typed: values as text, by parameter.
        target: how the function was asked for, for messages.
        seed: of random arrays.

    Returns:
        Numbers and arrays as Tensors that require grad, and the rest.

    Raises:
        UsageError: a value for no parameter, one that does not suit it, or none where one is needed.
    """
    if any(test(function) for test in _LATER):
        raise UsageError(f"{target} is async or has yield: draw a function that returns its result at once.")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{target} has no signature that could be read: draw a function that calls it.") from error
    rng = np.random.default_rng(seed)
    return _bound(signature, {name: value(text, name, rng) for name, text in typed.items()}, typed, target)


def plain_ints(bound: inspect.BoundArguments) -> list[str]:
    """The arguments that are no tensors because they are ints, unless an annotation says that they are meant so.

    Args:
        bound: from ``arguments_of``.

    Returns:
        Each as ``name=value``.
    """
    parameters = bound.signature.parameters
    return [f"{name}={value}" for name, value in bound.arguments.items()
            if type(value) is int and parameters[name].annotation is inspect.Parameter.empty]


def value(text: str, name: str, rng: np.random.Generator) -> Any:
    """What a text stands for.

    Args:
        text: a number, a list, ``normal(32,10)``, ``uniform(...)``, ``zeros(...)`` or ``ones(...)`` of a shape; True,
            False, None; or else a word.
        name: of the parameter, for the message.
        rng: for what is random.

    Returns:
        The number, list, array or word.

    Raises:
        UsageError: none of those.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> [value(text, "x", rng) for text in ("-2", "1e-3", "[1, 2]", "mean")]
        [-2, 0.001, [1, 2], 'mean']
    """
    wrong = UsageError(f"{name}={text}: not a number, a list of numbers, or one of {', '.join(_RANDOM)} with a shape, "
                       f"such as '{name}=normal(32,10)'.")
    if (made := _CALL.fullmatch(text)) and made[1] in _RANDOM:
        try:
            shape = ast.literal_eval(f"({made[2]},)") if made[2].strip() else ()
            return _RANDOM[made[1]](rng, shape)
        except (ValueError, SyntaxError, TypeError, MemoryError) as error:
            raise wrong from error
    try:
        return float(text) if _NO_LITERAL.fullmatch(text) else _literal(text)
    except (ValueError, SyntaxError, TypeError, OverflowError, MemoryError, RecursionError) as error:
        if _WORD.fullmatch(text):
            return text
        raise wrong from error


def _literal(text: str) -> Any:
    """What Python reads in a text, if it can be an argument here."""
    found = ast.literal_eval(text)
    if isinstance(found, int) and abs(found) >= 2**63:  # which NumPy would keep as an object
        return float(found)
    if found is not None and np.asarray(found).dtype.kind not in "biufU":  # complex, a dict ...
        raise ValueError(text)
    return found


def _bound(signature: inspect.Signature, values: Mapping[str, Any], typed: Mapping[str, str],
           target: str) -> inspect.BoundArguments:
    parameters = {name: parameter for name, parameter in signature.parameters.items()
                  if parameter.kind is not parameter.VAR_POSITIONAL}
    others = next((name for name, each in parameters.items() if each.kind is each.VAR_KEYWORD), None)
    unknown = [name for name in values if name not in parameters or name == others]
    if unknown and others is None:
        raise UsageError(f"{target} has no parameter {unknown[0]!r}. It is {_head(target, signature)}.")
    bound = signature.bind_partial()
    missing = []
    for name, parameter in parameters.items():
        if name == others:
            bound.arguments[name] = {each: _leaf(each, values[each]) for each in unknown}
        elif name in values:
            if _is_numeric(parameter) and values[name] is not None and _numbers(values[name]) is None:
                raise UsageError(f"{name}={typed[name]}: {name} is a number in {_head(target, signature)}; type one, "
                                 f"such as {name}=1.5, or a list of them.")
            bound.arguments[name] = _leaf(name, values[name], _counts(parameter))
        elif parameter.default is not parameter.empty:
            bound.arguments[name] = _leaf(name, parameter.default, _counts(parameter))
        else:
            missing.append(name)
    if "self" in missing:
        raise UsageError(f"{target} needs a self. {METHOD}")
    if missing:
        given = [*(f"{name}={text}" for name, text in typed.items()), *(f"{name}=1.0" for name in missing)]
        raise UsageError(f"{_head(target, signature)} needs a value for {', '.join(missing)}. "
                         f"Type for instance: {command(target, *given)}")
    return bound


def _head(target: str, signature: inspect.Signature) -> str:
    return f"{target.rpartition(':')[2]}{signature}"


def _is_numeric(parameter: inspect.Parameter) -> bool:
    return parameter.annotation in (int, "int", float, "float") or _numbers(parameter.default) is not None


def _counts(parameter: inspect.Parameter) -> bool:
    """Whether ints may be counts, indices or axes: an int is so annotated, or the default is one or a list of them."""
    default = _numbers(parameter.default) if isinstance(parameter.default, (int, list, tuple)) else None
    return parameter.annotation in (int, "int") or (default is not None and default.dtype.kind in "iu")


def _leaf(name: str, value: Any, counts: bool = False) -> Any:
    """Numbers as a Tensor that requires grad; anything else, and what counts, as it is."""
    array = _numbers(value)
    if array is None or (counts and array.dtype.kind in "iu"):
        return value
    return ag.tensor(array, dtype=array.dtype if array.dtype.kind == "f" else float, requires_grad=True, name=name)


def _numbers(value: Any) -> np.ndarray | None:
    """A number, or an array or list of them, as an array; None for anything else, and where there are none."""
    if not isinstance(value, (int, float, list, tuple, np.ndarray, np.number)):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # a list of lists of unequal lengths, or of tensors
        return None
    return array if array.size and array.dtype.kind in "iuf" else None  # not of bools, texts or objects
