"""Modules made of modules, and lists of what modules own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from autograd_core.errors import DTypeError, SelectionError

from .module import Module
from .parameter import Parameter


def _elements(module: Module, kind: type[Any]) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if isinstance(value, kind)}


def _put(module: Module, name: str, value: Any, kind: type[Any]) -> None:
    container = type(module).__name__
    if not isinstance(value, kind):
        raise DTypeError(f"{container}: element {name!r} is not a {kind.__name__}, but: {value!r}.")
    if not isinstance(name, str) or not name or "." in name or hasattr(type(module), name):
        raise SelectionError(f"{container}: {name!r} cannot name an element; it is no word, or the name of a method.")
    setattr(module, name, value)


def _at(module: Module, position: Any, elements: dict[str, Any]) -> str:
    """The name of the element at a position, which may count from the end."""
    if not isinstance(position, (int, np.integer)):
        raise DTypeError(f"{type(module).__name__}: {position!r} is no position; expected an integer or a slice.")
    if not -len(elements) <= position < len(elements):
        raise SelectionError(f"{type(module).__name__}: no element {position}; it has {len(elements)}.")
    return list(elements)[position]


class _Ordered(Module):
    """Modules in an order, named "0", "1", ... where nothing else is said."""

    def append(self, module: Module) -> Self:
        """Add ``module`` at the end; the container itself is returned."""
        taken, number = _elements(self, Module), len(self)
        while str(number) in taken:  # a slice keeps the names that it had
            number += 1
        _put(self, str(number), module, Module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add all ``modules`` at the end; the container itself is returned."""
        for module in modules:
            self.append(module)
        return self

    def insert(self, position: int, module: Module) -> Self:
        """Put ``module`` before a position; all elements are numbered again, and the container itself is returned."""
        modules = list(self)
        modules.insert(position, module)
        self._refill(modules)
        return self

    def _refill(self, modules: list[Module]) -> None:
        for name in _elements(self, Module):
            delattr(self, name)
        self.extend(modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(_elements(self, Module).values())

    def __len__(self) -> int:
        return len(_elements(self, Module))

    def __getitem__(self, position: int | slice) -> Any:
        elements = _elements(self, Module)
        if isinstance(position, slice):
            part = type(self)()
            for name, module in list(elements.items())[position]:  # the same modules, with their names
                _put(part, name, module, Module)
            return part
        return elements[_at(self, position, elements)]

    def __setitem__(self, position: int, module: Module) -> None:
        _put(self, _at(self, position, _elements(self, Module)), module, Module)

    def __delitem__(self, position: int) -> None:
        modules = list(self)
        del modules[list(_elements(self, Module)).index(_at(self, position, _elements(self, Module)))]
        self._refill(modules)


class _Collection(Module):
    """A collection that is not called itself: the path of an element is the collection's name and its own."""

    def _rename(self, name: str) -> None:
        super()._rename(name)
        for key, element in _elements(self, Module).items():
            element._rename(f"{name}.{key}" if name else key)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, Module) and self._name:
            value._rename(f"{self._name}.{name}")


class Sequential(_Ordered):
    """Modules applied one after the other, named "0", "1", ... by position, or by the keys of a dict.

    Args:
        layers: the modules, first to last; or one dict of modules by name.

    Raises:
        DTypeError: an argument that is not a Module.
        SelectionError: an index outside it, as in ``model[5]``; a name that a layer cannot have.

    Example:
        >>> import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> model
        Sequential(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): ReLU()
        )
        >>> model[-1], len(model), len(model[:-1])  # a slice shares the modules, and keeps their names
        (ReLU(), 2, 1)
        >>> nn.Sequential({"hidden": nn.Linear(2, 3), "squash": nn.Tanh()}).squash
        Tanh()
    """

    def __init__(self, *layers: Module | Mapping[str, Module]) -> None:
        first = layers[0] if len(layers) == 1 else None
        if isinstance(first, (list, tuple)):
            raise DTypeError(f"Sequential: a {type(first).__name__}; pass modules one by one: Sequential(*layers).")
        named = first if isinstance(first, Mapping) else {str(i): layer for i, layer in enumerate(layers)}
        for name, layer in named.items():
            _put(self, name, layer, Module)

    def forward(self, x: Any) -> Any:
        """The output of the last module, each having been given that of the one before."""
        for layer in self:
            x = layer(x)
        return x


