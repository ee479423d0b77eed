"""Functions for models, under the names of ``torch.nn.functional``; most are ``ag``'s own."""

from autograd_core import (
    avg_pool1d,
    avg_pool2d,
    celu,
    conv1d,
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    elu,
    gelu,
    glu,
    leaky_relu,
    log_softmax,
    max_pool1d,
    max_pool2d,
    mish,
    pad,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from autograd_core import log_sigmoid as logsigmoid

from .layers.attention import scaled_dot_product_attention
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cross_entropy,
    ctc_loss,
    huber_loss,
    huffman,
    kl_div,
    l1_loss,
    mse_loss,
    multilabel_soft_margin_loss,
    nll_loss,
    pairwise_distance,
    smooth_l1_loss,
    triplet_margin_loss,
)

__all__ = [
    "avg_pool1d", "avg_pool2d", "binary_cross_entropy", "binary_cross_entropy_with_logits", "celu", "conv1d", "conv2d",
    "conv_transpose1d", "conv_transpose2d", "cosine_embedding_loss", "cross_entropy", "ctc_loss", "elu", "gelu", "glu",
    "huber_loss", "huffman", "kl_div", "l1_loss", "leaky_relu", "log_softmax", "logsigmoid", "max_pool1d", "max_pool2d",
    "mish", "mse_loss", "multilabel_soft_margin_loss", "nll_loss", "pad", "pairwise_distance", "relu",
    "scaled_dot_product_attention", "selu", "sigmoid", "silu", "smooth_l1_loss", "softmax", "softplus", "softsign",
    "tanh", "triplet_margin_loss",
]
