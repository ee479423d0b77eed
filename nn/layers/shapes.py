"""Layers that only change the shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core import Tensor, reshape
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer

from ..arguments import sizes
from ..module import Module


class Flatten(Module):
    """Several axes made one: by default all but that of the batch, as between convolutions and a Linear.

    Args:
        start_dim: the first of these axes.
        end_dim: the last of them.

    Shape:
        (N, a, b, ...) to (N, a·b·...).

    Raises:
        DTypeError: axes that are not integers.
        ShapeError: on a call, an input without these axes.

    Example:
        >>> import numpy as np, nn
        >>> nn.Flatten()(np.zeros((2, 3, 4, 5))).shape
        (2, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = integer("Flatten: start_dim", start_dim), integer("Flatten: end_dim", end_dim)

    def forward(self, x: Any) -> Tensor:
        """The same elements; see the class."""
        shape = np.shape(x)
        first, last = (_axis("Flatten", name, axis, shape) for name, axis in
                       (("start_dim", self.start_dim), ("end_dim", self.end_dim)))
        if first > last:
            raise ShapeError(f"Flatten: start_dim={self.start_dim} is behind end_dim={self.end_dim} in shape {shape}.")
        return reshape(x, (*shape[:first], math.prod(shape[first: last + 1]), *shape[last + 1:]))

    def extra_repr(self) -> str:
        """The axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One axis made several: what undoes Flatten.

    Args:
        dim: the axis.
        unflattened_size: the sizes it becomes; one of them may be -1, for what is left.

    Shape:
        (N, a·b) to (N, a, b), with ``Unflatten(1, (a, b))``.

    Raises:
        OptionError: sizes below -1, or -1 more than once.
        DTypeError: what is not an integer.
        ShapeError: on a call, an input without this axis, or sizes that do not multiply to its length.

    Example:
        >>> import numpy as np, nn
        >>> nn.Unflatten(1, (3, -1))(np.zeros((2, 60))).shape
        (2, 3, 20)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        self.dim = integer("Unflatten: dim", dim)
        self.unflattened_size = sizes("Unflatten", "unflattened_size", unflattened_size, np.size(unflattened_size), -1)
        if self.unflattened_size.count(-1) > 1:
            raise OptionError(f"Unflatten: unflattened_size={self.unflattened_size} has -1 more than once.")

    def forward(self, x: Any) -> Tensor:
        """The same elements; see the class."""
        shape = np.shape(x)
        axis = _axis("Unflatten", "dim", self.dim, shape)
        try:
            parts = np.empty(shape[axis], bool).reshape(self.unflattened_size)  # settles a -1, also in an empty batch
        except ValueError:
            raise ShapeError(
                f"Unflatten: axis {self.dim} of shape {shape} has {shape[axis]} elements; they do not make up "
                f"{self.unflattened_size}."
            ) from None
        return reshape(x, (*shape[:axis], *parts.shape, *shape[axis + 1:]))

    def extra_repr(self) -> str:
        """The axis and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def _axis(layer: str, name: str, axis: int, shape: tuple[int, ...]) -> int:
    """``axis``, checked, and counted from the front."""
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"{layer}: {name}={axis}, but the input has shape {shape}.")
    return axis % len(shape)
