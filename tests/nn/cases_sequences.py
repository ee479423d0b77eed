"""The cases of recurrent layers, attention and Transformers for ``test_every_module.py``."""

from module_case import Case, normal

import nn

CASES = [
    Case("RNNCell", lambda: nn.RNNCell(2, 3, rng=0), normal((2, 2), (2, 3))),
    Case("LSTMCell", lambda: nn.LSTMCell(2, 2, rng=0), normal((2, 2))),
    Case("GRUCell", lambda: nn.GRUCell(2, 2, rng=0), normal((2, 2), (2, 2))),
    Case("RNN", lambda: nn.RNN(2, 2, nonlinearity="relu", batch_first=True, rng=0), normal((2, 3, 2))),
    Case("RNN-two-layers", lambda: nn.RNN(2, 2, 2, dropout=0.5, rng=0), normal((2, 2, 2), (2, 2, 2))),
    Case("LSTM", lambda: nn.LSTM(2, 2, bidirectional=True, rng=0), normal((2, 2, 2))),
    Case("GRU", lambda: nn.GRU(2, 2, bias=False, rng=0), normal((3, 2, 2))),
    Case("MultiheadAttention", lambda: nn.MultiheadAttention(4, 2, dropout=0.3, rng=0),
         normal((3, 1, 4), (2, 1, 4), (2, 1, 4))),
    Case("MultiheadAttention-other-sizes", lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=1, rng=0),
         normal((2, 4), (2, 3), (2, 1))),
    Case("TransformerEncoderLayer", lambda: nn.TransformerEncoderLayer(
        4, 2, 3, 0.2, activation="gelu", bias=False, rng=0), normal((2, 1, 4))),
    Case("TransformerDecoderLayer", lambda: nn.TransformerDecoderLayer(
        4, 1, 2, 0.0, norm_first=True, bias=False, rng=0), normal((2, 1, 4), (2, 1, 4))),
    Case("TransformerEncoder", lambda: nn.TransformerEncoder(
        nn.TransformerEncoderLayer(4, 1, 2, 0.0, norm_first=True, bias=False, rng=0), 2, nn.LayerNorm(4)),
        normal((2, 1, 4)), order=1),
    Case("TransformerDecoder", lambda: nn.TransformerDecoder(
        nn.TransformerDecoderLayer(4, 1, 2, 0.0, norm_first=True, bias=False, rng=0), 1),
        normal((2, 1, 4), (2, 1, 4)), order=1),
    Case("Transformer", lambda: nn.Transformer(4, 1, 1, 1, 2, 0.0, norm_first=True, bias=False, rng=0),
         normal((2, 1, 4), (2, 1, 4)), order=1),
    Case("SinusoidalPositionalEncoding", lambda: nn.SinusoidalPositionalEncoding(4), normal((3, 2, 4))),
    Case("RotaryPositionalEncoding", lambda: nn.RotaryPositionalEncoding(4), normal((2, 3, 4))),
]
