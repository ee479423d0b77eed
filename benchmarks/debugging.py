"""What the debugging modes cost: times with one of them on, as multiples of the time without.

Run it with ``make bench``, or ``python benchmarks/debugging.py [--seconds S]``. Everything runs in turn, so that
whatever slows the machine slows all alike. What the modes cost when off is part of every figure of ``op_overhead.py``.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from timing import interleaved, machine, unpin_blas

unpin_blas(threads=1)

import numpy as np  # noqa: E402  # NumPy reads the environment when it is imported

import autograd_core as ag  # noqa: E402  # imports NumPy
import nn  # noqa: E402  # imports NumPy
import optim  # noqa: E402  # imports NumPy

OPS = 1000


def chain() -> Callable[[], Any]:
    """1,000 operations on 8 numbers, and backward."""
    x, u = (ag.tensor(np.linspace(0.9, 1.1, 8), requires_grad=True) for _ in range(2))
    seed = np.ones(8)

    def run() -> None:
        x.grad = u.grad = None
        y = x
        for _ in range(OPS // 4):
            y = ag.tanh(y * u + 1.0) - u
        y.backward(seed)

    return run


def training(*sizes: int, batch: int = 128) -> Callable[[], Any]:
    """One step of a multilayer perceptron: zero, forward, backward, Adam."""
    rng = np.random.default_rng(0)
    layers: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    loss_of, optimizer = nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=1e-3)
    x, y = ag.tensor(rng.normal(size=(batch, sizes[0])).astype(np.float32)), rng.integers(0, sizes[-1], batch)

    def run() -> None:
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return run


MODES: dict[str, Callable[[], Any]] = {
    "off": contextlib.nullcontext, "detect_anomaly": ag.detect_anomaly, "debug_mode": ag.debug_mode,
}


def within(mode: Callable[[], Any], run: Callable[[], Any]) -> Callable[[], Any]:
    """``run``, in a block of ``mode``."""

    def inside() -> None:
        with mode():
            run()

    return inside


def main() -> None:
    parser = argparse.ArgumentParser(description="The time with a debugging mode on, as a multiple of that without.")
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each row (default 4)")
    options = parser.parse_args()
    print(machine("threadpoolctl"), end="\n\n")
    programs = {
        f"{OPS:,} ops on 8 numbers, and backward": chain(),
        "training step, 64-64-10, batch 128": training(64, 64, 10),
        "training step, 784-256-128-10, batch 128": training(784, 256, 128, 10),
    }
    print("Time as a multiple of that with the mode off; best and middle round")
    print(f"  {'':<42}" + "".join(f"{name:>20}" for name in MODES if name != "off"))
    for title, run in programs.items():
        times = interleaved({name: within(mode, run) for name, mode in MODES.items()}, options.seconds, most=2000)
        off = times.pop("off")
        row = "".join(f"{t.minimum / off.minimum:12.2f}{t.median / off.median:8.2f}" for t in times.values())
        print(f"  {title:<42}{row}", flush=True)


if __name__ == "__main__":
    main()
