"""NumPy's names for what the table does not name: what gives constants, and second names of what is in it.

``ag.argmax(x)`` is ``np.argmax(x)`` for a Tensor, whatever it is given.
"""

from __future__ import annotations

import numpy as np

from .array_api.through import function

__all__ = [
    "abs", "acos", "acosh", "all", "allclose", "any", "argmax", "argmin", "argpartition", "argsort", "argwhere",
    "around", "array_equal", "asin", "asinh", "atan", "atan2", "atanh", "concat", "copy", "count_nonzero", "digitize",
    "equal", "flatnonzero", "greater", "greater_equal", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf",
    "isposinf", "less", "less_equal", "lexsort", "logical_and", "logical_not", "logical_or", "logical_xor", "mod",
    "nanargmax", "nanargmin", "ndim", "nonzero", "not_equal", "permute_dims", "pow", "searchsorted", "shape",
    "signbit", "size", "true_divide",
]

# Second names

abs = function(np, "abs")
acos = function(np, "acos")
acosh = function(np, "acosh")
around = function(np, "around")
asin = function(np, "asin")
asinh = function(np, "asinh")
atan = function(np, "atan")
atan2 = function(np, "atan2")
atanh = function(np, "atanh")
concat = function(np, "concat")
copy = function(np, "copy")
mod = function(np, "mod")
permute_dims = function(np, "permute_dims")
pow = function(np, "pow")
true_divide = function(np, "true_divide")

# Comparisons and questions: constants

all = function(np, "all")
allclose = function(np, "allclose")
any = function(np, "any")
array_equal = function(np, "array_equal")
equal = function(np, "equal")
greater = function(np, "greater")
greater_equal = function(np, "greater_equal")
isclose = function(np, "isclose")
isfinite = function(np, "isfinite")
isin = function(np, "isin")
isinf = function(np, "isinf")
isnan = function(np, "isnan")
isneginf = function(np, "isneginf")
isposinf = function(np, "isposinf")
less = function(np, "less")
less_equal = function(np, "less_equal")
logical_and = function(np, "logical_and")
logical_not = function(np, "logical_not")
logical_or = function(np, "logical_or")
logical_xor = function(np, "logical_xor")
not_equal = function(np, "not_equal")
signbit = function(np, "signbit")

# Counts and places: constants

argmax = function(np, "argmax")
argmin = function(np, "argmin")
argpartition = function(np, "argpartition")
argsort = function(np, "argsort")
argwhere = function(np, "argwhere")
count_nonzero = function(np, "count_nonzero")
digitize = function(np, "digitize")
flatnonzero = function(np, "flatnonzero")
lexsort = function(np, "lexsort")
nanargmax = function(np, "nanargmax")
nanargmin = function(np, "nanargmin")
ndim = function(np, "ndim")
nonzero = function(np, "nonzero")
searchsorted = function(np, "searchsorted")
shape = function(np, "shape")
size = function(np, "size")
