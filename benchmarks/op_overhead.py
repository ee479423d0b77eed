"""What one recorded operation costs, here and in other engines: microseconds an op on chains of elementwise ops.

Run it with ``make bench``, or ``python benchmarks/op_overhead.py [--quick] [--seconds S] [--gc]``. Peers that are not
installed are left out and named. Every engine runs the very same Python function on the same numbers, and before
anything is timed all of them have to agree on the values and on the gradients.

- *forward* records the chain and lets the graph go again; *both* adds the backward pass. Letting go of the
  graph is inside the timing. The garbage collector is off while the clock runs, for everybody; with ``--gc`` it is on,
  for everybody. (micrograd's graphs are reference cycles, which only the collector frees, so that without it
  this cost of micrograd's is not counted.)
- Constant operands are what people would write: plain ndarrays, and for PyTorch, which cannot mix, tensors.
- PyTorch runs on one thread.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterable
from typing import Any

from timing import Timing, interleaved, machine, unpin_blas

unpin_blas()

import numpy as np  # noqa: E402  # NumPy reads the environment when it is imported

import autograd_core as ag  # noqa: E402  # imports NumPy

TARGETS = {"torch": 0.65, "mygrad": 0.15, "autograd": 0.15}
"""The forward + backward time on 8 float64 numbers that we allow ourselves, as a share of the peer's."""

PEERS = {"torch": "PyTorch", "mygrad": "MyGrad", "autograd": "HIPS autograd", "micrograd": "micrograd"}

# The chains: functions of a namespace (tanh, sin, exp, log), the start, and two other operands.


def arithmetic(f: Any, y: Any, u: Any, v: Any, blocks: int) -> Any:
    for _ in range(blocks):
        y = y * u
        y = y + v
        y = y - u
        y = y / v
    return y


def numbers(f: Any, y: Any, u: Any, v: Any, blocks: int) -> Any:
    for _ in range(blocks):
        y = y * 1.001
        y = y + 0.5
        y = y - 0.499
        y = y / 1.0005
    return y


def transcendental(f: Any, y: Any, u: Any, v: Any, blocks: int) -> Any:
    for _ in range(blocks):
        y = f.tanh(y)
        y = f.sin(y)
        y = f.exp(y)
        y = f.log(y)
    return y


CHAINS: list[tuple[str, Callable[..., Any], bool]] = [
    ("arithmetic, constant arrays", arithmetic, False),
    ("arithmetic, all require grad", arithmetic, True),
    ("arithmetic, Python numbers", numbers, False),
    ("tanh, sin, exp, log", transcendental, False),
]


class Engine:
    """One way to run a chain: leaves made once, then ``forward()`` and ``both()`` as often as wanted."""

    def __init__(self, chain: Callable[..., Any], arrays: list[np.ndarray], all_require: bool, blocks: int) -> None:
        self.chain, self.blocks = chain, blocks
        self.prepare(arrays, 3 if all_require else 1)

    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        raise NotImplementedError

    def forward(self) -> Any:
        return self.chain(self.f, *self.operands, self.blocks)

    def both(self) -> None:
        for leaf in self.leaves:
            leaf.grad = None
        self.forward().backward(self.seed)

    def results(self) -> list[np.ndarray]:
        """The value, and the gradient of every leaf."""
        value = self.array(self.forward())
        self.both()
        return [value, *(self.array(leaf.grad) for leaf in self.leaves)]

    def array(self, x: Any) -> np.ndarray:
        return np.asarray(getattr(x, "data", x))


class Ours(Engine):
    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        self.f = ag
        self.leaves = [ag.tensor(array, requires_grad=True) for array in arrays[:leaves]]
        self.operands = [*self.leaves, *arrays[leaves:]]
        self.seed = np.ones_like(arrays[0])


class PyTorch(Engine):
    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        import torch

        torch.set_num_threads(1)
        self.f = torch
        self.leaves = [torch.tensor(array, requires_grad=True) for array in arrays[:leaves]]
        self.operands = self.leaves + [torch.tensor(array) for array in arrays[leaves:]]
        self.seed = torch.ones_like(self.leaves[0])


class MyGrad(Engine):
    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        import mygrad

        self.f = mygrad
        self.leaves = [mygrad.tensor(array) for array in arrays[:leaves]]
        self.operands = [*self.leaves, *arrays[leaves:]]
        self.seed = np.ones_like(arrays[0])

    def both(self) -> None:  # its backward pass sets gradients, and does not add to them
        self.forward().backward(self.seed)


class HIPS(Engine):
    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        import autograd
        import autograd.numpy

        self.arrays, self.leaves, constants = arrays, arrays[:leaves], arrays[leaves:]
        f, chain, blocks = autograd.numpy, self.chain, self.blocks
        self.record = autograd.make_vjp(lambda xs: chain(f, *xs, *constants, blocks))
        self.seed = np.ones_like(arrays[0])

    def forward(self) -> Any:
        return self.record(self.leaves)[1]

    def both(self) -> Any:
        return self.record(self.leaves)[0](self.seed)

    def results(self) -> list[np.ndarray]:
        return [np.asarray(self.forward()), *self.both()]


