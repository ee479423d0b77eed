"""The recording call of elementwise primitives, the ones called most, written out for speed.

It does what ``Primitive.__call__`` does, for one or two operands without options; and notes on an edge when an
operand was broadcast or promoted, so that the walk undoes it and no rule has to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import recording as tape
from ..errors import DTypeError
from ..modes import current_mode
from ..recording import NUMBERS, SMALL, Node, Primitive, Summary, TensorBase
from ..writes import tick

ndarray, asarray, new = np.ndarray, np.asarray, object.__new__
_ERRORS = (ValueError, TypeError, OverflowError)


def elementwise_call(p: Primitive) -> Callable[..., Any]:
    """The function that people call: computes, and records when an operand requires grad."""
    return _unary(p) if len(p.operands) == 1 else _binary(p, p.operand)


def operator_call(p: Primitive, reflected: str) -> Callable[..., Any]:
    """The same as a Tensor's operator: what is not numbers but has the ``reflected`` method gets its say."""

    def operand(x: Any, position: int) -> Any:
        try:
            return p.operand(x, position)
        except DTypeError:
            foreign = not isinstance(x, ndarray | np.generic) and type(x).__module__ != "builtins"
            if foreign and hasattr(x, reflected):
                return NotImplemented
            raise

    return _binary(p, operand)


def _unary(p: Primitive) -> Callable[..., Any]:
    forward = p.forward
    (keep,) = _pickers(p)

    def call(x: Any, /) -> Any:
        if isinstance(x, TensorBase):
            xd, xn = x._data, x.node
        else:
            xd, xn = p.operand(x, 0), None
        try:
            out = forward(xd)
        except _ERRORS as error:
            raise p.failure(error, [xd], {}) from None
        if type(out) is not ndarray:
            out = asarray(out)
        tensor = new(tape.tensor_class)
        tensor._data = out
        tensor.base = tensor.views = tensor._name = None
        if xn is None or not (mode := current_mode()).recording:
            tensor.node = None
            if xn is not None and mode.watch is not None:
                mode.watch.left(f"{p.name} under no_grad", (x,), tensor)
            return tensor
        tensor.node = node = new(Node)
        node.primitive = p
        node.edges = ((0, xn, keep((xd, out)), None),)
        node.params = node.flow = node.grad = node.hooks = node.name = None
        node.value = out if out.size <= SMALL else Summary(out.shape, out.dtype)
        node.path = mode.path
        node.serial = tick()
        node.freed = False
        if mode.watch is not None:
            mode.watch.recorded(node, (xd,), out)
        return tensor

    return call


def _binary(p: Primitive, operand: Callable[[Any, int], Any]) -> Callable[..., Any]:
    forward = p.forward
    keep_a, keep_b = _pickers(p)

    def call(a: Any, b: Any, /) -> Any:
        if isinstance(a, TensorBase):
            ad, an = a._data, a.node
        else:
            known = type(a) in NUMBERS or (type(a) is ndarray and a.dtype.kind in "biuf")
            ad, an = a if known else operand(a, 0), None
        if isinstance(b, TensorBase):
            bd, bn = b._data, b.node
        else:
            known = type(b) in NUMBERS or (type(b) is ndarray and b.dtype.kind in "biuf")
            bd, bn = b if known else operand(b, 1), None
            if bd is NotImplemented:
                return bd
        try:
            out = forward(ad, bd)
        except _ERRORS as error:
            raise p.failure(error, [ad, bd], {}) from None
        if type(out) is not ndarray:
            out = asarray(out)
        tensor = new(tape.tensor_class)
        tensor._data = out
        tensor.base = tensor.views = tensor._name = None
        if (an is bn is None) or not (mode := current_mode()).recording:
            tensor.node = None
            if not (an is bn is None) and mode.watch is not None:
                mode.watch.left(f"{p.name} under no_grad", (a, b), tensor)
            return tensor
        tensor.node = node = new(Node)
        node.primitive = p
        shape, dtype, values = out.shape, out.dtype, (ad, bd, out)
        # The gradient arrives with the output's shape and dtype; note where an operand's are others.
        if an is not None:
            fits = None if ad.shape == shape and ad.dtype is dtype else (ad.shape, ad.dtype)
            edge_a = (0, an, keep_a(values), fits)
        if bn is not None:
            fits = None if bd.shape == shape and bd.dtype is dtype else (bd.shape, bd.dtype)
            edge_b = (1, bn, keep_b(values), fits)
        if bn is None:
            node.edges = (edge_a,)
            node.params = {1: bd if type(bd) in NUMBERS or bd.size <= SMALL else Summary(bd.shape, bd.dtype)}
        elif an is None:
            node.edges = (edge_b,)
            node.params = {0: ad if type(ad) in NUMBERS or ad.size <= SMALL else Summary(ad.shape, ad.dtype)}
        else:
            node.edges = (edge_a, edge_b)
            node.params = None
        node.flow = node.grad = node.hooks = node.name = None
        node.value = out if out.size <= SMALL else Summary(shape, dtype)
        node.path = mode.path
        node.serial = tick()
        node.freed = False
        if mode.watch is not None:
            mode.watch.recorded(node, (ad, bd), out)
        return tensor

    return call


def _pickers(p: Primitive) -> list[Callable[[tuple[Any, ...]], list[Any]]]:
    """For each rule, a function that lists what it keeps from (operands..., output)."""
    return [_picker([(*p.operands, "y").index(name) for name in keep]) for keep in p.keeps]


def _picker(indices: list[int]) -> Callable[[tuple[Any, ...]], list[Any]]:
    if not indices:
        nothing: list[Any] = []
        return lambda values: nothing
    if len(indices) == 1:
        (i,) = indices
        return lambda values: [values[i]]
    return lambda values: [values[i] for i in indices]
