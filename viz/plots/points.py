"""Labelled points in the plane, told apart by colour and marker."""

from __future__ import annotations

from typing import Any

import numpy as np

from .canvas import COLOURS, MARKERS, literal


def look_of(i: int) -> tuple[str, str]:
    """Colour and marker of class ``i``."""
    return COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]


def draw_points(axes: Any, points: np.ndarray, labels: np.ndarray) -> None:
    """Points (samples, 2), those of each label with a marker of their own, and a label for the legend."""
    size = 4 if len(points) < 1000 else 2.5
    for i, label in enumerate(np.unique(labels)):
        colour, marker = look_of(int(label) if labels.dtype.kind in "iu" and label >= 0 else i)
        axes.plot(*points[labels == label].T, marker, color=colour, markersize=size, markeredgecolor="white",
                  markeredgewidth=0.4, label=literal(label))
