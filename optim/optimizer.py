"""Optimizer: what all optimizers share. A subclass is its formula for one block of one parameter."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypedDict

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError, GraphError, InPlaceError, ShapeError

from . import state as states
from .gradients import finite, settle
from .groups import Group, Options, read_groups
from .options import OptionError, at_least_0, one_of

BLOCK = 65_536
"""Elements updated at a time: a block of every array that a formula reads and writes fits into the L2 cache."""


class Common(TypedDict, total=False):
    """Keywords that every optimizer takes.

    ``maximize``: go uphill. ``nonfinite``: what to do about NaN or inf in a gradient: "raise" (the default) changes no
    parameter; "skip" leaves out the whole step; "scale" scales such a gradient down to its infinite elements, as ±1;
    "ignore" does not look. ``missing``: "skip" parameters without a gradient, or "raise".
    """

    maximize: bool
    nonfinite: str
    missing: str


class Optimizer:
    """Base of the optimizers: holds the parameters, and in :meth:`step` moves each by its gradient, in place.

    A subclass defines :meth:`update`, its formula, and names in ``carries`` the arrays of the parameter's shape that it
    carries from step to step. They start at zero.

    Args:
        params: a model, so that state is kept by the names of its parameters; or Tensors, as from
            ``model.parameters()``; or (name, Tensor) pairs; or dicts with the key "params" for any of these and options
            of their own, as in ``[{"params": model.head, "lr": 0.1}, {"params": model.body}]``.
        options: of the subclass, by name.

    Raises:
        OptionError: no parameters, an unknown option, or one that makes no sense.
        DTypeError: something else than float Tensors.
        GraphError: a tensor that was computed from others; a tensor given twice.
    """

    carries: tuple[str, ...] = ()
    spaces: ClassVar[int] = 1  # arrays to compute in
    whole: ClassVar[bool] = False  # the formula needs all of a parameter at once, not a block
    own_decay: ClassVar[bool] = False  # the formula sees to weight decay itself
    set_by_class: ClassVar[tuple[str, ...]] = ()  # options of groups that are not the user's to give

    def __init__(self, params: Any, **options: Any) -> None:
        known = {*inspect.signature(type(self).__init__).parameters, *Common.__annotations__, *self.set_by_class}
        if unknown := sorted(options.keys() - known):
            raise OptionError(f"{type(self).__name__}: no option {unknown[0]!r}; there are "
                              f"{', '.join(sorted(known - {'self', 'params', 'common', *self.set_by_class}))}.")
        common = {"maximize": False, "nonfinite": "raise", "missing": "skip"}
        self.defaults: Options = {**options, **{name: options.get(name, value) for name, value in common.items()}}
        self.param_groups: list[Group] = read_groups(params, self.defaults, self._checked)
        self._steps: dict[str, int] = {}
        self._state: dict[str, dict[str, np.ndarray]] = {}
        self._memory: dict[np.dtype[Any], np.ndarray] = {}
        self._scratch: dict[tuple[np.dtype[Any], tuple[int, ...]], list[np.ndarray]] = {}

    def _checked(self, options: Options) -> Options:
        name = type(self).__name__
        one_of(f"{name}: nonfinite", options["nonfinite"], "raise", "skip", "scale", "ignore")
        one_of(f"{name}: missing", options["missing"], "skip", "raise")
        for option in ("lr", "weight_decay"):
            if option in options:
                options[option] = at_least_0(f"{name}: {option}", options[option])
        return self.check(options)

    def check(self, options: Options) -> Options:
        """The options of one group, checked and completed; subclasses with options of their own define it."""
        return options

    def carried(self, group: Group) -> tuple[str, ...]:
        """What the options of a group need carried; subclasses where that depends on the options define it."""
        return self.carries

    @property
    def lr(self) -> float:
        """The learning rate of the first group; setting it sets that of all groups."""
        return float(self.param_groups[0]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        for group in self.param_groups:
            group["lr"] = at_least_0(f"{type(self).__name__}: lr", value)

    @property
    def params(self) -> list[Tensor]:
        """The parameters of all groups."""
        return [p for _, _, p in self._items()]

    def _items(self) -> Iterator[tuple[Group, str, Tensor]]:
        for group in self.param_groups:
            for name, p in zip(group["names"], group["params"], strict=True):
                yield group, name, p

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Optimize more parameters from now on, as when layers are thawed one after the other.

        Args:
            group: a dict with the key "params" and, if they differ, options.

        Raises:
            OptionError, DTypeError, GraphError: as for the class; nothing is added.
        """
        known = [dict(g, params=list(zip(g["names"], g["params"], strict=True))) for g in self.param_groups]
        for g in known:
            del g["names"]
        self.param_groups = [*self.param_groups, read_groups([*known, group], self.defaults, self._checked)[-1]]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: ``.grad`` becomes None."""
        for p in self.params:
            p.zero_grad()

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
            dtype = states.working_dtype(p.dtype)
            if key not in kept:
                kept[key] = np.zeros_like(p, dtype=dtype)
            elif kept[key].dtype != dtype:  # the model was converted
                kept[key] = kept[key].astype(dtype)
        carried = [kept[key] for key in self.carried(group)]
        self._steps[name] = t = self._steps.get(name, 0) + 1
        if p.size <= BLOCK or self.whole:
            self._move_block(group, t, p, g, *carried)
            return
        for block in _blocks(p, g, *carried):
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

    # Files

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on later as if nothing had happened, with copies of all arrays.

        Returns:
            A dict of the "class", the "groups" with their options and names, and the "state" by parameter name.

        Example:
            >>> import autograd_core as ag, optim
            >>> w = ag.tensor([1.0], requires_grad=True)
            >>> optimizer = optim.SGD([("w", w)], lr=0.1, momentum=0.9)
            >>> (w * w).sum().backward()
            >>> optimizer.step()
            >>> optimizer.state_dict()["state"]
            {'w': {'step': 1, 'momentum_buffer': array([2.])}}
        """
        return states.state_of(self)

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> states.Unmatched:
        """Go on from a state that :meth:`state_dict` gave. Parameters are found by name, whatever their order.

        Args:
            state: of an optimizer of the same class.
            strict: refuse parameters that only one of the two knows; otherwise new ones start afresh.

        Returns:
            The names that only this optimizer has, as ``missing_keys``, or only the state, as ``unexpected_keys``.

        Raises:
            OptionError: another class, other names, shapes, dtypes or options; the message lists every one, and nothing
                is changed.
        """
        return states.load(self, state, strict)

    def __repr__(self) -> str:
        first, count = self.param_groups[0], sum(len(group["params"]) for group in self.param_groups)
        groups = f" in {len(self.param_groups)} groups" if len(self.param_groups) > 1 else ""
        usual = {"maximize": False, "nonfinite": "raise", "missing": "skip"}
        shown = [f"{k}={v!r}" for k, v in first.items() if k not in ("params", "names") and usual.get(k, ...) != v]
        return f"{type(self).__name__}({', '.join([f'{count} parameters{groups}', *shown])})"


def _check_step(what: str, p: Tensor, grad: Tensor) -> None:
    if grad.shape != p.shape:
        raise ShapeError(f"{what} has shape {p.shape}, its gradient {grad.shape}; no parameter was changed.")
    if grad.dtype != p.dtype:
        raise DTypeError(f"{what} has dtype {p.dtype}, its gradient {grad.dtype}; no parameter was changed.")
    if not p.data.flags.writeable:
        raise InPlaceError(f"{what} is in read-only memory; no parameter was changed. Make it of a copy.")


def _blocks(*arrays: np.ndarray, size: int = BLOCK) -> Iterator[tuple[np.ndarray, ...]]:
    """The arrays, which have one shape, in blocks of about ``size`` elements: flat pieces, or else whole rows."""
    first = arrays[0]
    if first.size <= size:
        yield arrays
        return
    if all(array.flags.c_contiguous for array in arrays):
        arrays = tuple(array.reshape(-1) for array in arrays)
    count = len(arrays[0])
    rows = max(1, math.ceil(size * count / first.size))
    for start in range(0, count, rows):
        yield tuple(array[start : start + rows] for array in arrays)
