"""What several examples share: where their data come from, and how their pictures look.

The training loops are written out in every example, so that each can be read on its own.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import autograd_core as ag
import nn

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")  # Okabe and Ito's, for any colour vision


def package_folder(package):
    """Where an installed package keeps its files."""
    found = find_spec(package)
    if found is None:
        sys.exit(f'This example reads data from the package {package}. Install it with: pip install ".[examples]"')
    return Path(found.origin).parent


def digits(test=0.2, seed=1):
    """scikit-learn's 1,797 scanned digits of 8 x 8 pixels, split, and scaled to [-1, 1] by the training part alone."""
    pixels, labels = load_digits(return_X_y=True)
    train, _, held_out = nn.split(pixels.astype(np.float32), labels, test=test, rng=seed)
    scale = nn.MinMax().fit(train)
    return (scale(train.x).numpy(), train.y), (scale(held_out.x).numpy(), held_out.y)


def accuracy(model, x, y):
    """The share of samples whose largest score is that of their label."""
    training = model.training
    model.eval()
    with ag.no_grad():
        scores = model(x)
    model.train(training)
    return float((scores.numpy().argmax(axis=-1) == y).mean())


def parts(columns, *, width=3.4, height=3.7):
    """A figure, and its columns, for a plot of viz in each."""
    figure = Figure(figsize=(width * columns, height), layout="constrained")
    return figure, figure.subfigures(1, columns)


def panels(columns, rows=1, *, width=3.2, height=3.0, **options):
    """A figure, and its rows x columns axes."""
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def save(figure, path):
    """Write a picture, the same bytes each time, and say where."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    with rc_context({"svg.hashsalt": path.name}):
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)
    print(f"The picture is in {path}.")
