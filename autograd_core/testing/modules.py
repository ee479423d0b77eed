"""A model as a function of its parameters: what lets gradcheck vary them. It knows models by their methods only."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..recording import TensorBase


def is_model(f: Any) -> bool:
    """Whether ``f`` has parameters to vary."""
    return hasattr(f, "named_parameters") and hasattr(f, "modules")


@contextmanager
def varied(model: Any, count: int) -> Iterator[tuple[Callable[..., Any], list[np.ndarray], list[str]]]:
    """``model`` as a function of ``count`` inputs followed by its parameters, with their values and names.

    Every call starts from the same state: arrays, buffers and random generators that modules hold as attributes are
    replaced by copies first. In the end the model has its own parameters and state back, whatever happened.
    """
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    parameters = [p for _, p in named]
    own = [(p, p._data, p.node) for p in parameters]
    state = [(module, dict(vars(module))) for module in model.modules()]
    kept = {id(p) for p in model.parameters()}

    def call(*args: Any) -> Any:
        memo: dict[int, Any] = {}  # what modules share stays shared
        for module, attributes in state:
            vars(module).update({name: copy.deepcopy(value, memo) for name, value in attributes.items()
                                 if _is_state(value) and id(value) not in kept})
        try:
            for parameter, x in zip(parameters, args[count:], strict=True):
                parameter._data, parameter.node = x._data, x.node
            return model(*args[:count])
        finally:
            restore()

    def restore() -> None:
        for parameter, data, node in own:
            parameter._data, parameter.node = data, node
        for module, attributes in state:
            vars(module).clear()
            vars(module).update(attributes)

    yield call, [data for _, data, _ in own], [name for name, _ in named]


def _is_state(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.random.Generator, TensorBase))
