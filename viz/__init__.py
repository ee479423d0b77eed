"""Pictures of computations: values and gradients on the wires, and plots of training.

>>> import autograd_core as ag
>>> import viz
>>> x = ag.tensor(3.0, requires_grad=True, name="x")
>>> drawing = viz.draw(x * x + 1)  # drawing.save("graph.svg")
"""

from .diff import diff
from .drawing import Drawing, draw
from .errors import FormatError, HistoryError, RendererError
from .explorer import explore
from .plots import (
    plot_activations,
    plot_functions,
    plot_gradient_history,
    plot_gradients,
    plot_history,
    plot_projection,
    plot_regions,
    plot_updates,
)
from .tree import Tree, tree

__all__ = ["Drawing", "FormatError", "HistoryError", "RendererError", "Tree", "diff", "draw", "explore",
           "plot_activations", "plot_functions", "plot_gradient_history", "plot_gradients", "plot_history",
           "plot_projection", "plot_regions", "plot_updates", "tree"]
