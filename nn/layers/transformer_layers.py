"""Layers of Transformers: attention, and a small network at each position, with short cuts around both."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError

from .. import init
from ..module import Module
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .normalization import LayerNorm

Activation = Literal["relu", "gelu"] | Callable[[Any], Any]


def _activation(layer: str, activation: Activation) -> Callable[[Any], Any]:
    if callable(activation):
        return activation
    if activation not in ("relu", "gelu"):
        raise OptionError(f"{layer}: activation={activation!r}; expected 'relu', 'gelu' or a function.")
    return ag.relu if activation == "relu" else ag.gelu


class TransformerEncoderLayer(Module):
    """Self-attention, then a network of two linear layers at each position; each with a short cut and a LayerNorm.

    x = norm1(x + attention(x)), then norm2(x + linear2(act(linear1(x)))). With ``norm_first``, x + attention(norm1(x)),
    then x + linear2(act(linear1(norm2(x)))): it trains deep stacks without a warm-up of the learning rate.

    Args:
        d_model: features of inputs and outputs.
        nhead: heads of attention; they divide d_model.
        dim_feedforward: units of the network.
        dropout: the share dropped in training: of attention weights, units, and what is added to the short cuts.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: ``eps`` of the LayerNorms.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        norm_first: normalise before attention and network, not after.
        bias: whether linear layers and LayerNorms have biases.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        (steps, batch, d_model), or (batch, steps, d_model), or (steps, d_model); the output has the same.

    Raises:
        OptionError: sizes below 1, heads that do not divide d_model, an activation of another name.
        ShapeError: on a call, inputs or masks of other shapes.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017). R. Xiong et al.: On layer normalization in the
        Transformer architecture. ICML (2020), for ``norm_first``.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True, rng=0)
        >>> layer(np.zeros((5, 7, 8), np.float32)).shape
        (5, 7, 8)
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: Activation = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, *, rng: init.Rng = None,
                 dtype: npt.DTypeLike = np.float32) -> None:
        rng = init.generator(rng)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, rng=rng,
                                            dtype=dtype)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng, dtype=dtype)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng, dtype=dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1 = Dropout(dropout, rng=rng)
        self.dropout2 = Dropout(dropout, rng=rng)
        self.activation = _activation("TransformerEncoderLayer", activation)

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None,
                is_causal: bool = False) -> Tensor:
        """The layer's output.

        Args:
            src: Tensor or array; see the class.
            src_mask, src_key_padding_mask, is_causal: ``attn_mask``, ``key_padding_mask`` and ``is_causal`` of
                :meth:`MultiheadAttention.forward`.

        Returns:
            Tensor like ``src``.
        """

        def attention(x: Tensor) -> Tensor:
            read, _ = self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)
            return self.dropout1(read)  # type: ignore[no-any-return]  # a Tensor

        def network(x: Tensor) -> Tensor:
            return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))  # type: ignore[no-any-return]

        x = ag.asarray(src)
        if self.norm_first:
            x = x + attention(self.norm1(x))
            return x + network(self.norm2(x))
        x = self.norm1(x + attention(x))
        return self.norm2(x + network(x))  # type: ignore[no-any-return]  # a Tensor


class TransformerDecoderLayer(Module):
    """Self-attention, attention to the encoder's output, then a network at each position; each with a short cut.

    x = norm1(x + attention(x, x)), norm2(x + attention(x, memory)), norm3(x + linear2(act(linear1(x)))); with
    ``norm_first``, the LayerNorms come before, as in :class:`TransformerEncoderLayer`.

    Args:
        d_model: features of inputs, memory and outputs.
        nhead: heads of attention; they divide d_model.
        dim_feedforward: units of the network.
        dropout: the share dropped in training: of attention weights, units, and what is added to the short cuts.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: ``eps`` of the LayerNorms.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        norm_first: normalise before attention and network, not after.
        bias: whether linear layers and LayerNorms have biases.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        tgt (steps, batch, d_model) and memory (its steps, batch, d_model), or both (batch, steps, d_model), or both
        (steps, d_model); the output is like tgt.

    Raises:
        OptionError: sizes below 1, heads that do not divide d_model, an activation of another name.
        ShapeError: on a call, inputs or masks of other shapes.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017).

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True, rng=0)
        >>> layer(np.zeros((5, 7, 8), np.float32), np.zeros((5, 4, 8), np.float32), tgt_is_causal=True).shape
        (5, 7, 8)
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: Activation = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, *, rng: init.Rng = None,
                 dtype: npt.DTypeLike = np.float32) -> None:
        rng = init.generator(rng)
        attention = functools.partial(MultiheadAttention, batch_first=batch_first, rng=rng, dtype=dtype)
        self.self_attn = attention(d_model, nhead, dropout, bias)
        self.multihead_attn = attention(d_model, nhead, dropout, bias)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng, dtype=dtype)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng, dtype=dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1 = Dropout(dropout, rng=rng)
        self.dropout2 = Dropout(dropout, rng=rng)
        self.dropout3 = Dropout(dropout, rng=rng)
        self.activation = _activation("TransformerDecoderLayer", activation)

    def forward(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None,
                tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, tgt_is_causal: bool = False,
                memory_is_causal: bool = False) -> Tensor:
        """The layer's output.

        Args:
            tgt: Tensor or array; see the class.
            memory: Tensor or array: what the encoder made.
            tgt_mask, tgt_key_padding_mask, tgt_is_causal: ``attn_mask``, ``key_padding_mask`` and ``is_causal`` of the
                self-attention; see :meth:`MultiheadAttention.forward`.
            memory_mask, memory_key_padding_mask, memory_is_causal: the same of the attention to ``memory``.

        Returns:
            Tensor like ``tgt``.
        """

        def attention(x: Tensor) -> Tensor:
            read, _ = self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)
            return self.dropout1(read)  # type: ignore[no-any-return]  # a Tensor

        def recollection(x: Tensor) -> Tensor:
            read, _ = self.multihead_attn(x, memory, memory, memory_key_padding_mask, False, memory_mask,
                                          is_causal=memory_is_causal)
            return self.dropout2(read)  # type: ignore[no-any-return]  # a Tensor

        def network(x: Tensor) -> Tensor:
            return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))  # type: ignore[no-any-return]

        x = ag.asarray(tgt)
        if self.norm_first:
            x = x + attention(self.norm1(x))
            x = x + recollection(self.norm2(x))
            return x + network(self.norm3(x))
        x = self.norm1(x + attention(x))
        x = self.norm2(x + recollection(x))
        return self.norm3(x + network(x))  # type: ignore[no-any-return]  # a Tensor
