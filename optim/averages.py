"""Averages of weights over training: they often predict better than the last weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import OptionError
from autograd_core.matching import Loading, same_array
from autograd_core.options import at_least_0, integer

from .groups import named


class Average:
    """Base of the averages: holds one array a parameter, which starts as a copy of it at the first :meth:`update`.

    Buffers, such as the running statistics of batch norm, are not averaged: run some batches in training mode inside
    :meth:`applied` to have them fit.

    Args:
        params: a model, or Tensors.

    Raises:
        DTypeError, GraphError: something else than float Tensors that are leaves.
        OptionError: no parameters.
    """

    def __init__(self, params: Any) -> None:
        self._params: dict[str, Tensor] = dict(named(params))
        if not self._params:
            raise OptionError(f"{type(self).__name__}: there is nothing to average.")
        self.updates = 0
        self._averages: dict[str, np.ndarray] = {}

    def weight(self, n: int) -> float:
        """How much the new weights count at update ``n``, from 1; subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} has no weight(); define it.")

    def update(self) -> None:
        """Take in the weights as they are now: a ← a + c (p - a)."""
        self.updates += 1
        share = self.weight(self.updates)
        for name, p in self._params.items():
            average = self._averages.get(name)
            if average is None:
                self._averages[name] = p.data.copy()
            else:
                average += share * (p.data - average)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Swap the averages in for the weights, inside ``with``; the weights come back after it, also after an error.

        Raises:
            OptionError: nothing was averaged yet.
        """
        if not self.updates:
            raise OptionError(f"{type(self).__name__}.applied: there is no average before the first update().")
        kept = {name: p.data.copy() for name, p in self._params.items()}
        try:
            self._write(self._averages)
            yield
        finally:
            self._write(kept)

    def _write(self, values: Mapping[str, np.ndarray]) -> None:
        for name, p in self._params.items():
            data = p.data
            data[...] = values[name]
            p.data = data  # tells the engine of the write

    def state_dict(self) -> dict[str, Any]:
        """The count of updates, and copies of the averages by name.

        Returns:
            A dict.
        """
        return {"updates": self.updates, "averages": {name: array.copy() for name, array in self._averages.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that :meth:`state_dict` gave.

        Args:
            state: of the same parameters.

        Raises:
            StateError: other names, shapes or dtypes; nothing was loaded.
        """
        loading = Loading(type(self).__name__)
        loading.part("the state", state, Mapping, "updates", "averages")
        given = loading.part("'averages'", state["averages"], Mapping)
        with loading.check():
            updates = integer("updates", state["updates"], least=0)
        loading.done()
        expected = self._params if updates else {}
        loading.match(expected, given)
        arrays = {}
        for name, p in expected.items():
            if name in given:
                with loading.check():
                    arrays[name] = same_array(name, given[name], p.shape, p.dtype)
        loading.done()
        self.updates, self._averages = updates, arrays


class EMA(Average):
    """Exponential moving average of weights: a ← d a + (1 - d) p after each step.

    Args:
        params: a model, or Tensors.
        decay: d, from 0 to below 1; about 1 / (1 - d) steps are remembered.

    Raises:
        OptionError: a decay outside, or no parameters.
        DTypeError, GraphError: see :class:`Average`.

    Source:
        Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992, for averaging.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> average = optim.EMA([w], decay=0.75)
        >>> average.update()
        >>> w.data = w.data + 1
        >>> average.update()
        >>> with average.applied():
        ...     print(w.detach())  # 0.75 · 1 + 0.25 · 2
        tensor([1.25])
        >>> w.detach()
        tensor([2.])
    """

    def __init__(self, params: Any, decay: float = 0.999) -> None:
        self.decay = at_least_0("EMA: decay", decay, below=1)
        super().__init__(params)

    def weight(self, n: int) -> float:
        """1 - d."""
        return 1 - self.decay


class SWA(Average):
    """Stochastic weight averaging: the plain mean of the weights at the end of each of the last epochs.

    Args:
        params: a model, or Tensors.

    Raises:
        OptionError, DTypeError, GraphError: see :class:`Average`.

    Source:
        Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018.

    Example:
        >>> import autograd_core as ag, optim
        >>> w = ag.tensor([1.0], requires_grad=True)
        >>> average = optim.SWA([w])
        >>> for _ in range(3):
        ...     average.update()
        ...     w.data = w.data + 1
        >>> with average.applied():
        ...     print(w.detach())
        tensor([2.])
    """

    def weight(self, n: int) -> float:
        """1 / n."""
        return 1 / n
