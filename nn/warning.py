"""Warnings that point at the line that caused them, not at ours."""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

_INSIDE = os.path.dirname(__file__) + os.sep


def warn(message: str, category: type[Warning]) -> None:
    """``warnings.warn`` at the innermost line outside this package. (From Python 3.12 on: ``skip_file_prefixes``.)"""
    frame: FrameType | None = sys._getframe(1)
    level = 2
    while frame is not None and frame.f_code.co_filename.startswith(_INSIDE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
