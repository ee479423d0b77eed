"""Arrays and Tensors of any small shape, alone or in groups that broadcast, and the ways they can lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from ...creation import tensor
from ...derivatives.domains import Interval
from ...tensor import Tensor
from ..layouts import LAYOUTS, Layout, big_endian
from .numbers import REALS, operands

Shape = tuple[int, ...]


def shapes(max_dims: int = 3, max_side: int = 3, min_side: int = 1) -> st.SearchStrategy[Shape]:
    """Shapes, from () on.

    Args:
        max_dims: the most axes.
        max_side: the largest size of an axis.
        min_side: the smallest size of an axis; 0 for arrays without elements too.

    Returns:
        A strategy for tuples.
    """
    return of_numpy.array_shapes(min_dims=0, max_dims=max_dims, min_side=min_side, max_side=max_side)


def broadcastable_shapes(count: int = 2, max_dims: int = 3, max_side: int = 3,
                         min_side: int = 1) -> st.SearchStrategy[tuple[Shape, ...]]:
    """Shapes that broadcast together.

    Args:
        count: how many.
        max_dims: the most axes of each.
        max_side: the largest size of an axis.
        min_side: the smallest size of an axis; 0 for arrays without elements too.

    Returns:
        A strategy for tuples of shapes.
    """
    together = of_numpy.mutually_broadcastable_shapes(
        num_shapes=count, max_dims=max_dims, min_side=min_side, max_side=max_side)
    return together.map(lambda drawn: drawn.input_shapes)


@st.composite
def arrays(draw_from: st.DrawFn, shape: Shape | st.SearchStrategy[Shape] | None = None, interval: Interval = REALS,
           dtype: npt.DTypeLike | st.SearchStrategy[Any] = np.float64) -> np.ndarray:
    """Arrays of distinct elements of ``interval``, away from its kinks.

    They shrink to few elements and simple numbers: 0.25, -0.75, 1.25. For 0, integers, infinities and the like, where
    functions bend, there is :func:`special_values`.

    Args:
        draw_from: supplied by hypothesis.
        shape: a shape, or a strategy for shapes; by default any that :func:`shapes` draws.
        interval: what to draw from.
        dtype: a float dtype, or a strategy for dtypes. In a coarse one, elements may be rounded to the same number.

    Returns:
        A strategy for arrays.

    Raises:
        ValueError: an interval without room.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import arrays
        >>> @settings(max_examples=5, deadline=None)
        ... @given(arrays())
        ... def check(x):
        ...     ag.testing.gradcheck(ag.tanh, x)
        >>> check()
    """
    (x,) = draw_from(operands([interval], [_drawn(draw_from, shapes() if shape is None else shape)]))
    return x.astype(_drawn(draw_from, dtype), copy=False)


def tensors(shape: Shape | st.SearchStrategy[Shape] | None = None, interval: Interval = REALS,
            dtype: npt.DTypeLike | st.SearchStrategy[Any] = np.float64, *, requires_grad: bool = True,
            name: str | None = None) -> st.SearchStrategy[Tensor]:
    """Leaf Tensors of what :func:`arrays` draws.

    Args:
        shape: as for :func:`arrays`.
        interval: as for :func:`arrays`.
        dtype: as for :func:`arrays`.
        requires_grad: of the Tensors.
        name: of the Tensors.

    Returns:
        A strategy for Tensors.

    Example:
        >>> from hypothesis import given, settings
        >>> from autograd_core.testing.strategies import tensors
        >>> @settings(max_examples=5, deadline=None)
        ... @given(tensors(shape=(3,)))
        ... def check(x):
        ...     (x * x).sum().backward()
        ...     assert (x.grad == 2 * x).all()
        >>> check()
    """
    return arrays(shape, interval, dtype).map(lambda x: tensor(x, requires_grad=requires_grad, name=name))


@st.composite
def broadcastable(draw_from: st.DrawFn, count: int = 2, interval: Interval = REALS,
                  dtype: npt.DTypeLike | st.SearchStrategy[Any] = np.float64, min_side: int = 1) -> list[np.ndarray]:
    """Arrays that broadcast together; no two of all their elements are equal.

    Args:
        draw_from: supplied by hypothesis.
        count: how many arrays.
        interval: what to draw from.
        dtype: a float dtype, or a strategy for the dtype of each.
        min_side: the smallest size of an axis; 0 for arrays without elements too.

    Returns:
        A strategy for lists of arrays.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import broadcastable
        >>> @settings(max_examples=5, deadline=None)
        ... @given(broadcastable(2))
        ... def check(operands):
        ...     ag.testing.gradcheck(ag.multiply, *operands)
        >>> check()
    """
    drawn = draw_from(operands([interval] * count, draw_from(broadcastable_shapes(count, min_side=min_side))))
    return [x.astype(_drawn(draw_from, dtype), copy=False) for x in drawn]


def layouts() -> st.SearchStrategy[Layout]:
    """Functions that lay an array out differently in memory and keep its values.

    As it is; first axis contiguous; every other element of something larger; backwards; read-only; in the byte order
    of other machines.

    Returns:
        A strategy for functions from array to array.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import arrays, layouts
        >>> @settings(max_examples=5, deadline=None)
        ... @given(arrays(), layouts())
        ... def check(x, layout):
        ...     ag.testing.gradcheck(ag.tanh, layout(x))
        >>> check()
    """
    return st.sampled_from([np.asarray, *LAYOUTS.values(), big_endian])


def _drawn(draw_from: st.DrawFn, value: Any) -> Any:
    """``value``, or what it draws if it is a strategy."""
    return draw_from(value) if isinstance(value, st.SearchStrategy) else value
