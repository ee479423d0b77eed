"""The state of an optimizer as plain data, keyed by parameter name, and its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_core import Tensor
from autograd_core.matching import Loading, Unmatched, same_array
from autograd_core.options import integer

from .groups import Group, Options

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


class Loaded(NamedTuple):
    """What a state holds, all of it checked."""

    unmatched: Unmatched
    options: list[tuple[Group, Options]]
    steps: dict[str, int]
    arrays: dict[str, dict[str, np.ndarray]]


def read(optimizer: Optimizer, state: Mapping[str, Any], strict: bool,
         carried: Callable[[Group], tuple[str, ...]] | None) -> Loaded:
    """What ``state`` holds for an optimizer, which is not changed; see :meth:`optim.Optimizer.load_state_dict`.

    Args:
        optimizer: that it is for.
        state: from ``state_dict()``.
        strict: see there.
        carried: which arrays a group with these options has for each parameter; None leaves that open.
    """
    loading = Loading(type(optimizer).__name__)
    loading.origin(state, "groups", "state")
    options = _read_options(optimizer, state["groups"], loading)
    entries = loading.part("'state'", state["state"], Mapping)
    params = {name: p for _, name, p in optimizer._items()}
    loaded = Loaded(loading.match(params, options, strict), [], {}, {})
    for name in entries:
        if name not in options:
            loading.note("wrong", f"the state of {name!r}, which is in no group")
    for group in optimizer.param_groups:
        new = [options[name] for name in group["names"] if options.get(name)]
        if any(other != new[0] for other in new):
            loading.note("wrong", f"parameters of one group had different options: {', '.join(group['names'])}")
        elif new:
            loaded.options.append((group, new[0]))
            keys = None if carried is None else carried(Group(new[0]))
            for name in group["names"]:
                if name in entries:
                    entry = _read_entry(name, entries[name], keys, params[name], loading)
                    loaded.steps[name] = entry.pop("step", 0)
                    loaded.arrays[name] = entry
    loading.done()
    return loaded


def assign(optimizer: Optimizer, loaded: Loaded) -> Unmatched:
    """Bring the optimizer to the state that was read."""
    for group, options in loaded.options:
        group.update(options)
    optimizer._steps, optimizer._state = loaded.steps, loaded.arrays
    return loaded.unmatched


def _read_options(optimizer: Optimizer, groups: Any, loading: Loading) -> dict[str, Options]:
    """The options of every parameter in the state, by its name; empty where they do not fit."""
    own = optimizer.param_groups[0].keys() - {"params", "names"}
    found: dict[str, Options] = {}
    for i, group in enumerate(loading.part("'groups'", groups, (list, tuple))):
        loading.part(f"group {i}", group, Mapping, "names")
        given, checked = {key: _restored(value) for key, value in group.items() if key != "names"}, {}
        if unknown := given.keys() ^ own:
            loading.note("wrong", f"options {', '.join(sorted(map(str, unknown)))} are only in one of the two")
        else:
            with loading.check():
                checked = optimizer._checked(given)
        for name in loading.part(f"'names' of group {i}", group["names"], (list, tuple)):
            if isinstance(name, str) and name not in found:
                found[name] = checked
            else:
                loading.note("wrong", f"the name {name!r} in group {i}")
    return found


def _read_entry(name: str, entry: Any, keys: tuple[str, ...] | None, p: Tensor, loading: Loading) -> dict[str, Any]:
    """The state of one parameter: its steps, and copies of its arrays."""
    loading.part(f"the state of {name}", entry, Mapping)
    expected = entry if keys is None else keys
    found: dict[str, Any] = {}
    for key in dict.fromkeys(["step", *expected, *entry]):
        what = f"{key} of {name}"
        if key not in entry:
            loading.note("wrong", f"{what} is missing")
            continue
        with loading.check():
            if key == "step":
                found[key] = integer(what, entry[key], least=0)
            elif key in expected:
                found[key] = same_array(what, entry[key], p.shape, working_dtype(p.dtype))
            else:
                loading.note("wrong", f"{what} is not used with these options")
    return found


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What the state of a parameter is kept and computed in: its own dtype, but float32 for float16."""
    return np.promote_types(dtype, np.float32)


def _plain(value: Any) -> Any:
    """Options as JSON knows them: a tuple becomes a list."""
    return list(value) if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
