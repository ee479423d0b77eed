"""Looking at the data before the first step: most failures to learn begin there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import AutogradError, DTypeError, OptionError, ShapeError

from ..containers import Identity
from ..data import Split
from ..layers.batch_norm import BatchNorm1d, BatchNorm2d
from ..layers.embedding import Embedding, EmbeddingBag
from ..layers.normalization import GroupNorm, LayerNorm, RMSNorm
from ..layers.shapes import Flatten, Unflatten
from ..module import Module
from ..preprocessing import Preprocessor
from ..warning import warn

LARGE = 30.0
"""Inputs with a larger root mean square are called unscaled: raw pixels have about 80, standardised features 1."""

UNEVEN = 1000.0
"""Features whose standard deviations differ by more are called unscaled: one learning rate cannot serve both."""

SAMPLED = 10_000
"""So many samples, evenly spaced, are looked at."""

_SCALING = (Preprocessor, BatchNorm1d, BatchNorm2d, LayerNorm, GroupNorm, RMSNorm)


class DataWarning(UserWarning):
    """Data from which a model will learn badly."""


def arrays_of(name: str, data: Any, model: Module, *roles: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as arrays: as many of both, numbers, finite, floats in the dtype of the parameters.

    Args:
        name: what messages begin with.
        data: a Split, or (x, y).
        model: whose parameters say which float is used.
        roles: what a Split may be for.
    """
    if isinstance(data, Split) and roles and data.role not in roles:
        raise OptionError(f"{name}: this is the {data.role} split; models are trained on training data, chosen by "
                          f"validation data, and tested once, by nn.evaluate, on test data.")
    if not isinstance(data, Split) and not (isinstance(data, (tuple, list)) and len(data) == 2):
        raise DTypeError(f"{name}: expected a Split or (x, y), got a {type(data).__name__}.")
    if data[1] is None:
        raise ShapeError(f"{name}: there are no targets; pass (x, x) to reproduce the inputs.")
    dtype = next((p.dtype for p in model.parameters()), np.dtype(np.float32))
    x, y = (_checked(f"{name}: {which}", values, dtype) for which, values in zip("xy", data[:2], strict=True))
    if len(x) != len(y):
        raise ShapeError(f"{name}: {len(x)} samples of x, but {len(y)} of y; expected a target for each.")
    return x, y


def _checked(what: str, values: Any, dtype: np.dtype[Any]) -> np.ndarray:
    array = values.data if isinstance(values, Tensor) else np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"{what} has dtype {array.dtype}; expected numbers.")
    if not array.ndim or not array.size:
        raise ShapeError(f"{what} has shape {array.shape}; expected samples along the first axis.")
    if array.dtype.kind != "f":
        return array
    if not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))
        first = tuple(map(int, bad[0]))
        raise ShapeError(f"{what} has NaN or inf in {len(np.unique(bad[:, 0]))} of {len(array)} samples, first "
                         f"{array[first]} at {first}; clean it first.")
    return array.astype(dtype, copy=False)


def warn_if_unscaled(x: np.ndarray, model: Module) -> None:
    """Warn of inputs that are large, or of very different spread, unless the first layer scales them."""
    modules = list(model.modules())
    layers = [m for m in modules if not any(m.children()) and not isinstance(m, (Flatten, Unflatten, Identity))]
    if x.dtype.kind != "f" and any(isinstance(m, (Embedding, EmbeddingBag)) for m in modules):
        return  # these are indices
    if layers and isinstance(layers[0], _SCALING):
        return
    x = x[:: -(-len(x) // SAMPLED)]
    remedy = "Scale them: nn.Standardize(features).fit(train) makes a layer that does, to put first in the model."
    size = float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))
    if size > LARGE:
        warn(f"fit: x is large: its root mean square is {size:.3g}, where about 1 is best. {remedy}",
             DataWarning)
    elif x.ndim == 2:
        spread = x.std(axis=0, dtype=np.float64)
        low, high = int(np.where(spread > 0, spread, np.inf).argmin()), int(spread.argmax())
        if spread[high] > UNEVEN * spread[low] > 0:
            warn(f"fit: the features of x are unscaled: feature {high} has a standard deviation of "
                 f"{spread[high]:.3g}, feature {low} of {spread[low]:.3g}. {remedy}",
                 DataWarning)


def try_out(model: Module, loss: Callable[[Any, Any], Any], x: np.ndarray, y: np.ndarray) -> None:
    """Run the model, in eval mode, and the loss on a few samples, those with extreme targets among them."""
    flat = y.reshape(len(y), -1)
    chosen = np.unique([0, len(y) - 1, flat.min(axis=1).argmin(), flat.max(axis=1).argmax()])
    try:
        output = model(x[chosen])
        value = loss(output, y[chosen])
        if not isinstance(value, Tensor):
            raise DTypeError(f"fit: the loss returned {value!r}; expected a Tensor, from which gradients flow back.")
        if value.shape != ():
            raise ShapeError(f"fit: the loss has shape {value.shape}; expected one number, the mean of all.")
        if not np.isfinite(float(value)):
            raise ShapeError(f"fit: the loss is {float(value)} before the first step; look at it on these samples.")
    except AutogradError as error:
        error.add_note(f"fit tried the model and the loss on the samples {chosen.tolist()}; nothing was changed.")
        raise
    shape = getattr(output, "shape", ())
    if {shape, y[chosen].shape} == {(len(chosen),), (len(chosen), 1)} and y.dtype.kind == "f":
        warn(f"fit: the model gives {shape} for targets {y[chosen].shape}: their difference has shape "
             f"{(len(chosen), len(chosen))}, every prediction against every target. Reshape y.",
             DataWarning)
