"""Writes docs/differentiability.md from the derivative table: ``python docs/write_differentiability.py``."""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from autograd_core.derivatives import TABLE, Entry
from autograd_core.differentiability import CONSTANT, NO_RULE, Differentiability, about, differentiable, numpy_functions

PAGE = Path(__file__).parents[1] / "differentiability.md"
NUMPY_VERSION = ".".join(np.__version__.split(".")[:2])

HEAD = """\
# What is differentiable

Generated from the derivative table by `make docs`, with NumPy {version}; a test says when it is out of date.
`ag.differentiable("numpy.linalg.norm")` answers the same at run time.

**{ours} functions**, {smooth} of them differentiable and {flat} piecewise constant with an exact zero gradient, answer
to {names} names of NumPy's. {constant} more names of NumPy's give constants. {missing} have no rule, and say so when
they are called.

- *Differentiable* arguments carry a gradient; *constant* ones are options, or data that no gradient flows to.
- *Order* is how often a function can be differentiated. Rules are recorded like any other code, so it is any.
- *Dtypes* are those that results and gradients keep, measured on the calls that the tests make.
- *At kinks* is the gradient where there is no derivative. [Conventions](conventions.md) has the details.
"""

COLUMNS = ("Function", "NumPy", "Differentiable", "Constant", "Order", "Dtypes", "At kinks")


def page() -> str:
    """The text of the page."""
    families: dict[str, list[Entry]] = {}
    for entry in TABLE.values():
        package, _, family = entry.function.__module__.rpartition(".")
        if package.startswith("autograd_core."):
            families.setdefault(family, []).append(entry)
    ours = [about(entry) for entries in families.values() for entry in entries]
    theirs = {name: differentiable(function) for name, function in numpy_functions()}
    constant = {name: answer for name, answer in theirs.items() if answer.status == CONSTANT and not answer.numpy}
    missing = {name: answer for name, answer in theirs.items() if answer.status == NO_RULE}
    flat = sum(answer.status == CONSTANT for answer in ours)
    named = sum(bool(answer.numpy) for answer in theirs.values())
    parts = [HEAD.format(version=NUMPY_VERSION, ours=len(ours), smooth=len(ours) - flat, flat=flat,
                         names=named, constant=len(constant), missing=len(missing))]
    for family, entries in sorted(families.items()):
        parts.append(f"## {family.replace('_', ' ').capitalize()}\n\n{summary(entries[0])}\n\n{table(entries)}\n")
    parts.append(f"## NumPy's functions that give constants\n\n{names(constant)}.\n")
    parts.append("## NumPy's functions without a rule\n\n| NumPy | Why |\n| --- | --- |\n" + "\n".join(
        f"| {names(name for name, answer in missing.items() if answer.why == why)} | {why} |"
        for why in sorted({answer.why for answer in missing.values()})) + "\n")
    return "\n".join(parts)


def summary(entry: Entry) -> str:
    """The first line of the docstring of the file that an entry stands in."""
    return (sys.modules[entry.function.__module__].__doc__ or "").splitlines()[0]


def table(entries: Iterable[Entry]) -> str:
    """A row for every entry, by name."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(row(about(entry)) for entry in sorted(entries, key=lambda e: e.name))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def row(answer: Differentiability) -> tuple[str, ...]:
    """The cells of one function."""
    order = "0 between jumps" if answer.status == CONSTANT else answer.order
    return (
        f"`{answer.name}`", names(answer.numpy), names(answer.arguments), names(answer.constants), order,
        ", ".join(answer.dtypes).replace("float", ""), answer.kink.replace("|", "\\|"),
    )


def names(words: Iterable[str]) -> str:
    """Names as code, NumPy's under its short name."""
    return ", ".join(f"`{word.replace('numpy.', 'np.', 1)}`" for word in words)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
