"""Whole matrices of derivatives: ``jacobian`` and ``hessian``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import DTypeError
from ..recording import wrap
from .batching import NotBatchedError, pull_rows
from .calls import Call, Tensors, as_tensor, is_float, pull
from .gradient import grad
from .products import recorded_pull
from .structure import leaves, map_leaves, rebuild

Function = Callable[..., Any]

MANY = 200
"""Up to so many outputs, walking once with all rows is fastest (measured)."""

FORWARD = 4
"""Beyond: how many times more outputs than inputs there must be for forward mode, which walks twice to walk few."""


def jacobian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that computes the Jacobian of ``f``. Jᵢⱼ = ∂fᵢ/∂xⱼ.

    The rows (or, where there are far more outputs than inputs, the columns) are found together, in one walk.

    Args:
        f: returns any structure of Tensors.
        argnums: which positional argument, or arguments, to differentiate by.

    Returns:
        A function of the same arguments. It gives the structure of the outputs and, in place of each, the structure of
        the inputs, of Tensors of shape (output's shape..., input's shape...); None where either is not a float.

    Raises:
        ShapeError: there is no such argument.
        DTypeError: no floats to differentiate by, or none to differentiate.

    Example:
        >>> import autograd_core as ag
        >>> import numpy as np
        >>> ag.jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """

    @functools.wraps(f)
    def differentiate(*args: Any, **kwargs: Any) -> Any:
        call = Call("jacobian", f, args, (argnums,) if isinstance(argnums, int) else argnums, kwargs)
        outputs = map_leaves(as_tensor, call.result)
        ys = [y for y in leaves(outputs) if is_float(y)]
        if not ys:
            raise DTypeError("jacobian: the function returned no floats; only floats have derivatives.")
        blocks = iter(_blocks(ys, call.variables, call.depends(ys)))
        found = []
        for y in leaves(outputs):
            inside = call.structured(next(blocks)) if is_float(y) else None
            found.append(inside[0] if inside is not None and isinstance(argnums, int) else inside)
        return call.settled(rebuild(outputs, found))

    return differentiate


def hessian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that computes the matrix of second derivatives of ``f``. Hᵢⱼ = ∂²f/∂xᵢ∂xⱼ.

    It is the Jacobian of the gradient.

    Args:
        f: returns a single number.
        argnums: which positional argument, or arguments, to differentiate by.

    Returns:
        A function of the same arguments. It gives the structure of the inputs and, in place of each, the structure of
        the inputs again, of Tensors of shape (the one's shape..., the other's shape...).

    Raises:
        ShapeError: ``f`` returned more than a number; there is no such argument.
        DTypeError: no floats to differentiate by, or none to differentiate.

    Example:
        >>> import autograd_core as ag
        >>> import numpy as np
        >>> ag.hessian(lambda x: x[0] * x[0] * x[1])(np.array([2.0, 3.0]))
        tensor([[6., 4.],
                [4., 0.]])
    """
    return jacobian(grad(f, argnums), argnums)


def _blocks(outputs: Tensors, variables: Tensors, create_graph: bool) -> list[Tensors]:
    """For each output, its derivative by each variable, of shape (output's shape..., variable's shape...)."""
    if sum(y.size for y in outputs) > max(MANY, FORWARD * sum(x.size for x in variables)):
        return _by_columns(outputs, variables, create_graph)
    rows = [_pull_basis(y, variables, create_graph) for y in outputs]
    return [
        [part.reshape(y.shape + x.shape) for x, part in zip(variables, parts, strict=True)]
        for y, parts in zip(outputs, rows, strict=True)
    ]


def _by_columns(outputs: Tensors, variables: Tensors, create_graph: bool) -> list[Tensors]:
    """Forward mode: the backward pass takes cotangents to gradients linearly; walk through it the other way."""
    cotangents, gradients = recorded_pull(outputs, variables)
    columns = [_pull_basis(g, cotangents, create_graph) for g in gradients]
    return [
        [
            np.moveaxis(columns[j][i].reshape((x.size, *y.shape)), 0, -1).reshape(y.shape + x.shape)
            if create_graph
            else wrap(np.moveaxis(columns[j][i]._data, 0, -1).reshape(y.shape + x.shape))
            for j, x in enumerate(variables)
        ]
        for i, y in enumerate(outputs)
    ]


def _pull_basis(output: Any, variables: Tensors, create_graph: bool) -> Tensors:
    """The gradients of every element of ``output``, in order: Tensors with a leading axis."""
    basis = np.eye(output.size, dtype=output.dtype).reshape((output.size, *output.shape))
    try:
        return pull_rows(output, basis, variables, create_graph)
    except NotBatchedError:
        each = [pull([output], [row], variables, create_graph) for row in basis]
        return [np.stack(gradients) for gradients in zip(*each, strict=True)]
