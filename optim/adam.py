"""Adam: a step for each element by its gradient's running mean and size."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError

from .optimizer import Optimizer, at_least_0


class Adam(Optimizer):
    """Adam with bias correction, p ← p - lr m̂ / (√v̂ + eps).

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² start at 0, which m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) make up for. Weight decay λ first adds λ p to g.

    Args:
        params: Tensors, such as ``model.parameters()``; those without a gradient are left alone in a step.
        lr: the learning rate, a plain attribute that may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².

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

    moments = 2

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0.0) -> None:
        super().__init__(params)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise DTypeError(f"Adam: betas={betas!r}; expected two numbers.")
        self.lr = at_least_0("Adam: lr", lr)
        self.betas = (at_least_0("Adam: betas[0]", betas[0], below=1), at_least_0("Adam: betas[1]", betas[1], below=1))
        self.eps = at_least_0("Adam: eps", eps)
        self.weight_decay = at_least_0("Adam: weight_decay", weight_decay)

    def update(self, t: int, space: np.ndarray, p: np.ndarray, g: np.ndarray, *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        m, v = state
        beta1, beta2 = self.betas
        if self.weight_decay:
            g = g + self.weight_decay * p
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
        space += self.eps * correction
        np.divide(m, space, out=space)
        space *= self.lr * correction / (1 - beta1**t)
        p -= space
