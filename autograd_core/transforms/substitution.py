"""A model as a function of its parameters: other values take their places for a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..creation import asarray
from ..errors import GraphError, ShapeError
from ..tensor import Tensor


@contextmanager
def substitute(tensors: Iterable[Tensor], values: Iterable[Any]) -> Iterator[None]:
    """In the block, each tensor has the value and the graph of another: what uses it depends on that.

    It turns code that uses parameters into a function of them, for :func:`hessian`, :func:`hvp` and the like. After the
    block every tensor is itself again, whatever happened. Values may have another dtype, not another shape.

    Args:
        tensors: such as ``model.parameters()``.
        values: a Tensor or array for each, of its shape.

    Returns:
        A context manager.

    Raises:
        ShapeError: another number of values, or another shape; nothing is changed.
        GraphError: a tensor that is listed twice.

    Example:
        >>> import autograd_core as ag
        >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> loss = lambda: (w * w * w).sum()
        >>> def of_w(value):
        ...     with ag.substitute([w], [value]):
        ...         return loss()
        >>> ag.hessian(of_w)(w.numpy())
        tensor([[ 6.,  0.],
                [ 0., 12.]])
        >>> w
        tensor([1., 2.], requires_grad=True)
    """
    tensors, others = list(tensors), [asarray(value) for value in values]
    if len(others) != len(tensors):
        raise ShapeError(f"substitute: {len(others)} values for {len(tensors)} tensors; give one for each.")
    for i, (tensor, other) in enumerate(zip(tensors, others, strict=True)):
        if tensor.shape != other.shape:
            raise ShapeError(f"substitute: values[{i}] has shape {other.shape}; expected {tensor.shape}.")
        if any(tensor is earlier for earlier in tensors[:i]):
            raise GraphError(f"substitute: tensors[{i}] is there twice; it can have one value.")
    taken = [(other._data, other.node) for other in others]  # before any changes: a value may be one of the tensors
    own = [(tensor, tensor._data, tensor.node, tensor.base, tensor.views) for tensor in tensors]
    try:
        for tensor, (data, node) in zip(tensors, taken, strict=True):
            tensor._data, tensor.node, tensor.base, tensor.views = data, node, None, None
        yield
    finally:
        for tensor, data, node, base, views in own:
            tensor._data, tensor.node, tensor.base, tensor.views = data, node, base, views
