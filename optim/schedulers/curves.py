"""Plain curves: steps, powers, lines, and any function."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from autograd_core.errors import DTypeError, OptionError
from autograd_core.options import at_least_0, from_0_to_1, integer

from ..optimizer import Optimizer
from .base import Scheduler


class StepLR(Scheduler):
    """lr γ^⌊t / step_size⌋: smaller by γ after every ``step_size`` steps.

    Args:
        optimizer: whose learning rates to set.
        step_size: steps between two cuts.
        gamma: γ.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.StepLR(optimizer, step_size=2)
        >>> for _ in range(4):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        1.0 1.0 0.1 0.1
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = integer("StepLR: step_size", step_size, least=1)
        self.gamma = at_least_0("StepLR: gamma", gamma)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return initial * self.gamma ** (t // self.step_size)


class MultiStepLR(Scheduler):
    """Smaller by γ at each milestone.

    Args:
        optimizer: whose learning rates to set.
        milestones: counts of steps; one given twice counts twice.
        gamma: γ.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.MultiStepLR(optimizer, [1, 3])
        >>> for _ in range(4):
        ...     print(round(optimizer.lr, 6), end=" ")
        ...     schedule.step()
        1.0 0.1 0.1 0.01
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1) -> None:
        self.milestones = sorted(integer("MultiStepLR: milestones", number, least=0) for number in milestones)
        self.gamma = at_least_0("MultiStepLR: gamma", gamma)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return initial * self.gamma ** bisect_right(self.milestones, t)


class ExponentialLR(Scheduler):
    """lr γᵗ.

    Args:
        optimizer: whose learning rates to set.
        gamma: γ.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.ExponentialLR(optimizer, gamma=0.5)
        >>> schedule.step()
        >>> optimizer.lr
        0.5
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = at_least_0("ExponentialLR: gamma", gamma)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return initial * self.gamma**t


class ConstantLR(Scheduler):
    """lr times ``factor`` for the first ``total_iters`` steps, then lr.

    Args:
        optimizer: whose learning rates to set.
        factor: at most 1.
        total_iters: how long.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.ConstantLR(optimizer, factor=0.5, total_iters=2)
        >>> for _ in range(3):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        0.5 0.5 1.0
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5) -> None:
        self.factor = from_0_to_1("ConstantLR: factor", factor)
        self.total_iters = integer("ConstantLR: total_iters", total_iters, least=0)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return initial * (self.factor if t < self.total_iters else 1)


class LinearLR(Scheduler):
    """Warm-up: lr times a factor that goes in a line from ``start_factor`` to ``end_factor`` in ``total_iters`` steps.

    Args:
        optimizer: whose learning rates to set.
        start_factor: above 0, at most 1.
        end_factor: at most 1.
        total_iters: how long.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.LinearLR(optimizer, start_factor=0.25, total_iters=3)
        >>> for _ in range(5):
        ...     print(optimizer.lr, end=" ")
        ...     schedule.step()
        0.25 0.5 0.75 1.0 1.0
    """

    def __init__(self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0,
                 total_iters: int = 5) -> None:
        self.start_factor = from_0_to_1("LinearLR: start_factor", start_factor)
        if not self.start_factor:
            raise OptionError("LinearLR: start_factor=0; expected above 0, or the first steps would do nothing.")
        self.end_factor = from_0_to_1("LinearLR: end_factor", end_factor)
        self.total_iters = integer("LinearLR: total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        done = min(t, self.total_iters) / self.total_iters
        return initial * (self.start_factor + (self.end_factor - self.start_factor) * done)


class PolynomialLR(Scheduler):
    """lr (1 - t / total_iters)^power, and 0 after that.

    Args:
        optimizer: whose learning rates to set.
        total_iters: how long.
        power: 1 for a line.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.PolynomialLR(optimizer, total_iters=4, power=2)
        >>> schedule.step()
        >>> optimizer.lr
        0.5625
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0) -> None:
        self.total_iters = integer("PolynomialLR: total_iters", total_iters, least=1)
        self.power = at_least_0("PolynomialLR: power", power)
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        return float(initial * (1 - min(t, self.total_iters) / self.total_iters) ** self.power)


class LambdaLR(Scheduler):
    """lr times any function of the number of steps.

    Args:
        optimizer: whose learning rates to set.
        lr_lambda: from the number of steps to a factor, or a list of such functions, one for each group.

    Raises:
        OptionError, DTypeError: bad values.

    Example:
        >>> import autograd_core as ag, optim
        >>> optimizer = optim.SGD([ag.tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.LambdaLR(optimizer, lambda t: 1 / (1 + t))
        >>> schedule.step()
        >>> optimizer.lr
        0.5
    """

    def __init__(self, optimizer: Optimizer,
                 lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]) -> None:
        self.lr_lambda = lr_lambda
        for function in lr_lambda if isinstance(lr_lambda, Sequence) else [lr_lambda]:
            if not callable(function):
                raise DTypeError(f"LambdaLR: lr_lambda={function!r}; expected a function of the number of steps.")
        super().__init__(optimizer)

    def rate(self, t: int, initial: float, group: int) -> float:
        """The formula of the class."""
        if not isinstance(self.lr_lambda, Sequence):
            return initial * self.lr_lambda(t)
        if group >= len(self.lr_lambda):
            raise OptionError(f"LambdaLR: {len(self.lr_lambda)} functions, but there is a group {group}.")
        return initial * self.lr_lambda[group](t)
