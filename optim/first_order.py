"""FirstOrder: what optimizers share that move each parameter by its gradient. A subclass is a formula for one block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError, GraphError, InPlaceError, ShapeError

from .gradients import finite, settle
from .groups import Group
from .optimizer import Optimizer
from .state import working_dtype

BLOCK = 65_536
"""Elements updated at a time: a block of every array that a formula reads and writes fits into the L2 cache."""


class FirstOrder(Optimizer):
    """Base of the optimizers whose :meth:`step` moves each parameter by its gradient, in place.

    A subclass defines :meth:`update`, its formula, and names in ``carries`` the arrays of the parameter's shape that it
    carries from step to step. They start at zero.

    Args:
        params: see :class:`Optimizer`.
        options: of the subclass, by name.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Example:
        >>> import autograd_core as ag, optim
        >>> class Signs(optim.FirstOrder):
        ...     def __init__(self, params, lr=0.1):
        ...         super().__init__(params, lr=lr)
        ...     def update(self, group, t, spaces, p, g):
        ...         p -= group.lr * np.sign(g)
        >>> w = ag.tensor([1.0, -2.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> Signs([w]).step()
        >>> w
        tensor([ 0.9, -1.9], requires_grad=True)
    """

    carries: tuple[str, ...] = ()
    spaces: ClassVar[int] = 1  # arrays to compute in
    whole: ClassVar[bool] = False  # the formula needs all of a parameter at once, not a block
    own_decay: ClassVar[bool] = False  # the formula sees to weight decay itself

    def __init__(self, params: Any, **options: Any) -> None:
        super().__init__(params, **options)
        self._memory: dict[np.dtype[Any], np.ndarray] = {}
        self._scratch: dict[tuple[np.dtype[Any], tuple[int, ...]], list[np.ndarray]] = {}

    def carried(self, group: Group) -> tuple[str, ...]:
        """What the options of a group need carried; subclasses where that depends on the options define it."""
        return self.carries

    def step(self) -> None:
        """Move every parameter that has a gradient. If any cannot be moved, none is.

        A pending backward pass that needs the old values of a parameter will raise SavedArrayError. An interrupt from
        the keyboard can fall between two parameters: go on from a saved state then.

        Raises:
            GraphError: no parameter has a gradient; NaN or inf in a gradient (see ``nonfinite``).
            ShapeError: a gradient whose shape is not its parameter's.
            DTypeError: a gradient whose dtype is not its parameter's.
            InPlaceError: a parameter in read-only memory.
        """
        for group, name, p, g in self._ready():
            data = p.data
            self.move(group, name, data, g)
            p.data = data  # tells the engine of the write

    def _ready(self) -> list[tuple[Group, str, Tensor, np.ndarray]]:
        """What to move, by which gradients, all of it checked; nothing to leave out the step."""
        ready = []
        for group, name, p in self._items():
            grad = p.grad
            if grad is not None:
                _check_step(f"{type(self).__name__}: params[{name}]", p, grad)
                ready.append((group, name, p, grad.data))
            elif group["missing"] == "raise":
                raise GraphError(f"{type(self).__name__}: params[{name}] has no gradient; no parameter was changed. "
                                 f"Is it used by the loss?")
        if not ready:
            raise GraphError(f"{type(self).__name__}: no parameter has a gradient; call loss.backward() before step().")
        if finite(g for group, _, _, g in ready if group["nonfinite"] != "ignore"):
            return ready
        settled = []
        for group, name, p, g in ready:
            what = f"{type(self).__name__}: the gradient of params[{name}]"
            g_or_none = settle(what, g, group["nonfinite"])
            if g_or_none is None:
                return []
            settled.append((group, name, p, g_or_none))
        return settled

    def move(self, group: Group, name: str, p: np.ndarray, g: np.ndarray) -> None:
        """Move one parameter by its gradient, block by block."""
        kept = self._state.setdefault(name, {})
        for key in self.carried(group):
            dtype = working_dtype(p.dtype)
            if key not in kept:
                kept[key] = np.zeros_like(p, dtype=dtype)
            elif kept[key].dtype != dtype:  # the model was converted
                kept[key] = kept[key].astype(dtype)
        carried = [kept[key] for key in self.carried(group)]
        self._steps[name] = t = self._steps.get(name, 0) + 1
        for block in [(p, g, *carried)] if self.whole else _blocks(p, g, *carried):
            self._move_block(group, t, *block)

    def _move_block(self, group: Group, t: int, p: np.ndarray, g: np.ndarray, *state: np.ndarray) -> None:
        if p.dtype == np.float16:  # too coarse to compute in: Adam's eps would be 0
            wide = p.astype(np.float32)
            self._move_block(group, t, wide, g.astype(np.float32), *state)
            p[...] = wide
            return
        for_g, *spaces = self._spaces(p)
        if group["maximize"]:
            g = np.negative(g, out=for_g)
        if not self.own_decay and (decay := group.get("weight_decay", 0.0)):
            if group.get("decoupled_weight_decay"):
                p *= 1 - group["lr"] * decay
            else:
                g = np.add(g, np.multiply(p, decay, out=spaces[0]), out=for_g)
        self.update(group, t, spaces, p, g, *state)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """Move ``p`` in place, and bring its state up to date.

        Args:
            group: the options, as in ``group.lr``.
            t: how many steps this parameter has had, with this one.
            spaces: arrays like ``p`` to compute in, with anything in them.
            p: a block of the parameter.
            g: the same block of its gradient, weight decay included, only to be read.
            state: the same block of each array that it carries.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update(); define it.")

    def _spaces(self, like: np.ndarray) -> list[np.ndarray]:
        """One array for g and ``spaces`` more, all in one memory, which stays in the cache."""
        found = self._scratch.get((like.dtype, like.shape))
        if found is None:
            memory = self._memory.get(like.dtype)
            if memory is None or memory.size < (self.spaces + 1) * like.size:
                self._scratch.clear()
                memory = self._memory[like.dtype] = np.empty((self.spaces + 1) * like.size, like.dtype)
            parts = np.split(memory[: (self.spaces + 1) * like.size], self.spaces + 1)
            found = self._scratch[like.dtype, like.shape] = [part.reshape(like.shape) for part in parts]
        return found


def _check_step(what: str, p: Tensor, grad: Tensor) -> None:
    if grad.shape != p.shape:
        raise ShapeError(f"{what} has shape {p.shape}, its gradient {grad.shape}; no parameter was changed.")
    if grad.dtype != p.dtype:
        raise DTypeError(f"{what} has dtype {p.dtype}, its gradient {grad.dtype}; no parameter was changed.")
    if not p.data.flags.writeable:
        raise InPlaceError(f"{what} is in read-only memory; no parameter was changed. Make it of a copy.")


def _blocks(*arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """The arrays, which have one shape, in blocks of about ``BLOCK`` elements: flat pieces, or else whole rows."""
    first = arrays[0]
    if first.size <= BLOCK:
        yield arrays
        return
    if all(array.flags.c_contiguous for array in arrays):
        arrays = tuple(array.reshape(-1) for array in arrays)
    count = len(arrays[0])
    rows = max(1, math.ceil(BLOCK * count / first.size))
    for start in range(0, count, rows):
        yield tuple(array[start : start + rows] for array in arrays)
