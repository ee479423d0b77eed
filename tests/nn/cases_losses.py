"""The losses, with targets that fit."""

import numpy as np
from module_case import Case, normal

import nn


def labelled(*shape, classes=3):
    """Scores, and a class for each."""
    return lambda rng: (rng.standard_normal(shape), rng.integers(0, classes, shape[:1] + shape[2:]))


def shares(rng):
    return rng.uniform(0.1, 0.9, (4, 3)), rng.uniform(0.1, 0.9, (4, 3))


def kinds(rng):
    return rng.standard_normal((4, 3)), rng.standard_normal((4, 3)), np.array([1, -1, 1, -1])


def sequences(rng):
    return rng.standard_normal((6, 2, 4)), np.array([[1, 2, 2], [3, 1, 1]]), np.array([6, 5]), np.array([3, 1])


CASES = [
    Case("cross-entropy", nn.CrossEntropyLoss, labelled(4, 3)),
    Case("cross-entropy smoothed", lambda: nn.CrossEntropyLoss(label_smoothing=0.2), labelled(2, 3, 2)),
    Case("cross-entropy weighed", lambda: nn.CrossEntropyLoss([1.0, 2.0, 0.5], reduction="none"), labelled(4, 3)),
    Case("cross-entropy of probabilities", nn.CrossEntropyLoss, shares),
    Case("nll", nn.NLLLoss, labelled(4, 3)),
    Case("mse", nn.MSELoss, normal((4, 3), (4, 3))),
    Case("half mse", nn.HalfMSELoss, normal((4, 3), (4, 3))),
    Case("l1", nn.L1Loss, normal((4, 3), (4, 3))),
    Case("smooth l1", lambda: nn.SmoothL1Loss(beta=0.7), normal((4, 3), (4, 3))),
    Case("huber", lambda: nn.HuberLoss(delta=0.7), normal((4, 3), (4, 3))),
    Case("bce", nn.BCELoss, shares),
    Case("bce with logits", lambda: nn.BCEWithLogitsLoss(pos_weight=[1.0, 3.0, 0.5]), shares),
    Case("multilabel soft margin", nn.MultiLabelSoftMarginLoss, shares),
    Case("kl", lambda: nn.KLDivLoss("batchmean"), shares),
    Case("kl of logarithms", lambda: nn.KLDivLoss(log_target=True), normal((4, 3), (4, 3))),
    Case("Weston-Watkins", nn.WestonWatkinsLoss, labelled(4, 3)),
    Case("Weston-Watkins squared", lambda: nn.WestonWatkinsLoss(squared=True), labelled(4, 3)),
    Case("Crammer-Singer", nn.CrammerSingerLoss, labelled(4, 3)),
    Case("multi-margin", lambda: nn.MultiMarginLoss(2, weight=[1.0, 2.0, 0.5]), labelled(4, 3)),
    Case("attribute hinge", nn.AttributeHingeLoss,
         lambda rng: (rng.standard_normal((4, 3)), rng.choice((-1, 1), (4, 3)))),
    Case("cosine embedding", lambda: nn.CosineEmbeddingLoss(margin=0.1), kinds),
    Case("triplet margin", lambda: nn.TripletMarginLoss(swap=True), normal((4, 3), (4, 3), (4, 3))),
    Case("hierarchical softmax", lambda: nn.HierarchicalSoftmax(3, ((0, 1), (2, (3, 4))), rng=0),
         labelled(4, 3, classes=5)),
    Case("ctc", nn.CTCLoss, sequences),
]
