"""Starting values for parameters. Every function draws from an explicit ``rng``."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError

Rng: TypeAlias = np.random.Generator | int | None
AnyTensor = TypeVar("AnyTensor", bound=Tensor)


def generator(rng: Rng) -> np.random.Generator:
    """The generator that ``rng`` stands for.

    Args:
        rng: a Generator, which is used (and advanced) as it is; a seed; or None for fresh randomness.

    Returns:
        A ``numpy.random.Generator``.

    Raises:
        DTypeError: anything else.

    Example:
        >>> import nn
        >>> int(nn.init.generator(0).integers(10))
        8
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise DTypeError(f"rng: expected a numpy.random.Generator, a seed >= 0 or None, got {rng!r}.") from None


def uniform_(tensor: AnyTensor, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill ``tensor`` in place with draws from U(a, b).

    Args:
        tensor: of any shape and float dtype.
        a, b: the bounds.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        DTypeError: an ``rng`` of another kind.

    Example:
        >>> import nn
        >>> w = nn.init.uniform_(nn.Parameter([0.0, 0.0]), -1.0, 1.0, rng=0)
        >>> w.numpy().round(2).tolist() == nn.init.uniform_(w, -1.0, 1.0, rng=0).numpy().round(2).tolist()
        True
    """
    data = tensor.data
    data[...] = generator(rng).uniform(a, b, data.shape)
    tensor.data = data  # tells the engine of the write
    return tensor
