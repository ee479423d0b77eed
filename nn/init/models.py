"""Starting values for a whole model."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from autograd_core.errors import DTypeError

from ..module import Module
from .constants import constant_
from .draws import Rng, generator

AnyModule = TypeVar("AnyModule", bound=Module)


def initialize(model: AnyModule, weight: Callable[..., Any], *, bias: float = 0.0, rng: Rng = None) -> AnyModule:
    """Start every weight of ``model`` with one function, and every bias with one number.

    Weights are the parameters of two axes or more; biases those called ``bias``, or ``bias_...`` as in recurrent
    layers. What is neither, such as the scales of a normalization, is left as it is.

    Args:
        model: any Module.
        weight: one of these functions, such as :func:`kaiming_normal_`; it is called as ``weight(parameter, rng=rng)``,
            or without ``rng`` if it takes none.
        bias: 0 usually; some start the biases of relu layers at 0.01, so that every unit fires at first.
        rng: a Generator, or a seed.

    Returns:
        The model itself.

    Raises:
        DTypeError: a ``model`` that is no Module, a ``weight`` that is not a function.

    Example:
        >>> import nn
        >>> model = nn.init.initialize(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), nn.init.kaiming_normal_, rng=0)
        >>> model[0].bias.tolist()
        [0.0, 0.0, 0.0]
    """
    if not isinstance(model, Module):
        raise DTypeError(f"initialize: model={model!r}; expected a Module.")
    if not callable(weight):
        raise DTypeError(f"initialize: weight={weight!r}; expected a function such as nn.init.kaiming_normal_.")
    asked = inspect.signature(weight).parameters.get("rng")
    has_its_own = asked is not None and asked.default not in (None, asked.empty)  # as partial(normal_, rng=0)
    options = {} if asked is None or (has_its_own and rng is None) else {"rng": generator(rng)}
    for name, parameter in model.named_parameters():
        own = name.rpartition(".")[2]
        if own == "bias" or own.startswith("bias_"):
            constant_(parameter, bias)
        elif parameter.ndim > 1:
            weight(parameter, **options)
    return model
