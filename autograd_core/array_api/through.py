"""From a name of the standard to the function behind it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derivatives import NUMPY, TABLE
from ..numpy_protocol import array_function, array_ufunc


def function(module: Any, name: str) -> Callable[..., Any]:
    """NumPy's ``module.name``, answered as it is for Tensors whatever its arguments are.

    Args:
        module: ``np`` or ``np.linalg``.
        name: that NumPy and the standard have in common.

    Returns:
        The entry of the derivative table, where NumPy's function has no more options than that has.
    """
    numpy = getattr(module, name, None)
    if numpy is None:  # newer than this NumPy
        return TABLE[name].function
    if numpy in NUMPY and isinstance(numpy, np.ufunc):
        return NUMPY[numpy]

    @functools.wraps(numpy)
    def call(*args: Any, **options: Any) -> Any:
        if isinstance(numpy, np.ufunc):
            return array_ufunc(numpy, "__call__", *args, **options)
        return array_function(numpy, args, options)

    return call
