"""What is said of what was measured: findings in words, and the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from autograd_core.debugging import Finding
from autograd_core.debugging.symptoms import FLAT, HUGE, MANY, TINY

from .gauges import Gauge

LARGE_UPDATE = 0.1
"""An update of a weight matrix by more than this share of its norm, in one step, is called large; 0.001 is usual."""

SMALL_UPDATE = 1e-6
"""One by less is called small: it is near what rounding to float32 loses."""

SHOWN = 8
"""So many layers with the same finding are named."""


class WatchWarning(UserWarning):
    """Something that :func:`nn.watch` saw, and that keeps a network from learning."""


def of_layer(path: str, gauge: Gauge) -> Iterator[Finding]:
    """What is wrong with a layer, from one step."""
    gradient, flat = gauge.gradient, gauge.flat / (gauge.elements or 1)
    if gauge.output.count and not gauge.output.finite:
        yield _finding("not finite", path, "its output has NaN or inf. ag.detect_anomaly() finds the operation")
    elif gradient.count and not gradient.finite:
        yield _finding("not finite", path, "its gradient has NaN or inf. ag.detect_anomaly() finds the operation")
    elif gradient.count and gradient.rms < TINY:
        size = f"has an RMS of {gradient.rms:.1e}, too small to learn from" if gradient.rms else "is 0"
        yield _finding("vanishing", path, f"its gradient {size}. ag.explain says where it was lost",
                       gradient_rms=gradient.rms)
    elif gradient.count and gradient.rms > HUGE:
        yield _finding("exploding", path, f"its gradient has an RMS of {gradient.rms:.1e}. Clip it, lower the "
                       f"learning rate, or start from smaller weights", gradient_rms=gradient.rms)
    if flat >= MANY:
        yield _finding("saturated", path, f"{flat:.0%} of its outputs are saturated: their slope is below {FLAT}. "
                       f"Smaller starting weights, scaled inputs, or ReLU keep the slope", saturated=flat)


def of_units(path: str, dead: int, units: int) -> Iterator[Finding]:
    """What is wrong with a layer, from all samples of a window."""
    if units and dead / units >= MANY:
        yield _finding("dead", path, f"{dead} of {units} units are dead: off for every sample seen. A lower learning "
                       f"rate, He's starting weights, or LeakyReLU keep them alive", dead=dead / units)


def of_update(name: str, update: float) -> Iterator[Finding]:
    """What is wrong with the step that a weight matrix made."""
    numbers = {"update": update}
    if update > LARGE_UPDATE:
        yield Finding("large update", f"{name}: one step moved it by {update:.0%} of its norm, where 0.1% is usual. "
                      f"Lower the learning rate", module=name, numbers=numbers)
    elif update == 0:
        yield Finding("no update", f"{name}: a step that moved others did not move it. Is it in the optimizer, does "
                      f"the loss use it, or is the step too small for its dtype?", module=name, numbers=numbers)
    elif update < SMALL_UPDATE:
        yield Finding("small update", f"{name}: one step moved it by {update:.1e} of its norm, where 1e-3 is usual. "
                      f"Raise the learning rate, unless training is over", module=name, numbers=numbers)


def _finding(kind: str, path: str, said: str, **numbers: float) -> Finding:
    return Finding(kind, f"{path or 'the model'}: {said}.", module=path, numbers=numbers)


def grouped(findings: Iterable[Finding]) -> Iterator[str]:
    """One line for each kind of finding: the first in full, and where else it is so."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, []).append(finding)
    for first, *others in kinds.values():
        names = [finding.module or "the model" for finding in others]
        shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
        yield f"{first} Also {first.kind}: {shown}." if names else str(first)


COLUMNS = {"output mean": "mean", "std": "std", "gradient norm": "gradient_norm", "saturated": "saturated",
           "dead": "dead"}


def table(kinds: Mapping[str, str], layers: Mapping[str, Mapping[str, float]], updates: Mapping[str, float]) -> str:
    """The last measures of each layer in a row: by path, its kind, its numbers, and the update of its weight."""
    cells = [["layer", "kind", *COLUMNS, "update"]]
    for path, numbers in layers.items():
        own = [update for name, update in updates.items() if name.rpartition(".")[0] == path]
        cells.append([path or "model", kinds[path], *(_cell(numbers[key], key) for key in COLUMNS.values()),
                      _cell(own[0], "update") if own else ""])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(w) if i < 2 else cell.rjust(w)
                       for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in cells]
    return "\n".join([lines[0], "─" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def _cell(number: float, measure: str) -> str:
    if math.isnan(number):
        return ""
    return f"{number:.0%}" if measure in ("saturated", "dead") else f"{number:.3g}"
