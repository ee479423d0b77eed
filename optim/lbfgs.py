"""L-BFGS: the curvature of the last iterations stands in for the Hessian."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np

from autograd_core.options import at_least_0, integer

from .full_batch import FullBatch
from .groups import Group, Options
from .objective import Point


class LBFGS(FullBatch):
    """L-BFGS: a Newton step with an inverse Hessian made of the last moves s and changes of gradient y, p ← p - t H g.

    H is never formed: H g takes two loops over the pairs, from the scaled identity (sᵀy / yᵀy) I. For whole batches:
    noise in the gradient spoils y.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        lr: the step t, or with a line search the first to try.
        max_iter: iterations a step.
        max_eval: evaluations of the closure after which a step ends; 1.25 max_iter by default.
        tolerance_grad: a step ends where no element of the gradient is larger.
        tolerance_change: a step ends where neither the parameters nor the loss change more.
        history_size: pairs to keep; each costs two vectors of the size of all parameters.
        line_search_fn: "strong_wolfe", which every loss of a whole batch wants, or None for a fixed step.
        min_curvature: pairs with sᵀy up to this are left out. PyTorch's figure, which is large where the minimum is
            flat; 0 leaves out those that are not positive.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`FullBatch`.

    Source:
        Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4 and 7.5. Options, defaults and steps are
        PyTorch's.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([-1.2, 1.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([w], max_iter=100, line_search_fn="strong_wolfe")
        >>> loss = optimizer.step(lambda: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2)
        >>> w.numpy().round(3)
        array([1., 1.])
    """

    remembers = ("gradient", "move")

    def __init__(self, params: Any, lr: float = 1.0, max_iter: int = 20, max_eval: int | None = None,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
                 line_search_fn: str | None = None, min_curvature: float = 1e-10) -> None:
        super().__init__(params, lr=lr, max_iter=max_iter, max_eval=max_eval, tolerance_grad=tolerance_grad,
                         tolerance_change=tolerance_change, history_size=history_size, line_search_fn=line_search_fn,
                         min_curvature=min_curvature)

    def check(self, options: Options) -> Options:
        """The options, checked."""
        options = super().check(options)
        options["history_size"] = integer("LBFGS: history_size", options["history_size"], least=1)
        options["min_curvature"] = at_least_0("LBFGS: min_curvature", options["min_curvature"])
        asked = options["max_eval"]
        usual = max(1, options["max_iter"] * 5 // 4)
        options["max_eval"] = usual if asked is None else integer("LBFGS: max_eval", asked, least=1)
        return options

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """-H g by the two loops."""
        g, memory = point.gradient, self.memory
        if "gradient" not in memory:
            return -g, group.lr * min(1.0, 1.0 / float(np.abs(g).sum()))
        y, s = g - memory["gradient"], memory["move"]
        if y @ s > max(group.min_curvature, np.finfo(y.dtype).eps * (y @ y)):
            memory[f"s.{self.iterations}"], memory[f"y.{self.iterations}"] = s, y
        kept = sorted(int(key[2:]) for key in memory if key.startswith("s."))
        for old in kept[: -group.history_size]:
            del memory[f"s.{old}"], memory[f"y.{old}"]
        pairs = [(memory[f"s.{k}"], memory[f"y.{k}"]) for k in kept[-group.history_size :]]
        return -_inverse_times(pairs, g), group.lr

    def knows(self, keys: Collection[str]) -> bool:
        """Besides what the next pair is made of, pairs of s and y, numbered."""
        pairs = {key for key in keys if re.fullmatch(r"[sy]\.[0-9]+", key)}
        return super().knows(set(keys) - pairs) and all({f"s.{key[2:]}", f"y.{key[2:]}"} <= pairs for key in pairs)

    def remember(self, point: Point, d: np.ndarray, step: float) -> None:
        """What the next pair is made of."""
        self.memory |= {"gradient": point.gradient, "move": step * d}


def _inverse_times(pairs: list[tuple[np.ndarray, np.ndarray]], g: np.ndarray) -> np.ndarray:
    """H g, with the pairs oldest first."""
    q, weights = g.copy(), []
    for s, y in reversed(pairs):
        weights.append((s @ q) / (y @ s))
        q -= weights[-1] * y
    if pairs:
        s, y = pairs[-1]
        q *= (y @ s) / (y @ y)
    for (s, y), weight in zip(pairs, reversed(weights), strict=True):
        q += (weight - (y @ q) / (y @ s)) * s
    return q
