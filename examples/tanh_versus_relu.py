"""tanh against ReLU: how many steps the same network takes to the same training loss.

A ReLU that fires passes the whole gradient back. tanh passes 1 - tanh², which is small wherever it saturates, and the
product over four layers is smaller still. Each network starts in the way that suits it (Xavier for tanh, He for
ReLU), and is trained at several rates, so that none suits only one of them.
(Krizhevsky and others, 2012, figure 1, found a factor of six on a much larger network)
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm import tqdm

import nn
import optim
from common import COLOURS, digits, panels, save

CONTESTANTS = {"tanh": (nn.Tanh, nn.init.xavier_normal_), "ReLU": (nn.ReLU, nn.init.kaiming_normal_)}
GOAL = 0.05


def network(activation, start, rng, layers=4, units=128):
    sizes = [64] + layers * [units]
    hidden = [layer for n, m in pairwise(sizes) for layer in (nn.Linear(n, m), activation())]
    return nn.init.initialize(nn.Sequential(*hidden, nn.Linear(units, 10)), start, rng=rng)


def train_on(model, x, y, rng, lr, steps, batch=32):
    """The training loss of every step, averaged over the last 20; to the goal, or to the last step."""
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    losses, smooth = [], []
    while True:
        for batch_x, batch_y in nn.batches(x, y, batch, rng=rng):
            loss = loss_function(model(batch_x), batch_y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            smooth.append(np.mean(losses[-20:]))
            if len(losses) == steps or smooth[-1] < GOAL:
                return smooth


def main(out="out", steps=3000, rates=(0.01, 0.03, 0.1, 0.3)):
    (x, y), _ = digits()
    figure, ((left, right),) = panels(2, width=5, height=3.8)
    found = {}
    for colour, dash, (name, (activation, start)) in zip(COLOURS, ("--", "-"), CONTESTANTS.items(), strict=False):
        runs = {}
        for lr in tqdm(rates, desc=name, unit="rate"):
            rng = np.random.default_rng(0)
            runs[lr] = train_on(network(activation, start, rng), x, y, rng, lr, steps)
        found[name] = {lr: len(losses) for lr, losses in runs.items()}
        print(f"{name}: steps to a training loss of {GOAL}, by rate: {found[name]}")
        left.semilogy(runs[rates[0]], dash, color=colour, linewidth=2, label=name)
        right.loglog(rates, found[name].values(), "o" + dash, color=colour, linewidth=2, label=name)
    left.axhline(GOAL, color="0.6", linewidth=0.8)
    left.set(title=f"learning rate {rates[0]}", xlabel="step", ylabel="training loss, mean of 20 steps")
    right.set(title=f"steps to a loss of {GOAL}", xlabel="learning rate", ylabel="steps")
    right.set_xticks(rates, [f"{rate:g}" for rate in rates])
    right.set_yticks([100, 300, 1000, 3000], ["100", "300", "1,000", "3,000"])
    right.minorticks_off()
    for axes in (left, right):
        axes.legend(frameon=False)
    save(figure, Path(out) / "tanh_versus_relu.svg")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/tanh_versus_relu.py [folder for the picture]
