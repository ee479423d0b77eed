"""The function under test, seen as arrays to arrays: its values, its vector-Jacobian products, its own derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backward import gradients
from ..creation import make_leaf
from ..recording import wrap
from ..tensor import Tensor

Arrays = list[np.ndarray]


class Subject:
    """``f`` with its inputs: the float ones vary, the others are handed over as they are.

    ``unrecorded`` gives the values of ``f`` at arrays without recording how they came about, if that is cheaper.
    """

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str],
                 unrecorded: Callable[[Arrays], Arrays] | None = None) -> None:
        self.f = f
        self.inputs = list(inputs)
        self.all_names = list(names)
        self.unrecorded = unrecorded
        self.varying = [i for i, x in enumerate(inputs) if _is_float(x)]
        self.names = [names[i] for i in self.varying]
        self.arrays: Arrays = [_array(inputs[i]) for i in self.varying]

    def record(self, arrays: Arrays) -> Recording:
        """Call ``f`` on fresh leaves that show ``arrays``, layout and all."""
        leaves = [_leaf(array) for array in arrays]
        args = list(self.inputs)
        for i, leaf in zip(self.varying, leaves, strict=True):
            args[i] = leaf
        return Recording(leaves, float_outputs(self.f(*args)))

    def values(self, arrays: Arrays) -> Arrays:
        """The float outputs of ``f`` at ``arrays``."""
        if self.unrecorded is not None:
            return self.unrecorded(arrays)
        return [y.data for y in self.record(arrays).outputs]

    def at(self, arrays: Arrays) -> Subject:
        """The same function at other inputs."""
        inputs = list(self.inputs)
        for i, array in zip(self.varying, arrays, strict=True):
            inputs[i] = array
        return Subject(self.f, inputs, self.all_names, self.unrecorded)

    def widened(self, dtype: type[np.floating[Any]] = np.float64) -> Subject:
        """The same with every input in at least ``dtype``."""
        return self.at([x.astype(np.promote_types(x.dtype, dtype), copy=False) for x in self.arrays])

    def together(self) -> Subject:
        """The function of one number t that is added to every input: what ties, across inputs too, stays tied."""
        def moved(t: Any) -> Any:
            args = list(self.inputs)
            for i, array in zip(self.varying, self.arrays, strict=True):
                args[i] = t + array
            return self.f(*args)

        return Subject(moved, [0.0], ["all inputs, moved alike,"])

    def derivative(self, cotangents: Arrays) -> Subject:
        """The function (inputs, cotangents) -> gradients, recorded so that it can be differentiated in turn."""
        f, count, varying = self.f, len(self.inputs), self.varying

        def pullback(*args: Any) -> list[Tensor]:
            xs, vs = args[:count], args[count:]
            outputs, inputs = float_outputs(f(*xs)), [xs[i] for i in varying]
            return _filled(inputs, pull(outputs, inputs, vs, create_graph=True))

        def unrecorded(arrays: Arrays) -> Arrays:
            return self.record(arrays[:len(varying)]).vjp(arrays[len(varying):])

        names = [*self.all_names, *(f"the cotangent of output {i}" for i in range(len(cotangents)))]
        return Subject(pullback, [*self.inputs, *cotangents], names, unrecorded)


class Recording:
    """One recorded call of a subject, that can be pulled back through any number of times."""

    def __init__(self, leaves: list[Tensor], outputs: list[Tensor]) -> None:
        self.leaves = leaves
        self.outputs = outputs
        self.missing: list[int] = []  # inputs that no output was recorded to depend on, when last pulled back

    def vjp(self, cotangents: Arrays) -> Arrays:
        """The gradients of ``sum(cotangents * outputs)``; zero where none is."""
        found = pull(self.outputs, self.leaves, cotangents)
        self.missing = [i for i, g in enumerate(found) if g is None]
        return [g.data for g in _filled(self.leaves, found)]


def pull(outputs: list[Tensor], inputs: list[Tensor], cotangents: Sequence[Any], *,
         create_graph: bool = False) -> Sequence[Tensor | None]:
    """Gradients, None where nothing depends."""
    live = [(y, v) for y, v in zip(outputs, cotangents, strict=True) if y.requires_grad]
    if not live:
        return [None] * len(inputs)
    ys, vs = zip(*live, strict=True)
    return gradients(ys, inputs, vs, create_graph=create_graph, retain_graph=True, allow_unused=True)


def _filled(inputs: list[Tensor], found: Sequence[Tensor | None]) -> list[Tensor]:
    return [wrap(np.zeros_like(x.data)) if g is None else g for x, g in zip(inputs, found, strict=True)]


def float_outputs(result: Any) -> list[Tensor]:
    """The float Tensors among what a function returned."""
    outputs = [result] if isinstance(result, Tensor) else list(result)
    if strange := [type(y).__name__ for y in outputs if not isinstance(y, Tensor)]:
        raise TypeError(f"gradcheck: f must return a Tensor or a sequence of Tensors; it returned {strange[0]}.")
    return [y for y in outputs if y.dtype.kind == "f"]


def _leaf(array: np.ndarray) -> Tensor:
    leaf: Tensor = wrap(array)  # tensor() would copy, and lose the layout
    make_leaf(leaf)
    return leaf


def _is_float(x: Any) -> bool:
    return isinstance(x, float) or (isinstance(x, (Tensor, np.ndarray, np.generic)) and x.dtype.kind == "f")


def _array(x: Any) -> np.ndarray:
    array = x.data if isinstance(x, Tensor) else np.asarray(x)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
