"""Gradient descent: plain, and with momentum."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from autograd_core.errors import OptionError
from autograd_core.options import at_least_0

from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class GD(FirstOrder):
    """Gradient descent, p ← p - lr g, the plainest of all: on all data at once, or stochastic, on minibatches.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Cauchy 1847; Robbins and Monro, "A Stochastic Approximation Method", 1951, for minibatches.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.GD([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.8], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float = 1e-3, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, **common)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        p -= np.multiply(g, group.lr, out=spaces[0])


class SGD(FirstOrder):
    """Gradient descent with momentum and Nesterov's variant, in PyTorch's form, and in the textbook's averaged one.

    With momentum μ, v ← μ v + (1 - dampening) g (the first step takes v = g), and p ← p - lr v;
    with ``nesterov``, p ← p - lr (g + μ v). With ``averaged``, v ← μ v + (1 - μ) g from v = 0, a running mean of
    the gradients. Weight decay λ first adds λ p to g.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        momentum: μ, from 0.
        dampening: the share of each new gradient that is held back.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        nesterov: look ahead along the velocity. Needs momentum and no dampening.
        averaged: the averaged form. Needs a momentum below 1 and no dampening.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError: a negative or infinite option; ``nesterov`` without momentum or with dampening; no parameters.
        DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Polyak 1964; Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     (w * w).sum().backward()
        ...     optimizer.step()
        >>> w  # 1 - 0.1 · 2, then 0.8 - 0.1 (0.9 · 2 + 1.6)
        tensor([0.46], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
                 weight_decay: float = 0.0, nesterov: bool = False, averaged: bool = False,
                 **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
                         nesterov=nesterov, averaged=averaged, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        for name in ("momentum", "dampening"):
            options[name] = at_least_0(f"SGD: {name}", options[name])
        if options["nesterov"] and (not options["momentum"] or options["dampening"]):
            raise OptionError("SGD: nesterov=True needs momentum > 0 and dampening = 0.")
        if options["averaged"] and (not 0 < options["momentum"] < 1 or options["dampening"]):
            raise OptionError("SGD: averaged=True needs a momentum between 0 and 1, and dampening = 0.")
        return options

    def carried(self, group: Group) -> tuple[str, ...]:
        """The velocity, if there is momentum."""
        return ("momentum_buffer",) if group.momentum else ()

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (space,), lr, momentum = spaces, group.lr, group.momentum
        if not state:
            p -= np.multiply(g, lr, out=space)
            return
        (v,) = state
        held_back = momentum if group.averaged else group.dampening if t > 1 else 0
        v *= momentum
        v += np.multiply(g, 1 - held_back, out=space) if held_back else g
        if group.nesterov:
            p -= np.multiply(g, lr, out=space)
        p -= np.multiply(v, lr * momentum if group.nesterov else lr, out=space)
