"""What one training step costs, here and in PyTorch on one thread: zero, forward, backward, Adam.

Run it with ``python benchmarks/train_step.py``. Multilayer perceptrons in float32, batches of 128, cross-entropy. Both
start from the same weights, and before anything is timed their losses have to agree for ten steps.
Matrix products run on one thread on both sides.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from timing import interleaved, machine, unpin_blas

unpin_blas(threads=1)

import numpy as np  # noqa: E402  # NumPy reads the environment when it is imported

import autograd_core as ag  # noqa: E402  # imports NumPy
import nn  # noqa: E402  # imports NumPy
import optim  # noqa: E402  # imports NumPy

NETWORKS = {"digits": (64, 64, 10), "MNIST": (784, 256, 128, 10)}
BATCH, RATE = 128, 1e-3

Step = Callable[[], float]


def ours(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> Step:
    model = _stack(nn, [w.shape for w in weights[::2]])
    for parameter, array in zip(model.parameters(), weights, strict=True):
        parameter.data = array.copy()
    return _step(model, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=RATE), ag.tensor(x), y)


def pytorch(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, *, fused: bool) -> Step:
    import torch

    torch.set_num_threads(1)
    model = _stack(torch.nn, [w.shape for w in weights[::2]])
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.tensor(array))
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused)
    return _step(model, torch.nn.CrossEntropyLoss(), optimizer, torch.tensor(x), torch.tensor(y))


def _stack(library: Any, shapes: list[tuple[int, ...]]) -> Any:
    layers: list[Any] = []
    for outputs, inputs in shapes:
        layers += [library.Linear(inputs, outputs), library.ReLU()]
    return library.Sequential(*layers[:-1])


def _step(model: Any, loss_of: Any, optimizer: Any, x: Any, y: Any) -> Step:
    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description="Milliseconds a training step, beside PyTorch on one thread.")
    parser.add_argument("--seconds", type=float, default=6.0, help="time for each network (default 6)")
    options = parser.parse_args()
    print(machine("torch", "threadpoolctl"), end="\n\n")
    rng = np.random.default_rng(0)
    for name, sizes in NETWORKS.items():
        weights = []
        for inputs, outputs in pairwise(sizes):
            weights += [rng.normal(0, (2 / inputs) ** 0.5, (outputs, inputs)).astype(np.float32)]
            weights += [np.zeros(outputs, np.float32)]
        x, y = rng.normal(size=(BATCH, sizes[0])).astype(np.float32), rng.integers(0, sizes[-1], BATCH)
        steps = {"autograd-core": ours(weights, x, y)}
        try:
            steps |= {f"PyTorch{' (fused Adam)' * on}": pytorch(weights, x, y, fused=on) for on in (False, True)}
        except ImportError:
            print("PyTorch is not installed, and left out. CONTRIBUTING.md says how to install it.")
        losses = {who: [step() for _ in range(10)] for who, step in steps.items()}
        for who, theirs in losses.items():
            np.testing.assert_allclose(theirs, losses["autograd-core"], rtol=1e-3, err_msg=f"{who}: other losses")
        times = interleaved(steps, options.seconds, most=2000)
        print(f"== {name}: {'-'.join(map(str, sizes))}, batch {BATCH}, Adam, float32; milliseconds a step")
        print(f"  {'':<22}{'best':>8}{'middle':>8}{'ours / theirs':>20}")
        mine = times["autograd-core"]
        for who, time in times.items():
            row = f"  {who:<22}{time.minimum * 1e3:8.3f}{time.median * 1e3:8.3f}"
            if time is not mine:
                row += f"{mine.minimum / time.minimum:12.2f}{mine.median / time.median:8.2f}"
            print(row)
        print(flush=True)


if __name__ == "__main__":
    main()
