"""How an entry of the table is written: ``elementwise``, ``primitive``, ``composite``; and the table itself.

Registering an op gives it its recording, its NumPy function, its tests (by ``over=``) and its documentation.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from ..errors import DTypeError, ShapeError, UnsupportedError
from ..reals import real_array
from ..recording import Primitive, Rule, TensorBase
from .calls import elementwise_call
from .domains import Domain

if TYPE_CHECKING:
    from ..tensor import Tensor

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Entry:
    """One row of the table: a public function, where it is differentiable, and what NumPy calls it."""

    name: str
    function: Callable[..., Any]
    over: Domain
    primitive: Primitive | None  # None for a composition of other entries
    kink: str = ""  # what the gradient is where there is no derivative


TABLE: dict[str, Entry] = {}
NUMPY: dict[Callable[..., Any], Callable[..., Any]] = {}
"""NumPy's functions and ufuncs, and what they become when a Tensor is among the arguments."""


def elementwise(forward: Callable[..., Any], *, over: Domain, doc: str, example: str, name: str = "", kink: str = "",
                numpy: Callable[..., Any] | None = None, **rules: Rule) -> Callable[..., Tensor]:
    """Define a function of one or two operands that broadcast; its rules never mention broadcasting.

    Args:
        forward: the NumPy function (a ufunc's name and NumPy mapping are taken from it).
        over: where it is differentiable.
        doc: one line: what it is, and its derivative.
        example: a call and what it gives, ``"ag.f(0.0) -> tensor(1.)"``; it is run as a test.
        name: if not ``forward``'s own.
        kink: what the gradient is where there is no derivative, for people.
        numpy: NumPy's function of the same meaning, if ``forward`` is not it.
        rules: by operand name, in order.
    """
    name = name or forward.__name__
    op = Primitive(name, forward, dict(rules), elementwise=True, explain=_explain_broadcast)
    call = elementwise_call(op)
    operands = "Tensor, array or number, any shape" + ("s that broadcast together" if len(rules) > 1 else "")
    call.__name__ = call.__qualname__ = name
    call.__module__ = sys._getframe(1).f_globals["__name__"]
    asked, answer = example.split(" -> ")
    call.__doc__ = (
        f"{doc}\n\nArgs:\n    {', '.join(rules)}: {operands}.\n\nReturns:\n    Tensor of the (broadcast) shape; "
        f"float dtypes are kept, or promoted as NumPy does.\n\nRaises:\n    ShapeError: shapes that do not "
        f"broadcast.\n    DTypeError: an operand that is not real numbers.\n\nExample:\n"
        f"    >>> import autograd_core as ag\n    >>> {asked}\n    {answer}\n"
    )
    _register(call, over, numpy or (forward if isinstance(forward, np.ufunc) else None), op, kink)
    return call


def primitive(*, over: Domain, numpy: Callable[..., Any] | None = None, variadic: bool = False, view: bool = False,
              explain: Callable[..., str] | None = None, kink: str = "",
              **rules: Rule | None) -> Callable[[Callable[P, Any]], Callable[P, Tensor]]:
    """Define an op on whole arrays: decorates its forward function, whose first parameters are the operands.

    Args:
        over: calls that reach every branch.
        numpy: NumPy's function of the same meaning.
        variadic: the first argument is a sequence of operands, all served by the one rule.
        view: the output shows the memory of the first operand.
        explain: given what the forward function was given when it failed, says why.
        kink: what the gradient is where there is no derivative, for people.
        rules: by operand name, in order; None for an operand that has no derivative.
    """

    def decorate(forward: Callable[P, Any]) -> Callable[P, Tensor]:
        name, count = forward.__name__, len(rules)
        parameters = list(inspect.signature(forward).parameters.values())
        options = parameters[count:]
        defaults = {option.name: option.default for option in options}
        names = list(defaults)
        positional = [option.name for option in options if option.kind is not inspect.Parameter.KEYWORD_ONLY]
        plain = inspect.Parameter.empty not in defaults.values()  # may be called with its operands alone
        joined = (lambda *xs, **o: forward(xs, **o)) if variadic else forward
        op = Primitive(name, joined, dict(rules), options=names, variadic=variadic, view=view, explain=explain)

        def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
            """The operands, and every option by name."""
            args += tuple(kwargs.pop(x.name) for x in parameters[:count] if x.name in kwargs)
            if len(args) < count or len(args) > count + len(positional):
                raise TypeError(f"{name}: takes {[*rules, *names]}, got {len(args)} positional arguments.")
            params = defaults | dict(zip(positional, args[count:], strict=False))
            for option, value in kwargs.items():
                if option in params:
                    params[option] = value
                elif value is not None:
                    raise UnsupportedError(f"{name}: the option {option}= is not supported; it takes {names}.")
            if missing := [option for option, value in params.items() if value is inspect.Parameter.empty]:
                raise TypeError(f"{name}: missing {missing}.")
            return args[:count], params

        @functools.wraps(forward)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            operands, params = (args, defaults) if len(args) == count and plain and not kwargs else bind(args, kwargs)
            return op(*(operands[0] if variadic else operands), **params)  # type: ignore[misc]  # a sequence

        _register(call, over, numpy, op, kink)
        return call

    return decorate


def composite(*, over: Domain, numpy: Callable[..., Any] | None = None, kink: str = ""
              ) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function written with other entries: it needs no rule, but is tested and listed like one."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _register(function, over, numpy, None, kink)
        return function

    return decorate


def apply(function: Callable[..., Any], g: Any, *args: Any, **options: Any) -> Any:
    """One of the table's own functions in a rule: plain NumPy on an array, recorded on a Tensor."""
    if isinstance(g, TensorBase):
        return function(g, *args, **options)
    return primitive_of(function).forward(g, *args, **options)


def as_array(x: Any) -> Any:
    """An operand of a composition: a Tensor as it is, the rest as an array of real numbers."""
    if isinstance(x, TensorBase):
        return x
    try:
        return real_array(x)
    except (DTypeError, ShapeError) as error:
        raise type(error)(f"{_running()}: an operand {error}") from None


def _running() -> str:
    """The entry of the table that is being called, by the stack: only on the way to an error."""
    frame = sys._getframe(2)
    while frame.f_code.co_name not in TABLE and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_name


def primitive_of(function: Callable[..., Any]) -> Primitive:
    """The primitive behind one of the table's own functions."""
    return TABLE[function.__name__].primitive  # type: ignore[return-value]  # it has one, or this is a bug


def _register(call: Callable[..., Any], over: Domain, numpy: Callable[..., Any] | None, op: Primitive | None,
              kink: str) -> None:
    TABLE[call.__name__] = Entry(call.__name__, call, over, op, kink)
    if numpy is not None:
        NUMPY[numpy] = call


def _explain_broadcast(*arrays: Any) -> str:
    shapes = [np.shape(array) for array in arrays]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        listed = " and ".join(str(shape) for shape in shapes)
        return (
            f"shapes {listed} do not broadcast together; aligned from the right, each pair of sizes "
            f"must be equal or contain a 1."
        )
    return ""
