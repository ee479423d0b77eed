"""Noise in training, none in use: units, channels or weights that are left out, and values that are shaken."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import ShapeError
from autograd_core.options import at_least_0, from_0_to_1

from .. import init
from ..module import Module
from .linear import Linear, linear


def _kept(shape: tuple[int, ...], p: float, dtype: Any, rng: np.random.Generator, factor: float = 1.0) -> np.ndarray:
    """``factor``, or 0 with probability ``p``, at every place."""
    return np.multiply(rng.random(shape, dtype=np.float32) >= p, factor, dtype=dtype)


def _survival(p: float) -> float:
    """What the survivors are multiplied by, so that the mean stays; at p = 1 there are none."""
    return 1 / (1 - p) if p < 1 else 0.0


def _floats(x: Any) -> Tensor:
    x = ag.asarray(x)
    return x if x.dtype.kind == "f" else ag.asarray(x, dtype=float)


def dropout(input: Any, p: float = 0.5, training: bool = True, *, rng: init.Rng = None) -> Tensor:
    """Elements set to 0 with probability p, the others divided by 1 - p; see :class:`Dropout`.

    Args:
        input: Tensor or array of any shape.
        p: the probability that an element is left out.
        training: False for the input as it is. In a ``forward``, pass ``self.training``.
        rng: a Generator, or a seed; None for fresh randomness.

    Returns:
        Tensor like ``input``.

    Raises:
        OptionError: a ``p`` outside 0 .. 1.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Example:
        >>> import numpy as np, nn.functional as F
        >>> F.dropout(np.ones(6), 0.5, rng=0)
        tensor([2., 2., 2., 0., 0., 0.])
    """
    x, p = _floats(input), from_0_to_1("dropout: p", p)
    return x * _kept(x.shape, p, x.dtype, init.generator(rng), _survival(p)) if training and p else x


def dropout1d(input: Any, p: float = 0.5, training: bool = True, *, rng: init.Rng = None) -> Tensor:
    """Channels of signals set to 0 with probability p, the others divided by 1 - p; see :class:`Dropout1d`.

    Args and returns are those of :func:`dropout`; ``input`` is (N, C, L) or (C, L).

    Raises:
        ShapeError: an input of other shape.
        OptionError: a ``p`` outside 0 .. 1.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Example:
        >>> import numpy as np, nn.functional as F
        >>> F.dropout1d(np.ones((1, 3, 2)), 0.5, rng=0)
        tensor([[[2., 2.],
                 [2., 2.],
                 [2., 2.]]])
    """
    return _channel_dropout("dropout1d", input, 1, p, training, rng)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, *, rng: init.Rng = None) -> Tensor:
    """Channels of pictures set to 0 with probability p, the others divided by 1 - p; see :class:`Dropout2d`.

    Args and returns are those of :func:`dropout`; ``input`` is (N, C, H, W) or (C, H, W).

    Raises:
        ShapeError: an input of other shape.
        OptionError: a ``p`` outside 0 .. 1.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Example:
        >>> import numpy as np, nn.functional as F
        >>> F.dropout2d(np.ones((1, 1, 1, 2)), 0.5, rng=0)
        tensor([[[[2., 2.]]]])
    """
    return _channel_dropout("dropout2d", input, 2, p, training, rng)


def _channel_dropout(name: str, input: Any, space: int, p: float, training: bool, rng: init.Rng) -> Tensor:
    x, p = _floats(input), from_0_to_1(f"{name}: p", p)
    if x.ndim not in (space + 1, space + 2):
        raise ShapeError(f"{name}: an input of shape {x.shape}; expected (N, C, *space), with {space} axes of space.")
    shape = x.shape[:-space] + (1,) * space
    return x * _kept(shape, p, x.dtype, init.generator(rng), _survival(p)) if training and p else x


class _Dropping(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False, *, rng: init.Rng = None) -> None:
        self.p = from_0_to_1(f"{type(self).__name__}: p", p)
        self.rng = init.generator(rng)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}"


class Dropout(_Dropping):
    """In training, every element is 0 with probability p, and the others are divided by 1 - p; in use, nothing happens.

    This is "inverted" dropout: the mean of each element stays what it is, so that the model in use needs no change.
    A unit cannot rely on particular others, which acts like training many thinned networks that share weights.

    Args:
        p: the probability that an element is left out. (In some texts p is the probability that it is kept.)
        inplace: accepted for PyTorch's sake; nothing is computed in place.
        rng: a Generator, or a seed; None for fresh randomness.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: a ``p`` outside 0 .. 1.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Source:
        Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.Dropout(0.5, rng=0)
        >>> layer(np.ones(6))
        tensor([2., 2., 2., 0., 0., 0.])
        >>> layer.eval()(np.ones(2))
        tensor([1., 1.])
    """

    def forward(self, x: Any) -> Tensor:
        """The thinned input; see the class."""
        return dropout(x, self.p, self.training, rng=self.rng)


class ClassicDropout(_Dropping):
    """In training, every element is 0 with probability p; in use, all are multiplied by 1 - p, their mean in training.

    Dropout as first published. :class:`Dropout` does the same to training up to a factor, and leaves use unchanged.

    Args:
        p: the probability that an element is left out. (In some texts p is the probability that it is kept.)
        inplace: accepted for PyTorch's sake; nothing is computed in place.
        rng: a Generator, or a seed; None for fresh randomness.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: a ``p`` outside 0 .. 1.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Source:
        Hinton et al., "Improving Neural Networks by Preventing Co-adaptation of Feature Detectors", 2012.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.ClassicDropout(0.5, rng=0)
        >>> layer(np.ones(6))
        tensor([1., 1., 1., 0., 0., 0.])
        >>> layer.eval()(np.ones(2))
        tensor([0.5, 0.5])
    """

    def forward(self, x: Any) -> Tensor:
        """The thinned, or scaled, input; see the class."""
        t = _floats(x)
        return t * _kept(t.shape, self.p, t.dtype, self.rng) if self.training else t * (1 - self.p)


class Dropout1d(_Dropping):
    """Dropout of whole channels of signals, whose neighbouring elements say nearly the same.

    Args:
        p: the probability that a channel is left out.
        inplace: accepted for PyTorch's sake; nothing is computed in place.
        rng: a Generator, or a seed; None for fresh randomness.

    Shape:
        (N, C, L) or (C, L); the output has the same.

    Raises:
        OptionError: a ``p`` outside 0 .. 1.
        ShapeError: on a call, an input with other axes.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Source:
        Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.

    Example:
        >>> import numpy as np, nn
        >>> nn.Dropout1d(0.5, rng=0)(np.ones((1, 3, 2)))
        tensor([[[2., 2.],
                 [2., 2.],
                 [2., 2.]]])
    """

    def forward(self, x: Any) -> Tensor:
        """The thinned input; see the class."""
        return dropout1d(x, self.p, self.training, rng=self.rng)


class Dropout2d(_Dropping):
    """Dropout of whole channels of pictures, whose neighbouring elements say nearly the same.

    Args:
        p: the probability that a channel is left out.
        inplace: accepted for PyTorch's sake; nothing is computed in place.
        rng: a Generator, or a seed; None for fresh randomness.

    Shape:
        (N, C, H, W) or (C, H, W); the output has the same.

    Raises:
        OptionError: a ``p`` outside 0 .. 1.
        ShapeError: on a call, an input with other axes.
        DTypeError: a ``p`` that is not a number, a bad ``rng``.

    Source:
        Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.

    Example:
        >>> import numpy as np, nn
        >>> nn.Dropout2d(0.5, rng=0)(np.ones((3, 1, 2)))
        tensor([[[2., 2.]],
        <BLANKLINE>
                [[2., 2.]],
        <BLANKLINE>
                [[2., 2.]]])
    """

    def forward(self, x: Any) -> Tensor:
        """The thinned input; see the class."""
        return dropout2d(x, self.p, self.training, rng=self.rng)


class DropConnect(Linear):
    """A Linear layer whose weights, not units, are left out in training: y = x (M W)ᵀ / (1 - p) + b, with a random M.

    M holds zeros with probability p, else ones, and is drawn anew for each call. In use all weights take part.

    Args:
        in_features: the size of the last axis of the input.
        out_features: the size of the last axis of the output.
        bias: whether to add b, which is always there.
        p: the probability that a weight is left out.
        rng: a Generator, or a seed; None for fresh randomness. It draws the start (that of Linear), then the masks.
        dtype: of the parameters.

    Shape:
        (..., in_features) to (..., out_features); ``weight`` is (out_features, in_features), ``bias`` (out_features,).

    Raises:
        OptionError: sizes below 1, a ``p`` outside 0 .. 1.
        ShapeError: on a call, an input with another number of features.
        DTypeError: arguments that are not numbers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        Wan et al., "Regularization of Neural Networks using DropConnect", 2013; there one mask for each sample, and in
        use the mean of the unit over Gaussian noise.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.DropConnect(3, 2, p=0.5, rng=0)
        >>> layer
        DropConnect(in_features=3, out_features=2, bias=True, p=0.5)
        >>> bool((layer(np.ones(3)) == layer(np.ones(3))).all())
        False
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, p: float = 0.5, *,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self.p = from_0_to_1("DropConnect: p", p)
        self.rng = init.generator(rng)
        super().__init__(in_features, out_features, bias, rng=self.rng, dtype=dtype)

    def forward(self, x: Any) -> Tensor:
        """The affine map, through what is left of the weights; see the class."""
        weight: Tensor = self.weight
        if self.training and self.p:
            weight = weight * _kept(weight.shape, self.p, weight.dtype, self.rng, _survival(self.p))
        return linear(x, weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes and the probability."""
        return f"{super().extra_repr()}, p={self.p}"


class GaussianNoise(Module):
    """In training, y = x + noise from N(0, std²), drawn anew for each call; in use, y = x.

    On the input it acts like weight decay: for a linear model with squared error, the noise adds std² Σ w² on average.

    Args:
        std: the standard deviation of the noise.
        rng: a Generator, or a seed; None for fresh randomness.

    Shape:
        Any; the output has the same.

    Raises:
        OptionError: a negative ``std``.
        DTypeError: an ``std`` that is not a number, a bad ``rng``.

    Source:
        Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", 1995.

    Example:
        >>> import numpy as np, nn
        >>> layer = nn.GaussianNoise(0.1, rng=0)
        >>> round(float(layer(np.ones(1000)).std()), 2), layer.eval()([1.0])
        (0.1, tensor([1.]))
    """

    def __init__(self, std: float = 0.1, *, rng: init.Rng = None) -> None:
        self.std = at_least_0("GaussianNoise: std", std)
        self.rng = init.generator(rng)

    def forward(self, x: Any) -> Tensor:
        """The input, in training with noise; see the class."""
        t = _floats(x)
        if not self.training:
            return t
        return t + (self.rng.standard_normal(t.shape) * self.std).astype(t.dtype)

    def extra_repr(self) -> str:
        """The standard deviation."""
        return f"std={self.std}"
