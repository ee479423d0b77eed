"""How small a mistake gradcheck sees, and what it does not take for one."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.recording import Primitive
from autograd_core.testing import GradcheckError, gradcheck, rounding
from autograd_core.testing.contracts import asymmetry
from autograd_core.testing.subject import Subject


def wrong_at(index, factor):
    def rule(g, x):
        bad = np.ones(x.shape)
        bad[index] = factor
        return g * 2 * x * bad

    return Primitive("wrong", np.square, {"x": rule})


def test_one_element_among_many_wrong_by_little():
    with pytest.raises(GradcheckError, match=r"most of all at \(123456,\)") as caught:
        gradcheck(wrong_at(123456, 1 + 1e-4), np.linspace(0.5, 1.5, 200_000), order=1)
    assert "x0: float64[200000]" in caught.value.report.reproducer


def test_both_elements_and_both_numbers_are_named():
    swapped = Primitive("swapped", lambda x: x.T * 1.0, {"x": lambda g: g.reshape(g.shape[::-1])})
    with pytest.raises(GradcheckError, match=r"at \(\d, \d\), as output \(\d, \d\) shows: it gives [01-]"):
        gradcheck(swapped, np.arange(6.0).reshape(2, 3))


def test_the_reproducer_reproduces():
    square = Primitive("square", np.square, {"x": lambda g, x: g * x})
    with pytest.raises(GradcheckError) as first:
        gradcheck(square, np.array([0.5, -2.0], np.float32), seed=3)
    line = first.value.report.reproducer
    assert line in str(first.value)
    with pytest.raises(GradcheckError) as second:
        eval(line, {"gradcheck": gradcheck, "np": np, "f": square})
    assert str(second.value) == str(first.value)


def test_what_f_does_not_depend_on_is_reported():
    report = gradcheck(lambda x, y: x * 2 + y.detach() * 0, 1.0, 2.0)
    assert report.unused == ["input 1"]
    assert "unused: input 1" in str(report)


def test_a_missing_gradient_is_an_error_where_f_depends():
    with pytest.raises(GradcheckError, match=r"the gradient of input 1 is missing \(None\), and f depends on it"):
        gradcheck(lambda x, y: x * y.detach(), 1.0, 2.0)


@pytest.mark.parametrize("f", [
    lambda x: (x**3, ag.sin(x)), lambda x: x**3 + ag.sin(x), ag.sin,
], ids=["beside", "in one", "sin"])
@pytest.mark.parametrize("seed", range(5))
def test_mixed_scales(f, seed):
    if np.finfo(np.longdouble).eps == np.finfo(float).eps:
        pytest.skip("float64 itself rounds sin(x) away beside x**3")
    rng = np.random.default_rng(seed)
    gradcheck(f, rng.standard_normal(4) * 10.0 ** rng.integers(3, 7, 4), seed=seed)


@pytest.mark.parametrize("exponent", range(-12, 4, 3))
@pytest.mark.parametrize("f", [ag.log, ag.sqrt, lambda x: 1 / x, lambda x: x * ag.log(x), lambda x: x**1.5],
                         ids=["log", "sqrt", "1/x", "x log x", "x**1.5"])
def test_near_the_edge_of_the_domain(f, exponent):
    gradcheck(f, np.array([0.5, 0.9, 1.4]) * 10.0**exponent)
    gradcheck(f, np.array([0.5 * 10.0**exponent, 0.9, 140.0]))


@pytest.mark.parametrize("f", [ag.tanh, ag.softmax, lambda x: ag.tanh(x @ x.T), lambda x: ag.logsumexp(30 * x)],
                         ids=["tanh", "softmax", "matmul", "logsumexp"])
def test_where_nothing_is_wider_than_float64(f, monkeypatch):
    monkeypatch.setattr(rounding, "WIDEST", np.float64)
    for seed in range(5):
        gradcheck(f, 3 * np.random.default_rng(seed).standard_normal((2, 3)), seed=seed)
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: f(x) * (1 + 1e-6) - f(x.detach()) * 1e-6, np.arange(6.0).reshape(2, 3) / 7)


def test_second_derivatives_are_symmetric():
    rng = np.random.default_rng(0)
    gradient = Subject(lambda x: ag.sin(x @ x), [np.eye(2)], ["x"]).derivative([np.ones((2, 2))])
    assert not list(asymmetry(gradient, 1.0, rng))
    no_gradient = Subject(lambda x: ag.stack([x[1], -x[0]]), [np.ones(2)], ["x"])
    assert "not symmetric" in next(asymmetry(no_gradient, 1.0, rng))


@pytest.mark.parametrize("name", ["exp", "tanh", "multiply", "matmul", "sum", "softmax", "getitem", "cumprod"])
@pytest.mark.parametrize("error", ["zero", "sign", "1e-6"])
def test_rules_of_the_table_made_wrong(name, error, monkeypatch):
    factor = {"zero": 0.0, "sign": -1.0, "1e-6": 1 + 1e-6}[error]
    primitive = TABLE[name].primitive
    monkeypatch.setattr(primitive, "rules", type(primitive.rules)(
        [rule and (lambda g, *kept, rule=rule: rule(g, *kept) * factor) for rule in primitive.rules]))
    x = np.array([[0.3, -0.7], [1.1, 0.6]])
    call = {"multiply": lambda x: ag.multiply(x, x.T), "matmul": lambda x: x @ x, "getitem": lambda x: x[0],
            "cumprod": lambda x: ag.cumprod(x, axis=0)}.get(name, TABLE[name].function)
    with pytest.raises(GradcheckError):
        gradcheck(call, x)
