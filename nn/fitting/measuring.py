"""How well a model does: means of the loss and of metrics over all samples of a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from autograd_core import Tensor, no_grad
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.options import integer

from ..data import Split
from ..losses import BCELoss, CrossEntropyLoss
from ..module import Module
from .data_checks import arrays_of

Metric = Callable[[Any, Any], float]
Metrics = Mapping[str, Metric]


def accuracy(output: Any, target: Any, *, threshold: float = 0.0) -> float:
    """The share of predictions that are right.

    Args:
        output: scores of classes (samples, classes, ...), of which the largest counts; or one score for each target.
        target: a class index for each prediction; or, for single scores, 1 where they should be above ``threshold``
            and 0 or -1 where not.
        threshold: 0 for logits, 0.5 for probabilities.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: shapes that do not fit, or no predictions.
        DTypeError: targets that are not numbers.

    Example:
        >>> import nn
        >>> nn.accuracy([[0.1, 2.0], [1.0, 0.0]], [1, 1])
        0.5
        >>> nn.accuracy([[0.1], [-0.3]], [[1], [0]])
        1.0
    """
    output, target = _array(output), _array(target)
    if not target.size:
        raise ShapeError(f"accuracy: targets of shape {target.shape}; of no predictions there is no share.")
    if target.dtype.kind not in "biuf":
        raise DTypeError(f"accuracy: targets of {target.dtype}; expected numbers.")
    if output.ndim == target.ndim + 1 and output.shape[:1] + output.shape[2:] == target.shape:
        return float((output.argmax(axis=1) == target).mean())
    if output.shape != target.shape:
        raise ShapeError(f"accuracy: an output of shape {output.shape} for targets of shape {target.shape}; expected "
                         f"(samples, classes, ...) for (samples, ...), or equal shapes.")
    return float(((output > threshold) == (target > 0.5)).mean())


def evaluate(model: Module, loss: Callable[[Any, Any], Any], data: Split | tuple[Any, Any], *, batch_size: int = 256,
             metrics: Sequence[str | Metric] = ()) -> dict[str, float]:
    """The mean loss and metrics of a model in use: in eval mode, and without recording. Modes are restored.

    Args:
        model: any Module.
        loss: ``loss(output, y)``, a mean over the samples.
        data: a Split, or (x, y).
        batch_size: how many samples are run at a time.
        metrics: "accuracy", or functions ``metric(output, y)`` of arrays, which are means over the samples.

    Returns:
        The means, by name: "loss", and those of the metrics.

    Raises:
        ShapeError: data that the model cannot take: see :func:`fit`.

    Example:
        >>> import numpy as np, nn
        >>> logits = np.array([[0.0, 0.0], [1.0, 0.0]])
        >>> nn.evaluate(nn.Identity(), nn.CrossEntropyLoss(), (logits, [0, 0]), metrics=["accuracy"])
        {'loss': 0.503..., 'accuracy': 1.0}
    """
    integer("evaluate: batch_size", batch_size, least=1)
    x, y = arrays_of("evaluate", data, model)
    measured, means = resolved(metrics, loss), Means()
    with evaluating(model):
        for start in range(0, len(x), batch_size):
            target = y[start : start + batch_size]
            output = model(x[start : start + batch_size])
            means.add(measure(loss(output, target), output, target, measured), len(target))
    return means.values()


class Means:
    """Means over the samples seen so far."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self.count = 0

    def add(self, values: Mapping[str, float], count: int) -> None:
        """Take in the means over ``count`` further samples."""
        for name, value in values.items():
            self.totals[name] = self.totals.get(name, 0.0) + value * count
        self.count += count

    def values(self) -> dict[str, float]:
        """The means, by name."""
        return {name: total / self.count for name, total in self.totals.items()}


def measure(loss: Any, output: Any, target: Any, metrics: Metrics) -> dict[str, float]:
    """The loss and the metrics of one batch."""
    plain = output.numpy() if isinstance(output, Tensor) else output
    return {"loss": float(loss), **{name: float(metric(plain, target)) for name, metric in metrics.items()}}


def resolved(metrics: Sequence[str | Metric], loss: Any) -> Metrics:
    """Functions by name. What "accuracy" means depends on the loss."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        if metric == "accuracy":
            found["accuracy"] = _accuracy_for(loss)
        elif callable(metric):
            found[getattr(metric, "__name__", type(metric).__name__)] = metric
        else:
            raise OptionError(f'metrics: {metric!r}; expected "accuracy", or functions of (output, y).')
    return found


def _accuracy_for(loss: Any) -> Metric:
    if isinstance(loss, CrossEntropyLoss):  # targets may be probabilities of classes
        return lambda output, y: accuracy(output, y.argmax(axis=1) if np.ndim(y) == np.ndim(output) else y)
    return partial(accuracy, threshold=0.5) if isinstance(loss, BCELoss) else accuracy


@contextmanager
def modes_restored(model: Module) -> Iterator[None]:
    """Whatever happens in the block, each module is afterwards in the mode it was in: train or eval."""
    modes = {module: module.training for module in model.modules()}
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Eval mode, without recording; modes are restored."""
    with modes_restored(model), no_grad():
        model.eval()
        yield


def _array(values: Any) -> np.ndarray:
    return values.numpy() if isinstance(values, Tensor) else np.asarray(values)
