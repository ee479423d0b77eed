"""Loading values into a model by name: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError
from autograd_core.matching import Unmatched, match, refuse_misfits


def load(owned: Mapping[str, Tensor], state: Mapping[str, Any], what: str, strict: bool) -> Unmatched:
    """Copy the arrays of ``state`` into the tensors that a model owns; see :meth:`nn.Module.load_state_dict`."""
    if not isinstance(state, Mapping):
        raise DTypeError(f"load_state_dict: expected a dict of arrays by name, got a {type(state).__name__}.")
    arrays = {name: _copied(name, state[name], owned[name].dtype) for name in owned if name in state}
    misshapen = [
        f"{name} is {array.shape}, expected {owned[name].shape}"
        for name, array in arrays.items()
        if array.shape != owned[name].shape
    ]
    unmatched = match(owned, state)
    refuse_misfits(what, unmatched, strict, wrong_shape=misshapen, shared_but_different=_contradictions(owned, arrays))
    for name, array in arrays.items():
        data = owned[name].data
        data[...] = array
        owned[name].data = data  # tells the engine of the write
    return unmatched


def _contradictions(owned: Mapping[str, Tensor], arrays: Mapping[str, np.ndarray]) -> list[str]:
    """The names of one shared tensor for which the state has different values: which is it to have?"""
    first: dict[int, str] = {}
    found = []
    for name, array in arrays.items():
        other = first.setdefault(id(owned[name]), name)
        if not np.array_equal(array, arrays[other], equal_nan=array.dtype.kind == "f"):
            found.append(f"{other} and {name} are one tensor here")
    return found


def _copied(name: str, value: Any, dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of ``value``, which the parameter's own memory may be part of, in the parameter's dtype."""
    try:
        array = value.data if isinstance(value, Tensor) else np.asarray(value)
    except ValueError:
        raise DTypeError(f"load_state_dict: {name} has rows of unequal length.") from None
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"load_state_dict: {name} has dtype {array.dtype}; expected real numbers.")
    return np.array(array, dtype)
