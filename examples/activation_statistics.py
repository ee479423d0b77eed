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

import autograd_core as ag
import nn
from common import COLOURS, panels, save

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


def draw(row, outputs, span):
    """A histogram for each layer, all to the same width, each to its own height; the zeros of ReLU are left out."""
    for axes, output in zip(row, outputs, strict=True):
        heights, edges = np.histogram(output[output != 0], bins=30, range=span)
        axes.stairs(heights / heights.max(), edges, fill=True, color=COLOURS[0])
        axes.set(xticks=[0], xticklabels=[], yticks=[], xlim=span, ylim=(0, 1.05))
    for axes in row[[0, -1]]:
        axes.set_xticks(span, [f"{end:g}" for end in span], fontsize=7)


def main(out="out", width=500):
    figure, axes = panels(10, 6, width=1.1, height=1.15)
    found = {}
    for i, (activation, span) in enumerate(((nn.Tanh, (-1, 1)), (nn.ReLU, (0, 3)))):
        for j, (name, start) in enumerate(STARTS.items()):
            outputs = activations(activation, start, width=width)
            kind = f"{activation.__name__}, {name}"
            found[kind] = [float(np.sqrt((output**2).mean())) for output in outputs]
            draw(axes[3 * i + j], outputs, span)
            axes[3 * i + j, 0].set_ylabel(kind.replace(", ", "\n"), fontsize=8)
    for layer in range(10):
        axes[0, layer].set_title(f"layer {layer + 1}", fontsize=9)
    print("root mean square of what comes out of layer", *(f"{layer:9}" for layer in range(1, 11)))
    for kind, sizes in found.items():
        print(f"{kind:43}", *(f"{size:9.1e}" for size in sizes))
    save(figure, Path(out) / "activation_statistics.png")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/activation_statistics.py [folder for the picture]
