"""Loading values into a model by name: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core import Tensor
from autograd_core.matching import Loading, Unmatched, converted, real_array

if TYPE_CHECKING:
    from .module import Module


def load(model: Module, state: Mapping[str, Any], strict: bool) -> Unmatched:
    """Copy the arrays of ``state`` into the tensors that a model owns; see :meth:`nn.Module.load_state_dict`."""
    loading, owned = Loading(type(model).__name__), model._state()
    unmatched = loading.match(owned, loading.part("the state", state, Mapping), strict)
    arrays = {}
    for name, tensor in owned.items():
        if name not in state:
            continue
        with loading.check():
            array = real_array(name, state[name])
            if array.shape == tensor.shape:
                arrays[name] = converted(name, array, tensor.dtype)  # a copy: it may be a parameter's own memory
            else:
                loading.note("wrong shape", f"{name} is {array.shape}, expected {tensor.shape}")
        if not tensor.data.flags.writeable:
            loading.note("read-only", f"the memory of {name}")
    _find_contradictions(owned, arrays, loading)
    for path, module in model.named_modules():
        prefix = f"{path}." if path else ""
        with loading.check(prefix):
            module._check_state({name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)})
    loading.done()
    for name, array in arrays.items():
        data = owned[name].data
        data[...] = array
        owned[name].data = data  # tells the engine of the write
    return unmatched


def _find_contradictions(owned: Mapping[str, Tensor], arrays: Mapping[str, np.ndarray], loading: Loading) -> None:
    """The names of one shared tensor for which the state has different values: which is it to have?"""
    first: dict[int, str] = {}
    for name, array in arrays.items():
        other = first.setdefault(id(owned[name]), name)
        if not np.array_equal(array, arrays[other], equal_nan=array.dtype.kind == "f"):
            loading.note("shared but different", f"{other} and {name} are one tensor here")
