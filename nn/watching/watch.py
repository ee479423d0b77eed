"""watch: hooks that measure every k-th step of training, and say what they see."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Self

from autograd_core import Tensor
from autograd_core.debugging import Finding
from autograd_core.errors import DTypeError
from autograd_core.options import integer

from ..module import Module
from ..warning import warn
from . import words
from .gauges import Gauge, Sample, Units


def watch(model: Module, *, every: int = 10, window: int = 10, keep: int = 1000) -> Watch:
    """Measure every ``every``-th training step of a model from now on, and warn of what keeps it from learning.

    A step is a call of the model in train mode. Of each layer without children it takes the mean, standard deviation
    and norm of the output and of its gradient; of activations such as Sigmoid the share of outputs that are saturated
    (their slope is below 0.01); of those such as ReLU the share of units that are dead (off for every sample seen in
    the last one to two windows); and of each parameter the update, |w_new - w| / |w|, on at most 4096 of its elements;
    about 0.001 is usual. Only these numbers are kept, and one boolean for each unit. Activations called as functions
    inside a ``forward`` are not layers, and are seen in the layers around them only. What is found in several layers
    at one step is one warning.

    Args:
        model: any Module.
        every: how many steps from one that is measured to the next.
        window: how many measured steps make a window; dead units are warned of after the first.
        keep: how many measured steps the history goes back.

    Returns:
        A :class:`Watch`: printed, a table; also a context manager, which stops watching at its end.

    Raises:
        OptionError: a count below 1.
        DTypeError: a ``model`` that is no Module.

    Example:
        >>> import nn, numpy as np, optim
        >>> model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
        >>> optimizer = optim.SGD(model, lr=0.01)
        >>> with nn.watch(model, every=1) as watch:
        ...     for _ in range(3):
        ...         optimizer.zero_grad()
        ...         (model(np.ones((5, 3))) ** 2).mean().backward()
        ...         optimizer.step()
        >>> watch.steps, len(watch.history["1"]["std"]), watch.findings
        ([1, 2, 3], 3, [])
    """
    return Watch(model, every, window, keep)


class Watch:
    """What :func:`watch` has seen. ``findings`` has what it warned of, layer by layer, each once, with its numbers."""

    def __init__(self, model: Module, every: int, window: int, keep: int) -> None:
        if not isinstance(model, Module):
            raise DTypeError(f"watch: expected a Module, got a {type(model).__name__}.")
        self._every = integer("watch: every", every, least=1)
        self._window = integer("watch: window", window, least=1)
        keep = integer("watch: keep", keep, least=1)
        self._model = model
        self._layers = {path: m for path, m in model.named_modules() if not any(m.children())}
        self._ran: dict[str, None] = {}  # the layers that ran, in the order in which they first did
        self._parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self._units = {path: Units() for path in self._layers}
        self._count = 0  # steps
        self._row: dict[str, Gauge] | None = None  # of the step that was measured last, until its update is known
        self._row_step = 0
        self._before: dict[str, Sample] = {}
        self._looking = False
        self._steps: deque[int] = deque(maxlen=keep)
        self._measured: deque[dict[str, dict[str, float]]] = deque(maxlen=keep)
        self._updates: deque[dict[str, float]] = deque(maxlen=keep)
        self._rows = 0
        self.findings: list[Finding] = []
        self._said: set[tuple[str, str]] = set()
        self._removers = [model.register_forward_pre_hook(self._begin), model.register_forward_hook(self._end)]
        self._removers += [m.register_forward_hook(self._seeing(path)) for path, m in self._layers.items()]

    @property
    def steps(self) -> list[int]:
        """The numbers of the steps that were measured; the first step is 1."""
        return list(self._steps)

    @property
    def history(self) -> dict[str, dict[str, list[float]]]:
        """By layer and measure, a number for each of ``steps``, NaN where there is none.

        Layers come in the order in which they first ran; those that never did come last.
        The measures are mean, std, norm, gradient_mean, gradient_std, gradient_norm, saturated and dead.
        """
        return {path: {key: [row[path][key] for row in self._measured] for key in self._measured[0][path]}
                for path in self._order()} if self._measured else {}

    @property
    def updates(self) -> dict[str, list[float]]:
        """By parameter, |w_new - w| / |w| for each of ``steps``, NaN where it is not known."""
        return {name: [row[name] for row in self._updates] for name in self._parameters}

    def remove(self) -> None:
        """Stop watching. What was measured stays."""
        self._close()
        for remove in self._removers:
            remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __str__(self) -> str:
        if not self._measured:
            return "nothing was measured yet: no training step with the model has been made"
        kinds = {path: type(module).__name__ for path, module in self._layers.items()}
        lines = [f"step {self._steps[-1]}", words.table(kinds, self._measured[-1], self._updates[-1])]
        return "\n".join([*lines, *(f"- {said}" for said in words.grouped(self.findings))])

    def _order(self) -> list[str]:
        return list(dict.fromkeys([*self._ran, *self._layers]))

    def _begin(self, model: Module, args: Any) -> None:
        """Before the model runs."""
        self._looking = False  # it may have raised before its end
        if not model.training:
            return
        due = self._count % self._every == 0
        self._count += 1
        if self._row is not None and (due or any(sample.changed() for sample in self._before.values())):
            self._close()
        if due:
            self._row, self._row_step = {path: Gauge() for path in self._layers}, self._count
            self._before = {name: Sample(p) for name, p in self._parameters.items()}
            self._looking = True

    def _seeing(self, path: str) -> Callable[[Module, Any, Any], None]:
        def see(module: Module, args: Any, output: Any) -> None:
            if self._looking and self._row is not None:
                self._ran[path] = None
                for y in _tensors(output):
                    if y.dtype.kind == "f":
                        self._row[path].see(y)
                        break  # the first is the output; others are states

        return see

    def _end(self, model: Module, args: Any, output: Any) -> None:
        self._looking = False

    def _close(self) -> None:
        """Once gradients and update of a measured step are there."""
        if self._row is None:
            return
        row, self._row = self._row, None
        self._steps.append(self._row_step)
        moved = any(sample.changed() for sample in self._before.values())
        self._updates.append({name: s.update() if moved else float("nan") for name, s in self._before.items()})
        self._before = {}
        self._rows += 1
        measured: dict[str, dict[str, float]] = {}
        findings: list[Finding] = []
        for path in self._order():
            gauge = row[path]
            units = self._units[path]
            units.see(gauge.off)
            dead, count = units.dead()
            measured[path] = gauge.numbers(dead / count if count else float("nan"))
            findings += words.of_layer(path, gauge)
            if self._rows >= self._window:
                findings += words.of_units(path, dead, count)
            if self._rows % self._window == 0:
                units.next_window()
        self._measured.append(measured)
        for name, update in self._updates[-1].items():
            if self._parameters[name].ndim > 1:  # biases start at 0, where any step is large
                findings += words.of_update(name, update)
        self._say(findings)

    def _say(self, findings: list[Finding]) -> None:
        new = [finding for finding in findings if (finding.kind, finding.module) not in self._said]
        self._said |= {(finding.kind, finding.module) for finding in new}
        self.findings += new
        for said in words.grouped(new):
            warn(f"step {self._steps[-1]}: {said}", words.WatchWarning)


def _tensors(output: Any) -> Iterator[Tensor]:
    """The Tensors in what a module returned, which may be nested."""
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, (list, tuple)):
        for part in output:
            yield from _tensors(part)
