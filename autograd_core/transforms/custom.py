"""A user's own derivatives: ``custom_derivative`` gives a function its rules, ``stop_gradient`` takes it out."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import DTypeError, ShapeError
from ..modes import leaving
from ..recording import Primitive, Rule, TensorBase, wrap
from .structure import Tree, map_leaves

Function = Callable[..., Any]


def stop_gradient(tree: Tree) -> Tree:
    """The same values, as constants: no derivative goes through.

    Args:
        tree: a Tensor, or any structure of Tensors; other leaves stay what they are.

    Returns:
        The same structure, of Tensors that show the same memory.

    Example:
        >>> import autograd_core as ag
        >>> ag.grad(lambda x: x * ag.stop_gradient(x))(3.0)
        tensor(3.)
    """
    return map_leaves(
        lambda x: leaving("stop_gradient", x, wrap(x._data)) if isinstance(x, TensorBase) else x, tree
    )


def custom_derivative(**rules: Rule | None) -> Callable[[Function], Function]:
    """Decorate a function with its own derivative: a rule for each of its parameters that has one.

    The function gets plain arrays and may do anything with them: NumPy, SciPy, a solver. A rule gets ``g``, the
    gradient of the output, and, by the names of its other parameters, what it needs: an operand, the output ``y``, the
    shape of an operand ``x_shape``, an option. It returns the gradient of its operand. Written in operators, methods,
    NumPy functions that have rules, or other functions of this kind, it can be differentiated in turn.
    ``ag.testing.gradcheck`` checks it like any other.

    Args:
        rules: by parameter name; None for a parameter that takes arrays but has no derivative.

    Returns:
        A decorator. The decorated function takes Tensors, arrays or numbers for what has a rule, and returns a Tensor;
        its other parameters are options.

    Raises:
        TypeError: a rule for, or a rule that asks for, something that the function does not have.
        ShapeError: in backward, a rule's result does not have its operand's shape.
        DTypeError: a result that is not real numbers; a Tensor that requires grad where there is no rule.

    Example:
        >>> import autograd_core as ag
        >>> import numpy as np
        >>> @ag.custom_derivative(x=lambda g, x: g * np.where(np.abs(x) < 1, 1, 0.1))
        ... def clipped(x):
        ...     return np.clip(x, -1, 1)
        >>> ag.grad(lambda x: clipped(x).sum())(np.array([0.5, 3.0]))
        tensor([1. , 0.1])
    """

    def decorate(f: Function) -> Function:
        name = getattr(f, "__name__", type(f).__name__)
        signature = inspect.signature(f)
        _check_names(name, signature, rules)
        options = [parameter for parameter in signature.parameters if parameter not in rules]
        op = _Custom(
            name, _forward(f, name, list(rules)),
            {operand: rule and _checked(rule, name, operand) for operand, rule in rules.items()}, options=options,
        )

        @functools.wraps(f)
        def call(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = bound.arguments
            operands = [x if isinstance(x, TensorBase) else np.asarray(x) for x in (given[key] for key in rules)]
            return op(*operands, **{option: _constant(given[option], name, option) for option in options})

        return call

    return decorate


class _Custom(Primitive):
    """A primitive whose errors are its author's: they arrive as they were raised."""

    def failure(self, error: Exception, arrays: Sequence[Any], params: dict[str, Any]) -> Exception:
        return error


def _check_names(name: str, signature: inspect.Signature, rules: dict[str, Rule | None]) -> None:
    if not rules:
        raise TypeError(f"{name}: custom_derivative needs a rule; write @custom_derivative(x=lambda g, x: ...).")
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if bad := [str(p) for p in signature.parameters.values() if p.kind not in by_name]:
        raise TypeError(f"{name}: custom_derivative takes functions whose parameters have names; {bad} have none.")
    if unknown := [operand for operand in rules if operand not in signature.parameters]:
        raise TypeError(f"{name}: rules for {unknown}, but its parameters are {list(signature.parameters)}.")


def _forward(f: Function, name: str, operands: Sequence[str]) -> Function:
    def forward(*arrays: Any, **options: Any) -> np.ndarray:
        return _array(f(**dict(zip(operands, arrays, strict=True)), **options), f"{name} returned")

    return forward


def _checked(rule: Rule, name: str, operand: str) -> Rule:
    """``rule``, whose results are looked at; it also keeps the shape of its operand, to compare."""
    said = f"{name}: the rule for {operand} returned"
    shape_name = f"{operand}_shape"
    parameters = list(inspect.signature(rule).parameters.values())
    if not parameters:
        raise TypeError(f"{name}: the rule for {operand} takes no parameters; the first is g, the output's gradient.")
    asked = any(parameter.name == shape_name for parameter in parameters)

    def checked(g: Any, *kept: Any) -> Any:
        own = kept if asked else kept[:-1]
        shape = kept[[p.name for p in parameters].index(shape_name) - 1] if asked else kept[-1]
        gradient = rule(g, *own)
        if not isinstance(g, TensorBase):
            gradient = _array(gradient, said)[...]  # a view: the walk must not take the author's array for its own
        elif not isinstance(gradient, TensorBase):
            gradient = _array(gradient, said)
            if gradient.any():
                raise DTypeError(
                    f"{said} a plain array although its own derivative is asked for. Write it in operations that "
                    f"record: operators, methods and NumPy functions of g and what else it takes."
                )
            gradient = wrap(gradient)
        if gradient.shape != shape:
            raise ShapeError(f"{said} shape {gradient.shape} for an operand of shape {shape}.")
        return gradient

    kept_too = [] if asked else [inspect.Parameter(shape_name, inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    checked.__signature__ = inspect.Signature([*parameters, *kept_too])  # type: ignore[attr-defined]  # read by Primitive
    return checked


def _array(value: Any, said: str) -> np.ndarray:
    """A result as an array of real numbers."""
    if isinstance(value, TensorBase):
        return value._data
    array = np.asarray(value) if isinstance(value, (int, float, np.ndarray, np.generic)) else None
    if array is None or array.dtype.kind not in "biuf":
        what = f"a {type(value).__name__}" if array is None else str(array.dtype)
        raise DTypeError(f"{said} {what}; expected one array of real numbers.")
    return array


def _constant(value: Any, name: str, option: str) -> Any:
    if not isinstance(value, TensorBase):
        return value
    if value.node is not None:
        raise DTypeError(
            f"{name}: {option} requires grad, but there is no rule for it. Add {option}=..., or pass "
            f"stop_gradient({option})."
        )
    return value._data
