"""Checkpoints: everything that training needs to go on as if it had not stopped, in one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError, StateError

from .files import FileError, plain_array, read, write
from .module import Module

_ARRAY = "$array"  # in the JSON, {"$array": name} stands for an array, which is in the file by that name


def save_checkpoint(path: str | Path, **parts: Any) -> None:
    """Write the state of everything that takes part in training to one file, whole or not at all.

    Of a Module, that is its parameters and buffers, and the state of each random Generator that it or a module below
    has as an attribute, such as that of Dropout.

    Args:
        path: where; missing folders are made, an existing file is replaced.
        parts: by any names, modules, ``numpy.random.Generator``s, and whatever has ``state_dict()``: optimizers,
            schedulers; and plain values: arrays, numbers, texts, lists and dicts of these.

    Raises:
        DTypeError: a value that is none of these. Nothing is written.
        MissingExtraError: safetensors is not installed.

    Example:
        >>> import tempfile, numpy as np, nn, optim
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp()) / "run.safetensors"
        >>> model, rng = nn.Linear(3, 2), np.random.default_rng(0)
        >>> optimizer = optim.Adam(model, lr=0.001)
        >>> nn.save_checkpoint(path, model=model, optimizer=optimizer, rng=rng, epoch=3)
        >>> nn.load_checkpoint(path, model=model, optimizer=optimizer, rng=rng)
        {'epoch': 3}
    """
    arrays: dict[str, np.ndarray] = {}
    tree = {name: _packed(_state_of(part), name, arrays) for name, part in parts.items()}
    write(path, arrays, {"checkpoint": json.dumps(tree)})


def load_checkpoint(path: str | Path, **parts: Any) -> dict[str, Any]:
    """Bring modules, optimizers, schedulers and Generators to the state that :func:`save_checkpoint` saved.

    Args:
        path: of the file.
        parts: by the names they were saved by, what to bring there.

    Returns:
        What else is in the file, by name: plain values as they were (tuples as lists), states as dicts.

    Raises:
        FileError: the file is damaged, or no checkpoint.
        FileNotFoundError: there is none.
        StateError: a part that is not in the file, or that its state does not fit. All parts stay as they were.
        MissingExtraError: safetensors is not installed.
    """
    arrays, metadata = read(path)
    if "checkpoint" not in metadata:
        raise FileError(f"load_checkpoint: {str(path)!r} is not a checkpoint; read it with nn.load(path).")
    try:
        states = _unpacked(json.loads(metadata["checkpoint"]), arrays)
        names = list(states)
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise FileError(f"load_checkpoint: {str(path)!r} is damaged: {error}.") from None
    for name, part in parts.items():
        if name not in states:
            raise StateError(f"load_checkpoint: no {name!r} in {str(path)!r}; there are {', '.join(map(repr, names))}.")
        if not has_state(part):
            raise DTypeError(f"load_checkpoint: {name} is a {type(part).__name__}, which has no state to load; plain "
                             f"values are returned.")
    before = {name: _state_of(part) for name, part in parts.items()}
    try:
        for name, part in parts.items():
            _restore(name, part, states[name])
    except BaseException:
        for name, part in parts.items():
            _restore(name, part, before[name])
        raise
    return {name: state for name, state in states.items() if name not in parts}


def has_state(part: Any) -> bool:
    """Whether ``part`` can be brought to a state, rather than being plain data."""
    return isinstance(part, np.random.Generator) or hasattr(part, "load_state_dict")


def _state_of(part: Any) -> Any:
    """The state of an object as plain data; plain data itself."""
    if isinstance(part, Module):
        return {"state": part.state_dict(), "rng": {path: _state_of(rng) for path, rng in _generators(part).items()}}
    if isinstance(part, np.random.Generator):
        return part.bit_generator.state
    return part.state_dict() if hasattr(part, "state_dict") else part


def _restore(name: str, part: Any, state: Any) -> None:
    if isinstance(part, Module):
        rngs = _generators(part)
        if not isinstance(state, dict) or state.keys() != {"state", "rng"} or state["rng"].keys() != rngs.keys():
            raise StateError(f"load_checkpoint: {name}: the checkpoint is not of this model, or its random layers are "
                             f"others: here {', '.join(rngs) or 'none'}.")
        part.load_state_dict(state["state"])
        for path, rng in rngs.items():
            _restore(f"{name}.{path}", rng, state["rng"][path])
    elif isinstance(part, np.random.Generator):
        try:
            part.bit_generator.state = state
        except (ValueError, TypeError, KeyError):
            kind = type(part.bit_generator).__name__
            raise StateError(f"load_checkpoint: {name}: what was saved is not the state of a {kind}.") from None
    else:
        part.load_state_dict(state)


def _generators(model: Module) -> dict[str, np.random.Generator]:
    """Every random Generator that a module has as an attribute, by its full name."""
    return {f"{path}.{name}" if path else name: value
            for path, module in model.named_modules() for name, value in vars(module).items()
            if isinstance(value, np.random.Generator)}


def _packed(value: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """``value`` as JSON knows it; its arrays go into ``arrays``."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str) or key == _ARRAY:
                raise DTypeError(f"save_checkpoint: {path} has the key {key!r}; expected strings, not {_ARRAY!r}.")
        return {key: _packed(item, f"{path}/{key}", arrays) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(item, f"{path}/{i}", arrays) for i, item in enumerate(value)]
    if isinstance(value, (np.ndarray, Tensor)):
        while path in arrays:  # "a/b" and "c" are not "a" and "b/c"
            path += "'"
        arrays[path] = plain_array("save_checkpoint", path, value)
        return {_ARRAY: path}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise DTypeError(f"save_checkpoint: {path} is a {type(value).__name__}, which has no state_dict(); a checkpoint "
                     f"holds states and plain values.")


def _unpacked(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unpacked(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    return arrays[value[_ARRAY]] if _ARRAY in value else {key: _unpacked(item, arrays) for key, item in value.items()}
