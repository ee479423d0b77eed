"""Starting values for parameters, in place. Every function that draws takes an explicit ``rng``."""

from .constants import SymmetryWarning, constant_, dirac_, eye_, ones_, zeros_
from .draws import Rng, fill, generator, normal_, trunc_normal_, uniform_
from .models import initialize
from .scaled import (
    calculate_gain,
    fans,
    kaiming_normal_,
    kaiming_uniform_,
    lecun_normal_,
    xavier_normal_,
    xavier_uniform_,
)
from .structured import orthogonal_, sparse_

__all__ = [
    "Rng", "SymmetryWarning", "calculate_gain", "constant_", "dirac_", "eye_", "fans", "fill", "generator",
    "initialize", "kaiming_normal_", "kaiming_uniform_", "lecun_normal_", "normal_", "ones_", "orthogonal_", "sparse_",
    "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]
