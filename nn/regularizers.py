"""What keeps weights small: penalties to add to a loss, and a bound to hold after each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograd_core import Tensor, absolute, tensor
from autograd_core.errors import DTypeError
from autograd_core.options import at_least_0

from .init import fill
from .module import Module
from .parameter import Parameter

Choice = Callable[[str, Parameter], bool]


def weights(name: str, parameter: Parameter) -> bool:
    """The usual choice of what to regularize: parameters of two axes or more, so no biases and no scales.

    Args:
        name: the parameter's full name.
        parameter: itself.

    Returns:
        Whether it is chosen.

    Example:
        >>> import nn
        >>> [name for name, p in nn.Linear(2, 3).named_parameters() if nn.regularizers.weights(name, p)]
        ['weight']
    """
    return parameter.ndim > 1


class Penalty(Module):
    """Base of the penalties: the sum of :meth:`of` over the chosen parameters of a model.

    Args:
        choose: ``choose(name, parameter)`` says which parameters count; by default :func:`weights`.
    """

    def __init__(self, choose: Choice = weights) -> None:
        self.choose = choose

    def of(self, w: Tensor) -> Tensor:
        """The penalty on one parameter; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no of(); define it.")

    def forward(self, model: Module) -> Tensor:
        """The penalty on ``model``: add it to the loss."""
        parts = [self.of(w) for w in _chosen(model, self.choose)]
        return sum(parts[1:], parts[0]) if parts else tensor(0.0)


class L2(Penalty):
    """λ/2 Σ w², also known as weight decay: its gradient λ w shrinks every weight in proportion. It prefers many small
    weights to few large ones.

    Args:
        strength: λ.
        choose: ``choose(name, parameter)`` says which parameters count; by default weights, not biases.

    Raises:
        OptionError: a negative strength.

    Example:
        >>> import nn
        >>> layer = nn.Linear(1, 1)
        >>> layer.weight.data = np.array([[3.0]], np.float32)
        >>> penalty = nn.L2(0.1)(layer)
        >>> penalty.backward()
        >>> round(penalty.item(), 6), layer.weight.grad, layer.bias.grad
        (0.45, tensor([[0.3]], dtype=float32), None)
    """

    def __init__(self, strength: float, choose: Choice = weights) -> None:
        super().__init__(choose)
        self.strength = at_least_0("L2: strength", strength)

    def of(self, w: Tensor) -> Tensor:
        """λ/2 Σ w²."""
        return (w * w).sum() * (self.strength / 2)

    def extra_repr(self) -> str:
        """The strength."""
        return f"strength={self.strength}"


class L1(Penalty):
    """λ Σ |w|: its gradient, λ times the sign of w, pushes weights to exactly 0 and leaves few. At 0 it is 0.

    Args:
        strength: λ.
        choose: ``choose(name, parameter)`` says which parameters count; by default weights, not biases.

    Raises:
        OptionError: a negative strength.

    Source:
        Tibshirani, "Regression Shrinkage and Selection via the Lasso", 1996.

    Example:
        >>> import nn
        >>> layer = nn.Linear(1, 1)
        >>> layer.weight.data = np.array([[-3.0]], np.float32)
        >>> round(nn.L1(0.1)(layer).item(), 6)
        0.3
    """

    def __init__(self, strength: float, choose: Choice = weights) -> None:
        super().__init__(choose)
        self.strength = at_least_0("L1: strength", strength)

    def of(self, w: Tensor) -> Tensor:
        """λ Σ |w|."""
        return absolute(w).sum() * self.strength

    def extra_repr(self) -> str:
        """The strength."""
        return f"strength={self.strength}"


class ElasticNet(Penalty):
    """λ₁ Σ |w| + λ₂ Σ w²: few weights, as with L1, but groups of correlated inputs are kept together.

    Args:
        l1: λ₁.
        l2: λ₂. There is no half here: that is how the method is written.
        choose: ``choose(name, parameter)`` says which parameters count; by default weights, not biases.

    Raises:
        OptionError: a negative strength.

    Source:
        Zou and Hastie, "Regularization and variable selection via the elastic net", 2005.

    Example:
        >>> import nn
        >>> layer = nn.Linear(1, 1)
        >>> layer.weight.data = np.array([[3.0]], np.float32)
        >>> round(nn.ElasticNet(0.1, 0.01)(layer).item(), 6)
        0.39
    """

    def __init__(self, l1: float, l2: float, choose: Choice = weights) -> None:
        super().__init__(choose)
        self.l1, self.l2 = at_least_0("ElasticNet: l1", l1), at_least_0("ElasticNet: l2", l2)

    def of(self, w: Tensor) -> Tensor:
        """λ₁ Σ |w| + λ₂ Σ w²."""
        return absolute(w).sum() * self.l1 + (w * w).sum() * self.l2

    def extra_repr(self) -> str:
        """The strengths."""
        return f"l1={self.l1}, l2={self.l2}"


def max_norm_(model: Module, c: float = 3.0, choose: Choice = weights) -> None:
    """Scale back the incoming weights of every unit whose length is above ``c``: w ← w min(1, c / |w|₂), in place.

    Call it after ``optimizer.step()``. Weights cannot explode then, however large the learning rate.

    Args:
        model: whose weights to bound; a unit's incoming weights are one row, all axes but the first.
        c: the bound, 3 or 4 usually.
        choose: ``choose(name, parameter)`` says which parameters; by default weights, not biases.

    Raises:
        OptionError: a negative bound.

    Source:
        Srebro and Shraibman, "Rank, Trace-Norm and Max-Norm", 2005; Srivastava et al., "Dropout", 2014, section 5.1.

    Example:
        >>> import nn
        >>> layer = nn.Linear(2, 2)
        >>> layer.weight.data = np.array([[3.0, 4.0], [0.6, 0.8]], np.float32)
        >>> nn.max_norm_(layer, 2.0)
        >>> layer.weight.detach()
        tensor([[1.2, 1.6],
                [0.6, 0.8]], dtype=float32)
    """
    c = at_least_0("max_norm_: c", c)
    for parameter in _chosen(model, choose):
        w = parameter.data
        lengths = np.sqrt(np.square(w).sum(axis=tuple(range(1, w.ndim)), keepdims=True))
        if (lengths > c).any():
            fill(parameter, w * (c / np.maximum(lengths, c)))


def _chosen(model: Module, choose: Choice) -> Iterator[Parameter]:
    if not isinstance(model, Module):
        raise DTypeError(f"a penalty or bound is for a Module, and this is a {type(model).__name__}; pass the model.")
    return (parameter for name, parameter in model.named_parameters() if choose(name, parameter))
