"""Weights in files: safetensors, written whole or not at all, checked when read. No pickle."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import AutogradError, DTypeError, MissingExtraError
from autograd_core.files import write_whole

from .module import Module

VERSION = "1"
"""Of the names and texts in a file; the format itself is safetensors'."""

HEADER_LIMIT = 4 << 20
"""The longest header that is read, in bytes: about 40,000 arrays. A hostile one could otherwise fill the memory."""

_DTYPES = ("float16", "float32", "float64", "bool",
           "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_VERSION, _CRC = "autograd_core", "autograd_core_crc32"  # our texts
_UNKNOWN = "0" * 8  # stands for the checksum while it is computed


class FileError(AutogradError, OSError):
    """A file that is damaged, or is not what it should be."""


def save(model: Module | Mapping[str, Any], path: str | Path) -> None:
    """Write the parameters and persistent buffers of a model, or any arrays by name, to a safetensors file.

    The file appears whole: whenever the process is killed, ``path`` holds the old content or the new one.
    (A killed process may leave a hidden draft beside it.)

    Args:
        model: a Module, or a dict of ndarrays or Tensors: float16, 32, 64, integers or bool.
        path: where; missing folders are made, an existing file is replaced.

    Raises:
        DTypeError: an array of another dtype; names that are not strings. Nothing is written.
        MissingExtraError: safetensors is not installed.

    Example:
        >>> import tempfile, nn
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
        >>> nn.save(nn.Linear(3, 2), path)
        >>> sorted(nn.load(path))
        ['bias', 'weight']
    """
    state = model.state_dict() if isinstance(model, Module) else model
    if not isinstance(state, Mapping):
        raise DTypeError(f"save: model={model!r}; expected a Module, or a dict of arrays by name.")
    arrays = {name: plain_array("save", name, value) for name, value in state.items()}
    write(path, arrays, {"class": type(model).__name__})


def load(path: str | Path, model: Module | None = None) -> dict[str, np.ndarray]:
    """Read the arrays of a safetensors file, of :func:`save` or of another program; and load them into a model.

    Args:
        path: of the file.
        model: a Module to load them into, as with ``load_state_dict``.

    Returns:
        The arrays by name.

    Raises:
        FileError: the file is damaged, or no safetensors file.
        FileNotFoundError: there is none.
        StateError: the arrays do not fit the model, which stays as it was.
        DTypeError: a ``model`` that is no Module.
        MissingExtraError: safetensors is not installed.

    Example:
        >>> import tempfile, nn
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
        >>> model, other = nn.Linear(3, 2), nn.Linear(3, 2)
        >>> nn.save(model, path)
        >>> state = nn.load(path, other)
        >>> bool((model.weight == other.weight).all())
        True
    """
    if model is not None and not isinstance(model, Module):
        raise DTypeError(f"load: model={model!r}; expected a Module, or nothing for the arrays alone.")
    arrays, metadata = read(path)
    if "checkpoint" in metadata:
        raise FileError(f"load: {str(path)!r} is a checkpoint; read it with nn.load_checkpoint(path, model=model).")
    if model is not None:
        model.load_state_dict(arrays)
    return arrays


def plain_array(function: str, name: Any, value: Any) -> np.ndarray:
    """``value`` as an array that safetensors keeps: it scrambles memory that is not contiguous."""
    array = value.data if isinstance(value, Tensor) else np.asarray(value)
    if not isinstance(name, str) or name == "__metadata__":
        raise DTypeError(f"{function}: {name!r} cannot name an array; expected a string other than '__metadata__'.")
    if array.dtype.name not in _DTYPES:
        raise DTypeError(f"{function}: {name} has dtype {array.dtype}; expected {', '.join(_DTYPES[:4])} or integers.")
    return np.asarray(array, array.dtype.newbyteorder("="), order="C")  # ascontiguousarray makes 0-d arrays 1-d


def write(path: str | Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> None:
    """Write arrays and texts, with a checksum over everything."""
    texts = {**metadata, _VERSION: VERSION, _CRC: _UNKNOWN}
    content = bytearray(_safetensors().save(dict(arrays), texts))
    if _header_size(content) > HEADER_LIMIT:
        raise FileError(f"{path}: names and plain values take more than {HEADER_LIMIT:,} bytes; nothing was written.")
    known = _checksum(_UNKNOWN).encode()
    place = content.index(known)  # only the key itself: a quotation mark inside a name is escaped
    content[place : place + len(known)] = _checksum(f"{zlib.crc32(content):08x}").encode()
    write_whole(Path(path), content)


def read(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays and texts of a safetensors file. What it says of itself is checked before its data is read."""
    numpy = _safetensors()
    if not Path(path).is_file() and Path(path).exists():
        raise FileError(f"{path}: this is not a file.")
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = file.read(8)
        length = _header_size(header) if len(header) == 8 else size
        if length > min(size - 8, HEADER_LIMIT):
            raise FileError(f"{path}: not a safetensors file, or cut short: {size:,} bytes, header of {length:,}.")
        header += file.read(length)
        metadata = _checked_header(path, header, size)
        try:
            data = file.read(size - len(header))
        except MemoryError:
            raise FileError(f"{path}: there is no memory for its {size:,} bytes.") from None
    if {_VERSION, _CRC} & metadata.keys():  # ours
        told = metadata.get(_CRC, "")
        blank = header.replace(_checksum(told).encode(), _checksum(_UNKNOWN).encode())
        if told != f"{zlib.crc32(data, zlib.crc32(blank)):08x}":
            raise FileError(f"{path}: damaged: its content does not match its checksum.")
        if metadata.get(_VERSION) != VERSION:
            raise FileError(f"{path}: written by another version, {metadata.get(_VERSION)}; this one reads {VERSION}.")
    try:
        loaded = numpy.load(header + data)
        return {name: np.require(array, requirements="W") for name, array in loaded.items()}, metadata
    except KeyError as error:
        raise FileError(f"{path}: it has arrays of {error}, which NumPy does not know.") from None
    except MemoryError:
        raise FileError(f"{path}: there is no memory for its {size:,} bytes.") from None
    except Exception as error:  # SafetensorError, and what hostile files make of the library
        raise FileError(f"{path}: not a safetensors file, or damaged: {error}.") from None


def _checked_header(path: str | Path, header: bytes, size: int) -> dict[str, str]:
    """The texts in a header, once no name comes twice (the library would take the last) and the data is all there."""
    try:
        entries: Any = json.loads(header[8:].decode(), object_pairs_hook=_unique)
        metadata = entries.pop("__metadata__", {})
        end = max([entry["data_offsets"][1] for entry in entries.values()], default=0)
        texts = all(isinstance(text, str) for text in metadata.values())
    except (ValueError, RecursionError, MemoryError) as error:
        raise FileError(f"{path}: not a safetensors file, or damaged: in its header, {error}.") from None
    except (AttributeError, TypeError, KeyError, IndexError):
        raise FileError(f"{path}: not a safetensors file, or damaged: its header is no table of arrays.") from None
    if not texts or end != size - len(header):
        raise FileError(f"{path}: damaged: its header tells of {end} bytes of data, it has {size - len(header):,}.")
    return metadata  # type: ignore[no-any-return]  # strings, as checked


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _header_size(content: bytes | bytearray) -> int:
    return int.from_bytes(content[:8], "little")


def _checksum(digits: str) -> str:
    """How a checksum stands in a header."""
    return f'"{_CRC}":"{digits}"'


def _safetensors() -> ModuleType:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise MissingExtraError("save and load", "safetensors", "files") from error
    return safetensors.numpy
