"""Dropout on and off: training and held-out curves of a network that is much too large for its data.

300,000 weights can learn 900 digits by heart, also those whose label is wrong, as a fifth of them are here. Dropout
leaves each unit out of every second step: what a few units have made up among themselves does not help then, and what
is left is what many digits have in common.
(Srivastava and others, Dropout: a simple way to prevent neural networks from overfitting, 2014)
"""

import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

import autograd_core as ag
import nn
import optim
from common import COLOURS, accuracy, digits, panels, save


def noisy_digits(share=0.2, seed=0):
    """Half of the digits to train on, a share of them with a label drawn at random; the other half is held out."""
    (x, y), test = digits(test=0.5)
    rng = np.random.default_rng(seed)
    return (x, np.where(rng.random(len(y)) < share, rng.integers(0, 10, len(y)), y)), test


def network(p, rng, units=512):
    return nn.Sequential(
        nn.Linear(64, units, rng=rng), nn.ReLU(), nn.Dropout(p, rng=rng),
        nn.Linear(units, units, rng=rng), nn.ReLU(), nn.Dropout(p, rng=rng),
        nn.Linear(units, 10, rng=rng),
    )


def loss_on(model, x, y):
    """The loss of the network as it is used: nothing is dropped."""
    model.eval()
    with ag.no_grad():
        loss = nn.CrossEntropyLoss()(model(x), y).item()
    model.train()
    return loss


def train_on(model, train, test, rng, epochs, batch=32):
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    curves = {"training": [], "held out": []}
    for _ in tqdm(range(epochs), desc="training", unit="epoch"):
        for x, y in nn.batches(*train, batch, rng=rng):
            loss = loss_function(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for name, data in (("training", train), ("held out", test)):
            curves[name].append(loss_on(model, *data))
    return curves


def main(out="out", epochs=60):
    train, test = noisy_digits()
    figure, ((axes,),) = panels(1, width=6, height=4)
    found = {}
    for colour, (name, p) in zip(COLOURS, {"without dropout": 0.0, "with dropout, p = 0.5": 0.5}.items(), strict=False):
        rng = np.random.default_rng(0)
        model = network(p, rng)
        curves = train_on(model, train, test, rng, epochs)
        found[name] = {part: losses[-1] for part, losses in curves.items()} | {"accuracy": accuracy(model, *test)}
        print(f"{name}: {accuracy(model, *train):.1%} of {len(train[1])} training labels, "
              f"{found[name]['accuracy']:.1%} of {len(test[1])} held-out digits")
        for dash, (part, losses) in zip(("--", "-"), curves.items(), strict=True):
            axes.semilogy(range(1, epochs + 1), losses, dash, color=colour, label=f"{name}: {part}")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.legend(frameon=False)
    save(figure, Path(out) / "dropout.svg")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/dropout.py [folder for the picture]
