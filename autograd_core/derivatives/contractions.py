"""Sums over shared indices: ``einsum`` and what is written with it.

Everything is contracted two operands at a time, by one primitive. Its derivative is itself: when every index of
A stands in B or in C, the gradient of A in AB → C is CB → A.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..errors import ShapeError
from ..recording import Primitive, TensorBase, wrap
from .define import NUMPY, as_array, composite
from .domains import Case, Cases

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["einsum", "tensordot"]

Labels = tuple[int, ...]
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@functools.lru_cache(1024)
def _plan(a: Labels, b: Labels, out: Labels) -> tuple[Any, ...]:
    """How to write a contraction as a batch of matrix products: batch, left, summed and right labels, and the axes."""
    batch = [k for k in out if k in a and k in b]
    left, right = [k for k in out if k not in b], [k for k in out if k not in a]
    inner = [k for k in a if k not in out]
    axes_a = [a.index(k) for k in (*batch, *left, *inner)]
    axes_b = [b.index(k) for k in (*batch, *inner, *right)]
    made = [*batch, *left, *right]
    return len(batch), len(left), len(inner), axes_a, axes_b, [made.index(k) for k in out]


def _contract(a: Any, b: Any, spec: tuple[Labels, Labels, Labels]) -> Any:
    """The sum of ``a`` times ``b`` over the labels that the result lacks."""
    batch, left, inner, axes_a, axes_b, order = _plan(*spec)
    a, b = np.asarray(a).transpose(axes_a), np.asarray(b).transpose(axes_b)
    shape, rest = a.shape[: batch + left], b.shape[batch + inner :]
    if inner:
        rows, n, columns = math.prod(shape[batch:]), math.prod(a.shape[batch + left :]), math.prod(rest)
        out = a.reshape((*shape[:batch], rows, n)) @ b.reshape((*shape[:batch], n, columns))
    else:
        out = np.multiply(a.reshape(shape + (1,) * len(rest)), b.reshape(shape[:batch] + (1,) * left + rest))
    return out.reshape(shape + rest).transpose(order)


def _contracted(g: Any, other: Any, spec: tuple[Labels, Labels, Labels]) -> Any:
    both = isinstance(g, TensorBase) or isinstance(other, TensorBase)
    return contract(g, other, spec=spec) if both else _contract(g, other, spec)


contract = Primitive(
    "contract", _contract, {
        "a": lambda g, b, spec: _contracted(g, b, (spec[2], spec[1], spec[0])),
        "b": lambda g, a, spec: _contracted(g, a, (spec[2], spec[0], spec[1])),
    }, options=["spec"])
"""One contraction of two operands, each label once an operand and in two of (a, b, result)."""


def arrays_of(*operands: Any) -> tuple[Any, ...]:
    """The operands of a composition: Tensors as they are, the rest as arrays of real numbers."""
    return tuple(map(as_array, operands))


Spec = tuple[tuple[Labels, ...], Labels]


@functools.lru_cache(1024)
def _parse(subscripts: str, ndims: tuple[int, ...]) -> Spec:
    """The labels of every operand, and of the result, from text."""
    inputs, arrow, output = subscripts.replace(" ", "").replace("...", ".").partition("->")
    parts = inputs.split(",")
    if len(parts) != len(ndims):
        raise ShapeError(f"einsum: {subscripts!r} names {len(parts)} operands, {len(ndims)} were given.")
    terms = [tuple(Ellipsis if k == "." else k for k in part) for part in (*parts, output)]
    if strange := {k for term in terms for k in term if k is not Ellipsis and not k.isalpha()}:
        raise ShapeError(f"einsum: {subscripts!r}: {''.join(sorted(strange))!r} is not a subscript; use letters.")
    return _numbered(subscripts, tuple(terms[:-1]), terms[-1] if arrow else None, ndims)


@functools.lru_cache(1024)
def _numbered(said: Any, terms: tuple[Any, ...], output: tuple[Any, ...] | None, ndims: tuple[int, ...]) -> Spec:
    """The same from sequences of any labels, in which ... stands for any axes, and a result of None is implicit."""
    spare = [n - sum(k is not Ellipsis for k in term) for term, n in zip(terms, ndims, strict=True)]
    for i, (term, more) in enumerate(zip(terms, spare, strict=True)):
        if more < 0 or term.count(Ellipsis) > 1 or (more and Ellipsis not in term):
            raise ShapeError(f"einsum: {said!r}: the subscripts of operand {i} do not name its {ndims[i]} axes.")
    found = [_spelled(term, more) for term, more in zip(terms, spare, strict=True)]
    every = [k for labels in found for k in labels]
    dots = _spelled((Ellipsis,), max(spare, default=0))
    if output is None:  # the dots, then what occurs once, by alphabet
        result = dots + sorted(k for k in every if every.count(k) == 1 and k not in dots)
    else:
        result = _spelled(output, len(dots))
    if len(set(result)) < len(result) or not set(result) <= set(every):
        raise ShapeError(f"einsum: {said!r}: the subscripts of the result must differ, and each be an operand's.")
    number = {k: i for i, k in enumerate(dict.fromkeys(every))}
    return tuple(tuple(number[k] for k in labels) for labels in found), tuple(number[k] for k in result)


def _spelled(term: tuple[Any, ...], more: int) -> list[Any]:
    """``term`` with labels for its dots, counted from the right."""
    dots = [("...", i) for i in range(-more, 0)]
    return [label for k in term for label in (dots if k is Ellipsis else [k])]


@functools.lru_cache(1024)
def _path(labels: tuple[Labels, ...], output: Labels, shapes: tuple[tuple[int, ...], ...], optimize: Any
          ) -> list[tuple[int, ...]]:
    """Which operands to contract, step by step; results go to the end of the list."""
    if len(labels) < 3 or optimize is False or max(k for term in labels for k in (*term, -1)) >= len(LETTERS):
        return [(0, 1)] * (len(labels) - 1)
    spell = ["".join(LETTERS[k] for k in term) for term in (*labels, output)]
    nothing = [np.broadcast_to(0.0, shape) for shape in shapes]
    how = list(optimize) if isinstance(optimize, tuple) else optimize
    path, _ = np.einsum_path(f"{','.join(spell[:-1])}->{spell[-1]}", *nothing, optimize=how)
    return list(path[1:])


def _once(x: Any, labels: list[int]) -> tuple[Any, list[int]]:
    """``x`` with the diagonal taken of labels that repeat."""
    for k in sorted({k for k in labels if labels.count(k) > 1}):
        axes = [i for i, label in enumerate(labels) if label == k]
        rest = [i for i in range(len(labels)) if i not in axes]
        along = np.arange(x.shape[axes[0]])
        x = x.transpose((*axes, *rest))[(along,) * len(axes)]
        labels = [k, *(labels[i] for i in rest)]
    return x, labels


def _summed(x: Any, labels: list[int], needed: set[int]) -> tuple[Any, list[int]]:
    """``x`` summed over the labels that nothing else needs."""
    alone = tuple(i for i, k in enumerate(labels) if k not in needed)
    return (x.sum(axis=alone) if alone else x), [k for k in labels if k in needed]


def contract_all(operands: Sequence[Any], labels: Sequence[Sequence[int]], output: Sequence[int],
                 optimize: Any = True) -> Any:
    """The product of all operands, summed over the labels that ``output`` lacks; sizes are known to fit."""
    sizes = [dict(zip(term, x.shape, strict=True)) for x, term in zip(operands, labels, strict=True)]
    size = {k: max(of.get(k, 1) if of.get(k) != 0 else math.inf for of in sizes) for of in sizes for k in of}
    terms: list[tuple[Any, list[int]]] = []
    for x, term in zip(operands, labels, strict=True):
        x, names = _once(x, list(term))
        kept = [k for k, n in zip(names, x.shape, strict=True) if n != 1 or size[k] == 1]
        if len(kept) < len(names):  # an axis of size 1 that repeats
            x = x.reshape([n for k, n in zip(names, x.shape, strict=True) if k in kept])
        terms.append((x, kept))
    path = _path(tuple(tuple(t) for _, t in terms), tuple(output), tuple(x.shape for x, _ in terms), optimize)
    for step in path:
        chosen = [terms.pop(i) for i in sorted(step, reverse=True)][::-1]
        while len(chosen) > 1:
            outside = {k for _, t in terms + chosen[2:] for k in t}.union(output)
            (a, ka), (b, kb) = (_summed(*chosen[i], outside.union(chosen[1 - i][1])) for i in (0, 1))
            kept = [k for k in dict.fromkeys(ka + kb) if k in outside]
            if len(terms) + len(chosen) == 2:
                kept = list(output)
            chosen[:2] = [(contract(a, b, spec=(tuple(ka), tuple(kb), tuple(kept))), kept)]
        terms += chosen
    x, names = _summed(*terms[0], set(output))
    return x if names == list(output) else x.transpose([names.index(k) for k in output])


_EINSUMS: list[Any] = [
    ("ij,jk->ik", (2, 3), (3, 2)), ("ij,jk", (2, 3), (3, 2)), ("bij,bjk->kbi", (2, 2, 3), (2, 3, 2)),
    ("ii->i", (3, 3)), ("iji->j", (2, 3, 2)), ("ii", (3, 3)), ("ji", (2, 3)),
    ("...ij,...j->...i", (2, 1, 3, 2), (3, 2)), ("aab,b...->a...", (2, 2, 3), (3, 2)), (",i->i", (), (3,)),
    ("i,j->ij", (2,), (0,)), ("i,i->i", (3,), (3,)), ("ij,kl->il", (2, 3), (2, 2)), ("ij,ij->j", (1, 3), (2, 3)),
    ("i,ij,jk,k->", (2,), (2, 3), (3, 2), (2,)),
]


@composite(numpy=np.einsum, over=Cases(
    tuple(Case(tuple(shapes), {"optimize": True}, before=(text,)) for text, *shapes in _EINSUMS)))
def einsum(subscripts: Any, *operands: Any, optimize: Any = True) -> Tensor:
    """Products of operands by index, summed over the indices that the result lacks (Einstein's convention).

    Each operand gets the contraction of the gradient with the others. Contractions run two operands at a time along
    an optimised path, as matrix products.

    Args:
        subscripts: such as "ij,jk->ik"; "..." stands for any axes; without "->" the result has the indices that
            occur once. Or the form ``einsum(a, [0, 1], b, [1, 2], [0, 2])``.
        operands: Tensors, arrays or numbers.
        optimize: the path: True or "greedy", "optimal", False (left to right), or one of ``np.einsum_path``.

    Returns:
        Tensor with one axis for each subscript of the result.

    Raises:
        ShapeError: subscripts that do not parse or do not fit the operands, sizes that differ.

    Source:
        Smith & Gray, opt_einsum, JOSS 2018 (contraction paths).

    Example:
        >>> import autograd_core as ag
        >>> ag.einsum("ij,j->i", ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 10.0])
        tensor([21., 43.])
    """
    if isinstance(subscripts, str):
        arrays = arrays_of(*operands)
        labels, output = _parse(subscripts, tuple(x.ndim for x in arrays))
    else:
        args = (subscripts, *operands)
        arrays, terms = arrays_of(*args[: len(args) // 2 * 2 : 2]), tuple(tuple(term) for term in args[1::2])
        result = tuple(args[-1]) if len(args) % 2 else None
        labels, output = _numbered("lists", terms, result, tuple(x.ndim for x in arrays))
    sizes: dict[int, int] = {}
    for x, term in zip(arrays, labels, strict=True):
        for k, n in zip(term, x.shape, strict=True):
            if 1 not in (n, sizes.setdefault(k, n)) and n != sizes[k]:
                raise ShapeError(f"einsum: one index has size {sizes[k]} in one place, {n} in another.")
            sizes[k] = n if sizes[k] == 1 else sizes[k]
    how = (optimize[0], *map(tuple, optimize[1:])) if isinstance(optimize, (list, tuple)) else optimize
    out = contract_all(arrays, labels, output, how)
    return out if isinstance(out, TensorBase) else wrap(np.asarray(out))  # type: ignore[return-value]  # a Tensor


def _counted(axes: Any, a_ndim: int, b_ndim: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes to sum over, of each operand, from what ``tensordot`` is given."""
    if isinstance(axes, (int, np.integer)):
        return tuple(range(a_ndim - int(axes), a_ndim)), tuple(range(int(axes)))
    return normalize_axis_tuple(axes[0], a_ndim), normalize_axis_tuple(axes[1], b_ndim)


