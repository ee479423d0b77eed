"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes | bytearray) -> Path:
    """Replace a file at once, so that nobody ever finds half of it, and have it on the disk when this returns.

    Args:
        path: where; missing folders are made.
        content: all of it.

    Returns:
        The path.

    Raises:
        OSError: it cannot be written, and what was there still is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # On the same disk, because it is renamed; not named after the file, whose name may be as long as names can be; and
    # not by tempfile, whose files only their owner may read.
    draft = path.with_name(f".autograd_core-{os.getpid()}-{threading.get_ident()}")
    try:
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error  # which names the draft
    finally:
        with suppress(OSError):  # mostly because it is there no more
            draft.unlink()
    if os.name == "posix":  # elsewhere folders cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return path
