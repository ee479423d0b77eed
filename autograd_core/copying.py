"""Copies and pickles of Tensors: what ``copy.deepcopy`` and ``pickle`` take apart and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .creation import make_leaf
from .errors import GraphError
from .recording import TensorBase, wrap

if TYPE_CHECKING:
    from .tensor import Tensor


def taken_apart(tensor: Tensor) -> tuple[Any, ...]:
    """What ``Tensor.__reduce__`` returns: values, name, gradient, role and what subclasses add; no hooks, no graph.

    Raises:
        GraphError: a tensor that was computed: a copy would have lost its gradient.
    """
    if not tensor.is_leaf:
        raise GraphError("deepcopy or pickle: this tensor is part of a graph; take .detach() of it, or use .clone().")
    leaf, grad = tensor.node, tensor.grad
    as_leaf = None if leaf is None else (leaf.params, None if grad is None else grad._data)
    state: Any = object.__getstate__(tensor)
    attributes, slots = state
    added = {name: value for name, value in slots.items() if name not in TensorBase.__slots__}
    return _put_together, (type(tensor), tensor._data, tensor.name, as_leaf), (attributes, added)


def _put_together(cls: type[Tensor], data: np.ndarray, name: str | None, as_leaf: tuple[Any, Any] | None) -> Tensor:
    tensor = cls.__new__(cls)
    tensor._data, tensor._name = data, None
    tensor.node = tensor.base = tensor.views = None
    if as_leaf is not None:
        make_leaf(tensor)  # with a serial number of this process
        tensor.node.params, grad = as_leaf  # type: ignore[attr-defined]  # just made
        tensor.grad = None if grad is None else wrap(grad)
    tensor.name = name
    return tensor
