"""The graphs whose pages are opened."""

import numpy as np

import autograd_core as ag
import nn
from autograd_core.modes import module_path

HOSTILE = "</script></text><b onmouseover=hack()>'\"&lt;\0\u202e\u2028<script>hack()</script>{{ 7*7 }}"


def leaf(value, name):
    return ag.tensor(value, requires_grad=True, name=name)


def worked():
    x, y, z = leaf(-2.0, "x"), leaf(5.0, "y"), leaf(-4.0, "z")
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f


def square():
    x = leaf(3.0, "x")
    return x * x + ag.exp(x)


def network():
    rng = np.random.default_rng(0)
    hidden = nn.Sequential(nn.Linear(4, 8, rng=rng), nn.Tanh())
    model = nn.Sequential(hidden, nn.Linear(8, 8, rng=rng), nn.ReLU(), nn.Linear(8, 3, rng=rng))
    with ag.debug_mode():
        return nn.CrossEntropyLoss()(model(rng.normal(size=(8, 4))), np.arange(8) % 3)


def hostile():
    with module_path(HOSTILE):
        x = leaf(2.0, HOSTILE)
        q = x * leaf(3.0, "b" * 1_000_000)
        q.name = HOSTILE
        return ag.exp(q)


def blocks():
    """Three modules with modules inside."""
    x = leaf(0.5, "x")
    for i in range(3):
        with module_path(f"block{i}"):
            for name in ("first", "second"):
                with module_path(name):
                    x = ag.tanh(x) * leaf(1.5, "w")
    return x


def crowded():
    """More modules than there is room for pictures of each alone."""
    x = leaf(0.5, "x")
    for i in range(30):
        with module_path(f"layer{i}"):
            x = ag.tanh(x * 2)
    for name in "abc":  # so that the output is not at half the drawing's height
        x = x * leaf(3.0, name)
    return x


MODEL = nn.ModuleDict({"used": nn.Linear(4, 2, rng=0), "unused": nn.Linear(4, 2, rng=0)})
GRAD = np.array([1.0, -2.0])


def vector():
    """An output that is not a number, of a model of which it uses a part."""
    return MODEL["used"](np.ones(4))


OPTIONS = {"blocks": {"depth": 1}, "crowded": {"max_nodes": 70},
           "vector": {"grad": GRAD, "model": MODEL, "direction": "TB", "depth": 9}}
