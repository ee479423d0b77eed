"""Preprocessing as layers: statistics fitted on the training split, saved with the model, differentiable."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor
from autograd_core.errors import DTypeError, OptionError, ShapeError, StateError
from autograd_core.options import at_least_0, integer, one_of

from .data import Split
from .init import fill
from .module import Module
from .parameter import Buffer


class Preprocessor(Module):
    """Base of the preprocessing layers: :meth:`fit` measures statistics, calls use them, :meth:`inverse` undoes it.

    Args:
        features: the size of the axis of features; None for one statistic over everything.
        axis: which axis that is, -1 in tables (samples, features), 1 in images (samples, channels, height, width).
        dtype: of the statistics.

    Raises:
        OptionError: ``features`` below 1.
        ShapeError: data with another number of features.
        StateError: used before it is fitted.
    """

    def __init__(self, features: int | None = None, axis: int = -1, *, dtype: npt.DTypeLike = np.float32) -> None:
        self.features = None if features is None else integer(f"{type(self).__name__}: features", features, least=1)
        self.axis = integer(f"{type(self).__name__}: axis", axis)
        self.dtype = dtype
        self.samples = Buffer(0)  # how many it was fitted on

    def _statistic(self, value: float) -> Buffer:
        return Buffer(value if self.features is None else np.full(self.features, value), dtype=self.dtype)

    def fit(self, data: Any) -> Self:
        """Measure the statistics of training data.

        Args:
            data: a Split for training, or an array, samples along its first axis.

        Returns:
            The layer itself.

        Raises:
            OptionError: a split for validation or test.
            ShapeError: no samples; NaN or inf; another number of features.
        """
        name = type(self).__name__
        if isinstance(data, Split):
            if data.role != "train":
                raise OptionError(f"{name}: this is the {data.role} split; statistics are fitted on training data.")
            data = data.x
        try:
            x = np.asarray(data.data if isinstance(data, Tensor) else data, np.float64)
        except (TypeError, ValueError):
            raise DTypeError(f"{name}: the data are not numbers, in rows of one length.") from None
        self._check(x)
        if not x.size:
            raise ShapeError(f"{name}: data of shape {x.shape} has no samples to fit on.")
        if not np.isfinite(x).all():
            where = tuple(map(int, np.argwhere(~np.isfinite(x))[0]))
            raise ShapeError(f"{name}: the data has NaN or inf, first at {where}; clean it first.")
        rows = x.reshape(-1, 1) if self.features is None else np.moveaxis(x, self.axis, -1).reshape(-1, self.features)
        self._measure(rows)
        fill(self.samples, len(x) if x.ndim else 1)
        return self

    def _measure(self, rows: np.ndarray) -> None:
        """Take the statistics of float64 (samples, features)."""
        raise NotImplementedError(f"{type(self).__name__} has no _measure(); define it.")

    def _ready(self, x: Any) -> None:
        if not self.samples.item():
            raise StateError(f"{type(self).__name__}: not fitted; call .fit(training data), or load a state.")
        self._check(x)

    def _check(self, x: Any) -> None:
        shape = np.shape(x)
        there = len(shape) > 1 and -len(shape) <= self.axis < len(shape)
        if self.features is not None and (not there or shape[self.axis] != self.features):
            raise ShapeError(f"{type(self).__name__}: data of shape {shape}; expected samples with {self.features} "
                             f"features along axis {self.axis}.")

    def _along(self, statistic: Buffer, x: Any) -> Any:
        """A statistic in the shape that broadcasts against ``x``."""
        if self.features is None or self.axis in (-1, np.ndim(x) - 1):
            return statistic
        shape = [1] * np.ndim(x)
        shape[self.axis] = self.features
        return statistic.reshape(*shape)

    def forward(self, x: Any) -> Any:
        """The preprocessed data."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(); define it.")

    def inverse(self, y: Any) -> Any:
        """What data was before, from what it is after."""
        raise NotImplementedError(f"{type(self).__name__} has no inverse(); define it.")

    def extra_repr(self) -> str:
        """The number of features."""
        return f"features={self.features}" + (f", axis={self.axis}" if self.axis != -1 else "")


