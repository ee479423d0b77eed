"""Nonlinear conjugate gradients: each direction is the gradient, and a share of the direction before."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.options import one_of

from .full_batch import FullBatch
from .groups import Group, Options
from .objective import Point


class ConjugateGradient(FullBatch):
    """Nonlinear conjugate gradients, d ← -g + β d, and p ← p + t d with t by a strong-Wolfe line search.

    Polak-Ribière+: β = max(0, gᵀ(g - g₋) / g₋ᵀg₋), which starts afresh by itself where progress is poor.
    Fletcher-Reeves: β = gᵀg / g₋ᵀg₋. Both start afresh, from -g, where d would not lead downhill, and Fletcher-Reeves
    also where successive gradients are far from orthogonal, |gᵀg₋| ≥ 0.1 gᵀg.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        lr: the length of the first step to try, as a share of 1 or of what the gradient's size allows.
        beta: "polak-ribiere" or "fletcher-reeves".
        max_iter: iterations a step.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Fletcher and Reeves 1964; Polak and Ribière 1969; Nocedal and Wright, "Numerical Optimization", 2006,
        section 5.2, with the restarts of (5.52).

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0, 1.0], requires_grad=True)
        >>> optimizer = optim.ConjugateGradient([w])
        >>> optimizer.step(lambda: w[0] ** 2 + 10 * w[1] ** 2)
        11.0
        >>> bool(abs(w.numpy()).max() < 1e-6)
        True
    """

    set_by_class = ("line_search_fn",)
    remembers = ("gradient", "direction", "move")
    curvature = 0.1  # directions are conjugate only after searches that are nearly exact

    def __init__(self, params: Any, lr: float = 1.0, beta: str = "polak-ribiere", max_iter: int = 20,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9) -> None:
        super().__init__(params, lr=lr, beta=beta, max_iter=max_iter, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change, line_search_fn="strong_wolfe")

    def check(self, options: Options) -> Options:
        """The options, checked."""
        one_of("ConjugateGradient: beta", options["beta"], "polak-ribiere", "fletcher-reeves")
        return super().check(options)

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """-g + β d; to begin with, as far as the move before would have gone down this slope."""
        g, memory = point.gradient, self.memory
        if not memory:
            return -g, group.lr * min(1.0, 1.0 / float(np.abs(g).sum()))
        before, d_before = memory["gradient"], memory["direction"]
        if group.beta == "polak-ribiere":
            beta = max(0.0, float(g @ (g - before)) / float(before @ before))
        else:
            beta = float(g @ g) / float(before @ before) if abs(g @ before) < 0.1 * float(g @ g) else 0.0
        d = beta * d_before - g
        if not g @ d < 0:
            d = -g
        return d, float(before @ memory["move"]) / float(g @ d)

    def remember(self, point: Point, d: np.ndarray, step: float) -> None:
        """The gradient, the direction and the move."""
        self.memory = {"gradient": point.gradient, "direction": d, "move": step * d}
