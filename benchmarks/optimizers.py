"""What one step of each optimizer costs, here and in PyTorch, on one thread each.

Run it with ``python benchmarks/optimizers.py``. Float32, at three sizes: a network 784-256-128-10 (235,146 weights in 6
arrays), one array of 25 million, which is more than any cache holds, and 100 arrays of 64, where calls cost more than
arithmetic. PyTorch's default is a loop over the arrays; ``fused`` is one kernel in C++, where there is one. Ours looks
for NaN in the gradients first, which theirs do not; "unchecked" does not look (``nonfinite="ignore"``). Before anything
is timed, both sides have to agree after five steps.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from typing import Any

from timing import interleaved, machine, unpin_blas

unpin_blas(threads=1)

import numpy as np  # noqa: E402  # NumPy reads the environment when it is imported

import autograd_core as ag  # noqa: E402  # imports NumPy
import optim  # noqa: E402  # imports NumPy

MLP = [shape for sizes in pairwise((784, 256, 128, 10)) for shape in (sizes[::-1], sizes[1:])]
SIZES = {"network": MLP, "large": [(5000, 5000)], "small": [(64,)] * 100}
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "GD": {}, "SGD": {"momentum": 0.9}, "Adam": {}, "AdamW": {}, "Adamax": {}, "NAdam": {}, "RAdam": {}, "Adagrad": {},
    "Adadelta": {}, "RMSprop": {}, "Rprop": {}, "AMSGrad": {}, "Lion": {}, "LAMB": {}, "SWATS": {"tolerance": 0.0},
    "AdaptiveGains": {},
}


def ours(name: str, arrays: list[np.ndarray], gradients: list[np.ndarray], nonfinite: str = "raise") -> Any:
    params = [ag.tensor(array, requires_grad=True) for array in arrays]
    for p, g in zip(params, gradients, strict=True):
        p.grad = ag.tensor(g)
    return getattr(optim, name)(params, nonfinite=nonfinite, **OPTIMIZERS[name]), params


def pytorch(torch: Any, name: str, arrays: list[np.ndarray], gradients: list[np.ndarray], **kind: bool) -> Any:
    params = [torch.tensor(array, requires_grad=True) for array in arrays]
    for p, g in zip(params, gradients, strict=True):
        p.grad = torch.tensor(g)
    return getattr(torch.optim, name)(params, **OPTIMIZERS[name], **kind), params


def compare(name: str, shapes: list[tuple[int, ...]], seconds: float, torch: Any) -> str:
    """A line of the table."""
    rng = np.random.default_rng(0)
    arrays, gradients = ([rng.standard_normal(shape, dtype=np.float32) for shape in shapes] for _ in range(2))
    made = {"ours": ours(name, arrays, gradients), "unchecked": ours(name, arrays, gradients, "ignore")}
    if torch is not None and hasattr(torch.optim, name):
        kinds: dict[str, dict[str, bool]] = {"default": {}}
        if name in ("SGD", "Adam", "AdamW", "Adagrad"):
            kinds["fused"] = {"fused": True}
        if len(shapes) > 10:
            kinds["foreach"] = {"foreach": True}
        made |= {kind: pytorch(torch, name, arrays, gradients, **how) for kind, how in kinds.items()}
    for kind, (optimizer, params) in made.items():
        for _ in range(5):
            optimizer.step()
        for p, mine in zip(params, made["ours"][1], strict=True):
            np.testing.assert_allclose(p.detach().numpy(), mine.data, rtol=1e-4, atol=1e-5, err_msg=f"{name} {kind}")
    times = interleaved({kind: optimizer.step for kind, (optimizer, _) in made.items()}, seconds, least=3, most=2000)
    mine, unchecked = times.pop("ours"), times.pop("unchecked")
    line = f"  {name:<14}{mine.minimum * 1e3:9.3f}{mine.median * 1e3:9.3f}{unchecked.minimum * 1e3:11.3f}"
    for kind, time in times.items():
        line += f"   {kind} {mine.minimum / time.minimum:5.2f} {unchecked.minimum / time.minimum:5.2f}"
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description="Milliseconds a step of each optimizer, beside PyTorch on one thread.")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each optimizer and size (default 1.5)")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--only", nargs="+", choices=OPTIMIZERS, default=list(OPTIMIZERS))
    options = parser.parse_args()
    print(machine("torch", "threadpoolctl"), end="\n\n")
    try:
        import torch

        torch.set_num_threads(1)
    except ImportError:
        torch = None
        print("PyTorch is not installed, and left out. CONTRIBUTING.md says how to install it.")
    for size in options.sizes:
        shapes = SIZES[size]
        count = sum(int(np.prod(shape)) for shape in shapes)
        print(f"== {size}: {count:,} float32 in {len(shapes)} arrays; ours in ms: best, middle, best unchecked;")
        print("   then, for each kind of PyTorch's, ours / theirs and ours unchecked / theirs, of the best rounds")
        for name in options.only:
            print(compare(name, shapes, options.seconds, torch), flush=True)
        print()


if __name__ == "__main__":
    main()