@composite(numpy=np.tensordot, over=Cases((
    Case(((2, 3), (3, 2)), {"axes": 1}), Case(((2, 3), (2,)), {"axes": 0}), Case(((2, 3, 2), (3, 2, 2))),
    Case(((2, 3), (2, 3)), {"axes": ((0, -1), (0, -1))}), Case(((2, 0), (3, 0)), {"axes": (1, 1)}))))
def tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    """Sum of products over axes of ``a`` and of ``b``. Each gets the same contraction of g with the other.

    Args:
        a, b: Tensors or arrays.
        axes: how many of the last axes of ``a`` to pair with the first of ``b``; or two axes or sequences of axes.

    Returns:
        Tensor with the other axes of ``a``, then those of ``b``.

    Raises:
        ShapeError: axes that do not exist, or whose sizes differ.

    Example:
        >>> import autograd_core as ag
        >>> ag.tensordot(ag.tensor([[1.0, 2.0]]), [[3.0], [4.0]], axes=1)
        tensor([[11.]])
    """
    a, b = arrays_of(a, b)
    try:
        of_a, of_b = _counted(axes, a.ndim, b.ndim)
        fits = [a.shape[i] for i in of_a] == [b.shape[j] for j in of_b]
    except (ValueError, IndexError, TypeError):
        fits = False
    if not fits:
        raise ShapeError(f"tensordot: axes={axes} of shapes {a.shape} and {b.shape} do not pair equal sizes.")
    la, lb = list(range(a.ndim)), list(range(a.ndim, a.ndim + b.ndim))
    for i, j in zip(of_a, of_b, strict=True):
        lb[j] = la[i]
    out = [k for k in la + lb if (k in la) != (k in lb)]
    return contract(a, b, spec=(tuple(la), tuple(lb), tuple(out)))  # type: ignore[no-any-return]


NUMPY[np.linalg.tensordot] = tensordot
