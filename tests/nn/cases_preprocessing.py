"""Preprocessing layers, fitted."""

import numpy as np
from module_case import Case, normal

import nn

DATA = np.random.default_rng(0).standard_normal((20, 3)) * [1.0, 2.0, 0.5] + [0.0, 1.0, 2.0]
IMAGES = np.random.default_rng(0).standard_normal((5, 3, 2, 2))

CASES = [
    Case("center", lambda: nn.Center(3).fit(DATA), normal((4, 3))),
    Case("standardize", lambda: nn.Standardize(3).fit(DATA), normal((4, 3))),
    Case("standardize channels", lambda: nn.Standardize(3, axis=1).fit(IMAGES), normal((2, 3, 2, 2))),
    Case("min-max", lambda: nn.MinMax().fit(DATA), normal((4, 3))),
    Case("pca", lambda: nn.PCA(3, 2).fit(DATA), normal((4, 3))),
    Case("zca", lambda: nn.PCA(3, whiten="zca").fit(DATA), normal((4, 3))),
]
