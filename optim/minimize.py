"""minimize: the lowest point of a function, by the methods of this package or those of SciPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Tensor
from autograd_core.errors import DTypeError, OptionError
from autograd_core.options import at_least_0
from autograd_core.transforms.structure import Tree, leaves, rebuild

from .conjugate_gradient import ConjugateGradient
from .full_batch import FullBatch
from .lbfgs import LBFGS
from .least_squares import GaussNewton, LevenbergMarquardt
from .newton import Newton, NewtonCG
from .objective import Point
from .scipy_methods import scipy_minimize

METHODS: dict[str, type[FullBatch]] = {
    "l-bfgs": LBFGS,
    "cg": ConjugateGradient,
    "newton": Newton,
    "newton-cg": NewtonCG,
    "gauss-newton": GaussNewton,
    "levenberg-marquardt": LevenbergMarquardt,
}


@dataclass(frozen=True)
class Result:
    """What :func:`minimize` found.

    ``x``: the point, Tensors in the structure of ``x0``. ``fun``: the value there. ``gradient``: there, like ``x``.
    ``iterations``. ``evaluations``: calls of the function. ``products``: with the Hessian. ``converged``: whether the
    tolerance was met. ``message``: why it ended. ``history``: the value at the start and after each iteration.
    """

    x: Tree
    fun: float
    gradient: Tree
    iterations: int
    evaluations: int
    products: int
    converged: bool
    message: str
    history: list[float]


def minimize(f: Callable[[Any], Any], x0: Tree, method: str = "l-bfgs", *, tol: float | None = None,
             max_iter: int = 10_000, callback: Callable[[Tree, float], Any] | None = None, **options: Any) -> Result:
    """A point at which ``f`` is lowest nearby.

    Args:
        f: of one argument like ``x0``, of Tensors; returns a Tensor with one number. For "gauss-newton" and
            "levenberg-marquardt" it returns the residuals, and half the sum of their squares is minimized.
        x0: where to start: an array, a Tensor, a number, or any nesting of these in lists, tuples and dicts. A list of
            numbers is such a nesting: for a vector, give an array.
        method: "l-bfgs", "cg", "newton", "newton-cg", "gauss-newton", "levenberg-marquardt", or what
            ``scipy.optimize.minimize`` calls a method, as "BFGS", "trust-ncg", "SLSQP" or "Nelder-Mead"; it is given
            gradients, and products with the Hessian or the Hessian, where it uses them.
        tol: the largest element that the gradient may have at the end, by default 1e-5; for SciPy its ``tol``.
        max_iter: iterations.
        callback: called after each iteration with the point and the value; may return True to stop.
        options: of the method's class, as ``history_size=20``; for SciPy, keywords of its function, as ``bounds``,
            ``constraints`` or ``options``. Where constraints are dicts, their "fun" gets what ``f`` gets, returns a
            Tensor, and needs no "jac".

    Returns:
        A :class:`Result`. A search that ends without reaching the tolerance does not raise: see ``converged``.

    Raises:
        DTypeError: something else than real numbers in ``x0``; ``f`` returned something else than a float.
        ShapeError: ``f`` returned more than one number.
        GraphError: ``f`` is not finite at ``x0``, or does not depend on its argument.
        OptionError: an unknown method or option.
        MissingExtraError: a method of SciPy, which is not installed.

    Example:
        >>> import numpy as np, optim
        >>> rosenbrock = lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        >>> found = optim.minimize(rosenbrock, np.array([-1.2, 1.0]))
        >>> found.converged, found.x.numpy().round(4)
        (True, array([1., 1.]))
    """
    if not callable(f):
        raise DTypeError(f"minimize: f={f!r}; expected a function.")
    params = [_parameter(leaf) for leaf in leaves(x0)]
    if not params:
        raise DTypeError("minimize: x0 holds no numbers.")

    def closure() -> Any:
        return f(rebuild(x0, params))

    def structured(vector: np.ndarray, point: Point) -> Tree:
        return rebuild(x0, [ag.tensor(part) for part in point.objective.split(vector)])

    def after(point: Point) -> bool:
        return callback is not None and bool(callback(structured(point.x, point), point.value))

    if method.lower() in METHODS:
        own = METHODS[method.lower()]
        for option in {"bounds", "constraints"} & options.keys():
            raise OptionError(f"minimize: {own.__name__} has no {option}; SciPy's method='SLSQP' has, for one.")
        most = 1e-5 if tol is None else at_least_0("minimize: tol", tol)
        if own is LBFGS:
            options = {"line_search_fn": "strong_wolfe", "history_size": 10, "min_curvature": 0.0,
                       "max_eval": 25 * max_iter, **options}
        optimizer = own(params, **{"max_iter": max_iter, "tolerance_grad": most, "tolerance_change": 0.0, **options})
        run = optimizer.run(closure, after)
        converged = bool(np.abs(run.point.gradient).max(initial=0) <= most)
    else:
        def constrain(function: Callable[[Any], Any]) -> Callable[[], Any]:
            return lambda: function(rebuild(x0, params))

        run, converged = scipy_minimize(closure, params, method, tol, max_iter, after, constrain, **options)
    objective = run.point.objective
    return Result(
        x=structured(run.point.x, run.point), fun=run.point.value, gradient=structured(run.point.gradient, run.point),
        iterations=run.iterations, evaluations=objective.evaluations, products=objective.products,
        converged=converged, message=run.message, history=run.values,
    )


def _parameter(leaf: Any) -> Tensor:
    value = ag.tensor(leaf)
    if value.dtype.kind not in "iuf":
        raise DTypeError(f"minimize: x0 holds {value.dtype}; it must hold real numbers.")
    return ag.tensor(value, dtype=value.dtype if value.dtype.kind == "f" else float, requires_grad=True)
