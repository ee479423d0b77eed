"""Rules made wrong on purpose: gradcheck must catch each, and must leave the right ones alone."""

import itertools

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.recording import Primitive, TensorBase
from autograd_core.testing import GradcheckError, gradcheck

UP = np.arange(6.0).reshape(2, 3) / 7 + 0.4
SQUARE = np.array([[0.3, -1.2, 0.7], [0.9, 0.2, -0.4], [-0.8, 1.1, 0.6]])


def op(forward, **rules):
    return Primitive("mutant", forward, rules)


def raw(x):
    return x.numpy() if isinstance(x, TensorBase) else x


def at_one(g, value):
    """g with its last element multiplied by value."""
    factor = np.ones(g.shape)
    factor.flat[-1] = value
    return g * factor


CALLS = itertools.count()


def flaky(g, x):
    """Right up to rounding, and not the same twice."""
    return g * (x + x) * (1 + 1e-15 * (next(CALLS) % 2))


def writes_input(x):
    out = np.exp(x)
    x += 0.5
    return out


MUTANTS = {
    # values
    "sign": (op(np.sin, x=lambda g, x: -g * np.cos(x)), UP),
    "zero": (op(np.sin, x=lambda g, x: g * 0), UP),
    "factor 2": (op(np.square, x=lambda g, x: g * x), UP),
    "factor 1.0001": (op(np.tanh, x=lambda g, y: g * (1 - y * y) * 1.0001), UP),
    "factor 1 + 1e-7": (op(np.tanh, x=lambda g, y: g * (1 - y * y) * (1 + 1e-7)), UP),
    "missing term": (op(lambda x: x * np.exp(x), x=lambda g, x: g * np.exp(x)), UP),
    "missing chain factor": (op(lambda x: np.sin(3 * x), x=lambda g, x: g * np.cos(3 * x)), UP),
    "transpose": (op(lambda x: x @ x, x=lambda g, x: g @ x + x.mT @ g), SQUARE),
    "roll": (op(np.square, x=lambda g, x: at_one(g, 1) * 2 * x[..., [1, 2, 0]]), UP),
    "one element": (op(np.square, x=lambda g, x: at_one(g, 1.01) * 2 * x), UP),
    "absolute value of the cotangent": (op(np.exp, x=lambda g, y: np.absolute(g) * y), UP),
    "clipped cotangent": (op(np.exp, x=lambda g, y: np.minimum(g, 0.5) * y), UP),
    "constant added": (op(np.exp, x=lambda g, y: g * y + 1e-6), UP),
    "wrong above 0.9": (op(np.exp, x=lambda g, x, y: g * y * (x < 0.9)), UP),
    "mean for sum": (op(lambda x: x.sum(axis=0), x=lambda g, x_shape: np.broadcast_to(g / 2, x_shape)), UP),
    "broadcast along the wrong axis": (
        op(lambda x: x.sum(axis=0), x=lambda g, x_shape: np.broadcast_to(g[:, None], x_shape)), SQUARE),
    "missing accumulation": (lambda x: op(np.multiply, a=lambda g, b: g * b, b=None)(x, x), UP),
    "repeated index taken once": (op(lambda x: x[[0, 0, 1]], x=lambda g: g[1:]), UP),
    "other operand": (op(np.multiply, a=lambda g, a: g * a, b=lambda g, b: g * b), UP, UP + 0.3),
    "only for large arrays": (
        op(np.exp, x=lambda g, y: (g if y.size < 1000 else at_one(g, 0)) * y), np.linspace(0, 1, 1000)),
    "detached operand": (lambda x: x * x.detach(), UP),
    # order 2 only
    "detached output in the rule": (op(np.exp, x=lambda g, y: g * raw(y)), UP),
    "detached operand in the rule": (op(np.sin, x=lambda g, x: g * np.cos(raw(x))), UP),
    "detached cotangent": (op(np.negative, x=lambda g: -(ag.tensor(raw(g)) if isinstance(g, TensorBase) else g)), UP),
    "another rule when recorded": (op(np.exp, x=lambda g, y: g * y * (2 if isinstance(g, TensorBase) else 1)), UP),
    # contracts
    "not repeatable": (op(np.square, x=flaky), UP),
    "input written": (op(writes_input, x=lambda g, y: g * y), UP),
    "float32 inside": (op(np.exp, x=lambda g, y: (g.astype(np.float32) * y.astype(np.float32)).astype(np.float64)), UP),
    "wrong in float32": (
        op(np.exp, x=lambda g, y: g * y * (1 if y.dtype.itemsize > 4 else 1.01)), UP.astype(np.float32)),
    "zero cotangent, infinite factor": (op(np.abs, x=lambda g, x: g / (x - x)), UP),
}


@pytest.mark.parametrize("name", MUTANTS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_wrong_rule_is_caught(name, seed):
    f, *inputs = MUTANTS[name]
    with pytest.raises(GradcheckError) as caught:
        gradcheck(f, *map(np.array, inputs), seed=seed)
    assert caught.value.report.failure


@pytest.mark.parametrize("name", ["detached output in the rule", "detached operand in the rule", "detached cotangent"])
def test_what_breaks_order_2_only_passes_at_order_1(name):
    f, x = MUTANTS[name]
    assert gradcheck(f, x, order=1).passed


RIGHT = {
    "chain": lambda x: ag.tanh(ag.sin(x) * ag.exp(-x)),
    "saturated": lambda x: ag.sigmoid(8 * x) + ag.tanh(9 * x),
    "softmax": lambda x: ag.softmax(20 * x),
    "log-softmax": lambda x: ag.log_softmax(30 * x),
    "products": lambda x: ag.tanh(x @ x.T) @ x,
    "large and small": lambda x: 1e8 * x + ag.exp(x) * 1e-8,
    "cancelling": lambda x: (x + 1e6) * (x - 1e6),
    "several outputs": lambda x: (x.sum(axis=0), ag.max(x, axis=1), ag.sqrt(ag.square(x) + 1)),
    "relu": lambda x: ag.relu(x) * x,
    "constant": lambda x: x * 0 + 1,
    "unused": lambda x: ag.tensor([1.0]),
    "writes": lambda x: written(x.clone(), x),
    "own gradient": lambda x: ag.gradients((x**3).sum(), x, create_graph=True)[0],
}


def written(copy, x):
    copy[0] = ag.sin(x[1])
    copy *= x
    return copy


@pytest.mark.parametrize("name", RIGHT)
def test_right_rules_raise_no_alarm(name):
    for seed in range(25):
        rng = np.random.default_rng(seed)
        gradcheck(RIGHT[name], rng.standard_normal((2, 3)), seed=seed, directions=2)


@pytest.mark.parametrize("exponent", range(-4, 7, 2))
@pytest.mark.parametrize("f", [ag.tanh, ag.square, ag.softmax, ag.sin, ag.relu, ag.max], ids=lambda f: f.__name__)
def test_right_rules_raise_no_alarm_at_any_scale(f, exponent):
    for seed in range(5):
        x = np.random.default_rng(seed).standard_normal(5) * 10.0**exponent
        gradcheck(f, x, seed=seed, directions=2)
