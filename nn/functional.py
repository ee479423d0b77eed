"""Functions for models, under the names and with the arguments of ``torch.nn.functional``; many are ``ag``'s own.

Pass the first array by position: ``ag``'s own functions call it ``x``. What they do not take is listed in
``docs/coming_from_pytorch.md``.
"""

from autograd_core import (
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    max_pool1d,
    max_pool2d,
    mish,
    relu,
    selu,
    sigmoid,
    silu,
    softsign,
    tanh,
)
from autograd_core import log_sigmoid as logsigmoid

from .activations.classes import log_softmax, softmax
from .activations.exponential import celu, elu, softplus
from .activations.gated import gelu, glu, hardswish
from .activations.rectifiers import leaky_relu, prelu, relu6, threshold
from .activations.squashing import hardsigmoid, hardtanh
from .layers.attention import scaled_dot_product_attention
from .layers.dropout import dropout, dropout1d, dropout2d
from .layers.embedding import embedding, one_hot
from .layers.linear import linear
from .layers.normalization import group_norm, layer_norm, rms_norm
from .layers.padding import pad
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cosine_similarity,
    cross_entropy,
    ctc_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    multilabel_soft_margin_loss,
    nll_loss,
    normalize,
    pairwise_distance,
    smooth_l1_loss,
    triplet_margin_loss,
)

__all__ = [
    "avg_pool1d", "avg_pool2d", "binary_cross_entropy", "binary_cross_entropy_with_logits", "celu", "conv1d", "conv2d",
    "conv_transpose1d", "conv_transpose2d", "cosine_embedding_loss", "cosine_similarity", "cross_entropy", "ctc_loss",
    "dropout", "dropout1d", "dropout2d", "elu", "embedding", "gelu", "glu", "group_norm", "hardsigmoid", "hardswish",
    "hardtanh", "huber_loss", "kl_div", "l1_loss", "layer_norm", "leaky_relu", "linear", "log_softmax",
    "logsigmoid", "max_pool1d", "max_pool2d", "mish", "mse_loss", "multilabel_soft_margin_loss", "nll_loss",
    "normalize", "one_hot", "pad", "pairwise_distance", "prelu", "relu", "relu6", "rms_norm",
    "scaled_dot_product_attention", "selu", "sigmoid", "silu", "smooth_l1_loss", "softmax", "softplus", "softsign",
    "tanh", "threshold", "triplet_margin_loss",
]
