"""The same elements in another order: axes exchanged, reversed, rolled, rotated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError
from .define import apply, composite, primitive
from .domains import Cases, over_shapes
from .shapes import explain_axes

__all__ = [
    "fftshift", "flip", "fliplr", "flipud", "ifftshift", "matrix_transpose", "moveaxis", "roll", "rollaxis", "rot90",
    "swapaxes", "transpose",
]

Axes = int | Sequence[int]


@primitive(x=lambda g, axes: g.transpose(None if axes is None else np.argsort(np.mod(axes, g.ndim)).tolist()),
           numpy=np.transpose, view=True, explain=explain_axes,
           over=Cases(over_shapes((), (3,), (2, 3), (2, 1, 3), axes=None)
                      + over_shapes((2, 1, 3), axes=(1, 2, 0)) + over_shapes((2, 1, 3), axes=(-1, 0, 1))))
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Axes in another order; reversed by default.

    Args:
        x: Tensor or array.
        axes: a permutation of the axes.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: axes that are not a permutation.

    Example:
        >>> import autograd_core as ag
        >>> ag.transpose(ag.tensor([[1.0, 2.0]])).shape
        (2, 1)
    """
    return np.transpose(x, axes)


@primitive(x=lambda g, axis1, axis2: g.swapaxes(axis1, axis2), numpy=np.swapaxes, view=True, explain=explain_axes,
           over=Cases(over_shapes((2, 3), (2, 1, 3), (0, 3), axis1=0, axis2=-1)))
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    Args:
        x: Tensor or array.
        axis1, axis2: the axes to exchange.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.swapaxes(ag.tensor([[1.0, 2.0]]), 0, 1).shape
        (2, 1)
    """
    return np.swapaxes(x, axis1, axis2)


@primitive(x=lambda g: g.swapaxes(-1, -2), numpy=np.matrix_transpose, view=True,
           explain=lambda x: f"shape {np.shape(x)} is not that of a matrix, or of a stack of matrices.",
           over=Cases(over_shapes((2, 3), (2, 1, 3))))
def matrix_transpose(x: Any) -> Any:
    """The last two axes exchanged: every matrix of a stack transposed.

    Args:
        x: Tensor or array (..., m, n).

    Returns:
        Tensor (..., n, m) that shows the memory of ``x``.

    Raises:
        ShapeError: fewer than two axes.

    Example:
        >>> import autograd_core as ag
        >>> ag.matrix_transpose(ag.tensor([[1.0, 2.0]])).shape
        (2, 1)
    """
    return np.matrix_transpose(x)


def _moved_back(g: Any, source: Axes, destination: Axes) -> Any:
    return apply(moveaxis, g, destination, source)


@primitive(x=_moved_back, numpy=np.moveaxis, view=True,
           explain=explain_axes, over=Cases(over_shapes((2, 1, 3), (0, 3), source=0, destination=-1)
                                            + over_shapes((2, 1, 3), source=(0, 1), destination=(-1, 0))))
def moveaxis(x: Any, source: Axes, destination: Axes) -> Any:
    """Axes moved to other positions; the others stay in order.

    Args:
        x: Tensor or array.
        source: the axis or axes to move.
        destination: where they stand in the result.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis that ``x`` does not have, or a position named twice.

    Example:
        >>> import autograd_core as ag
        >>> ag.moveaxis(ag.tensor([[[1.0, 2.0]]]), 2, 0).shape
        (2, 1, 1)
    """
    return np.moveaxis(x, source, destination)


@composite(numpy=np.rollaxis, over=Cases(over_shapes((2, 1, 3), axis=2) + over_shapes((2, 1, 3), axis=0, start=2)))
def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """An axis moved to stand before another. :func:`moveaxis` is easier to understand.

    Args:
        x: Tensor or array.
        axis: the axis to move.
        start: the axis before which it is to stand.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.rollaxis(ag.tensor([[[1.0, 2.0]]]), 2).shape
        (2, 1, 1)
    """
    ndim = np.ndim(x)
    axis, start = (i + ndim if i < 0 else i for i in (axis, start))
    return moveaxis(x, axis, start - (axis < start))


def _flipped_back(g: Any, axis: Axes | None) -> Any:
    return apply(flip, g, axis)


@primitive(x=_flipped_back, numpy=np.flip, view=True, explain=explain_axes,
           over=Cases(over_shapes((), (3,), (2, 3)) + over_shapes((2, 3), (0, 3), axis=-1)
                      + over_shapes((2, 1, 3), axis=(0, 2))))
def flip(x: Any, axis: Axes | None = None) -> Any:
    """The elements in reverse order.

    Args:
        x: Tensor or array.
        axis: along which axes; all of them by default.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.flip(ag.tensor([1.0, 2.0, 3.0]))
        tensor([3., 2., 1.])
    """
    return np.flip(x, axis)  # type: ignore[arg-type]  # a sequence of ints


@composite(numpy=np.fliplr, over=Cases(over_shapes((2, 3), (1, 2, 1))))
def fliplr(x: Any) -> Any:
    """Left and right exchanged: the second axis in reverse order.

    Args:
        x: Tensor or array of two or more dimensions.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: fewer than two dimensions.

    Example:
        >>> import autograd_core as ag
        >>> ag.fliplr(ag.tensor([[1.0, 2.0]]))
        tensor([[2., 1.]])
    """
    return flip(x, 1)


@composite(numpy=np.flipud, over=Cases(over_shapes((3,), (2, 3))))
def flipud(x: Any) -> Any:
    """Up and down exchanged: the first axis in reverse order.

    Args:
        x: Tensor or array of one or more dimensions.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: no dimensions.

    Example:
        >>> import autograd_core as ag
        >>> ag.flipud(ag.tensor([1.0, 2.0]))
        tensor([2., 1.])
    """
    return flip(x, 0)


def _rotated_back(g: Any, k: int, axes: tuple[int, int]) -> Any:
    return apply(rot90, g, -k, axes)


@primitive(x=_rotated_back, numpy=np.rot90, view=True, explain=explain_axes,
           over=Cases(over_shapes((2, 3)) + over_shapes((2, 3), k=2) + over_shapes((2, 1, 3), k=-1, axes=(2, 0))))
def rot90(x: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Rotated by ``k`` right angles in the plane of two axes, from the first towards the second.

    Args:
        x: Tensor or array of two or more dimensions.
        k: how many times.
        axes: the plane.

    Returns:
        Tensor that shows the memory of ``x``.

    Raises:
        ShapeError: axes that ``x`` does not have, or that are the same.

    Example:
        >>> import autograd_core as ag
        >>> ag.rot90(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[2., 4.],
                [1., 3.]])
    """
    return np.rot90(x, k, axes)


