"""Calls of the functions of the derivative table, drawn from the domain that each declares."""

from __future__ import annotations

import difflib

import numpy as np
from hypothesis import strategies as st

from ...derivatives import TABLE, Entry
from ...derivatives.domains import Case, Elementwise
from ..samples import Sample, sample_of
from .arrays import broadcastable_shapes
from .numbers import operands


def calls(name: str | None = None) -> st.SearchStrategy[Sample]:
    """Calls of a function of the derivative table, with operands from the domain that it declares.

    Args:
        name: of the function, as in the table: "log", "cumsum", "eigh"; by default any.

    Returns:
        A strategy for Samples: ``sample.operands`` are arrays, and ``sample(*operands)`` is the call, options and all.

    Raises:
        ValueError: there is no such function.

    Example:
        >>> from hypothesis import given, settings
        >>> import autograd_core as ag
        >>> from autograd_core.testing.strategies import calls
        >>> @settings(max_examples=5, deadline=None)
        ... @given(calls("logsumexp"))
        ... def check(sample):
        ...     ag.testing.gradcheck(sample, *sample.operands)
        >>> check()
    """
    if name is not None and name not in TABLE:
        near = ", ".join(difflib.get_close_matches(name, TABLE)) or "ag.derivatives.TABLE lists all"
        raise ValueError(f"calls: the derivative table has no {name!r}; near it: {near}.")
    return _calls([TABLE[name]] if name is not None else list(TABLE.values()))


@st.composite
def _calls(draw_from: st.DrawFn, entries: list[Entry]) -> Sample:
    entry = draw_from(st.sampled_from(entries))
    over = entry.over
    if isinstance(over, Elementwise):
        case, intervals = Case(draw_from(broadcastable_shapes(len(over.intervals)))), over.intervals
    else:
        case = draw_from(st.sampled_from(over.calls))
        intervals = (over.interval,) * len(case.shapes)
    drawn = draw_from(operands(intervals, case.shapes))
    return sample_of(entry, case, drawn, np.random.default_rng(draw_from(st.integers(0, 1000))))
