"""What this namespace has: its dtypes, its one device, its capabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..creation import on_cpu

_REAL = ["float64", "float32", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"]
_COMPLEX = ["complex128", "complex64"]  # to ask about; tensors hold real numbers

DTYPES: dict[str, np.dtype[Any]] = {name: np.dtype(name) for name in _REAL + _COMPLEX}
"""The standard's dtypes by name."""


class NamespaceInfo:
    """What ``__array_namespace_info__()`` of the standard gives."""

    def capabilities(self) -> dict[str, Any]:
        """What arrays can do."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """The only device."""
        return "cpu"

    def devices(self) -> list[str]:
        """The devices."""
        return ["cpu"]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, np.dtype[Any]]:
        """What Python's numbers become."""
        on_cpu("default_dtypes", device)
        integer = np.asarray(0).dtype
        return {"real floating": DTYPES["float64"], "integral": integer, "indexing": np.dtype(np.intp)}

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, np.dtype[Any]]:
        """The dtypes of a kind, such as "real floating" or ("bool", "integral"); all of them by default."""
        on_cpu("dtypes", device)
        return {name: DTYPES[name] for name in _REAL if kind is None or np.isdtype(DTYPES[name], kind)}
