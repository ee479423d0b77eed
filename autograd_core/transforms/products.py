"""Jacobians times vectors, without the Jacobians: ``vjp`` backward, ``jvp`` forward, ``hvp`` for second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..modes import enable_grad, is_grad_enabled
from ..writes import tick
from .calls import NEVER, Call, Tensors, as_tensor, is_float, outside, pull, settled, variable, vectors
from .gradient import grad
from .structure import Tree, leaves, map_leaves, rebuild

Function = Callable[..., Any]


def vjp(f: Function, *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """``f`` at ``primals``, and the function that takes gradients back through it. v ↦ vᵀ ∂f/∂x.

    Args:
        f: returns any structure of Tensors.
        primals: its arguments; all floats in them are differentiated by.

    Returns:
        The outputs, and a function that takes cotangents, in the structure and shapes of the outputs, to a tuple with
        the gradient for every argument. It can be called any number of times. Outputs that are not floats have no
        cotangent (give None); arguments that are not floats get None.

    Raises:
        ShapeError: cotangents of another structure or shape than the outputs.
        DTypeError: no floats to differentiate by.

    Example:
        >>> import autograd_core as ag
        >>> y, pullback = ag.vjp(lambda a, b: a * b, 2.0, 3.0)
        >>> y, pullback(1.0)
        (tensor(6.), (tensor(3.), tensor(2.)))
    """
    call = Call("vjp", f, primals, range(len(primals)))
    outputs = map_leaves(as_tensor, call.result)
    ys = [y for y in leaves(outputs) if is_float(y)]

    def pullback(cotangents: Any) -> tuple[Any, ...]:
        start = tick()
        vs = vectors(cotangents, outputs, "vjp: cotangents")
        ours = ((call.start, call.end), (start, NEVER))
        recording = is_grad_enabled()
        found = pull(ys, vs, call.variables, recording and outside([*ys, *vs], ours))
        return settled(call.structured(found), recording, ours)  # type: ignore[no-any-return]  # a tuple

    return call.settled(outputs), pullback


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f`` at ``primals``, and how it changes along ``tangents``: forward mode. t ↦ (∂f/∂x) t.

    The backward pass of ``f`` is linear in the gradient v that arrives: v ↦ vᵀJ. Recording it and pulling ``t`` back
    through it in turn gives J t, so that every rule serves both directions.

    Args:
        f: returns any structure of Tensors.
        primals: a tuple or list of its arguments.
        tangents: a tuple or list of the same structure and shapes; None for leaves that are not floats.

    Returns:
        The outputs, and their tangents in the same structure; None for outputs that are not floats.

    Raises:
        ShapeError: tangents of another structure or shape than the primals.
        DTypeError: no floats to differentiate by.

    Example:
        >>> import autograd_core as ag
        >>> ag.jvp(lambda x: x * x, (3.0,), (10.0,))
        (tensor(9.), tensor(60.))
    """
    check_sequence("jvp: primals", primals)
    ts = vectors(tuple(tangents), tuple(primals), "jvp: tangents")
    call = Call("jvp", f, primals, range(len(primals)))
    outputs = map_leaves(as_tensor, call.result)
    ys = [y for y in leaves(outputs) if is_float(y)]
    vs, gradients = recorded_pull(ys, call.variables)
    slopes = iter(pull(gradients, ts, vs, call.depends([*ys, *ts])))
    found = [next(slopes) if is_float(y) else None for y in leaves(outputs)]
    return call.settled((outputs, rebuild(outputs, found)))  # type: ignore[no-any-return]  # a pair


def recorded_pull(outputs: Tensors, variables: Tensors) -> tuple[Tensors, Tensors]:
    """The backward pass, recorded: cotangents that are variables, and the gradients that depend on them linearly."""
    with enable_grad():
        # Any values will do but 0, which the walk keeps away from infinite derivatives.
        vs = [variable(np.full(y._data.shape, 0.75, y._data.dtype), recording=False) for y in outputs]
    return vs, pull(outputs, vs, variables, create_graph=True)


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    """The Hessian of ``f`` at ``primals`` times ``tangents``, without the Hessian. t ↦ ∇²f t.

    A Hessian is symmetric, so the gradient's own backward pass gives the product: two passes for any number of inputs.

    Args:
        f: returns a single number.
        primals: a tuple or list of its arguments.
        tangents: a tuple or list of the same structure and shapes; None for leaves that are not floats.

    Returns:
        A tuple with the product for every argument, in its structure.

    Raises:
        ShapeError: tangents of another structure or shape than the primals; ``f`` returned more than a number.
        DTypeError: no floats to differentiate by.

    Example:
        >>> import autograd_core as ag
        >>> ag.hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0))
        (tensor(6.), tensor(4.))
    """
    check_sequence("hvp: primals", primals)
    ts = rebuild(tuple(primals), _with_nones(vectors(tuple(tangents), tuple(primals), "hvp: tangents"), primals))
    _, pullback = vjp(grad(f, tuple(range(len(primals)))), *primals)
    return pullback(ts)


def _with_nones(vs: Tensors, primals: Tree) -> list[Any]:
    found = iter(vs)
    return [next(found) if is_float(x) else None for x in leaves(primals)]


def check_sequence(name: str, value: Any) -> None:
    """The arguments of a function come as a tuple or a list."""
    if not isinstance(value, (tuple, list)):
        kind = type(value).__name__
        raise ShapeError(f"{name}: expected a tuple of the function's arguments, got a {kind}; write (x,).")
