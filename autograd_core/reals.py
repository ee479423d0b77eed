"""What may come in from outside: real numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import DTypeError, ShapeError


def real_array(data: Any) -> np.ndarray:
    """``data`` as an array of real numbers, without a copy if it is one.

    Raises:
        DTypeError: no real numbers; the message goes on from a name: "is a str of dtype <U1; expected ...".
        ShapeError: no array, as a ragged list.
    """
    if isinstance(data, np.ma.MaskedArray):
        raise DTypeError("is a masked array; fill it with .filled(value) first.")
    try:
        array = np.asarray(data)
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"cannot become an array: {error}") from None
    if array.dtype.kind not in "biuf":
        raise DTypeError(
            f"is a {type(data).__name__} of dtype {array.dtype}; expected a Tensor, a real number or a real "
            f"NumPy array."
        )
    return array
