"""What layers put out, and how steep their functions are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Tensor, enable_grad, no_grad, tensor
from autograd_core.debugging.symptoms import slopes
from autograd_core.debugging.words import saturates
from autograd_core.errors import DTypeError

from .copies import copy_of


class Output(NamedTuple):
    """What a layer put out, and the slopes of its function there, if they are known."""

    values: np.ndarray
    slopes: np.ndarray | None = None
    saturates: bool = False


class _Run(NamedTuple):
    """One call of a layer."""

    module: Any
    args: tuple[Any, ...]
    output: Any


def outputs_of(caller: str, model: Any, inputs: Any) -> dict[str, Output]:
    """What the activations of a model put out; those of all layers, if there are none.

    Args:
        caller: the function that plots, for errors.
        model: has ``named_modules()``; or is a mapping from names to outputs.
        inputs: of the model, a tuple for several; None with a mapping.

    Returns:
        By name, an Output. A layer that runs several times, such as a recurrent cell, adds up; where the shapes of its
        samples differ, it has several entries.

    Raises:
        DTypeError: neither a model with inputs nor a mapping without.
    """
    if isinstance(model, Mapping) and inputs is None:
        try:
            return {str(name): _measured(output) for name, output in model.items()}
        except (TypeError, ValueError) as error:
            raise DTypeError(f"{caller}: an output is not an array of numbers: {error}.") from error
    if not hasattr(model, "named_modules") or inputs is None:
        raise DTypeError(f"{caller}: expected a model and its inputs, or a mapping from names to outputs; got "
                         f"{type(model).__name__} {'without' if inputs is None else 'and'} inputs.")
    runs = _runs(copy_of(model), inputs)
    measured = {key: [_of_activation(run) for run in calls] for key, calls in runs.items()
                if all(map(_is_activation, calls))}
    measured = measured or {key: [_measured(run.output) for run in calls] for key, calls in runs.items()}
    times = Counter(name for name, _ in measured)
    return {name if times[name] == 1 else f"{name} {shape}": _joined(calls)
            for (name, shape), calls in measured.items()}


def _runs(model: Any, inputs: Any) -> dict[tuple[str, tuple[int, ...]], list[_Run]]:
    """The calls of each layer without children, by its name and the shape of a sample."""
    runs: dict[tuple[str, tuple[int, ...]], list[_Run]] = {}

    def seen(name: str, module: Any, args: tuple[Any, ...], output: Any) -> None:
        while isinstance(output, (tuple, list)):  # the first is the output; others are states
            output = output[0]
        if isinstance(output, Tensor):
            runs.setdefault((name, output.shape[1:]), []).append(_Run(module, args, output))

    for name, module in model.named_modules():
        if not any(module.children()):
            module.register_forward_hook(lambda *call, name=name: seen(name, *call))
    with no_grad():
        model(*inputs if isinstance(inputs, tuple) else (inputs,))
    return runs


def _is_activation(run: _Run) -> bool:
    """Whether a layer has no weights, keeps the shape, and does something."""
    if any(True for _ in run.module.named_parameters()) or len(run.args) != 1:
        return False
    given = _array(run.args[0])
    return given.shape == run.output.shape and not np.array_equal(given, run.output.data)


def _of_activation(run: _Run) -> Output:
    """Its output, and the slopes, for which it runs once more by itself."""
    given = _array(run.args[0])
    with enable_grad():
        again = run.module.forward(tensor(given, requires_grad=given.dtype.kind == "f"))
    return _measured(again)._replace(values=run.output.data)


def _measured(output: Any) -> Output:
    node = output.node if isinstance(output, Tensor) else None
    if node is None or node.primitive is None or not len(node.primitive.operands) == len(node.edges) == 1:
        return Output(_array(output) if isinstance(output, Tensor) else np.asarray(output, dtype=float))
    return Output(output.data, slopes(node, node.edges[0]), saturates(node.primitive.name))


def _array(value: Any) -> np.ndarray:
    return value.data if isinstance(value, Tensor) else np.asarray(value)


def _joined(calls: list[Output]) -> Output:
    """All calls as if their samples had come at once."""
    if len(calls) == 1:
        return calls[0]
    known = [call.slopes for call in calls if call.slopes is not None]
    return Output(np.concatenate([np.atleast_1d(call.values) for call in calls]),
                  np.concatenate(np.atleast_1d(*known)) if len(known) == len(calls) else None, calls[0].saturates)
