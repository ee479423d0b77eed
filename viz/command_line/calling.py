"""A file that somebody wrote: run it, find a function in it, call that, and find the Tensors in what it returns."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import autograd_core as ag

from .arguments import METHOD, UsageError, command

MODULE = "__drawn__"
"""What a loaded file finds as its ``__name__``: not ``"__main__"``, so that it does not run as a script."""


class CallError(Exception):
    """The file or its function failed."""

    def __init__(self, path: Path, raised: BaseException) -> None:
        super().__init__(path, raised)
        self.path, self.raised = path, raised


def load(path: Path) -> dict[str, Any]:
    """Run a Python file as an import would.

    Args:
        path: of the file; its folder comes first on ``sys.path``, and ``sys.argv`` has its name and no more, as when
            Python runs a script.

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
    sys.argv = [str(path)]
    try:
        exec(compile(code, str(path), "exec", dont_inherit=True), module.__dict__)  # not our __future__
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
    if _can_be_drawn(namespace.get(name)):
        return namespace[name]
    there = [each for each, value in namespace.items() if not each.startswith("_") and _can_be_drawn(value)
             and (isinstance(value, ag.Tensor) or getattr(value, "__module__", None) == MODULE)]
    if not there:
        raise UsageError(f"{path} defines no function, and no Tensor, that could be drawn.")
    likely = (get_close_matches(name, there, n=1, cutoff=0.3) or there)[0]
    wrong = f"{path} has no function or Tensor {name!r}." if name else f"which function of {path}?"
    if "." in name:
        wrong += f" {METHOD}"
    raise UsageError(f"{wrong} It has {', '.join(there)}. Type for instance: {command(f'{path}:{likely}')}")


def _can_be_drawn(value: Any) -> bool:
    return isinstance(value, ag.Tensor) or (callable(value) and not isinstance(value, type))


def call(function: Callable[..., Any], bound: inspect.BoundArguments, path: Path) -> Any:
    """Call a function.

    Args:
        function: anything that can be called.
        bound: with what: from ``arguments_of``.
        path: of its file.

    Returns:
        What it returns.

    Raises:
        CallError: it failed.
    """
    try:
        return function(*bound.args, **bound.kwargs)
    except (Exception, SystemExit) as error:
        raise CallError(path, error) from error


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
