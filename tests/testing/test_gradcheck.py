"""What gradcheck says, what it takes, and what it leaves alone."""

import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.recording import Primitive
from autograd_core.testing import GradcheckError, gradcheck
from autograd_core.testing.ladder import slope
from autograd_core.testing.layouts import LAYOUTS, repeated


def wrong_at(index, factor=1.5):
    def rule(g, x):
        bad = np.ones(x.shape)
        bad[index] = factor
        return g * 2 * x * bad

    return Primitive("wrong", np.square, {"x": rule})


def test_message_names_input_element_numbers_error_and_seed():
    x = np.linspace(1, 2, 20).reshape(4, 5)
    with pytest.raises(GradcheckError, match="order 1: the gradient of input 1 is wrong") as caught:
        gradcheck(lambda a, b: a + wrong_at((2, 3))(b), 1.0, x, seed=7)
    text = str(caught.value)
    assert "(2, 3)" in text
    assert "±" in text
    assert "seed=7" in text
    report = caught.value.report
    assert not report.passed
    assert report.worst.input == "input 1"
    assert report.worst.strain > 1
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, ag.AutogradError)


@pytest.mark.parametrize("size", [1, 10, 1000, 100_000])
def test_one_wrong_element_is_found_among_many(size):
    x = np.linspace(0.5, 1.5, size)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(wrong_at(size // 3), x)
    assert f"at ({size // 3},)" in str(caught.value)


def test_report_sums_itself_up():
    report = gradcheck(lambda a, b: a * b, 2.0, np.ones(3))
    assert report.passed
    assert {c.order for c in report.comparisons} == {1, 2}
    assert "right to order 2" in str(report)
    assert report.worst.strain <= 1


def test_higher_orders():
    gradcheck(lambda x: ag.sin(x) * x, np.array([0.3, 2.0]), order=4, directions=1)


def test_what_is_not_float_is_passed_on():
    index, flag, word = np.array([2, 0]), True, "as is"

    def f(x, i, j, k):
        assert i is index
        assert j is flag
        assert k is word
        return x[i]

    gradcheck(f, np.arange(3.0), index, flag, word)


def test_tensors_keep_their_grad():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    gradcheck(lambda x: x * x, x)
    assert x.grad is None


@pytest.mark.parametrize("layout", [*LAYOUTS.values(), repeated])
def test_inputs_arrive_in_their_layout(layout):
    x = layout(np.arange(6.0).reshape(2, 3))
    seen = []

    def f(t):
        seen.append((t.data.strides, t.data.flags.writeable))
        return t * t

    gradcheck(f, x, order=1)
    assert (x.strides, x.flags.writeable) in seen


def test_not_finite():
    with pytest.raises(GradcheckError, match="f itself is not finite"), np.errstate(divide="ignore"):
        gradcheck(ag.log, 0.0)


def test_domain_edges_are_respected():
    gradcheck(ag.log, np.array([1e-3, 1e-2, 1.0]))
    gradcheck(ag.sqrt, np.array([1e-4, 2.0]))


def test_f_must_return_tensors():
    with pytest.raises(TypeError, match="must return a Tensor"):
        gradcheck(lambda x: [x.numpy()], 1.0)


def test_same_seed_same_report():
    reports = [gradcheck(ag.tanh, np.ones(3), seed=s) for s in (1, 1, 2)]
    assert reports[0] == reports[1] != reports[2]


@pytest.mark.parametrize(("p", "expected"), [
    (np.sin, 1.0), (np.exp, 1.0), (lambda t: 3 * t, 3.0), (lambda t: np.sin(1000 * t), 1000.0),
    (lambda t: np.log(1e-5 + t), 1e5), (lambda t: t * t, 0.0), (lambda t: max(t + 1e-4, 0), 1.0),
])
def test_ladder_error_covers_the_error(p, expected):
    with np.errstate(all="ignore"):
        value, error, _ = slope(lambda h: p(h) - p(-h), 2.0**-52 * (1 + abs(p(0.0))))
    assert abs(value - expected) <= 4 * error <= 1e-4 * max(1.0, expected)


def test_numpy_is_all_it_needs():
    code = "import sys, autograd_core.testing as t; assert not {'hypothesis', 'pytest', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("option", ["order", "directions"])
def test_a_check_that_would_check_nothing_is_refused(option):
    with pytest.raises(ag.ShapeError, match=f"gradcheck: {option}=0 would check nothing"):
        gradcheck(ag.tanh, 1.0, **{option: 0})


@pytest.mark.parametrize("inputs", [(), (np.array([1, 2]),), ([1.0, 2.0],), ({"x": 1.0},), (3,)])
def test_inputs_of_which_none_varies_are_refused(inputs):
    with pytest.raises(ag.DTypeError, match="gradcheck: nothing varies; pass floats"):
        gradcheck(lambda *args: ag.tensor(1.0), *inputs)
