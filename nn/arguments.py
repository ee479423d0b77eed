"""One size for each axis: what windows, kernels and normalized shapes are given as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_core.errors import OptionError
from autograd_core.options import whole

Sizes = int | Sequence[int]
"""One number, or one for each axis of space."""


def sizes(layer: str, name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """One int for each of ``count`` axes; a single one serves them all."""
    what = f"{layer}: {name}"
    if not isinstance(value, Sequence):
        return (whole(what, value, least=least),) * count
    if isinstance(value, str) or len(value) != count:
        raise OptionError(f"{what}={value!r}; expected one integer, or one for each of {count} axes.")
    return tuple(whole(what, item, least=least) for item in value)
