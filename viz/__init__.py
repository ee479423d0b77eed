"""Pictures of computations: values and gradients on the wires, and curves of training.

>>> import autograd_core as ag
>>> import viz
>>> x = ag.tensor(3.0, requires_grad=True, name="x")
>>> drawing = viz.draw(x * x + 1)  # drawing.save("graph.svg")
"""

from .curves import plot_history
from .drawing import Drawing, draw
from .errors import FormatError, HistoryError, RendererError
from .explorer import explore

__all__ = ["Drawing", "FormatError", "HistoryError", "RendererError", "draw", "explore",
           "plot_history"]
