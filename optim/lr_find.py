"""The learning-rate range test: try rates for a few steps each, and see."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_core.errors import DTypeError, OptionError
from autograd_core.options import at_least_0, integer, one_of

from .first_order import FirstOrder
from .plots import figure_and_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class RateTest(NamedTuple):
    """What a range test found.

    ``method``: "down" or "up". ``rates``: what was tried, in this order. ``losses``: for each rate the loss before each
    step; inf where it was not finite. ``suggestion``: the rate to take; None if none was good.
    """

    method: str
    rates: list[float]
    losses: list[list[float]]
    suggestion: float | None

    def plot(self) -> Figure:
        """The losses over the steps, a curve for each rate; or, of a sweep, over the rates. The suggestion is marked.

        Returns:
            A matplotlib Figure; ``figure.savefig("rates.png")``.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        figure, axes = figure_and_axes("RateTest.plot")
        if self.method == "up":
            axes.plot(self.rates, [losses[0] for losses in self.losses])
            axes.set(xscale="log", xlabel="learning rate", ylabel="loss")
            if self.suggestion is not None:
                axes.axvline(self.suggestion, linestyle="--", color="black", label=f"suggestion {self.suggestion:.2g}")
        else:
            for rate, losses in zip(self.rates, self.losses, strict=True):
                mark = " (suggestion)" if rate == self.suggestion else ""
                axes.plot(losses, label=f"{rate:g}{mark}", linewidth=2.5 if mark else 1)
            axes.set(xlabel="step", ylabel="loss")
            start = max(losses[0] for losses in self.losses)
            if math.isfinite(start) and start > 0:
                axes.set_ylim(0, 2 * start)  # what explodes leaves at the top
        axes.legend()
        return figure


def lr_find(model: Any, optimizer: FirstOrder, loss: Callable[..., Any], batches: Iterable[tuple[Any, Any]], *,
            method: str = "down", start: float | None = None, stop: float | None = None,
            steps: int | None = None) -> RateTest:
    """Find a learning rate, on copies: the model and the optimizer are not touched.

    "down" begins with 1 and goes down by tens; each rate starts afresh and has ``steps`` steps. The suggestion is the
    first, and so the largest, with which the loss calms: it stays finite, and its mean over the last quarter of the
    steps is below that of the first quarter and below the loss at the start. "up" is one run, in which the rate grows
    from step to step by a constant factor until the loss explodes. The suggestion is a tenth of the rate at which the
    smoothed loss was lowest.

    Args:
        model: what maps a batch of inputs to outputs.
        optimizer: of its parameters; its other options stay as they are.
        loss: ``loss(model(x), y)`` gives a Tensor of one element.
        batches: (x, y) pairs. If they are fewer than steps, they are used again.
        method: "down" or "up".
        start: the first rate; by default 1 for "down" and 1e-7 for "up".
        stop: the last rate; by default 1e-6 and 10.
        steps: for each rate of "down" (32 by default), or of the whole sweep "up" (100).

    Returns:
        RateTest: ``rates``, ``losses``, ``suggestion``, and ``plot()``.

    Raises:
        OptionError: bad options, or no batches.
        DTypeError: an optimizer that does not go by gradients alone.

    Source:
        Bengio, "Practical Recommendations for Gradient-Based Training of Deep Architectures", 2012, section 3.1.1;
        Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3, for the sweep.

    Example:
        >>> import numpy as np, nn, optim
        >>> x = np.linspace(-1, 1, 32, dtype=np.float32).reshape(-1, 1)
        >>> model = nn.Linear(1, 1, rng=0)
        >>> optimizer = optim.SGD(model, lr=0.5)
        >>> test = optim.lr_find(model, optimizer, nn.MSELoss(), [(x, 2 * x)], start=100.0)
        >>> test.rates[:4], test.suggestion, optimizer.lr
        ([100.0, 10.0, 1.0, 0.1], 1.0, 0.5)
    """
    if not isinstance(optimizer, FirstOrder):
        raise DTypeError(f"lr_find: expected a FirstOrder optimizer, got a {type(optimizer).__name__}.")
    one_of("lr_find: method", method, "down", "up")
    down = method == "down"
    first = at_least_0("lr_find: start", (1.0 if down else 1e-7) if start is None else start)
    last = at_least_0("lr_find: stop", (1e-6 if down else 10.0) if stop is None else stop)
    if not (0 < last <= first if down else 0 < first < last):
        raise OptionError(f'lr_find: start={first:g}, stop={last:g}; "{method}" expects rates that go {method}.')
    count = integer("lr_find: steps", (32 if down else 100) if steps is None else steps, least=4)
    data = list(islice(batches, count))
    if not data:
        raise OptionError("lr_find: there are no batches; an iterator that was used up is empty, too.")
    data = list(islice(cycle(data), count))
    if down:
        rates = [first * 10.0**-k for k in range(1 + int(math.log10(first / last) + 1e-9))]
        losses = [_train((model, optimizer, loss), data, [rate] * count) for rate in rates]
        calm = [rate for rate, run in zip(rates, losses, strict=True) if _calms(run)]
        return RateTest(method, rates, losses, calm[0] if calm else None)
    rates = [float(rate) for rate in np.geomspace(first, last, count)]
    run = _train((model, optimizer, loss), data, rates)
    return RateTest(method, rates[: len(run)], [[value] for value in run], _tenth_of_lowest(rates, run))


def _train(setup: tuple[Any, FirstOrder, Callable[..., Any]], batches: list[tuple[Any, Any]],
           rates: list[float]) -> list[float]:
    """The losses of a training run with these rates, on copies; it ends where the loss has exploded."""
    model, optimizer, loss = copy.deepcopy(setup)  # together, as they share the parameters
    losses: list[float] = []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # too large a rate is part of the test
        for (x, y), rate in zip(batches, rates, strict=True):
            optimizer.lr = rate
            optimizer.zero_grad()
            value = loss(model(x), y)
            number = float(value.item())
            if not math.isfinite(number) or (losses and number > 1e6 * (1 + abs(losses[0]))):
                return [*losses, math.inf]
            losses.append(number)
            value.backward()
            if any(p.grad is not None and not np.isfinite(p.grad.data).all() for p in optimizer.params):
                return [*losses, math.inf]
            optimizer.step()
    return losses


def _calms(losses: list[float]) -> bool:
    quarter = max(1, len(losses) // 4)
    late = float(np.mean(losses[-quarter:]))
    return math.isfinite(late) and late < min(float(np.mean(losses[:quarter])), losses[0])


def _tenth_of_lowest(rates: list[float], losses: list[float]) -> float | None:
    """A tenth of the rate at which the loss, smoothed over about ten steps, was lowest."""
    smoothed, mean = [], 0.0
    for n, loss in enumerate((loss for loss in losses if math.isfinite(loss)), 1):
        mean = 0.9 * mean + 0.1 * loss
        smoothed.append(mean / (1 - 0.9**n))
    lowest = int(np.argmin(smoothed)) if smoothed else 0
    return rates[lowest] / 10 if lowest else None
