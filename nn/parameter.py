"""Parameter: a tensor that a model learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, tensor


class Parameter(Tensor):
    """A leaf Tensor that requires grad; as an attribute of a Module it belongs to the model.

    What is computed from it are plain Tensors.

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

    def __init__(self, data: Any, *, dtype: npt.DTypeLike = np.float32) -> None:
        leaf = tensor(data, dtype=dtype, requires_grad=True)
        self._data, self.node = leaf._data, leaf.node
        self.base = self.views = self._name = None
        self.node.params = {"role": "parameter"}  # type: ignore[union-attr]  # a leaf has one; pictures read it
