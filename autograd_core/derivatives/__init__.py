"""The table: every op's forward function and derivative rules, one file a family."""

from . import elementwise, indexing, products, reductions, shapes, special
from .define import NUMPY, TABLE, Entry

__all__ = ["NUMPY", "TABLE", "Entry", "elementwise", "indexing", "products", "reductions", "shapes", "special"]
