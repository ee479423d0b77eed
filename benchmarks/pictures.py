"""What a picture of a graph costs: the snapshot with its values and gradients, folding, and DOT; and torchviz's.

Run it with ``make bench``, or ``python benchmarks/pictures.py [--seconds S]``. Torchviz draws every operator, without
values and gradients, and recursively: from some hundred in a chain on, Python's stack ends. Rendering, which is
Graphviz's work, is not timed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import interleaved, machine

import autograd_core as ag
import nn
import viz


def chain(tanh: Callable[[Any], Any], x: Any, length: int) -> Any:
    """``length`` operations on one number."""
    for _ in range(length // 2):
        x = tanh(x) + 0.1
    return x


class Cell(nn.Module):
    """One step of a recurrent network, in eight operations."""

    def __init__(self) -> None:
        self.update, self.gate = nn.Linear(8, 8, rng=0), nn.Linear(8, 8, rng=1)

    def forward(self, h: ag.Tensor) -> ag.Tensor:
        return ag.tanh(self.update(h)) * ag.sigmoid(self.gate(h)) + h * 0.5


def unrolled(steps: int) -> ag.Tensor:
    """A recurrent network over time, eight operations a step."""
    cell = Cell()
    h = ag.tensor(np.ones((4, 8), np.float32), requires_grad=True)
    for _ in range(steps):
        h = cell(h)
    return h.sum()


def peers(length: int) -> dict[str, Callable[[], object]]:
    """Torchviz on the same chain, if it is installed and can."""
    try:
        import torch
        from torchviz import make_dot
    except ImportError:
        return {}
    y = chain(torch.tanh, torch.tensor(0.5, requires_grad=True), length)
    try:
        make_dot(y)
    except RecursionError:
        return {}
    return {"torchviz": lambda: make_dot(y).source}


def main() -> None:
    parser = argparse.ArgumentParser(description="The time from a result to the DOT source of its picture.")
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each row (default 4)")
    options = parser.parse_args()
    print(machine("torch", "torchviz"), end="\n\n")
    print("Milliseconds from a result to DOT, best and middle round; - : no such peer, or its recursion fails")
    print(f"  {'':<44}{'viz.draw':>20}{'torchviz':>20}")
    programs = {f"a chain of {n:,} operations": (chain(ag.tanh, ag.tensor(0.5, requires_grad=True), n), peers(n))
                for n in (10, 100, 300, 1_000, 10_000, 100_000)}
    programs |= {f"{n:,} steps of a cell, {8 * n:,} operations": (unrolled(n), {}) for n in (10, 1_000, 12_500)}
    for title, (y, others) in programs.items():
        times = interleaved({"viz.draw": lambda y=y: viz.draw(y), **others}, options.seconds, least=2)
        cells = (f"{1e3 * t.minimum:11.1f}{1e3 * t.median:9.1f}" if (t := times.get(name)) else f"{'-':>20}"
                 for name in ("viz.draw", "torchviz"))
        print(f"  {title:<44}{''.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
