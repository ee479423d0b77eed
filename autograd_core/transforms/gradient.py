"""Functions of one number out: ``grad`` and ``value_and_grad``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ShapeError
from .calls import Call, pull

Function = Callable[..., Any]


def grad(f: Function, argnums: int | Sequence[int] = 0, *, has_aux: bool = False) -> Function:
    """The function that computes the gradient of ``f``. (∇f)ᵢ = ∂f/∂xᵢ.

    Args:
        f: returns a single number: a Tensor with one element. Its arguments may be Tensors, arrays, floats, and any
            nesting of these in lists, tuples and dicts.
        argnums: which positional argument, or arguments, to differentiate by.
        has_aux: ``f`` returns ``(value, anything else)``.

    Returns:
        A function of the same arguments. It gives the gradient in the structure of the argument: Tensors, of the shape
        and dtype of what they belong to, zeros where ``f`` does not depend on it, None for leaves that are not floats;
        a tuple of these for several argnums; ``(gradient, anything else)`` with ``has_aux``.
        It may be differentiated in turn, and works inside ``no_grad``.

    Raises:
        ShapeError: ``f`` returned more than a number; there is no such argument.
        DTypeError: no floats to differentiate by, or not a float to differentiate.

    Example:
        >>> import autograd_core as ag
        >>> ag.grad(lambda x: x**3)(2.0)
        tensor(12.)
        >>> ag.grad(ag.grad(lambda x: x**3))(2.0)
        tensor(12.)
        >>> ag.grad(lambda p: (p["w"] * p["x"]).sum())({"w": 3.0, "x": 1.0})
        {'w': tensor(1.), 'x': tensor(3.)}
    """
    differentiate = _differentiated("grad", f, argnums, has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, aux, found = differentiate(args, kwargs)
        return (found, aux) if has_aux else found

    return gradient


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, *, has_aux: bool = False) -> Function:
    """The function that computes ``f`` and its gradient, at the cost of the gradient.

    Args:
        f: as for :func:`grad`.
        argnums: as for :func:`grad`.
        has_aux: ``f`` returns ``(value, anything else)``.

    Returns:
        A function of the same arguments that gives ``(value, gradient)``; ``((value, anything else), gradient)`` with
        ``has_aux``.

    Raises:
        ShapeError: as :func:`grad`.
        DTypeError: as :func:`grad`.

    Example:
        >>> import autograd_core as ag
        >>> ag.value_and_grad(lambda x: x**3)(2.0)
        (tensor(8.), tensor(12.))
    """
    differentiate = _differentiated("value_and_grad", f, argnums, has_aux)

    @functools.wraps(f)
    def both(*args: Any, **kwargs: Any) -> Any:
        value, aux, found = differentiate(args, kwargs)
        return ((value, aux) if has_aux else value), found

    return both


def _differentiated(what: str, f: Function, argnums: int | Sequence[int],
                    has_aux: bool) -> Callable[[Sequence[Any], dict[str, Any]], tuple[Any, Any, Any]]:
    """What both have in common: from arguments to value, aux and gradient."""

    def differentiate(args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, Any, Any]:
        call = Call(what, f, args, (argnums,) if isinstance(argnums, int) else argnums, kwargs)
        value, aux = split_aux(what, call.result) if has_aux else (call.result, None)
        value = call.scalar(value)
        found = call.structured(pull([value], [None], call.variables, call.depends([value])))
        return call.settled((value, aux, found[0] if isinstance(argnums, int) else found))  # type: ignore[no-any-return]

    return differentiate


def split_aux(what: str, result: Any) -> tuple[Any, Any]:
    """(value, aux), which a function with ``has_aux`` must return."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        kind = type(result).__name__
        raise ShapeError(f"{what}: with has_aux=True the function must return (value, aux); it returned a {kind}.")
    return result[0], result[1]
