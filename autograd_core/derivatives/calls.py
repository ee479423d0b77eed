"""The recording call of elementwise primitives, the ones called most, written out for speed.

It does what ``Primitive.__call__`` does, for one or two operands without options; and notes on an edge when an
operand was broadcast or promoted, so that the walk undoes it and no rule has to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..modes import current_mode
from ..recording import NUMBERS, Edge, Primitive, TensorBase, glimpse, new_node, wrap

ndarray, asarray = np.ndarray, np.asarray


def elementwise_call(p: Primitive) -> Callable[..., Any]:
    """The recording call of a primitive that broadcasts its one or two operands, written out for speed."""
    forward = p.forward
    kept = [_picker([(*p.operands, "y").index(name) for name in keep]) for keep in p.keeps]
    errors = (ValueError, TypeError, ArithmeticError)

    def unary(x: Any, /) -> Any:
        xd, xn = (x._data, x.node) if isinstance(x, TensorBase) else (p.operand(x, 0), None)
        try:
            out = forward(xd)
        except errors as error:
            raise p.failure(error, [xd], {}) from None
        tensor = wrap(out if type(out) is ndarray else asarray(out))
        if xn is not None and (mode := current_mode()).recording:
            keep = kept[0]((xd, tensor._data))
            tensor.node = new_node(p, ((0, xn, keep, None),), None, tensor._data, mode.path)
        return tensor

    def binary(a: Any, b: Any, /) -> Any:
        ad, an = (a._data, a.node) if isinstance(a, TensorBase) else (p.operand(a, 0), None)
        bd, bn = (b._data, b.node) if isinstance(b, TensorBase) else (p.operand(b, 1), None)
        try:
            out = forward(ad, bd)
        except errors as error:
            raise p.failure(error, [ad, bd], {}) from None
        tensor = wrap(out if type(out) is ndarray else asarray(out))
        if (an is None and bn is None) or not (mode := current_mode()).recording:
            return tensor
        out = tensor._data
        values = (ad, bd, out)
        edges: tuple[Edge, ...] = ()
        params = None
        if an is not None:
            fits = ad.shape == out.shape and ad.dtype is out.dtype
            edges = ((0, an, kept[0](values), None if fits else (ad.shape, ad.dtype)),)
        else:
            params = {p.operands[0]: ad if type(ad) in NUMBERS else glimpse(ad)}
        if bn is not None:
            fits = bd.shape == out.shape and bd.dtype is out.dtype
            edges += ((1, bn, kept[1](values), None if fits else (bd.shape, bd.dtype)),)
        else:
            params = {p.operands[1]: bd if type(bd) in NUMBERS else glimpse(bd)}
        tensor.node = new_node(p, edges, params, out, mode.path)
        return tensor

    return unary if len(p.operands) == 1 else binary


def _picker(indices: list[int]) -> Callable[[tuple[Any, ...]], list[Any]]:
    """A function that lists the values at ``indices``; the common lengths without a loop."""
    if not indices:
        return lambda values: []
    if len(indices) == 1:
        (i,) = indices
        return lambda values: [values[i]]
    return lambda values: [values[i] for i in indices]
