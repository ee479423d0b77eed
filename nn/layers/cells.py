"""One step of a recurrent network: RNNCell, LSTMCell, GRUCell, as their formulas say. Sequences: ``recurrent.py``."""

from __future__ import annotations

import functools
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, ShapeError
from autograd_core.options import integer, one_of

from .. import init
from ..module import Module
from ..parameter import Parameter
from .linear import linear, uniform

Nonlinearity = Literal["tanh", "relu"]


def weights(gates: int, input_size: int, hidden_size: int, bias: bool, rng: np.random.Generator,
            dtype: npt.DTypeLike) -> dict[str, Parameter | None]:
    """The parameters of one direction of one layer, drawn from U(-1/√hidden, 1/√hidden) as in PyTorch."""
    drawn, rows = functools.partial(uniform, fan_in=hidden_size, rng=rng, dtype=dtype), gates * hidden_size
    return {
        "weight_ih": drawn(rows, input_size),
        "weight_hh": drawn(rows, hidden_size),
        "bias_ih": drawn(rows) if bias else None,
        "bias_hh": drawn(rows) if bias else None,
    }


class _Cell(Module):
    """What the cells have in common: the parameters, and the two affine maps of input and state."""

    gates = 1
    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, rng: init.Rng = None,
                 dtype: npt.DTypeLike = np.float32) -> None:
        name = type(self).__name__
        self.input_size = integer(f"{name}: input_size", input_size, least=1)
        self.hidden_size = integer(f"{name}: hidden_size", hidden_size, least=1)
        for key, parameter in weights(self.gates, input_size, hidden_size, bias, init.generator(rng), dtype).items():
            setattr(self, key, parameter)

    def _affine(self, x: Any, h: Any) -> tuple[Tensor, Tensor]:
        """x W_ihᵀ + b_ih and h W_hhᵀ + b_hh, both (..., gates · hidden)."""
        return linear(x, self.weight_ih, self.bias_ih), linear(h, self.weight_hh, self.bias_hh)

    def _checked(self, x: Any, *states: Any) -> tuple[Any, ...]:
        """The input, and the states; zeros for those that are None."""
        name, shape = type(self).__name__, np.shape(x)
        if len(shape) not in (1, 2) or shape[-1] != self.input_size:
            raise ShapeError(
                f"{name}: input of shape {shape}; expected ({self.input_size},) or (batch, {self.input_size})."
            )
        expected = (*shape[:-1], self.hidden_size)
        for state in states:
            if state is not None and np.shape(state) != expected:
                raise ShapeError(f"{name}: a state of shape {np.shape(state)}; expected {expected} for this input.")
        zeros = np.zeros(expected, self.weight_hh.dtype)
        return (x, *(zeros if state is None else state for state in states))

    def extra_repr(self) -> str:
        """The sizes."""
        return f"{self.input_size}, {self.hidden_size}" + (", bias=False" if self.bias_ih is None else "")


