"""Tensor: the operators and methods that people touch. No mathematics: that is in ``derivatives/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import backward as _backward
from .derivatives import elementwise as ew
from .derivatives import indexing, products, reductions, shapes
from .errors import CoercionError, DTypeError, GraphError, ShapeError
from .mutation import assign, replace_data, update
from .numpy_protocol import array_function, array_ufunc, constant
from .recording import TensorBase, new_node, set_tensor_class, wrap
from .walk import retain

Operand: TypeAlias = "Tensor | npt.ArrayLike"


def _reflected(op: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda self, other: op(other, self)


def _in_place(op: Callable[..., Tensor], by: str) -> Callable[..., Tensor]:
    return lambda self, other: update(self, op(self, other), by)


def _constant(function: np.ufunc) -> Callable[..., Tensor]:
    return lambda self, *other: constant(function, self, *other)


class Tensor(TensorBase):
    """A NumPy array that remembers what it was computed from.

    Make one with :func:`tensor`. Operators, methods and NumPy functions on Tensors give Tensors; when one of
    them requires grad, so does the result, and :meth:`backward` finds the derivatives.
    """

    __slots__ = ()

    # What it is

    @property
    def data(self) -> np.ndarray:
        """The array itself, not a copy; assigning to it, also by ``t.data -= step``, is not recorded.

        Writes to parts of it, ``t.data[i] = v``, go unseen: write ``t[i] = v`` under ``no_grad`` instead, so that
        a pending backward that needs the old values notices.
        """
        return self._data

    @data.setter
    def data(self, array: np.ndarray) -> None:
        replace_data(self, array)

    @property
    def shape(self) -> tuple[int, ...]:
        """The size along each axis; () for a scalar."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the elements, and of the gradient."""
        return self._data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._data.size

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded. Can be set on leaves and constants."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self.node is not None and self.node.edges:
            if not wanted:
                raise GraphError("requires_grad: this tensor was computed from others; use .detach() for a constant.")
        elif not wanted:
            self.node = None
        elif self.node is None:
            _make_leaf(self)

    @property
    def is_leaf(self) -> bool:
        """True unless the tensor was recorded as the result of an operation."""
        return self.node is None or not self.node.edges

    @property
    def name(self) -> str | None:
        """A label for pictures and messages; None if it has none."""
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = name
        if self.node is not None:
            self.node.name = name

    @property
    def grad(self) -> Tensor | None:
        """What ``backward()`` has added up; None before the first. Leaves have it, others after :meth:`retain_grad`."""
        return None if self.node is None else self.node.grad  # type: ignore[return-value]  # outputs are Tensors

    @grad.setter
    def grad(self, grad: Tensor | None) -> None:
        if self.node is None:
            raise GraphError("grad: a tensor that does not require grad has none; set requires_grad = True first.")
        if grad is not None and (not isinstance(grad, Tensor) or grad.shape != self.shape or grad.dtype != self.dtype):
            raise ShapeError(f"grad: expected a Tensor of shape {self.shape} and {self.dtype}, got {grad!r}.")
        self.node.grad = grad

    # Derivatives

    def backward(self, grad: Operand | None = None, *, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Add the derivative of this tensor to ``.grad`` of every leaf it was computed from.

        Args:
            grad: the gradient that arrives here, of this shape; 1 by default, for a scalar.
            retain_graph: keep what the graph saved, so that backward can run again.
            create_graph: record the derivative itself, so that it can be differentiated.

        Raises:
            GraphError: nothing was recorded, or an earlier backward freed the graph.
            ShapeError: not a scalar and no ``grad``, or a ``grad`` of another shape.
            SavedArrayError: an array that is needed was written to in the meantime.

        Example:
            >>> import autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True)
            >>> (x * x).backward()
            >>> x.grad
            tensor(6.)
        """
        _backward.backward(self, grad, retain_graph=retain_graph, create_graph=create_graph)

    def zero_grad(self) -> None:
        """Forget the gradient: ``.grad`` becomes None."""
        if self.node is not None:
            self.node.grad = None

    def retain_grad(self) -> None:
        """Keep ``.grad`` of an intermediate result too.

        Example:
            >>> import autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True)
            >>> q = x + 1
            >>> q.retain_grad()
            >>> (q * q).backward()
            >>> q.grad
            tensor(8.)
        """
        if self.node is None:
            raise GraphError("retain_grad: this tensor does not require grad.")
        if self.node.edges and retain not in (self.node.hooks or ()):
            self.register_hook(retain)

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Have ``hook(gradient)`` called when the gradient of this tensor is complete.

        Args:
            hook: gets a Tensor; returns None, or a Tensor of the same shape and dtype to go on with instead.

        Returns:
            A function that removes the hook.

        Example:
            >>> import autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True)
            >>> remove = x.register_hook(lambda g: g * 10)
            >>> (x * 2).backward()
            >>> x.grad
            tensor(20.)
        """
        node = self.node
        if node is None:
            raise GraphError("register_hook: this tensor does not require grad, so no gradient will arrive.")
        if node.hooks is None:
            node.hooks = []
        hooks = node.hooks
        hooks.append(hook)
        return lambda: hooks.remove(hook) if hook in hooks else None

    # Leaving the graph

    def detach(self) -> Tensor:
        """A constant that shows the same memory."""
        return wrap(self._data)  # type: ignore[no-any-return]

    def numpy(self) -> np.ndarray:
        """The values, as a read-only view: outside the graph, without a copy."""
        view = self._data.view()
        view.flags.writeable = False
        return view

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise ShapeError(f"item: shape {self.shape} has {self.size} elements; only a tensor with one is a number.")
        return self._data.item()

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if self.node is not None:
            raise CoercionError(
                "NumPy asked for the plain array of a tensor that requires grad, which would drop it from the graph. "
                "If that is what you want, say so with .numpy() or .detach()."
            )
        return np.array(self._data, dtype=dtype, copy=copy)

    def tolist(self) -> Any:
        """The values as (nested lists of) Python numbers."""
        return self._data.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise DTypeError(f"a tensor of {self.dtype} cannot be used as an integer; use int(t).")
        return int(self.item())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ShapeError(f"the truth of a tensor of shape {self.shape} is ambiguous; use .numpy().any() or .all().")
        return bool(self.item())

    def __len__(self) -> int:
        if not self._data.ndim:
            raise DTypeError("len: a scalar tensor has no length.")
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise DTypeError("iter: a scalar tensor cannot be iterated over.")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, value: Any) -> bool:
        return bool((self == value)._data.any())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._data.size == 1 and spec else format(str(self), spec)

    def __repr__(self) -> str:
        parts = [np.array2string(self._data, separator=", ", prefix="tensor(")]
        if self.dtype not in (np.float64, np.int64, np.bool_):
            parts.append(f"dtype={self.dtype}")
        if self._name:
            parts.append(f"name={self._name!r}")
        if self.node is not None:
            parts.append(f"op={self.node.primitive.name}" if self.node.primitive else "requires_grad=True")
        return f"tensor({', '.join(parts)})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if not self.is_leaf:
            raise GraphError("deepcopy: this tensor is part of a graph; copy .detach() of it, or use .clone().")
        copy = type(self).__new__(type(self))
        copy._data, copy._name = self._data.copy(), self._name
        copy.node = copy.base = copy.views = None
        if self.node is not None:
            _make_leaf(copy)
            copy.grad = None if self.grad is None else self.grad.detach().clone()
        memo[id(self)] = copy
        return copy

    # Operators

    __add__, __radd__, __iadd__ = ew.add, _reflected(ew.add), _in_place(ew.add, "+=")
    __sub__, __rsub__, __isub__ = ew.subtract, _reflected(ew.subtract), _in_place(ew.subtract, "-=")
    __mul__, __rmul__, __imul__ = ew.multiply, _reflected(ew.multiply), _in_place(ew.multiply, "*=")
    __truediv__, __rtruediv__, __itruediv__ = ew.divide, _reflected(ew.divide), _in_place(ew.divide, "/=")
    __floordiv__, __rfloordiv__ = ew.floor_divide, _reflected(ew.floor_divide)
    __mod__, __rmod__, __imod__ = ew.remainder, _reflected(ew.remainder), _in_place(ew.remainder, "%=")
    __pow__, __rpow__, __ipow__ = ew.power, _reflected(ew.power), _in_place(ew.power, "**=")
    __matmul__, __rmatmul__ = products.matmul, _reflected(products.matmul)
    __imatmul__ = _in_place(products.matmul, "@=")
    __neg__ = ew.negative
    __abs__ = ew.absolute

    def __pos__(self) -> Tensor:
        return self

    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return ew.floor_divide(self, other), ew.remainder(self, other)

    def __rdivmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return ew.floor_divide(other, self), ew.remainder(other, self)

    # Comparisons and logic give constants.
    __lt__, __le__ = _constant(np.less), _constant(np.less_equal)
    __gt__, __ge__ = _constant(np.greater), _constant(np.greater_equal)
    __eq__ = _constant(np.equal)  # type: ignore[assignment]  # elementwise, as in NumPy
    __ne__ = _constant(np.not_equal)  # type: ignore[assignment]  # elementwise, as in NumPy
    __and__ = __rand__ = _constant(np.bitwise_and)
    __or__ = __ror__ = _constant(np.bitwise_or)
    __xor__ = __rxor__ = _constant(np.bitwise_xor)
    __invert__ = _constant(np.invert)
    __hash__ = object.__hash__  # by identity, although == compares elements

    def __getitem__(self, index: Any) -> Tensor:
        return indexing.getitem(self, indexing.plain_index(index))

    def __setitem__(self, index: Any, value: Operand) -> None:
        assign(self, index, value)

    # Functions as methods

    exp, log, sqrt, square = ew.exp, ew.log, ew.sqrt, ew.square
    sin, cos, tanh, sigmoid, relu = ew.sin, ew.cos, ew.tanh, ew.sigmoid, ew.relu
    abs, clone, astype = ew.absolute, ew.clone, ew.astype
    sum, mean, max, min = reductions.sum, reductions.mean, reductions.max, reductions.min
    swapaxes, squeeze, expand_dims = shapes.swapaxes, shapes.squeeze, shapes.expand_dims
    broadcast_to = shapes.broadcast_to

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape: ``t.reshape(2, 3)`` or ``t.reshape((2, 3))``."""
        return shapes.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Tensor:
        """Axes in another order, reversed by default: ``t.transpose(1, 0)`` or ``t.transpose((1, 0))``."""
        return shapes.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    @property
    def T(self) -> Tensor:
        """The axes in reverse order."""
        return shapes.transpose(self)

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged."""
        return shapes.swapaxes(self, -1, -2)

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return array_ufunc(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return array_function(function, args, kwargs)


set_tensor_class(Tensor)


def tensor(data: Any, *, dtype: npt.DTypeLike | None = None, requires_grad: bool = False,
           name: str | None = None) -> Tensor:
    """A Tensor with a copy of ``data``.

    Args:
        data: a number, nested sequences of numbers, an ndarray or a Tensor; real.
        dtype: by default NumPy's choice: float64 for Python floats, an array's own dtype.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.

    Returns:
        A leaf Tensor of the shape of ``data``; a number becomes a 0-d Tensor.

    Raises:
        DTypeError: data that is not real numbers; ``requires_grad`` on integers or booleans.
        ShapeError: nested sequences of unequal length.

    Example:
        >>> import autograd_core as ag
        >>> ag.tensor([1, 2], dtype="float32", requires_grad=True)
        tensor([1., 2.], dtype=float32, requires_grad=True)
    """
    if isinstance(data, np.ma.MaskedArray):
        raise DTypeError("tensor: a masked array; fill it with .filled(value) first.")
    try:
        array = np.array(data.data if isinstance(data, Tensor) else data, dtype=dtype)
    except ValueError as error:
        raise ShapeError(f"tensor: {error}") from None
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"tensor: data of dtype {array.dtype}; expected real numbers.")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    result: Tensor = wrap(np.ascontiguousarray(array) if array.ndim else array)
    if requires_grad:
        _make_leaf(result)
    result.name = name
    return result


def _make_leaf(tensor: Tensor) -> None:
    if tensor.dtype.kind != "f":
        raise DTypeError(
            f"requires_grad: a tensor of {tensor.dtype} cannot have a gradient; make it a float, e.g. dtype=float."
        )
    tensor.node = new_node(None, (), None, tensor._data, "")
    tensor.node.value = tensor._data  # however large: it is the tensor's own memory
    tensor.node.name = tensor._name
