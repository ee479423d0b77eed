"""One HTML file to explore a graph with: pan, zoom, search, fold, and walk through the backward pass."""

from .page import explore

__all__ = ["explore"]
