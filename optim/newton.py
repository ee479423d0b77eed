"""Newton's method: second derivatives say how far to go. With the whole Hessian, or with products with it alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.options import at_least_0, integer

from .full_batch import FullBatch
from .groups import Group, Options
from .objective import Point, Twice


class Newton(FullBatch):
    """Newton's method, p ← p - lr (H + damping I)⁺ g, with the pseudo-inverse by SVD.

    One step finds the minimum of a quadratic; also of one with a singular Hessian, where it is the nearest of many. The
    Hessian takes memory for n² numbers, and the step time n³. Where the loss curves down the step leads uphill: damping
    beyond the largest negative eigenvalue, or a line search, prevents that.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        lr: the share of the step to take; with a line search, the first to try.
        damping: added to the diagonal: shorter steps, more along the gradient.
        rcond: singular values up to this times the largest count as 0; by default n times the dtype's eps.
        max_iter: iterations a step.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.
        line_search_fn: "strong_wolfe", which goes along -g where the step would lead uphill, or None.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Nocedal and Wright, "Numerical Optimization", 2006, section 3.3; the pseudo-inverse: Penrose 1955.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([3.0, 4.0], requires_grad=True)
        >>> optim.Newton([w]).step(lambda: (w[0] - 1) ** 2 + w.sum() ** 2)
        53.0
        >>> w
        tensor([ 1., -1.], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float = 1.0, damping: float = 0.0, rcond: float | None = None,
                 max_iter: int = 1, tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9,
                 line_search_fn: str | None = None) -> None:
        super().__init__(params, lr=lr, damping=damping, rcond=rcond, max_iter=max_iter, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change, line_search_fn=line_search_fn)

    def check(self, options: Options) -> Options:
        """The options, checked."""
        options["damping"] = at_least_0("Newton: damping", options["damping"])
        if options["rcond"] is not None:
            options["rcond"] = at_least_0("Newton: rcond", options["rcond"])
        return super().check(options)

    def advance(self, group: Group, point: Point) -> Point | None:
        """The whole step, or along it."""
        if group.line_search_fn is None:
            d, lr = self.direction(group, point)
            return point.objective.at(point.x + lr * d)
        return super().advance(group, point)

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """-(H + damping I)⁺ g."""
        g, hessian = point.gradient, point.hessian
        damped = hessian + group.damping * np.eye(len(g), dtype=g.dtype)
        rcond = len(g) * np.finfo(g.dtype).eps if group.rcond is None else group.rcond
        d = -(np.linalg.pinv(damped, rcond) @ g)
        return (d if g @ d < 0 or group.line_search_fn is None else -g), group.lr


class NewtonCG(FullBatch):
    """Newton's method without the Hessian: H d = -g is solved by conjugate gradients, from products H v alone.

    Far from the minimum the system is solved roughly, |H d + g| ≤ min(½, √|g|) |g| in sums of absolute values, near it
    ever better. Where a direction v has no positive curvature, vᵀ H v ≤ 0, the solution so far is used, or -g if there
    is none. Then comes a strong-Wolfe line search. Memory for a few vectors.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        lr: the first step to try.
        max_cg: products with the Hessian in an iteration; by default 20 for each parameter.
        max_iter: iterations a step.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Nocedal and Wright, "Numerical Optimization", 2006, algorithm 7.1; Dembo and Steihaug 1983.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([-1.2, 1.0], requires_grad=True)
        >>> optimizer = optim.NewtonCG([w], max_iter=100)
        >>> loss = optimizer.step(lambda: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2)
        >>> w.numpy().round(3)
        array([1., 1.])
    """

    objective = Twice
    remembers = ("gradient", "move")
    set_by_class = ("line_search_fn",)

    def __init__(self, params: Any, lr: float = 1.0, max_cg: int | None = None, max_iter: int = 1,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9) -> None:
        super().__init__(params, lr=lr, max_cg=max_cg, max_iter=max_iter, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change, line_search_fn="strong_wolfe")

    def check(self, options: Options) -> Options:
        """The options, checked."""
        if options["max_cg"] is not None:
            options["max_cg"] = integer("NewtonCG: max_cg", options["max_cg"], least=1)
        return super().check(options)

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """What conjugate gradients give for -H⁻¹ g."""
        g, memory = point.gradient, self.memory
        d, residual, v = np.zeros_like(g), g, -g  # residual: H d + g
        squared, size = float(g @ g), float(np.abs(g).sum())
        for _ in range(group.max_cg or 20 * len(g)):
            product = point.hessian_times(v)
            curvature = float(v @ product)
            if curvature <= 3 * np.finfo(g.dtype).eps * float(v @ v):
                if not d.any():
                    d = v * (squared / -curvature if curvature < 0 else 1)
                break
            t = squared / curvature
            d = d + t * v
            residual = residual + t * product
            before, squared = squared, float(residual @ residual)
            if np.abs(residual).sum() <= min(0.5, math.sqrt(size)) * size:
                break
            v = squared / before * v - residual
        if not memory:
            return d, group.lr
        held = float(memory["gradient"] @ memory["move"])  # the descent that the slope promised last time
        return d, min(group.lr, 3 * held / float(g @ d))  # a step that promises far more is not to be trusted whole

    def remember(self, point: Point, d: np.ndarray, step: float) -> None:
        """The gradient and the move."""
        self.memory = {"gradient": point.gradient, "move": step * d}
