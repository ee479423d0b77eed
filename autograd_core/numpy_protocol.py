"""How ``np.f(tensor)`` finds its primitive: the two protocols by which NumPy asks its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .derivatives import NUMPY
from .errors import DTypeError, ShapeError, UnsupportedError
from .recording import TensorBase, wrap

# Functions whose result does not vary smoothly with a tensor's values: they see the arrays, and what they
# return is a constant. (np.sign and its kin are in the table: their gradient is an exact zero.)
CONSTANT = frozenset({
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.isclose,
    np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.count_nonzero, np.searchsorted,
    np.all, np.any, np.allclose, np.array_equal, np.shape, np.ndim, np.size, np.result_type,
    np.zeros_like, np.ones_like, np.empty_like, np.array_repr, np.array_str, np.array2string,
    np.may_share_memory, np.shares_memory,
})

_HELP = "To compute it outside the graph, as a constant, use .numpy() on the tensor."


def constant(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call ``function`` on the tensors' arrays; arrays among the results become constant Tensors."""
    try:
        result = function(*_plain(args), **{name: _plain(value) for name, value in kwargs.items()})
    except TypeError as error:
        raise DTypeError(f"{function.__name__}: {error}") from None
    except ValueError as error:
        raise ShapeError(f"{function.__name__}: {error}") from None
    if isinstance(result, tuple):
        return tuple(wrap(x) if isinstance(x, np.ndarray) else x for x in result)
    return wrap(np.asarray(result)) if isinstance(result, (np.ndarray, np.generic)) else result


def array_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """``Tensor.__array_ufunc__``: a ufunc was called with a Tensor among its inputs or outputs."""
    if method != "__call__":
        raise UnsupportedError(
            f"numpy.{ufunc.__name__}.{method} has no derivative rule. For sums and products over an axis use "
            f"the functions of that name. {_HELP}"
        )
    out = kwargs.pop("out", None)
    if kwargs:
        raise UnsupportedError(f"numpy.{ufunc.__name__}: the options {sorted(kwargs)} are not supported on Tensors.")
    if out is not None:
        return _into(ufunc, inputs, out)
    if ufunc in NUMPY:
        return NUMPY[ufunc](*inputs)
    if ufunc in CONSTANT:
        return constant(ufunc, *inputs)
    raise UnsupportedError(f"numpy.{ufunc.__name__} has no derivative rule. {_HELP}")


def array_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``Tensor.__array_function__``: any other NumPy function was called with a Tensor."""
    if function in NUMPY:
        return NUMPY[function](*args, **kwargs)
    if function in CONSTANT:
        return constant(function, *args, **kwargs)
    name = f"{getattr(function, '__module__', 'numpy')}.{getattr(function, '__name__', function)}"
    raise UnsupportedError(f"{name} has no derivative rule. {_HELP}")


def _into(ufunc: np.ufunc, inputs: tuple[Any, ...], out: tuple[Any, ...]) -> Any:
    """``array -= tensor`` writes to a raw array: fine for constants, a silent detach for anything else."""
    if any(isinstance(x, TensorBase) for x in out):
        raise UnsupportedError(f"numpy.{ufunc.__name__}: out= cannot be a Tensor; use an in-place operator such as +=.")
    if any(isinstance(x, TensorBase) and x.node is not None for x in inputs):
        raise UnsupportedError(
            f"numpy.{ufunc.__name__}: writing a tensor that requires grad into a plain array would lose its gradient. "
            f"Make the array a Tensor, or use .numpy() on the right-hand side."
        )
    return ufunc(*_plain(inputs), out=out)


def _plain(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return value._data
    return type(value)(_plain(item) for item in value) if type(value) in (list, tuple) else value
