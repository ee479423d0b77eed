"""Plots with matplotlib: of training, of what flows through a network, of the plane, of functions and of data."""

from .activations import plot_activations as plot_activations
from .functions import plot_functions as plot_functions
from .gradient_history import plot_gradient_history as plot_gradient_history
from .gradients import plot_gradients as plot_gradients
from .history import plot_history as plot_history
from .projection import plot_projection as plot_projection
from .regions import plot_regions as plot_regions
from .updates import plot_updates as plot_updates
