"""The same task for networks of 3, 6 and 20 hidden units: how much a boundary can bend.

Two classes of points in the plane. Few units make a boundary of few pieces, which cannot follow the data. Many follow
every single point, noise included: better on the training points, no better, or worse, on points held out.
"""

import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

import nn
import optim
import viz
from common import accuracy, parts, save


def two_classes(points=150, seed=3):
    """A class around the origin, the other around it in a ring; they overlap. Half the points are held out."""
    rng = np.random.default_rng(seed)
    label = np.arange(2 * points) % 2
    angle = rng.uniform(0, 2 * np.pi, len(label))
    radius = np.where(label == 0, 1.5, 4.5) + 1.2 * rng.standard_normal(len(label))
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    train, _, test = nn.split(x.astype(np.float32), label, test=0.5, rng=rng)
    return train, test


def network(hidden, seed=0):
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(2, hidden, rng=rng), nn.Tanh(), nn.Linear(hidden, 2, rng=rng))
    return nn.init.initialize(model, nn.init.normal_, rng=rng)


def train_on(model, data, steps, strength=0.0):
    """All points at once; ``strength`` is that of the L2 penalty on the weights."""
    loss_function, penalty = nn.CrossEntropyLoss(), nn.L2(strength)
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    for _ in tqdm(range(steps), desc=f"{model[0].out_features} hidden units", unit="step"):
        loss = loss_function(model(data.x), data.y) + penalty(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def compare(models, train, test, path):
    """Print and draw, for models by title, what they make of the plane. Returns their accuracies on both parts."""
    figure, columns = parts(len(models))
    found = {}
    for (title, model), column in zip(models.items(), columns, strict=True):
        found[title] = of_train, of_test = accuracy(model, train.x, train.y), accuracy(model, test.x, test.y)
        print(f"{title}: {of_train:.1%} of the training points, {of_test:.1%} of the held-out points")
        viz.plot_regions(model, train.x, train.y, figure=column,
                         title=f"{title}\ntraining {of_train:.1%}, held out {of_test:.1%}")
    save(figure, path)
    return found


def main(out="out", steps=4000):
    train, test = two_classes()
    models = {f"{hidden} hidden units": train_on(network(hidden), train, steps) for hidden in (3, 6, 20)}
    return compare(models, train, test, Path(out) / "hidden_units.svg")


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/hidden_units.py [folder for the picture]
