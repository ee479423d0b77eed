"""Calculus on samples: differences, slopes, areas, and straight lines between points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError, UnsupportedError
from ..recording import NUMBERS
from .define import as_array, composite
from .domains import Case, Cases, Interval, over_shapes
from .elementwise import where
from .joining import concatenate
from .scans import as_tensor, cumsum, explain_one_axis, part
from .shapes import broadcast_to

__all__ = ["cumulative_trapezoid", "diff", "ediff1d", "gradient", "interp", "trapezoid", "unwrap"]


def _checked(name: str, x: Any, axis: int) -> tuple[Any, int]:
    """``x`` as a Tensor, and its ``axis`` counted from the front."""
    x = as_tensor(x)
    if said := explain_one_axis(x, axis=axis):
        raise ShapeError(f"{name}: {said}")
    return x, axis % x.ndim


def _slab(edge: Any, x: Any, axis: int) -> Any:
    """What is to be joined to ``x``: a number stands for a layer of it."""
    edge = as_tensor(edge)
    return edge if edge.ndim else broadcast_to(edge, (*x.shape[:axis], 1, *x.shape[axis + 1 :]))


@composite(numpy=np.diff, over=Cases(
    over_shapes((3,), (2, 3), (0,)) + over_shapes((4, 2), n=2, axis=0)
    + (Case(((2, 3), (), (2, 1)), {"axis": -1}, ("prepend", "append")),)))
def diff(x: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours, x_{i+1} - x_i, taken ``n`` times.

    Args:
        x: Tensor or array.
        n: how often.
        axis: the axis to go along.
        prepend, append: Tensor, array or number to put before and behind ``x`` first.

    Returns:
        Tensor, ``n`` shorter along ``axis``.

    Raises:
        ShapeError: an axis that ``x`` does not have, or a negative ``n``.

    Example:
        >>> import autograd_core as ag
        >>> ag.diff(ag.tensor([1.0, 4.0, 9.0]))
        tensor([3., 5.])
    """
    if n < 0:
        raise ShapeError(f"diff: n={n} is negative; expected how often to take differences.")
    x, axis = _checked("diff", x, axis)
    ends = [None if end is None else _slab(end, x, axis) for end in (prepend, append)]
    joined = [z for z in (ends[0], x, ends[1]) if z is not None]
    x = concatenate(joined, axis) if len(joined) > 1 else x
    for _ in range(n):
        x = part(x, axis, 1, None) - part(x, axis, None, -1)
    return x


@composite(numpy=np.ediff1d, over=Cases((Case(((3,),)), Case(((2, 3), (2,), ()), {}, ("to_end", "to_begin")))))
def ediff1d(x: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours among all elements in order.

    Args:
        x: Tensor or array.
        to_end, to_begin: Tensor, array or number to put behind and before the result.

    Returns:
        Tensor with one axis.

    Example:
        >>> import autograd_core as ag
        >>> ag.ediff1d(ag.tensor([1.0, 4.0, 9.0]), to_end=0.0)
        tensor([3., 5., 0.])
    """
    x = as_tensor(x).reshape(-1)
    steps = part(x, 0, 1, None) - part(x, 0, None, -1)
    ends = [[] if end is None else [as_tensor(end).reshape(-1)] for end in (to_begin, to_end)]
    return concatenate([*ends[0], steps, *ends[1]])


@composite(numpy=np.trapezoid, over=Cases(
    over_shapes((4,), (2, 3)) + over_shapes((3, 2), dx=0.5, axis=0)
    + (Case(((4,), (4,))), Case(((2, 3), (3,))), Case(((3, 2), (3,)), {"axis": 0}), Case(((2, 3), (2, 3))))))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Area under straight lines between samples, Σ (x_{i+1} - x_i)(y_i + y_{i+1}) / 2.

    Args:
        y: Tensor or array of values.
        x: where they were taken: along the axis, or for every value. Differentiable too.
        dx: the spacing where there is no ``x``.
        axis: the axis to integrate along.

    Returns:
        Tensor without that axis.

    Raises:
        ShapeError: an axis that ``y`` does not have, or an ``x`` that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.trapezoid([0.0, 1.0, 4.0], [0.0, 1.0, 2.0])
        tensor(3.)
    """
    areas, axis = _areas("trapezoid", y, x, dx, axis)
    return areas.sum(axis=axis)


@composite(over=Cases(over_shapes((4,), (2, 3)) + over_shapes((3, 2), dx=0.5, axis=0, initial=0)
                      + (Case(((4,), (4,))), Case(((2, 3), (2, 3))))))
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: float | None = None) -> Any:
    """Area under straight lines from the first sample up to each later one, as SciPy has it.

    Args:
        y: Tensor or array of values.
        x: where they were taken: along the axis, or for every value. Differentiable too.
        dx: the spacing where there is no ``x``.
        axis: the axis to integrate along.
        initial: 0 to begin with the area up to the first sample.

    Returns:
        Tensor, one shorter along ``axis``, or as long with ``initial``.

    Raises:
        ShapeError: an axis that ``y`` does not have, or an ``x`` that does not fit.

    Example:
        >>> import autograd_core as ag
        >>> ag.cumulative_trapezoid([0.0, 1.0, 4.0], initial=0)
        tensor([0. , 0.5, 3. ])
    """
    areas, axis = _areas("cumulative_trapezoid", y, x, dx, axis)
    sums = cumsum(areas, axis)
    return sums if initial is None else concatenate([np.full_like(part(sums.numpy(), axis, 0, 1), initial), sums], axis)


