"""Recurrent layers over sequences: RNN, LSTM, GRU, of several layers, in one or both directions of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, ShapeError
from autograd_core.options import from_0_to_1, integer, one_of

from .. import init
from ..module import Module
from ..parameter import Parameter
from ..warning import warn
from . import recurrences
from .cells import Nonlinearity, weights
from .dropout import Dropout
from .linear import linear


class _Recurrent(Module):
    """What the three have in common: all but the recurrence itself, which ``_sequence`` is."""

    gates = 1
    has_cell = False
    weight_hh_l0: Parameter

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        name = type(self).__name__
        self.input_size = integer(f"{name}: input_size", input_size, least=1)
        self.hidden_size = integer(f"{name}: hidden_size", hidden_size, least=1)
        self.num_layers = integer(f"{name}: num_layers", num_layers, least=1)
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = from_0_to_1(f"{name}: dropout", dropout)
        if dropout and num_layers == 1:
            warn(f"{name}: dropout={dropout} acts between layers, and there is only one.", UserWarning)
        self.rng = init.generator(rng)
        for layer in range(num_layers):
            features = hidden_size * len(self._directions()) if layer else input_size
            for suffix in self._directions():
                drawn = weights(self.gates, features, hidden_size, bias, self.rng, dtype)
                for key, parameter in drawn.items():
                    setattr(self, f"{key}_l{layer}{suffix}", parameter)

    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def _sequence(self, x: Tensor, start: list[Any], weight_ih: Parameter, weight_hh: Parameter,
                  bias_ih: Parameter | None, bias_hh: Parameter | None) -> tuple[Tensor, ...]:
        """All states, and all cells if it has them, each (steps, batch, hidden_size)."""
        raise NotImplementedError

    def forward(self, x: Any, hx: Any = None, *, lengths: Any = None) -> tuple[Tensor, Any]:
        """The outputs of the last layer, and the last states of every layer and direction.

        Args:
            x: Tensor or array (steps, batch, input_size); (batch, steps, input_size) with ``batch_first``; or one
                sequence, (steps, input_size).
            hx: the first states h_0, (num_layers · directions, batch, hidden_size), for LSTM the pair (h_0, c_0);
                None for zeros.
            lengths: integers (batch,): how many steps of each sequence count. What follows is never looked at, and
                gives outputs of 0; the other direction starts, and the last state is taken, at a sequence's own
                end. From a mask that is True where a step counts: ``mask.sum(axis=...)``.

        Returns:
            outputs like ``x``, with directions · hidden_size features; and h_n like h_0, for LSTM (h_n, c_n).

        Raises:
            ShapeError: an input, states or lengths of other shapes; no steps; lengths outside 1 .. steps.
            DTypeError: lengths that are not integers; LSTM states that are not a pair.
        """
        x = ag.asarray(x)
        self._check_input(x.shape)
        single = x.ndim == 2
        if single:
            x = x[:, None]
        elif self.batch_first:
            x = x.swapaxes(0, 1)
        ends = None if lengths is None else self._ends(lengths, x.shape)
        starts = self._starts(hx, x.shape[1], single)

        last: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.training:
                x = Dropout(self.dropout, rng=self.rng)(x)
            if ends is not None:
                x = _padded_with_zeros(x, ends)
            both = []
            for suffix in self._directions():
                y, final = self._direction(f"l{layer}{suffix}", x, [start[len(last)] for start in starts], ends)
                both.append(y)
                last.append(final)
            x = ag.concatenate(both, axis=-1) if len(both) > 1 else both[0]
        if ends is not None:
            x = _padded_with_zeros(x, ends)

        states = [ag.stack(each) for each in zip(*last, strict=True)]
        if single:
            x, states = x[:, 0], [state[:, 0] for state in states]
        elif self.batch_first:
            x = x.swapaxes(0, 1)
        return x, tuple(states) if self.has_cell else states[0]

    def _direction(self, name: str, x: Tensor, start: list[Any],
                   ends: np.ndarray | None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One direction of one layer: the outputs; the last states, and cells if there are any."""
        parameters = [getattr(self, f"{key}_{name}") for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        backwards = name.endswith("_reverse")
        results = self._sequence(_in_reverse(x, ends) if backwards else x, start, *parameters)
        last = tuple(result[-1] if ends is None else _at_end(result, ends) for result in results)
        return _in_reverse(results[0], ends) if backwards else results[0], last

    def _check_input(self, shape: tuple[int, ...]) -> None:
        name, axes = type(self).__name__, "batch, steps" if self.batch_first else "steps, batch"
        if len(shape) not in (2, 3) or shape[-1] != self.input_size:
            raise ShapeError(
                f"{name}: input of shape {shape}; expected ({axes}, {self.input_size}), or (steps, {self.input_size}) "
                f"for one sequence."
            )
        if shape[1 if self.batch_first and len(shape) == 3 else 0] == 0:
            raise ShapeError(f"{name}: input of shape {shape} has no steps.")

    def _ends(self, lengths: Any, shape: tuple[int, ...]) -> np.ndarray:
        """``lengths`` as an array, checked against an input of ``shape``, time first."""
        name, (steps, batch, _) = type(self).__name__, shape
        ends = lengths.data if isinstance(lengths, Tensor) else np.asarray(lengths)
        if ends.dtype.kind not in "iu":
            raise DTypeError(f"{name}: lengths of dtype {ends.dtype}; expected integers.")
        if ends.shape != (batch,):
            raise ShapeError(f"{name}: lengths of shape {ends.shape}; expected ({batch},), one for each sequence.")
        if ((ends < 1) | (ends > steps)).any():
            raise ShapeError(f"{name}: lengths {ends.tolist()}; expected 1 to {steps}, the input's number of steps.")
        return ends.astype(np.intp)

    def _starts(self, hx: Any, batch: int, single: bool) -> list[Any]:
        """The first states, and the first cells if there are any, each (layers · directions, batch, hidden_size)."""
        name, rows = type(self).__name__, self.num_layers * len(self._directions())
        if hx is None:
            return [np.zeros((rows, batch, self.hidden_size), self.weight_hh_l0.dtype)] * (1 + self.has_cell)
        if self.has_cell and not (isinstance(hx, (tuple, list)) and len(hx) == 2):
            raise DTypeError(f"{name}: hx is a {type(hx).__name__}; expected the pair (h_0, c_0).")
        expected = (rows, self.hidden_size) if single else (rows, batch, self.hidden_size)
        starts = [ag.asarray(start) for start in (hx if self.has_cell else [hx])]
        for what, start in zip(("h_0", "c_0"), starts, strict=False):
            if start.shape != expected:
                raise ShapeError(f"{name}: {what} of shape {start.shape}; expected {expected} for this input.")
        return [start[:, None] for start in starts] if single else starts

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the default."""
        options = {
            "num_layers": (self.num_layers, 1), "bias": (self.bias, True), "batch_first": (self.batch_first, False),
            "dropout": (self.dropout, 0.0), "bidirectional": (self.bidirectional, False),
        }
        said = [f"{name}={value}" for name, (value, default) in options.items() if value != default]
        return ", ".join([str(self.input_size), str(self.hidden_size), *said])


def _padded_with_zeros(x: Tensor, ends: np.ndarray) -> Tensor:
    """0 wherever a sequence has ended, so that nothing that stood there, not even NaN, is felt."""
    return ag.where(np.arange(len(x))[:, None, None] < ends[:, None], x, 0.0)


def _in_reverse(x: Tensor, ends: np.ndarray | None) -> Tensor:
    """Every sequence backwards, from its own end; the padding stays behind it. Twice is nothing."""
    if ends is None:
        return x[::-1]
    step = np.arange(len(x))[:, None]
    return x[np.where(step < ends, ends - 1 - step, step), np.arange(len(ends))]


def _at_end(y: Tensor, ends: np.ndarray) -> Tensor:
    """What every sequence has at its last step."""
    return y[ends - 1, np.arange(len(ends))]


class RNN(_Recurrent):
    """An Elman network over sequences: h_t = tanh(x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh).

    Gradients are multiplied with W_hh and a slope of at most 1 at every step, and so vanish or explode over many:
    LSTM and GRU are made against that.

    Args:
        input_size: features of x.
        hidden_size: units, features of h.
        num_layers: how many, each taking the outputs of the one below.
        nonlinearity: "tanh" or "relu".
        bias: whether to add the biases.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        dropout: the share of outputs dropped between layers in training.
        bidirectional: a second network goes through each sequence backwards; outputs stand side by side.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        See :meth:`forward`. For layer k, ``weight_ih_lk`` is (hidden_size, features of its input), ``weight_hh_lk``
        (hidden_size, hidden_size); the backward direction adds ``_reverse`` to the names.

    Raises:
        OptionError: sizes below 1, a dropout outside 0 .. 1, another nonlinearity.
        ShapeError: on a call, see :meth:`forward`.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        J. Elman: Finding structure in time. Cognitive Science 14 (1990).

    Example:
        >>> import numpy as np, nn
        >>> y, h = nn.RNN(3, 2, num_layers=2, rng=0)(np.zeros((7, 5, 3)))
        >>> y.shape, h.shape
        ((7, 5, 2), (2, 5, 2))
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: Nonlinearity = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self.nonlinearity = one_of("RNN: nonlinearity", nonlinearity, "tanh", "relu")
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                         rng=rng, dtype=dtype)

    def _sequence(self, x: Tensor, start: list[Any], weight_ih: Parameter, weight_hh: Parameter,
                  bias_ih: Parameter | None, bias_hh: Parameter | None) -> tuple[Tensor, ...]:
        from_x = linear(x, weight_ih, _both(bias_ih, bias_hh))
        return (recurrences.rnn(from_x, weight_hh, *start, relu=self.nonlinearity == "relu"),)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the default."""
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTM(_Recurrent):
    """Long short-term memory over sequences: cells that keep what is worth keeping past many steps.

    With i, f, a, o = σ, σ, tanh, σ of the four blocks of x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh:
    c_t = f c_{t-1} + i a and h_t = o tanh(c_t).

    Args:
        input_size: features of x.
        hidden_size: units, features of h and c.
        num_layers: how many, each taking the outputs of the one below.
        bias: whether to add the biases.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        dropout: the share of outputs dropped between layers in training.
        bidirectional: a second network goes through each sequence backwards; outputs stand side by side.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        See :meth:`forward`. For layer k, ``weight_ih_lk`` is (4 hidden_size, features of its input), ``weight_hh_lk``
        (4 hidden_size, hidden_size), in blocks i, f, a, o; the backward direction adds ``_reverse`` to the names.

    Raises:
        OptionError: sizes below 1, a dropout outside 0 .. 1.
        ShapeError: on a call, see :meth:`forward`.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        S. Hochreiter, J. Schmidhuber: Long short-term memory. Neural Computation 9 (1997). F. Gers, J. Schmidhuber,
        F. Cummins: Learning to forget. Neural Computation 12 (2000), for the forget gate f.

    Example:
        >>> import numpy as np, nn
        >>> lstm = nn.LSTM(3, 2, batch_first=True, bidirectional=True, rng=0)
        >>> y, (h, c) = lstm(np.zeros((5, 7, 3)), lengths=[7, 7, 4, 2, 1])
        >>> y.shape, h.shape, c.shape
        ((5, 7, 4), (2, 5, 2), (2, 5, 2))
    """

    gates = 4
    has_cell = True

    def _sequence(self, x: Tensor, start: list[Any], weight_ih: Parameter, weight_hh: Parameter,
                  bias_ih: Parameter | None, bias_hh: Parameter | None) -> tuple[Tensor, ...]:
        return recurrences.lstm(linear(x, weight_ih, _both(bias_ih, bias_hh)), weight_hh, *start)


class GRU(_Recurrent):
    """Gated recurrent units over sequences: each state is a mixture of the one before and a proposal n.

    With r, z = σ of the first two blocks of x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh:
    n = tanh(x_t W_inᵀ + b_in + r (h_{t-1} W_hnᵀ + b_hn)) and h_t = (1 - z) n + z h_{t-1}.

    Args:
        input_size: features of x.
        hidden_size: units, features of h.
        num_layers: how many, each taking the outputs of the one below.
        bias: whether to add the biases.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        dropout: the share of outputs dropped between layers in training.
        bidirectional: a second network goes through each sequence backwards; outputs stand side by side.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        See :meth:`forward`. For layer k, ``weight_ih_lk`` is (3 hidden_size, features of its input), ``weight_hh_lk``
        (3 hidden_size, hidden_size), in blocks r, z, n; the backward direction adds ``_reverse`` to the names.

    Raises:
        OptionError: sizes below 1, a dropout outside 0 .. 1.
        ShapeError: on a call, see :meth:`forward`.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        K. Cho et al.: Learning phrase representations using RNN encoder-decoder for statistical machine translation.
        EMNLP (2014). (There, r acts on h before the product; here, as in PyTorch, after it.)

    Example:
        >>> import numpy as np, nn
        >>> y, h = nn.GRU(3, 2, rng=0)(np.zeros((7, 5, 3)))
        >>> y.shape, h.shape
        ((7, 5, 2), (1, 5, 2))
    """

    gates = 3

    def _sequence(self, x: Tensor, start: list[Any], weight_ih: Parameter, weight_hh: Parameter,
                  bias_ih: Parameter | None, bias_hh: Parameter | None) -> tuple[Tensor, ...]:
        bias = np.zeros(len(weight_hh), weight_hh.dtype) if bias_hh is None else bias_hh
        return (recurrences.gru(linear(x, weight_ih, bias_ih), weight_hh, bias, *start),)


def _both(bias_ih: Parameter | None, bias_hh: Parameter | None) -> Tensor | None:
    return None if bias_ih is None or bias_hh is None else bias_ih + bias_hh
