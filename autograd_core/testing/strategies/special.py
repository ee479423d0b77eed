"""The numbers at which derivatives go wrong."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from .arrays import Shape, shapes


def special_values(shape: Shape | st.SearchStrategy[Shape] | None = None, dtype: npt.DTypeLike = np.float64, *,
                   finite: bool = False) -> st.SearchStrategy[np.ndarray]:
    """Arrays of numbers at which functions bend, jump, overflow or are undefined; ties are common.

    0, 1 and -1; -0.0; halves and integers, where rounding bends; the spacing at 1; the smallest and largest numbers,
    normal and subnormal; both infinities and NaN.

    Args:
        shape: a shape, or a strategy for shapes; by default any that :func:`shapes` draws.
        dtype: a float dtype.
        finite: leave out the infinities and NaN.

    Returns:
        A strategy for arrays.

    Example: A gradient of exactly zero stays zero, whatever the slope is.
        >>> from hypothesis import given, settings
        >>> import numpy as np
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import special_values
        >>> @settings(max_examples=20, deadline=None)
        ... @given(special_values(finite=True))
        ... def check(values):
        ...     x = ag.tensor(values, requires_grad=True)
        ...     with np.errstate(all="ignore"):
        ...         ag.log(x).backward(np.zeros(x.shape))
        ...     assert (x.grad == 0).all()
        >>> check()
    """
    limits = np.finfo(dtype)
    small = [limits.eps, limits.tiny, limits.smallest_subnormal]
    numbers = [0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, -2.0, 2.5, 3.0, -0.0, *small, limits.max]
    numbers += [-x for x in (*small, limits.max)]
    numbers += [] if finite else [np.inf, -np.inf, np.nan]
    elements = st.sampled_from([float(x) for x in numbers])
    return of_numpy.arrays(dtype, shapes() if shape is None else shape, elements=elements)
