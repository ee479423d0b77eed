"""The recurrences of RNN, LSTM and GRU over a whole sequence, one primitive each.

A step is a dozen small operations, whose recording costs more than their arithmetic. Forward and backward, this beats
the cell step by step: at 32 steps x 32 sequences x 64 units RNN 5.7x, LSTM 1.4x, GRU 2.8x; at 16 x 1 x 16 units 2.7x,
4.5x, 4.4x.

Gradients flow back through time once, for all operands together. As the tape asks for one operand at a time, the
operands come joined into one flat array; so do the results. The input's share of every step, ``x``, is computed
before, for all steps at once. The rules follow backpropagation through time, written like the forward pass.

Source:
    P. Werbos: Backpropagation through time: what it does and how to do it. Proceedings of the IEEE 78 (1990).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.recording import Primitive

Shape = tuple[int, ...]


def _join(*arrays: Any) -> Any:
    """All elements in one flat array."""
    return np.concatenate([array.reshape(-1) for array in arrays])


def _cut(flat: Any, *shapes: Shape) -> list[Any]:
    """The arrays of these shapes that were joined into ``flat``; they show its memory."""
    parts, start = [], 0
    for shape in shapes:
        stop = start + math.prod(shape)
        parts.append(flat[start:stop].reshape(shape))
        start = stop
    return parts


def _before(y: Any, first: Any) -> Any:
    """What every step started from: the result of the step before, ``first`` at the first."""
    return np.concatenate([first[None], y[:-1]])


def _weight_gradient(deltas: Any, h_before: Any) -> Any:
    """Σ delta hᵀ over all steps and sequences."""
    return deltas.reshape(-1, deltas.shape[-1]).T @ h_before.reshape(-1, h_before.shape[-1])


# RNN: h' = act(x + h Wᵀ)

def _rnn_operands(steps: int, batch: int, units: int) -> tuple[Shape, ...]:
    return (steps, batch, units), (units, units), (batch, units)


def _rnn(joined: Any, shape: Shape, relu: bool) -> Any:
    x, weight, h = _cut(joined, *_rnn_operands(*shape))
    weight = np.ascontiguousarray(weight.T)  # a product with a transposed matrix takes twice as long
    states = np.empty(shape, joined.dtype)
    for x_t, new in zip(x, states, strict=True):
        h = np.matmul(h, weight, out=new)
        h += x_t
        if relu:
            np.maximum(h, 0, out=h)
        else:
            np.tanh(h, out=h)
    return states


def _rnn_gradient(g: Any, joined: Any, y: Any, shape: Shape, relu: bool) -> Any:
    _, weight, h = _cut(joined, *_rnn_operands(*shape))
    slopes = y != 0 if relu else 1 - y * y
    dh: Any = 0
    deltas = []
    for t in reversed(range(shape[0])):
        deltas.append((g[t] + dh) * slopes[t])
        dh = deltas[-1] @ weight
    delta = np.stack(deltas[::-1])
    return _join(delta, _weight_gradient(delta, _before(y, h)), dh)


_RNN = Primitive("rnn", _rnn, {"joined": _rnn_gradient}, options=("shape", "relu"))


def rnn(x: Any, weight: Any, h: Any, *, relu: bool = False) -> Tensor:
    """The states of an Elman network, h_t = tanh(x_t + h_{t-1} Wᵀ).

    Args:
        x: Tensor or array (steps, batch, units): W_ih times the input, and all biases.
        weight: Tensor or array (units, units).
        h: Tensor or array (batch, units): the state before the first step.
        relu: max(0, .) instead of tanh.

    Returns:
        Tensor (steps, batch, units).

    Example:
        >>> import numpy as np
        >>> from nn.layers.recurrences import rnn
        >>> rnn(np.ones((3, 1, 1)), np.ones((1, 1)), np.zeros((1, 1)), relu=True).tolist()
        [[[1.0]], [[2.0]], [[3.0]]]
    """
    return _RNN(_join(x, weight, h), shape=x.shape, relu=relu)  # type: ignore[no-any-return]  # a Tensor


# LSTM: i, f, a, o = σ, σ, tanh, σ of x + h Wᵀ;  c' = f c + i a;  h' = o tanh(c')

def _lstm_operands(steps: int, batch: int, units: int) -> tuple[Shape, ...]:
    return (steps, batch, 4 * units), (4 * units, units), (batch, units), (batch, units)


def _lstm_results(steps: int, batch: int, units: int) -> tuple[Shape, ...]:
    return (steps, batch, 4 * units), (steps, batch, units), (steps, batch, units)


def _lstm(joined: Any, shape: Shape) -> Any:
    x, weight, h, c = _cut(joined, *_lstm_operands(*shape))
    weight = np.ascontiguousarray(weight.T)
    results = _lstm_results(*shape)
    y = np.empty(sum(map(math.prod, results)), joined.dtype)
    n = shape[2]
    half = np.full(4 * n, 0.5, y.dtype)
    half[2 * n : 3 * n] = 1
    rest = 1 - half
    for x_t, z, new_c, new_h in zip(x, *_cut(y, *results), strict=True):
        np.matmul(h, weight, out=z)
        z += x_t
        z *= half  # one tanh for all gates: σ(z) = tanh(z/2)/2 + 1/2
        np.tanh(z, out=z)
        z *= half
        z += rest
        i, f, a, o = z[:, :n], z[:, n : 2 * n], z[:, 2 * n : 3 * n], z[:, 3 * n :]
        c = np.multiply(f, c, out=new_c)
        c += i * a
        h = np.multiply(o, np.tanh(c), out=new_h)
    return y


def _lstm_gradient(g: Any, joined: Any, y: Any, shape: Shape) -> Any:
    _, weight, h, c = _cut(joined, *_lstm_operands(*shape))
    gates, cells, states = _cut(y, *_lstm_results(*shape))
    g_gates, g_cells, g_states = _cut(g, *_lstm_results(*shape))
    n = shape[2]
    i, f, a, o = (gates[..., k * n : (k + 1) * n] for k in range(4))
    slopes = np.concatenate([i * (1 - i), f * (1 - f), 1 - a * a, o * (1 - o)], axis=-1)
    squashed = np.tanh(cells)
    into_cell = o * (1 - squashed * squashed)
    before = _before(cells, c)
    dh: Any = 0
    dc: Any = 0
    deltas = []
    for t in reversed(range(shape[0])):
        dh = dh + g_states[t]
        dc = dc + g_cells[t] + dh * into_cell[t]
        d_gates = np.concatenate([dc * a[t], dc * before[t], dc * i[t], dh * squashed[t]], axis=-1)
        deltas.append((g_gates[t] + d_gates) * slopes[t])
        dh = deltas[-1] @ weight
        dc = dc * f[t]
    delta = np.stack(deltas[::-1])
    return _join(delta, _weight_gradient(delta, _before(states, h)), dh, dc)


_LSTM = Primitive("lstm", _lstm, {"joined": _lstm_gradient}, options=("shape",))


def lstm(x: Any, weight: Any, h: Any, c: Any) -> tuple[Tensor, Tensor]:
    """The states and cells of an LSTM: i, f, a, o = gates(x_t + h Wᵀ), c' = f c + i a, h' = o tanh(c').

    Args:
        x: Tensor or array (steps, batch, 4 units): W_ih times the input, and all biases, gates in the order i, f, a, o.
        weight: Tensor or array (4 units, units).
        h, c: Tensor or array (batch, units): state and cell before the first step.

    Returns:
        Two Tensors (steps, batch, units): states and cells.

    Example:
        >>> import numpy as np
        >>> from nn.layers.recurrences import lstm
        >>> full = np.full((3, 1, 4), 100.0)  # all gates open: the cell counts the steps
        >>> lstm(full, np.zeros((4, 1)), np.zeros((1, 1)), np.zeros((1, 1)))[1].tolist()
        [[[1.0]], [[2.0]], [[3.0]]]
    """
    shape = (*x.shape[:2], weight.shape[1])
    _, cells, states = _cut(_LSTM(_join(x, weight, h, c), shape=shape), *_lstm_results(*shape))
    return states, cells


# GRU: r, z = σ of x + h Wᵀ + b;  m = h Wᵀ + b;  n = tanh(x + r m);  h' = n + z (h - n)

def _gru_operands(steps: int, batch: int, units: int) -> tuple[Shape, ...]:
    return (steps, batch, 3 * units), (3 * units, units), (3 * units,), (batch, units)


def _gru_results(steps: int, batch: int, units: int) -> tuple[Shape, ...]:
    return (steps, batch, 2 * units), *((steps, batch, units),) * 3


def _gru(joined: Any, shape: Shape) -> Any:
    x, weight, bias, h = _cut(joined, *_gru_operands(*shape))
    weight = np.ascontiguousarray(weight.T)
    results = _gru_results(*shape)
    y = np.empty(sum(map(math.prod, results)), joined.dtype)
    u = shape[2]
    for x_t, gates, m, n, new in zip(x, *_cut(y, *results), strict=True):
        from_h = h @ weight
        from_h += bias
        m[...] = from_h[:, 2 * u :]
        np.add(x_t[:, : 2 * u], from_h[:, : 2 * u], out=gates)
        gates *= 0.5  # σ(v) = tanh(v/2)/2 + 1/2
        np.tanh(gates, out=gates)
        gates *= 0.5
        gates += 0.5
        np.multiply(gates[:, :u], m, out=n)
        n += x_t[:, 2 * u :]
        np.tanh(n, out=n)
        h = np.subtract(h, n, out=new)
        h *= gates[:, u:]
        h += n
    return y


def _gru_gradient(g: Any, joined: Any, y: Any, shape: Shape) -> Any:
    _, weight, _, h = _cut(joined, *_gru_operands(*shape))
    gates, m, n, states = _cut(y, *_gru_results(*shape))
    g_gates, g_m, g_n, g_states = _cut(g, *_gru_results(*shape))
    u = shape[2]
    r, z = gates[..., :u], gates[..., u:]
    before = _before(states, h)
    slopes, slope_n, from_z = gates * (1 - gates), 1 - n * n, before - n
    dh: Any = 0
    deltas_x, deltas_h = [], []
    for t in reversed(range(shape[0])):
        dh = dh + g_states[t]
        dn = (g_n[t] + dh * (1 - z[t])) * slope_n[t]
        d_gates = (g_gates[t] + np.concatenate([dn * m[t], dh * from_z[t]], axis=-1)) * slopes[t]
        deltas_x.append(np.concatenate([d_gates, dn], axis=-1))
        deltas_h.append(np.concatenate([d_gates, g_m[t] + dn * r[t]], axis=-1))
        dh = deltas_h[-1] @ weight + dh * z[t]
    delta = np.stack(deltas_h[::-1])
    return _join(np.stack(deltas_x[::-1]), _weight_gradient(delta, before), delta.sum(axis=(0, 1)), dh)


_GRU = Primitive("gru", _gru, {"joined": _gru_gradient}, options=("shape",))


def gru(x: Any, weight: Any, bias: Any, h: Any) -> Tensor:
    """The states of a GRU: r, z = σ(x_t + h Wᵀ + b), n = tanh(x_t + r (h Wᵀ + b)), h' = n + z (h - n).

    Args:
        x: Tensor or array (steps, batch, 3 units): W_ih times the input, and its biases, in the order r, z, n.
        weight: Tensor or array (3 units, units).
        bias: Tensor or array (3 units,): inside the reset gate's reach, where it differs from the input's.
        h: Tensor or array (batch, units): the state before the first step.

    Returns:
        Tensor (steps, batch, units).

    Example:
        >>> import numpy as np
        >>> from nn.layers.recurrences import gru
        >>> keep = np.full((3, 1, 3), 100.0)  # z = 1: the state stays
        >>> gru(keep, np.zeros((3, 1)), np.zeros(3), np.full((1, 1), 7.0)).tolist()
        [[[7.0]], [[7.0]], [[7.0]]]
    """
    shape = (*x.shape[:2], weight.shape[1])
    return _cut(_GRU(_join(x, weight, bias, h), shape=shape), *_gru_results(*shape))[-1]  # type: ignore[no-any-return]
