"""Draws docs/images/plot_*.png, the pictures of docs/plots.md: ``python docs/scripts/draw_plots.py``."""

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits, load_iris

import autograd_core as ag
import nn
import optim
import viz

IMAGES = Path(__file__).parents[1] / "images"

pixels, labels = load_digits(return_X_y=True)
train, validation, _ = nn.split(((pixels - 8) / 8).astype("float32"), labels, validation=0.2, test=0.0, rng=0)


def deep(activation: Callable[[], nn.Module], start: Callable[..., Any], layers: int = 20) -> nn.Sequential:
    """So many layers of 32 units, and one for the ten digits."""
    rng = np.random.default_rng(0)
    hidden = [layer for i in range(layers) for layer in (nn.Linear(32 if i else 64, 32, rng=rng), activation())]
    return nn.init.initialize(nn.Sequential(*hidden, nn.Linear(32, 10, rng=rng)), start, rng=rng)


def steps(model: nn.Module, lr: float, count: int = 60) -> nn.watching.Watch:
    """Some steps of plain gradient descent, watched."""
    rng, loss = np.random.default_rng(0), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model, lr=lr, nonfinite="ignore")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what the watch says is what the pictures show
        with nn.watch(model, every=1) as watch:
            for _ in range(count):
                x, y = next(nn.batches(train.x, train.y, 64, rng=rng))
                optimizer.zero_grad()
                loss(model(x), y).backward()
                optimizer.step()
    return watch


def fallen(model: nn.Module) -> nn.Module:
    """The model after a step that was far too large: most biases are so low that nothing passes."""
    with ag.no_grad():
        for name, p in model.named_parameters():
            if name.endswith("bias"):
                p -= np.linspace(0, 6, p.size, dtype=p.dtype)
    return model


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Two half circles, one in the other."""
    rng = np.random.default_rng(0)
    y = np.arange(240) % 2
    angle = np.pi * (rng.random(240) + y)
    x = np.stack([np.cos(angle) + y, np.sin(angle) + 0.5 * y], axis=1) + 0.15 * rng.standard_normal((240, 2))
    return x.astype("float32"), y


def classifier(x: np.ndarray, y: np.ndarray) -> nn.Module:
    """A small network that divides the plane."""
    model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    nn.fit(model, nn.CrossEntropyLoss(), optim.Adam(model, lr=0.02), (x, y), epochs=60, rng=0, progress=False)
    return model


def history() -> nn.History:
    """Few samples and many units: what is learnt by heart."""
    model = nn.Sequential(nn.Linear(64, 128, rng=0), nn.ReLU(), nn.Linear(128, 10, rng=1))
    return nn.fit(model, nn.CrossEntropyLoss(), optim.Adam(model, lr=3e-3), (train.x[:200], train.y[:200]), epochs=25,
                  validation=validation, metrics=["accuracy"], rng=0, progress=False)


def row(name: str, draw: Callable[..., Any], cases: dict[str, tuple[Any, ...]], width: float, height: float) -> None:
    """The same plot of several cases, beside one another."""
    figure = Figure(figsize=(width, height), layout="constrained")
    for (title, case), part in zip(cases.items(), figure.subfigures(1, len(cases), squeeze=False)[0], strict=True):
        draw(*case, title=title, figure=part)
    figure.savefig(IMAGES / f"plot_{name}.png", dpi=90)


def main() -> None:
    """All pictures."""
    large = partial(nn.init.normal_, std=0.5)  # twice what He's rule gives
    models = {"20 sigmoids: vanishing": deep(nn.Sigmoid, nn.init.xavier_normal_),
              "20 ReLUs, He: healthy": deep(nn.ReLU, nn.init.kaiming_normal_),
              "20 ReLUs, weights twice as large: exploding": deep(nn.ReLU, large)}
    for model in models.values():
        steps(model, 0.02, count=1)  # its gradients stay
    row("gradients", viz.plot_gradients, {title: (model,) for title, model in models.items()}, 14, 5)
    row("gradient_history", viz.plot_gradient_history, {
        "20 sigmoids: vanishing": (steps(deep(nn.Sigmoid, nn.init.xavier_normal_), 0.02),),
        "20 ReLUs, He: healthy": (steps(deep(nn.ReLU, nn.init.kaiming_normal_), 0.02),),
        "20 ReLUs, weights too large: exploding": (
            steps(deep(nn.ReLU, partial(nn.init.normal_, std=0.35)), 0.001, count=12),)}, 13, 5)
    shallow = {lr: deep(nn.ReLU, nn.init.kaiming_normal_, layers=2) for lr in (0.0003, 0.01, 1.0)}
    row("updates", viz.plot_updates, {
        f"learning rate {lr:g}: {words}": (steps(model, lr),)
        for (lr, model), words in zip(shallow.items(), ("too small", "right", "too large"), strict=True)}, 13, 3.6)
    x = validation.x
    row("activations", viz.plot_activations, {
        "ReLU, He: healthy": (deep(nn.ReLU, nn.init.kaiming_normal_, 8), x),
        "tanh, large weights: saturated": (deep(nn.Tanh, partial(nn.init.normal_, std=1.0), 8), x),
        "ReLU, after a step too large: dead": (fallen(deep(nn.ReLU, nn.init.kaiming_normal_, 8)), x)}, 13, 4.2)
    points = moons()
    row("history", viz.plot_history, {"200 digits, learnt by heart": (history(),)}, 9, 3.4)
    row("regions", viz.plot_regions, {"two moons": (classifier(*points), *points)}, 4.6, 4.4)
    row("functions", viz.plot_functions, {"": ([ag.sigmoid, ag.tanh, ag.relu, nn.GELU()],)}, 10, 2.6)
    row("projection", viz.plot_projection, {"Iris, all four features": load_iris(return_X_y=True)}, 9.6, 3.8)


if __name__ == "__main__":
    main()
