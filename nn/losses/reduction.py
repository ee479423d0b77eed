"""What all losses share: how losses of samples become one number, and how a target is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, asarray
from autograd_core.errors import DTypeError, SelectionError, ShapeError
from autograd_core.options import one_of

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(name: str, reduction: str, choices: tuple[str, ...] = REDUCTIONS) -> str:
    """``reduction``, checked."""
    return one_of(f"{name}: reduction", reduction, *choices)


def reduced(name: str, losses: Tensor, reduction: str) -> Tensor:
    """The mean or the sum of ``losses``, or, for "none", themselves."""
    if check_reduction(name, reduction) == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


def pair(name: str, input: Any, target: Any) -> tuple[Tensor, Any]:
    """A prediction and its target of the same shape; a target that is no Tensor takes the prediction's dtype."""
    input = floats(name, input)
    target = like(name, target, input)
    if input.shape != target.shape:
        raise ShapeError(
            f"{name}: a prediction of shape {input.shape} for a target of shape {target.shape}; they must be equal. "
            f"Reshape one of them: broadcasting would compare every prediction with every target."
        )
    return input, target


def floats(name: str, given: Any, argument: str = "input") -> Tensor:
    """What was given as ``argument``, as a Tensor of floats."""
    x = asarray(given)
    if x.dtype.kind != "f":
        raise DTypeError(f"{name}: {argument} of {x.dtype}; expected floats.")
    return x


def like(name: str, given: Any, input: Tensor, argument: str = "target") -> Any:
    """What was given as a Tensor; or as an array of the dtype of ``input``, so that float32 stays float32."""
    if isinstance(given, Tensor):
        return given
    array = np.asarray(given)
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"{name}: {argument} of {array.dtype}; expected real numbers.")
    return array.astype(input.dtype, copy=False)


def weighed(name: str, losses: Tensor, weight: Any, argument: str = "weight") -> Tensor:
    """``losses``, times ``weight`` if there is one: it broadcasts to them, and a Tensor gets its gradient."""
    if weight is None:
        return losses
    weight = like(name, weight, losses, argument)
    try:
        fits = np.broadcast_shapes(weight.shape, losses.shape) == losses.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"{name}: {argument} of shape {weight.shape} does not broadcast to losses {losses.shape}.")
    return losses * weight.astype(losses.dtype)  # type: ignore[no-any-return]  # a Tensor


def labels(name: str, target: Any, shape: tuple[int, ...], classes: int, *, ignore: int | None = None) -> np.ndarray:
    """Class indices as an array, checked: of ``shape``, integers, from 0 to ``classes`` - 1, or ``ignore``."""
    found = target.data if isinstance(target, Tensor) else np.asarray(target)
    if found.shape != shape:
        raise ShapeError(f"{name}: target of shape {found.shape}; expected {shape}, one class for each prediction.")
    if found.dtype.kind not in "iu":
        raise DTypeError(f"{name}: target of {found.dtype}; expected integer labels: pass target.astype(int).")
    if not found.size or (found.min() >= 0 and found.max() < classes):
        return found
    bad = (found < 0) | (found >= classes)
    if ignore is not None:
        bad &= found != ignore
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        shown = place[0] if len(place) == 1 else place
        raise SelectionError(
            f"{name}: target[{shown}] is {found[place]}, but the classes are 0 to {classes - 1}. Number the labels "
            f"from 0, or give the last layer one output a class."
        )
    return found
