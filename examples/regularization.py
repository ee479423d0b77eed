"""The same network of 20 hidden units under L2 penalties of 0.001, 0.01 and 0.1: how smooth its boundary gets.

λ/2 Σ w² is added to the loss, so every weight is drawn to 0 in proportion to itself. Small weights bend the boundary
less: at first noise in the training points is not followed any more, at last the data are not either. It is better to
have many units and a penalty than to have few units.
"""

import sys
from pathlib import Path

from hidden_units import compare, network, train_on, two_classes


def main(out="out", steps=4000):
    train, test = two_classes()
    models = {f"λ = {strength:g}": train_on(network(20), train, steps, strength) for strength in (0.001, 0.01, 0.1)}
    return compare(models, train, test, Path(out) / "regularization.svg")


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/regularization.py [folder for the picture]
