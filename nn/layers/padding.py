"""Borders as PyTorch gives them: two widths for each axis, beginning with the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.options import integer, number, one_of

MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""PyTorch's names for the ways to fill a border, and NumPy's."""


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    """``input`` with a border. (``ag.pad`` is NumPy's: it begins with the first axis.)

    Args:
        input: Tensor or array.
        pad: (left, right) for the last axis, then (top, bottom) for the one before, and so on; axes that are not named
            stay as they are.
        mode: "constant", the elements mirrored ("reflect"), the last one again ("replicate"), or those of the other end
            ("circular").
        value: of the constant.

    Returns:
        Tensor of the dtype of ``input``.

    Raises:
        OptionError: widths that are negative, not in pairs, or of more axes than there are; another mode.
        ShapeError: an axis too short to mirror so much of it, or to take it from the other end.
        DTypeError: widths that are not integers.

    Example:
        >>> import nn.functional as F
        >>> F.pad([[1.0, 2.0], [3.0, 4.0]], (1, 2))
        tensor([[0., 1., 2., 0., 0.],
                [0., 3., 4., 0., 0.]])
    """
    x = ag.asarray(input)
    one_of("pad: mode", mode, *MODES)
    if np.ndim(pad) != 1:
        raise DTypeError(f"pad: pad={pad!r}; expected two widths for each axis, beginning with the last.")
    widths = [integer("pad: pad", width, least=0) for width in pad]
    if len(widths) % 2 or len(widths) > 2 * x.ndim:
        raise OptionError(f"pad: pad={tuple(pad)!r} for an input of {x.ndim} axes; expected two widths for each axis, "
                          f"beginning with the last.")
    pairs = list(zip(widths[::2], widths[1::2], strict=True))
    room = {"reflect": -1, "circular": 0}.get(mode, math.inf)  # what is mirrored, or taken from the other end, is there
    if any(max(both) > n + room for both, n in zip(pairs, reversed(x.shape), strict=False)):
        raise ShapeError(f"pad: pad={tuple(pad)!r} is too wide for {mode!r} and an input of shape {x.shape}.")
    border = [(0, 0)] * (x.ndim - len(pairs)) + pairs[::-1]
    options = {"constant_values": number("pad: value", value)} if mode == "constant" else {}
    return ag.pad(x, border, MODES[mode], **options)  # type: ignore[no-any-return]  # a Tensor
