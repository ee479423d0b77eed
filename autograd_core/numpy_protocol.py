"""How ``np.f(tensor)`` finds its primitive: the two protocols by which NumPy asks its arguments.

What is in the table is recorded. What is piecewise constant, or given nothing but constants, is computed by NumPy
itself and gives a constant. Everything else is refused by name: nothing is detached in silence.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .derivatives import NUMPY, TABLE
from .derivatives.elementwise import astype
from .errors import AutogradError, DTypeError, SelectionError, ShapeError, UnsupportedError
from .modes import current_mode
from .mutation import assign, update
from .numpy_verdicts import CONSTANT as CONSTANT
from .numpy_verdicts import IN_PLACE, name_of, why_no_rule
from .recording import TensorBase, wrap

REDUCE: dict[Any, Callable[..., Any]] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logaddexp: TABLE["logsumexp"].function,
}
"""What ``ufunc.reduce`` is called as a function."""

ACCUMULATE: dict[Any, Callable[..., Any]] = {
    np.add: np.cumsum, np.multiply: np.cumprod,
    np.maximum: TABLE["cummax"].function, np.minimum: TABLE["cummin"].function,
    np.logaddexp: TABLE["logcumsumexp"].function,
}
"""What ``ufunc.accumulate`` is called as a function."""

_AS_REDUCE = {function: ufunc for ufunc, function in REDUCE.items()}
_WITH_DTYPE = frozenset({
    np.mean, np.var, np.std, np.cumsum, np.cumprod, np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd,
    np.nancumsum, np.nancumprod, np.trace, *(getattr(np, f"cumulative_{of}", np.cumsum) for of in ("sum", "prod")),
})
"""Functions of one array whose ``dtype=`` is that of the calculation."""

_OF_SHAPE = frozenset({np.shape, np.ndim})
"""What most layers ask; answered at once, it takes a fifth of the time of :func:`constant`."""

_OPTIONS = frozenset({"out", "dtype", "initial", "where"})
_DEFAULTS = {"casting": "same_kind", "order": "K", "subok": True, "signature": None, "axes": None, "axis": None}
_AT = "it writes into its argument; write t[i] = ..., or add ag.scatter_add(values, i, t.shape)"


# The protocols


def array_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """``Tensor.__array_ufunc__``: a ufunc was called with a Tensor among its inputs or outputs."""
    if method == "__call__" and not options and ufunc in NUMPY:
        try:
            return NUMPY[ufunc](*inputs)
        except DTypeError:
            if any(_answers_for_itself(x) for x in inputs):
                return NotImplemented
            raise
    name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    out = options.pop("out", ())
    if _holds_tensor(out):
        return _store(name, functools.partial(array_ufunc, ufunc, method, *inputs), out, options)
    if method == "at" and isinstance(inputs[0], TensorBase):
        raise UnsupportedError(_refusal(name, _AT))
    depends = _depends(inputs)
    if out:
        if depends:
            raise UnsupportedError(_LOST.format(name))
        getattr(ufunc, method)(*_plain(inputs), out=out, **_plain_options(options))
        return out[0] if len(out) == 1 else out
    if (ufunc in CONSTANT and method != "at") or not depends:
        return constant(ufunc if method == "__call__" else getattr(ufunc, method), *inputs, **options)
    if method == "__call__" and ufunc in NUMPY:
        return NUMPY[ufunc](*_converted(name, inputs, options))
    if method == "reduce" and ufunc in REDUCE:
        return _reduce(name, ufunc, *inputs, **_on_first_axis(inputs, options))
    if method == "accumulate" and ufunc in ACCUMULATE:
        return _accumulate(name, ufunc, *inputs, **_on_first_axis(inputs, options))
    if method == "outer" and ufunc in NUMPY:
        a, b = _converted(name, inputs, options)
        return NUMPY[ufunc](np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    raise UnsupportedError(_refusal(name, why_no_rule(ufunc) if method == "__call__" else "it has no rule"))


def array_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``Tensor.__array_function__``: any other NumPy function was called with a Tensor."""
    if function in _OF_SHAPE and len(args) == 1 and not kwargs:
        return function(_plain(args[0]))
    ours = NUMPY.get(function)
    if ours is not None and _OPTIONS.isdisjoint(kwargs):
        try:
            return ours(*args, **kwargs)
        except DTypeError:
            raise
        except (UnsupportedError, TypeError):  # an option that only NumPy has: good enough for constants
            if _depends((args, kwargs)):
                raise
    if function in CONSTANT and kwargs.get("out") is None:
        return constant(function, *args, **kwargs)
    name = name_of(function)
    options = {key: value for key, value in kwargs.items() if key != "out"}
    depends = _depends((args, options))
    if isinstance(out := kwargs.get("out"), TensorBase):
        return _store(name, lambda: array_function(function, args, options), (out,), {})
    if name.removeprefix("numpy.") in IN_PLACE and isinstance(args[0], TensorBase):
        raise UnsupportedError(_refusal(name, why_no_rule(function)))
    if not depends:
        result = constant(function, *args, **kwargs)
        return result if out is None else out
    if out is not None:
        raise UnsupportedError(_LOST.format(name))
    if ours is None:
        raise UnsupportedError(_refusal(name, why_no_rule(function)))
    return _in_other_terms(name, function, args, options)


