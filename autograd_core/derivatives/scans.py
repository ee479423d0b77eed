"""Running sums, products and extremes: each output depends on the elements up to it.

They meet in one recurrence, y_i = x_i + a_i y_{i-1}, whose derivative is the same recurrence run backwards. It only
multiplies and adds, so nothing here divides by an element that may be 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..recording import TensorBase, wrap
from .define import apply, as_array, composite, primitive
from .domains import Case, Cases, over_shapes
from .elementwise import where
from .exponentials import gap
from .joining import concatenate

__all__ = [
    "cummax", "cummin", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "linear_recurrence", "logcumsumexp",
    "nancumprod", "nancumsum",
]

_SCANS = Cases(over_shapes((), (3,), (2, 3)) + over_shapes((2, 3), (2, 1, 3), axis=0)
               + over_shapes((2, 4), (0, 3), (2, 0), axis=-1))
_FEW = Cases(over_shapes((3,)) + over_shapes((2, 3), axis=0))


def as_tensor(x: Any) -> Any:
    """``x``, or a constant Tensor of it: what a composition can ask for its shape."""
    x = as_array(x)
    return x if isinstance(x, TensorBase) else wrap(x)


def part(x: Any, axis: int, *bounds: int | None) -> Any:
    """``x[slice(*bounds)]`` along ``axis``."""
    return x[(slice(None),) * (axis % x.ndim) + (slice(*bounds),)]


def previous(x: Any, axis: int, first: float) -> Any:
    """Every element's predecessor along ``axis``; ``first`` has none."""
    edge = np.full_like(part(_array(x), axis, 0, 1), first)
    return np.concatenate([edge, part(x, axis, None, -1)], axis)


def following(x: Any, axis: int, last: float) -> Any:
    """Every element's successor along ``axis``; ``last`` has none."""
    edge = np.full_like(part(_array(x), axis, 0, 1), last)
    return np.concatenate([part(x, axis, 1, None), edge], axis)


def alike(a: Any, b: Any) -> Any:
    """Where ``a`` and ``b`` are equal, or both NaN."""
    return (a == b) | ((a != a) & (b != b))


def _array(x: Any) -> Any:
    return x._data if isinstance(x, TensorBase) else x


def _line(x: Any, axis: int | None) -> tuple[Any, int]:
    """``x`` and the axis to scan; None scans all elements in order. NumPy scans a scalar along any axis."""
    return (x.reshape(-1), 0) if axis is None or not x.ndim else (x, axis % x.ndim)


def explain_one_axis(x: Any, *_: Any, axis: int | None = None, **__: Any) -> str:
    """Why a function of one ``axis`` failed."""
    shape = np.shape(x)
    if not shape:
        return "a scalar has no axes." if axis is not None else ""
    fits = axis is None or (isinstance(axis, (int, np.integer)) and -len(shape) <= axis < len(shape))
    return "" if fits else f"axis={axis} does not fit shape {shape}: expected one of its {len(shape)} axes."


# The recurrence

def _carry(g: Any, a: Any, axis: int, reverse: bool) -> Any:
    """What arrives at each element from all later ones: s_i = g_i + a_{i+1} s_{i+1}."""
    axis = axis % g.ndim - g.ndim  # from the right, as broadcasting aligns
    if np.ndim(a) >= -axis and a.shape[axis] > 1:
        a = (previous if reverse else following)(a, axis, 0)
    return apply(linear_recurrence, g, a, axis, reverse=not reverse)


@primitive(x=_carry,
           a=lambda g, a, y, axis, reverse:
               _carry(g, a, axis, reverse) * (following if reverse else previous)(y, axis, 0),
           explain=explain_one_axis,
           over=Cases((Case(((3,), (3,))), Case(((2, 4), (2, 4)), {"axis": 0}), Case(((2, 3), ()), {"reverse": True}),
                       Case(((3,), (2, 3))), Case(((2, 3), (2, 1)), {"reverse": True}), Case(((2, 0), (2, 0))))))
