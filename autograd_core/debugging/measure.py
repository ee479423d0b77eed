"""The size of a gradient as one number, exact about 0, inf and NaN; and such numbers in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_SAFE = {4: 1e25, 8: 1e280}  # sums of squares between this and its inverse have lost nothing


def rms(array: Any) -> float:
    """Root mean square: 0.0 only if there is nothing but zeros, NaN or inf if there is one (NaN before inf).

    Squares may overflow, which is no harm: call it where NumPy does not warn of that.
    """
    array = np.asarray(array)
    if not array.size:
        return 0.0
    if limit := _SAFE.get(array.dtype.itemsize):
        flat = array.ravel()
        square = float(flat.dot(flat))
        if 1 / limit < square < limit:
            return math.sqrt(square / array.size)
    largest = float(np.abs(array).max())
    if largest == 0 or not math.isfinite(largest):
        return largest
    scaled = array.astype(np.float64) / largest
    return largest * math.sqrt(float((scaled * scaled).mean()))


def number(x: float) -> str:
    """``x`` with two digits, as people write it: 12, 0.5, 2e-06."""
    return f"{x:.2g}" if not 99.5 <= abs(x) < 1e6 else f"{x:.0f}"


def share(part: int, whole: int) -> str:
    """``all 64``, ``3 of 64``."""
    return f"all {whole}" if part == whole else f"{part} of {whole}"
