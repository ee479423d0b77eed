"""Labelled points in the plane: how they are checked, and told apart by colour, marker and filling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_core.errors import DTypeError, OptionError, ShapeError

from .canvas import COLOURS, literal

MARKERS = "os^Dv<>"  # all of them solid, so that small ones can be seen
LOOKS = 2 * len(COLOURS) * len(MARKERS)
"""How many classes look different."""


def is_hollow(i: int) -> bool:
    """Whether class ``i`` is drawn in outlines: its colour has been used before."""
    return i // len(COLOURS) % 2 == 1


def colour_of(i: int) -> str:
    """The colour of class ``i``."""
    return COLOURS[i % len(COLOURS)]


def checked_points(caller: str, X: Any, expected: str) -> np.ndarray:
    """Data as a matrix of finite floats.

    Args:
        caller: the function that plots, for errors.
        X: the data.
        expected: the shape that is asked for, in words.

    Returns:
        A float array (samples, features); float32 stays so.

    Raises:
        DTypeError: no real numbers.
        ShapeError: not a matrix, or one with NaN, inf, or numbers beyond 1e150.
    """
    try:
        points = np.asarray(X)
        if points.dtype.kind not in "fiubO":
            raise DTypeError(f"{caller}: X has the dtype {points.dtype}; expected real numbers.")
        points = points if points.dtype.kind == "f" else points.astype(float)
    except (TypeError, ValueError) as error:
        if isinstance(error, DTypeError):
            raise
        raise DTypeError(f"{caller}: X does not hold numbers in rows of one length; expected {expected}.") from None
    if points.ndim != 2 or not points.size:
        raise ShapeError(f"{caller}: X has shape {points.shape}; expected {expected}.")
    if len(broken := np.argwhere(~(np.abs(points.astype(float)) < 1e150))):
        row, column = map(int, broken[0])
        raise ShapeError(f"{caller}: X[{row}, {column}] is {points[row, column]}; expected finite numbers below 1e150. "
                         "Clean or rescale the data first.")
    return points


def classes_of(caller: str, labels: Any) -> tuple[np.ndarray, dict[int, str]]:
    """Labels as numbers from 0 in their order, and the name of each number.

    Args:
        caller: the function that plots, for errors.
        labels: (samples,), of any kind that ``str`` tells apart.

    Returns:
        The numbers, and the names.

    Raises:
        OptionError: more different labels than looks.
    """
    try:
        names, classes = np.unique(labels, return_inverse=True)
    except TypeError:  # they have no order
        names, classes = np.unique([str(label) for label in labels], return_inverse=True)
    if len(names) > LOOKS:
        raise OptionError(f"{caller}: {len(names):,} labels differ; expected classes, {LOOKS} at most. Put numbers "
                          "into few intervals first, such as with np.digitize.")
    return classes, dict(enumerate(map(str, names)))


def draw_points(axes: Any, points: np.ndarray, classes: np.ndarray, names: Mapping[int, str]) -> None:
    """Points (samples, 2), with a label for the legend for each class in ``names``."""
    from matplotlib import rcParams

    size = 4.5 if len(points) < 1000 else 3.5
    for i, name in names.items():
        look = ({"markerfacecolor": "none", "markeredgewidth": 0.9, "markersize": size} if is_hollow(i) else
                {"markeredgecolor": rcParams["axes.facecolor"], "markeredgewidth": 0.3, "markersize": size + 1})
        axes.plot(*points[classes == i].T, MARKERS[i % len(MARKERS)], color=colour_of(i), label=literal(name), **look)