def _areas(name: str, y: Any, x: Any, dx: Any, axis: int) -> tuple[Any, int]:
    """The area between each two neighbours, and the axis counted from the front."""
    y, axis = _checked(name, y, axis)
    if x is None:
        steps = dx
    else:
        x = as_tensor(x)
        if x.ndim == 1 and x.shape != (y.shape[axis],):
            raise ShapeError(f"{name}: x of shape {x.shape} does not fit shape {y.shape} along axis={axis}.")
        steps = diff(x).reshape(_along(-1, axis, y.ndim)) if x.ndim == 1 else diff(x, axis=axis - y.ndim)
    return steps * (part(y, axis, 1, None) + part(y, axis, None, -1)) / 2.0, axis


def _along(size: int, axis: int, ndim: int) -> tuple[int, ...]:
    """The shape of something with ``size`` elements along ``axis`` among ``ndim``."""
    return (1,) * axis + (size,) + (1,) * (ndim - 1 - axis)


@composite(numpy=np.unwrap, kink="1 at the jumps", over=Cases(
    over_shapes((4,)) + over_shapes((2, 3), period=1.1) + over_shapes((3, 2), discont=0.9, axis=0, period=1.3)))
def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Angles with whole turns added, so that neighbours are within half a turn. The gradient passes through.

    Args:
        p: Tensor or array of angles.
        discont: the jump from which on turns are added; half a turn by default, and at least.
        axis: the axis to go along.
        period: a whole turn.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: an axis that ``p`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.unwrap(ag.tensor([3.0, -3.0, 3.0]))
        tensor([3.        , 3.28318531, 3.        ])
    """
    p, axis = _checked("unwrap", p, axis)
    angles = p.numpy()
    turned = np.unwrap(angles, discont, axis, period=period)
    return p + np.where(turned == angles, 0, turned - angles)


@composite(numpy=np.gradient, over=Cases(
    over_shapes((4,)) + over_shapes((2, 3), axis=1) + over_shapes((3, 2), axis=0, edge_order=2)
    + (Case(((4,), ())), Case(((4,), (4,)), {"edge_order": 2}), Case(((2, 3), (3,)), {"axis": 1})),
    interval=Interval(0.5, 4.5),
    through=lambda f, *x: (f, *(s + 5 * np.arange(s.size, dtype=s.dtype) if np.ndim(s) else s for s in x))))
def gradient(f: Any, *spacing: Any, axis: int | tuple[int, ...] | None = None, edge_order: int = 1) -> Any:
    """Slopes of sampled values: central differences inside, one-sided ones at both ends.

    (The gradients of a computation are ``ag.gradients``.)

    Args:
        f: Tensor or array of values.
        spacing: nothing for 1, one number for all axes, or for each axis a number or the coordinates of its samples;
            differentiable too.
        axis: an axis, several, or None for all.
        edge_order: 1 or 2, the order of accuracy at the ends.

    Returns:
        Tensor of the shape of ``f``; for several axes, a tuple of them.

    Raises:
        ShapeError: an axis that ``f`` does not have, too few samples, or spacing that does not fit.
        UnsupportedError: another ``edge_order``.

    Example:
        >>> import autograd_core as ag
        >>> ag.gradient(ag.tensor([0.0, 1.0, 4.0, 9.0]))
        tensor([1., 2., 4., 5.])
    """
    f = as_tensor(f)
    if edge_order not in (1, 2):
        raise UnsupportedError(f"gradient: edge_order={edge_order} is not supported; expected 1 or 2.")
    try:
        axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    except (ValueError, TypeError) as error:
        raise ShapeError(f"gradient: axis={axis} does not fit shape {f.shape}: {error}.") from None
    if len(spacing) not in (0, 1, len(axes)) or (len(spacing) == 1 < len(axes) and np.ndim(spacing[0])):
        raise ShapeError(f"gradient: {len(spacing)} spacings for {len(axes)} axes; expected one for each.")
    spacing = tuple(h if type(h) in NUMBERS else as_array(h) for h in spacing) or (1.0,)
    slopes = tuple(_slope(f, a, spacing[i % len(spacing)], edge_order) for i, a in enumerate(axes))
    return slopes[0] if len(axes) == 1 else slopes


def _slope(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    n = f.shape[axis]
    if n <= edge_order:
        raise ShapeError(f"gradient: axis={axis} of shape {f.shape} needs {edge_order + 1} samples or more.")
    if even := not np.ndim(spacing):
        before = after = h = spacing
    else:
        if np.shape(spacing) != (n,):
            raise ShapeError(f"gradient: coordinates of shape {np.shape(spacing)} for {n} samples along axis={axis}.")
        h = diff(spacing).reshape(_along(n - 1, axis, f.ndim))
        before, after = part(h, axis, None, -1), part(h, axis, 1, None)
    layer = [part(f, axis, i, i + 1) for i in (0, 1)] + [part(f, axis, n - i, n - i + 1) for i in (2, 1)]
    left, middle, right = part(f, axis, None, -2), part(f, axis, 1, -1), part(f, axis, 2, None)
    if even:
        inside = (right - left) / (2.0 * h)
    else:
        inside = (-after / (before * (before + after)) * left + (after - before) / (before * after) * middle
                  + before / (after * (before + after)) * right)
    first, last = (h, h) if even else (part(h, axis, 0, 1), part(h, axis, n - 2, n - 1))
    if edge_order == 1:
        ends = (layer[1] - layer[0]) / first, (layer[3] - layer[2]) / last
    else:
        second, third = (h, h) if even else (part(h, axis, 1, 2), part(h, axis, n - 3, n - 2))
        ends = (_end(layer[0], layer[1], part(f, axis, 2, 3), first, second),
                -_end(layer[3], layer[2], part(f, axis, n - 3, n - 2), last, third, from_left=False))
    return concatenate([ends[0], inside, ends[1]], axis)


def _end(f0: Any, f1: Any, f2: Any, h0: Any, h1: Any, *, from_left: bool = True) -> Any:
    """The slope at f0 of the parabola through three samples, ``h0`` and then ``h1`` apart; rounded as NumPy does."""
    f0, f1, f2 = f0 * (-(2.0 * h0 + h1) / (h0 * (h0 + h1))), f1 * ((h0 + h1) / (h0 * h1)), f2 * (h0 / (h1 * (h0 + h1)))
    return f0 + f1 - f2 if from_left else f1 - f2 + f0


# Straight lines between points

@composite(numpy=np.interp, kink="at a point, the slope of the segment to its right", over=Cases(
    (Case(((), (3,), (3,))), Case(((2, 3), (4,), (4,))), Case(((5,), (2,), (2,)), {"left": 0.5, "right": -1.0}),
     Case(((0,), (2,), (2,)))),
    through=lambda x, xp, fp: (x * 4, xp / 8 + np.linspace(-2, 2, xp.size, dtype=xp.dtype), fp)))
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """The height at ``x`` of straight lines through the points (xp, fp). All three are differentiable.

    Args:
        x: Tensor, array or number: where.
        xp: shape (n,), ascending.
        fp: shape (n,).
        left, right: the height outside the points, instead of that of the first or last.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ShapeError: points that are not two vectors of one length, or none.

    Example:
        >>> import autograd_core as ag
        >>> ag.interp(2.5, [1.0, 2.0, 3.0], [3.0, 2.0, 0.0])
        tensor(1.)
    """
    x, xp, fp = map(as_tensor, (x, xp, fp))
    if xp.ndim != 1 or xp.shape != fp.shape or not xp.size:
        raise ShapeError(f"interp: points of shapes {xp.shape} and {fp.shape}; expected two vectors of one length.")
    at, points = x.numpy(), xp.numpy()
    i = np.clip(np.searchsorted(points, at, "right") - 1, 0, max(xp.size - 2, 0))
    y = fp[i]
    if xp.size > 1:
        y = (fp[i + 1] - y) / (xp[i + 1] - xp[i]) * (x - xp[i]) + y
    y = where(at < points[0], fp[0] if left is None else left, y)
    return where(at >= points[-1], where(at > points[-1], fp[-1] if right is None else right, fp[-1]), y)
