"""While a rule runs on Tensors: one of its additions loses a side, or its sums lose their first slice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.derivatives import NUMPY

PATCHED = ("__add__", "__radd__", "__sub__", "__rsub__")


@contextmanager
def losing_a_term(index: int, side: str) -> Iterator[None]:
    """The addition or subtraction number ``index`` ignores its ``"left"`` or ``"right"`` operand."""
    seen = 0

    def watched(function: Callable[..., Any], reflected: bool = False) -> Callable[..., Any]:
        def call(a: Any, b: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == index + 1:
                if (side == "left") == reflected:
                    b = b * 0
                else:
                    a = a * 0
            return function(a, b)

        return call

    methods = {name: getattr(Tensor, name) for name in PATCHED}
    ufuncs = {ufunc: NUMPY[ufunc] for ufunc in (np.add, np.subtract)}
    try:
        for name, method in methods.items():
            setattr(Tensor, name, watched(method, name.startswith("__r")))
        NUMPY.update({ufunc: watched(function) for ufunc, function in ufuncs.items()})
        yield
    finally:
        for name, method in methods.items():
            setattr(Tensor, name, method)
        NUMPY.update(ufuncs)


@contextmanager
def losing_a_slice() -> Iterator[None]:
    """``x.sum(axis)`` leaves out the first index of every axis that it sums."""
    right = Tensor.sum

    def wrong(self: Any, axis: Any = None, *args: Any, **options: Any) -> Any:
        return right(self * without_first(self.shape, axis).astype(self.dtype), axis, *args, **options)

    try:
        Tensor.sum = wrong
        yield
    finally:
        Tensor.sum = right


def without_first(shape: tuple[int, ...], axis: Any = None) -> np.ndarray:
    """1 where no index along ``axis`` is the first, else 0; axes of size 1 do not count."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, (tuple, list, range)) else (axis,)
    kept = np.ones(shape)
    for i in axes:
        if shape[i] > 1:
            kept[(slice(None),) * (i % len(shape)) + (0,)] = 0
    return kept
