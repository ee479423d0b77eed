"""Optimizer: what all optimizers share, which is parameters in groups, options, and a state by name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypedDict

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import OptionError
from autograd_core.matching import Unmatched
from autograd_core.options import at_least_0, flag, one_of

from . import state as states
from .groups import Group, Options, read_groups

FLAGS = ("maximize", "nesterov", "averaged", "amsgrad", "bias_correction", "decoupled_weight_decay", "centered")
"""Options that are True or False, whichever optimizer has them."""


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
    """Base of the optimizers: holds the parameters. A subclass has a ``step()`` that moves them, in place.

    Write your own as a :class:`FirstOrder`, if it goes by the gradients alone, or as a :class:`FullBatch`.

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

    def _checked(self, options: Options) -> Options:
        name = type(self).__name__
        one_of(f"{name}: nonfinite", options["nonfinite"], "raise", "skip", "scale", "ignore")
        one_of(f"{name}: missing", options["missing"], "skip", "raise")
        for option in ("lr", "weight_decay"):
            if option in options:
                options[option] = at_least_0(f"{name}: {option}", options[option])
        for option in FLAGS:
            if option in options:
                options[option] = flag(f"{name}: {option}", options[option])
        return self.check(options)

    def check(self, options: Options) -> Options:
        """The options of one group, checked and completed; subclasses with options of their own define it."""
        return options

    def carried(self, group: Group) -> tuple[str, ...]:
        """Which arrays, of each parameter's shape, go from step to step with the options of this group."""
        return ()

    @property
    def lr(self) -> float:
        """The learning rate of the first group; setting it sets that of all groups."""
        return float(self._with_rate()[0]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        for group in self._with_rate():
            group["lr"] = at_least_0(f"{type(self).__name__}: lr", value)

    def _with_rate(self) -> list[Group]:
        if "lr" not in self.defaults:
            name = type(self).__name__
            raise AttributeError(f"{name} has no learning rate; its options are {', '.join(self.defaults)}.")
        return self.param_groups

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

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Unmatched:
        """Go on from a state that :meth:`state_dict` gave. Parameters are found by name, whatever their order.

        Args:
            state: of an optimizer of the same class.
            strict: refuse parameters that only one of the two knows; otherwise new ones start afresh.

        Returns:
            The names that only this optimizer has, as ``missing_keys``, or only the state, as ``unexpected_keys``.

        Raises:
            StateError: another class; names, shapes, dtypes, options or values that do not fit. The message lists
                every one, and nothing is changed.
        """
        return states.assign(self, states.read(self, state, strict, self.carried))

    def __repr__(self) -> str:
        first, count = self.param_groups[0], sum(len(group["params"]) for group in self.param_groups)
        groups = f" in {len(self.param_groups)} groups" if len(self.param_groups) > 1 else ""
        usual = {"maximize": False, "nonfinite": "raise", "missing": "skip"}
        shown = [f"{k}={v!r}" for k, v in first.items() if k not in ("params", "names") and usual.get(k, ...) != v]
        return f"{type(self).__name__}({', '.join([f'{count} parameters{groups}', *shown])})"
