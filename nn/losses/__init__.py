"""What training makes small: each loss as a function, and as a module with its options."""

from .cross_entropy import CrossEntropyLoss, NLLLoss, cross_entropy, nll_loss
from .ctc import CTCLoss, ctc_loss
from .hierarchical import HierarchicalSoftmax, huffman
from .hinge import AttributeHingeLoss, CrammerSingerLoss, MultiMarginLoss, WestonWatkinsLoss
from .probabilities import (
    BCELoss,
    BCEWithLogitsLoss,
    KLDivLoss,
    MultiLabelSoftMarginLoss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_div,
    multilabel_soft_margin_loss,
)
from .regression import (
    HalfMSELoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    SmoothL1Loss,
    huber_loss,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from .similarity import (
    CosineEmbeddingLoss,
    TripletMarginLoss,
    cosine_embedding_loss,
    cosine_similarity,
    normalize,
    pairwise_distance,
    triplet_margin_loss,
)

__all__ = [
    "AttributeHingeLoss", "BCELoss", "BCEWithLogitsLoss", "CTCLoss", "CosineEmbeddingLoss", "CrammerSingerLoss",
    "CrossEntropyLoss", "HalfMSELoss", "HierarchicalSoftmax", "HuberLoss", "KLDivLoss", "L1Loss", "MSELoss",
    "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss", "SmoothL1Loss", "TripletMarginLoss",
    "WestonWatkinsLoss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss",
    "cosine_similarity", "cross_entropy", "ctc_loss", "huber_loss", "huffman", "kl_div", "l1_loss", "mse_loss",
    "multilabel_soft_margin_loss", "nll_loss", "normalize", "pairwise_distance", "smooth_l1_loss",
    "triplet_margin_loss",
]
