"""Sums of squares: the Jacobian of the residuals gives the gradient and, to second order, nearly the Hessian.

For a loss ½ Σ r², the gradient is Jᵀ r and the Hessian Jᵀ J plus a part that is small where the residuals are.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, GraphError, OptionError
from autograd_core.options import at_least_0

from .full_batch import TRIALS, FullBatch
from .groups import Group, Options
from .objective import Objective, Point


class SumOfSquares(Objective):
    """½ Σ r², for a closure that computes the residuals r."""

    def at(self, x: np.ndarray) -> Residuals:
        """A point, where nothing is computed yet."""
        return Residuals(self, x)

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """r as a vector."""
        self.evaluations += 1
        with ag.no_grad():
            return self.join([self._checked(self.loss([ag.tensor(part) for part in self.split(x)])).detach()])

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """The matrix of the derivatives of r."""

        def recorded(values: list[Tensor]) -> Tensor:
            result = self._checked(self.loss(values))
            if not result.requires_grad:
                raise GraphError(f"{self.name}: the residuals do not depend on the parameters; compute them from these "
                                 f"inside the closure, and do not detach them.")
            return result

        blocks = ag.jacobian(recorded)(self.split(x))
        matrices = [block.numpy().reshape(math.prod(block.shape[: block.ndim - p.ndim]), p.size)
                    for block, p in zip(blocks, self.params, strict=True)]
        return np.concatenate(matrices, axis=1).astype(self.dtype, copy=False)

    def _checked(self, result: Any) -> Tensor:
        if not isinstance(result, Tensor) or result.dtype.kind != "f":
            what = result.dtype if isinstance(result, Tensor) else type(result).__name__
            raise DTypeError(f"{self.name}: the closure returned {what}; it must return the residuals, a float Tensor "
                             f"of any shape, whose squares are summed here.")
        return result


class Residuals(Point):
    """A place, and the residuals there."""

    objective: SumOfSquares

    @cached_property
    def residuals(self) -> np.ndarray:
        """r."""
        return self.objective.residuals(self.x)

    @cached_property
    def jacobian(self) -> np.ndarray:
        """∂rᵢ/∂xⱼ."""
        return self.objective.jacobian(self.x)

    @property
    def value(self) -> float:
        """½ Σ r²."""
        return 0.5 * float(self.residuals @ self.residuals)

    @cached_property
    def gradient(self) -> np.ndarray:
        """Jᵀ r."""
        gradient: np.ndarray = self.residuals @ self.jacobian
        return gradient


class GaussNewton(FullBatch):
    """Gauss-Newton for a loss ½ Σ r²: p ← p + t d, where d solves the linear least squares problem |J d + r|² → min.

    It solves a linear fit in one step, also where J has not full rank: then d is the shortest solution.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        lr: the step t, or with a line search the first to try.
        rcond: singular values of J up to this times the largest count as 0; by default eps times J's longer side.
        max_iter: iterations a step.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.
        line_search_fn: "strong_wolfe", or None for a fixed step, which may go too far where r bends much.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Nocedal and Wright, "Numerical Optimization", 2006, section 10.3.

    Example:
        >>> import autograd_core as ag, numpy as np, optim
        >>> x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])
        >>> line = ag.tensor([0.0, 0.0], requires_grad=True)
        >>> optim.GaussNewton([line]).step(lambda: line[0] + line[1] * x - y)  # residuals; the loss comes back
        17.5
        >>> line
        tensor([1., 2.], requires_grad=True)
    """

    objective = SumOfSquares

    def __init__(self, params: Any, lr: float = 1.0, rcond: float | None = None, max_iter: int = 1,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9,
                 line_search_fn: str | None = None) -> None:
        super().__init__(params, lr=lr, rcond=rcond, max_iter=max_iter, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change, line_search_fn=line_search_fn)

    def check(self, options: Options) -> Options:
        """The options, checked."""
        if options["rcond"] is not None:
            options["rcond"] = at_least_0("GaussNewton: rcond", options["rcond"])
        return super().check(options)

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """-J⁺ r."""
        assert isinstance(point, Residuals)
        return -np.linalg.lstsq(point.jacobian, point.residuals, group.rcond)[0], group.lr


class LevenbergMarquardt(FullBatch):
    """Levenberg-Marquardt for a loss ½ Σ r²: p ← p + d, where d minimizes |J d + r|² + λ |D d|².

    D holds the largest norm so far of each column of J, so that the units of the parameters do not matter. A step that
    lowers the loss is taken; λ follows how much of the descent that J promised came true. Else λ grows, up to 25 times.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        damping: λ to begin with; ``param_groups[0]["damping"]`` is what it is now.
        max_iter: iterations a step.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Marquardt 1963; Moré, "The Levenberg-Marquardt algorithm", 1978, for D; Nielsen, "Damping parameter in
        Marquardt's method", 1999, for λ.

    Example:
        >>> import autograd_core as ag, numpy as np, optim
        >>> x = np.arange(5.0)
        >>> curve = ag.tensor([1.0, 0.0], requires_grad=True)
        >>> optimizer = optim.LevenbergMarquardt([curve], max_iter=50)
        >>> loss = optimizer.step(lambda: curve[0] * ag.exp(curve[1] * x) - 3 * np.exp(-0.5 * x))
        >>> curve.numpy().round(6)
        array([ 3. , -0.5])
    """

    objective = SumOfSquares
    remembers = ("scale",)

    def __init__(self, params: Any, damping: float = 1e-3, max_iter: int = 20, tolerance_grad: float = 1e-7,
                 tolerance_change: float = 1e-9) -> None:
        super().__init__(params, damping=damping, max_iter=max_iter, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change)

    def check(self, options: Options) -> Options:
        """The options, checked."""
        options["damping"] = at_least_0("LevenbergMarquardt: damping", options["damping"])
        if not options["damping"]:
            raise OptionError("LevenbergMarquardt: damping=0.0; it must be above 0. Without damping it is GaussNewton.")
        return super().check(options)

    def advance(self, group: Group, point: Point) -> Point | None:
        """A step with as much damping as it takes."""
        assert isinstance(point, Residuals)
        J, r = point.jacobian, point.residuals
        norms = np.linalg.norm(J, axis=0)
        scale = self.memory["scale"] = np.maximum(norms, self.memory.get("scale", norms))
        D = np.diag(np.where(scale > 0, scale, 1))
        growth = 2.0
        for _ in range(TRIALS):
            stacked = np.concatenate([J, math.sqrt(group.damping) * D])  # |J d + r|² + λ |D d|², as one sum of squares
            d = -np.linalg.lstsq(stacked, np.concatenate([r, np.zeros_like(point.x)]), None)[0]
            there = point.objective.at(point.x + d)
            promised = 0.5 * (float(r @ r) - float(np.sum((r + J @ d) ** 2)))
            came_true = (point.value - there.value) / promised if promised > 0 else -1.0
            if came_true > 0 and there.finite:
                group["damping"] *= max(1 / 3, 1 - (2 * came_true - 1) ** 3)
                return there
            group["damping"] *= growth
            growth *= 2
        return None