def linear_recurrence(x: Any, a: Any, axis: int = -1, *, reverse: bool = False) -> Any:
    """y_i = x_i + a_i y_{i-1} along ``axis``, from y_{-1} = 0: leaky sums, discounted returns, linear state spaces.

    dL/dx_i = s_i and dL/da_i = s_i y_{i-1}, with s_i = g_i + a_{i+1} s_{i+1}: the same recurrence backwards.

    Args:
        x: Tensor or array: what is added at each step.
        a: Tensor, array or number that broadcasts with ``x``: what the last result is multiplied with.
        axis: the axis along which steps follow one another.
        reverse: start at the end: y_i = x_i + a_i y_{i+1}.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: shapes that do not broadcast, or an axis they do not have.

    Source:
        W. D. Hillis and G. L. Steele, "Data parallel algorithms", 1986: log2(n) passes instead of n steps.

    Example:
        >>> import autograd_core as ag
        >>> ag.linear_recurrence([1.0, 1.0, 1.0], 0.5)
        tensor([1.  , 1.5 , 1.75])
    """
    dtype = np.result_type(x, a)
    both = [np.moveaxis(z, axis, 0) for z in np.broadcast_arrays(x, a)]
    y, a = (np.array(z[::-1] if reverse else z, dtype, order="C") for z in both)
    if y.size > 128 * len(y):  # many at once: one after another is faster
        for i in range(1, len(y)):
            y[i] += a[i] * y[i - 1]
    else:
        step = 1
        while step < len(y):  # y_i holds the last `step` terms, a_i the product of as many factors
            y[step:] += a[step:] * y[:-step]
            a[step:] *= a[:-step]
            step *= 2
    return np.moveaxis(y[::-1] if reverse else y, 0, axis)


# Sums and products

def _sum_of_later(g: Any, x_shape: tuple[int, ...], axis: int | None) -> Any:
    g, axis = _line(g, axis)
    return part(apply(cumsum, part(g, axis, None, None, -1), axis), axis, None, None, -1).reshape(x_shape)


@primitive(x=_sum_of_later, numpy=np.cumsum, explain=explain_one_axis, over=_SCANS)
def cumsum(x: Any, axis: int | None = None) -> Any:
    """Running sum, y_i = Σ_{j ≤ i} x_j. dL/dx_j is the sum of the gradients from j on.

    Args:
        x: Tensor, array or number.
        axis: the axis to sum along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.cumsum(ag.tensor([1.0, 2.0, 3.0]))
        tensor([1., 3., 6.])
    """
    return np.cumsum(x, axis)


def _product_of_others_up_to(g: Any, x: Any, y: Any, axis: int | None) -> Any:
    line, axis = _line(x, axis)
    return (previous(y, axis, 1) * _carry(g, line, axis, reverse=False)).reshape(x.shape)


@primitive(x=_product_of_others_up_to, numpy=np.cumprod, explain=explain_one_axis, over=_SCANS)
def cumprod(x: Any, axis: int | None = None) -> Any:
    """Running product, y_i = Π_{j ≤ i} x_j. dy_i/dx_j is the product of the others, exact with zeros: nothing divides.

    Args:
        x: Tensor, array or number.
        axis: the axis to multiply along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.cumprod(ag.tensor([1.0, 2.0, 3.0]))
        tensor([1., 2., 6.])
    """
    return np.cumprod(x, axis)


def _weighed_sum_of_later(g: Any, x: Any, y: Any, axis: int | None) -> Any:
    line, axis = _line(x, axis)
    goes_on = np.exp(gap(previous(y, axis, -np.inf), y))  # e**(y_{i-1} - y_i), which is at most 1
    return (np.exp(gap(line, y)) * _carry(g, goes_on, axis, reverse=False)).reshape(x.shape)


@primitive(x=_weighed_sum_of_later, explain=explain_one_axis, kink="0 where all so far are -inf, 1 for inf", over=_FEW)
def logcumsumexp(x: Any, axis: int | None = None) -> Any:
    """Running log-sum-exp, y_i = log Σ_{j ≤ i} e**x_j, without overflow. dy_i/dx_j = e**(x_j - y_i).

    Args:
        x: Tensor, array or number.
        axis: the axis to go along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.logcumsumexp(ag.tensor([1000.0, 1000.0]))
        tensor([1000.        , 1000.69314718])
    """
    return np.logaddexp.accumulate(np.ravel(x)) if axis is None else np.logaddexp.accumulate(x, axis)


@composite(numpy=np.nancumsum, over=_FEW)
def nancumsum(x: Any, axis: int | None = None) -> Any:
    """Running sum that takes NaN for 0; NaN elements get an exact 0 gradient.

    Args:
        x: Tensor, array or number.
        axis: the axis to sum along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.nancumsum(ag.tensor([1.0, float("nan"), 3.0]))
        tensor([1., 1., 4.])
    """
    x = as_tensor(x)
    return cumsum(where(np.isnan(x), 0, x), axis)


