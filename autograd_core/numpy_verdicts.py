"""NumPy's functions that are not in the derivative table, and why: so that each is decided, and says so by name.

A function whose tensor arguments are all constants never comes here: it is computed as NumPy computes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _of(*names: str) -> frozenset[Any]:
    """The functions of these names; older NumPys lack some."""
    return frozenset(getattr(np, name) for line in names for name in line.split() if hasattr(np, name))


CONSTANT = _of(
    "equal not_equal less less_equal greater greater_equal isclose allclose array_equal array_equiv isin in1d",
    "logical_and logical_or logical_not logical_xor all any count_nonzero",
    "bitwise_and bitwise_or bitwise_xor invert left_shift right_shift bitwise_count gcd lcm",
    "isnan isinf isfinite isposinf isneginf signbit isreal iscomplex isrealobj iscomplexobj spacing angle",
    "argmax argmin nanargmax nanargmin argsort argpartition lexsort nonzero flatnonzero argwhere searchsorted digitize",
    "shape ndim size result_type can_cast min_scalar_type common_type may_share_memory shares_memory",
    "zeros_like ones_like empty_like tril_indices_from triu_indices_from diag_indices_from",
    "unravel_index ravel_multi_index ix_ packbits unpackbits einsum_path array_repr array_str array2string",
) | {np.linalg.matrix_rank}
"""Functions whose result does not vary smoothly with a tensor's values: what they return is a constant.

(np.sign and its kin are in the table: their gradient is an exact zero.)
"""

IN_PLACE = {
    "copyto": "t[...] = values, or np.where",
    "put": "t[indices] = values on a flat tensor",
    "put_along_axis": "ag.put_along_axis gives a changed copy",
    "place": "t[mask] = values",
    "putmask": "t[mask] = values",
    "fill_diagonal": "ag.fill_diagonal gives a changed copy",
}
"""Functions that write into their argument, which they cannot do unseen; and what can."""

PLANNED = {
    "bincount": "use ag.scatter_add(weights, x, (n,))",
    "frexp": "",
    "geomspace": "use the exponential of np.linspace",
    "histogram_bin_edges": "use ag.linspace",
    "histogram": "counts are constants: use .numpy(); of weights, ag.scatter_add",
    "histogram2d": "counts are constants: use .numpy()",
    "histogramdd": "counts are constants: use .numpy()",
    "intersect1d": "select by np.isin",
    "logspace": "use a power of np.linspace",
    "nextafter": "",
    "poly": "multiply the factors with np.convolve",
    "polydiv": "",
    "polyfit": "use least squares on np.vander",
    "setdiff1d": "select by np.isin",
    "setxor1d": "select by np.isin",
    "trim_zeros": "use a slice",
    "union1d": "",
    "unique": "x[np.unique(x.numpy(), return_index=True)[1]] is differentiable",
    "unique_all": "index by what it gives for x.numpy()",
    "unique_counts": "index by what it gives for x.numpy()",
    "unique_inverse": "index by what it gives for x.numpy()",
    "unique_values": "index by what np.unique gives for x.numpy()",
}
"""Functions that have a derivative and no rule yet; and what to write instead."""

_COMPLEX = "its result is complex, and tensors are real"
_NOT_NUMBERS = "it is not about real numbers"

IMPOSSIBLE = {
    **dict.fromkeys(["linalg.eig", "linalg.eigvals", "roots", "sort_complex", "real_if_close"], _COMPLEX),
    **dict.fromkeys(["busday_count", "busday_offset", "is_busday", "datetime_as_string", "isnat"], _NOT_NUMBERS),
    **dict.fromkeys(["save", "savez", "savez_compressed", "savetxt"], "a file holds no graph"),
    **{f"fft.{name}": _COMPLEX for name in np.fft.__all__ if "shift" not in name and "freq" not in name},
}
"""Functions that can have no derivative here, and why."""


def name_of(function: Callable[..., Any]) -> str:
    """What NumPy calls a function: ``numpy.linalg.norm``."""
    return f"{getattr(function, '__module__', None) or 'numpy'}.{getattr(function, '__name__', function)}"


def why_no_rule(function: Callable[..., Any]) -> str:
    """Why a function of NumPy's is not differentiable here, and what to do instead; a clause without a full stop.

    Args:
        function: of NumPy's; not in the table.

    Returns:
        "piecewise constant...", "planned...", "impossible..." or "it has no rule".

    Example:
        >>> import numpy as np
        >>> from autograd_core.numpy_verdicts import why_no_rule
        >>> why_no_rule(np.fft.fft)
        'impossible: its result is complex, and tensors are real'
    """
    name = name_of(function).removeprefix("numpy.")
    if function in CONSTANT:
        return "piecewise constant: its derivative is 0 wherever it has one"
    if name in IN_PLACE:
        return f"impossible: it writes into its argument; instead: {IN_PLACE[name]}"
    if name in IMPOSSIBLE:
        return f"impossible: {IMPOSSIBLE[name]}"
    if name in PLANNED:
        return "planned" + (f"; until then, {PLANNED[name]}" if PLANNED[name] else "")
    return "it has no rule"
