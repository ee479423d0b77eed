"""Whether operations are recorded, in whose name, and who watches: ``no_grad``, ``enable_grad``, ``module_path``.

The mode lives in a ``ContextVar``, so threads and async tasks each have their own. A generator shares
the context of whoever resumes it; a mode entered in its body therefore counts only while its frame runs.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

if TYPE_CHECKING:
    import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

_SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class Watch(Protocol):
    """What the engine tells whoever watches it record; those who do are in ``debugging/``."""

    @property
    def quiet(self) -> bool:
        """Whether a walk leaves out its warnings of infinite slopes, because this one says more."""

    def recorded(self, node: Any, arrays: Sequence[Any], out: np.ndarray) -> None:
        """An op gave ``out`` for ``arrays``, and ``node`` is about to stand for it."""

    def left(self, how: str, tensors: Sequence[Any], out: Any) -> None:
        """Values of ``tensors``, some of them recorded, came out of their graph as ``out``."""

    def line(self) -> str:
        """The user's line that is running, for a message."""

    def differentiating(self) -> WalkWatch:
        """What watches a walk that begins now."""


class WalkWatch(Watch, Protocol):
    """What the engine tells whoever watches a walk: all of the above, of what rules do, and the gradients."""

    def arrived(self, node: Any, g: Any) -> None:
        """The walk has ``node``'s complete gradient."""

    def derived(self, node: Any, position: int, gradient: Any) -> None:
        """The rule for the operand at ``position`` gave ``gradient``."""


class Mode:
    """What one ``with`` block asked for; ``previous`` is what holds again after it."""

    __slots__ = ("owner", "path", "previous", "recording", "watch")

    def __init__(self, recording: bool, path: str, watch: Watch | None, previous: Mode | None, owner: object) -> None:
        self.recording = recording
        self.path = path
        self.watch = watch
        self.previous = previous
        self.owner = owner


class _SuspendableMode(Mode):
    """A mode entered in a generator or coroutine: it holds only while that frame is running."""

    __slots__ = ("_asked", "ended", "frame")

    def __init__(self, asked: Mode, frame: FrameType) -> None:
        self._asked, self.ended, self.frame = asked, False, frame
        self.previous, self.owner = asked.previous, asked.owner

    def _now(self) -> Mode:
        # A suspended frame has no caller: the cheapest way to know that somebody else is running now.
        asleep = self.ended or self.frame.f_back is None
        return self.previous if asleep and self.previous else self._asked

    # Computed here, stored in the plain Mode.
    recording = property(lambda self: self._now().recording)
    path = property(lambda self: self._now().path)
    watch = property(lambda self: self._now().watch)


_EVERYWHERE = Mode(True, "", None, None, None)
Watching = Callable[["Watch | None"], "Watch | None"]
_MODE: ContextVar[Mode] = ContextVar("autograd_core.mode", default=_EVERYWHERE)

current_mode: Callable[[], Mode] = _MODE.get


class ModulePath(str):
    """The path of a module while one call of it runs: equal text in every call, but an object of its own.

    So a snapshot of the graph can tell two calls of one module apart, at no cost to those who record.
    """

    __slots__ = ("kind", "outer")
    outer: str  # of the call around this one; "" if there is none
    kind: str  # the module's class, such as "Linear"; "" where there is none


class Switch:
    """Context manager and decorator that sets recording, the module path or the watch, and puts them back."""

    def __init__(self, recording: bool | None, path: str | None = None, watch: Watching | None = None) -> None:
        self.wanted = recording
        self.path = path
        self.watch = watch  # makes the watch of this block from the one around it

    def __enter__(self) -> None:
        before = _MODE.get()
        recording = before.recording if self.wanted is None else self.wanted
        path = before.path if self.path is None else self.path
        watch = before.watch if self.watch is None else self.watch(before.watch)
        mode, frame = Mode(recording, path, watch, before, self), sys._getframe(1)
        _MODE.set(_SuspendableMode(mode, frame) if frame.f_code.co_flags & _SUSPENDS else mode)

    def __exit__(self, *_: object) -> None:
        mode: Mode | None = _MODE.get()
        if mode is not None and mode.owner is self and mode.previous is not None:
            _MODE.set(mode.previous)
            return
        while mode is not None:  # a generator that ends while its consumer is inside a mode of its own
            if mode.owner is self and isinstance(mode, _SuspendableMode):
                mode.ended = True
                return
            mode = mode.previous

    def __call__(self, function: Function) -> Function:
        """Decorate: every call runs in a mode of its own."""
        again = functools.partial(Switch, self.wanted, self.path, self.watch)
        return functools.update_wrapper(_wrapped(function, again), function)  # type: ignore[return-value]