@composite(numpy=np.nancumprod, over=_FEW)
def nancumprod(x: Any, axis: int | None = None) -> Any:
    """Running product that takes NaN for 1; NaN elements get an exact 0 gradient.

    Args:
        x: Tensor, array or number.
        axis: the axis to multiply along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.nancumprod(ag.tensor([2.0, float("nan"), 3.0]))
        tensor([2., 2., 6.])
    """
    x = as_tensor(x)
    return cumprod(where(np.isnan(x), 1, x), axis)


def _from(start: float, name: str, scan: Any, x: Any, axis: int | None, include_initial: bool) -> Any:
    """``scan`` of ``x``, with ``start`` before it if wanted; the array API has no axis=None but for one axis."""
    x = as_tensor(x)
    if axis is None and x.ndim != 1:
        raise ShapeError(f"{name}: shape {x.shape} needs axis=; only one axis can be left out.")
    axis = 0 if axis is None else axis
    y = scan(x, axis)
    if not include_initial:
        return y
    shape = list(x.shape)
    shape[axis] = 1
    return concatenate([np.full(shape, start, x.dtype), y], axis)


_ARRAY_API = Cases(over_shapes((3,)) + over_shapes((2, 3), axis=1, include_initial=True))


@composite(numpy=getattr(np, "cumulative_sum", None), over=_ARRAY_API)
def cumulative_sum(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running sum, by its array API name.

    Args:
        x: Tensor or array.
        axis: the axis to sum along; may be left out where there is one.
        include_initial: begin with the empty sum, 0.

    Returns:
        Tensor of the shape of ``x``, one longer along ``axis`` with the initial 0.

    Raises:
        ShapeError: an axis that ``x`` does not have, or several and none named.

    Example:
        >>> import autograd_core as ag
        >>> ag.cumulative_sum(ag.tensor([1.0, 2.0]), include_initial=True)
        tensor([0., 1., 3.])
    """
    return _from(0, "cumulative_sum", cumsum, x, axis, include_initial)


@composite(numpy=getattr(np, "cumulative_prod", None), over=_ARRAY_API)
def cumulative_prod(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running product, by its array API name.

    Args:
        x: Tensor or array.
        axis: the axis to multiply along; may be left out where there is one.
        include_initial: begin with the empty product, 1.

    Returns:
        Tensor of the shape of ``x``, one longer along ``axis`` with the initial 1.

    Raises:
        ShapeError: an axis that ``x`` does not have, or several and none named.

    Example:
        >>> import autograd_core as ag
        >>> ag.cumulative_prod(ag.tensor([2.0, 3.0]), include_initial=True)
        tensor([1., 2., 6.])
    """
    return _from(1, "cumulative_prod", cumprod, x, axis, include_initial)


# Extremes

def _to_the_leaders(g: Any, x: Any, y: Any, axis: int | None) -> Any:
    """The gradient of each running extreme, shared evenly by the elements up to it that equal it."""
    line, axis = _line(x, axis)
    leads = alike(line, y).astype(g.dtype)
    goes_on = alike(y, previous(y, axis, 0)).astype(g.dtype)  # 0 where a new leader takes over
    leaders = apply(linear_recurrence, leads, goes_on, axis)
    return (leads * _carry(g / leaders, goes_on, axis, reverse=False)).reshape(x.shape)


@primitive(x=_to_the_leaders, explain=explain_one_axis, kink="ties share evenly", over=_SCANS)
def cummax(x: Any, axis: int | None = None) -> Any:
    """Running maximum, y_i = max_{j ≤ i} x_j. The gradient goes to the element that leads; ties share evenly.

    Args:
        x: Tensor, array or number.
        axis: the axis to go along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None. Once a NaN is met, NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.cummax(ag.tensor([1.0, 3.0, 2.0]))
        tensor([1., 3., 3.])
    """
    return np.maximum.accumulate(np.ravel(x)) if axis is None else np.maximum.accumulate(x, axis)


@primitive(x=_to_the_leaders, explain=explain_one_axis, kink="ties share evenly", over=_FEW)
def cummin(x: Any, axis: int | None = None) -> Any:
    """Running minimum, y_i = min_{j ≤ i} x_j. The gradient goes to the element that leads; ties share evenly.

    Args:
        x: Tensor, array or number.
        axis: the axis to go along; None for all elements in order.

    Returns:
        Tensor of the shape of ``x``, or with one axis for None. Once a NaN is met, NaN.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.cummin(ag.tensor([3.0, 1.0, 2.0]))
        tensor([3., 1., 1.])
    """
    return np.minimum.accumulate(np.ravel(x)) if axis is None else np.minimum.accumulate(x, axis)