class RNNCell(_Cell):
    """One step of an Elman network: h' = tanh(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh).

    Args:
        input_size: features of x.
        hidden_size: units, features of h.
        bias: whether to add the biases.
        nonlinearity: "tanh" or "relu".
        rng: a Generator, or a seed; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        x (batch, input_size) and h (batch, hidden_size) to h' (batch, hidden_size); all of them also without batch.
        ``weight_ih`` is (hidden_size, input_size), ``weight_hh`` (hidden_size, hidden_size).

    Raises:
        OptionError: sizes below 1, another nonlinearity.
        ShapeError: on a call, an input or state of another shape.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        J. Elman: Finding structure in time. Cognitive Science 14 (1990).

    Example:
        >>> import numpy as np, nn
        >>> nn.RNNCell(3, 2, rng=0)(np.zeros((5, 3))).shape
        (5, 2)
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: Nonlinearity = "tanh", *,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__(input_size, hidden_size, bias, rng=rng, dtype=dtype)
        self.nonlinearity = one_of("RNNCell: nonlinearity", nonlinearity, "tanh", "relu")

    def forward(self, x: Any, hx: Any = None) -> Tensor:
        """The next state; see the class. No ``hx`` means zeros."""
        from_x, from_h = self._affine(*self._checked(x, hx))
        return (ag.tanh if self.nonlinearity == "tanh" else ag.relu)(from_x + from_h)

    def extra_repr(self) -> str:
        """The sizes, and the nonlinearity."""
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(_Cell):
    """One step of an LSTM, whose cell c carries what is worth keeping past many steps.

    With i, f, a, o = σ, σ, tanh, σ of the four blocks of x W_ihᵀ + b_ih + h W_hhᵀ + b_hh: c' = f c + i a and
    h' = o tanh(c'). The gradient reaches c from c' multiplied with f only, so it does not vanish while f is near 1.

    Args:
        input_size: features of x.
        hidden_size: units, features of h and c.
        bias: whether to add the biases.
        rng: a Generator, or a seed; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        x (batch, input_size) and (h, c), both (batch, hidden_size), to (h', c'); all of them also without batch.
        ``weight_ih`` is (4 hidden_size, input_size), ``weight_hh`` (4 hidden_size, hidden_size); blocks i, f, a, o.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, an input or state of another shape.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        S. Hochreiter, J. Schmidhuber: Long short-term memory. Neural Computation 9 (1997). F. Gers, J. Schmidhuber,
        F. Cummins: Learning to forget. Neural Computation 12 (2000), for the forget gate f.

    Example:
        >>> import numpy as np, nn
        >>> h, c = nn.LSTMCell(3, 2, rng=0)(np.zeros((5, 3)))
        >>> h.shape, c.shape
        ((5, 2), (5, 2))
    """

    gates = 4

    def forward(self, x: Any, hx: tuple[Any, Any] | None = None) -> tuple[Tensor, Tensor]:
        """The next (h, c); see the class. No ``hx`` means zeros."""
        if hx is not None and not (isinstance(hx, (tuple, list)) and len(hx) == 2):
            raise DTypeError(f"LSTMCell: hx is a {type(hx).__name__}; expected the pair (h, c).")
        x, h, c = self._checked(x, *(hx or (None, None)))
        from_x, from_h = self._affine(x, h)
        i, f, a, o = ag.split(from_x + from_h, 4, axis=-1)
        c = ag.sigmoid(f) * c + ag.sigmoid(i) * ag.tanh(a)
        return ag.sigmoid(o) * ag.tanh(c), c


class GRUCell(_Cell):
    """One step of a gated recurrent unit: h' is a mixture of the old state and a proposal n.

    With r, z = σ of the first two blocks of x W_ihᵀ + b_ih + h W_hhᵀ + b_hh:
    n = tanh(x W_inᵀ + b_in + r (h W_hnᵀ + b_hn)) and h' = (1 - z) n + z h.

    Args:
        input_size: features of x.
        hidden_size: units, features of h.
        bias: whether to add the biases.
        rng: a Generator, or a seed; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        x (batch, input_size) and h (batch, hidden_size) to h' (batch, hidden_size); all of them also without batch.
        ``weight_ih`` is (3 hidden_size, input_size), ``weight_hh`` (3 hidden_size, hidden_size); blocks r, z, n.

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, an input or state of another shape.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        K. Cho et al.: Learning phrase representations using RNN encoder-decoder for statistical machine translation.
        EMNLP (2014). (There, r acts on h before the product; here, as in PyTorch, after it.)

    Example:
        >>> import numpy as np, nn
        >>> nn.GRUCell(3, 2, rng=0)(np.zeros((5, 3))).shape
        (5, 2)
    """

    gates = 3

    def forward(self, x: Any, hx: Any = None) -> Tensor:
        """The next state; see the class. No ``hx`` means zeros."""
        x, h = self._checked(x, hx)
        from_x, from_h = self._affine(x, h)
        xr, xz, xn = ag.split(from_x, 3, axis=-1)
        hr, hz, hn = ag.split(from_h, 3, axis=-1)
        r, z = ag.sigmoid(xr + hr), ag.sigmoid(xz + hz)
        n = ag.tanh(xn + r * hn)
        return n + z * (h - n)  # type: ignore[no-any-return]  # a Tensor