class ModuleList(_Collection, _Ordered):
    """A list whose modules belong to the model; it is not called itself.

    Args:
        modules: the elements.

    Raises:
        DTypeError: an element that is not a Module.
        SelectionError: an index outside it.

    Example:
        >>> import nn
        >>> layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
        >>> len(layers), [name for name, _ in layers.named_parameters()][:2]
        (3, ['0.weight', '0.bias'])
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self.extend(modules)


class ModuleDict(_Collection):
    """A dict whose modules belong to the model; it is not called itself.

    Args:
        modules: by name.

    Raises:
        DTypeError: a value that is not a Module.
        SelectionError: a key that is not there, or that names a method of modules, such as "train".

    Example:
        >>> import nn
        >>> heads = nn.ModuleDict({"a": nn.Linear(2, 1), "b": nn.Linear(2, 3)})
        >>> list(heads), "b" in heads, heads["b"].out_features
        (['a', 'b'], True, 3)
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        if not isinstance(modules, Mapping | None):
            raise DTypeError(f"ModuleDict: a {type(modules).__name__}; pass a dict of modules by name.")
        for name, module in (modules or {}).items():
            self[name] = module

    def __getitem__(self, name: str) -> Module:
        try:
            found: Module = _elements(self, Module)[name]
        except KeyError:
            raise SelectionError(f"ModuleDict: no {name!r}; it has {', '.join(map(repr, self))}.") from None
        return found

    def __setitem__(self, name: str, module: Module) -> None:
        _put(self, name, module, Module)

    def __delitem__(self, name: str) -> None:
        self[name]
        delattr(self, name)

    def update(self, modules: Mapping[str, Module]) -> None:
        """Add all ``modules``, in place of those of the same names."""
        for name, module in modules.items():
            self[name] = module

    def pop(self, name: str) -> Module:
        """Take the module called ``name`` out, and return it."""
        module = self[name]
        del self[name]
        return module

    def __iter__(self) -> Iterator[str]:
        return iter(_elements(self, Module))

    def __len__(self) -> int:
        return len(_elements(self, Module))

    def __contains__(self, name: object) -> bool:
        return name in _elements(self, Module)

    def keys(self) -> Iterator[str]:
        """The names."""
        return iter(self)

    def values(self) -> Iterator[Module]:
        """The modules."""
        return iter(_elements(self, Module).values())

    def items(self) -> Iterator[tuple[str, Module]]:
        """Pairs of name and module."""
        return iter(_elements(self, Module).items())


class ParameterList(Module):
    """A list whose parameters belong to the model.

    Args:
        parameters: the elements.

    Raises:
        DTypeError: an element that is not a Parameter.
        SelectionError: an index outside it.

    Example:
        >>> import nn
        >>> factors = nn.ParameterList([nn.Parameter(1.0), nn.Parameter(2.0)])
        >>> [name for name, _ in factors.named_parameters()], factors[1].item()
        (['0', '1'], 2.0)
    """

    def __init__(self, parameters: Iterable[Parameter] = ()) -> None:
        for parameter in parameters:
            self.append(parameter)

    def append(self, parameter: Parameter) -> Self:
        """Add ``parameter`` at the end; the list itself is returned."""
        _put(self, str(len(self)), parameter, Parameter)
        return self

    def __iter__(self) -> Iterator[Parameter]:
        return iter(_elements(self, Parameter).values())

    def __len__(self) -> int:
        return len(_elements(self, Parameter))

    def __getitem__(self, position: int) -> Parameter:
        elements = _elements(self, Parameter)
        found: Parameter = elements[_at(self, position, elements)]
        return found


class Residual(Module):
    """y = x + f(x): what f learns is the difference from doing nothing, and the gradient passes it unchanged.

    Args:
        module: f; its output must broadcast with its input.

    Source:
        He et al., "Deep Residual Learning for Image Recognition", 2016.

    Example:
        >>> import nn
        >>> nn.Residual(nn.ReLU())([-1.0, 2.0])
        tensor([-1.,  4.])
    """

    module: Module

    def __init__(self, module: Module) -> None:
        _put(self, "module", module, Module)

    def forward(self, x: Any) -> Any:
        """The sum; see the class."""
        return self.module(x) + x


class Identity(Module):
    """y = x: a place that may hold another layer.

    Example:
        >>> import nn
        >>> nn.Identity()(3.0)
        3.0
    """

    def forward(self, x: Any) -> Any:
        """The input itself."""
        return x
