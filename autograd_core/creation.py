"""Tensors made of nothing but numbers: NumPy's creation functions, with ``requires_grad=`` and ``name=``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .derivatives import NUMPY
from .derivatives.elementwise import astype, clone
from .derivatives.shapes import broadcast_to
from .errors import AutogradError, CoercionError, DTypeError, ShapeError, UnsupportedError
from .modes import current_mode
from .recording import TensorBase, new_node, wrap

if TYPE_CHECKING:
    from .tensor import Tensor

Shape = int | Sequence[int]


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
    array = _real("tensor", _plain(data), dtype, copy=True)
    return _leaf(np.ascontiguousarray(array) if array.ndim else array, requires_grad, name)


def asarray(data: Any, dtype: npt.DTypeLike | None = None, *, device: str | None = None,
            copy: bool | None = None) -> Tensor:
    """``data`` as a Tensor, without a copy where it can be: a Tensor is itself, an ndarray lends its memory.

    A copy of a Tensor, and a change from float to float, stay part of the graph.

    Args:
        data: a number, nested sequences of numbers, an ndarray or a Tensor; real.
        dtype: by default NumPy's choice.
        device: None or "cpu".
        copy: True for a copy, False for an error where one is needed, None for one only where it is needed.

    Returns:
        Tensor.

    Raises:
        DTypeError: data that is not real numbers.
        ShapeError: nested sequences of unequal length; ``copy=False`` where a copy is needed.

    Example:
        >>> import autograd_core as ag
        >>> t = ag.tensor([1.0, 2.0])
        >>> ag.asarray(t) is t
        True
    """
    on_cpu("asarray", device)
    if isinstance(data, TensorBase) and (data.node is not None or dtype is None or np.dtype(dtype) == data._data.dtype):
        if dtype is not None and np.dtype(dtype) != data._data.dtype:
            if copy is False:
                raise ShapeError(f"asarray: copy=False, but {data._data.dtype} cannot become {dtype} without a copy.")
            return astype(data, dtype)
        return clone(data) if copy else data  # type: ignore[return-value]  # a TensorBase is a Tensor
    return _leaf(_real("asarray", _plain(data), dtype, copy))


def zeros(shape: Shape, dtype: npt.DTypeLike = float, *, requires_grad: bool = False, name: str | None = None,
          device: str | None = None) -> Tensor:
    """Zeros of ``shape``.

    Args:
        shape: a size, or one for each axis.
        dtype: of the elements.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        A leaf Tensor.

    Example:
        >>> import autograd_core as ag
        >>> ag.zeros((1, 2), requires_grad=True)
        tensor([[0., 0.]], requires_grad=True)
    """
    return _made(np.zeros, shape, dtype, requires_grad=requires_grad, name=name, device=device)


def ones(shape: Shape, dtype: npt.DTypeLike = float, *, requires_grad: bool = False, name: str | None = None,
         device: str | None = None) -> Tensor:
    """Ones of ``shape``. The arguments are those of :func:`zeros`.

    Example:
        >>> import autograd_core as ag
        >>> ag.ones(2, dtype="float32")
        tensor([1., 1.], dtype=float32)
    """
    return _made(np.ones, shape, dtype, requires_grad=requires_grad, name=name, device=device)


def empty(shape: Shape, dtype: npt.DTypeLike = float, *, requires_grad: bool = False, name: str | None = None,
          device: str | None = None) -> Tensor:
    """Memory of ``shape`` with whatever is in it, to be written to. The arguments are those of :func:`zeros`.

    Example:
        >>> import autograd_core as ag
        >>> ag.empty((2, 0)).shape
        (2, 0)
    """
    return _made(np.empty, shape, dtype, requires_grad=requires_grad, name=name, device=device)


def full(shape: Shape, fill_value: Any, dtype: npt.DTypeLike | None = None, *, requires_grad: bool = False,
         name: str | None = None, device: str | None = None) -> Tensor:
    """``fill_value`` everywhere. A Tensor as value gets the sum of the gradient.

    Args:
        shape: a size, or one for each axis.
        fill_value: a number or array, or a Tensor, which may require grad; broadcasts to ``shape``.
        dtype: of the elements; that of ``fill_value`` by default.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        A leaf Tensor; computed from ``fill_value`` where that requires grad.

    Raises:
        ShapeError: a value that does not broadcast to ``shape``.

    Example:
        >>> import autograd_core as ag
        >>> ag.full((2, 2), 7.0)
        tensor([[7., 7.],
                [7., 7.]])
    """
    if _recorded(fill_value):
        on_cpu("full", device)
        filled = clone(broadcast_to(fill_value, shape))
        return filled if dtype is None else astype(filled, dtype)
    return _made(np.full, shape, fill_value, dtype, requires_grad=requires_grad, name=name, device=device)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: npt.DTypeLike | None = None, *,
           requires_grad: bool = False, name: str | None = None, device: str | None = None) -> Tensor:
    """Numbers from ``start`` up to, but without, ``stop``: ``arange(stop)`` or ``arange(start, stop, step)``.

    Args:
        start: the first number; with no ``stop`` it is the stop, and 0 is the first.
        stop: where to end.
        step: between two neighbours.
        dtype: that of the numbers by default.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        A leaf Tensor with one axis.

    Raises:
        ShapeError: a step of 0.

    Example:
        >>> import autograd_core as ag
        >>> ag.arange(1.0, 2.0, 0.25)
        tensor([1.  , 1.25, 1.5 , 1.75])
    """
    bounds = (0, start, step) if stop is None else (start, stop, step)
    if any(_recorded(x) for x in bounds):
        raise CoercionError("arange: how many numbers there are does not vary smoothly; use ag.linspace, or .item().")
    return _made(np.arange, *bounds, dtype, requires_grad=requires_grad, name=name, device=device)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             dtype: npt.DTypeLike | None = None, axis: int = 0, *, requires_grad: bool = False,
             name: str | None = None, device: str | None = None) -> Any:
    """``num`` numbers, evenly spaced from ``start`` to ``stop``; differentiable in both.

    Args:
        start, stop: the ends: numbers, or arrays and Tensors that broadcast together.
        num: how many.
        endpoint: whether ``stop`` is the last of them.
        retstep: return the step as well.
        dtype: a float by default.
        axis: where the new axis stands, for ends that are arrays.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        Tensor; with ``retstep`` the Tensor and the step.

    Raises:
        ShapeError: a negative ``num``.

    Example:
        >>> import autograd_core as ag
        >>> ag.linspace(0.0, 1.0, 5)
        tensor([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    if not (_recorded(start) or _recorded(stop)):
        line = _made(np.linspace, start, stop, num, endpoint, False, dtype, axis,
                     requires_grad=requires_grad, name=name, device=device)
        return (line, (_plain(stop) - _plain(start)) / (num - endpoint or np.nan)) if retstep else line
    if axis or retstep:
        raise UnsupportedError("linspace: between tensors that require grad, only axis=0 and retstep=False.")
    share = np.linspace(0.0, 1.0, num, endpoint).reshape(-1, *(1,) * max(np.ndim(start), np.ndim(stop)))
    share = share.astype(dtype or np.result_type(*map(_plain, (start, stop)), 1.0))
    return start * (1 - share) + stop * share


NUMPY[np.linspace] = linspace


def eye(N: int, M: int | None = None, k: int = 0, dtype: npt.DTypeLike = float, *, requires_grad: bool = False,
        name: str | None = None, device: str | None = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere.

    Args:
        N, M: the numbers of rows and columns; as many columns as rows by default.
        k: which diagonal: 0 is the main one, positive are above it.
        dtype: of the elements.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        A leaf Tensor of shape (N, M).

    Example:
        >>> import autograd_core as ag
        >>> ag.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    return _made(np.eye, N, M, k, dtype, requires_grad=requires_grad, name=name, device=device)


def zeros_like(x: Any, dtype: npt.DTypeLike | None = None, *, shape: Shape | None = None,
               requires_grad: bool = False, name: str | None = None, device: str | None = None) -> Tensor:
    """Zeros of the shape and dtype of ``x``: a constant, or a new leaf.

    Args:
        x: Tensor, array or number.
        dtype: if not that of ``x``.
        shape: if not that of ``x``.
        requires_grad: record what is computed from it. Needs a float dtype.
        name: a label for pictures and messages.
        device: None or "cpu".

    Returns:
        A leaf Tensor.

    Example:
        >>> import autograd_core as ag
        >>> ag.zeros_like(ag.tensor([1.0, 2.0]))
        tensor([0., 0.])
    """
    return _made(np.zeros_like, x, dtype, shape=shape, requires_grad=requires_grad, name=name, device=device)


def ones_like(x: Any, dtype: npt.DTypeLike | None = None, *, shape: Shape | None = None,
              requires_grad: bool = False, name: str | None = None, device: str | None = None) -> Tensor:
    """Ones of the shape and dtype of ``x``. The arguments are those of :func:`zeros_like`.

    Example:
        >>> import autograd_core as ag
        >>> ag.ones_like(ag.tensor([1.0, 2.0]))
        tensor([1., 1.])
    """
    return _made(np.ones_like, x, dtype, shape=shape, requires_grad=requires_grad, name=name, device=device)


def empty_like(x: Any, dtype: npt.DTypeLike | None = None, *, shape: Shape | None = None,
               requires_grad: bool = False, name: str | None = None, device: str | None = None) -> Tensor:
    """Memory of the shape and dtype of ``x``, to be written to. The arguments are those of :func:`zeros_like`.

    Example:
        >>> import autograd_core as ag
        >>> ag.empty_like(ag.tensor([1.0, 2.0])).shape
        (2,)
    """
    return _made(np.empty_like, x, dtype, shape=shape, requires_grad=requires_grad, name=name, device=device)


def make_leaf(tensor: TensorBase) -> None:
    """Have what is computed from ``tensor`` recorded: give it a node without edges, where gradients gather."""
    if tensor._data.dtype.kind != "f":
        raise DTypeError(
            f"requires_grad: a tensor of {tensor._data.dtype} cannot have a gradient; "
            f"make it a float, e.g. dtype=float."
        )
    tensor.node = new_node(None, (), None, tensor._data, "")
    tensor.node.value = tensor._data  # however large: it is the tensor's own memory
    tensor.node.name = tensor._name


def on_cpu(what: str, device: Any) -> None:
    """Refuse a device that is not there."""
    if device not in (None, "cpu"):
        raise UnsupportedError(f'{what}: there is no device {device!r}; the only one is "cpu".')


def _made(make: Callable[..., Any], *args: Any, requires_grad: bool, name: str | None, device: str | None,
          **options: Any) -> Tensor:
    """What NumPy makes, as a leaf."""
    on_cpu(make.__name__, device)
    try:
        array = make(*map(_plain, args), **options)
    except TypeError as error:
        raise DTypeError(f"{make.__name__}: {error}") from None
    except (ValueError, ZeroDivisionError) as error:
        raise ShapeError(f"{make.__name__}: {error}") from None
    return _leaf(_real(make.__name__, array), requires_grad, name)


def _leaf(array: np.ndarray, requires_grad: bool = False, name: str | None = None) -> Tensor:
    result: Tensor = wrap(array)
    if requires_grad:
        make_leaf(result)
    result.name = name
    return result


def _real(what: str, data: Any, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
    """``data`` as an array of real numbers in the machine's byte order."""
    if isinstance(data, np.ma.MaskedArray):
        raise DTypeError(f"{what}: a masked array; fill it with .filled(value) first.")
    try:
        if dtype is not None:  # which would make NaN of None, and 3.0 of "3"
            _check_real(what, np.asarray(data))
        array = np.array(data, dtype=dtype, copy=copy)
    except AutogradError:
        raise
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"{what}: {error}") from None
    except TypeError as error:
        raise DTypeError(f"{what}: {error}") from None
    _check_real(what, array)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _check_real(what: str, array: np.ndarray) -> None:
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"{what}: data of dtype {array.dtype}; expected real numbers.")


def _recorded(x: Any) -> bool:
    return isinstance(x, TensorBase) and x.node is not None and current_mode().recording


def _plain(x: Any) -> Any:
    return x._data if isinstance(x, TensorBase) else x
