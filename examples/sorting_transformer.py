"""A Transformer of two layers learns to sort digits, and never errs on sequences that it has not seen.

Eight digits go in, all at once; at place i the i-th smallest must come out. To know it, every place has to look at all
digits and count, which is what attention can do.
"""

import time

import numpy as np
from tqdm import tqdm

import autograd_core as ag
import nn
import optim


def sequences(digits=8, count=30_000, seed=0):
    """Different sequences of digits, with few repeats and with many, and the same in order; a tenth is held out."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(np.arange(10), (count, 1)), axis=1)
    kinds = rng.integers(1, 11, (count, 1))  # how many of the shuffled digits a sequence draws from
    x = np.take_along_axis(shuffled, rng.integers(0, kinds, (count, digits)), axis=1)
    x = np.unique(x, axis=0)  # nothing comes twice, so nothing is on both sides of the split
    train, _, test = nn.split(x, np.sort(x, axis=1), test=0.1, rng=rng)
    return train, test


class Sorter(nn.Module):
    def __init__(self, digits, rng, width=64):
        self.values = nn.Embedding(10, width, rng=rng)
        self.places = nn.Embedding(digits, width, rng=rng)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True, rng=rng)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2, norm=nn.LayerNorm(width))
        self.scores = nn.Linear(width, 10, rng=rng)

    def forward(self, x):
        return self.scores(self.encoder(self.values(x) + self.places(np.arange(x.shape[1]))))


def exact(model, x, y):
    """The share of sequences that are right at every place."""
    with ag.no_grad():
        return float((model(x).numpy().argmax(axis=2) == y).all(axis=1).mean())


def train_on(model, data, rng, steps, batch=64, lr=0.002):
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters())
    history = []
    with tqdm(total=steps, desc="training", unit="step") as progress:
        while True:
            for x, y in nn.batches(data.x, data.y, batch, rng=rng):
                if len(history) == steps:
                    return history
                optimizer.lr = lr * (1 - len(history) / steps)  # large steps first, small ones last
                loss = loss_function(model(x).reshape(-1, 10), y.reshape(-1))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                history.append(loss.item())
                progress.update()
                progress.set_postfix(loss=f"{history[-1]:.5f}", refresh=False)


def main(digits=8, count=30_000, steps=1500):
    train, test = sequences(digits, count)
    rng = np.random.default_rng(0)
    model = Sorter(digits, rng)
    started = time.perf_counter()
    train_on(model, train, rng, steps)
    share = exact(model, test.x, test.y)
    x = test.x[:1]
    print(f"{share:.2%} of {len(test.x)} held-out sequences sorted without an error, "
          f"after {time.perf_counter() - started:.0f} s of training")
    print(f"for example {x[0].tolist()} to {model(x).numpy().argmax(axis=2)[0].tolist()}")
    return share


if __name__ == "__main__":
    main()