def constant(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call ``function`` on the tensors' arrays; real arrays among the results become constant Tensors."""
    try:
        result = _wrapped(function(*_plain(args), **_plain_options(kwargs)))
    except AutogradError:
        raise
    except TypeError as error:
        raise DTypeError(f"{_short(function)}: {error}") from None
    except ValueError as error:
        raise ShapeError(f"{_short(function)}: {error}") from None
    except IndexError as error:
        raise SelectionError(f"{_short(function)}: {error}") from None
    if (watch := current_mode().watch) is not None:
        watch.left(_short(function), list(_tensors_in((args, kwargs))), result)
    return result


def _short(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", str(function))


# The options and methods that ufuncs and reductions have in common


def _in_other_terms(name: str, function: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call our ``function`` with ``dtype=``, ``initial=`` or ``where=`` put in terms of others."""
    if function in _AS_REDUCE:
        return _reduce(name, _AS_REDUCE[function], *args, **options)
    if function in _WITH_DTYPE and "dtype" in options:
        args = (*_converted(name, args[:1], {"dtype": options.pop("dtype")}), *args[1:])
    return NUMPY[function](*args, **options)


def _reduce(name: str, ufunc: Any, x: Any, axis: Any = None, dtype: Any = None, out: None = None,
            keepdims: Any = False, initial: Any = None, where: Any = True) -> Any:
    """A reduction by ``ufunc``: what ``where`` leaves out counts as the identity, ``initial`` as one more element."""
    (x,) = _converted(name, (x,), {"dtype": dtype})
    initial = None if initial is np._NoValue else initial
    if where is not True:
        nothing = ufunc.identity if ufunc.identity is not None else initial
        if nothing is None:
            raise UnsupportedError(f"{name}: where= needs initial=, the value where nothing is left.")
        x = np.where(where, x, nothing)
    function = REDUCE[ufunc]
    y = NUMPY.get(function, function)(x, axis, keepdims=keepdims is not np._NoValue and bool(keepdims))
    return y if initial is None else NUMPY[ufunc](y, initial)


def _accumulate(name: str, ufunc: Any, x: Any, axis: int = 0, dtype: Any = None) -> Any:
    function = ACCUMULATE[ufunc]
    return NUMPY.get(function, function)(*_converted(name, (x,), {"dtype": dtype}), axis)


def _converted(name: str, operands: Any, options: dict[str, Any]) -> tuple[Any, ...]:
    """The operands in the ``dtype=`` to calculate in, a float; other options must be what they are by default."""
    unknown = {key: value for key, value in options.items() if key != "dtype" and not _is_default(key, value)}
    if "where" in unknown:
        raise UnsupportedError(f"{name}: where= without a Tensor as out= leaves elements undefined; use np.where.")
    if unknown:
        raise UnsupportedError(f"{name}: the options {sorted(unknown)} are not supported on tensors that require grad.")
    if (dtype := options.get("dtype")) is None:
        return tuple(operands)
    if np.dtype(dtype).kind != "f":
        raise DTypeError(f"{name}: dtype={np.dtype(dtype)} carries no gradient; use a float, or .numpy().")
    numbers = (int, float)  # these stay weak
    return tuple(x if isinstance(x, numbers) else astype(x, dtype) for x in operands)


def _is_default(option: str, value: Any) -> bool:
    return value is True if option == "where" else option in _DEFAULTS and value == _DEFAULTS[option]


def _on_first_axis(inputs: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """The options of a ufunc's method, where an axis not given is the first."""
    return options if len(inputs) > 1 else {"axis": 0} | options


def _store(name: str, compute: Callable[..., Any], out: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """``out=`` a Tensor: what ``out[where] = ...`` would do, recorded like it."""
    where = options.pop("where", True)
    with np.errstate(all="ignore") if where is not True else contextlib.nullcontext():  # of what is not asked for
        result = compute(**options)
    for target, value in zip(out, result if isinstance(result, tuple) else (result,), strict=True):
        if target is None:
            continue
        if not isinstance(target, TensorBase):
            raise UnsupportedError(f"{name}: out= mixes Tensors and arrays.")
        if not np.can_cast(value.dtype, target._data.dtype, "same_kind"):
            raise DTypeError(f"{name}: a result of {value.dtype} does not fit into out= of {target._data.dtype}.")
        if where is not True:
            value = NUMPY[np.where](where, value, target)
        if value.node is None:
            assign(target, ..., value)
        else:
            update(target, value, name)
    return out[0] if len(out) == 1 else out


_LOST = (
    "{}: writing a tensor that requires grad into a plain array would lose its gradient. "
    "Make the array a Tensor, or use .numpy() on what goes in."
)


def _refusal(name: str, why: str) -> str:
    return (
        f"{name} has no derivative rule ({why}). Give it one with ag.custom_derivative, or compute it outside "
        f"the graph, as a constant, with .numpy() of the tensor."
    )


# Tensors among arguments and results


def _depends(value: Any) -> bool:
    """Whether a derivative would have to flow to something in ``value``."""
    return current_mode().recording and any(x.node is not None for x in _tensors_in(value))


def _holds_tensor(value: Any) -> bool:
    return any(True for _ in _tensors_in(value))


def _tensors_in(value: Any) -> Any:
    if isinstance(value, TensorBase):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors_in(item)
    elif isinstance(value, dict):
        yield from _tensors_in(list(value.values()))


def _answers_for_itself(x: Any) -> bool:
    """Whether ``x`` is of a foreign type that has its own say about NumPy's functions."""
    return not isinstance(x, TensorBase | np.ndarray | np.generic) and getattr(x, "__array_ufunc__", None) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return value._data
    return type(value)(_plain(item) for item in value) if type(value) in (list, tuple) else value


def _plain_options(options: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in options.items()}


def _wrapped(result: Any) -> Any:
    if isinstance(result, np.ndarray | np.generic):
        return wrap(np.asarray(result)) if result.dtype.kind in "biuf" else result
    if isinstance(result, list | tuple):
        items = [_wrapped(item) for item in result]
        return type(result)(*items) if hasattr(result, "_fields") else type(result)(items)
    return result

