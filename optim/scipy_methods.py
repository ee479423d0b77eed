"""SciPy's minimizers, given the derivatives that they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import MissingExtraError, OptionError

from .full_batch import Run
from .least_squares import SumOfSquares
from .objective import Point, Twice

WITHOUT_GRADIENT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
WITH_PRODUCTS = {"trust-ncg", "trust-krylov", "trust-constr"}
WITH_HESSIAN = {"dogleg", "trust-exact"}


class _StopError(Exception):
    """The callback asked to stop: not every method of SciPy has a way to."""


def scipy_minimize(closure: Callable[[], Any], params: Sequence[Tensor], method: str, tol: float | None, max_iter: int,
                   after: Callable[[Point], bool], constrain: Callable[[Any], Any],
                   **keywords: Any) -> tuple[Run, bool]:
    """``scipy.optimize.minimize``, on the parameters of a closure.

    Args:
        closure: computes the loss.
        params: Tensors; they start there, and are not changed.
        method: SciPy's name for it.
        tol: SciPy's.
        max_iter: iterations.
        after: called after each iteration with the point; True stops.
        constrain: gives, for the function of a constraint, a closure that computes it.
        keywords: of SciPy's function.

    Returns:
        A Run, and whether SciPy calls it a success.

    Raises:
        MissingExtraError: SciPy is not installed.
        OptionError: SciPy does not know the method.
    """
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise MissingExtraError(f"minimize: method={method!r}", "SciPy", "scipy") from error
    objective, name = Twice("minimize", closure, params), method.lower()
    run = Run(objective.here())
    run.values.append(run.point.value)
    latest = [run.point]

    def at(x: np.ndarray) -> Point:
        if not np.array_equal(x, latest[0].x):
            latest[0] = objective.at(np.array(x, objective.dtype))
        return latest[0]

    def iterated(x: np.ndarray, *_: Any) -> None:
        run.point, run.iterations = at(x), run.iterations + 1
        run.values.append(run.point.value)
        if after(run.point):
            raise _StopError

    if name not in WITHOUT_GRADIENT:
        keywords["jac"] = lambda x: at(x).gradient
    if name in WITH_PRODUCTS:
        keywords["hessp"] = lambda x, v: at(x).hessian_times(v)
    elif name in WITH_HESSIAN:
        keywords["hess"] = lambda x: at(x).hessian
    if "constraints" in keywords:
        keywords["constraints"] = _with_jacobians(keywords["constraints"], params, constrain)
    limit = {"maxfun" if name == "tnc" else "maxiter": max_iter}
    keywords["options"] = {**limit, **keywords.get("options", {})}
    try:
        found = minimize(lambda x: at(x).value, run.point.x, method=method, tol=tol, callback=iterated, **keywords)
    except _StopError:
        run.message = "the callback stopped it"
        return run, False
    except ValueError as error:
        if "Unknown solver" not in str(error):
            raise
        raise OptionError(f"minimize: method={method!r} is known neither here nor to SciPy.") from None
    run.point, run.message = at(found.x), str(found.message)
    return run, bool(found.success)


def _with_jacobians(constraints: Any, params: Sequence[Tensor], constrain: Callable[[Any], Any]) -> list[Any]:
    """The constraints; those given as dicts without "jac" as functions of a vector, with the Jacobian."""
    completed = []
    for i, given in enumerate([constraints] if not isinstance(constraints, (list, tuple)) else constraints):
        if isinstance(given, Mapping) and "jac" not in given:
            values = SumOfSquares(f"minimize: constraints[{i}]", constrain(given["fun"]), params)
            given = {**given, "fun": values.residuals, "jac": values.jacobian}
        completed.append(given)
    return completed
