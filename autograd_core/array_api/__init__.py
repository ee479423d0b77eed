"""The Python array API standard (2023.12, 2024.12) on Tensors: its names, over the same functions.

``x.__array_namespace__()`` is this module, so array-API code runs on Tensors, and is differentiable where its
functions are. What the standard has beyond real numbers (complex dtypes, FFTs) is not here.

>>> import autograd_core as ag
>>> x = ag.tensor([3.0, 4.0], requires_grad=True)
>>> xp = x.__array_namespace__()
>>> xp.linalg.vector_norm(x).backward()
>>> x.grad
tensor([0.6, 0.8])

https://data-apis.org/array-api/2024.12/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import creation
from ..creation import arange as arange
from ..creation import asarray as asarray
from ..creation import empty as empty
from ..creation import empty_like as empty_like
from ..creation import eye as eye
from ..creation import full as full
from ..creation import linspace as linspace
from ..creation import ones as ones
from ..creation import ones_like as ones_like
from ..creation import zeros as zeros
from ..creation import zeros_like as zeros_like
from ..derivatives import NUMPY, TABLE
from ..errors import DTypeError, ShapeError
from ..numpy_protocol import constant
from ..recording import TensorBase
from . import linalg as linalg
from .inspection import DTYPES, NamespaceInfo
from .through import function

VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12")
__array_api_version__ = VERSIONS[-1]
__array_namespace_info__ = NamespaceInfo

e, pi, inf, nan, newaxis = np.e, np.pi, np.inf, np.nan, None

NAMES = [
    "abs", "acos", "acosh", "add", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and", "bitwise_invert",
    "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "ceil", "conj", "copysign", "cos",
    "cosh", "divide", "equal", "exp", "expm1", "floor", "floor_divide", "greater", "greater_equal", "hypot", "imag",
    "isfinite", "isinf", "isnan", "less", "less_equal", "log", "log10", "log1p", "log2", "logaddexp", "logical_and",
    "logical_not", "logical_or", "logical_xor", "maximum", "minimum", "multiply", "negative", "nextafter", "not_equal",
    "positive", "pow", "real", "reciprocal", "remainder", "round", "sign", "signbit", "sin", "sinh", "sqrt", "square",
    "subtract", "tan", "tanh", "trunc", "broadcast_to", "concat", "expand_dims", "flip",
    "moveaxis", "permute_dims", "repeat", "roll", "squeeze", "stack", "tile", "unstack", "tril", "triu",
    "take", "take_along_axis", "where", "matmul", "matrix_transpose", "tensordot", "vecdot", "all", "any",
    "count_nonzero", "diff", "argmax", "argmin", "isin", "nonzero", "searchsorted", "cumulative_prod",
    "cumulative_sum", "max", "mean", "min", "prod", "std", "sum", "var", "unique_all", "unique_counts",
    "unique_inverse",
]
"""The functions that are NumPy's under the same name, with the same arguments."""

globals().update({name: function(np, name) for name in NAMES})
globals().update(DTYPES)

__all__ = [
    *NAMES, *DTYPES, "arange", "argsort", "asarray", "astype", "broadcast_arrays", "broadcast_shapes", "can_cast",
    "clip", "e", "empty", "empty_like", "eye", "finfo", "from_dlpack", "full", "full_like", "iinfo", "inf", "isdtype",
    "linalg", "linspace", "meshgrid", "nan", "newaxis", "ones", "ones_like", "pi", "reshape", "result_type", "sort",
    "unique_values", "zeros", "zeros_like",
]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


