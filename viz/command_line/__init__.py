"""``python -m viz FILE.py:FUNCTION``: what was typed, the call of somebody's function, the picture of its result."""

from .main import main

__all__ = ["main"]
