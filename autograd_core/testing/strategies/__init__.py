"""Hypothesis strategies for property-based tests of derivatives: arrays, Tensors, memory layouts, calls, random graphs.

What they draw shrinks: a failing test ends with small shapes, simple numbers and few steps.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401  # to say what is missing before a part of it is
except ImportError as error:
    raise ImportError(
        'autograd_core.testing.strategies: needs hypothesis. Install it from the clone: pip install ".[testing]".'
    ) from error

from ...derivatives.domains import Interval
from .arrays import arrays, broadcastable, broadcastable_shapes, layouts, shapes, tensors
from .calls import calls
from .programs import Program, programs
from .special import special_values

__all__ = [
    "Interval", "Program", "arrays", "broadcastable", "broadcastable_shapes", "calls", "layouts", "programs", "shapes",
    "special_values", "tensors",
]
