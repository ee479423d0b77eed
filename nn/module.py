"""Module: a function with parameters. Its parameters and children are simply its attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import AutogradError, DTypeError, GraphError
from autograd_core.modes import module_path

from .parameter import Parameter

Item = TypeVar("Item")


class StateError(AutogradError, RuntimeError):
    """A state that does not fit the model it is loaded into."""


class Unmatched(NamedTuple):
    """The names on which a model and a loaded state do not agree."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """Base of layers, losses and models: assign Parameters and Modules to attributes, and define ``forward``.

    Calling a module calls its ``forward``; every operation recorded meanwhile carries the module's path, the
    attribute names that lead to it. (A module that several parents share goes by the name it was given last.)

    Example:
        >>> import nn
        >>> class Scale(nn.Module):
        ...     def __init__(self):
        ...         self.factor = nn.Parameter(2.0)
        ...     def forward(self, x):
        ...         return x * self.factor
        >>> model = nn.Sequential(Scale(), nn.ReLU())
        >>> [name for name, _ in model.named_parameters()]
        ['0.factor']
        >>> y = model(3.0)
        >>> float(y), y.node.path
        (6.0, '1')
    """

    training: bool = True
    _name: str = ""  # within the parent

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(); define it, and call the module itself.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward``, in the module's name."""
        with module_path(self._name):
            return self.forward(*args, **kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(vars(self).get(name), Parameter) and not isinstance(value, Parameter | None):
            raise DTypeError(
                f"{type(self).__name__}.{name} is a parameter and would be lost to the model; assign an nn.Parameter, "
                f"or set new values with .{name}.data = array."
            )
        if isinstance(value, Parameter) and value.name is None:
            value.name = name
        elif isinstance(value, Module):
            if any(module is self for _, module in value._walk("")):
                raise GraphError(f"{type(self).__name__}.{name}: a module cannot contain itself.")
            object.__setattr__(value, "_name", name)
        object.__setattr__(self, name, value)

    # What belongs to it

    def _walk(self, path: str) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their paths, parents first; one that is shared comes several times."""
        yield path, self
        for name, child in vars(self).items():
            if isinstance(child, Module):
                yield from child._walk(f"{path}.{name}" if path else name)

    def _entries(self) -> Iterator[tuple[str, Parameter]]:
        """All parameters by full name; one that is shared comes under each of its names."""
        for path, module in self._walk(""):
            for name, value in vars(module).items():
                if isinstance(value, Parameter):
                    yield f"{path}.{name}" if path else name, value

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Every module once, with its path: this one as "", then all below it, parents first.

        Returns:
            An iterator of (path, module).

        Example:
            >>> import nn
            >>> [(path, type(module).__name__) for path, module in nn.Sequential(nn.ReLU()).named_modules()]
            [('', 'Sequential'), ('0', 'ReLU')]
        """
        return _once(self._walk(""))

    def modules(self) -> Iterator[Module]:
        """Every module of :meth:`named_modules`, without the paths."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules that are attributes of this one, with their names.

        Returns:
            An iterator of (name, module), each module once.
        """
        return _once((name, child) for name, child in vars(self).items() if isinstance(child, Module))

    def children(self) -> Iterator[Module]:
        """Every module of :meth:`named_children`, without the names."""
        return (child for _, child in self.named_children())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter once, with its full name, as in ``"layer1.weight"``.

        Returns:
            An iterator of (name, Parameter), a module's own before its children's.

        Example:
            >>> import nn
            >>> [(name, p.shape) for name, p in nn.Linear(3, 2).named_parameters()]
            [('weight', (2, 3)), ('bias', (2,))]
        """
        return _once(self._entries())

    def parameters(self) -> Iterator[Parameter]:
        """Every parameter of :meth:`named_parameters`, without the names: what an optimizer takes."""
        return (parameter for _, parameter in self.named_parameters())

    # What can be done with all of it

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below: whether layers such as dropout behave as in training.

        Args:
            mode: False is what :meth:`eval` says.

        Returns:
            The module itself.

        Example:
            >>> import nn
            >>> nn.ReLU().train(False).training
            False
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Behave as in use, not as in training, here and below; the module itself is returned."""
        return self.train(False)

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters by full name, with PyTorch's names and shapes.

        Returns:
            A dict of arrays. A shared parameter appears under each of its names.

        Example:
            >>> import nn
            >>> {name: array.shape for name, array in nn.Linear(3, 2).state_dict().items()}
            {'weight': (2, 3), 'bias': (2,)}
        """
        return {name: parameter.data.copy() for name, parameter in self._entries()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Unmatched:
        """Copy values into the parameters, all or none.

        Args:
            state: by full name, an ndarray, Tensor or anything else NumPy can read, of the parameter's shape.
            strict: refuse names that only the model or only ``state`` has; otherwise they are left alone.

        Returns:
            The names left alone, as ``missing_keys`` (not in ``state``) and ``unexpected_keys`` (not in the model).

        Raises:
            StateError: names or shapes that do not match; the message lists every one, and nothing is changed.
            DTypeError: values that are not real numbers; nothing is changed.

        Example:
            >>> import nn
            >>> model = nn.Linear(3, 2)
            >>> model.load_state_dict(nn.Linear(3, 2).state_dict())
            Unmatched(missing_keys=[], unexpected_keys=[])
            >>> model.load_state_dict({"weight": [[1.0]], "scale": 2.0})
            Traceback (most recent call last):
                ...
            nn.module.StateError: load_state_dict: the state does not fit Linear; nothing was loaded.
              missing: bias
              unexpected: scale
              wrong shape: weight is (1, 1), expected (2, 3)
        """
        entries = dict(self._entries())
        missing = [name for name in entries if name not in state]
        unexpected = [name for name in state if name not in entries]
        arrays = {name: _copied(name, state[name], entries[name].dtype) for name in entries if name in state}
        misshapen = [
            f"{name} is {array.shape}, expected {entries[name].shape}"
            for name, array in arrays.items()
            if array.shape != entries[name].shape
        ]
        if misshapen or (strict and (missing or unexpected)):
            found = {"missing": missing, "unexpected": unexpected, "wrong shape": misshapen}
            lines = [f"\n  {what}: {'; '.join(names)}" for what, names in found.items() if names]
            raise StateError(
                f"load_state_dict: the state does not fit {type(self).__name__}; nothing was loaded.{''.join(lines)}"
            )
        for name, array in arrays.items():
            data = entries[name].data
            data[...] = array
            entries[name].data = data  # tells the engine of the write
        return Unmatched(missing, unexpected)

    # How it prints

    def extra_repr(self) -> str:
        """What ``repr`` shows between the parentheses; subclasses say their sizes and options here."""
        return ""

    def __repr__(self) -> str:
        own = self.extra_repr()
        lines = [f"({name}): {child!r}" for name, child in vars(self).items() if isinstance(child, Module)]
        if not lines:
            return f"{type(self).__name__}({own})"
        inside = "\n".join([own, *lines] if own else lines).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {inside}\n)"


def _once(named: Iterator[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
    """The pairs whose object has not come before."""
    seen: set[int] = set()
    for name, item in named:
        if id(item) not in seen:
            seen.add(id(item))
            yield name, item


def _copied(name: str, value: Any, dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of ``value``, which the parameter's own memory may be part of, in the parameter's dtype."""
    array = value.data if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"load_state_dict: {name} has dtype {array.dtype}; expected real numbers.")
    return np.array(array, dtype)
