"""The textbook recipe for training a network, as one call: checks, learning rate, batch size, a long run with cuts."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_core import no_grad
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer

from .adam import Adam
from .lr_find import RateTest, lr_find
from .plots import figure_and_axes
from .schedulers import ReduceLROnPlateau
from .sgd import SGD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Data = tuple[np.ndarray, np.ndarray]


class Check(NamedTuple):
    """Something to be sure of before training."""

    name: str
    passed: bool
    found: str


@dataclass
class Tuning:
    """What :func:`tune` tried and chose; ``print`` it, or ``plot()`` it.

    ``checks``: what was made sure of first, each with ``name``, ``passed`` and ``found``. ``rates``: the RateTest.
    ``lr``, ``batch_size``: what was chosen. ``batch_sizes``: for each size tried, the loss it came to.
    ``train_losses``, ``test_losses``: one an epoch of the long run; no latter without test data. ``epoch_rates``: the
    learning rate of each epoch.
    """

    checks: list[Check]
    rates: RateTest
    lr: float
    batch_sizes: dict[int, float] = field(default_factory=dict)
    batch_size: int = 32
    train_losses: list[float] = field(default_factory=list)
    test_losses: list[float] = field(default_factory=list)
    epoch_rates: list[float] = field(default_factory=list)

    @property
    def cuts(self) -> list[int]:
        """The epochs, from 0, that began with a smaller rate."""
        return [k for k in range(1, len(self.epoch_rates)) if self.epoch_rates[k] < self.epoch_rates[k - 1]]

    def __str__(self) -> str:
        lines = [f"{'ok ' if passed else 'NO '} {name}: {found}" for name, passed, found in self.checks]
        for rate, losses in zip(self.rates.rates, self.rates.losses, strict=True):
            chosen = "  <- chosen" if rate == self.lr else ""
            lines.append(f"rate {rate:g}: loss {losses[0]:.4g} to {losses[-1]:.4g}{chosen}")
        for size, loss in self.batch_sizes.items():
            lines.append(f"batch {size}: loss {loss:.4g}{'  <- chosen' if size == self.batch_size else ''}")
        for k, (rate, train) in enumerate(zip(self.epoch_rates, self.train_losses, strict=True)):
            if k in (0, *self.cuts, len(self.train_losses) - 1):
                test = f", test {self.test_losses[k]:.4g}" if self.test_losses else ""
                lines.append(f"epoch {k}: rate {rate:g}, loss {train:.4g}{test}")
        return "\n".join(lines)

    def plot(self) -> Figure:
        """The losses of the long run, train and test side by side, and the learning rate below.

        Returns:
            A matplotlib Figure; ``figure.savefig("run.png")``.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        figure, (above, below) = figure_and_axes("Tuning.plot", rows=2)
        above.plot(self.train_losses, label="train")
        if self.test_losses:
            above.plot(self.test_losses, label="test", linestyle="--")
        above.set(ylabel="loss")
        above.legend()
        below.step(range(len(self.epoch_rates)), self.epoch_rates, where="mid")
        below.set(xlabel="epoch", ylabel="learning rate", yscale="log")
        return figure


