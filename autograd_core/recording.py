"""The tape: what a node remembers, and the one place where calls are recorded. It knows no op by name.

A primitive is a forward function and, for each operand, a rule: ``rule(g, kept...)`` gives the gradient of
that operand from the gradient ``g`` of the output. The names of a rule's parameters say what it keeps:
an operand (``x``), the output (``y``), an option (``axis``), or only an operand's shape (``x_shape``).
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .errors import AutogradError, DTypeError, SelectionError, ShapeError
from .modes import current_mode
from .reals import real_array
from .views import link_view
from .writes import tick

SMALL = 64
"""Arrays up to this size stay visible on their nodes, for pictures, after backward has freed the rest."""

NUMBERS = frozenset({int, float, bool})
Rule = Callable[..., Any]
Edge = tuple[int, "Node", list[Any], tuple[tuple[int, ...], np.dtype[Any]] | None]
ndarray, asarray, new = np.ndarray, np.asarray, object.__new__


class Summary(NamedTuple):
    """What a node remembers of an array too large to stay visible."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def glimpse(array: np.ndarray) -> np.ndarray | Summary:
    """The array itself when small, else its shape and dtype."""
    return array if array.size <= SMALL else Summary(array.shape, array.dtype)


class Node:
    """One recorded call, or (without edges) a leaf, where gradients gather.

    An edge is (operand position, parent node, what the rule keeps, shape and dtype to fit or None).
    A node never refers to its output Tensor, so graphs hold no reference cycle.
    """

    __slots__ = (
        "__weakref__", "edges", "flow", "freed", "grad", "hooks",
        "name", "origin", "params", "path", "primitive", "serial", "value",
    )
    primitive: Primitive | None
    edges: Sequence[Edge]
    params: dict[Any, Any] | None  # options by name, constant operands by position
    serial: int  # the tape's clock: parents have smaller ones
    value: np.ndarray | Summary  # the output (a leaf: its data)
    flow: np.ndarray | Summary | None  # the gradient that arrived here last, for pictures
    grad: TensorBase | None
    hooks: list[Callable[[TensorBase], TensorBase | None]] | None
    name: str | None
    path: str  # of the module that was running
    origin: Any  # where it was recorded: only there if a debugging mode was on
    freed: bool


class TensorBase:
    """The storage of a Tensor: an array, and the node that made it (None for a constant)."""

    __slots__ = ("__weakref__", "_data", "_name", "base", "node", "views")
    _data: np.ndarray
    node: Node | None
    base: tuple[TensorBase, Any] | None  # a view: whose memory it shows, and by which steps
    views: dict[weakref.ref[TensorBase], None] | None  # the views of this one that are still alive, in order
    _name: str | None


tensor_class: type[TensorBase] = TensorBase


def set_tensor_class(cls: type[TensorBase]) -> None:
    """Say what class outputs are: called once, by the module that defines Tensor."""
    global tensor_class
    tensor_class = cls


def wrap(data: np.ndarray, node: Node | None = None) -> Any:
    """A Tensor around ``data``, without copying."""
    tensor = new(tensor_class)
    tensor._data = data
    tensor.node = node
    tensor.base = tensor.views = tensor._name = None
    return tensor


def new_node(primitive: Primitive | None, edges: Sequence[Edge], params: dict[Any, Any] | None,
             value: np.ndarray, path: str) -> Node:
    """A node with the next serial number."""
    node = new(Node)
    node.primitive = primitive
    node.edges = edges
    node.params = params
    node.serial = tick()
    node.value = value if value.size <= SMALL else Summary(value.shape, value.dtype)
    node.path = path
    node.flow = node.grad = node.hooks = node.name = None
    node.freed = False
    return node


class _Same(tuple[Any, ...]):
    """A sequence of one item that is found at every position."""

    def __getitem__(self, _: Any) -> Any:
        return super().__getitem__(0)


