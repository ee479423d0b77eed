"""Attention: every query reads a mixture of the values, weighted by how well it matches their keys."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.derivatives.special import dot, exps
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.options import from_0_to_1, integer
from autograd_core.recording import Primitive

from .. import init
from ..module import Module
from ..parameter import Parameter
from .dropout import dropout
from .linear import Linear, linear


def _weights(scores: Any, excluded: Any) -> Any:
    if np.ndim(excluded):
        scores = np.where(excluded, -math.inf, scores)
    weights, sums = exps(scores, -1)
    weights /= np.where(sums == 0, 1, sums)
    return weights


# A softmax that knows of keys left out: a query that has none left gets weights of 0, where ag.softmax gives NaN.
_attention_weights = Primitive("attention_weights", _weights, {
    "scores": lambda g, y: y * (g - dot(g, y, -1)),
    "excluded": None,
})


def _attend(query: Tensor, key: Tensor, value: Tensor, excluded: Any, added: Any, scale: float | None,
            dropped: float, rng: init.Rng) -> tuple[Tensor, Tensor]:
    """The mixtures, and the weights."""
    scores = (query * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)) @ key.mT
    weights = _attention_weights(scores if added is None else scores + added, excluded)
    weights = dropout(weights, dropped, rng=rng)
    return weights @ value, weights


def _later(queries: int, keys: int) -> np.ndarray:
    """True where a key comes after the query."""
    return ~np.tri(queries, keys, dtype=bool)


def _mask(name: str, what: str, mask: Any) -> Any:
    """A mask as an array of bools, or a Tensor of floats."""
    mask = ag.asarray(mask)
    if mask.dtype.kind not in "bf":
        raise DTypeError(f"{name}: {what} of dtype {mask.dtype}; expected bools, or floats to add to the scores.")
    return mask.data if mask.dtype.kind == "b" else mask


def scaled_dot_product_attention(query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
                                 is_causal: bool = False, *, scale: float | None = None,
                                 rng: init.Rng = None) -> Tensor:
    """softmax(Q Kᵀ / √E) V: for every query, the mean of the values, weighted by the match of their keys.

    A query whose keys are all masked gets 0.

    Args:
        query: Tensor or array (..., L, E).
        key: Tensor or array (..., S, E).
        value: Tensor or array (..., S, V).
        attn_mask: broadcasts to (..., L, S). Bools say which keys take part (:class:`MultiheadAttention` has it the
            other way round; so does PyTorch); floats are added to the scores, and can be learned.
        dropout_p: the share of weights that are dropped; it acts whenever it is not 0.
        is_causal: query i reads keys 0 to i only.
        scale: instead of 1/√E.
        rng: of dropout: a Generator, or a seed; None for fresh randomness.

    Returns:
        Tensor (..., L, V).

    Raises:
        ShapeError: shapes that do not go together.
        OptionError: a ``dropout_p`` outside 0 .. 1.
        DTypeError: a mask that is neither bools nor floats.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017).

    Example:
        >>> import nn, numpy as np
        >>> values = np.array([[1.0], [3.0], [8.0]])
        >>> same = np.zeros((3, 2))
        >>> nn.scaled_dot_product_attention(same, same, values, is_causal=True)
        tensor([[1.],
                [2.],
                [4.]])
    """
    name = "scaled_dot_product_attention"
    q, k, v = (ag.asarray(x) for x in (query, key, value))
    if min(q.ndim, k.ndim, v.ndim) < 2 or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ShapeError(
            f"{name}: query {q.shape}, key {k.shape}, value {v.shape}; expected (..., L, E), (..., S, E), (..., S, V)."
        )
    excluded: Any = _later(q.shape[-2], k.shape[-2]) if is_causal else False
    added = None
    if attn_mask is not None:
        mask = _mask(name, "attn_mask", attn_mask)
        if isinstance(mask, np.ndarray):
            excluded = excluded | ~mask
        else:
            added = mask
    return _attend(q, k, v, excluded, added, scale, from_0_to_1(f"{name}: dropout_p", dropout_p), rng)[0]


class MultiheadAttention(Module):
    """Several attentions side by side, each on its own linear images of queries, keys and values.

    head_i = softmax(Q W_qiᵀ (K W_kiᵀ)ᵀ / √(E / heads)) V W_viᵀ, and y = [head_1 ... head_h] W_oᵀ + b_o.

    Args:
        embed_dim: E, features of queries and outputs; a multiple of num_heads.
        num_heads: how many attentions.
        dropout: the share of weights dropped in training.
        bias: whether the four linear maps have biases.
        kdim, vdim: features of keys and of values; by default E.
        batch_first: inputs and outputs are (batch, steps, features), not (steps, batch, features).
        rng: a Generator, or a seed, for starting values and dropout; None for fresh randomness.
        dtype: of the parameters.

    Shape:
        See :meth:`forward`. ``in_proj_weight`` is (3 E, E), in blocks q, k, v; with other ``kdim`` or ``vdim`` there
        are ``q_proj_weight`` (E, E), ``k_proj_weight`` (E, kdim), ``v_proj_weight`` (E, vdim) instead.

    Raises:
        OptionError: sizes below 1, heads that do not divide E.
        ShapeError: on a call, see :meth:`forward`.
        DTypeError: sizes that are not integers, a ``dtype`` that is not a float, a bad ``rng``.

    Source:
        A. Vaswani et al.: Attention is all you need. NeurIPS (2017).

    Example:
        >>> import numpy as np, nn
        >>> attention = nn.MultiheadAttention(8, 2, batch_first=True, rng=0)
        >>> x = np.zeros((5, 7, 8))
        >>> y, weights = attention(x, x, x)
        >>> y.shape, weights.shape
        ((5, 7, 8), (5, 7, 7))
    """

    in_proj_bias: Parameter | None

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, *,
                 kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
                 rng: init.Rng = None, dtype: npt.DTypeLike = np.float32) -> None:
        name = "MultiheadAttention"
        self.embed_dim = integer(f"{name}: embed_dim", embed_dim, least=1)
        self.num_heads = integer(f"{name}: num_heads", num_heads, least=1)
        if embed_dim % num_heads:
            raise OptionError(f"{name}: embed_dim={embed_dim} is not a multiple of num_heads={num_heads}.")
        self.kdim = embed_dim if kdim is None else integer(f"{name}: kdim", kdim, least=1)
        self.vdim = embed_dim if vdim is None else integer(f"{name}: vdim", vdim, least=1)
        self.dropout = from_0_to_1(f"{name}: dropout", dropout)
        self.batch_first = batch_first
        self.rng = init.generator(rng)

        def drawn(*shape: int) -> Parameter:
            return init.xavier_uniform_(Parameter(np.zeros(shape), dtype=dtype), rng=self.rng)

        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = drawn(3 * embed_dim, embed_dim)
        else:
            self.q_proj_weight = drawn(embed_dim, embed_dim)
            self.k_proj_weight = drawn(embed_dim, self.kdim)
            self.v_proj_weight = drawn(embed_dim, self.vdim)
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim), dtype=dtype) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=self.rng, dtype=dtype)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
                attn_mask: Any = None, average_attn_weights: bool = True,
                is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
        """What the queries read, and the weights with which they read it.

        A query whose keys are all masked reads 0 (and gets b_o), where PyTorch gives NaN or 0, by its options.

        Args:
            query: Tensor or array (L, batch, E); (batch, L, E) with ``batch_first``; or one sequence, (L, E).
            key: likewise, of S steps and kdim features.
            value: likewise, of S steps and vdim features.
            key_padding_mask: (batch, S), or (S,) for one sequence: True for keys to leave out, or floats to add.
            need_weights: whether to return the weights, too.
            attn_mask: (L, S), or (batch · heads, L, S): True for pairs to leave out, or floats to add.
            average_attn_weights: return the mean of the heads' weights, not all of them.
            is_causal: query i reads keys 0 to i only; other masks count as well.

        Returns:
            y like ``query``; and the weights (batch, L, S), or (batch, heads, L, S) if not averaged, or None. Without
            ``batch`` for one sequence.

        Raises:
            ShapeError: inputs or masks of other shapes.
            DTypeError: a mask that is neither bools nor floats.
        """
        single = np.ndim(query) == 2
        q, k, v = (self._in_heads(x, single) for x in self._projected(query, key, value))
        excluded, added = self._masks(key_padding_mask, attn_mask, len(q), q.shape[2], k.shape[2], single)
        if is_causal:
            excluded = excluded | _later(q.shape[2], k.shape[2])
        y, weights = _attend(q, k, v, excluded, added, None, self.dropout if self.training else 0.0, self.rng)
        y = y.transpose(0, 2, 1, 3) if self.batch_first or single else y.transpose(2, 0, 1, 3)
        y = self.out_proj(y.reshape(*y.shape[:2], self.embed_dim))
        weights = weights.mean(axis=1) if average_attn_weights else weights
        if single:
            y, weights = y[0], weights[0]
        return y, weights if need_weights else None

    def _projected(self, query: Any, key: Any, value: Any) -> list[Tensor]:
        """The linear images of all three; one matrix product if they are the same."""
        self._check(np.shape(query), np.shape(key), np.shape(value))
        one_weight = self.kdim == self.vdim == self.embed_dim
        if one_weight and query is key is value:
            return ag.split(linear(query, self.in_proj_weight, self.in_proj_bias), 3, axis=-1)
        weights = (ag.split(self.in_proj_weight, 3) if one_weight
                   else [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight])
        biases = [None] * 3 if self.in_proj_bias is None else ag.split(self.in_proj_bias, 3)
        return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]

    def _in_heads(self, x: Tensor, single: bool) -> Tensor:
        """(batch, heads, steps, E / heads)."""
        x = x[None] if single else x
        x = x.reshape(*x.shape[:2], self.num_heads, -1)
        return x.transpose(0, 2, 1, 3) if self.batch_first or single else x.transpose(1, 2, 0, 3)

    def _masks(self, key_padding_mask: Any, attn_mask: Any, batch: int, queries: int, keys: int,
               single: bool) -> tuple[Any, Any]:
        """Which pairs to leave out, and what to add to the scores: both broadcast to (batch, heads, L, S)."""
        heads = self.num_heads
        fits: dict[str, dict[tuple[int, ...], tuple[int, ...]]] = {  # the shapes to come in, and what they become
            "key_padding_mask": {(keys,) if single else (batch, keys): (batch, 1, 1, keys)},
            "attn_mask": {(queries, keys): (queries, keys),
                          (batch * heads, queries, keys): (batch, heads, queries, keys)},
        }
        excluded: Any = False
        added = None
        for (what, shapes), mask in zip(fits.items(), (key_padding_mask, attn_mask), strict=True):
            if mask is None:
                continue
            mask = _mask("MultiheadAttention", what, mask)
            if mask.shape not in shapes:
                expected = " or ".join(map(str, shapes))
                raise ShapeError(f"MultiheadAttention: {what} of shape {mask.shape}; expected {expected}.")
            mask = mask.reshape(shapes[mask.shape])
            if isinstance(mask, np.ndarray):
                excluded = excluded | mask
            else:
                added = mask if added is None else added + mask
        return excluded, added

    def _check(self, query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...]) -> None:
        """The three inputs' shapes go together."""
        steps = 1 if self.batch_first and len(query) == 3 else 0
        features = (query[-1:], key[-1:], value[-1:]) == ((self.embed_dim,), (self.kdim,), (self.vdim,))
        batch = query[:steps] + query[steps + 1 : -1] == key[:steps] + key[steps + 1 : -1]
        if len(query) not in (2, 3) or not len(query) == len(key) == len(value) or not features or not batch \
                or key[:-1] != value[:-1]:
            axes = "batch, steps" if self.batch_first else "steps, batch"
            raise ShapeError(
                f"MultiheadAttention: query {query}, key {key}, value {value}; expected ({axes}, features), or "
                f"(steps, features) for one sequence, with {self.embed_dim}, {self.kdim} and {self.vdim} features, one "
                f"batch, and as many values as keys."
            )

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the default."""
        said = f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"
        return said + (f", dropout={self.dropout}" if self.dropout else "") + (", batch_first=True" * self.batch_first)