def tune(model: Any, loss: Callable[..., Any], train: Sequence[Any], test: Sequence[Any] | None = None, *,
         epochs: int = 50, batch_sizes: Sequence[int] = (8, 16, 32, 64, 128), momentum: float = 0.9,
         weight_decay: float = 0.0, rng: np.random.Generator | int | None = None) -> Tuning:
    """Train a model the way the textbooks teach, and say what was tried and chosen.

    1. Checks, on copies: finite and normalised data, gradients that neither explode nor die, and that the model can
    overfit a few samples. A failed check is reported and does not stop the rest. 2. With batches of 32, rates from 1
    down by tens until the loss calms. 3. Batch sizes, each for one epoch. 4. The model itself, with SGD and momentum
    for all epochs. 5. Where the training loss has not improved for a fifth of the run, 0.1 of the rate.

    Args:
        model: is trained in place.
        loss: ``loss(model(x), y)`` gives the mean over samples, a Tensor of one element.
        train: x and y, as arrays with one sample a row, or a ``nn.Split``.
        test: the same for data held out, or None. Used for the curves, and for nothing else.
        epochs: of the long run.
        batch_sizes: to try; one number settles it.
        momentum: of SGD.
        weight_decay: of SGD.
        rng: a Generator or a seed, for the order of the samples.

    Returns:
        Tuning: the report.

    Raises:
        OptionError: bad options; no rate with which the loss calms (the model is untouched).
        ShapeError: unequal numbers of samples, or none.

    Source:
        Bengio, "Practical Recommendations for Gradient-Based Training of Deep Architectures", 2012.

    Example:
        >>> import numpy as np, nn, optim
        >>> x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
        >>> model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=0))
        >>> report = optim.tune(model, nn.MSELoss(), (x, x[:, :1] * x[:, 1:]), epochs=20, rng=0)
        >>> all(check.passed for check in report.checks), len(report.train_losses)
        (True, 20)
        >>> report.train_losses[-1] < report.train_losses[0]
        True
    """
    data, held_out = _arrays("train", train), None if test is None else _arrays("test", test)
    sizes = [integer("tune: batch_sizes", size, least=1) for size in batch_sizes]
    if not sizes:
        raise OptionError("tune: batch_sizes is empty; give one size at least.")
    patience = max(1, integer("tune: epochs", epochs, least=1) // 5)
    rng = np.random.default_rng(rng)
    optimizer = SGD(model, momentum=momentum, weight_decay=weight_decay)

    checks = _checks(model, loss, data)
    rates = lr_find(model, optimizer, loss, _shuffled(data, 32, rng))
    if rates.suggestion is None:
        failed = "; ".join(f"{name}: {found}" for name, passed, found in checks if not passed)
        raise OptionError(f"tune: the loss calms with no rate from 1 to 1e-6. {failed or 'All checks passed.'}")
    report = Tuning(checks, rates, optimizer.lr)
    report.lr = optimizer.lr = rates.suggestion

    for size in sizes if len(sizes) > 1 else []:
        tried_model, tried_loss, tried = copy.deepcopy((model, loss, optimizer))
        _epoch(tried_model, tried_loss, tried, _shuffled(data, size, rng))
        report.batch_sizes[size] = _mean_loss(tried_model, tried_loss, data)
    report.batch_size = min(sizes, key=lambda size: report.batch_sizes.get(size, 0.0))

    schedule = ReduceLROnPlateau(optimizer, patience=patience, threshold=1e-3)
    for _ in range(epochs):
        report.epoch_rates.append(optimizer.lr)
        _epoch(model, loss, optimizer, _shuffled(data, report.batch_size, rng))
        report.train_losses.append(_mean_loss(model, loss, data))
        if held_out is not None:
            report.test_losses.append(_mean_loss(model, loss, held_out))
        schedule.step(report.train_losses[-1])
    return report


def _arrays(name: str, given: Sequence[Any]) -> Data:
    if len(given) < 2 or given[1] is None:
        raise ShapeError(f"tune: {name} has no targets; expected x and y.")
    x, y = np.asarray(given[0]), np.asarray(given[1])
    if not x.ndim or not y.ndim or len(x) != len(y) or not len(x):
        raise ShapeError(f"tune: {name} has x of shape {x.shape} and y of shape {y.shape}; expected as many rows.")
    return x, y


def _shuffled(data: Data, size: int, rng: np.random.Generator) -> Iterator[Data]:
    x, y = data
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        chosen = order[start : start + size]
        yield x[chosen], y[chosen]


def _epoch(model: Any, loss: Callable[..., Any], optimizer: SGD | Adam, batches: Iterator[Data]) -> None:
    for x, y in batches:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()


def _mean_loss(model: Any, loss: Callable[..., Any], data: Data, size: int = 1024) -> float:
    """Over all samples, with the model as in use: without dropout. NaN becomes inf, the worst."""
    training = getattr(model, "training", False)
    if training:
        model.eval()
    x, y = data
    total = 0.0
    with no_grad(), np.errstate(over="ignore", invalid="ignore"):
        for i in range(0, len(x), size):
            total += float(loss(model(x[i : i + size]), y[i : i + size]).item()) * len(x[i : i + size])
    if training:
        model.train()
    return total / len(x) if math.isfinite(total) else math.inf


def _checks(model: Any, loss: Callable[..., Any], data: Data) -> list[Check]:
    x, y = data
    numbers = x.dtype.kind == "f"
    finite = bool(np.isfinite(x).all()) if numbers else True
    checks = [Check("no NaN in the data", finite, "all finite" if finite else f"{(~np.isfinite(x)).sum()} are not")]
    if numbers and finite:
        mean, size = float(x.mean()), float(x.std())
        normal = abs(mean) <= 1 and 0.1 <= size <= 10
        checks.append(Check("normalised", normal, f"mean {mean:.2g}, standard deviation {size:.2g}"))
    small = x[:8], y[:8]
    tried, tried_loss = copy.deepcopy((model, loss))
    with np.errstate(over="ignore", invalid="ignore"):
        tried_loss(tried(small[0]), small[1]).backward()
    checks.append(_flow([p.grad for p in tried.parameters() if p.grad is not None]))
    if finite and checks[-1].passed:
        checks.append(_overfits(tried, tried_loss, small))
    return checks


def _flow(gradients: Sequence[Any]) -> Check:
    lengths = [float(np.linalg.norm(g.data.astype(np.float64))) for g in gradients]
    good = bool(lengths) and all(math.isfinite(length) for length in lengths) and 1e-7 < max(lengths) < 1e4
    found = f"lengths from {min(lengths):.2g} to {max(lengths):.2g}" if lengths else "there are none"
    return Check("gradients neither explode nor die", good, found)


def _overfits(model: Any, loss: Callable[..., Any], small: Data, steps: int = 300) -> Check:
    """Whether 300 steps of Adam bring the loss on these samples to a tenth of what it was."""
    optimizer = Adam(model, lr=1e-2, nonfinite="skip")
    before = _mean_loss(model, loss, small)
    for _ in range(steps):
        _epoch(model, loss, optimizer, iter([small]))
    after = _mean_loss(model, loss, small)
    return Check(f"overfits {len(small[0])} samples", after <= 0.1 * before, f"loss {before:.2g} to {after:.2g}")
