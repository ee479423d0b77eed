"""Rates of each element's own, by the size of its gradients so far: Adagrad, Adadelta, RMSprop."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from autograd_core.options import at_least_0, from_0_to_1

from .adam import running_mean, running_square
from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class Adagrad(FirstOrder):
    """p ← p - lr g / (√s + eps) with s ← s + g²: rare features keep large steps; all steps shrink with time.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        lr_decay: divides lr by 1 + (t - 1) lr_decay in step t.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        initial_accumulator_value: what s starts at.
        eps: keeps the quotient finite.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adagrad([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    carries = ("sum",)

    def __init__(self, params: Any, lr: float = 1e-2, lr_decay: float = 0.0, weight_decay: float = 0.0,
                 initial_accumulator_value: float = 0.0, eps: float = 1e-10, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
                         initial_accumulator_value=initial_accumulator_value, eps=eps, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        for name in ("lr_decay", "initial_accumulator_value", "eps"):
            options[name] = at_least_0(f"Adagrad: {name}", options[name])
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (s,), (space,) = state, spaces
        if t == 1 and group.initial_accumulator_value:
            s += group.initial_accumulator_value
        s += np.multiply(g, g, out=space)
        np.sqrt(s, out=space)
        space += group.eps
        np.divide(g, space, out=space)
        space *= group.lr / (1 + (t - 1) * group.lr_decay)
        p -= space


class Adadelta(FirstOrder):
    """Steps in the units of the parameters: p ← p - lr d with d = g √(D + eps) / √(s + eps).

    s and D are running means of g² and of d²: s ← ρ s + (1 - ρ) g² before the step, D ← ρ D + (1 - ρ) d² after it.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: a factor on each step; 1 is the method as published.
        rho: ρ, from 0 to below 1.
        eps: keeps the first steps above 0.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adadelta([w])
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> bool(0.99 < w.item() < 1.0)
        True
    """

    carries = ("square_avg", "acc_delta")
    spaces = 2

    def __init__(self, params: Any, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0,
                 **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["rho"] = at_least_0("Adadelta: rho", options["rho"], below=1)
        options["eps"] = at_least_0("Adadelta: eps", options["eps"])
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (s, moved), (d, space) = state, spaces
        running_square(s, g, group.rho, space)
        np.add(moved, group.eps, out=d)
        np.add(s, group.eps, out=space)
        np.sqrt(d, out=d)
        d /= np.sqrt(space, out=space)
        d *= g
        running_square(moved, d, group.rho, space)
        p -= np.multiply(d, group.lr, out=d)


class RMSprop(FirstOrder):
    """p ← p - lr g / (√s + eps) with s ← α s + (1 - α) g²: Rprop's idea, for minibatches.

    With ``centered``, the square of the running mean of g is taken from s, which leaves its variance. With momentum μ,
    b ← μ b + g / (√s + eps) and p ← p - lr b.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        alpha: α, from 0 to 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        momentum: μ.
        centered: divide by the standard deviation.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012; Graves, "Generating Sequences
        With Recurrent Neural Networks", 2013, for the centred form.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.RMSprop([w], lr=0.1, alpha=0.75)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w  # 1 - 0.1 · 2 / √(0.25 · 4)
        tensor([0.8], requires_grad=True)
    """

    spaces = 2

    def __init__(self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0,
                 momentum: float = 0.0, centered: bool = False, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum,
                         centered=centered, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["alpha"] = from_0_to_1("RMSprop: alpha", options["alpha"])
        for name in ("eps", "momentum"):
            options[name] = at_least_0(f"RMSprop: {name}", options[name])
        return options

    def carried(self, group: Group) -> tuple[str, ...]:
        """The mean square, and what momentum and centring need."""
        return ("square_avg", *["momentum_buffer"] * bool(group.momentum), *["grad_avg"] * group.centered)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (s, *others), (size, space) = state, spaces
        running_square(s, g, group.alpha, space)
        np.copyto(size, s)
        if group.centered:
            mean = others[-1]
            running_mean(mean, g, group.alpha, space)
            size -= np.multiply(mean, mean, out=space)
        np.sqrt(size, out=size)
        size += group.eps
        np.divide(g, size, out=space)
        if group.momentum:
            others[0] *= group.momentum
            others[0] += space
            np.copyto(space, others[0])
        p -= np.multiply(space, group.lr, out=space)
