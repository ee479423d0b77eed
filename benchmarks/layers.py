"""What layers cost, forward and backward, here and in PyTorch on one thread.

Run it with ``make bench``, or ``python benchmarks/layers.py [--seconds S] [NAME ...]`` for the layers whose names
begin so. Float32, one thread on both sides, in turn. Before anything is timed, both get the same weights, and their
outputs and gradients have to agree.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple

from timing import interleaved, machine, unpin_blas

unpin_blas(threads=1)

import numpy as np  # noqa: E402  # NumPy reads the environment when it is imported

import autograd_core as ag  # noqa: E402  # imports NumPy
import nn  # noqa: E402  # imports NumPy


class Work(NamedTuple):
    """A layer of ``library`` (ours or ``torch.nn``), and the shape of its input."""

    make: Callable[[Any], Any]
    shape: tuple[int, ...]
    words: int | None = None  # the input is indices below this number


MEDIUM, PICTURES, SEQUENCES = (128, 256), (32, 64, 14, 14), (32, 32, 64)
LAYERS = {
    "Linear(256, 256)": Work(lambda t: t.Linear(256, 256), MEDIUM),
    "Conv2d(6, 16, 5)": Work(lambda t: t.Conv2d(6, 16, 5), (64, 6, 14, 14)),
    "Conv2d(32, 64, 3, padding=1)": Work(lambda t: t.Conv2d(32, 64, 3, padding=1), (32, 32, 14, 14)),
    "Conv2d(1, 8, 3)": Work(lambda t: t.Conv2d(1, 8, 3), (64, 1, 28, 28)),
    "MaxPool2d(2)": Work(lambda t: t.MaxPool2d(2), (64, 6, 28, 28)),
    "AvgPool2d(2)": Work(lambda t: t.AvgPool2d(2), (64, 6, 28, 28)),
    "LayerNorm": Work(lambda t: t.LayerNorm(256), MEDIUM),
    "LayerNorm, sequences": Work(lambda t: t.LayerNorm(128), (32, 64, 128)),
    "RMSNorm": Work(lambda t: t.RMSNorm(256), MEDIUM),
    "GroupNorm(8, 64)": Work(lambda t: t.GroupNorm(8, 64), PICTURES),
    "BatchNorm1d": Work(lambda t: t.BatchNorm1d(256), MEDIUM),
    "BatchNorm2d": Work(lambda t: t.BatchNorm2d(64), PICTURES),
    "RNN(64, 64)": Work(lambda t: t.RNN(64, 64), SEQUENCES),
    "LSTM(64, 64)": Work(lambda t: t.LSTM(64, 64), SEQUENCES),
    "GRU(64, 64)": Work(lambda t: t.GRU(64, 64), SEQUENCES),
    "TransformerEncoderLayer(64, 4)": Work(
        lambda t: t.TransformerEncoderLayer(64, 4, 128, dropout=0.0, batch_first=True), (16, 32, 64)),
    "Embedding(1000, 64)": Work(lambda t: t.Embedding(1000, 64), (32, 64), words=1000),
    "ReLU": Work(lambda t: t.ReLU(), MEDIUM),
    "LeakyReLU": Work(lambda t: t.LeakyReLU(), MEDIUM),
    "ELU": Work(lambda t: t.ELU(), MEDIUM),
    "GELU": Work(lambda t: t.GELU(), MEDIUM),
    "GELU(tanh)": Work(lambda t: t.GELU(approximate="tanh"), MEDIUM),
    "SiLU": Work(lambda t: t.SiLU(), MEDIUM),
    "Sigmoid": Work(lambda t: t.Sigmoid(), MEDIUM),
    "Softplus": Work(lambda t: t.Softplus(), MEDIUM),
    "Hardtanh": Work(lambda t: t.Hardtanh(), MEDIUM),
    "Softmax": Work(lambda t: t.Softmax(-1), MEDIUM),
}


def run_of(layer: Any, x: Any, tensor: Callable[[np.ndarray], Any]) -> Callable[[], list[np.ndarray]]:
    """Forward and backward, from a fixed seed; gives the output and the gradients."""
    leaves = [leaf for leaf in (x, *layer.parameters()) if leaf.requires_grad]
    seed = tensor(np.random.default_rng(1).standard_normal(_first(layer(x)).shape, np.float32))

    def run() -> list[np.ndarray]:
        for leaf in leaves:
            leaf.grad = None
        y = _first(layer(x))
        y.backward(seed)
        return [y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]

    return run


def _first(y: Any) -> Any:
    """The outputs; a recurrent layer also gives its last states."""
    return y[0] if isinstance(y, tuple) else y


def side_by_side(torch: Any, work: Work) -> tuple[Callable[[], list[np.ndarray]], ...]:
    """Our run, and PyTorch's, with the same weights: their outputs and gradients agree."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(work.shape, np.float32) if work.words is None else rng.integers(0, work.words, work.shape)
    ours, theirs = work.make(nn), work.make(torch.nn)
    ours.load_state_dict({name: value.numpy().copy() for name, value in theirs.state_dict().items()})
    grad = {"requires_grad": work.words is None}
    runs = run_of(ours, ag.tensor(x, **grad), ag.tensor), run_of(theirs, torch.tensor(x, **grad), torch.tensor)
    for mine, other in zip(runs[0](), runs[1](), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4 * abs(other).max())
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description="Microseconds, forward and backward, beside PyTorch on one thread.")
    parser.add_argument("names", nargs="*", help="only the layers whose name begins with one of these")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each layer (default 1)")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed, so there is nothing to compare with. CONTRIBUTING.md says how to install it.")
        return
    torch.set_num_threads(1)
    print(machine("torch", "threadpoolctl"), end="\n\n")
    print("Forward and backward, float32; microseconds, and what PyTorch's are a multiple of: best and middle round")
    for name, work in LAYERS.items():
        if options.names and not name.startswith(tuple(options.names)):
            continue
        runs = dict(zip(("ours", "theirs"), side_by_side(torch, work), strict=True))
        times = interleaved(runs, options.seconds, most=2000)
        ours, theirs = times["ours"], times["theirs"]
        print(f"  {name:<32}{work.shape!s:<20}{ours.minimum * 1e6:9.0f}{theirs.minimum * 1e6:9.0f}"
              f"{ours.minimum / theirs.minimum:8.2f}{ours.median / theirs.median:8.2f}", flush=True)


if __name__ == "__main__":
    main()
