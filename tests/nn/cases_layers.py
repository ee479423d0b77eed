"""The cases of layers and containers for ``test_every_module.py``."""

import numpy as np
from module_case import Case, normal

import nn


def integers(*shape, below=5):
    """One input of integers."""
    return lambda rng: (rng.integers(0, below, shape),)


CASES = [
    Case("Identity", nn.Identity, normal((2, 3))),
    Case("Residual", lambda: nn.Residual(nn.Tanh()), normal((2, 3))),
    Case("Sequential", lambda: nn.Sequential(nn.Linear(3, 2, rng=0), nn.Sigmoid()), normal((2, 3))),
    Case("Flatten", nn.Flatten, normal((2, 3, 2))),
    Case("Unflatten", lambda: nn.Unflatten(1, (2, -1)), normal((2, 6))),

    Case("Linear", lambda: nn.Linear(3, 2, rng=0), normal((4, 3))),
    Case("Linear-without-bias", lambda: nn.Linear(3, 2, bias=False, rng=0), normal((2, 2, 3))),
    Case("Bilinear", lambda: nn.Bilinear(3, 2, 4, rng=0), normal((3, 3), (3, 2))),
    Case("Bilinear-without-bias", lambda: nn.Bilinear(2, 2, 1, bias=False, rng=0), normal((2, 1, 2), (2, 1, 2))),
    Case("Maxout", lambda: nn.Maxout(3, 2, k=3, rng=0), normal((4, 3))),
    Case("DropConnect", lambda: nn.DropConnect(3, 2, rng=0), normal((4, 3))),

    Case("Conv1d", lambda: nn.Conv1d(2, 4, 3, padding=1, groups=2, rng=0), normal((2, 2, 5))),
    Case("Conv1d-same-circular", lambda: nn.Conv1d(1, 2, 2, padding="same", padding_mode="circular", rng=0),
         normal((1, 5))),
    Case("Conv2d", lambda: nn.Conv2d(2, 3, (2, 3), stride=(1, 2), padding=1, rng=0), normal((2, 2, 3, 4))),
    Case("Conv2d-dilated-reflect", lambda: nn.Conv2d(1, 2, 2, padding=1, dilation=2, padding_mode="reflect",
                                                     bias=False, rng=0), normal((1, 1, 3, 4))),
    Case("ConvTranspose1d", lambda: nn.ConvTranspose1d(2, 3, 2, stride=2, output_padding=1, rng=0), normal((2, 2, 3))),
    Case("ConvTranspose2d", lambda: nn.ConvTranspose2d(2, 2, 2, padding=1, groups=2, rng=0), normal((1, 2, 3, 2))),

    Case("MaxPool1d", lambda: nn.MaxPool1d(2, padding=1), normal((2, 2, 5))),
    Case("MaxPool2d", lambda: nn.MaxPool2d((2, 1), stride=1), normal((2, 1, 3, 2))),
    Case("AvgPool1d", lambda: nn.AvgPool1d(3, 1, 1, count_include_pad=False), normal((2, 2, 5))),
    Case("AvgPool2d", lambda: nn.AvgPool2d(2), normal((1, 2, 4, 4))),
    Case("AdaptiveAvgPool1d", lambda: nn.AdaptiveAvgPool1d(2), normal((2, 2, 5))),
    Case("AdaptiveAvgPool2d", lambda: nn.AdaptiveAvgPool2d((2, None)), normal((1, 2, 5, 2))),
    Case("AdaptiveMaxPool1d", lambda: nn.AdaptiveMaxPool1d(2), normal((2, 2, 5))),
    Case("AdaptiveMaxPool2d", lambda: nn.AdaptiveMaxPool2d(2), normal((1, 2, 3, 3))),

    Case("BatchNorm1d", lambda: nn.BatchNorm1d(3), normal((4, 3))),
    Case("BatchNorm1d-without-statistics", lambda: nn.BatchNorm1d(2, track_running_stats=False), normal((2, 2, 3))),
    Case("BatchNorm2d", lambda: nn.BatchNorm2d(2, momentum=None), normal((3, 2, 2, 2))),
    Case("BatchNorm2d-plain", lambda: nn.BatchNorm2d(2, affine=False), normal((2, 2, 2, 2))),
    Case("LayerNorm", lambda: nn.LayerNorm(4), normal((2, 3, 4))),
    Case("LayerNorm-2d-without-bias", lambda: nn.LayerNorm((2, 3), bias=False), normal((2, 2, 3))),
    Case("LayerNorm-plain", lambda: nn.LayerNorm(3, elementwise_affine=False), normal((3,))),
    Case("GroupNorm", lambda: nn.GroupNorm(2, 4), normal((2, 4, 3))),
    Case("GroupNorm-plain", lambda: nn.GroupNorm(1, 2, affine=False), normal((2, 2))),
    Case("RMSNorm", lambda: nn.RMSNorm(4), normal((2, 4))),
    Case("RMSNorm-plain", lambda: nn.RMSNorm((2, 2), elementwise_affine=False), normal((3, 2, 2))),

    Case("Dropout", lambda: nn.Dropout(rng=0), normal((3, 4))),
    Case("ClassicDropout", lambda: nn.ClassicDropout(0.3, rng=0), normal((3, 4))),
    Case("Dropout1d", lambda: nn.Dropout1d(rng=0), normal((2, 3, 2))),
    Case("Dropout2d", lambda: nn.Dropout2d(rng=0), normal((4, 2, 2))),
    Case("GaussianNoise", lambda: nn.GaussianNoise(rng=0), normal((3, 4))),

    Case("Embedding", lambda: nn.Embedding(5, 3, rng=0), integers(2, 4)),
    Case("EmbeddingBag-mean", lambda: nn.EmbeddingBag(5, 3, rng=0), integers(2, 4)),
    Case("EmbeddingBag-sum", lambda: nn.EmbeddingBag(5, 2, mode="sum", padding_idx=0, rng=0),
         lambda rng: (rng.integers(0, 5, 5), np.array([0, 2, 2]), rng.standard_normal(5))),
    Case("EmbeddingBag-max", lambda: nn.EmbeddingBag(5, 2, mode="max", rng=0),
         lambda rng: (rng.permutation(5), np.array([0, 0, 2]))),
]
