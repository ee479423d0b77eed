"""Splits that remember what they are for, and minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import at_least_0, integer

from .init import Rng, generator

Role = Literal["train", "validation", "test"]


class Split(NamedTuple):
    """A part of a data set, marked with what it is for: statistics are fitted on, and models trained on, "train" only.

    ``x``: the inputs, one sample a row. ``y``: their targets, or None. ``role``: "train", "validation" or "test".

    Example:
        >>> import numpy as np, nn
        >>> train, _, test = nn.split(np.arange(10.0), rng=0)
        >>> nn.Standardize().fit(test.x)  # nobody can know what a bare array is
        Standardize(features=None)
        >>> nn.Standardize().fit(test)
        Traceback (most recent call last):
            ...
        autograd_core.errors.OptionError: Standardize: this is the test split; ...
    """

    x: np.ndarray
    y: np.ndarray | None
    role: Role


class Splits(NamedTuple):
    """The three parts of a data set, each a :class:`Split`; :func:`split` makes them."""

    train: Split
    validation: Split
    test: Split


def split(x: npt.ArrayLike, y: npt.ArrayLike | None = None, *, validation: float = 0.0, test: float = 0.2,
          rng: Rng = None) -> Splits:
    """Shuffle samples and divide them into training, validation and test data.

    Args:
        x: inputs, one sample a row (the first axis).
        y: their targets, as many, or None.
        validation: the share for validation.
        test: the share for the final test; the rest is for training.
        rng: a Generator, or a seed, for the shuffle.

    Returns:
        Splits: ``train``, ``validation`` and ``test``, each with ``x``, ``y`` and ``role``.

    Raises:
        ShapeError: unequal numbers of samples.
        OptionError: shares that leave nothing to train on.

    Example:
        >>> import numpy as np, nn
        >>> train, validation, test = nn.split(np.arange(10), validation=0.1, test=0.2, rng=0)
        >>> len(train.x), len(validation.x), len(test.x), test.role
        (7, 1, 2, 'test')
    """
    x, y = np.asarray(x), None if y is None else np.asarray(y)
    count = _samples("split", x, y)
    at_least_0("split: validation", validation, below=1)
    at_least_0("split: test", test, below=1)
    sizes = [round(share * count) for share in (validation, test)]
    if count - sum(sizes) < 1:
        raise OptionError(f"split: {sum(sizes)} of {count} samples are held out, which leaves none to train on.")
    order = generator(rng).permutation(count)
    parts = np.split(order, [count - sum(sizes), count - sizes[1]])
    roles: tuple[Role, ...] = ("train", "validation", "test")
    return Splits(*(Split(x[i], None if y is None else y[i], role) for i, role in zip(parts, roles, strict=True)))


def batches(x: np.ndarray, y: np.ndarray | None, size: int, *, rng: Rng = None) -> Iterator[tuple[Any, ...]]:
    """Minibatches of shuffled samples; the last one may be smaller.

    Args:
        x: inputs, one sample a row.
        y: their targets, as many, or None.
        size: of a batch.
        rng: a Generator, which is advanced by the shuffle, or a seed.

    Returns:
        An iterator of (x, y), or of (x,) where there is no ``y``.

    Raises:
        ShapeError: unequal numbers of samples.
        OptionError: a size below 1.

    Example:
        >>> import numpy as np, nn
        >>> [len(x) for (x,) in nn.batches(np.arange(10), None, 4, rng=0)]
        [4, 4, 2]
    """
    x, y = np.asarray(x), None if y is None else np.asarray(y)
    count = _samples("batches", x, y)
    integer("batches: size", size, least=1)
    order = generator(rng).permutation(count)
    for start in range(0, count, size):
        chosen = order[start : start + size]
        yield (x[chosen],) if y is None else (x[chosen], y[chosen])


def _samples(name: str, x: np.ndarray, y: np.ndarray | None) -> int:
    if not x.ndim:
        raise ShapeError(f"{name}: x is a single number; expected an array of samples.")
    if y is not None and (not y.ndim or len(y) != len(x)):
        raise ShapeError(f"{name}: {len(x)} samples of x, but y has shape {y.shape}; expected a target for each.")
    return len(x)
