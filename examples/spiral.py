"""Three classes from two features: what a hidden layer is for.

The points lie on three arms of a spiral. A linear classifier cuts the plane with straight lines, and gets about half of
them right. A network bends the plane first: its last hidden layer has two units, so that we can draw what they make of
every point. There, straight lines are enough.
"""

import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

import nn
import optim
import viz
from common import accuracy, parts, save


def spiral(points=300, noise=0.15, seed=0):
    """Three arms of so many points each, split into 2/3 to train and 1/3 to test."""
    rng = np.random.default_rng(seed)
    arm = np.repeat([0, 1, 2], points)
    radius = np.tile(np.linspace(0.05, 1, points), 3)
    angle = 4 * radius + 2 * np.pi / 3 * arm + noise * rng.standard_normal(len(arm))
    x = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    train, _, test = nn.split(x.astype(np.float32), arm, test=1 / 3, rng=rng)
    return train, test


def linear(rng):
    return nn.Sequential(nn.Linear(2, 3, rng=rng))


def network(rng):
    return nn.Sequential(
        nn.Linear(2, 64, rng=rng), nn.ReLU(),
        nn.Linear(64, 2, rng=rng), nn.Tanh(),  # the last hidden layer: two features again, but better ones
        nn.Linear(2, 3, rng=rng),
    )


def train_on(model, data, steps, lr=0.02):
    """All points at once, step after step."""
    loss_function = nn.CrossEntropyLoss()  # softmax, and -log of the right class's share
    optimizer = optim.Adam(model.parameters(), lr=lr)
    progress = tqdm(range(steps), desc=f"{len(model)} layers", unit="step")
    for step in progress:
        loss = loss_function(model(data.x), data.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            progress.set_postfix(loss=f"{loss.item():.4f}")
    return model


def picture(models, data):
    """The plane as each model divides it, and the plane of the last hidden layer, which the last layer divides."""
    figure, columns = parts(3)
    for title, model, column in zip(("a linear classifier", "a network"), models, columns, strict=False):
        viz.plot_regions(model, data.x, data.y, figure=column,
                         title=f"{title}\n{accuracy(model, data.x, data.y):.1%} of what was held out")
    deep = models[1]
    viz.plot_regions(deep[-1:], deep[:-1](data.x).numpy(), data.y, figure=columns[2],
                     title="the network's last hidden layer,\nas the last layer divides it")
    columns[2].axes[0].set(xlabel="unit 1", ylabel="unit 2")
    return figure


def main(out="out", steps=2000):
    train, test = spiral()
    models = [train_on(make(np.random.default_rng(0)), train, steps) for make in (linear, network)]
    for name, model in zip(("linear softmax", "network"), models, strict=True):
        print(f"{name}: {accuracy(model, train.x, train.y):.1%} of the training points, "
              f"{accuracy(model, test.x, test.y):.1%} of the held-out points")
    save(picture(models, test), Path(out) / "spiral.svg")
    return [accuracy(model, test.x, test.y) for model in models]


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/spiral.py [folder for the picture]
