"""Adam: a step for each element by its gradient's running mean and size."""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from .groups import Group, Options
from .optimizer import Common, Optimizer
from .options import at_least_0, pair


class Adam(Optimizer):
    """Adam with bias correction, p ← p - lr m̂ / (√v̂ + eps).

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² start at 0, which m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) make up for. Weight decay λ first adds λ p to g.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError: a negative or infinite option, a beta outside [0, 1), no parameters.
        DTypeError: ``betas`` that are not a pair of numbers; see also :class:`Optimizer`.
        GraphError: see :class:`Optimizer`.

    Source:
        Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    carries = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["betas"] = pair("Adam: betas", options["betas"], below=1)
        options["eps"] = at_least_0("Adam: eps", options["eps"])
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, v), (space,), (beta1, beta2) = state, spaces, group.betas
        np.subtract(g, m, out=space)
        space *= 1 - beta1
        m += space
        np.multiply(g, g, out=space)
        space *= 1 - beta2
        v *= beta2
        v += space
        # lr m̂ / (√v̂ + eps), with both corrections moved out of the arrays (Kingma and Ba, end of section 2).
        correction = math.sqrt(1 - beta2**t)
        np.sqrt(v, out=space)
        space += group.eps * correction
        np.divide(m, space, out=space)
        space *= group.lr * correction / (1 - beta1**t)
        p -= space
