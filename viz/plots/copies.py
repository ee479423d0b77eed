"""Models that are run for a picture, and stay as they were."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def copy_of(model: Any) -> Any:
    """A copy to run: the original's running statistics and generators of random numbers see nothing of it.

    Its hooks run, since they may change what it computes; those that are functions are the original's own.

    Args:
        model: anything that can be called; what is not a module (has no ``named_modules``) is returned as it is.

    Returns:
        The copy.
    """
    return deepcopy(model) if hasattr(model, "named_modules") else model


def quiet_copy(model: Any) -> Any:
    """The same in eval mode, in which dropout and its like do nothing."""
    copy = copy_of(model)
    if copy is not model:
        copy.eval()
    return copy
