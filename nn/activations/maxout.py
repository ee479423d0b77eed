"""The activation that learns its own shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor
from autograd_core.options import integer

from .. import init
from ..layers.linear import linear, uniform
from ..module import Module
from ..parameter import Parameter


class Maxout(Module):
    """The largest of k linear maps, max_j (W_j x + b_j): a layer and its activation in one.

    Each unit is a convex function in up to k straight pieces; relu and leaky relu are the cases with k = 2 where
    one map is fixed. Does not saturate and cannot die; has k times the parameters. Ties share the gradient evenly.

    Args:
        in_features: the size of the last axis of the input.
        out_features: the size of the last axis of the output.
        k: the number of linear pieces.
        bias: whether to add b.
        rng: a Generator, or a seed; None for fresh randomness. The start is that of Linear, U(-1/√in, 1/√in).
        dtype: of the parameters.

    Shape:
        (..., in_features) to (..., out_features); ``weight`` is (k · out_features, in_features), the k rows of a
        unit together, ``bias`` (k · out_features,).

    Raises:
        OptionError: sizes below 1.
        ShapeError: on a call, an input with another number of features.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        Goodfellow et al., "Maxout Networks", 2013.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.Maxout(1, 1, k=2, rng=0)
        >>> layer.load_state_dict({"weight": [[1.0], [-1.0]], "bias": [0.0, 0.0]})  # max(x, -x)
        Unmatched(missing_keys=[], unexpected_keys=[])
        >>> layer([[-3.0], [2.0]])
        tensor([[3.],
                [2.]], op=max)
    """

    bias: Parameter | None

    def __init__(self, in_features: int, out_features: int, k: int = 2, bias: bool = True, *, rng: init.Rng = None,
                 dtype: npt.DTypeLike = np.float32) -> None:
        self.in_features = integer("Maxout: in_features", in_features, least=1)
        self.out_features = integer("Maxout: out_features", out_features, least=1)
        self.k = integer("Maxout: k", k, least=1)
        rng = init.generator(rng)
        self.weight = uniform(out_features * k, in_features, fan_in=in_features, rng=rng, dtype=dtype)
        self.bias = uniform(out_features * k, fan_in=in_features, rng=rng, dtype=dtype) if bias else None

    def forward(self, x: Any) -> Tensor:
        """The largest of the k maps."""
        pieces = linear(x, self.weight, self.bias)
        return pieces.reshape(*pieces.shape[:-1], self.out_features, self.k).max(axis=-1)

    def extra_repr(self) -> str:
        """The sizes."""
        return (f"in_features={self.in_features}, out_features={self.out_features}, k={self.k}, "
                f"bias={self.bias is not None}")
