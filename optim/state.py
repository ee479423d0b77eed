"""The state of an optimizer as plain data, keyed by parameter name, and its way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .options import OptionError

if TYPE_CHECKING:
    from .optimizer import Optimizer


class Unmatched(NamedTuple):
    """The parameters that only the optimizer, or only a loaded state, knows."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def state_of(optimizer: Optimizer) -> dict[str, Any]:
    """See :meth:`optim.Optimizer.state_dict`."""
    return {
        "class": type(optimizer).__name__,
        "groups": [{key: _plain(value) for key, value in group.items() if key != "params"}
                   for group in optimizer.param_groups],
        "state": {
            name: {"step": steps, **{key: array.copy() for key, array in optimizer._state[name].items()}}
            for name, steps in optimizer._steps.items()
        },
    }


def load(optimizer: Optimizer, state: Mapping[str, Any], strict: bool) -> Unmatched:
    """See :meth:`optim.Optimizer.load_state_dict`."""
    own = type(optimizer).__name__
    if missing := {"class", "groups", "state"} - state.keys():
        raise OptionError(f"load_state_dict: no {sorted(missing)[0]!r}; this is not what {own}.state_dict() gives.")
    if state["class"] != own:
        raise OptionError(f"load_state_dict: the state is that of {state['class']}, not of {own}; nothing was loaded.")
    options = {name: {k: v for k, v in group.items() if k != "names"}
               for group in state["groups"] for name in group["names"]}
    params = {name: p for _, name, p in optimizer._items()}
    unmatched = Unmatched([n for n in params if n not in options], [n for n in options if n not in params])
    wrong = []
    for name, entry in state["state"].items():
        for key, value in entry.items() if name in params else ():
            array, p = np.asarray(value), params[name]
            if key != "step" and (array.shape != p.shape or array.dtype != p.dtype):
                wrong.append(f"{key} of {name} is {array.dtype}{list(array.shape)}, expected {p.dtype}{list(p.shape)}")
    for group in optimizer.param_groups:
        found = [options[name] for name in group["names"] if name in options]
        if any(other != found[0] for other in found):
            wrong.append(f"parameters of one group had different options: {', '.join(group['names'])}")
        elif found and (unknown := found[0].keys() ^ (group.keys() - {"params", "names"})):
            wrong.append(f"options {', '.join(sorted(unknown))} are only in one of the two")
    if wrong or (strict and any(unmatched)):
        listed = {"missing": unmatched.missing_keys, "unexpected": unmatched.unexpected_keys, "wrong": wrong}
        lines = [f"\n  {kind}: {'; '.join(names)}" for kind, names in listed.items() if names]
        raise OptionError(f"load_state_dict: the state does not fit this {own}; nothing was loaded.{''.join(lines)}")
    checked = [
        optimizer._checked({k: _restored(v) for k, v in options[known[0]].items()})
        if (known := [name for name in group["names"] if name in options]) else {}
        for group in optimizer.param_groups
    ]
    for group, values in zip(optimizer.param_groups, checked, strict=True):
        group.update(values)
    kept = {name: entry for name, entry in state["state"].items() if name in params}
    optimizer._steps = {name: int(entry["step"]) for name, entry in kept.items()}
    optimizer._state = {name: {key: np.array(value) for key, value in entry.items() if key != "step"}
                        for name, entry in kept.items()}
    return unmatched


def _plain(value: Any) -> Any:
    """Options as JSON knows them: a tuple becomes a list."""
    return list(value) if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
