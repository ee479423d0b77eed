"""Optimizer: what all optimizers share. A subclass is its formula for one block of one parameter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import AutogradError, DTypeError, GraphError, InPlaceError, ShapeError

BLOCK = 32_768
"""Elements updated at a time: a block of every array that a formula reads and writes fits into the L2 cache."""


class OptionError(AutogradError, ValueError):
    """A setting with which an optimizer cannot work."""


class Optimizer:
    """Base of the optimizers: holds the parameters, and in :meth:`step` moves each by its gradient, in place.

    A subclass defines :meth:`update`, its formula, and says in ``moments`` how many arrays of the parameter's
    shape it carries from step to step. They start at zero.

    Args:
        params: Tensors, in any iterable, such as ``model.parameters()``.

    Raises:
        OptionError: no parameters.
        DTypeError: something else than float Tensors.
        GraphError: a tensor that was computed from others; a tensor given twice.
    """

    moments: int = 0

    def __init__(self, params: Iterable[Tensor]) -> None:
        self.params = _checked(params)
        self._state: list[tuple[np.ndarray, ...]] = [() for _ in self.params]
        self._steps = [0] * len(self.params)
        self._scratch = {p.dtype: np.empty(0, p.dtype) for p in self.params}

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: ``.grad`` becomes None."""
        for p in self.params:
            p.zero_grad()

    def step(self) -> None:
        """Move every parameter that has a gradient. If any cannot be moved, none is.

        A pending backward pass that needs the old values of a parameter will raise SavedArrayError.

        Raises:
            ShapeError: a gradient whose shape is not its parameter's.
            DTypeError: a gradient whose dtype is not its parameter's.
            InPlaceError: a parameter in read-only memory.
        """
        todo = [(i, p, p.grad) for i, p in enumerate(self.params)]
        for i, p, grad in todo:
            if grad is not None:
                _check_step(f"{type(self).__name__}: params[{i}]", p, grad)
        for i, p, grad in todo:
            if grad is None:
                continue
            if not self._steps[i]:
                self._state[i] = tuple(np.zeros_like(p.data) for _ in range(self.moments))
            self._steps[i] += 1
            data = p.data
            for block in _blocks(data, grad.data, *self._state[i]):
                self.update(self._steps[i], self._space(block[0]), *block)
            p.data = data  # tells the engine of the write

    def update(self, t: int, space: np.ndarray, p: np.ndarray, g: np.ndarray, *state: np.ndarray) -> None:
        """Move ``p`` in place, and bring its state up to date.

        Args:
            t: how many steps this parameter has had, with this one.
            space: an array like ``p`` to compute in, with anything in it.
            p: a block of the parameter.
            g: the same block of its gradient, only to be read.
            state: the same block of each of its ``moments``.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update(); define it.")

    def _space(self, like: np.ndarray) -> np.ndarray:
        if self._scratch[like.dtype].size < like.size:
            self._scratch[like.dtype] = np.empty(like.size, like.dtype)
        return self._scratch[like.dtype][: like.size].reshape(like.shape)

    def __repr__(self) -> str:
        hidden = ("params", "moments")
        options = [f"{k}={v!r}" for k, v in vars(self).items() if k not in hidden and not k.startswith("_")]
        return f"{type(self).__name__}({', '.join([f'{len(self.params)} parameters', *options])})"


def at_least_0(name: str, value: Any, *, below: float = math.inf) -> float:
    """``value`` as a float, checked to lie in [0, ``below``).

    Raises:
        DTypeError: not a real number.
        OptionError: outside, or NaN.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DTypeError(f"{name}={value!r}; expected a number.") from None
    if not 0 <= number < below:
        limit = "" if below == math.inf else f" and below {below:g}"
        raise OptionError(f"{name}={value!r}; expected a finite number, at least 0{limit}.")
    return number


def _checked(params: Iterable[Tensor]) -> list[Tensor]:
    if isinstance(params, Tensor):
        raise DTypeError("params: a single Tensor; put it in a list.")
    try:
        found = list(params)
    except TypeError:
        what = type(params).__name__
        raise DTypeError(f"params: expected Tensors, as from model.parameters(), got a {what}.") from None
    if not found:
        raise OptionError("params: there is nothing to optimize; an iterator that was used up is empty, too.")
    seen: dict[int, int] = {}
    for i, p in enumerate(found):
        if not isinstance(p, Tensor):
            raise DTypeError(f"params[{i}] is a {type(p).__name__}, not a Tensor; pass model.parameters().")
        if p.dtype.kind != "f":
            raise DTypeError(f"params[{i}] has dtype {p.dtype}, which has no gradient; make it a float.")
        if not p.is_leaf:
            raise GraphError(f"params[{i}] was computed from other tensors; optimize the leaves it came from.")
        if (first := seen.setdefault(id(p), i)) != i:
            raise GraphError(f"params[{i}] is params[{first}] again; each parameter may be given once.")
    return found


def _check_step(what: str, p: Tensor, grad: Tensor) -> None:
    if grad.shape != p.shape:
        raise ShapeError(f"{what} has shape {p.shape}, its gradient {grad.shape}; no parameter was changed.")
    if grad.dtype != p.dtype:
        raise DTypeError(f"{what} has dtype {p.dtype}, its gradient {grad.dtype}; no parameter was changed.")
    if not p.data.flags.writeable:
        raise InPlaceError(f"{what} is in read-only memory; no parameter was changed. Make it of a copy.")


def _blocks(*arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """The arrays, which have one shape, in slices of whole rows and about BLOCK elements."""
    first = arrays[0]
    if first.size <= BLOCK:
        yield arrays
        return
    rows = max(1, BLOCK * len(first) // first.size)
    for start in range(0, len(first), rows):
        yield tuple(array[start : start + rows] for array in arrays)
