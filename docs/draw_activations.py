"""Draws docs/images/activations.svg, every activation and its derivative: ``python docs/draw_activations.py``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import autograd_core as ag
import nn

PICTURE = Path(__file__).parent / "images" / "activations.svg"
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#999999"  # Okabe and Ito's, and grey

maxout = nn.Maxout(1, 1, k=3, dtype=np.float64)
maxout.load_state_dict({"weight": [[-1.0], [0.25], [1.0]], "bias": [-2.5, 0.0, -1.0]})


def beside_0(module: nn.Module) -> Callable[[Any], Any]:
    """The first of two classes, where the score of the other is 0."""
    return lambda x: module(ag.stack([x, 0 * x], -1))[:, 0]


CURVES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Sigmoid": ("", nn.Sigmoid()), "Hardsigmoid": ("", nn.Hardsigmoid()), "LogSigmoid": ("", nn.LogSigmoid()),
    "Tanh": ("", nn.Tanh()), "Hardtanh": ("", nn.Hardtanh()), "Softsign": ("", nn.Softsign()),
    "ReLU": ("", nn.ReLU()), "ReLU6": ("", nn.ReLU6()), "LeakyReLU": ("slope 0.1", nn.LeakyReLU(0.1)),
    "PReLU": ("slope learned, here 0.25", nn.PReLU(dtype=np.float64)), "ELU": ("", nn.ELU()),
    "CELU": ("α = 2", nn.CELU(2.0)), "SELU": ("", nn.SELU()), "Softplus": ("", nn.Softplus()),
    "Threshold": ("of 1, else -1", nn.Threshold(1.0, -1.0)), "Maxout": ("three pieces, learned", maxout),
    "GELU": ("", nn.GELU()), "SiLU": ("", nn.SiLU()), "Mish": ("", nn.Mish()), "Hardswish": ("", nn.Hardswish()),
    "GLU": ("gate b = 1", lambda x: nn.GLU()(ag.stack([x, 0 * x + 1], -1))[:, 0]),
    "Softmax": ("other score 0", beside_0(nn.Softmax())), "LogSoftmax": ("other score 0", beside_0(nn.LogSoftmax())),
}


def curves(function: Callable[[Any], Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and dy/dx; both with a gap where they jump."""
    x = ag.tensor(np.linspace(-4, 7, 441) + 1e-9, requires_grad=True)
    y = function(x[:, None])[:, 0] if function is maxout else function(x)
    (slope,) = ag.gradients(y.sum(), x)
    found = [np.array(t.numpy()) for t in (x, y, slope)]
    for line in found[1:]:
        line[1:][np.abs(np.diff(line)) > 0.05] = np.nan
    return found[0], found[1], found[2]


def panel(axes: Axes, name: str, note: str, function: Callable[[Any], Any]) -> None:
    """One activation, its derivative dashed."""
    x, y, slope = curves(function)
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.plot(x, slope, color=ORANGE, linewidth=1.5, linestyle=(0, (4, 1.5)))
    axes.plot(x, y, color=BLUE, linewidth=1.8)
    axes.set_title(name, loc="left", fontsize=11, fontweight="bold")
    axes.text(0.98, 0.04, note, transform=axes.transAxes, ha="right", fontsize=8.5, color="#555555")
    right = 7 if name == "ReLU6" else 4
    low, high = (-1.2, 7) if name == "ReLU6" else (-4.2, 1.4) if name.startswith("Log") else (-2, 4)
    if np.nanmax(np.abs(y[x < 4])) <= 1.001:
        low, high = -1.2, 1.4
    axes.set(xlim=(-4, right), ylim=(low, high))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, length=2)


def picture() -> Figure:
    """All of them, in the order of docs/activations.md, and a key."""
    figure = Figure(figsize=(10, 12), layout="constrained")
    grid = figure.subplots(6, 4).ravel()
    for axes, (name, (note, function)) in zip(grid, CURVES.items(), strict=False):
        panel(axes, name, note, function)
    key = grid[-1]
    key.axis("off")
    key.plot([], [], color=BLUE, linewidth=1.8, label="activation")
    key.plot([], [], color=ORANGE, linewidth=1.5, linestyle=(0, (4, 1.5)), label="its derivative")
    key.legend(loc="center", frameon=False, fontsize=11)
    return figure


if __name__ == "__main__":
    rcParams["svg.hashsalt"] = "activations"  # the same bytes each time
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    picture().savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)