def _wrapped(function: Callable[..., Any], again: Callable[[], Switch]) -> Callable[..., Any]:
    async def async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with again():
            async for item in function(*args, **kwargs):
                yield item

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        with again():
            return await function(*args, **kwargs)

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with again():
            return (yield from function(*args, **kwargs))

    def plain(*args: Any, **kwargs: Any) -> Any:
        with again():
            return function(*args, **kwargs)

    if inspect.isasyncgenfunction(function):
        return async_generator
    if inspect.iscoroutinefunction(function):
        return coroutine
    return generator if inspect.isgeneratorfunction(function) else plain


@overload
def no_grad() -> Switch: ...
@overload
def no_grad(function: Function) -> Function: ...
def no_grad(function: Function | None = None) -> Switch | Function:
    """Stop recording: in a ``with`` block, or for every call of the decorated function.

    Right in threads, async tasks and generators: whoever consumes a generator keeps their own mode.

    Args:
        function: given when used as a bare decorator, ``@no_grad``.

    Returns:
        A context manager that also decorates; or the decorated function.

    Example:
        >>> import autograd_core as ag
        >>> w = ag.tensor(2.0, requires_grad=True)
        >>> with ag.no_grad():
        ...     y = w * 3
        >>> y.requires_grad
        False
    """
    return Switch(False) if function is None else Switch(False)(function)


@overload
def enable_grad() -> Switch: ...
@overload
def enable_grad(function: Function) -> Function: ...
def enable_grad(function: Function | None = None) -> Switch | Function:
    """Record again inside a ``no_grad`` block; the counterpart of :func:`no_grad`.

    Args:
        function: given when used as a bare decorator, ``@enable_grad``.

    Returns:
        A context manager that also decorates; or the decorated function.

    Example:
        >>> import autograd_core as ag
        >>> w = ag.tensor(2.0, requires_grad=True)
        >>> with ag.no_grad(), ag.enable_grad():
        ...     y = w * 3
        >>> y.requires_grad
        True
    """
    return Switch(True) if function is None else Switch(True)(function)


def module_path(name: str, kind: str = "") -> Switch:
    """Mark what is recorded in the block as the work of the module ``name``, below the current one.

    Args:
        name: the module's name within its parent; an empty name changes nothing.
        kind: the name of its class, for those who draw.

    Returns:
        A context manager that also decorates.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> x = ag.tensor(2.0, requires_grad=True)
        >>> with module_path("net"), module_path("layer1"):
        ...     y = x * 3
        >>> y.node.path
        'net.layer1'
    """
    outer = _MODE.get().path
    if not name:
        return Switch(None, outer)
    path = ModulePath(f"{outer}.{name}" if outer else name)
    path.outer = outer
    path.kind = kind
    return Switch(None, path)


def recording_under(path: str) -> Switch:
    """Record, as the work of the module whose full path is ``path``: for running something again.

    Args:
        path: from the outermost module on.

    Returns:
        A context manager that also decorates.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import recording_under
        >>> x = ag.tensor(2.0, requires_grad=True)
        >>> with ag.no_grad(), recording_under("net.layer1"):
        ...     y = x * 3
        >>> y.node.path
        'net.layer1'
    """
    return Switch(True, path)


def differentiating(create_graph: bool) -> Switch:
    """The mode of a walk: its rules are recorded with ``create_graph``, and only then.

    Args:
        create_graph: record what the rules do.

    Returns:
        A context manager.
    """
    return Switch(create_graph, watch=lambda outer: outer and outer.differentiating())


def leaving(how: str, tensor: Any, out: Any) -> Any:
    """``out``, values of ``tensor`` outside its graph; who watches, if anybody does, is told ``how`` they came out."""
    if tensor.node is not None and (watch := _MODE.get().watch) is not None:
        watch.left(how, (tensor,), out)
    return out


def is_grad_enabled() -> bool:
    """Whether operations on tensors that require gradients are recorded right now.

    Returns:
        True unless inside :func:`no_grad`.

    Example:
        >>> import autograd_core as ag
        >>> ag.is_grad_enabled()
        True
    """
    return _MODE.get().recording
