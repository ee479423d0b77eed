"""What comes out of ten layers, for three ways to start their weights: does the signal die, saturate or stay?

A unit sums n inputs. If its weights have variance v, the sum's variance is n v times that of the inputs, and ten layers
raise this factor to the tenth power. Small normal numbers, N(0, 0.01²), make it vanish. Xavier's v = 2 / (n_in + n_out)
keeps it where the activation is close to the identity, as tanh is around 0; He's v = 2 / n makes up for the half that
ReLU cuts off.
(Glorot and Bengio, 2010; He and others, 2015)
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import autograd_core as ag
import nn
import viz
from common import save

STARTS = {
    "small normal": partial(nn.init.normal_, std=0.01),
    "Xavier": nn.init.xavier_normal_,
    "He": nn.init.kaiming_normal_,
}


def activations(activation, start, layers=10, width=500, samples=1000, seed=0):
    """What every one of the layers puts out, for random inputs with mean 0 and standard deviation 1."""
    rng = np.random.default_rng(seed)
    blocks = [nn.Sequential(nn.Linear(width, width, rng=rng), activation()) for _ in range(layers)]
    model = nn.init.initialize(nn.Sequential(*blocks), start, rng=rng)
    seen = []
    for block in model:  # a hook sees what passes, and leaves the model as it is
        block.register_forward_hook(lambda module, inputs, output: seen.append(output.numpy()))
    with ag.no_grad():
        model(rng.standard_normal((samples, width), np.float32))
    return seen


def main(out="out", width=500):
    figure = Figure(figsize=(12, 7), layout="constrained")
    found = {}
    for row, activation in zip(figure.subfigures(2, 3), (nn.Tanh, nn.ReLU), strict=True):
        for part, (name, start) in zip(row, STARTS.items(), strict=True):
            outputs = activations(activation, start, width=width)
            kind = f"{activation.__name__}, {name}"
            found[kind] = [float(np.sqrt((output**2).mean())) for output in outputs]
            layers = {f"layer {i}": output for i, output in enumerate(outputs, 1)}
            viz.plot_activations(layers, title=kind, figure=part)
    print("root mean square of what comes out of layer", *(f"{layer:9}" for layer in range(1, 11)))
    for kind, sizes in found.items():
        print(f"{kind:43}", *(f"{size:9.1e}" for size in sizes))
    save(figure, Path(out) / "activation_statistics.png")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/activation_statistics.py [folder for the picture]
