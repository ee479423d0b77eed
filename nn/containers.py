"""Modules made of modules, and lists of what modules own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from autograd_core.errors import DTypeError, SelectionError

from .module import Module
from .parameter import Parameter


class _Collection(Module):
    """A collection that is not called itself: the path of an element is the collection's name and its own."""

    def _rename(self, name: str) -> None:
        super()._rename(name)
        for key, element in self.named_children():
            element._rename(f"{name}.{key}" if name else key)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, Module) and self._name:
            value._rename(f"{self._name}.{name}")


def _elements(module: Module, kind: type[Any]) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if isinstance(value, kind)}


def _put(module: Module, name: str, value: Any, kind: type[Any]) -> None:
    if not isinstance(value, kind):
        raise DTypeError(f"{type(module).__name__}: element {name!r} is not a {kind.__name__}, but: {value!r}.")
    setattr(module, name, value)


def _key(module: Module, position: int, count: int) -> str:
    if not -count <= position < count:
        raise SelectionError(f"{type(module).__name__}: no element {position}; it has {count}.")
    return str(position % count)


class Sequential(Module):
    """Modules applied one after the other, named "0", "1", ... by position, or by the keys of a dict.

    Args:
        layers: the modules, first to last; or one dict of modules by name.

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
        >>> model[-1], len(model), len(model[:-1])  # a slice shares the modules, and keeps their names
        (ReLU(), 2, 1)
        >>> nn.Sequential({"hidden": nn.Linear(2, 3), "squash": nn.Tanh()}).squash
        Tanh()
    """

    def __init__(self, *layers: Module | Mapping[str, Module]) -> None:
        first = layers[0] if len(layers) == 1 else None
        named = first if isinstance(first, Mapping) else {str(i): layer for i, layer in enumerate(layers)}
        for name, layer in named.items():
            if not isinstance(layer, Module):
                raise DTypeError(
                    f"Sequential: layer {name!r} is a {type(layer).__name__}, not a Module; pass modules one by one, "
                    f"as in Sequential(Linear(2, 3), ReLU()), or one dict of modules."
                )
            setattr(self, name, layer)

    def forward(self, x: Any) -> Any:
        """The output of the last module, each having been given that of the one before."""
        for layer in self:
            x = layer(x)
        return x

    def append(self, layer: Module) -> Self:
        """Add ``layer`` at the end; the module itself is returned."""
        _put(self, str(len(self)), layer, Module)
        return self

    def __iter__(self) -> Iterator[Module]:
        return iter(_elements(self, Module).values())

    def __len__(self) -> int:
        return len(_elements(self, Module))

    def __getitem__(self, position: int | slice) -> Module:
        if isinstance(position, slice):
            return Sequential(dict(list(_elements(self, Module).items())[position]))  # the same modules, names kept
        layers = list(self)
        if not -len(layers) <= position < len(layers):
            raise SelectionError(f"Sequential: no layer {position}; it has {len(layers)}.")
        return layers[position]


class ModuleList(_Collection):
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

    def append(self, module: Module) -> Self:
        """Add ``module`` at the end; the list itself is returned."""
        _put(self, str(len(self)), module, Module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add all ``modules`` at the end; the list itself is returned."""
        for module in modules:
            self.append(module)
        return self

    def __iter__(self) -> Iterator[Module]:
        return iter(_elements(self, Module).values())

    def __len__(self) -> int:
        return len(_elements(self, Module))

    def __getitem__(self, position: int) -> Module:
        found: Module = getattr(self, _key(self, position, len(self)))
        return found

    def __setitem__(self, position: int, module: Module) -> None:
        _put(self, _key(self, position, len(self)), module, Module)


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
        for name, module in (modules or {}).items():
            self[name] = module

    def __getitem__(self, name: str) -> Module:
        try:
            found: Module = _elements(self, Module)[name]
        except KeyError:
            raise SelectionError(f"ModuleDict: no {name!r}; it has {', '.join(map(repr, self))}.") from None
        return found

    def __setitem__(self, name: str, module: Module) -> None:
        if hasattr(type(self), name):
            raise SelectionError(f"ModuleDict: {name!r} is the name of a method; choose another.")
        _put(self, name, module, Module)

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
        found: Parameter = getattr(self, _key(self, position, len(self)))
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
