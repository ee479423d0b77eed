"""One array taken apart into several, each a view of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from ..errors import ShapeError
from .define import composite
from .domains import Cases, over_shapes
from .indexing import getitem

__all__ = ["array_split", "dsplit", "hsplit", "split", "unstack", "vsplit"]

Cuts = int | Sequence[int]


def _axis(name: str, x: Any, axis: int) -> int:
    try:
        return normalize_axis_index(axis, np.ndim(x))
    except np.exceptions.AxisError:
        raise ShapeError(f"{name}: axis={axis} does not fit shape {np.shape(x)}.") from None


def _cut(name: str, x: Any, cuts: Cuts, axis: int, even: bool) -> list[Any]:
    axis = _axis(name, x, axis)
    n = np.shape(x)[axis]
    if isinstance(cuts, (int, np.integer)):
        if cuts < 1 or (even and n % cuts):
            raise ShapeError(f"{name}: axis {axis} of shape {np.shape(x)} does not fall into {cuts} equal parts"
                             f"{'; array_split() makes unequal ones' if cuts > 0 else ''}.")
        size, longer = divmod(n, int(cuts))
        cuts = [i * size + min(i, longer) for i in range(1, int(cuts))]
    bounds = [0, *map(index, cuts), None]
    return [getitem(x, (slice(None),) * axis + (slice(i, j),)) for i, j in pairwise(bounds)]


@composite(numpy=np.split, over=Cases(over_shapes((4,), (2, 3), indices_or_sections=2, axis=0)
                                      + over_shapes((2, 5), indices_or_sections=[1, -1, 7], axis=-1)))
def split(x: Any, indices_or_sections: Cuts, axis: int = 0) -> list[Any]:
    """Cut into equal parts, or at given places.

    Args:
        x: Tensor or array.
        indices_or_sections: the number of parts, or the indices before which to cut.
        axis: the axis to cut.

    Returns:
        A list of Tensors that show the memory of ``x``.

    Raises:
        ShapeError: an axis that does not fall into equal parts, or that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.split(ag.tensor([1.0, 2.0, 3.0, 4.0]), 2)
        [tensor([1., 2.]), tensor([3., 4.])]
    """
    return _cut("split", x, indices_or_sections, axis, even=True)


@composite(numpy=np.array_split, over=Cases(over_shapes((5,), (0, 2), indices_or_sections=3)))
def array_split(x: Any, indices_or_sections: Cuts, axis: int = 0) -> list[Any]:
    """Cut into parts as equal as can be, the longer ones first, or at given places.

    Args:
        x: Tensor or array.
        indices_or_sections: the number of parts, or the indices before which to cut.
        axis: the axis to cut.

    Returns:
        A list of Tensors that show the memory of ``x``.

    Raises:
        ShapeError: no parts, or an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.array_split(ag.tensor([1.0, 2.0, 3.0]), 2)
        [tensor([1., 2.]), tensor([3.])]
    """
    return _cut("array_split", x, indices_or_sections, axis, even=False)


@composite(numpy=np.hsplit, over=Cases(over_shapes((4,), (3, 2), indices_or_sections=2)))
def hsplit(x: Any, indices_or_sections: Cuts) -> list[Any]:
    """Cut along the second axis; a vector along its only one. Undoes :func:`hstack`.

    Args:
        x: Tensor or array of one or more dimensions.
        indices_or_sections: the number of equal parts, or the indices before which to cut.

    Returns:
        A list of Tensors that show the memory of ``x``.

    Raises:
        ShapeError: an axis that does not fall into equal parts, or no axis.

    Example:
        >>> import autograd_core as ag
        >>> ag.hsplit(ag.tensor([[1.0, 2.0]]), 2)
        [tensor([[1.]]), tensor([[2.]])]
    """
    return _cut("hsplit", x, indices_or_sections, 0 if np.ndim(x) == 1 else 1, even=True)


@composite(numpy=np.vsplit, over=Cases(over_shapes((2, 3), indices_or_sections=2)))
def vsplit(x: Any, indices_or_sections: Cuts) -> list[Any]:
    """Cut along the first axis. Undoes :func:`vstack`.

    Args:
        x: Tensor or array of two or more dimensions.
        indices_or_sections: the number of equal parts, or the indices before which to cut.

    Returns:
        A list of Tensors that show the memory of ``x``.

    Raises:
        ShapeError: an axis that does not fall into equal parts, or fewer than two axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.vsplit(ag.tensor([[1.0], [2.0]]), 2)
        [tensor([[1.]]), tensor([[2.]])]
    """
    _axis("vsplit", x, 1)
    return _cut("vsplit", x, indices_or_sections, 0, even=True)


@composite(numpy=np.dsplit, over=Cases(over_shapes((1, 2, 3), indices_or_sections=[1])))
def dsplit(x: Any, indices_or_sections: Cuts) -> list[Any]:
    """Cut along the third axis. Undoes :func:`dstack`.

    Args:
        x: Tensor or array of three or more dimensions.
        indices_or_sections: the number of equal parts, or the indices before which to cut.

    Returns:
        A list of Tensors that show the memory of ``x``.

    Raises:
        ShapeError: an axis that does not fall into equal parts, or fewer than three axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.dsplit(ag.tensor([[[1.0, 2.0]]]), 2)
        [tensor([[[1.]]]), tensor([[[2.]]])]
    """
    return _cut("dsplit", x, indices_or_sections, 2, even=True)


@composite(numpy=getattr(np, "unstack", None), over=Cases(over_shapes((2,), (2, 3)) + over_shapes((2, 3), axis=-1)))
def unstack(x: Any, *, axis: int = 0) -> tuple[Any, ...]:
    """The entries along an axis, which disappears. Undoes :func:`stack`.

    Args:
        x: Tensor or array.
        axis: the axis to take apart.

    Returns:
        A tuple of Tensors, which show the memory of ``x`` unless they are single numbers.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.unstack(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        (tensor([1., 2.]), tensor([3., 4.]))
    """
    axis = _axis("unstack", x, axis)
    return tuple(getitem(x, (slice(None),) * axis + (i,)) for i in range(np.shape(x)[axis]))
