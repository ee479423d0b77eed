"""Tables of vectors, looked up by number: one for each index, or the sum, mean or maximum of a bag of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.derivatives.define import apply
from autograd_core.derivatives.indexing import scatter_add
from autograd_core.errors import DTypeError, OptionError, SelectionError, ShapeError
from autograd_core.options import integer, one_of
from autograd_core.recording import Primitive

from .. import init
from ..module import Module
from ..parameter import Parameter


def _to_rows(g: Any, index: np.ndarray, padding: int | None, weight_shape: tuple[int, ...]) -> Any:
    """The sum of the gradients of each row; that of ``padding`` gets none."""
    if padding is not None:
        g = g * (index != padding)[..., None]
    return apply(scatter_add, g, index, weight_shape)


def _take(weight: Any, index: Any, padding: Any) -> Any:
    """weight[index]. dy/dweight = g, added to the rows it was taken from; but the row of padding is not learned."""
    return weight.take(index, axis=0)


_take_rows = Primitive("embedding", _take, {"weight": _to_rows}, options=["index", "padding"])


def _checked(name: str, given: Any, rows: int, what: str = "index") -> np.ndarray:
    """What was passed as indices, checked: NumPy would read -1 as the last row."""
    index = given.data if isinstance(given, Tensor) else np.asarray(given)
    if index.dtype.kind not in "iu" and index.size:
        raise DTypeError(f"{name}: indices of {index.dtype}; expected integers.")
    outside = (index < 0) | (index >= rows)
    if outside.any():
        raise SelectionError(f"{name}: {what} {index[outside].flat[0]}; expected 0 to {rows - 1}.")
    return index.astype(np.intp)  # a copy: whoever writes into the given array does not change the gradient


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Tensor:
    """Row i of ``weight`` for each index i; see :class:`Embedding`.

    Args:
        input: integers (*), a Tensor or an array.
        weight: Tensor or array (rows, features).
        padding_idx: a row that gets no gradient.

    Returns:
        Tensor (*, features).

    Raises:
        ShapeError: a ``weight`` that is no matrix.
        DTypeError: indices that are not integers.
        SelectionError: an index, or ``padding_idx``, outside the table.

    Example:
        >>> import numpy as np, nn.functional as F
        >>> F.embedding([2, 0], np.eye(3))
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    if np.ndim(weight) != 2:
        raise ShapeError(f"embedding: a weight of shape {np.shape(weight)}; expected (rows, features).")
    count = np.shape(weight)[0]
    index, padding = _checked("embedding", input, count), _padding("embedding", padding_idx, count)
    return _take_rows(weight, index=index, padding=padding)  # type: ignore[no-any-return]  # a Tensor


def _padding(name: str, padding_idx: int | None, rows: int) -> int | None:
    """``padding_idx``, checked, and counted from the start."""
    if padding_idx is None:
        return None
    if not -rows <= integer(f"{name}: padding_idx", padding_idx, least=-rows) < rows:
        raise SelectionError(f"{name}: padding_idx={padding_idx}; expected less than num_embeddings={rows}.")
    return padding_idx % rows


def one_hot(input: Any, num_classes: int = -1) -> Tensor:
    """For each label y a vector of zeros with a 1 at y. (Losses take the labels themselves.)

    Args:
        input: the labels, integers (*) of at least 0.
        num_classes: how many classes there are; -1 for one more than the largest label.

    Returns:
        Tensor (*, num_classes) of integers.

    Raises:
        DTypeError: labels that are not integers.
        SelectionError: a label outside 0 .. num_classes - 1.
        OptionError: ``num_classes`` below 1, or not given where there are no labels.

    Example:
        >>> import nn.functional as F
        >>> F.one_hot([2, 0])
        tensor([[0, 0, 1],
                [1, 0, 0]])
    """
    labels = input.data if isinstance(input, Tensor) else np.asarray(input)
    if num_classes == -1:
        if not labels.size:
            raise OptionError("one_hot: no labels to count the classes of; pass num_classes.")
        num_classes = int(labels.max()) + 1 if labels.min() >= 0 else 1
    count = integer("one_hot: num_classes", num_classes, least=1)
    return ag.asarray(np.eye(count, dtype=np.int64)[_checked("one_hot", labels, count, "label")])


class _Table(Module):
    def _set(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None, rng: init.Rng,
             dtype: npt.DTypeLike) -> None:
        name = type(self).__name__
        self.num_embeddings = n = integer(f"{name}: num_embeddings", num_embeddings, least=1)
        self.embedding_dim = integer(f"{name}: embedding_dim", embedding_dim, least=1)
        self.padding_idx = _padding(name, padding_idx, n)
        self.weight = init.normal_(Parameter(np.zeros((n, embedding_dim)), dtype=dtype), rng=rng)
        if self.padding_idx is not None:
            data = self.weight.data
            data[self.padding_idx] = 0

    def extra_repr(self) -> str:
        """The sizes."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


class Embedding(_Table):
    """A table of vectors: row i of ``weight`` for each index i. A row gets the sum of the gradients of its uses.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of each.
        padding_idx: a row that starts as zeros and gets no gradient.
        rng: a Generator, or a seed; None for fresh randomness. The start is N(0, 1).
        dtype: of the parameter.

    Shape:
        Integers of any shape (*) to (*, embedding_dim); ``weight`` is (num_embeddings, embedding_dim).

    Raises:
        OptionError: sizes below 1.
        DTypeError: sizes, or on a call indices, that are not integers; a ``dtype`` that is not a float, a bad ``rng``.
        SelectionError: a ``padding_idx``, or on a call an index, outside the table.

    Source:
        Bengio et al., "A Neural Probabilistic Language Model", 2003.

    Example:
        >>> import numpy as np, nn
        >>> table = nn.Embedding(10, 3, padding_idx=0, rng=0)
        >>> table(np.array([[4, 0], [4, 9]])).shape
        (2, 2, 3)
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, *,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self._set(num_embeddings, embedding_dim, padding_idx, rng, dtype)

    def forward(self, input: Any) -> Tensor:
        """The rows; see the class."""
        return embedding(input, self.weight, self.padding_idx)


