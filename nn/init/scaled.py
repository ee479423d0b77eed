"""Random starting values scaled so that signals keep their variance from layer to layer, forward or backward."""

from __future__ import annotations

import math
from typing import Literal

from autograd_core import Tensor
from autograd_core.errors import OptionError, ShapeError
from autograd_core.options import at_least_0, number, one_of

from .draws import AnyTensor, Rng, normal_, uniform_

Mode = Literal["fan_in", "fan_out"]

_GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
_GAINS |= {f"conv{'_transpose' * t}{n}d": 1.0 for n in (1, 2, 3) for t in (False, True)}


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs each unit of a layer has, and how many units each input goes to.

    Args:
        tensor: the weights, (out, in) or (out, in, *kernel).

    Returns:
        (fan_in, fan_out); a kernel's size multiplies both.

    Raises:
        ShapeError: fewer than two axes.

    Example:
        >>> import numpy as np, nn
        >>> nn.init.fans(nn.Parameter(np.zeros((16, 3, 5, 5))))
        (75, 400)
    """
    if tensor.ndim < 2:
        raise ShapeError(
            f"init: a tensor of shape {tensor.shape} has no fan-in and fan-out; these starts are for weights of two "
            f"axes or more. For biases use zeros_ or constant_."
        )
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the standard deviation that makes up for what an activation takes from the signal.

    1 for linear maps, convolutions and sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²)) for leaky_relu, 3/4 for
    selu.

    Args:
        nonlinearity: its name in lower case, such as "relu".
        param: the slope of leaky_relu, 0.01 by default.

    Returns:
        A float.

    Raises:
        OptionError: a name that is not known.

    Source:
        He et al. 2015 for relu and leaky_relu; the others are PyTorch's values.

    Example:
        >>> import nn
        >>> round(nn.init.calculate_gain("leaky_relu", 0.2), 4)
        1.3868
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else number("calculate_gain: param", param)) ** 2))
    if nonlinearity not in _GAINS:
        raise OptionError(f"calculate_gain: no gain for {nonlinearity!r}; known are {', '.join(_GAINS)}, leaky_relu.")
    return _GAINS[nonlinearity]


def lecun_normal_(tensor: AnyTensor, *, rng: Rng = None) -> AnyTensor:
    """Fill weights in place from N(0, 1 / fan_in): the textbook's randn(n) / √n, which keeps the variance of sums.

    Args:
        tensor: weights, (out, in) or (out, in, *kernel).
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.

    Source:
        LeCun et al., "Efficient BackProp", 1998, section 4.6.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.lecun_normal_(nn.Parameter(np.zeros((50, 400))), rng=0)
        >>> bool(0.049 < w.numpy().std() < 0.051)
        True
    """
    return normal_(tensor, 0.0, math.sqrt(1 / _not_0(fans(tensor)[0])), rng=rng)


def xavier_uniform_(tensor: AnyTensor, gain: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill weights in place from U(-b, b) with b = gain √(6 / (fan_in + fan_out)), also known as Glorot's start.

    Their variance is gain² 2 / (fan_in + fan_out), a compromise between keeping the variance of signals forward and of
    gradients backward. For tanh and sigmoid layers.

    Args:
        tensor: weights, (out, in) or (out, in, *kernel).
        gain: see :func:`calculate_gain`.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.

    Source:
        Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, eq. 16.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.xavier_uniform_(nn.Parameter(np.zeros((2, 4))), rng=0)
        >>> bool(abs(w.numpy()).max() <= 1.0)
        True
    """
    bound = at_least_0("xavier_uniform_: gain", gain) * math.sqrt(6 / _not_0(sum(fans(tensor))))
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor: AnyTensor, gain: float = 1.0, *, rng: Rng = None) -> AnyTensor:
    """Fill weights in place from N(0, gain² 2 / (fan_in + fan_out)); see :func:`xavier_uniform_`.

    Args:
        tensor: weights, (out, in) or (out, in, *kernel).
        gain: see :func:`calculate_gain`.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.

    Source:
        Glorot and Bengio 2010, eq. 12.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.xavier_normal_(nn.Parameter(np.zeros((300, 500))), rng=0)
        >>> bool(0.0495 < w.numpy().std() < 0.0505)  # √(2 / 800)
        True
    """
    std = at_least_0("xavier_normal_: gain", gain) * math.sqrt(2 / _not_0(sum(fans(tensor))))
    return normal_(tensor, 0.0, std, rng=rng)


def kaiming_uniform_(tensor: AnyTensor, a: float = 0.0, mode: Mode = "fan_in", nonlinearity: str = "leaky_relu", *,
                     rng: Rng = None) -> AnyTensor:
    """Fill weights in place from U(-b, b) with b = gain √(3 / fan), also known as He's start.

    Args:
        tensor: weights, (out, in) or (out, in, *kernel).
        a: the slope of leaky_relu for negative inputs; 0 is relu.
        mode: "fan_in" keeps the variance of signals forward, "fan_out" that of gradients backward.
        nonlinearity: what follows the layer; see :func:`calculate_gain`.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.
        OptionError: a mode or nonlinearity that is not known.

    Source:
        He et al., "Delving Deep into Rectifiers", 2015.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.kaiming_uniform_(nn.Parameter(np.zeros((2, 6))), rng=0)
        >>> bool(abs(w.numpy()).max() <= 1.0)
        True
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(tensor: AnyTensor, a: float = 0.0, mode: Mode = "fan_in", nonlinearity: str = "leaky_relu", *,
                    rng: Rng = None) -> AnyTensor:
    """Fill weights in place from N(0, gain² / fan): with relu, randn(n) √(2 / n), the start recommended for it.

    Args:
        tensor: weights, (out, in) or (out, in, *kernel).
        a: the slope of leaky_relu for negative inputs; 0 is relu.
        mode: "fan_in" keeps the variance of signals forward, "fan_out" that of gradients backward.
        nonlinearity: what follows the layer; see :func:`calculate_gain`.
        rng: a Generator, a seed, or None for fresh randomness.

    Returns:
        The tensor itself.

    Raises:
        ShapeError: fewer than two axes.
        OptionError: a mode or nonlinearity that is not known.

    Source:
        He et al. 2015, eq. 10.

    Example:
        >>> import numpy as np, nn
        >>> w = nn.init.kaiming_normal_(nn.Parameter(np.zeros((100, 200))), rng=0)
        >>> bool(0.099 < w.numpy().std() < 0.101)  # √(2 / 200)
        True
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng=rng)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    one_of("kaiming: mode", mode, "fan_in", "fan_out")
    fan_in, fan_out = fans(tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(_not_0(fan_in if mode == "fan_in" else fan_out))


def _not_0(fan: int) -> int:
    return fan or 1  # an empty tensor has nothing to draw
