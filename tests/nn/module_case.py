"""What ``test_every_module.py`` needs to know of a module: how to make one, and what to call it with.

Every file ``cases_*.py`` in this folder has a list ``CASES`` of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn


@dataclass(frozen=True)
class Case:
    """A module, float32 and the same each time it is made, and arrays that it takes: float64, or integers."""

    id: str
    make: Callable[[], nn.Module]  # give it a seed if it draws anything
    inputs: Callable[[np.random.Generator], tuple[Any, ...]]  # away from kinks
    order: int = 2  # how often it is differentiated


def normal(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    """Inputs of these shapes, normally distributed."""
    return lambda rng: tuple(rng.standard_normal(shape) for shape in shapes)