class EmbeddingBag(_Table):
    """The sum, the mean or the maximum of the rows of a bag of indices; an empty bag gives zeros.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of each.
        mode: "sum", "mean", or "max" of each element (ties share the gradient evenly).
        padding_idx: an index that does not count.
        rng: a Generator, or a seed; None for fresh randomness. The start is N(0, 1).
        dtype: of the parameter.

    Shape:
        Integers (B, N), or (N,) with offsets (B,), to (B, embedding_dim); ``weight`` is (num_embeddings,
        embedding_dim).

    Raises:
        OptionError: sizes below 1, another ``mode``; weights in another mode than "sum".
        ShapeError: on a call, indices or offsets of other shapes, offsets that do not grow from 0.
        DTypeError: sizes, or on a call indices, that are not integers; a ``dtype`` that is not a float, a bad ``rng``.
        SelectionError: a ``padding_idx``, or on a call an index, outside the table.

    Source:
        Joulin et al., "Bag of Tricks for Efficient Text Classification", 2017.

    Example:
        >>> import nn
        >>> table = nn.EmbeddingBag(10, 3, mode="sum", rng=0)
        >>> bags = table([4, 4, 9, 2, 7], offsets=[0, 3])  # the bags 4, 4, 9 and 2, 7
        >>> bags.shape, bool((bags[1] == table.weight[2] + table.weight[7]).all())
        ((2, 3), True)
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, *, mode: str = "mean", padding_idx: int | None = None,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        self.mode = one_of("EmbeddingBag: mode", mode, "sum", "mean", "max")
        self._set(num_embeddings, embedding_dim, padding_idx, rng, dtype)

    def forward(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Tensor:
        """The sum, mean or maximum of each bag.

        Args:
            input: the indices: one bag a row, or all in a row, with offsets.
            offsets: where each bag starts.
            per_sample_weights: what to multiply each row with, of the shape of ``input``; a Tensor gets a gradient.
        """
        index = _checked("EmbeddingBag", input, self.num_embeddings)
        if per_sample_weights is not None:
            if self.mode != "sum":
                raise OptionError(f"EmbeddingBag: per_sample_weights need mode='sum'; this is {self.mode!r}.")
            if np.shape(per_sample_weights) != index.shape:
                raise ShapeError(f"EmbeddingBag: per_sample_weights of shape {np.shape(per_sample_weights)} for "
                                 f"indices of shape {index.shape}; expected the same.")
        bag, count = _bags(index, offsets)
        index = index.ravel()
        counted = np.flatnonzero(index != self.padding_idx) if self.padding_idx is not None else np.arange(index.size)
        rows, bag = _take_rows(self.weight, index=index[counted], padding=self.padding_idx), bag[counted]
        if per_sample_weights is not None:
            rows = rows * ag.reshape(per_sample_weights, -1)[counted][:, None]
        if self.mode == "max":
            return _largest(rows, bag, count)
        y = ag.scatter_add(rows, bag, (count, self.embedding_dim))
        if self.mode == "sum":
            return y
        return y / np.maximum(np.bincount(bag, minlength=count), 1).astype(y.dtype)[:, None]

    def extra_repr(self) -> str:
        """The sizes and the mode."""
        return f"{super().extra_repr()}, mode={self.mode!r}"


def _bags(index: np.ndarray, offsets: Any) -> tuple[np.ndarray, int]:
    """For each index the number of its bag, and how many bags there are."""
    if index.ndim == 2 and offsets is None:
        return np.repeat(np.arange(len(index)), index.shape[1]), len(index)
    starts = offsets.data if isinstance(offsets, Tensor) else np.asarray(offsets)
    if index.ndim != 1 or starts.ndim != 1 or starts.dtype.kind not in "iu":
        raise ShapeError(f"EmbeddingBag: indices of shape {index.shape} and offsets={offsets!r}; expected (bags, "
                         f"indices) without offsets, or (indices,) with offsets (bags,) of integers.")
    ends = np.append(starts[1:], index.size)
    if (len(starts) and starts[0] != 0) or (ends < starts).any():
        raise ShapeError(f"EmbeddingBag: offsets={starts}; expected them to grow from 0 to at most the number of "
                         f"indices, {index.size}.")
    return np.repeat(np.arange(len(starts)), ends - starts), len(starts)


def _largest(rows: Tensor, bag: np.ndarray, count: int) -> Tensor:
    """The maximum of the rows of each bag: bags as long as the longest, filled up with -inf."""
    lengths = np.bincount(bag, minlength=count)
    place = np.arange(bag.size) - (np.cumsum(lengths) - lengths)[bag]  # within the bag
    shape = (count, max(1, lengths.max(initial=0)), rows.shape[1])
    there = np.zeros(shape[:2], bool)
    there[bag, place] = True
    filled = ag.where(there[..., None], ag.scatter_add(rows, (bag, place), shape), -np.inf)
    return ag.where(lengths[:, None] > 0, filled.max(axis=1), 0)
