"""How others check a gradient, in short: the recipe of course CS231n, and the tolerances of PyTorch's gradcheck.

Written from their documentation, for functions of this engine. Each says whether it found something wrong.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from questions import Question, joined, outputs, pull, varies

import autograd_core as ag


def cs231n(question: Question, threshold: float = 1e-4) -> bool:
    """Central differences with h = 1e-5; wrong if some relative error is above ``threshold``. First order.

    Its notes: above 1e-4 is "usually okay" only with kinks; below 1e-7 "you should be happy".
    """
    slopes, gradient = _along_everything(question, 1e-5, _cotangent(question))
    error = np.abs(slopes - gradient) / np.maximum(np.maximum(np.abs(slopes), np.abs(gradient)), 1e-12)
    return not bool(np.all(error <= threshold))


def torch_slow(question: Question) -> bool:
    """The whole Jacobian by central differences of 1e-6, allclose with atol 1e-5 and rtol 1e-3; then the same again
    of the gradient (gradgradcheck)."""
    return any(_jacobian_off(q) for q in (question, _of_gradient(question)))


def torch_fast(question: Question) -> bool:
    """One random projection of the Jacobian, from either side (fast_mode=True), and of the gradient's."""
    return any(_projection_off(q) for q in (question, _of_gradient(question)))


RECIPES: dict[str, Callable[[Question], bool]] = {
    "CS231n, relative error 1e-4": cs231n,
    "CS231n, relative error 1e-7": lambda question: cs231n(question, 1e-7),
    "PyTorch, slow": torch_slow,
    "PyTorch, fast": torch_fast,
}


def _cotangent(question: Question) -> np.ndarray:
    y = outputs(question)[1]
    return np.random.default_rng(3).standard_normal(y.shape).astype(y.dtype)


def _jacobian_off(question: Question) -> bool:
    y = outputs(question)[1].data
    for k in range(y.size):
        v = np.zeros(y.shape, y.dtype)
        v.flat[k] = 1
        slopes, gradient = _along_everything(question, 1e-6, v)
        if not np.allclose(gradient, slopes, rtol=1e-3, atol=1e-5):
            return True
    return False


def _projection_off(question: Question) -> bool:
    rng = np.random.default_rng(4)
    y = outputs(question)[1].data
    v = _unit(rng.random(y.shape)).astype(y.dtype)
    for i, x in enumerate(question.operands):
        if varies(x):
            u = _unit(rng.random(x.shape))
            slope = _slope(question, i, u, 1e-6, v)
            leaves, y_ = outputs(question)
            gradients = iter(pull([y_], leaves, [v]))
            gradient = [next(gradients) if varies(z) else None for z in question.operands][i]
            if not np.allclose(float(np.vdot(gradient.data, u)), slope, rtol=1e-3, atol=1e-5):
                return True
    return False


def _unit(x: np.ndarray) -> np.ndarray:
    return x / max(float(np.linalg.norm(x)), 1e-300)


def _of_gradient(question: Question) -> Question:
    """The function (operands, cotangent) -> gradients, as a question of its own."""
    f, count = question.f, len(question.operands)

    def gradient(*args: Any) -> Any:
        xs = [x for x in args[:count] if isinstance(x, ag.Tensor) and x.dtype.kind == "f"]
        found = pull([f(*args[:count])], xs, [args[count]], create_graph=True)
        return ag.concatenate([g.reshape(-1) for g in found])

    return Question("gradient", gradient, (*question.operands, _cotangent(question)))


def _along_everything(question: Question, h: float, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of <v, f> along every element of every operand, and what the rules say."""
    leaves, y = outputs(question)
    gradient = joined(pull([y], leaves, [v]))
    slopes = []
    for i, x in enumerate(question.operands):
        if varies(x):
            for j in range(x.size):
                u = np.zeros(x.shape)
                u.flat[j] = 1.0
                slopes.append(_slope(question, i, u, h, v))
    return np.array(slopes), gradient


def _slope(question: Question, i: int, u: np.ndarray, h: float, v: np.ndarray) -> float:
    def value(t: float) -> float:
        moved = list(question.operands)
        moved[i] = moved[i] + t * u
        return float(np.vdot(v, outputs(question, moved)[1].data))

    return (value(h) - value(-h)) / (2 * h)
