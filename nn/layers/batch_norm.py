"""Batch normalisation: each channel to mean 0 and variance 1 over the batch, then to a scale and a shift it learns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import ShapeError
from autograd_core.options import at_least_0, from_0_to_1, integer

from ..module import Module
from ..parameter import Buffer, Parameter
from .channels import along, center, count, mapped, mean_square, narrowed, shaped, total, wide


class _BatchNorm(Module):
    _shapes: ClassVar[dict[int, str]]  # of the inputs it takes, by their number of axes
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Buffer | None
    running_var: Buffer | None
    num_batches_tracked: Buffer | None

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, *, bias: bool = True, dtype: npt.DTypeLike = np.float32) -> None:
        name = type(self).__name__
        n = self.num_features = integer(f"{name}: num_features", num_features, least=1)
        self.eps = at_least_0(f"{name}: eps", eps)
        self.momentum = None if momentum is None else from_0_to_1(f"{name}: momentum", momentum)
        self.weight = Parameter(np.ones(n), dtype=dtype) if affine else None
        self.bias = Parameter(np.zeros(n), dtype=dtype) if affine and bias else None
        self.running_mean = Buffer(np.zeros(n), dtype=dtype) if track_running_stats else None
        self.running_var = Buffer(np.ones(n), dtype=dtype) if track_running_stats else None
        self.num_batches_tracked = Buffer(0) if track_running_stats else None

    def forward(self, x: Any) -> Tensor:
        """The normalised input; see the class."""
        x = ag.asarray(x)
        self._check(x.shape)
        channels = wide(x if x.ndim == 2 else shaped(x, *x.shape[:2], math.prod(x.shape[2:])))
        if self.training or self.running_mean is None or self.running_var is None:
            centered = center(channels)
            variance = mean_square(centered)
            if self.training:
                self._track(channels.data, variance.data)
        else:
            centered, variance = channels - along(self.running_mean, channels), self.running_var
        scale = (1 if self.weight is None else self.weight) / ag.sqrt(variance + self.eps)
        y = narrowed(mapped(centered, scale, self.bias), x, self.weight)
        return shaped(y, *x.shape)  # type: ignore[no-any-return]  # a Tensor

    def _track(self, x: np.ndarray, variance: np.ndarray) -> None:
        """Move the running statistics towards those of this batch."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.data = np.asarray(self.num_batches_tracked.data + 1)
        share = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
        unbiased = count(x) / (count(x) - 1)
        for running, batch in ((self.running_mean, total(x) / count(x)), (self.running_var, variance * unbiased)):
            running.data = running.data + share * (batch.astype(running.dtype) - running.data)

    def _check_state(self, state: Mapping[str, np.ndarray]) -> None:
        if "num_batches_tracked" in state:
            integer("num_batches_tracked", state["num_batches_tracked"].item(), least=0)

    def _check(self, shape: tuple[int, ...]) -> None:
        name = type(self).__name__
        if len(shape) not in self._shapes or shape[1] != self.num_features:
            expected = " or ".join(self._shapes.values()).replace("C", str(self.num_features))
            raise ShapeError(f"{name}: an input of shape {shape}; expected {expected}.")
        if self.training and math.prod(shape) // shape[1] < 2:
            raise ShapeError(
                f"{name}: an input of shape {shape} has {math.prod(shape) // shape[1]} values for each channel, which "
                f"have no variance; train with more than one, or call .eval() first."
            )

    def extra_repr(self) -> str:
        """The sizes and options."""
        return (f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.weight is not None}, "
                f"bias={self.bias is not None}, track_running_stats={self.running_mean is not None}")


class BatchNorm1d(_BatchNorm):
    """y = w (x - mean) / √(var + eps) + b, with the mean and the variance of each channel over the batch.

    In training these are the batch's own (the variance with 1/n), and gradients flow through them. They also move the
    running statistics (there, the variance has 1/(n - 1)), which take their place in eval mode. The samples of a
    batch thereby depend on one another; small batches make noisy statistics.

    Args:
        num_features: the number of channels C.
        eps: added to the variance.
        momentum: how far the running statistics move towards those of a batch; None for the mean of all batches.
        affine: whether to learn w and b, which start as 1 and 0.
        track_running_stats: whether to keep running statistics; without, eval mode uses the batch's too.
        bias: whether to learn b; without ``affine`` there is none.
        dtype: of parameters and statistics.

    Shape:
        (N, C) or (N, C, L); the output has the same. ``weight``, ``bias``, ``running_mean`` and ``running_var`` are
        (C,), ``num_batches_tracked`` is a 0-d integer.

    Raises:
        OptionError: a size below 1, a negative ``eps``, a ``momentum`` outside 0 .. 1.
        ShapeError: on a call, another number of channels, or in training one value only for each of them.
        DTypeError: a size that is not an integer, a ``dtype`` that is not a float.

    Source:
        Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
        Shift", 2015.

    Example:
        >>> import nn
        >>> layer = nn.BatchNorm1d(2)
        >>> layer([[1.0, 10.0], [3.0, 10.0]]).numpy().round(3)
        array([[-1.,  0.],
               [ 1.,  0.]])
        >>> layer.running_mean.numpy().round(3)
        array([0.2, 1. ], dtype=float32)
    """

    _shapes: ClassVar = {2: "(N, C)", 3: "(N, C, L)"}


class BatchNorm2d(_BatchNorm):
    """y = w (x - mean) / √(var + eps) + b, with the mean and the variance of each channel over batch and picture.

    In training these are the batch's own (the variance with 1/n), and gradients flow through them. They also move the
    running statistics (there, the variance has 1/(n - 1)), which take their place in eval mode. The samples of a
    batch thereby depend on one another; small batches make noisy statistics.

    Args:
        num_features: the number of channels C.
        eps: added to the variance.
        momentum: how far the running statistics move towards those of a batch; None for the mean of all batches.
        affine: whether to learn w and b, which start as 1 and 0.
        track_running_stats: whether to keep running statistics; without, eval mode uses the batch's too.
        bias: whether to learn b; without ``affine`` there is none.
        dtype: of parameters and statistics.

    Shape:
        (N, C, H, W); the output has the same. ``weight``, ``bias``, ``running_mean`` and ``running_var`` are (C,),
        ``num_batches_tracked`` is a 0-d integer.

    Raises:
        OptionError: a size below 1, a negative ``eps``, a ``momentum`` outside 0 .. 1.
        ShapeError: on a call, another number of channels, or in training one value only for each of them.
        DTypeError: a size that is not an integer, a ``dtype`` that is not a float.

    Source:
        Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
        Shift", 2015.

    Example:
        >>> import numpy as np, nn
        >>> y = nn.BatchNorm2d(3)(np.random.default_rng(0).uniform(5, 9, (8, 3, 4, 4)))
        >>> bool((abs(y.mean(axis=(0, 2, 3))) < 1e-6).all())
        True
    """

    _shapes: ClassVar = {4: "(N, C, H, W)"}
