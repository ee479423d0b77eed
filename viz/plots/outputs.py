"""What layers put out, and how steep their functions are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core import Tensor, enable_grad, tensor
from autograd_core.debugging.activations import Activation, last_activation
from autograd_core.errors import DTypeError
from autograd_core.recording import Primitive
from autograd_core.walk import leading_to, nodes_behind

from .canvas import no_path
from .copies import copy_of

_NO_ACTIVATIONS = "output of each layer (no activation is a layer)"
_ARITHMETIC = frozenset({"add", "subtract", "multiply", "divide", "negative"})


class Output(NamedTuple):
    """What a layer put out, and the activation that it comes from, if there is one."""

    values: np.ndarray
    activation: Activation | None = None


class _Run(NamedTuple):
    """One call of a layer, recorded by itself."""

    module: Any
    given: Tensor | None  # its input, if that is one array of floats
    output: Tensor


def outputs_of(caller: str, model: Any, inputs: Any) -> tuple[dict[str, Output], str]:
    """What the activations of a model put out; those of all layers, if there are none.

    A layer is an activation if it applies one function to each element: all it records between its input and its output
    are elementwise operations, and not arithmetic alone, as in dropout. No values are looked at.

    Args:
        caller: the function that plots, for errors.
        model: has ``named_modules()``; or is a mapping from names to outputs.
        inputs: of the model, a tuple for several; None with a mapping.

    Returns:
        By name, an Output; and what they are of, in words. A layer that runs several times, such as a recurrent cell,
        adds up; where the shapes of its samples differ, it has several entries.

    Raises:
        DTypeError: neither a model with inputs nor a mapping without.
    """
    no_path(caller, "inputs", inputs)
    if isinstance(model, Mapping) and inputs is None:
        return {str(name): _given(caller, str(name), output) for name, output in model.items()}, "output"
    if not hasattr(model, "named_modules") or inputs is None:
        raise DTypeError(f"{caller}: expected a model and its inputs, or a mapping from names to outputs; got "
                         f"{type(model).__name__} {'without' if inputs is None else 'and'} inputs.")
    runs = _runs(copy_of(model), inputs)
    shown, words = {key: calls for key, calls in runs.items() if _is_activation(calls[0])}, "output of each activation"
    if not shown:
        shown, words = {key: calls for key, calls in runs.items() if _is_layer(calls[0])}, _NO_ACTIVATIONS
    measured = {key: [_measured(run.output) for run in calls] for key, calls in shown.items()}
    times = Counter(name for name, _ in measured)
    return {name if times[name] == 1 else f"{name} {shape}": _joined(calls)
            for (name, shape), calls in measured.items()}, words


def _given(caller: str, name: str, output: Any) -> Output:
    """An output that somebody else made."""
    if isinstance(output, Tensor):
        return _measured(output)
    try:
        values = np.asarray(output)
    except ValueError:
        values = np.asarray(None)
    if values.dtype.kind not in "fiub":
        raise DTypeError(f"{caller}: {name!r} is no array of real numbers.")
    return Output(values.astype(float))


def _runs(model: Any, inputs: Any) -> dict[tuple[str, tuple[int, ...]], list[_Run]]:
    """The calls of each layer without children, by its name and the shape of a sample."""
    runs: dict[tuple[str, tuple[int, ...]], list[_Run]] = {}

    def begin(_: Any, args: tuple[Any, ...]) -> Any:
        """Let the record of this layer begin here."""
        if len(args) != 1 or not isinstance(args[0], (np.ndarray, Tensor)) or args[0].dtype.kind != "f":
            return args
        return tensor(args[0].data if isinstance(args[0], Tensor) else args[0], requires_grad=True)

    def end(name: str, module: Any, args: tuple[Any, ...], output: Any) -> Any:
        first = output
        while isinstance(first, (tuple, list)):  # the others are states
            first = first[0]
        if isinstance(first, Tensor):
            given = args[0] if len(args) == 1 and isinstance(args[0], Tensor) else None
            runs.setdefault((name, first.shape[1:]), []).append(_Run(module, given, first))
        return output.detach() if isinstance(output, Tensor) else output

    for name, module in model.named_modules():
        if not any(module.children()):
            module.register_forward_pre_hook(begin)
            module.register_forward_hook(lambda *call, name=name: end(name, *call))
    with enable_grad():
        model(*inputs if isinstance(inputs, tuple) else (inputs,))
    return runs


def _is_activation(run: _Run) -> bool:
    ops = _ops(run)
    return all(op.elementwise or op.name == "where" for op in ops) and any(op.name not in _ARITHMETIC for op in ops)


def _is_layer(run: _Run) -> bool:
    """Whether a layer is worth a row: not dropout, Identity and their like."""
    has_weights = any(True for _ in run.module.named_parameters())
    return has_weights or run.given is None or any(op.name not in _ARITHMETIC for op in _ops(run))


def _ops(run: _Run) -> list[Primitive]:
    """The operations between input and output."""
    if run.given is None or run.given.node is None or run.output.node is None:
        return []
    source = {run.given.node}
    between = leading_to(source, nodes_behind([run.output.node], source))
    return [node.primitive for node in between if node.primitive]


def _measured(output: Tensor) -> Output:
    return Output(output.data, last_activation(output.node) if output.node else None)


def _joined(calls: list[Output]) -> Output:
    """All calls as if their samples had come at once."""
    values = np.concatenate([np.atleast_1d(call.values) for call in calls])
    known = [call.activation for call in calls if call.activation]
    if len(known) < len(calls):
        return Output(values)
    return Output(values, known[0]._replace(slopes=np.concatenate([np.atleast_1d(one.slopes) for one in known])))