class Primitive:
    """An op as the tape sees it: forward, rules by operand, and what each rule keeps."""

    def __init__(self, name: str, forward: Callable[..., Any], rules: dict[str, Rule | None], *,
                 options: Iterable[str] = (), variadic: bool = False, view: bool = False, elementwise: bool = False,
                 explain: Callable[..., str] | None = None) -> None:
        self.name = name
        self.forward = forward
        self.variadic = variadic
        self.view = view
        self.elementwise = elementwise  # each element of a gradient depends on that element of g alone
        self.explain = explain
        keeps = [list(inspect.signature(rule).parameters)[1:] if rule else [] for rule in rules.values()]
        known = {"y", *rules, *options, *(f"{x}_shape" for x in rules), *(["index", "shapes"] if variadic else [])}
        if unknown := {kept for keep in keeps for kept in keep} - known:
            raise TypeError(f"{name}: a rule asks for {sorted(unknown)}; it can have {sorted(known)}")
        # Indexed by operand position; a variadic primitive has one entry that serves them all.
        every: Callable[[Iterable[Any]], Sequence[Any]] = _Same if variadic else tuple
        self.operands: Sequence[str] = every(rules)
        self.rules: Sequence[Any] = every(rules.values())
        self.keeps: Sequence[list[str]] = every(keeps)
        self._finders = every([self._finder(name) for name in keep] for keep in keeps)

    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Compute, and record when an operand requires grad."""
        arrays = [x._data if isinstance(x, TensorBase) else self.operand(x, i) for i, x in enumerate(operands)]
        try:
            out = self.forward(*arrays, **params)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise self.failure(error, arrays, params) from None
        if type(out) is not ndarray:
            out = asarray(out)
        tensor = wrap(out)
        if (mode := current_mode()).recording:
            edges = []
            constants: dict[Any, Any] = {}
            for i, x in enumerate(operands):
                array = arrays[i]
                if not isinstance(x, TensorBase) or x.node is None:
                    constants[i] = array if type(array) in NUMBERS else glimpse(array)
                elif self.rules[i] is not None:
                    kept = [find(i, arrays, out, params) for find in self._finders[i]]
                    edges.append((i, x.node, kept, (array.shape, array.dtype)))
            if edges:
                tensor.node = new_node(self, edges, constants | params if constants else params, out, mode.path)
                if mode.watch is not None:
                    mode.watch.recorded(tensor.node, arrays, out)
        elif mode.watch is not None:
            mode.watch.left(f"{self.name} under no_grad", operands, tensor)
        if self.view and isinstance(operands[0], TensorBase):
            link_view(tensor, operands[0], self, params)
        return tensor

    def _finder(self, name: str) -> Callable[[int, list[Any], np.ndarray, dict[str, Any]], Any]:
        """How to find what a rule calls ``name``, for the operand at position ``i``."""
        if name == "y":
            return lambda i, arrays, out, params: out
        if name == "index" and self.variadic:
            return lambda i, arrays, out, params: i
        if name == "shapes" and self.variadic:
            return lambda i, arrays, out, params: [np.shape(array) for array in arrays]
        operand = name.removesuffix("_shape")
        if operand not in (names := list(self.operands)):
            return lambda i, arrays, out, params: params[name]
        if self.variadic:
            return lambda i, arrays, out, params: arrays[i] if name == operand else np.shape(arrays[i])
        j = names.index(operand)
        if name == operand:
            return lambda i, arrays, out, params: arrays[j]
        return lambda i, arrays, out, params: arrays[j].shape if type(arrays[j]) is ndarray else ()

    def operand(self, x: Any, position: int) -> Any:
        """Check an operand that is not a Tensor: a number stays one, the rest becomes an array."""
        if type(x) in NUMBERS or (type(x) is ndarray and x.dtype.kind in "biuf"):
            return x
        try:
            return real_array(x)
        except (DTypeError, ShapeError) as error:
            raise type(error)(f"{self.name}: operand {self.operands[position]} {error}") from None

    def failure(self, error: Exception, arrays: Sequence[Any], params: dict[str, Any]) -> Exception:
        """The error to raise when the forward function failed: the op, the shapes, what to do."""
        if isinstance(error, AutogradError):
            return error
        said = self.explain(*arrays, **params) if self.explain else ""
        shapes = ", ".join(str(np.shape(array)) for array in arrays)
        kind: type[Exception] = DTypeError
        if isinstance(error, (ValueError, IndexError)):  # NumPy's AxisError is both
            kind = ShapeError if isinstance(error, ValueError) else SelectionError
        return kind(f"{self.name}: {said or f'shapes {shapes}: {error}'}")
