"""Relatives of Adam: Adamax, NAdam, RAdam, and LAMB for large batches."""

from __future__ import annotations

import functools
import math
from typing import Any, Unpack

import numpy as np

from autograd_core.options import at_least_0

from .adam import check_betas, running_mean, running_square
from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class Adamax(FirstOrder):
    """Adam with the largest gradient instead of its mean square: u ← max(β₂ u, |g| + eps), p ← p - lr m̂ / u.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`optim.Adam`.

    Source:
        Kingma and Ba 2015, algorithm 2.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adamax([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    carries = ("exp_avg", "exp_inf")

    def __init__(self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        return check_betas("Adamax", options)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, u), (space,), (beta1, beta2) = state, spaces, group.betas
        running_mean(m, g, beta1, space)
        u *= beta2
        np.abs(g, out=space)
        space += group.eps
        np.maximum(u, space, out=u)
        np.divide(m, u, out=space)
        space *= group.lr / (1 - beta1**t)
        p -= space


class NAdam(FirstOrder):
    """Adam with Nesterov's momentum: p ← p - lr (μₜ₊₁ m̂ + (1 - μₜ) ĝ) / (√v̂ + eps).

    μₜ = β₁ (1 - 0.96^(t ψ) / 2) rises towards β₁; m̂ = m / (1 - μ₁ ⋯ μₜ₊₁) and ĝ = g / (1 - μ₁ ⋯ μₜ) correct for the
    start at 0.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        momentum_decay: ψ.
        decoupled_weight_decay: decay as in :class:`optim.AdamW`.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`optim.Adam`.

    Source:
        Dozat, "Incorporating Nesterov Momentum into Adam", 2016.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.NAdam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> bool(0.8 < w.item() < 0.9)
        True
    """

    carries = ("exp_avg", "exp_avg_sq")
    spaces = 2

    def __init__(self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False,
                 **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
                         decoupled_weight_decay=decoupled_weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["momentum_decay"] = at_least_0("NAdam: momentum_decay", options["momentum_decay"])
        return check_betas("NAdam", options)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, v), (root, space), (beta1, beta2) = state, spaces, group.betas
        running_mean(m, g, beta1, space)
        running_square(v, g, beta2, space)
        now, after = _momenta(beta1, group.momentum_decay, 1 << t.bit_length())[:, t - 1 : t + 1].T.tolist()
        np.divide(v, 1 - beta2**t, out=root)
        np.sqrt(root, out=root)
        root += group.eps
        for part, factor in ((g, (1 - now[0]) / (1 - now[1])), (m, after[0] / (1 - after[1]))):
            np.multiply(part, group.lr * factor, out=space)
            space /= root
            p -= space


@functools.lru_cache(maxsize=32)
def _momenta(beta1: float, decay: float, count: int) -> np.ndarray:
    """NAdam's μ₁ ... and their running products, for steps 1 to ``count`` + 1."""
    mu = beta1 * (1 - 0.5 * 0.96 ** (np.arange(1, count + 2) * decay))
    return np.stack([mu, np.cumprod(mu)])


class RAdam(FirstOrder):
    """Rectified Adam: lr times Adam's step times r(t), once enough gradients were seen to trust v; plain m̂ before.

    ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ) with ρ∞ = 2 / (1 - β₂) - 1 counts the gradients in v; above 5 of them
    r² = (ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ) makes up for the variance of v.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        decoupled_weight_decay: decay as in :class:`optim.AdamW`.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`optim.Adam`.

    Source:
        Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.RAdam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w  # at first like gradient descent
        tensor([0.8], requires_grad=True)
    """

    carries = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, decoupled_weight_decay: bool = False, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
                         decoupled_weight_decay=decoupled_weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        return check_betas("RAdam", options)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, v), (space,), (beta1, beta2) = state, spaces, group.betas
        running_mean(m, g, beta1, space)
        running_square(v, g, beta2, space)
        rate = group.lr / (1 - beta1**t)
        most = 2 / (1 - beta2) - 1
        rho = most - 2 * t * beta2**t / (1 - beta2**t)
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
            np.sqrt(v, out=space)
            space += group.eps
            np.divide(m, space, out=space)
            space *= rate * r * math.sqrt(1 - beta2**t)
        else:
            np.multiply(m, rate, out=space)
        p -= space


class LAMB(FirstOrder):
    """Adam's step, scaled for each parameter to the length of its weights: p ← p - lr |p| r / |r|.

    r = m̂ / (√v̂ + eps) + λ p. Layers then move in proportion to their weights, which keeps very large batches stable.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`optim.Adam`.

    Source:
        You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2020, algorithm 2.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([3.0, 4.0], requires_grad=True)
        >>> optimizer = optim.LAMB([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()  # moves by 0.1 · 5, in the direction of Adam's (1, 1)
        >>> w.numpy().round(4).tolist()
        [2.6464, 3.6464]
    """

    carries = ("exp_avg", "exp_avg_sq")
    whole = own_decay = True

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-6,
                 weight_decay: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        return check_betas("LAMB", options)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one parameter."""
        (m, v), (r,), (beta1, beta2) = state, spaces, group.betas
        running_mean(m, g, beta1, r)
        running_square(v, g, beta2, r)
        np.sqrt(v, out=r)
        r *= 1 / math.sqrt(1 - beta2**t)
        r += group.eps
        np.divide(m, r, out=r)
        r *= 1 / (1 - beta1**t)
        if group.weight_decay:
            r += group.weight_decay * p
        size, length = float(np.linalg.norm(p)), float(np.linalg.norm(r))
        r *= group.lr * (size / length if size and length else 1.0)
        p -= r
