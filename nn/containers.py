"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd_core.errors import DTypeError, SelectionError

from .module import Module


class Sequential(Module):
    """Modules applied one after the other, named "0", "1", ... by position.

    Args:
        layers: the modules, first to last.

    Raises:
        DTypeError: an argument that is not a Module.
        SelectionError: an index outside it, as in ``model[5]``.

    Example:
        >>> import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> model
        Sequential(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): ReLU()
        )
        >>> model[-1], len(model)
        (ReLU(), 2)
    """

    def __init__(self, *layers: Module) -> None:
        for position, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise DTypeError(
                    f"Sequential: argument {position} is a {type(layer).__name__}, not a Module; pass modules one by "
                    f"one, as in Sequential(Linear(2, 3), ReLU())."
                )
            setattr(self, str(position), layer)

    def forward(self, x: Any) -> Any:
        """The output of the last module, each having been given that of the one before."""
        for layer in self:
            x = layer(x)
        return x

    def __iter__(self) -> Iterator[Module]:
        return (value for value in vars(self).values() if isinstance(value, Module))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, position: int) -> Module:
        try:
            return list(self)[position]
        except IndexError:
            raise SelectionError(f"Sequential: no layer {position}; it has {len(self)}.") from None
