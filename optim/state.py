"""The state of an optimizer as plain data, keyed by parameter name, and its way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import StateError
from autograd_core.matching import Unmatched, match, refuse_misfits

from .groups import Group

if TYPE_CHECKING:
    from .optimizer import Optimizer


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


def check_origin(own: str, state: Mapping[str, Any], *keys: str) -> None:
    """Refuse a state that is not what ``state_dict()`` of an object of the class called ``own`` gives.

    Raises:
        StateError: it lacks one of ``keys``, or is of another class.
    """
    if not isinstance(state, Mapping):
        raise StateError(f"load_state_dict: a {type(state).__name__}; this is not what {own}.state_dict() gives.")
    if missing := {"class", *keys} - state.keys():
        raise StateError(f"load_state_dict: no {sorted(missing)[0]!r}; this is not what {own}.state_dict() gives.")
    if state["class"] != own:
        raise StateError(f"load_state_dict: the state is that of {state['class']}, not of {own}; nothing was loaded.")


def load(optimizer: Optimizer, state: Mapping[str, Any], strict: bool) -> Unmatched:
    """See :meth:`optim.Optimizer.load_state_dict`."""
    own = type(optimizer).__name__
    check_origin(own, state, "groups", "state")
    options = {name: {k: _restored(v) for k, v in group.items() if k != "names"}
               for group in state["groups"] for name in group["names"]}
    params = {name: p for _, name, p in optimizer._items()}
    unmatched = match(params, options)
    kept = {name: entry for name, entry in state["state"].items() if name in params}
    loaded, wrong = [], []
    for group in optimizer.param_groups:
        found = [options[name] for name in group["names"] if name in options]
        new = found[0] if found else {}
        if any(other != new for other in found):
            wrong.append(f"parameters of one group had different options: {', '.join(group['names'])}")
        elif found and (unknown := new.keys() ^ (group.keys() - {"params", "names"})):
            wrong.append(f"options {', '.join(sorted(unknown))} are only in one of the two")
        elif found:
            loaded.append((group, optimizer._checked(new)))
            carried = optimizer.carried(Group(new))
            for name, p in zip(group["names"], group["params"], strict=True):
                wrong += _misfits(name, kept[name], carried, p) if name in kept else []
    refuse_misfits(own, unmatched, strict, wrong=wrong)
    for group, new in loaded:
        group.update(new)
    optimizer._steps = {name: int(entry["step"]) for name, entry in kept.items()}
    optimizer._state = {name: {key: np.array(value) for key, value in entry.items() if key != "step"}
                        for name, entry in kept.items()}
    return unmatched


def _misfits(name: str, entry: Mapping[str, Any], carried: tuple[str, ...], p: Tensor) -> list[str]:
    """What is wrong with the state of one parameter, in words."""
    wrong = [f"{key} of {name} is missing" for key in ("step", *carried) if key not in entry]
    dtype = working_dtype(p.dtype)
    for key, value in entry.items():
        array = np.asarray(value)
        if key not in ("step", *carried):
            wrong.append(f"{key} of {name} is not used with these options")
        elif key != "step" and (array.shape != p.shape or array.dtype != dtype):
            wrong.append(f"{key} of {name} is {array.dtype}{list(array.shape)}, expected {dtype}{list(p.shape)}")
    return wrong


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What the state of a parameter is kept and computed in: its own dtype, but float32 for float16."""
    return np.promote_types(dtype, np.float32)


def _plain(value: Any) -> Any:
    """Options as JSON knows them: a tuple becomes a list."""
    return list(value) if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
