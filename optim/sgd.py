"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd_core import Tensor

from .optimizer import Optimizer, OptionError, at_least_0


class SGD(Optimizer):
    """Stochastic gradient descent, p ← p - lr g, with momentum and Nesterov's variant in PyTorch's form.

    With momentum μ, v ← μ v + (1 - dampening) g (the first step takes v = g), and p ← p - lr v;
    with ``nesterov``, p ← p - lr (g + μ v). Weight decay λ first adds λ p to g.

    Args:
        params: Tensors, such as ``model.parameters()``; those without a gradient are left alone in a step.
        lr: the learning rate, a plain attribute that may be changed between steps.
        momentum: μ, from 0.
        dampening: the share of each new gradient that is held back.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        nesterov: look ahead along the velocity. Needs momentum and no dampening.

    Raises:
        OptionError: a negative or infinite option; ``nesterov`` without momentum or with dampening; no parameters.
        DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.SGD([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.8], requires_grad=True)
    """

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
                 weight_decay: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(params)
        self.lr = at_least_0("SGD: lr", lr)
        self.momentum = at_least_0("SGD: momentum", momentum)
        self.dampening = at_least_0("SGD: dampening", dampening)
        self.weight_decay = at_least_0("SGD: weight_decay", weight_decay)
        self.nesterov = nesterov
        if nesterov and (not momentum or dampening):
            raise OptionError("SGD: nesterov=True needs momentum > 0 and dampening = 0.")
        self.moments = 1 if self.momentum else 0

    def update(self, t: int, space: np.ndarray, p: np.ndarray, g: np.ndarray, *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        if self.weight_decay:
            np.multiply(p, self.weight_decay, out=space)
            g = np.add(g, space, out=space)
        for v in state:
            v *= self.momentum
            v += g if t == 1 or not self.dampening else g * (1 - self.dampening)
        if not state or self.nesterov:
            p -= np.multiply(g, self.lr, out=space)
        for v in state:
            p -= np.multiply(v, self.lr * self.momentum if self.nesterov else self.lr, out=space)
