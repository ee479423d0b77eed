"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from .groups import Group, Options
from .optimizer import Common, Optimizer
from .options import OptionError, at_least_0


class SGD(Optimizer):
    """Stochastic gradient descent, p ← p - lr g, with momentum and Nesterov's variant in PyTorch's form.

    With momentum μ, v ← μ v + (1 - dampening) g (the first step takes v = g), and p ← p - lr v;
    with ``nesterov``, p ← p - lr (g + μ v). Weight decay λ first adds λ p to g.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        momentum: μ, from 0.
        dampening: the share of each new gradient that is held back.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        nesterov: look ahead along the velocity. Needs momentum and no dampening.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

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

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
                 weight_decay: float = 0.0, nesterov: bool = False, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
                         nesterov=nesterov, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        for name in ("momentum", "dampening"):
            options[name] = at_least_0(f"SGD: {name}", options[name])
        if options["nesterov"] and (not options["momentum"] or options["dampening"]):
            raise OptionError("SGD: nesterov=True needs momentum > 0 and dampening = 0.")
        return options

    def carried(self, group: Group) -> tuple[str, ...]:
        """The velocity, if there is momentum."""
        return ("momentum_buffer",) if group.momentum else ()

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (space,) = spaces
        if not state:
            p -= np.multiply(g, group.lr, out=space)
            return
        (v,) = state
        v *= group.momentum
        v += g if t == 1 or not group.dampening else np.multiply(g, 1 - group.dampening, out=space)
        if group.nesterov:
            p -= np.multiply(g, group.lr, out=space)
        p -= np.multiply(v, group.lr * group.momentum if group.nesterov else group.lr, out=space)