class Micrograd(Engine):
    def prepare(self, arrays: list[np.ndarray], leaves: int) -> None:
        from micrograd.engine import Value

        sys.setrecursionlimit(100_000)  # its walk is recursive
        self.f = None
        self.operands = [Value(array.item()) for array in arrays]
        self.leaves = self.operands[:leaves]

    def both(self) -> None:
        for leaf in self.leaves:
            leaf.grad = 0
        self.forward().backward()

    def results(self) -> list[np.ndarray]:
        value = np.asarray(self.forward().data)
        self.both()
        return [value, *(np.asarray(leaf.grad) for leaf in self.leaves)]


ENGINES: dict[str, type[Engine]] = {
    "autograd_core": Ours, "torch": PyTorch, "mygrad": MyGrad, "autograd": HIPS, "micrograd": Micrograd,
}


def installed() -> list[str]:
    """The engines that can be imported."""
    found = []
    for name in ENGINES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        found.append(name)
    return found


def build(chain: Callable[..., Any], all_require: bool, shape: tuple[int, ...], dtype: str, ops: int,
          names: Iterable[str]) -> dict[str, Engine]:
    """The engines that can run this chain, once they have been found to agree."""
    rng = np.random.default_rng(0)
    spans = ((0.5, 1.5), (0.999, 1.001), (1.0, 1.002))
    arrays = [np.asarray(rng.uniform(low, high, shape), dtype) for low, high in spans]
    scalar = not shape and dtype == "float64" and chain is not transcendental  # all that micrograd can do
    able = [name for name in names if scalar or name != "micrograd"]
    engines = {name: ENGINES[name](chain, arrays, all_require, ops // 4) for name in able}
    tolerance = 1e-10 if dtype == "float64" else 2e-2  # a thousand float32 roundings add up
    expected = engines["autograd_core"].results()
    for name, engine in engines.items():
        for mine, theirs in zip(expected, engine.results(), strict=True):
            if theirs.shape != shape or not np.allclose(mine, theirs, rtol=tolerance, atol=tolerance):
                raise AssertionError(f"{name} and autograd_core disagree on {chain.__name__}, {shape}, {dtype}")
    return engines


def show(forward: dict[str, Timing], both: dict[str, Timing], ops: int, headline: bool) -> None:
    """One row an engine: microseconds an op, best and middle round, and our time as a share of its."""
    us = 1e6 / ops
    mine = both["autograd_core"]
    for name in both:
        f, b = forward[name], both[name]
        row = f"  {PEERS.get(name, 'autograd-core'):<14}{f.minimum * us:9.2f}{f.median * us:9.2f}"
        row += f"{b.minimum * us:11.2f}{b.median * us:9.2f}"
        if name != "autograd_core":
            ratio = mine.minimum / b.minimum
            row += f"{ratio:11.2f}{mine.median / b.median:9.2f}"
            if headline and name in TARGETS:
                row += f"   <= {TARGETS[name]:.2f}  {'met' if ratio <= TARGETS[name] else 'MISSED'}"
        print(row.rstrip(), flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description="Microseconds an op on chains of elementwise ops, beside peers.")
    parser.add_argument("--quick", action="store_true", help="only the headline: 8 float64 numbers")
    parser.add_argument("--seconds", type=float, default=4.0, help="time for each row of the headline (default 4)")
    parser.add_argument("--gc", action="store_true", help="leave the garbage collector on while the clock runs")
    options = parser.parse_args()
    names = installed()
    print(machine(*PEERS, "threadpoolctl"), end="\n\n")
    if missing := [name for name in PEERS if name not in names]:
        print(f"Not installed, and left out: {', '.join(missing)}. CONTRIBUTING.md says how to install them.\n")
    print("Microseconds an op, best and middle round. 'ours / theirs' is of forward + backward.\n")
    sizes: list[tuple[tuple[int, ...], str, int]] = [((8,), "float64", 1000)]
    if not options.quick:
        sizes += [((), "float64", 1000), ((8,), "float32", 1000)]
        sizes += [((n,), dtype, ops) for n, ops in ((1000, 1000), (100_000, 100)) for dtype in ("float64", "float32")]
    for shape, dtype, ops in sizes:
        headline = shape == (8,) and dtype == "float64"
        what = f"{shape[0]:,} numbers" if shape else "0-d"
        print(f"== {what}, {dtype}, chains of {ops:,} ops{' (the headline)' if headline else ''}")
        target = "   target" if headline else ""
        print(f"  {'':<14}{'forward':>18}{'forward + backward':>20}{'ours / theirs':>20}{target}")
        print(f"  {'':<14}{'best':>9}{'middle':>9}{'best':>11}{'middle':>9}{'best':>11}{'middle':>9}")
        for title, chain, all_require in CHAINS:
            engines = build(chain, all_require, shape, dtype, ops, names)
            seconds = options.seconds if headline else options.seconds / 4
            forwards = {name: engine.forward for name, engine in engines.items()}
            boths = {name: engine.both for name, engine in engines.items()}
            forward = interleaved(forwards, seconds / 3, collector=options.gc)
            both = interleaved(boths, seconds * 2 / 3, collector=options.gc)
            print(f" {title}")
            show(forward, both, ops, headline)


if __name__ == "__main__":
    main()
