"""The function under test, seen as arrays to arrays: its values, its vector-Jacobian products, its own derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backward import gradients
from ..creation import tensor
from ..tensor import Tensor

Arrays = list[np.ndarray]


class Subject:
    """``f`` with its inputs: the float ones vary, the others are handed over as they are."""

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str]) -> None:
        self.f = f
        self.inputs = list(inputs)
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
        return [y.data for y in self.record(arrays).outputs]

    def widened(self, dtype: type[np.floating[Any]] = np.float64) -> Subject:
        """The same with every input in at least ``dtype``."""
        inputs, names = list(self.inputs), [""] * len(self.inputs)
        for i, array, name in zip(self.varying, self.arrays, self.names, strict=True):
            inputs[i] = array.astype(np.promote_types(array.dtype, dtype), copy=False)
            names[i] = name
        return Subject(self.f, inputs, names)

    def derivative(self, cotangents: Arrays) -> Subject:
        """The function (inputs, cotangents) -> gradients, recorded so that it can be differentiated in turn."""
        f, count, varying = self.f, len(self.inputs), self.varying

        def pullback(*args: Any) -> list[Tensor]:
            xs, vs = args[:count], args[count:]
            return pull(float_outputs(f(*xs)), [xs[i] for i in varying], vs, create_graph=True)

        names = [""] * count
        for i, name in zip(varying, self.names, strict=True):
            names[i] = name
        names += [f"the cotangent of output {i}" for i in range(len(cotangents))]
        return Subject(pullback, [*self.inputs, *cotangents], names)


class Recording:
    """One recorded call of a subject, that can be pulled back through any number of times."""

    def __init__(self, leaves: list[Tensor], outputs: list[Tensor]) -> None:
        self.leaves = leaves
        self.outputs = outputs

    def vjp(self, cotangents: Arrays) -> Arrays:
        """The gradients of ``sum(cotangents * outputs)``."""
        return [g.data for g in pull(self.outputs, self.leaves, cotangents)]


def pull(outputs: list[Tensor], inputs: list[Tensor], cotangents: Sequence[Any], *,
         create_graph: bool = False) -> list[Tensor]:
    """Gradients that are zero, not missing, where nothing depends."""
    live = [(y, v) for y, v in zip(outputs, cotangents, strict=True) if y.requires_grad]
    found: Sequence[Any] = [None] * len(inputs)
    if live:
        ys, vs = zip(*live, strict=True)
        found = gradients(ys, inputs, vs, create_graph=create_graph, retain_graph=True, allow_unused=True)
    return [tensor(np.zeros_like(x.data)) if g is None else g for x, g in zip(inputs, found, strict=True)]


def float_outputs(result: Any) -> list[Tensor]:
    """The float Tensors among what a function returned."""
    outputs = [result] if isinstance(result, Tensor) else list(result)
    if strange := [type(y).__name__ for y in outputs if not isinstance(y, Tensor)]:
        raise TypeError(f"gradcheck: f must return a Tensor or a sequence of Tensors; it returned {strange[0]}.")
    return [y for y in outputs if y.dtype.kind == "f"]


def _leaf(array: np.ndarray) -> Tensor:
    leaf = tensor(array, requires_grad=True)
    leaf.data = np.asarray(array)  # tensor() made a contiguous copy
    return leaf


def _is_float(x: Any) -> bool:
    return isinstance(x, float) or (isinstance(x, (Tensor, np.ndarray, np.generic)) and x.dtype.kind == "f")


def _array(x: Any) -> np.ndarray:
    array = x.data if isinstance(x, Tensor) else np.asarray(x)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