class Center(Preprocessor):
    """Mean subtraction: y = x - mean, per feature, per channel (``axis=1``), or with one global mean.

    Args:
        features: the size of the axis of features; None for one global mean.
        axis: which axis that is.
        dtype: of the statistics.

    Example:
        >>> import nn
        >>> layer = nn.Center(2).fit([[0.0, 10.0], [2.0, 30.0]])
        >>> layer([[0.0, 10.0]]).tolist()
        [[-1.0, -10.0]]
    """

    def __init__(self, features: int | None = None, axis: int = -1, *, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__(features, axis, dtype=dtype)
        self.mean = self._statistic(0.0)

    def _measure(self, rows: np.ndarray) -> None:
        fill(self.mean, rows.mean(axis=0).reshape(self.mean.shape))

    def forward(self, x: Any) -> Any:
        """x - mean."""
        self._ready(x)
        return x - self._along(self.mean, x)

    def inverse(self, y: Any) -> Any:
        """y + mean."""
        self._ready(y)
        return y + self._along(self.mean, y)


class Standardize(Preprocessor):
    """y = (x - mean) / std: every feature with mean 0 and variance 1. A feature that never varies is only centred.

    Args:
        features: the size of the axis of features; None for one global mean and std.
        axis: which axis that is.
        dtype: of the statistics.

    Example:
        >>> import nn
        >>> layer = nn.Standardize(2).fit([[0.0, 10.0], [2.0, 30.0]])
        >>> layer([[0.0, 30.0]]).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(self, features: int | None = None, axis: int = -1, *, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__(features, axis, dtype=dtype)
        self.mean, self.std = self._statistic(0.0), self._statistic(1.0)

    def _measure(self, rows: np.ndarray) -> None:
        constant = rows.max(axis=0) == rows.min(axis=0)
        fill(self.mean, rows.mean(axis=0).reshape(self.mean.shape))
        fill(self.std, np.where(constant, 1.0, rows.std(axis=0)).reshape(self.std.shape))

    def forward(self, x: Any) -> Any:
        """(x - mean) / std."""
        self._ready(x)
        return (x - self._along(self.mean, x)) / self._along(self.std, x)

    def inverse(self, y: Any) -> Any:
        """y std + mean."""
        self._ready(y)
        return y * self._along(self.std, y) + self._along(self.mean, y)


class MinMax(Preprocessor):
    """Scaling of every feature to [-1, 1] over the training data. A feature that never varies goes to 0.

    Args:
        features: the size of the axis of features; None for one global range.
        axis: which axis that is.
        dtype: of the statistics.

    Example:
        >>> import nn
        >>> layer = nn.MinMax(1).fit([[0.0], [10.0]])
        >>> layer([[0.0], [5.0], [10.0]]).tolist()
        [[-1.0], [0.0], [1.0]]
    """

    def __init__(self, features: int | None = None, axis: int = -1, *, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__(features, axis, dtype=dtype)
        self.middle, self.half_range = self._statistic(0.0), self._statistic(1.0)

    def _measure(self, rows: np.ndarray) -> None:
        low, high = rows.min(axis=0), rows.max(axis=0)
        fill(self.middle, ((low + high) / 2).reshape(self.middle.shape))
        fill(self.half_range, np.where(high == low, 1.0, (high - low) / 2).reshape(self.half_range.shape))

    def forward(self, x: Any) -> Any:
        """(x - middle) / half the range."""
        self._ready(x)
        return (x - self._along(self.middle, x)) / self._along(self.half_range, x)

    def inverse(self, y: Any) -> Any:
        """y times half the range, plus the middle."""
        self._ready(y)
        return y * self._along(self.half_range, y) + self._along(self.middle, y)


class PCA(Preprocessor):
    """Principal component analysis: y = (x - mean) U, decorrelated features in the order of their variance.

    The columns of U are the eigenvectors of the covariance XᵀX / N of the centred data, from its SVD; keeping the first
    few loses the least variance. With ``whiten``, y is divided by √(S + eps) besides, S being the variances.

    Args:
        features: the number of features.
        components: how many to keep; all by default.
        whiten: "no", "pca", or "zca", which rotates back after whitening so that the result stays close to the data.
        eps: added to the variances before dividing. Whitening exaggerates noise; a larger value smooths.
        dtype: of the statistics.

    Raises:
        OptionError: more components than features; another word for ``whiten``.
        ShapeError: data that is not (samples, features).

    Source:
        Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, for ZCA whitening.

    Example:
        >>> import numpy as np, nn
        >>> x = np.random.default_rng(0).standard_normal((500, 2)) @ [[2.0, 1.0], [0.0, 0.5]]
        >>> y = nn.PCA(2, whiten="pca").fit(x)(x).numpy()
        >>> np.cov(y.T).round(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, features: int, components: int | None = None, *, whiten: str = "no", eps: float = 1e-5,
                 dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__(features, dtype=dtype)
        self.components = features if components is None else components
        if integer("PCA: components", self.components, least=1) > features:
            raise OptionError(f"PCA: {components} components of {features} features; expected 1 to {features}.")
        self.whiten, self.eps = one_of("PCA: whiten", whiten, "no", "pca", "zca"), at_least_0("PCA: eps", eps)
        self.mean = self._statistic(0.0)
        self.rotation = Buffer(np.eye(features, self.components), dtype=dtype)
        self.variance = Buffer(np.ones(self.components), dtype=dtype)

    def _measure(self, rows: np.ndarray) -> None:
        mean = rows.mean(axis=0)
        centred = rows - mean
        rotation, variance, _ = np.linalg.svd(centred.T @ centred / len(rows))
        largest = np.take_along_axis(rotation, np.abs(rotation).argmax(axis=0)[None], axis=0)
        rotation *= np.where(largest < 0, -1.0, 1.0)  # a direction has no sign: fix one
        fill(self.mean, mean)
        fill(self.rotation, rotation[:, : self.components])
        fill(self.variance, variance[: self.components])

    def _check(self, x: Any) -> None:
        if np.ndim(x) != 2 or np.shape(x)[1] != self.features:
            raise ShapeError(f"PCA: data of shape {np.shape(x)}; expected (samples, {self.features}).")

    def forward(self, x: Any) -> Any:
        """The rotated data, whitened if asked for."""
        self._ready(x)
        y = (x - self.mean) @ self.rotation
        if self.whiten == "no":
            return y
        y = y / (self.variance + self.eps) ** 0.5
        return y if self.whiten == "pca" else y @ self.rotation.mT

    def inverse(self, y: Any) -> Any:
        """The data again; of dropped components, their mean."""
        if not self.samples.item():
            raise StateError("PCA: not fitted; call .fit(training data), or load a state.")
        if self.whiten == "zca":
            y = y @ self.rotation
        if self.whiten != "no":
            y = y * (self.variance + self.eps) ** 0.5
        return y @ self.rotation.mT + self.mean

    def extra_repr(self) -> str:
        """Sizes and kind."""
        return f"features={self.features}, components={self.components}, whiten={self.whiten!r}, eps={self.eps}"
