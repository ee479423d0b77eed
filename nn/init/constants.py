"""Starting values that are not random. For biases; weights of one value keep all units of a layer equal."""

from __future__ import annotations

import math

import numpy as np

from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import integer, number

from ..warning import warn
from .draws import AnyTensor, fill


class SymmetryWarning(UserWarning):
    """All units of a layer start equal, so they get equal gradients and stay equal."""


def constant_(tensor: AnyTensor, value: float) -> AnyTensor:
    """Fill ``tensor`` in place with one value.

    Warns with a SymmetryWarning when that makes the weights of several units equal: each computes the same, gets the
    same gradient, and stays the same, as if the layer had one unit.

    Args:
        tensor: of any shape; with two axes or more, the first counts the units.
        value: for every element.

    Returns:
        The tensor itself.

    Example:
        >>> import nn
        >>> nn.init.constant_(nn.Parameter([0.0, 0.0]), 0.01)
        tensor([0.01, 0.01], dtype=float32, requires_grad=True)
    """
    value = number("constant_: value", value)
    if tensor.ndim > 1 and tensor.shape[0] > 1:
        warn(f"all weights of a layer of {tensor.shape[0]} units start at {value:g}: the units get equal gradients and "
             f"stay equal. Draw them at random, as with nn.init.kaiming_normal_.", SymmetryWarning)
    return fill(tensor, value)


def zeros_(tensor: AnyTensor) -> AnyTensor:
    """Fill ``tensor`` in place with 0: the usual start of biases; see :func:`constant_` for weights.

    Args:
        tensor: of any shape.

    Returns:
        The tensor itself.

    Example:
        >>> import nn
        >>> nn.init.zeros_(nn.Parameter([1.0]))
        tensor([0.], dtype=float32, requires_grad=True)
    """
    return constant_(tensor, 0.0)


def ones_(tensor: AnyTensor) -> AnyTensor:
    """Fill ``tensor`` in place with 1: the usual start of scales; see :func:`constant_` for weights.

    Args:
        tensor: of any shape.

    Returns:
        The tensor itself.

    Example:
        >>> import nn
        >>> nn.init.ones_(nn.Parameter([0.0]))
        tensor([1.], dtype=float32, requires_grad=True)
    """
    return constant_(tensor, 1.0)


def eye_(tensor: AnyTensor) -> AnyTensor:
    """Fill a matrix in place with the identity: a linear layer that starts by passing its input on.

    Args:
        tensor: with two axes; where they differ, the rest is 0.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> import nn
        >>> nn.init.eye_(nn.Parameter([[9.0, 9.0], [9.0, 9.0]])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    if tensor.ndim != 2:
        raise ShapeError(f"eye_: a tensor of shape {tensor.shape}; the identity is a matrix. For kernels use dirac_.")
    return fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def dirac_(tensor: AnyTensor, groups: int = 1) -> AnyTensor:
    """Fill the kernels of a convolution in place with 1 at the centre of each channel's own: it passes its input on.

    Args:
        tensor: (out_channels, in_channels / groups, *sizes), with three to five axes.
        groups: of the convolution.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: another number of axes.
        OptionError: ``groups`` that do not divide the channels.

    Source:
        Zagoruyko and Komodakis, "DiracNets", 2017.

    Example:
        >>> import numpy as np, nn
        >>> nn.init.dirac_(nn.Parameter(np.zeros((2, 2, 3))))[0].tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    integer("dirac_: groups", groups, least=1)
    if not 3 <= tensor.ndim <= 5:
        raise ShapeError(f"dirac_: a tensor of shape {tensor.shape}; kernels have three to five axes. See also eye_.")
    if tensor.shape[0] % groups:
        raise OptionError(f"dirac_: groups={groups} does not divide the {tensor.shape[0]} output channels.")
    values = np.zeros(tensor.shape)
    per_group = tensor.shape[0] // groups
    centre = tuple(n // 2 for n in tensor.shape[2:])
    if math.prod(tensor.shape):
        for group in range(groups):
            for channel in range(min(per_group, tensor.shape[1])):
                values[(group * per_group + channel, channel, *centre)] = 1
    return fill(tensor, values)
