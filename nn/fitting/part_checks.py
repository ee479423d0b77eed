"""Checks of what fit is given besides the data: model, loss, optimizer, scheduler, callbacks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from autograd_core.errors import DTypeError, GraphError

from ..module import Module
from .callbacks import Callback


def check_parts(model: Any, loss: Any, optimizer: Any, scheduler: Any, callbacks: Any) -> None:
    """Refuse parts that are of another kind, or do not belong together."""
    for name, part in (("model", model), ("loss", loss), ("optimizer", optimizer), ("scheduler", scheduler)):
        if isinstance(part, type):
            raise DTypeError(f"fit: {name} is the class {part.__name__}; pass an instance, {part.__name__}(...).")
    if not isinstance(model, Module):
        raise DTypeError(f"fit: model={model!r}; expected a Module.")
    if not callable(loss):
        raise DTypeError(f"fit: loss={loss!r}; expected a Module or a function of (output, y).")
    if callable(callbacks) or isinstance(callbacks, Callback):
        raise DTypeError(f"fit: callbacks={callbacks!r} is a single one; pass a list, callbacks=[...].")
    _check_optimizer(optimizer, [model, *([loss] if isinstance(loss, Module) else [])])
    if getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise GraphError("fit: the scheduler sets the rates of another optimizer; make it from this one.")


def _check_optimizer(optimizer: Any, models: list[Module]) -> None:
    name = type(optimizer).__name__
    if not callable(getattr(optimizer, "step", None)) or not callable(getattr(optimizer, "zero_grad", None)):
        raise DTypeError(f"fit: optimizer={optimizer!r}; expected one with step() and zero_grad().")
    if asks_argument(optimizer.step):
        raise DTypeError(f"fit: {name}.step needs a closure that computes the loss, which fit has not; write the loop "
                         f"by hand, or choose an optimizer with step().")
    ours = {id(p) for model in models for p in model.parameters()}
    if ours and not ours & {id(p) for p in getattr(optimizer, "params", ours)}:
        raise GraphError("fit: the optimizer holds no parameter of this model; make it from this model.")


def asks_argument(step: Callable[..., Any]) -> bool:
    """Whether it cannot be called as ``step()``."""
    parameters = inspect.signature(step).parameters.values()
    return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
