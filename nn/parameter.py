"""What a module owns: Parameters, which are learned, and Buffers, which are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, tensor
from autograd_core.creation import make_leaf
from autograd_core.errors import DTypeError


class Parameter(Tensor):
    """A leaf Tensor that requires grad; as an attribute of a Module it belongs to the model.

    What is computed from it are plain Tensors. ``requires_grad = False`` freezes it.

    Args:
        data: a number, nested sequences of numbers, an ndarray or a Tensor, which is copied.
        dtype: float32 unless given, whatever the dtype of ``data``.

    Raises:
        DTypeError: data that is not real numbers, or a ``dtype`` that is not a float.
        ShapeError: nested sequences of unequal length.

    Example:
        >>> import nn
        >>> w = nn.Parameter([1, 2])
        >>> w
        tensor([1., 2.], dtype=float32, requires_grad=True)
        >>> isinstance(w * 2, nn.Parameter)
        False
    """

    __slots__ = ()
    role = "parameter"
    """What pictures know it by, frozen or not."""

    def __init__(self, data: Any, *, dtype: npt.DTypeLike = np.float32) -> None:
        self._name = None
        _become(self, tensor(data, dtype=dtype, requires_grad=True))

    @property
    def requires_grad(self) -> bool:
        """Whether it is learned. Set it to False to freeze the parameter, to True to learn again."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not wanted:
            self.node = None
        elif self.node is None:
            make_leaf(self)
            _mark(self)


class Buffer(Tensor):
    """A constant Tensor that belongs to a Module as its Parameters do, but is not learned: running means, masks.

    Args:
        data: a number, nested sequences of numbers, an ndarray or a Tensor, which is copied.
        dtype: by default float32 for any float, else that of ``data``.
        persistent: whether it is part of ``state_dict()``.

    Raises:
        DTypeError: data that is not real numbers.
        ShapeError: nested sequences of unequal length.

    Example:
        >>> import nn
        >>> model = nn.Module()
        >>> model.mean = nn.Buffer([0.5, 1.0])
        >>> list(model.state_dict()), list(model.parameters())
        (['mean'], [])
    """

    __slots__ = ("persistent",)

    def __init__(self, data: Any, *, dtype: npt.DTypeLike | None = None, persistent: bool = True) -> None:
        self._name = None
        made = tensor(data, dtype=dtype)
        if dtype is None and made.dtype.kind == "f":
            made = tensor(made, dtype=np.float32)
        self.persistent = persistent
        _become(self, made)


def float_dtype(what: str, dtype: Any) -> np.dtype[Any]:
    """``dtype``, checked to be one that has gradients."""
    try:
        found: np.dtype[Any] | None = None if dtype is None else np.dtype(dtype)  # NumPy takes None for float64
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise DTypeError(f"{what}: {dtype!r} is not a float dtype; parameters have gradients. (There are no devices.)")
    return found


def change_dtype(owned: Parameter | Buffer, dtype: npt.DTypeLike) -> None:
    """Convert what a module owns, and its gradient; a pending backward keeps to the old one."""
    grad = owned.grad
    _become(owned, tensor(owned._data, dtype=dtype, requires_grad=owned.requires_grad, name=owned.name))
    if grad is not None:
        owned.grad = tensor(grad, dtype=dtype)


def _become(owned: Tensor, made: Tensor) -> None:
    """Take the array and the node of ``made``, which nobody else holds."""
    owned._data, owned.node = made._data, made.node
    owned.base = owned.views = None
    _mark(owned)


def _mark(owned: Tensor) -> None:
    if owned.node is not None:
        owned.node.params = {"role": Parameter.role}
