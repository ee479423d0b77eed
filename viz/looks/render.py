"""The one place that runs Graphviz: which ``dot``, how long, and what is said when it does not work."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import subprocess
from pathlib import Path

from ..errors import RendererError

VARIABLE = "AUTOGRAD_VIZ_DOT"
TIMEOUT = 60.0
"""Seconds that ``dot`` may take. Tangled graphs of a few thousand nodes take minutes: draw a part."""

_MARKS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
"""What a file of each format has in it."""
_STILL = "Files ending in .gv or .txt need no renderer."


def find_dot() -> str:
    """The program that draws: ``$AUTOGRAD_VIZ_DOT``, the system's ``dot``, or that of the graphviz-pure wheel.

    Returns:
        Its path.

    Raises:
        RendererError: there is none; the message lists where it was looked for.
    """
    if asked := os.environ.get(VARIABLE):
        if found := shutil.which(asked):
            return found
        raise RendererError(f"viz: ${VARIABLE} is {asked!r}, which is no program that can be run. {_STILL}")
    if found := shutil.which("dot") or _dot_of_wheel() or shutil.which("graphviz-pure"):
        return found
    raise RendererError(
        f"viz: no Graphviz found. Tried ${VARIABLE} (not set), dot on the PATH, and the graphviz-pure package. "
        f'Install one from the clone: pip install ".[dot]". {_STILL}'
    )


def render(source: str, format: str) -> bytes:
    """Have ``dot`` draw.

    Args:
        source: DOT.
        format: ``"svg"``, ``"png"``, or another that the installed ``dot`` knows; graphviz-pure has no ``"pdf"``.

    Returns:
        The contents of the picture's file.

    Raises:
        RendererError: no ``dot``, or it failed, or it took longer than ``TIMEOUT``.
    """
    dot = find_dot()
    command = [dot, f"-T{format}"]
    try:
        # In a session of its own, so that whatever it starts in turn can be ended with it.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
    except OSError as error:
        raise RendererError(f"viz: {dot} cannot be run: {error}. {_STILL}") from error
    with process:
        try:
            picture, complaints = process.communicate(source.encode(), timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RendererError(
                f"viz: {dot} was stopped after {TIMEOUT:g} s without a picture. Draw less: fold modules (depth=, "
                f"max_nodes=), or show a part (focus=). {_STILL}"
            ) from None
        except BaseException:
            _end(process)
            raise
    if process.returncode or not picture or _MARKS.get(format, b"") not in picture:
        said = complaints.decode(errors="replace").strip()[-500:] or f"no message, and no {format}"
        fix = f"Another program can be named in ${VARIABLE}."
        if "not recognized" in said and format == "pdf":
            fix = "A PDF needs the system's Graphviz (apt install graphviz, brew install graphviz); svg and png do not."
        raise RendererError(f"viz: {dot} failed (exit status {process.returncode}): {said}. {fix} {_STILL}")
    return picture


def _dot_of_wheel() -> str | None:
    """The program in the graphviz-pure wheel, which need not be on the PATH; it has no importable module."""
    try:
        files = importlib.metadata.files("graphviz-pure") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((shutil.which(str(file.locate())) for file in files if Path(file).stem == "graphviz-pure"), None)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
