"""What a model is made of: layers, output shapes, parameters and memory, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, zeros
from autograd_core.errors import DTypeError, ShapeError

from .fitting.measuring import evaluating
from .module import Module


@dataclass(frozen=True)
class Row:
    """One module of a summary."""

    path: str
    kind: str
    output: str  # the shape of what it returned when it was last called; "" if it was not
    parameters: int  # of its own, without its children's


@dataclass(frozen=True)
class Summary:
    """The modules of a model, parents first, and the totals. Printing it draws the table."""

    rows: tuple[Row, ...]
    learnable: int  # parameters that are learned
    frozen: int  # parameters that are not
    state_bytes: int  # of parameters and buffers
    output_bytes: int  # of what the layers without children returned

    def __str__(self) -> str:
        cells = [("layer", "kind", "output", "parameters")]
        for row in self.rows:
            indent = "  " * (row.path.count(".") + 1) if row.path else ""
            name = row.path.rpartition(".")[2] or "model"
            cells.append((indent + name, row.kind, row.output, f"{row.parameters:,}" if row.parameters else ""))
        widths = [max(len(line[i]) for line in cells) for i in range(4)]
        lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(line[:3], widths, strict=False)),
                            line[3].rjust(widths[3])]).rstrip() for line in cells]
        rule = "─" * (sum(widths) + 6)
        frozen = f", {self.frozen:,} frozen" if self.frozen else ""
        total = (f"{self.learnable:,} learnable parameters{frozen}; {_size(self.state_bytes)} of state, "
                 f"{_size(self.output_bytes)} of outputs")
        return "\n".join([lines[0], rule, *lines[1:], rule, total])

    __repr__ = __str__


def summary(model: Module, *input_shapes: Sequence[int], dtype: npt.DTypeLike = np.float32) -> Summary:
    """What ``model`` is made of. It is run once on zeros, without recording, in eval mode; modes are restored.

    Args:
        model: any Module.
        input_shapes: the shape of each of its inputs, with the batch axis; none: the model is not run.
        dtype: of the inputs: an integer dtype for an Embedding.

    Returns:
        A Summary.

    Raises:
        ShapeError: the model cannot take inputs of these shapes.

    Example:
        >>> import nn
        >>> nn.summary(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), (1, 3))
        layer  kind        output  parameters
        ─────────────────────────────────────
        model  Sequential  (1, 2)
          0    Linear      (1, 4)          16
          1    ReLU        (1, 4)
          2    Linear      (1, 2)          10
        ─────────────────────────────────────
        26 learnable parameters; 104 B of state, 40 B of outputs
    """
    if not isinstance(model, Module):
        raise DTypeError(f"summary: model={model!r}; expected a Module.")
    outputs: dict[int, list[Tensor]] = {}
    if input_shapes:
        _run(model, [_zeros(shape, dtype) for shape in input_shapes], outputs)
    rows, output_bytes = [], 0
    for path, module in model.named_modules():
        returned = outputs.get(id(module), [])
        if not any(module.children()):
            output_bytes += sum(y.data.nbytes for y in returned)
        own = sum(p.size for name, p in module.named_parameters() if "." not in name)
        rows.append(Row(path, type(module).__name__, ", ".join(str(y.shape) for y in returned), own))
    learnable = sum(p.size for p in model.parameters() if p.requires_grad)
    frozen = sum(p.size for p in model.parameters()) - learnable
    state = sum(owned.data.nbytes for owned in (*model.parameters(), *model.buffers()))
    return Summary(tuple(rows), learnable, frozen, state, output_bytes)


def _run(model: Module, inputs: list[Tensor], outputs: dict[int, list[Tensor]]) -> None:
    def note(module: Module, args: Any, output: Any) -> None:
        outputs[id(module)] = list(_tensors(output))

    removers = [module.register_forward_hook(note) for module in model.modules()]
    try:
        with evaluating(model):
            model(*inputs)
    finally:
        for remove in removers:
            remove()


def _zeros(shape: Any, dtype: npt.DTypeLike) -> Tensor:
    if not isinstance(shape, Sequence) or not all(isinstance(n, (int, np.integer)) and n >= 0 for n in shape):
        raise ShapeError(f"summary: {shape!r} is not a shape; pass one with its batch axis, as in (1, 3).")
    return zeros(tuple(shape), dtype=dtype)


def _tensors(output: Any) -> list[Tensor]:
    """The Tensors in what a module returned, which may be nested."""
    if isinstance(output, Tensor):
        return [output]
    return [y for part in output for y in _tensors(part)] if isinstance(output, (list, tuple)) else []


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GiB"
