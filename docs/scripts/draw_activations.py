"""Draws docs/images/activations.svg, every activation and its derivative."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.figure import Figure

import autograd_core as ag
import nn
import viz

PICTURE = Path(__file__).parents[1] / "images" / "activations.svg"

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
    "Threshold": ("of 1, else -1", nn.Threshold(1.0, -1.0)),
    "Maxout": ("three pieces, learned", lambda x: maxout(x[:, None])[:, 0]),
    "GELU": ("", nn.GELU()), "SiLU": ("", nn.SiLU()), "Mish": ("", nn.Mish()), "Hardswish": ("", nn.Hardswish()),
    "GLU": ("gate b = 1", lambda x: nn.GLU()(ag.stack([x, 0 * x + 1], -1))[:, 0]),
    "Softmax": ("other score 0", beside_0(nn.Softmax())), "LogSoftmax": ("other score 0", beside_0(nn.LogSoftmax())),
}


def picture() -> Figure:
    """All of them, in the order of docs/activations.md."""
    figure = viz.plot_functions({name: function for name, (_, function) in CURVES.items()}, span=(-4, 7))
    for axes, (note, _) in zip(figure.axes, CURVES.values(), strict=True):
        axes.set_title(note, loc="right", fontsize=8.5, color="#555555")
    return figure


if __name__ == "__main__":
    rcParams["svg.hashsalt"] = "activations"  # the same bytes each time
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    picture().savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)
