"""The ways an array can lie in memory. A function that is right on one and wrong on another has a bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Layout = Callable[[np.ndarray], np.ndarray]


def fortran(x: np.ndarray) -> np.ndarray:
    """First axis contiguous."""
    return np.asfortranarray(x).reshape(x.shape, order="F")


def strided(x: np.ndarray) -> np.ndarray:
    """Every other element, along every axis, of something larger."""
    larger = np.full([2 * n for n in x.shape], np.nan if x.dtype.kind == "f" else 0, x.dtype)
    part: np.ndarray = larger[_along_every_axis(x, slice(None, None, 2))]
    part[...] = x
    return part


def reversed_(x: np.ndarray) -> np.ndarray:
    """Negative strides along every axis."""
    backwards = _along_every_axis(x, slice(None, None, -1))
    shown: np.ndarray = np.array(x[backwards])[backwards]
    return shown


def readonly(x: np.ndarray) -> np.ndarray:
    """An array that cannot be written to."""
    x = np.array(x)
    x.flags.writeable = False
    return x


def big_endian(x: np.ndarray) -> np.ndarray:
    """The byte order of other machines: not NumPy's own on most."""
    return x.astype(x.dtype.newbyteorder(">"))


def repeated(x: np.ndarray) -> np.ndarray:
    """Zero strides: one element along every axis, shown over and over. The only layout that changes the values."""
    return np.broadcast_to(x[_along_every_axis(x, slice(0, 1))], x.shape)


def _along_every_axis(x: np.ndarray, part: slice) -> Any:
    return (..., *[part] * x.ndim)  # the dots keep a 0-d array an array


LAYOUTS: dict[str, Layout] = {
    "fortran": fortran, "strided": strided, "reversed": reversed_, "readonly": readonly,
}
"""Those that keep the values and the dtype."""
