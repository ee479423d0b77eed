"""Steps by the sign of the gradient: Rprop, per-weight gains, Lion."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from autograd_core.errors import OptionError
from autograd_core.options import at_least_0, two_at_least_0

from .first_order import FirstOrder
from .groups import Group, Options
from .optimizer import Common


class Rprop(FirstOrder):
    """Resilient propagation: p ← p - sign(g) d, with a step d of each element's own. For full batches.

    d grows by η₊ while the sign of g holds. When it flips, d shrinks by η₋ and this step is left out.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: what d starts at.
        etas: η₋ and η₊, below and above 1.
        step_sizes: the least and the largest d.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Riedmiller and Braun, "A Direct Adaptive Method for Faster Backpropagation Learning", 1993.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Rprop([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    carries = ("prev", "step_size")
    spaces = 2

    def __init__(self, params: Any, lr: float = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
                 step_sizes: tuple[float, float] = (1e-6, 50.0), **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, etas=etas, step_sizes=step_sizes, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["etas"] = two_at_least_0("Rprop: etas", options["etas"])
        options["step_sizes"] = _range("Rprop: step_sizes", options)
        if not 0 < options["etas"][0] < 1 < options["etas"][1]:
            raise OptionError(f"Rprop: etas={options['etas']}; expected 0 < etas[0] < 1 < etas[1].")
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (before, d), (space, sign), (down, up) = state, spaces, group.etas
        if t == 1:
            d += group.lr
        np.sign(np.multiply(g, before, out=space), out=sign)
        d *= np.array([1, up, down], d.dtype)[sign.astype(np.intp)]  # at 0, 1 and -1; np.where is far slower here
        np.clip(d, *group.step_sizes, out=d)
        np.multiply(g, sign >= 0, out=before)
        p -= np.multiply(np.sign(before, out=space), d, out=space)


class AdaptiveGains(FirstOrder):
    """Gradient descent with a gain for each weight: p ← p - lr γ g.

    γ starts at 1, and rises by 0.05 while the sign of its gradient holds, or falls to 0.95 of itself when it flips,
    within bounds: it grows slowly and shrinks fast. With momentum μ, v ← μ v + γ g, p ← p - lr v, and the gradient is
    compared with the velocity instead. For full batches, or large ones.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        increase: what a gain rises by.
        decrease: the factor it falls by.
        bounds: the least and the largest gain: (0.1, 10), or (0.01, 100).
        momentum: μ.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Jacobs, "Increased Rates of Convergence Through Learning Rate Adaptation", 1988; Hinton's lecture 6.4, 2012.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.AdaptiveGains([w], lr=0.1)
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     (w * w).sum().backward()
        ...     optimizer.step()
        >>> w  # 0.8 - 0.1 · 1.05 · 1.6
        tensor([0.632], requires_grad=True)
    """

    carries = ("gain", "before")

    def __init__(self, params: Any, lr: float = 1e-2, increase: float = 0.05, decrease: float = 0.95,
                 bounds: tuple[float, float] = (0.1, 10.0), momentum: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, increase=increase, decrease=decrease, bounds=bounds, momentum=momentum,
                         **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        for name in ("increase", "momentum"):
            options[name] = at_least_0(f"AdaptiveGains: {name}", options[name])
        options["decrease"] = at_least_0("AdaptiveGains: decrease", options["decrease"], below=1)
        options["bounds"] = _range("AdaptiveGains: bounds", options)
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (gain, before), (space,) = state, spaces
        if t == 1:
            gain += 1
        np.multiply(g, before, out=space)
        gain += (space > 0) * gain.dtype.type(group.increase)
        gain *= np.array([1, group.decrease], gain.dtype)[(space < 0).astype(np.intp)]  # np.where is far slower here
        np.clip(gain, *group.bounds, out=gain)
        if group.momentum:
            before *= group.momentum
            before += np.multiply(gain, g, out=space)
            p -= np.multiply(before, group.lr, out=space)
        else:
            np.copyto(before, g)
            np.multiply(gain, g, out=space)
            space *= group.lr
            p -= space


class Lion(FirstOrder):
    """Steps of one size for all, by the sign of a momentum: p ← p - lr sign(β₁ m + (1 - β₁) g).

    Then m ← β₂ m + (1 - β₂) g. Weight decay is decoupled, p ← p - lr λ p. Wants a smaller lr and a larger λ than Adam.

    Args:
        params: a model, Tensors, or groups; see :class:`Optimizer`.
        lr: the learning rate; ``optimizer.lr`` may be changed between steps.
        betas: β₁ and β₂, each from 0 to below 1.
        weight_decay: λ.
        common: ``maximize``, ``nonfinite``, ``missing``; see :class:`Common`.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Optimizer`.

    Source:
        Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, program 1.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Lion([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9], requires_grad=True)
    """

    carries = ("exp_avg",)
    set_by_class = ("decoupled_weight_decay",)
    spaces = 2

    def __init__(self, params: Any, lr: float = 1e-4, betas: tuple[float, float] = (0.9, 0.99),
                 weight_decay: float = 0.0, **common: Unpack[Common]) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay, decoupled_weight_decay=True, **common)

    def check(self, options: Options) -> Options:
        """The options of a group, checked."""
        options["betas"] = two_at_least_0("Lion: betas", options["betas"], below=1)
        return options

    def update(self, group: Group, t: int, spaces: list[np.ndarray], p: np.ndarray, g: np.ndarray,
               *state: np.ndarray) -> None:
        """The formula of the class, on one block."""
        (m,), (away, space), (beta1, beta2) = state, spaces, group.betas
        np.subtract(g, m, out=away)
        np.multiply(away, 1 - beta1, out=space)
        space += m
        m += np.multiply(away, 1 - beta2, out=away)
        np.sign(space, out=away)  # in place it is twenty times slower
        away *= group.lr
        p -= away


def _range(name: str, options: Options) -> tuple[float, float]:
    """A pair of bounds, the lower one first."""
    low, high = two_at_least_0(name, options[name.rpartition(" ")[2]])
    if not low <= high:
        raise OptionError(f"{name}={(low, high)}; expected the smaller one first.")
    return low, high
