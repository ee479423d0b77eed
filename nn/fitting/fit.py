"""fit: the training loop that one writes by hand, with validation, measures, callbacks and checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from autograd_core.errors import DTypeError
from autograd_core.options import integer, one_of

from ..data import Split
from ..init import Rng, generator
from ..module import Module
from .callbacks import Callback
from .data_checks import arrays_of, try_out, warn_if_unscaled
from .history import History
from .measuring import Metric, evaluate, evaluating, measure, modes_restored, resolved
from .part_checks import asks_argument, check_parts
from .progress import Progress
from .training import Training, stopping_on_ctrl_c


def fit(model: Module, loss: Callable[[Any, Any], Any], optimizer: Any, data: Split | tuple[Any, Any], *, epochs: int,
        batch_size: int = 32, validation: Split | tuple[Any, Any] | None = None, metrics: Sequence[str | Metric] = (),
        callbacks: Sequence[Callback | Callable[[Training], Any]] = (), scheduler: Any = None,
        scheduler_every: Literal["epoch", "step"] = "epoch", accumulate: int = 1, rng: Rng = None,
        progress: bool = True, resume: str | Path | None = None) -> History:
    """Train a model on minibatches of shuffled samples.

    Model, loss and data are tried out before the first step, so that bad data raises with nothing changed. Ctrl-C ends
    training after the step under way, and the history so far is returned.

    Args:
        model: any Module; it is run in train mode, and its modes are restored.
        loss: ``loss(output, y)``, the mean over the samples of a batch: a Module or a function.
        optimizer: of the model's parameters; anything with ``step()`` and ``zero_grad()``.
        data: the training Split, or (x, y). Floats are converted to the dtype of the parameters.
        epochs: how often every sample is used, in all: a resumed run does what is left of them.
        batch_size: how many samples the model runs at a time.
        validation: a Split or (x, y) to measure after every epoch; names in the history then begin with "val_".
        metrics: "accuracy", or functions ``metric(output, y)`` of arrays, which are means over the samples.
        callbacks: Callbacks, or functions of the :class:`Training` to call after every epoch.
        scheduler: its ``step()`` is called; one that takes a measure gets the loss, of validation if there is one.
        scheduler_every: whether that happens after every "epoch", or after every "step" of the optimizer.
        accumulate: how many batches make one step: the gradient is that of the mean over all their samples.
        rng: a Generator, or a seed, for the shuffling.
        progress: show a bar (with tqdm), or print a line an epoch.
        resume: a checkpoint to go on from, made by :class:`Checkpoint` in a call like this one. The result is the
            same, to the bit, as without the stop.

    Returns:
        The History: "loss" and the metrics of training, and those of validation, for every epoch.

    Raises:
        OptionError: counts below 1; a Split for something else.
        ShapeError: samples without targets; NaN or inf; targets the loss does not take.
        SelectionError: labels out of range; a callback that monitors what is not measured.
        DTypeError: a class instead of an instance; a loss that gives no Tensor; an optimizer that needs a closure.
        GraphError: an optimizer of other parameters, a scheduler of another optimizer.
        StateError: a checkpoint that does not fit.

    Example:
        >>> import numpy as np, nn, optim
        >>> x = np.random.default_rng(0).standard_normal((200, 2))
        >>> y = (x[:, 0] > x[:, 1]).astype(int)
        >>> model = nn.Sequential(nn.Linear(2, 8, rng=0), nn.ReLU(), nn.Linear(8, 2, rng=1))
        >>> history = nn.fit(model, nn.CrossEntropyLoss(), optim.Adam(model, lr=0.01), (x, y), epochs=10,
        ...                  metrics=["accuracy"], rng=0, progress=False)
        >>> history["accuracy"][-1] > 0.95
        True
    """
    integer("fit: epochs", epochs, least=0)
    integer("fit: batch_size", batch_size, least=1)
    integer("fit: accumulate", accumulate, least=1)
    one_of("fit: scheduler_every", scheduler_every, "epoch", "step")
    check_parts(model, loss, optimizer, scheduler, callbacks)
    x, y = arrays_of("fit", data, model, "train")
    held_out = None if validation is None else arrays_of("fit: validation", validation, model, "validation")
    with evaluating(model):
        try_out(model, loss, x, y)
    warn_if_unscaled(x, model)

    measures = resolved(metrics, loss)
    training = Training(model, loss, optimizer, samples=len(x), rng=generator(rng), scheduler=scheduler,
                        callbacks=[_callback(callback) for callback in callbacks])
    training.measures = tuple(prefix + name for prefix in ("", "val_")[: 1 if held_out is None else 2]
                              for name in ("loss", *measures))
    if resume is not None:
        training.load(resume)
    for callback in training.callbacks:
        callback.on_start(training)

    def one_step(samples: np.ndarray) -> None:
        optimizer.zero_grad()
        for start in range(0, len(samples), batch_size):
            batch = samples[start : start + batch_size]
            output = model(x[batch])
            value = loss(output, y[batch])
            value.backward(len(batch) / len(samples))
            training.means.add(measure(value, output, y[batch], measures), len(batch))
        optimizer.step()
        training.step += 1

    def one_epoch(shown: Progress) -> None:
        for samples in training.batches(batch_size * accumulate):
            one_step(samples)
            if scheduler is not None and scheduler_every == "step":
                _advance(scheduler, training.means.values()["loss"])
            for callback in training.callbacks:
                callback.on_step_end(training)
            shown.advance(len(samples), training.means.values())
            if training.reason:
                return
        measured = training.means.values()
        if held_out is not None:
            found = evaluate(model, loss, held_out, batch_size=batch_size, metrics=metrics)
            measured |= {f"val_{name}": value for name, value in found.items()}
        if scheduler is not None and scheduler_every == "epoch":
            _advance(scheduler, measured.get("val_loss", measured["loss"]))
        training.end_epoch(measured)
        shown.close(measured)
        for callback in training.callbacks:
            callback.on_epoch_end(training)

    with modes_restored(model):
        model.train()
        try:
            with stopping_on_ctrl_c(training):
                while training.epoch < epochs and not training.reason:
                    one_epoch(Progress(f"epoch {training.epoch + 1}/{epochs}", len(x), training.used, progress))
        except KeyboardInterrupt:
            training.stop("interrupted by Ctrl-C")
        finally:
            optimizer.zero_grad()
    for callback in training.callbacks:
        callback.on_end(training)
    training.history.reason = training.reason or f"all {epochs} epochs are done"
    return training.history


def _advance(scheduler: Any, loss: float) -> None:
    """Call ``step()``, with the loss if that is what it asks for, as a reduction on a plateau does."""
    if asks_argument(scheduler.step):
        scheduler.step(loss)
    else:
        scheduler.step()


def _callback(given: Any) -> Callback:
    if isinstance(given, Callback):
        return given
    if not callable(given) or isinstance(given, type):
        raise DTypeError(f"fit: callbacks: {given!r}; expected a Callback, or a function of the Training.")
    called = Callback()
    called.on_epoch_end = given  # type: ignore[method-assign]  # of this one only
    return called
