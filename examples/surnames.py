"""A recurrent network spells surnames, one letter after the other, better than counting trigrams does.

Both models say how likely each next letter is. What they are worth is measured in bits per letter on names held out:
-log2 of the share that they gave to the letter that came, on average. 27 letters equally likely would be 4.75 bits.

The 88,799 different surnames of the package names come from the United States' census of 1990.
"""

import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

import autograd_core as ag
import nn
import optim
from common import COLOURS, package_folder, panels, save

LETTERS = ".ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # the dot begins and ends every name
LONGEST = 14


def surnames(count=None, seed=0):
    """Letters as numbers, (names, LONGEST + 1): a dot, the name, and dots to the end; a tenth each is held out."""
    lines = (package_folder("names") / "dist.all.last").read_text(encoding="ascii").split("\n")
    names = [line.split()[0] for line in lines if line]
    table = np.array([[LETTERS.index(letter) for letter in f".{name}".ljust(LONGEST + 1, ".")] for name in names])
    table = np.random.default_rng(seed).permutation(table)[:count]  # the file is in the order of frequency
    return nn.split(table, validation=0.1, test=0.1, rng=seed)


def counted(x):
    """Which letters there are to guess: all up to the dot that ends the name."""
    return np.cumsum(x[:, 1:] == 0, axis=1) - (x[:, 1:] == 0) == 0


# Counting ------------------------------------------------------------------------------------------------------------


class Trigram:
    """P(c | a, b) from counts. Where a pair has been seen n times, n / (n + k) of it is the share of c after the pair,
    and the rest is P(c | b), which is smoothed alike by P(c)."""

    def __init__(self, x, k):
        before = np.concatenate([np.zeros_like(x[:, :1]), x], axis=1)[:, :-2]
        seen = counted(x)
        counts = np.zeros((27, 27, 27))
        np.add.at(counts, (before[seen], x[:, :-1][seen], x[:, 1:][seen]), 1)
        p = np.full(27, 1 / 27)
        for n in (counts.sum(axis=(0, 1)), counts.sum(axis=0), counts):
            p = (n + k * p) / (n.sum(axis=-1, keepdims=True) + k)
        self.p = p

    def bits(self, x):
        before = np.concatenate([np.zeros_like(x[:, :1]), x], axis=1)[:, :-2]
        return -np.log2(self.p[before, x[:, :-1], x[:, 1:]][counted(x)]).mean()


def best_trigram(train, validation):
    """The k that suits the validation names; the test names stay unseen."""
    return min((Trigram(train.x, k) for k in (1, 2, 5, 10, 20, 50)), key=lambda model: model.bits(validation.x))


# Learning ------------------------------------------------------------------------------------------------------------


class Speller(nn.Module):
    """Scores of the next letter, at every letter of a name."""

    def __init__(self, units, rng):
        self.letters = nn.Embedding(27, 24, rng=rng)
        self.memory = nn.GRU(24, units, batch_first=True, rng=rng)
        self.scores = nn.Linear(units, 27, rng=rng)

    def forward(self, x, state=None):
        y, state = self.memory(self.letters(x), state)
        return self.scores(y), state


def loss_of(model, x):
    scores, _ = model(x[:, :-1])
    return nn.CrossEntropyLoss(ignore_index=-1)(scores.reshape(-1, 27), np.where(counted(x), x[:, 1:], -1).reshape(-1))


def bits(model, x):
    with ag.no_grad():
        return loss_of(model, x).item() / np.log(2)


def train_on(model, train, validation, rng, epochs, batch=128):
    optimizer = optim.Adam(model.parameters())
    batches = -(-len(train.x) // batch)
    history = []
    for epoch in range(epochs):
        shuffled = nn.batches(train.x, None, batch, rng=rng)
        progress = tqdm(shuffled, desc=f"epoch {epoch + 1} of {epochs}", total=batches, unit="step")
        for step, (x,) in enumerate(progress, epoch * batches):
            optimizer.lr = 0.004 * (1 - step / (epochs * batches))  # large steps first, small ones last
            loss = loss_of(model, x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(bits(model, validation.x))
        print(f"{history[-1]:.3f} bits per letter on the validation names")
    return history


def invent(model, rng):
    """A new name: draw a letter, go on from there, until a dot comes."""
    name, letter, state = "", 0, None
    while len(name) < LONGEST:
        scores, state = model(np.array([[letter]]), state)
        letter = rng.choice(27, p=ag.softmax(scores[0, 0].astype(float), 0).numpy())
        if letter == 0:
            break
        name += LETTERS[letter]
    return name.capitalize()


def main(out="out", count=None, units=128, epochs=4):
    train, validation, test = surnames(count)
    trigram = best_trigram(train, validation)
    rng = np.random.default_rng(0)
    model = Speller(units, rng)
    started = time.perf_counter()
    history = train_on(model, train, validation, rng, epochs)
    found = {"trigram": trigram.bits(test.x), "GRU": bits(model, test.x)}
    print(f"trained on {len(train.x)} names in {time.perf_counter() - started:.0f} s; on {len(test.x)} held-out names: "
          + ", ".join(f"{name} {value:.3f} bits per letter" for name, value in found.items()))
    print("names that it invents:", ", ".join(invent(model, rng) for _ in range(12)))
    figure, ((axes,),) = panels(1, width=5.6, height=3.6)
    axes.plot(range(1, epochs + 1), history, "o-", color=COLOURS[0], label="GRU, after each epoch")
    axes.axhline(trigram.bits(validation.x), color=COLOURS[1], linestyle="--", label="trigram counts")
    axes.set(xlabel="epoch", ylabel="bits per letter, validation names", xticks=range(1, epochs + 1))
    axes.legend(frameon=False)
    save(figure, Path(out) / "surnames.svg")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])  # python examples/surnames.py [folder for the picture]
