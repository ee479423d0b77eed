"""Calls a function of somebody's file, with what was typed: numbers become tensors that carry its parameters' names."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag

MODULE = "__drawn__"
"""What a loaded file finds as its ``__name__``: not ``"__main__"``, so that it does not run as a script."""

_RANDOM: Mapping[str, Callable[[np.random.Generator, tuple[int, ...]], Any]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "uniform": lambda rng, shape: rng.uniform(size=shape),
    "zeros": lambda _, shape: np.zeros(shape),
    "ones": lambda _, shape: np.ones(shape),
}
_CALL = re.compile(r"(\w+)\((.*)\)")
_WORD = re.compile(r"[\w./-]+")


class UsageError(Exception):
    """What was typed cannot be done; the message says what can."""


class CallError(Exception):
    """The file or its function failed."""

    def __init__(self, path: Path, raised: BaseException) -> None:
        super().__init__(path, raised)
        self.path, self.raised = path, raised


def load(path: Path) -> dict[str, Any]:
    """Run a Python file as an import would.

    Args:
        path: of the file; its folder comes first on ``sys.path``, as when Python runs a script.

    Returns:
        What the file defines.

    Raises:
        UsageError: there is no such file.
        CallError: it failed.
    """
    try:
        code = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    module = types.ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module  # where dataclasses look
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(code, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise CallError(path, error) from error
    return module.__dict__


def chosen(namespace: Mapping[str, Any], name: str, path: Path) -> Any:
    """The function or Tensor of that name.

    Args:
        namespace: what the file defines.
        name: what was typed; may be empty.
        path: of the file.

    Returns:
        It.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    if callable(namespace.get(name)) or isinstance(namespace.get(name), ag.Tensor):
        return namespace[name]
    there = [each for each, value in namespace.items() if not each.startswith("_")
             and (isinstance(value, ag.Tensor) or (getattr(value, "__module__", None) == MODULE and callable(value)))]
    if not there:
        raise UsageError(f"{path} defines no function, and no Tensor, that could be drawn.")
    likely = (get_close_matches(name, there, n=1, cutoff=0.3) or there)[0]
    wrong = f"{path} has no function or Tensor {name!r}." if name else f"which function of {path}?"
    raise UsageError(f"{wrong} It has {', '.join(there)}. Type for instance: python -m viz {path}:{likely}")


def call(function: Callable[..., Any], typed: Mapping[str, str], target: str, path: Path, seed: int = 0) -> Any:
    """Call a function with what was typed, and its own defaults.

    Args:
        function: anything with a signature.
        typed: values as text, by parameter.
        target: how the function was asked for, for messages.
        path: of its file.
        seed: of random arrays.

    Returns:
        What it returns.

    Raises:
        UsageError: a value for no parameter, or none for one that needs it.
        CallError: it failed.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{target} has no signature that could be read: draw a function that calls it.") from error
    rng = np.random.default_rng(seed)
    values = {name: value(text, name, rng) for name, text in typed.items()}
    bound = _bound(signature, values, typed, target)
    try:
        return function(*bound.args, **bound.kwargs)
    except (Exception, SystemExit) as error:
        raise CallError(path, error) from error


def value(text: str, name: str, rng: np.random.Generator) -> Any:
    """What a text stands for.

    Args:
        text: a number, a list of numbers, ``normal(32,10)``, ``uniform(...)``, ``zeros(...)`` or ``ones(...)`` of a
            shape; True, False, None; or else a word.
        name: of the parameter, for the message.
        rng: for what is random.

    Returns:
        The number, an array, or the word.

    Raises:
        UsageError: none of those.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> [value(text, "x", rng) for text in ("-2", "1e-3", "[1, 2]", "mean")]
        [-2, 0.001, array([1, 2]), 'mean']
    """
    wrong = UsageError(f"{name}={text}: not a number, a list of numbers, or one of {', '.join(_RANDOM)} with a shape, "
                       f"such as '{name}=normal(32,10)'.")
    if (made := _CALL.fullmatch(text)) and made[1] in _RANDOM:
        try:
            shape = ast.literal_eval(f"({made[2]},)") if made[2].strip() else ()
            return _RANDOM[made[1]](rng, shape)
        except (ValueError, SyntaxError, TypeError, MemoryError) as error:
            raise wrong from error
    if text.lower() in ("nan", "inf", "-inf"):
        return float(text)
    try:
        found = ast.literal_eval(text)
        return np.array(found) if isinstance(found, (list, tuple)) else found
    except (ValueError, SyntaxError) as error:
        if _WORD.fullmatch(text):
            return text
        raise wrong from error


def tensors(result: Any, name: str | None = None) -> Iterator[ag.Tensor]:
    """The Tensors in what a function returned: itself, or those in tuples, lists and dicts.

    Args:
        result: anything.
        name: the key under which it was found, given to a Tensor that has no name.

    Returns:
        Tensors.
    """
    if isinstance(result, ag.Tensor):
        if name and not result.name:
            result.name = name
        yield result
    elif isinstance(result, Mapping):
        for key, each in result.items():
            yield from tensors(each, str(key))
    elif isinstance(result, (tuple, list)):
        for each in result:
            yield from tensors(each)


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
            bound.arguments[name] = {each: _leaf(each, values[each], float) for each in unknown}
        elif name in values or parameter.default is not parameter.empty:
            bound.arguments[name] = _leaf(name, values.get(name, parameter.default), _kind(parameter))
        else:
            missing.append(name)
    if missing:
        given = " ".join([*(f"{name}={text}" for name, text in typed.items()), *(f"{name}=1.0" for name in missing)])
        raise UsageError(f"{_head(target, signature)} needs a value for {', '.join(missing)}. Type for instance: "
                         f"python -m viz {target} {given}")
    return bound


def _head(target: str, signature: inspect.Signature) -> str:
    return f"{target.rpartition(':')[2]}{signature}"


def _kind(parameter: inspect.Parameter) -> type:
    """``int`` for what may be a count or an index: so annotated, or with such a default."""
    if parameter.annotation in (int, "int") or type(parameter.default) is int:
        return int
    return float


def _leaf(name: str, value: Any, kind: type) -> Any:
    """A number or an array of them as a Tensor that requires grad; anything else, and what counts, as it is."""
    if isinstance(value, (int, float, np.ndarray, np.number)) and not (kind is int and isinstance(value, int)):
        array = np.asarray(value)
        if array.dtype.kind in "iuf":  # not of bools, texts or objects
            dtype = array.dtype if array.dtype.kind == "f" else float
            return ag.tensor(array, dtype=dtype, requires_grad=True, name=name)
    return value
