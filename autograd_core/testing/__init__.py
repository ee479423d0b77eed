"""Checks for derivatives, ours and users' own. NumPy is all they need; ``testing.strategies`` also needs hypothesis."""

from .checking import gradcheck
from .report import Comparison, GradcheckError, Report

__all__ = ["Comparison", "GradcheckError", "Report", "gradcheck"]
