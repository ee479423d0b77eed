"""How loading a state by name begins, for models and optimizers: which names match, and a list of what does not."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from .errors import StateError


class Unmatched(NamedTuple):
    """The names on which a model or an optimizer, and a state to load, do not agree."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def match(own: Collection[str], state: Collection[str]) -> Unmatched:
    """The names that only one of the two has, in their order."""
    return Unmatched([name for name in own if name not in state], [name for name in state if name not in own])


def refuse_misfits(what: str, unmatched: Unmatched, strict: bool, **wrong: list[str]) -> None:
    """Go on only with a state that fits.

    Args:
        what: the class that it is loaded into.
        unmatched: what :func:`match` found.
        strict: whether that is wrong, too.
        wrong: by kind, whatever else does not fit, in words.

    Raises:
        StateError: the message lists everything.
    """
    if not any(wrong.values()) and not (strict and any(unmatched)):
        return
    found = {"missing": unmatched.missing_keys, "unexpected": unmatched.unexpected_keys, **wrong}
    lines = [f"\n  {kind.replace('_', ' ')}: {'; '.join(items)}" for kind, items in found.items() if items]
    raise StateError(f"load_state_dict: the state does not fit this {what}; nothing was loaded.{''.join(lines)}")
