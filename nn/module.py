"""Module: a function with parameters. Its parameters, buffers and children are simply its attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from autograd_core.errors import DTypeError, GraphError, SelectionError
from autograd_core.matching import Unmatched
from autograd_core.modes import module_path

from . import state as states
from .parameter import Buffer, Parameter, change_dtype, float_dtype
from .warning import warn

Item = TypeVar("Item")
Hook = Callable[..., Any]
Entry = tuple[Hook]  # one registration; the same hook may have several


class LostModuleWarning(UserWarning):
    """Modules or Parameters in a plain list, where the model does not find them."""


class Module:
    """Base of layers, losses and models: assign Parameters, Buffers and Modules to attributes, define ``forward``.

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
    _before: tuple[Entry, ...] = ()
    _after: tuple[Entry, ...] = ()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(); define it, and call the module itself.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward``, in the module's name, and the hooks around it."""
        with module_path(self._name, type(self).__name__):
            for (hook,) in self._before:
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
            output = self.forward(*args, **kwargs)
            for (hook,) in self._after:
                changed = hook(self, args, output)
                output = output if changed is None else changed
            return output

    def register_forward_pre_hook(self, hook: Hook) -> Callable[[], None]:
        """Call ``hook(module, args)`` before every ``forward``; what it returns, if anything, replaces the arguments.

        Args:
            hook: returns None, one new argument, or a tuple of all positional ones.

        Returns:
            A function that removes the hook.
        """
        entry = _entry(type(self).__name__, hook)
        self._before = (*self._before, entry)
        return lambda: setattr(self, "_before", tuple(e for e in self._before if e is not entry))

    def register_forward_hook(self, hook: Hook) -> Callable[[], None]:
        """Call ``hook(module, args, output)`` after every ``forward``; what it returns, if anything, is the output.

        Args:
            hook: returns None, or a new output.

        Returns:
            A function that removes the hook.

        Example:
            >>> import nn
            >>> model, seen = nn.ReLU(), []
            >>> remove = model.register_forward_hook(lambda module, args, output: seen.append(output.tolist()))
            >>> y = model([-1.0, 2.0])
            >>> remove()
            >>> y = model([5.0])
            >>> seen
            [[0.0, 2.0]]
        """
        entry = _entry(type(self).__name__, hook)
        self._after = (*self._after, entry)
        return lambda: setattr(self, "_after", tuple(e for e in self._after if e is not entry))

    def __setattr__(self, name: str, value: Any) -> None:
        owned = vars(self).get(name)
        if isinstance(owned, (Parameter, Buffer)) and not isinstance(value, type(owned) | None):
            kind = type(owned).__name__
            raise DTypeError(
                f"{type(self).__name__}.{name} is a {kind.lower()} and would be lost to the model; assign an "
                f"nn.{kind}, or set new values with .{name}.data = array."
            )
        if isinstance(value, Parameter) and value.name is None:
            value.name = name
        elif isinstance(value, Module):
            if any(module is self for _, module in value._walk("")):
                raise GraphError(f"{type(self).__name__}.{name}: a module cannot contain itself.")
            value._rename(name)
        elif isinstance(value, (list, tuple, dict)):
            self._warn_of_lost(name, value)
        object.__setattr__(self, name, value)

    def _warn_of_lost(self, name: str, value: Any) -> None:
        for kind, container in ((Module, "ModuleList or ModuleDict"), (Parameter, "ParameterList")):
            if any(isinstance(item, kind) for item in (value.values() if isinstance(value, dict) else value)):
                warn(f"{type(self).__name__}.{name} is a plain {type(value).__name__} with a {kind.__name__}: what is "
                     f"in it does not belong to the model, and is neither learned nor saved. Use nn.{container}.",
                     LostModuleWarning)

    def _rename(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def register_buffer(self, name: str, data: Any, persistent: bool = True) -> None:
        """Assign ``nn.Buffer(data)`` to the attribute ``name``; None reserves the name.

        Args:
            name: of the attribute.
            data: what :class:`Buffer` takes, or None.
            persistent: whether it is part of ``state_dict()``.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise DTypeError(f"{type(self).__name__}.register_buffer: name={name!r} cannot name an attribute.")
        setattr(self, name, None if data is None else Buffer(data, persistent=persistent))

    # What belongs to it

    def _walk(self, path: str) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their paths, parents first; one that is shared comes several times."""
        yield path, self
        for name, child in vars(self).items():
            if isinstance(child, Module):
                yield from child._walk(f"{path}.{name}" if path else name)

    def _owned(self, kind: type[Item]) -> Iterator[tuple[str, Item]]:
        """All attributes of a kind by full name; one that is shared comes under each of its names."""
        for path, module in self._walk(""):
            for name, value in vars(module).items():
                if isinstance(value, kind):
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

    def get_submodule(self, path: str) -> Module:
        """The module at ``path``, a name as in :meth:`named_modules`.

        Args:
            path: attribute names joined by dots; "" is the module itself.

        Returns:
            The module.

        Raises:
            SelectionError: there is none; the message lists what there is.
        """
        found = dict(self._walk(""))
        if path not in found:
            raise SelectionError(f"{type(self).__name__}: no module {path!r}; there are {', '.join(map(repr, found))}.")
        return found[path]

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter once, with its full name, as in ``"layer1.weight"``.

        Returns:
            An iterator of (name, Parameter), a module's own before its children's.

        Example:
            >>> import nn
            >>> [(name, p.shape) for name, p in nn.Linear(3, 2).named_parameters()]
            [('weight', (2, 3)), ('bias', (2,))]
        """
        return _once(self._owned(Parameter))

    def parameters(self) -> Iterator[Parameter]:
        """Every parameter of :meth:`named_parameters`, without the names: what an optimizer takes."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Every buffer once, with its full name, persistent or not.

        Returns:
            An iterator of (name, Buffer).
        """
        return _once(self._owned(Buffer))

    def buffers(self) -> Iterator[Buffer]:
        """Every buffer of :meth:`named_buffers`, without the names."""
        return (buffer for _, buffer in self.named_buffers())

    # What can be done with all of it

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call ``function`` with every module, children before parents: for starting values, or to set options.

        Args:
            function: its result is ignored.

        Returns:
            The module itself.

        Example:
            >>> import nn
            >>> model = nn.Sequential(nn.Linear(2, 1)).apply(lambda module: print(type(module).__name__))
            Linear
            Sequential
        """
        for module in reversed(list(self.modules())):
            function(module)
        return self

    def to(self, dtype: npt.DTypeLike) -> Self:
        """Convert every float parameter and buffer, with its gradient.

        Args:
            dtype: a float dtype, as in ``model.to(np.float64)``.

        Returns:
            The module itself.

        Raises:
            DTypeError: a dtype that is not a float.
        """
        dtype = float_dtype(f"{type(self).__name__}.to", dtype)
        both: list[Parameter | Buffer] = [*self.parameters(), *self.buffers()]
        for owned in both:
            if owned.dtype.kind == "f":
                change_dtype(owned, dtype)
        return self

    def requires_grad_(self, wanted: bool = True) -> Self:
        """Freeze every parameter here and below (False), or have it learned again (True).

        Args:
            wanted: whether they are learned.

        Returns:
            The module itself.
        """
        for parameter in self.parameters():
            parameter.requires_grad = wanted
        return self

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

    def _state(self) -> dict[str, Parameter | Buffer]:
        """What ``state_dict`` saves, module by module, parameters before buffers: PyTorch's order."""
        found: dict[str, Parameter | Buffer] = {}
        for path, module in self._walk(""):
            prefix = f"{path}." if path else ""
            own = vars(module).items()
            found |= {prefix + name: value for name, value in own if isinstance(value, Parameter)}
            found |= {prefix + name: value for name, value in own if isinstance(value, Buffer) and value.persistent}
        return found

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and persistent buffers by full name, with PyTorch's names and shapes.

        Returns:
            A dict of arrays. What is shared appears under each of its names.

        Example:
            >>> import nn
            >>> {name: array.shape for name, array in nn.Linear(3, 2).state_dict().items()}
            {'weight': (2, 3), 'bias': (2,)}
        """
        return {name: owned.data.copy() for name, owned in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Unmatched:
        """Copy values into the parameters and persistent buffers, all or none.

        Args:
            state: by full name, an ndarray, Tensor or anything else NumPy can read, of the right shape.
            strict: refuse names that only the model or only ``state`` has; otherwise they are left alone.

        Returns:
            The names left alone, as ``missing_keys`` (not in ``state``) and ``unexpected_keys`` (not in the model).

        Raises:
            StateError: names, shapes or values do not fit, or memory is read-only; all is listed, nothing is changed.

        Example:
            >>> import nn
            >>> model = nn.Linear(3, 2)
            >>> model.load_state_dict(nn.Linear(3, 2).state_dict())
            Unmatched(missing_keys=[], unexpected_keys=[])
            >>> model.load_state_dict({"weight": [[1.0]], "scale": 2.0})
            Traceback (most recent call last):
                ...
            autograd_core.errors.StateError: load_state_dict: the state does not fit this Linear; nothing was loaded.
              missing: bias
              unexpected: scale
              wrong shape: weight is (1, 1), expected (2, 3)
        """
        return states.load(self, state, strict)

    def _check_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Refuse, with an OptionError, what is to be loaded here and below if the module cannot have such values."""

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


def _entry(what: str, hook: Any) -> Entry:
    if not callable(hook):
        raise DTypeError(f"{what}: a hook must be a function, got {hook!r}.")
    return (hook,)


def _once(named: Iterator[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
    """The pairs whose object has not come before."""
    seen: set[int] = set()
    for name, item in named:
        if id(item) not in seen:
            seen.add(id(item))
            yield name, item
