"""Loading a state, for models, optimizers, schedules and averages: first everything is checked, then it is assigned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from .errors import AutogradError, StateError
from .tensor import Tensor


class Unmatched(NamedTuple):
    """The names on which a model or an optimizer, and a state to load, do not agree."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Loading:
    """The checks of one load. What does not fit is noted, and :meth:`done` refuses all of it in one error.

    Args:
        what: the class that is loaded into.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._misfits: dict[str, list[str]] = {}

    def part(self, name: str, value: Any, kind: type | tuple[type, ...], *keys: str) -> Any:
        """``value``, checked to be of a kind and to have these keys: without them nothing else can be checked.

        Raises:
            StateError: at once.
        """
        if not isinstance(value, kind):
            self._refuse(f"{name} is a {type(value).__name__}")
        if missing := [key for key in keys if key not in value]:
            self._refuse(f"{name} has no {missing[0]!r}")
        return value

    def origin(self, state: Any, *keys: str) -> None:
        """Check that ``state`` is what ``state_dict()`` of this class gives: a dict with "class" and these keys.

        Raises:
            StateError: at once.
        """
        self.part("the state", state, Mapping, *keys, "class")
        if str(state["class"]) != self.what:
            raise StateError(f"load_state_dict: the state is that of {state['class']}, not of {self.what}; nothing was "
                             f"loaded.")

    def _refuse(self, words: str) -> None:
        raise StateError(f"load_state_dict: {words}; this is not what {self.what}.state_dict() gives.")

    def match(self, own: Collection[str], given: Collection[str], strict: bool = True) -> Unmatched:
        """The names that only one of the two has, in their order; if ``strict``, that is a misfit."""
        missing, unexpected = [name for name in own if name not in given], [name for name in given if name not in own]
        if strict:
            for kind, names in (("missing", missing), ("unexpected", unexpected)):
                for name in names:
                    self.note(kind, str(name))
        return Unmatched(missing, unexpected)

    def note(self, kind: str, words: str) -> None:
        """Something that does not fit."""
        self._misfits.setdefault(kind, []).append(words)

    @contextmanager
    def check(self, prefix: str = "") -> Iterator[None]:
        """Around the check of one entry: what it raises is noted, after ``prefix``, and the checks go on."""
        try:
            yield
        except AutogradError as error:
            self.note("wrong", prefix + str(error).removesuffix("."))

    def done(self) -> None:
        """Go on only if everything fits.

        Raises:
            StateError: the message lists all that does not.
        """
        if self._misfits:
            lines = [f"\n  {kind}: {'; '.join(words)}" for kind, words in self._misfits.items()]
            raise StateError(f"load_state_dict: the state does not fit this {self.what}; nothing was loaded."
                             f"{''.join(lines)}")


def real_array(name: str, value: Any) -> np.ndarray:
    """``value`` as an array of real numbers, which may share its memory.

    Raises:
        StateError: it is none.
    """
    try:
        array = value.data if isinstance(value, Tensor) else np.asarray(value)
    except ValueError:
        raise StateError(f"{name} has rows of unequal length") from None
    except Exception as error:  # whatever another library's tensors raise
        raise StateError(f"{name} cannot be read as an array: {error}") from None
    if array.dtype.kind not in "biuf":
        raise StateError(f"{name} has dtype {array.dtype}; expected real numbers")
    return array


def converted(name: str, array: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of ``array`` in another dtype: floats are rounded, but what is finite stays so; the rest stays equal.

    Raises:
        StateError: a value that the dtype cannot hold.
    """
    if np.can_cast(array.dtype, dtype):
        return np.array(array, dtype)
    with np.errstate(all="ignore"):
        copy = array.astype(dtype)
    fits = np.isfinite(copy) | ~np.isfinite(array) if dtype.kind == "f" else copy == array
    if not np.all(fits):
        raise StateError(f"{name} holds {array[~np.asarray(fits)][0]}, which {dtype} cannot")
    return copy


def same_array(name: str, value: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of ``value``, checked to be an array of this very shape and dtype.

    Raises:
        StateError: it is none.
    """
    array = real_array(name, value)
    if (array.shape, array.dtype) != (shape, dtype):
        raise StateError(f"{name} is {array.dtype}{list(array.shape)}, expected {dtype}{list(shape)}")
    return array.copy()
