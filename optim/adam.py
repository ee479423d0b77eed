"""Adam, with its variants AdamW and AMSGrad: a step for each element by its gradient's running mean and size."""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from autograd_core.options import at_least_0, two_at_least_0

from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class Adam(FirstOrder):
    """Adam with bias correction, p ← p - lr m̂ / (√v̂ + eps).

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² start at 0, which m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) make up for. Weight decay λ first adds λ p to g.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        amsgrad: divide by the largest v so far, corrected as v is: a rare large gradient is not forgotten.
        bias_correction: without it m and v are taken as they are, as in some textbooks.
        decoupled_weight_decay: decay as in :class:`AdamW`.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError: a negative or infinite option, a beta outside [0, 1), no parameters.
        DTypeError: ``betas`` that are not a pair of numbers; see also :class:`Optimizer`.
        GraphError: see :class:`Optimizer`.

    Source:
        Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1; Reddi, Kale and Kumar, "On the
        Convergence of Adam and Beyond", 2018, for amsgrad.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, amsgrad: bool = False, bias_correction: bool = True,
                 decoupled_weight_decay: bool = False, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
                         bias_correction=bias_correction, decoupled_weight_decay=decoupled_weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        return check_betas(type(self).__name__, options)

    def carried(self, group: Group) -> tuple[str, ...]:
        """m and v, and with amsgrad the largest v."""
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group.amsgrad else ("exp_avg", "exp_avg_sq")

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, v, *largest), (space,), lr, (beta1, beta2) = state, spaces, group["lr"], group["betas"]
        running_mean(m, g, beta1, space)
        running_square(v, g, beta2, space)
        for top in largest:
            v = np.maximum(top, v, out=top)
        # lr m̂ / (√v̂ + eps), with both corrections moved out of the arrays (Kingma and Ba, end of section 2).
        one, two = (1 - beta1**t, math.sqrt(1 - beta2**t)) if group["bias_correction"] else (1.0, 1.0)
        np.sqrt(v, out=space)
        space += group["eps"] * two
        np.divide(m, space, out=space)
        space *= lr * two / one
        p -= space


class AdamW(Adam):
    """Adam with decoupled weight decay, p ← p - lr λ p beside the gradient's step, so that all weights decay alike.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ.
        amsgrad: divide by the largest v so far, corrected as v is.
        bias_correction: without it m and v are taken as they are.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`Adam`.

    Source:
        Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.AdamW([w], lr=0.1, weight_decay=0.5)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w  # 1 - 0.1 · 0.5 - 0.1
        tensor([0.85], requires_grad=True)
    """

    set_by_class = ("decoupled_weight_decay",)

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 1e-2, amsgrad: bool = False, bias_correction: bool = True,
                 **common: Unpack[Common]) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, bias_correction, decoupled_weight_decay=True,
                         **common)


class AMSGrad(FirstOrder):
    """AMSGrad as the course notes write it: v ← max(β₂ v + (1 - β₂) g², v), p ← p - lr m / (√v + eps).

    The largest v goes on into the running mean, and nothing is corrected for the start at 0. The paper's form, which
    keeps v and its largest value apart, is ``Adam(amsgrad=True)``.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        eps: keeps the quotient finite.
        weight_decay: λ, the strength of an L2 penalty λ/2 p².
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: as for :class:`Adam`.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.AMSGrad([w], lr=0.1, betas=(0.9, 0.99))
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w  # 1 - 0.1 · 0.2 / √0.04
        tensor([0.9], requires_grad=True)
    """

    carries = ("exp_avg", "exp_avg_sq")
    spaces = 2

    def __init__(self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        return check_betas("AMSGrad", options)

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m, v), (space, decayed), (beta1, beta2) = state, spaces, group.betas
        running_mean(m, g, beta1, space)
        np.copyto(decayed, v)
        running_square(decayed, g, beta2, space)
        np.maximum(v, decayed, out=v)
        np.sqrt(v, out=space)
        space += group.eps
        np.divide(m, space, out=space)
        space *= group.lr
        p -= space


def check_betas(name: str, options: Options) -> Options:
    """The options that all of this family have, checked."""
    options["betas"] = two_at_least_0(f"{name}: betas", options["betas"], below=1)
    options["eps"] = at_least_0(f"{name}: eps", options["eps"])
    return options


def running_mean(m: np.ndarray, g: np.ndarray, beta: float, space: np.ndarray) -> None:
    """m ← β m + (1 - β) g, in place."""
    np.subtract(g, m, out=space)
    space *= 1 - beta
    m += space


def running_square(v: np.ndarray, g: np.ndarray, beta: float, space: np.ndarray) -> None:
    """v ← β v + (1 - β) g², in place."""
    np.multiply(g, g, out=space)
    space *= 1 - beta
    v *= beta
    v += space
