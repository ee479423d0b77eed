"""Random starting values without regard to a layer's size, and where randomness comes from."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError, OptionError
from autograd_core.options import at_least_0, number

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


def fill(tensor: AnyTensor, values: Any) -> AnyTensor:
    """Write ``values`` into ``tensor``, unrecorded; a pending backward that needs the old ones will raise.

    Args:
        tensor: of any shape.
        values: numbers that broadcast to it.

    Returns:
        The tensor itself.

    Raises:
        DTypeError: not a Tensor.

    Example:
        >>> import nn
        >>> nn.init.fill(nn.Parameter([0.0, 0.0]), [1.0, 2.0]).tolist()
        [1.0, 2.0]
    """
    if not isinstance(tensor, Tensor):
        raise DTypeError(f"init: a {type(tensor).__name__} to fill; expected a Tensor, such as nn.Parameter(array).")
    data = tensor.data
    data[...] = values
    tensor.data = data  # tells the engine of the write
    return tensor


def uniform_(tensor: AnyTensor, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill ``tensor`` in place with draws from U(a, b).

    Args:
        tensor: of any shape and float dtype.
        a, b: the bounds.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        OptionError: bounds that are not in order.
        DTypeError: an ``rng`` of another kind.

    Example:
        >>> import nn
        >>> w = nn.init.uniform_(nn.Parameter([0.0, 0.0]), -1.0, 1.0, rng=0)
        >>> w.numpy().round(2).tolist() == nn.init.uniform_(w, -1.0, 1.0, rng=0).numpy().round(2).tolist()
        True
    """
    if number("uniform_: a", a) > number("uniform_: b", b):
        raise OptionError(f"uniform_: a={a}, b={b}; expected a to be at most b.")
    return fill(tensor, generator(rng).uniform(a, b, tensor.shape))


def normal_(tensor: AnyTensor, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill ``tensor`` in place with draws from N(mean, std²).

    With ``std=0.01``, the small random numbers of the older texts: right for shallow networks, while the signal of deep
    ones shrinks from layer to layer. :func:`kaiming_normal_` and :func:`xavier_normal_` keep it.

    Args:
        tensor: of any shape and float dtype.
        mean, std: of the distribution.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        DTypeError: an ``rng`` of another kind.
        OptionError: a negative ``std``.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.normal_(nn.Parameter(np.zeros((100, 100))), std=0.01, rng=0)
        >>> bool(0.0098 < w.numpy().std() < 0.0102)
        True
    """
    mean, std = number("normal_: mean", mean), at_least_0("normal_: std", std)
    return fill(tensor, generator(rng).normal(mean, std, tensor.shape))


def trunc_normal_(tensor: AnyTensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *,
                  rng: Rng = None) -> AnyTensor:
    """Fill ``tensor`` in place with draws from N(mean, std²), drawn again until they lie in [a, b].

    Args:
        tensor: of any shape and float dtype.
        mean, std: of the distribution before it is cut.
        a, b: the bounds, in absolute terms (not in standard deviations).
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        DTypeError: an ``rng`` of another kind.
        OptionError: a negative ``std``; bounds that hold too little of the distribution to be drawn from.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.trunc_normal_(nn.Parameter(np.zeros(1000)), std=0.02, a=-0.04, b=0.04, rng=0)
        >>> bool(abs(w.numpy()).max() <= 0.04)
        True
    """
    rng, std = generator(rng), at_least_0("trunc_normal_: std", std)
    values = rng.normal(mean, std, tensor.shape)
    for _ in range(1000):
        outside = np.flatnonzero((values < a) | (values > b))
        if not outside.size:
            return fill(tensor, values)
        values.reshape(-1)[outside] = rng.normal(mean, std, outside.size)
    raise OptionError(f"trunc_normal_: almost nothing of N({mean}, {std}²) lies in [{a}, {b}]; choose wider bounds.")
