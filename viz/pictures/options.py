"""Checks of what ``draw``, ``diff``, ``explore`` and ``tree`` are asked for, with errors that say what can be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from autograd_core.errors import DTypeError, OptionError
from autograd_core.graph import Graph, seeds
from autograd_core.options import at_least_0, from_0_to_1, integer, number
from autograd_core.recording import TensorBase

from ..errors import FormatError
from .captions import SHOW

_LEAST = {"depth": 0, "radius": 0, "max_nodes": 4}


def check_drawing(caller: str, show: Iterable[str], direction: str, *, title: str | None = None,
                  repeats: bool | None = None, **sizes: int | None) -> set[str]:
    """Check what ``draw``, ``diff`` and ``explore`` share.

    Args:
        caller: for the message.
        show: one word or several, of ``SHOW``.
        direction: ``"LR"`` or ``"TB"``.
        title: text, or None.
        repeats: True, False or None.
        sizes: as for ``check_sizes``.

    Returns:
        The words of ``show``.

    Raises:
        FormatError: a direction or a word that there is not.
        DTypeError: a title or a word that is no text, or a size that is no integer.
        OptionError: a size that is too small, or another ``repeats``.
    """
    shown = set(texts(caller, "show", show))
    if direction not in ("LR", "TB"):
        raise FormatError(f"{caller}: direction={direction!r}; a drawing goes \"LR\" or \"TB\".")
    if unknown := shown - set(SHOW):
        raise FormatError(f"{caller}: show has {sorted(unknown)}; a drawing can show {', '.join(map(repr, SHOW))}.")
    if not isinstance(title, str | None):
        raise DTypeError(f"{caller}: title={title!r}; expected text.")
    check_repeats(caller, repeats)
    check_sizes(caller, **sizes)
    return shown


def texts(caller: str, option: str, asked: Any) -> list[str]:
    """One text or several, as a list.

    Raises:
        DTypeError: anything else.
    """
    several = [asked] if isinstance(asked, str) else list(asked) if isinstance(asked, Iterable) else None
    if several is None or not all(isinstance(each, str) for each in several):
        raise DTypeError(f"{caller}: {option}={asked!r:.60}; expected one text or several.")
    return several


def check_path(caller: str, path: Any) -> None:
    """Check that a path is one.

    Raises:
        DTypeError: it is neither text nor a Path.
    """
    if not isinstance(path, str | os.PathLike):
        raise DTypeError(f"{caller}: path={path!r:.60}; expected text or a Path.")


def check_repeats(caller: str, repeats: bool | None) -> None:
    """Check whether repeats are to be shown once.

    Raises:
        OptionError: neither True, nor False, nor None.
    """
    if repeats not in (None, True, False):
        raise OptionError(f"{caller}: repeats={repeats!r}; expected True, False or None.")


def check_sizes(caller: str, **sizes: int | None) -> None:
    """Check ``depth``, ``radius`` and ``max_nodes``, each an integer that is not too small, or None.

    Raises:
        DTypeError: another type.
        OptionError: too small.
    """
    for name, size in sizes.items():
        if size is not None:
            integer(f"{caller}: {name}", size, least=_LEAST[name])


def check_limits(caller: str, *, tiny: float, huge: float, many: float = 1.0) -> None:
    """Check from where on something is flagged: see ``flags_of``.

    Raises:
        DTypeError: not a number.
        OptionError: NaN, a share outside [0, 1], or ``tiny`` above ``huge``.
    """
    at_least_0(f"{caller}: tiny", tiny)
    from_0_to_1(f"{caller}: many", many)
    if number(f"{caller}: huge", huge) < tiny:
        raise OptionError(f"{caller}: tiny={tiny!r} is above huge={huge!r}; every gradient would be flagged.")


def check_outputs(caller: str, outputs: Any, grad: Any = None) -> None:
    """Check that there is something to draw: a Tensor, or several, or a snapshot; and what arrives at it.

    Raises:
        DTypeError: anything else.
        GraphError: an output that does not require grad.
        ShapeError: a ``grad`` of another shape than its output, or not one for each.
    """
    if isinstance(outputs, Graph):
        return
    several = isinstance(outputs, Sequence) and not isinstance(outputs, str)
    tensors = outputs if several else [outputs]
    if tensors and all(isinstance(output, TensorBase) for output in tensors):
        seeds(outputs, grad, caller)
        return
    if hasattr(outputs, "named_parameters"):
        remedy = "Call the model and pass what it gives; viz.tree(model) tells what it holds."
    elif hasattr(outputs, "values"):
        remedy = "Pass list(outputs.values())."
    else:
        remedy = "Pass what was computed from tensors with requires_grad=True."
    got = type(outputs).__name__
    if several:
        others = (type(output).__name__ for output in outputs if not isinstance(output, TensorBase))
        got = f"{got} that holds {next(others, 'nothing')}"
    raise DTypeError(f"{caller}: expected a Tensor, several in a list, or a snapshot from ag.graph; got {got}. "
                     f"{remedy}")


def check_model(caller: str, model: Any) -> None:
    """Check that a model has parameters with names, if there is one.

    Raises:
        DTypeError: it has none.
    """
    if model is not None and not hasattr(model, "named_parameters"):
        raise DTypeError(f"{caller}: model={model!r:.60}; expected something with named_parameters(), such as an "
                         "nn.Module.")
