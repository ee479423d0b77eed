"""The table: every op's forward function and derivative rules, one file a family."""

from . import (
    contractions,
    conv_layers,
    convolutions,
    decompositions,
    determinants,
    diagonals,
    differences,
    distributions,
    elementwise,
    exponentials,
    indexing,
    joining,
    linalg,
    moments,
    moving,
    nans,
    norms,
    ordering,
    padding,
    pieces,
    pooling,
    powers,
    products,
    reductions,
    scans,
    selecting,
    shapes,
    special,
    splitting,
    trigonometry,
    windows,
)
from .define import NUMPY, TABLE, Entry

__all__ = [
    "NUMPY", "TABLE", "Entry",
    "contractions", "conv_layers", "convolutions", "decompositions", "determinants", "diagonals", "differences",
    "distributions", "elementwise", "exponentials", "indexing", "joining", "linalg", "moments", "moving", "nans",
    "norms", "ordering", "padding", "pieces", "pooling", "powers", "products", "reductions", "scans", "selecting",
    "shapes", "special", "splitting", "trigonometry", "windows",
]
