"""Data raw, centred, normalised, decorrelated and whitened: the same cloud of points, five times.

Gradient descent goes fast where the loss bends alike in all directions. For a linear model it bends as the data
spread: its Hessian is XᵀX / N, and that matrix's condition number, the ratio of its largest eigenvalue to its smallest,
says how many steps it takes. Centring and normalising lower it. Decorrelating turns the cloud, which changes nothing
yet; but then each axis can be divided by its own spread. That is whitening, and brings the condition number to 1.
"""

import sys
from pathlib import Path

import numpy as np

import nn
from common import COLOURS, panels, save

LAYERS = {
    "raw": nn.Identity,
    "centred": lambda: nn.Center(2),
    "normalised": lambda: nn.Standardize(2),
    "decorrelated": lambda: nn.PCA(2),
    "whitened": lambda: nn.PCA(2, whiten="pca"),
}


def cloud(points=500, seed=0):
    """Two features that go together, of different spread, away from the origin."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((points, 2)) @ [[1.6, 0.9], [0.0, 0.4]] + [3.0, 1.5]
    train, _, test = nn.split(x.astype(np.float32), test=0.4, rng=rng)
    return train, test


def main(out="out"):
    train, test = cloud()
    figure, axes = panels(5, width=2.4, height=2.0, sharex=True, sharey=True)
    found = {}
    for (name, make), each in zip(LAYERS.items(), axes[0], strict=True):
        layer = make()
        if isinstance(layer, nn.Preprocessor):
            layer.fit(train)  # the statistics are those of the training part,
        x = np.asarray(layer(test.x) if name == "raw" else layer(test.x).numpy())  # and treat what is held out, too
        covariance = np.cov(x.T, bias=True)
        found[name] = float(np.linalg.cond(x.T @ x / len(x)))
        print(f"{name:12}  mean {x.mean(axis=0).round(2)}, covariance {covariance.round(2).tolist()}, "
              f"condition number {found[name]:.1f}")
        each.axhline(0, color="0.75", linewidth=0.8)
        each.axvline(0, color="0.75", linewidth=0.8)
        each.plot(*x.T, "o", color=COLOURS[0], markersize=3, markeredgewidth=0, alpha=0.6)
        each.set(title=name, xlabel=f"condition number {found[name]:.1f}", aspect="equal")
    save(figure, Path(out) / "preprocessing.svg")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/preprocessing.py [folder for the picture]