# Where the standard asks for something else than NumPy's function, or NumPy's function asks no Tensor.


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Any:
    """``x`` in another dtype: recorded from float to float, a constant for integers and booleans.

    Args:
        x: Tensor or array.
        dtype: the dtype to convert to.
        copy: False to return ``x`` itself where it has that dtype.
        device: None or "cpu".

    Returns:
        Tensor of the same shape.
    """
    creation.on_cpu("astype", device)
    if isinstance(x, TensorBase) and x._data.dtype == dtype:
        return TABLE["clone"].function(x) if copy else x
    if np.dtype(dtype).kind not in "biuf":
        raise DTypeError(f"astype: tensors hold real numbers, not {np.dtype(dtype)}.")
    if np.dtype(dtype).kind == "f":
        return TABLE["astype"].function(x, dtype)
    return constant(np.ndarray.astype, np.asarray(x) if not isinstance(x, TensorBase) else x, dtype)


if hasattr(np, "astype"):
    NUMPY[np.astype] = astype


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Any:
    """The array of another library as a Tensor, sharing its memory where it can."""
    creation.on_cpu("from_dlpack", device)
    return asarray(np.from_dlpack(x), copy=copy)


def broadcast_arrays(*arrays: Any) -> list[Any]:
    """All of them in the shape that they broadcast to together."""
    return list(TABLE["broadcast_arrays"].function(*arrays))


def meshgrid(*arrays: Any, indexing: str = "xy") -> list[Any]:
    """The coordinates of a grid, one array for each axis."""
    return list(TABLE["meshgrid"].function(*arrays, indexing=indexing))


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: str | None = None) -> Any:
    """``fill_value`` everywhere, in the shape and dtype of ``x``."""
    return full(x.shape, fill_value, x.dtype if dtype is None else dtype, device=device)


def reshape(x: Any, /, shape: Sequence[int], *, copy: bool | None = None) -> Any:
    """The same elements in another shape; ``copy=False`` is an error where that takes a copy."""
    y = TABLE["reshape"].function(x, shape)
    if copy is False and x.size and not np.shares_memory(y, x):
        raise ShapeError(f"reshape: copy=False, but from {x.shape} to {shape} takes a copy.")
    return TABLE["clone"].function(y) if copy else y


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """``x`` limited to what lies between ``min`` and ``max``; the dtype stays."""
    return TABLE["clip"].function(x, min, max)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """The elements in order along ``axis``; the gradient follows them."""
    y = TABLE["sort"].function(x, axis, stable=stable)
    return TABLE["flip"].function(y, axis) if descending else y


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """The indices that would sort ``x``; equal elements stay in order, also when descending."""
    if not descending:
        return constant(np.argsort, x, axis=axis, stable=stable)
    backwards = np.flip(constant(np.argsort, np.flip(x, axis), axis=axis, stable=stable), axis)
    return x.shape[axis] - 1 - backwards


def unique_values(x: Any, /) -> Any:
    """The different elements, in order; the gradient goes to the first of equal ones. NaNs are all different."""
    plain = x._data if isinstance(x, TensorBase) else x
    return TABLE["take"].function(x, np.unique(plain, return_index=True, equal_nan=False)[1])


# About dtypes: nothing to differentiate

isdtype, broadcast_shapes = np.isdtype, np.broadcast_shapes


def _dtype(x: Any) -> Any:
    return getattr(x, "dtype", x) if not isinstance(x, type) else x


class FloatInfo(NamedTuple):
    """What a float dtype can hold."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: np.dtype[Any]


def finfo(type: Any, /) -> FloatInfo:
    """What a float dtype, or that of an array, can hold."""
    info = np.finfo(_dtype(type))
    eps, most, least, normal = map(float, (info.eps, info.max, info.min, info.smallest_normal))
    return FloatInfo(info.bits, eps, most, least, normal, np.dtype(info.dtype))


def iinfo(type: Any, /) -> np.iinfo[Any]:
    """What an integer dtype, or that of an array, can hold."""
    return np.iinfo(_dtype(type))


def can_cast(from_: Any, to: Any, /) -> bool:
    """Whether promotion leads from one dtype to the other."""
    return np.can_cast(_dtype(from_), to)


def result_type(*arrays_and_dtypes: Any) -> np.dtype[Any]:
    """The dtype that all of these promote to; Python numbers are weak."""
    return np.result_type(*map(_dtype, arrays_and_dtypes))
