"""All weights start at zero: why a network must start at random.

Eight hidden units with equal weights compute the same, get the same gradient, and take the same step. They stay equal
for ever, so they are worth one unit. At zero it is worse: what comes out of the hidden layer is 0, and what goes back
to it is multiplied by weights of 0, so nothing but the last bias ever changes.
"""

import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

import nn
import optim
from common import COLOURS, accuracy, digits, panels, save

STARTS = {
    "all zero": nn.init.zeros_,
    "all 0.1": partial(nn.init.constant_, value=0.1),
    "small random numbers": partial(nn.init.normal_, std=0.1),
}


def network(start, units=8):
    """The network, and what nn.init has to say about this start."""
    model = nn.Sequential(nn.Linear(64, units), nn.Tanh(), nn.Linear(units, 10))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", nn.init.SymmetryWarning)
        nn.init.initialize(model, start, rng=0)
    return model, [str(warning.message) for warning in said]


def train_on(model, x, y, steps):
    """All samples at once. Returns, for every step, one weight of each hidden unit: that of the centre pixel."""
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    path = []
    for _ in tqdm(range(steps), desc="training", unit="step"):
        path.append(model[0].weight.numpy()[:, 36].copy())
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(path)


def main(out="out", steps=300):
    (x, y), (test_x, test_y) = digits()
    figure, axes = panels(3, sharey=True)
    found = {}
    for (name, start), each in zip(STARTS.items(), axes[0], strict=True):
        model, said = network(start)
        path = train_on(model, x, y, steps)
        rows = model[0].weight.numpy()
        different = len(np.unique(rows, axis=0))
        found[name] = {"warnings": len(said), "different units": different, "accuracy": accuracy(model, test_x, test_y)}
        print(f"{name}: {different} different hidden units of {len(rows)}, "
              f"{found[name]['accuracy']:.1%} of the held-out digits")
        print(*(f"   SymmetryWarning: {text}" for text in said[:1]), sep="\n", end="\n" if said else "")
        for unit, values in enumerate(path.T):
            each.plot(values, color=COLOURS[unit % 6], linewidth=1.5, linestyle=("-", "--")[unit // 6])
        each.set(title=name, xlabel=f"step\ndifferent units: {different}, held out: {found[name]['accuracy']:.1%}")
    axes[0, 0].set_ylabel("one weight of each hidden unit")
    save(figure, Path(out) / "broken_symmetry.svg")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/broken_symmetry.py [folder for the picture]
