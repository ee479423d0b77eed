"""Tensor: the operators and methods that people touch. No mathematics: that is in ``derivatives/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import array_api
from . import backward as _backward
from . import derivatives as table
from .copying import taken_apart
from .creation import make_leaf, on_cpu
from .derivatives import elementwise as ew
from .derivatives.calls import operator_call
from .derivatives.define import primitive_of
from .errors import CoercionError, DTypeError, GraphError, ShapeError, UnsupportedError
from .modes import leaving
from .mutation import assign, replace_data, update
from .numpy_protocol import array_function, array_ufunc, constant
from .recording import TensorBase, set_tensor_class, wrap
from .walk import retain

Operand: TypeAlias = "Tensor | npt.ArrayLike"


def _operators(op: Callable[..., Tensor], name: str, symbol: str) -> tuple[Callable[..., Tensor], ...]:
    """``self op other``, ``other op self`` and ``self op= other``."""
    forward = operator_call(primitive_of(op), f"__r{name}__") if op is not table.products.matmul else op
    return forward, lambda self, other: op(other, self), lambda self, other: update(self, op(self, other), symbol + "=")


def _constant(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **options: constant(function, self, *args, **options)


def _number(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda self: kind(self.item())


class Tensor(TensorBase):
    """A NumPy array that remembers what it was computed from.

    Make one with :func:`tensor`. Operators, methods and NumPy functions on Tensors give Tensors; when one of
    them requires grad, so does the result, and :meth:`backward` finds the derivatives.
    """

    __slots__ = ()

    def __init__(self, *_: Any, **__: Any) -> None:
        raise DTypeError("Tensor: make tensors with ag.tensor(data).")

    # What it is

    @property
    def data(self) -> np.ndarray:
        """The array itself, not a copy; assigning to it, also by ``t.data -= step``, is not recorded.

        Writes to parts of it, ``t.data[i] = v``, go unseen: write ``t[i] = v`` under ``no_grad`` instead, so that
        a pending backward that needs the old values notices.
        """
        return leaving(".data", self, self._data)  # type: ignore[no-any-return]  # the array

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

    device = "cpu"  # the only one; the array API asks

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
            make_leaf(self)

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
            DTypeError: a ``grad`` that is not real numbers.
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
            hook: gets a Tensor, which it may write into; returns None to go on with that, or another one of its
                shape and dtype.

        Returns:
            A function that removes the hook.

        Raises:
            GraphError: a tensor that does not require grad.
            DTypeError: a hook that cannot be called.

        Example:
            >>> import autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True)
            >>> remove = x.register_hook(lambda g: g * 10)
            >>> (x * 2).backward()
            >>> x.grad
            tensor(20.)
        """
        node = self.node
        if not callable(hook):
            raise DTypeError(f"register_hook: expected a function of the gradient, got a {type(hook).__name__}.")
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
        return leaving(".detach()", self, wrap(self._data))  # type: ignore[no-any-return]  # a Tensor

    def numpy(self) -> np.ndarray:
        """The values, as a read-only view: outside the graph, without a copy."""
        view = self._data.view()
        view.flags.writeable = False
        return leaving(".numpy()", self, view)  # type: ignore[no-any-return]  # the view

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise ShapeError(f"item: shape {self.shape} has {self.size} elements; only a tensor with one is a number.")
        return leaving(".item()", self, self._data.item())

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if self.node is not None:
            raise CoercionError(
                "NumPy asked for the plain array of a tensor that requires grad, which would drop it from the graph. "
                "To join tensors use ag.stack or ag.concatenate; to leave the graph say so with .numpy() or .detach()."
            )
        return np.array(self._data, dtype=dtype, copy=copy)

    def tolist(self) -> Any:
        """The values as (nested lists of) Python numbers."""
        return leaving(".tolist()", self, self._data.tolist())

    __float__, __int__, __complex__ = _number(float), _number(int), _number(complex)

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
        return format(self.item(), spec) if spec else str(self)

    def __repr__(self) -> str:
        parts = [np.array2string(self._data, separator=", ", prefix="tensor(")]
        if self.dtype not in (np.float64, np.int64, np.bool_):
            parts.append(f"dtype={self.dtype}")
        if self._name:
            parts.append(f"name={self._name!r}")
        if self.node is not None:
            parts.append(f"op={self.node.primitive.name}" if self.node.primitive else "requires_grad=True")
        return f"tensor({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return taken_apart(self)

    # Operators

    __add__, __radd__, __iadd__ = _operators(ew.add, "add", "+")
    __sub__, __rsub__, __isub__ = _operators(ew.subtract, "sub", "-")
    __mul__, __rmul__, __imul__ = _operators(ew.multiply, "mul", "*")
    __truediv__, __rtruediv__, __itruediv__ = _operators(ew.divide, "truediv", "/")
    __floordiv__, __rfloordiv__, __ifloordiv__ = _operators(ew.floor_divide, "floordiv", "//")
    __mod__, __rmod__, __imod__ = _operators(ew.remainder, "mod", "%")
    __pow__, __rpow__, __ipow__ = _operators(ew.power, "pow", "**")
    __matmul__, __rmatmul__, __imatmul__ = _operators(table.products.matmul, "matmul", "@")
    __neg__ = ew.negative
    __abs__ = table.pieces.absolute

    def __pos__(self) -> Tensor:
        return self

    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return ew.floor_divide(self, other), ew.remainder(self, other)

    def __rdivmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return ew.floor_divide(other, self), ew.remainder(other, self)

    # Comparisons and logic give constants.
    __lt__, __le__ = _constant(np.less), _constant(np.less_equal)
    __gt__, __ge__ = _constant(np.greater), _constant(np.greater_equal)
    __eq__ = _constant(np.equal)  # elementwise, as in NumPy
    __ne__ = _constant(np.not_equal)  # elementwise, as in NumPy
    __and__ = __rand__ = _constant(np.bitwise_and)
    __or__ = __ror__ = _constant(np.bitwise_or)
    __xor__ = __rxor__ = _constant(np.bitwise_xor)
    __lshift__, __rshift__ = _constant(np.left_shift), _constant(np.right_shift)
    __invert__ = _constant(np.invert)
    __hash__ = object.__hash__  # by identity, although == compares elements

    def __getitem__(self, index: Any) -> Tensor:
        return table.indexing.getitem(self, table.indexing.plain_index(index))

    def __setitem__(self, index: Any, value: Operand) -> None:
        assign(self, index, value)

    # Functions as methods: NumPy's, except that sort gives a sorted tensor instead of changing this one
    sqrt, square, clone, copy, astype, conj = ew.sqrt, ew.square, ew.clone, ew.clone, ew.astype, ew.conjugate
    __copy__ = ew.clone
    exp, expm1, sigmoid = table.exponentials.exp, table.exponentials.expm1, table.exponentials.sigmoid
    log, log1p, logsumexp = table.exponentials.log, table.exponentials.log1p, table.special.logsumexp
    sin, cos, tan = table.trigonometry.sin, table.trigonometry.cos, table.trigonometry.tan
    tanh, relu, softmax = table.trigonometry.tanh, table.pieces.relu, table.special.softmax
    abs, sign, clip, round = table.pieces.absolute, table.pieces.sign, table.pieces.clip, table.pieces.round
    floor, ceil, maximum, minimum = table.pieces.floor, table.pieces.ceil, table.pieces.maximum, table.pieces.minimum
    sum, prod, mean = table.reductions.sum, table.reductions.prod, table.reductions.mean
    max, min, var, std = table.reductions.max, table.reductions.min, table.moments.var, table.moments.std
    cumsum, cumprod, sort = table.scans.cumsum, table.scans.cumprod, table.ordering.sort
    swapaxes, squeeze, expand_dims = table.moving.swapaxes, table.shapes.squeeze, table.shapes.expand_dims
    broadcast_to, ravel, repeat = table.shapes.broadcast_to, table.shapes.ravel, table.shapes.repeat
    dot, diagonal, trace = table.products.dot, table.diagonals.diagonal, table.diagonals.trace
    take, choose, compress = table.selecting.take, table.selecting.choose, table.selecting.compress

    argmax, argmin, argsort = _constant(np.argmax), _constant(np.argmin), _constant(np.argsort)
    all, any = _constant(np.all), _constant(np.any)
    nonzero, searchsorted = _constant(np.nonzero), _constant(np.searchsorted)

    def flatten(self) -> Tensor:
        """The elements in C order on one axis, as a copy."""
        return ew.clone(table.shapes.ravel(self))

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape: ``t.reshape(2, 3)`` or ``t.reshape((2, 3))``."""
        return table.shapes.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Tensor:
        """Axes in another order, reversed by default: ``t.transpose(1, 0)`` or ``t.transpose((1, 0))``."""
        return table.moving.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    @property
    def T(self) -> Tensor:
        """The axes in reverse order."""
        return table.moving.transpose(self)

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged."""
        return table.moving.matrix_transpose(self)

    # NumPy's protocols and the array API's

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return array_ufunc(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return array_function(function, args, kwargs)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        if api_version not in (None, *array_api.VERSIONS):
            raise UnsupportedError(f"array API {api_version!r}: the versions here are {array_api.VERSIONS}.")
        return array_api

    def to_device(self, device: str, /, *, stream: None = None) -> Tensor:
        """The tensor itself; there is no other device than "cpu"."""
        on_cpu("to_device", device)
        return self

    def __dlpack__(self, *, stream: None = None, **options: Any) -> Any:
        return np.asarray(self).__dlpack__(stream=stream, **options)  # a CoercionError where grad is required

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._data.__dlpack_device__()


set_tensor_class(Tensor)
