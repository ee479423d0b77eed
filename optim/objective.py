"""Objective: a loss as a function of one flat vector. Its derivatives at a point are computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, GraphError, ShapeError


class Objective:
    """What a closure computes, as a function of all parameters in one vector, of their widest dtype.

    Args:
        name: of the method, for messages.
        closure: computes the loss from the parameters. It may also call ``backward()``, as PyTorch's closures do; then
            that gradient is used, and there are no second derivatives.
        params: Tensors. They are not changed: while the closure runs, others stand in for them.
    """

    keep_graphs: ClassVar[bool] = False

    def __init__(self, name: str, closure: Callable[[], Any], params: Sequence[Tensor]) -> None:
        self.name, self.closure, self.params = name, closure, params
        self.dtype = np.result_type(np.float32, *(p.dtype for p in params))
        self.ends = np.cumsum([p.size for p in params])[:-1]
        self.evaluations = 0
        self.products = 0

    def split(self, x: np.ndarray) -> list[np.ndarray]:
        """The vector, as arrays of the shapes and dtypes of the parameters."""
        pieces = zip(np.split(x, self.ends), self.params, strict=True)
        return [piece.reshape(p.shape).astype(p.dtype) for piece, p in pieces]

    def join(self, arrays: Sequence[Any]) -> np.ndarray:
        """The way back: one vector."""
        return np.concatenate([np.asarray(array).reshape(-1) for array in arrays]).astype(self.dtype, copy=False)

    def at(self, x: np.ndarray) -> Point:
        """A point, where nothing is computed yet."""
        return Point(self, x)

    def here(self) -> Point:
        """The point at which the parameters are."""
        return self.at(self.join([p.data for p in self.params]))

    def loss(self, values: Sequence[Tensor]) -> Any:
        """What the closure returns where the parameters have these values, for derivatives of any order."""
        with ag.substitute(self.params, values):
            result = self.closure()
        self.check_graph(result)
        return result

    def check_graph(self, result: Any) -> None:
        """Raise GraphError if there was a backward pass through what the closure returned."""
        if isinstance(result, Tensor) and result.node is not None and result.node.freed:
            raise GraphError(f"{self.name}: the closure called backward(), which frees the graph that other "
                             f"derivatives need; let it only compute, and return what it computed.")

    def evaluate(self, x: np.ndarray) -> tuple[float, Any, list[Tensor]]:
        """The loss as a number, as the closure returned it, and the variables that it was computed from."""
        self.evaluations += 1
        variables = [ag.tensor(part, requires_grad=True) for part in self.split(x)]
        with ag.enable_grad(), ag.substitute(self.params, variables):
            loss = self.closure()
        return self._number(loss), loss, variables

    def gradient(self, loss: Any, variables: Sequence[Tensor]) -> np.ndarray:
        """The gradient of what :meth:`evaluate` gave."""
        if any(v.grad is not None for v in variables):  # the closure called backward()
            found: Sequence[Tensor | None] = [v.grad for v in variables]
        elif isinstance(loss, Tensor) and loss.requires_grad:
            found = ag.gradients(loss, variables, allow_unused=True, retain_graph=self.keep_graphs)
        else:
            found = []
        if all(g is None for g in found):
            raise GraphError(f"{self.name}: the loss does not depend on the parameters; compute it from them inside "
                             f"the closure, and do not detach it.")
        return self.join([np.zeros_like(v.data) if g is None else g.numpy()
                          for v, g in zip(variables, found, strict=True)])

    def _number(self, loss: Any) -> float:
        if loss is None:
            raise DTypeError(f"{self.name}: the closure returned None; end it with: return loss.")
        if not isinstance(loss, (Tensor, float, int, np.ndarray, np.generic)):
            raise DTypeError(f"{self.name}: the closure returned a {type(loss).__name__}; it must return the loss.")
        if np.size(loss.data if isinstance(loss, Tensor) else loss) != 1:
            raise ShapeError(f"{self.name}: the closure returned shape {np.shape(loss)}; the loss must be one number. "
                             f"Reduce it, for instance with .mean().")
        return float(loss.item() if isinstance(loss, (Tensor, np.ndarray)) else loss)


class Twice(Objective):
    """An objective whose points keep their graphs, so that products with the Hessian need no evaluation."""

    keep_graphs = True


class Point:
    """A place, and what is known there."""

    def __init__(self, objective: Objective, x: np.ndarray) -> None:
        self.objective, self.x = objective, x

    @cached_property
    def _evaluated(self) -> tuple[float, Any, list[Tensor]]:
        return self.objective.evaluate(self.x)

    @property
    def value(self) -> float:
        """The loss."""
        return self._evaluated[0]

    @cached_property
    def gradient(self) -> np.ndarray:
        """Its gradient, a vector."""
        return self.objective.gradient(*self._evaluated[1:])

    @property
    def finite(self) -> bool:
        """Whether both are."""
        return bool(np.isfinite(self.value) and np.isfinite(self.gradient).all())

    @cached_property
    def hessian(self) -> np.ndarray:
        """The matrix of second derivatives. It costs one more evaluation."""
        objective = self.objective
        objective.evaluations += 1
        rows = ag.hessian(objective.loss)(objective.split(self.x))
        return np.block([
            [np.reshape(block.numpy(), (p.size, q.size)) for block, q in zip(row, objective.params, strict=True)]
            for row, p in zip(rows, objective.params, strict=True)
        ]).astype(objective.dtype, copy=False)

    @cached_property
    def _recorded_gradient(self) -> list[tuple[int, Tensor]]:
        """The gradients that themselves can be differentiated, and the positions of their parameters."""
        _, loss, variables = self._evaluated
        self.objective.check_graph(loss)
        found = ag.gradients(loss, variables, create_graph=True, allow_unused=True)
        return [(i, g) for i, g in enumerate(found) if g is not None and g.requires_grad]

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """∇²f v, without the matrix: the gradient is recorded once, and pulled back for each v; for :class:`Twice`."""
        objective = self.objective
        objective.products += 1
        parts, variables = objective.split(v), self._evaluated[2]
        outputs = [g for _, g in self._recorded_gradient]
        if not outputs:  # the loss is linear
            return np.zeros_like(v)
        found = ag.gradients(outputs, variables, [parts[i] for i, _ in self._recorded_gradient],
                             retain_graph=True, allow_unused=True)
        return objective.join([np.zeros_like(part) if g is None else g.numpy()
                               for part, g in zip(parts, found, strict=True)])