def _rolled_back(g: Any, shift: Axes, axis: Axes | None) -> Any:
    return apply(roll, g, np.negative(shift).tolist(), axis)


@primitive(x=_rolled_back, numpy=np.roll, explain=explain_axes,
           over=Cases(over_shapes((), (3,), (2, 3), shift=1) + over_shapes((2, 3), (0, 3), shift=-1, axis=1)
                      + over_shapes((2, 3), shift=(1, 2), axis=(0, -1))))
def roll(x: Any, shift: Axes, axis: Axes | None = None) -> Any:
    """Elements moved along; what leaves at the end comes back at the start.

    Args:
        x: Tensor or array.
        shift: by how many places.
        axis: along which axes; by default, all elements in C order.

    Returns:
        Tensor.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.roll(ag.tensor([1.0, 2.0, 3.0]), 1)
        tensor([3., 1., 2.])
    """
    return np.roll(x, shift, axis)


_SHIFTS = Cases(over_shapes((3,), (2, 3)) + over_shapes((4, 3), axes=1) + over_shapes((2, 0), axes=(0, 1)))


@composite(numpy=np.fft.fftshift, over=_SHIFTS)
def fftshift(x: Any, axes: Axes | None = None) -> Any:
    """The halves of each axis exchanged: the frequency 0, which comes first, to the middle.

    Args:
        x: Tensor or array.
        axes: an axis, several, or None for all.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.fftshift(ag.tensor([0.0, 1.0, 2.0, -2.0, -1.0]))
        tensor([-2., -1.,  0.,  1.,  2.])
    """
    return _halves_exchanged("fftshift", x, axes, 1)


@composite(numpy=np.fft.ifftshift, over=_SHIFTS)
def ifftshift(x: Any, axes: Axes | None = None) -> Any:
    """The inverse of fftshift: the middle of each axis comes first. They differ where the length is odd.

    Args:
        x: Tensor or array.
        axes: an axis, several, or None for all.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: an axis that ``x`` does not have.

    Example:
        >>> import autograd_core as ag
        >>> ag.ifftshift(ag.tensor([-2.0, -1.0, 0.0, 1.0, 2.0]))
        tensor([ 0.,  1.,  2., -2., -1.])
    """
    return _halves_exchanged("ifftshift", x, axes, -1)


def _halves_exchanged(name: str, x: Any, axes: Axes | None, sign: int) -> Any:
    shape = np.shape(x)
    try:
        along = normalize_axis_tuple(range(len(shape)) if axes is None else axes, len(shape))
    except (ValueError, TypeError) as error:
        raise ShapeError(f"{name}: axes={axes} do not fit shape {shape}: {error}.") from None
    return roll(x, tuple(sign * (shape[axis] // 2) for axis in along), along)
