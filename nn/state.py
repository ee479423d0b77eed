"""Loading values into a model by name: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import AutogradError, DTypeError


class StateError(AutogradError, RuntimeError):
    """A state that does not fit what it is loaded into."""


class Unmatched(NamedTuple):
    """The names on which a model and a loaded state do not agree."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(owned: Mapping[str, Tensor], state: Mapping[str, Any], what: str, strict: bool) -> Unmatched:
    """Copy the arrays of ``state`` into the tensors that a model owns; see :meth:`nn.Module.load_state_dict`."""
    missing = [name for name in owned if name not in state]
    unexpected = [name for name in state if name not in owned]
    arrays = {name: _copied(name, state[name], owned[name].dtype) for name in owned if name in state}
    misshapen = [
        f"{name} is {array.shape}, expected {owned[name].shape}"
        for name, array in arrays.items()
        if array.shape != owned[name].shape
    ]
    if misshapen or (strict and (missing or unexpected)):
        found = {"missing": missing, "unexpected": unexpected, "wrong shape": misshapen}
        lines = [f"\n  {kind}: {'; '.join(names)}" for kind, names in found.items() if names]
        raise StateError(f"load_state_dict: the state does not fit {what}; nothing was loaded.{''.join(lines)}")
    for name, array in arrays.items():
        data = owned[name].data
        data[...] = array
        owned[name].data = data  # tells the engine of the write
    return Unmatched(missing, unexpected)


def _copied(name: str, value: Any, dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of ``value``, which the parameter's own memory may be part of, in the parameter's dtype."""
    array = value.data if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"load_state_dict: {name} has dtype {array.dtype}; expected real numbers.")
    return np.array(array, dtype)
