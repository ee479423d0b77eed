"""Stacks of Transformer layers: encoder, decoder, and both together."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor
from autograd_core.errors import DTypeError
from autograd_core.options import integer

from .. import init
from ..containers import ModuleList
from ..module import Module
from .normalization import LayerNorm
from .transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer


class TransformerEncoder(Module):
    """A stack of encoder layers: copies of one, which start alike, as in PyTorch, and then learn each for itself.

    For different starts, :class:`Transformer` draws each layer anew; or ``nn.init`` through ``model.apply``.

    Args:
        encoder_layer: the layer to copy; it is not part of the stack. The copies draw dropout from one Generator.
        num_layers: how many copies.
        norm: a module for the last output, as a LayerNorm where ``norm_first`` leaves it unnormalised.

    Shape:
        See :class:`TransformerEncoderLayer`.

    Raises:
        OptionError: fewer layers than 1.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, rng=0)
        >>> nn.TransformerEncoder(layer, num_layers=2)(np.zeros((7, 5, 8), np.float32)).shape
        (7, 5, 8)
    """

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        self.layers = _copies(encoder_layer, integer("TransformerEncoder: num_layers", num_layers, least=1))
        self.norm = norm

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Tensor:
        """The last layer's output; every layer gets the masks, see :meth:`TransformerEncoderLayer.forward`."""
        x = src
        for layer in self.layers:
            x = layer(x, mask, src_key_padding_mask, is_causal)
        return x if self.norm is None else self.norm(x)  # type: ignore[no-any-return]  # a Tensor


class TransformerDecoder(Module):
    """A stack of decoder layers: copies of one, which start alike, as in PyTorch, and then learn each for itself.

    Args:
        decoder_layer: the layer to copy; it is not part of the stack. The copies draw dropout from one Generator.
        num_layers: how many copies.
        norm: a module for the last output, as a LayerNorm where ``norm_first`` leaves it unnormalised.

    Shape:
        See :class:`TransformerDecoderLayer`.

    Raises:
        OptionError: fewer layers than 1.

    Example:
        >>> import numpy as np, nn
        >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, dim_feedforward=16, rng=0), num_layers=2)
        >>> decoder(np.zeros((7, 5, 8), np.float32), np.zeros((4, 5, 8), np.float32)).shape
        (7, 5, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        self.layers = _copies(decoder_layer, integer("TransformerDecoder: num_layers", num_layers, least=1))
        self.norm = norm

    def forward(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None,
                tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, tgt_is_causal: bool = False,
                memory_is_causal: bool = False) -> Tensor:
        """The last layer's output; every layer gets memory and masks, see :meth:`TransformerDecoderLayer.forward`."""
        x = tgt
        for layer in self.layers:
            x = layer(x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
                      memory_is_causal)
        return x if self.norm is None else self.norm(x)  # type: ignore[no-any-return]  # a Tensor


def _copies(layer: Module, count: int) -> ModuleList:
    """Independent copies, but for Generators: with copies of those, all layers would drop the same units."""
    if not isinstance(layer, Module):
        raise DTypeError(f"Transformer: layer={layer!r}; expected a Module to copy.")
    generators = [value for module in layer.modules() for value in vars(module).values()
                  if isinstance(value, np.random.Generator)]
    return ModuleList(copy.deepcopy(layer, {id(rng): rng for rng in generators}) for _ in range(count))


class Transformer(Module):
    """Encoder and decoder, to turn one sequence into another: the decoder reads what the encoder made of the source.

    Embeddings, positions and the last linear layer are the caller's. Weights start Xavier-uniform, each layer's anew.

    Args:
        d_model: features of sources, targets and outputs.
        nhead: heads of attention; they divide d_model.
        num_encoder_layers, num_decoder_layers: how many.
        dim_feedforward: units of the network in each layer.
        dropout: see :class:`TransformerEncoderLayer`.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: ``eps`` of the LayerNorms.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        norm_first: normalise before attention and network, not after.
        bias: whether linear layers and LayerNorms have biases.
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        src (steps, batch, d_model) and tgt (its steps, batch, d_model), or both (batch, steps, d_model), or both
        (steps, d_model); the output is like tgt.

    Raises:
        OptionError: sizes below 1, heads that do not divide d_model, an activation of another name.
        ShapeError: on a call, inputs or masks of other shapes.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017).

    Example:
        >>> import numpy as np, nn
        >>> model = nn.Transformer(8, 2, 1, 1, dim_feedforward=16, rng=0)
        >>> model(np.zeros((7, 5, 8), np.float32), np.zeros((4, 5, 8), np.float32), tgt_is_causal=True).shape
        (4, 5, 8)
    """

    def __init__(self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
                 dim_feedforward: int = 2048, dropout: float = 0.1, activation: Activation = "relu", *,
                 layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        rng = init.generator(rng)

        def layer(kind: type[TransformerEncoderLayer] | type[TransformerDecoderLayer]) -> Module:
            return kind(d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first,
                        bias, rng=rng, dtype=dtype)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        self.encoder = TransformerEncoder(layer(TransformerEncoderLayer), num_encoder_layers, norm())
        self.decoder = TransformerDecoder(layer(TransformerDecoderLayer), num_decoder_layers, norm())
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter, rng=rng)

    def forward(self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
                src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None,
                memory_key_padding_mask: Any = None, src_is_causal: bool = False, tgt_is_causal: bool = False,
                memory_is_causal: bool = False) -> Tensor:
        """The decoder's output; for the masks, see :meth:`TransformerDecoderLayer.forward`."""
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask,  # type: ignore[no-any-return]
                            tgt_is_causal, memory_is_causal)

    @staticmethod
    def generate_square_subsequent_mask(sz: int) -> np.ndarray:
        """The causal mask as floats: 0 where the key is not after the query, -inf where it is.

        Args:
            sz: the number of steps.

        Returns:
            Array (sz, sz), float32.

        Example:
            >>> import nn
            >>> nn.Transformer.generate_square_subsequent_mask(2)
            array([[  0., -inf],
                   [  0.,   0.]], dtype=float32)
        """
        return np.triu(np.full((sz, sz), -math.inf, np.float32), 1)
