"""Watching a network while it learns: activations, gradients, updates, and units that are dead or saturated."""

from .watch import Watch as Watch
from .watch import watch as watch
from .words import WatchWarning as WatchWarning
