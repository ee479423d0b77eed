"""Writing into Tensors: ``t += u``, ``t[i] = v``, ``t.data = array``, and what it means for the graph.

A recorded write gives the tensor a new array and a new node, and shows the change in every view of the same
memory; arrays that the graph saved before stay as they were. A write that nothing needs to record goes
straight into memory and is logged, so that a pending backward that needs the old values raises.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .derivatives.define import primitive_of
from .derivatives.elementwise import astype
from .derivatives.indexing import at, is_basic, overwrite, part_at, plain_index
from .errors import DTypeError, InPlaceError, SelectionError, ShapeError
from .modes import current_mode
from .recording import TensorBase
from .views import place_of
from .writes import log_write


def update(tensor: TensorBase, new: TensorBase, by: str) -> Any:
    """Let ``tensor`` take the value of ``new``, computed from it by an in-place operator."""
    if new._data.shape != tensor._data.shape:
        raise ShapeError(f"{by}: a result of shape {new._data.shape} does not fit back into {tensor._data.shape}.")
    if not np.can_cast(new._data.dtype, tensor._data.dtype, "same_kind"):
        raise DTypeError(f"{by}: a result of {new._data.dtype} does not fit back into {tensor._data.dtype}.")
    if new.node is None:
        _write_through(tensor, ..., new._data, by)
    else:
        _record(tensor, new if new._data.dtype == tensor._data.dtype else astype(new, tensor._data.dtype), by)
    return tensor


def assign(tensor: TensorBase, index: Any, value: Any) -> None:
    """``tensor[index] = value``."""
    index = plain_index(index)
    depends = isinstance(value, TensorBase) and value.node is not None
    if current_mode().recording and (depends or tensor.node is not None):
        _record(tensor, overwrite(tensor, value, at(index)), "setitem")
    else:
        plain = value._data if isinstance(value, TensorBase) else primitive_of(overwrite).operand(value, 1)
        _write_through(tensor, index, plain, "setitem")


def replace_data(tensor: TensorBase, array: np.ndarray) -> None:
    """``tensor.data = array``: unrecorded. Assigning the same array back logs that it was written."""
    if not isinstance(array, np.ndarray) or array.shape != tensor._data.shape or array.dtype != tensor._data.dtype:
        got = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else f"a {type(array).__name__}"
        raise ShapeError(
            f"data: expected an ndarray of shape {tensor._data.shape} and {tensor._data.dtype}, got {got}. "
            f"To write values, also a Tensor's, use t[...] = values under no_grad()."
        )
    if array is tensor._data:
        log_write(array, "an assignment to .data")
        return
    tensor._data, tensor.base, tensor.views = array, None, None
    if tensor.node is not None and not tensor.node.edges:
        tensor.node.value = array


def _write_through(tensor: TensorBase, index: Any, value: Any, by: str) -> None:
    data = tensor._data
    if not data.flags.writeable:
        raise InPlaceError(f"{by}: this tensor shows memory that is repeated or read-only; write to a .clone() of it.")
    try:
        data[index] = value
    except (ValueError, TypeError) as error:
        raise ShapeError(f"{by}: a value of shape {np.shape(value)} does not fit into {data.shape}: {error}.") from None
    except IndexError as error:
        raise SelectionError(f"{by}: {error}.") from None
    log_write(_written_part(data, index), by)


def _written_part(data: np.ndarray, index: Any) -> np.ndarray:
    """The view of what ``data[index] = ...`` wrote to; all of ``data`` where an advanced index gives none."""
    if not is_basic(index):
        return data
    items = index if isinstance(index, tuple) else (index,)
    part: np.ndarray = data[items if Ellipsis in items else (*items, ...)]  # with ... even one element is a view
    return part


def _record(tensor: TensorBase, new: TensorBase, by: str) -> None:
    """Give ``tensor`` the array and node of ``new``, and every tensor that shares its memory what follows from it."""
    root, steps = tensor.base or (tensor, None)
    if root.node is not None and not root.node.edges:
        which = "a leaf that requires grad" if root is tensor else "a view of a leaf that requires grad"
        raise InPlaceError(
            f"{by}: this is {which}, and recording the write would lose the leaf. Wrap an update of parameters "
            f"in `with ag.no_grad():`, or build a new tensor out of place."
        )
    if root is not tensor:
        if not tensor._data.flags.writeable:
            raise InPlaceError(f"{by}: this tensor shows memory that is repeated; write to a .clone() of it.")
        new = overwrite(root, new, place_of(steps))
    root._data, root.node = new._data, new.node
    for reference in list(root.views or ()):
        view = reference()
        if view is not None and view.base is not None:
            fresh = part_at(root, place_of(view.base[1]))
            view._data, view.node = fresh._data, fresh.node
