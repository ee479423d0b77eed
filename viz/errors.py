"""What can go wrong while drawing; each is an ``AutogradError`` and the built-in exception people already catch."""

from __future__ import annotations

from autograd_core.errors import AutogradError


class RendererError(AutogradError, RuntimeError):
    """No Graphviz ``dot`` was found, or the one found failed or took too long; the message says what was written."""


class FormatError(AutogradError, ValueError):
    """A file format or a direction that pictures do not have; the message lists those they do."""


class HistoryError(AutogradError, ValueError):
    """A training history that cannot be plotted: unequal lengths, no epochs, or not numbers."""
