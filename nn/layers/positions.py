"""Where in a sequence something stands: attention itself does not know the order of its keys."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer

from ..module import Module


def _angles(positions: Any, features: int, base: float) -> np.ndarray:
    """position · base^(-2k / features), for k = 0 .. features / 2 - 1, along a new last axis."""
    rates = base ** (-np.arange(0, features, 2) / features)
    return np.asarray(positions)[..., None] * rates


class SinusoidalPositionalEncoding(Module):
    """Adds waves of geometrically growing length, of which each position has its own combination.

    P[pos, 2k] = sin(pos / 10000^(2k/d)), P[pos, 2k + 1] = cos(pos / 10000^(2k/d)). What lies a fixed distance ahead is
    a linear map of what is here, the same everywhere. Nothing is learned, and no length is the longest.

    Args:
        d_model: features d, an even number.
        batch_first: inputs are (batch, steps, d), not (steps, batch, d).
        base: the longest wave is 2π · base.

    Shape:
        (steps, batch, d), or (batch, steps, d), or (steps, d); the output has the same.

    Raises:
        ShapeError: odd features; on a call, an input of another shape.
        DTypeError: features that are not an integer.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017), section 3.5.

    Example:
        >>> import numpy as np, nn
        >>> nn.SinusoidalPositionalEncoding(4)(np.zeros((2, 4))).numpy().round(2)
        array([[0.  , 1.  , 0.  , 1.  ],
               [0.84, 0.54, 0.01, 1.  ]])
    """

    def __init__(self, d_model: int, *, batch_first: bool = False, base: float = 10000.0) -> None:
        self.d_model = _even("SinusoidalPositionalEncoding", "d_model", d_model)
        self.batch_first, self.base = batch_first, base

    def forward(self, x: Any) -> Tensor:
        """x + P; see the class."""
        x = ag.asarray(x)
        if x.ndim not in (2, 3) or x.shape[-1] != self.d_model:
            raise ShapeError(
                f"SinusoidalPositionalEncoding: input of shape {x.shape}; expected (steps, {self.d_model}), or "
                f"{'(batch, steps' if self.batch_first else '(steps, batch'}, {self.d_model})."
            )
        by_batch = x.ndim == 3 and self.batch_first
        angles = _angles(np.arange(x.shape[1 if by_batch else 0]), self.d_model, self.base)
        waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(angles), self.d_model)
        dtype = x.dtype if x.dtype.kind == "f" else waves.dtype
        y: Tensor = x + (waves[:, None] if x.ndim == 3 and not by_batch else waves).astype(dtype)
        return y

    def extra_repr(self) -> str:
        """The features."""
        return f"{self.d_model}" + (", batch_first=True" if self.batch_first else "")


class RotaryPositionalEncoding(Module):
    """Turns each pair of features of queries and keys by an angle that grows with the position.

    (x_2k, x_2k+1) is rotated by pos · base^(-2k/d). A product of a query and a key then depends on their distance only,
    and no length changes. Apply it to queries and keys, not to values, after they are cut into heads.

    Args:
        dim: features d of one head, an even number.
        base: the slowest pair turns once in about 2π · base positions.

    Shape:
        (..., steps, dim); the output has the same.

    Raises:
        ShapeError: odd features; on a call, an input with others, or positions that do not fit it.
        DTypeError: features that are not an integer.

    Source:
        J. Su et al.: RoFormer: enhanced Transformer with rotary position embedding. arXiv:2104.09864 (2021). Pairs are
        neighbours, as there; some models pair feature k with k + d/2 instead.

    Example:
        >>> import numpy as np, nn
        >>> rotate = nn.RotaryPositionalEncoding(2)
        >>> rotate(np.array([[1.0, 0.0], [1.0, 0.0]])).numpy().round(2)
        array([[1.  , 0.  ],
               [0.54, 0.84]])
        >>> rotate(np.array([[1.0, 0.0]]), positions=[1]).numpy().round(2)  # the next step, alone
        array([[0.54, 0.84]])
    """

    def __init__(self, dim: int, *, base: float = 10000.0) -> None:
        self.dim = _even("RotaryPositionalEncoding", "dim", dim)
        self.base = base

    def forward(self, x: Any, positions: Any = None) -> Tensor:
        """The rotated input.

        Args:
            x: Tensor or array (..., steps, dim).
            positions: numbers that broadcast to (..., steps); 0, 1, 2 ... if None.

        Returns:
            Tensor of the same shape.
        """
        x = ag.asarray(x)
        if x.ndim < 2 or x.shape[-1] != self.dim:
            raise ShapeError(
                f"RotaryPositionalEncoding: input of shape {x.shape}; expected (..., steps, {self.dim})."
            )
        positions = np.arange(x.shape[-2]) if positions is None else np.asarray(positions)
        try:
            np.broadcast_to(positions, x.shape[:-1])
        except ValueError:
            raise ShapeError(
                f"RotaryPositionalEncoding: positions of shape {positions.shape} do not broadcast to {x.shape[:-1]}."
            ) from None
        angles = _angles(positions, self.dim, self.base)
        dtype = x.dtype if x.dtype.kind == "f" else angles.dtype
        cos, sin = np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)
        a, b = x[..., 0::2], x[..., 1::2]
        return ag.stack([a * cos - b * sin, a * sin + b * cos], axis=-1).reshape(x.shape)

    def extra_repr(self) -> str:
        """The features."""
        return f"{self.dim}"


def _even(layer: str, name: str, value: int) -> int:
    if integer(f"{layer}: {name}", value, least=1) % 2:
        raise OptionError(f"{layer}: {name}={value}; expected an even number: features go in pairs.")
    return value
