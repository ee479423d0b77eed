"""Timing that is fair to everybody: rounds A B C, A B C, ... so that whatever slows the machine slows all of them."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True)
class Timing:
    """Seconds a call: the best round, which other processes disturb least, and the middle one."""

    minimum: float
    median: float


def unpin_blas(threads: int | None = None) -> None:
    """Start this program again without OPENBLAS_* in its environment, unless that is how it was started.

    Those variables choose NumPy's matrix kernels and thread count, but not those of peers with a BLAS of their own;
    a comparison under them says more about the environment than about the engines. They are read when NumPy
    is first imported, so clearing them has to come before.

    Args:
        threads: the number of BLAS threads for NumPy; by default OpenBLAS's own choice.
    """
    wanted = {} if threads is None else {"OPENBLAS_NUM_THREADS": str(threads)}
    found = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    if found != wanted:
        kept = {name: value for name, value in os.environ.items() if name not in found}
        os.execve(sys.executable, [sys.executable, *sys.argv], kept | wanted)


def interleaved(calls: Mapping[str, Callable[[], object]], seconds: float, *, least: int = 5, most: int = 200,
                collector: bool = False) -> dict[str, Timing]:
    """Time the calls in turn, in as many rounds as fit into ``seconds`` (at least ``least``, at most ``most``).

    Every round begins with another call. The garbage collector runs before each call; during it, it is off, or
    with ``collector`` on, as it is in most programs.
    """
    for call in calls.values():
        for _ in range(3):  # warm caches, allocators and the interpreter's specialised bytecode
            call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    gc.freeze()  # what is alive now need not be looked at again before every call
    end = time.perf_counter() + seconds
    for i in range(most):
        if i >= least and time.perf_counter() > end:
            break
        for name in names[i % len(names):] + names[: i % len(names)]:
            call = calls[name]
            gc.collect()
            if not collector:
                gc.disable()
            try:
                start = time.perf_counter()
                call()
                taken[name].append(time.perf_counter() - start)
            finally:
                gc.enable()
    gc.unfreeze()
    return {name: Timing(min(times), statistics.median(times)) for name, times in taken.items()}


def machine(*packages: str) -> str:
    """Lines that say what the figures were taken on."""
    lines = [f"CPU     {_cpu()}, {os.cpu_count()} cores, load {_load()}", f"Python  {platform.python_version()}"]
    lines += [f"{name:<7} {_version(name)}" for name in ("numpy", *packages)]
    return "\n".join([*lines, f"BLAS    {_blas()}"])


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _blas() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (threadpoolctl is not installed)"
    libraries = [
        f"{library['internal_api']} {library['version']}, kernel {library.get('architecture', 'unknown')}, "
        f"threads {library['num_threads']}"
        for library in threadpool_info()
        if library["user_api"] == "blas"
    ]
    return "; ".join(libraries) or "none found"
