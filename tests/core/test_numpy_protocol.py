"""np.f(tensor): recorded where there is a rule, constant where nothing varies, an error elsewhere; never silent."""

import numpy as np
import pytest

import autograd_core as ag


@pytest.fixture
def x():
    return ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="x")


def test_functions_and_ufuncs_record(x):
    joined = np.concatenate([x, np.ones((1, 2))])
    for y in (np.exp(x), np.sum(x, axis=0), np.add(1, x), np.where(x > 2, x, 0.0), joined):
        assert isinstance(y, ag.Tensor)
        assert y.requires_grad
    assert (np.ones(2) @ x).requires_grad
    assert (np.ones((2, 2)) * x).requires_grad
    assert (np.float64(2) - x).requires_grad


def test_functions_that_do_not_vary_give_constants(x):
    for y in (np.isnan(x), np.argmax(x), np.zeros_like(x), np.logical_and(x > 1, x < 3), np.ones_like(x)):
        assert isinstance(y, ag.Tensor)
        assert not y.requires_grad
    assert np.shape(x) == (2, 2)
    assert np.allclose(x, x.numpy()) is True
    rows, columns = np.nonzero(x > 3)
    assert (rows.tolist(), columns.tolist()) == ([1], [1])


@pytest.mark.parametrize(("call", "named"), [
    (lambda x: np.fft.fft(x), r"numpy\.fft\.fft"),
    (lambda x: np.add.reduce(x), r"numpy\.add\.reduce"),
    (lambda x: np.multiply.outer(x, x), r"numpy\.multiply\.outer"),
    (lambda x: np.gcd(x, 2), r"numpy\.gcd"),
    (lambda x: np.add(x, 1, where=[True, False]), r"numpy\.add: the options \['where'\]"),
    (lambda x: np.add(x, 1, out=np.ones((2, 2))), r"numpy\.add: writing a tensor that requires grad"),
    (lambda x: np.add(1, 1, out=x), r"numpy\.add: out= cannot be a Tensor"),
    (lambda x: np.sum(x, dtype=np.float32), "sum: the option dtype="),
    (lambda x: np.sum(x, where=np.array(True)), "sum: the option where="),
])
def test_what_has_no_rule_says_so_by_name(x, call, named):
    with pytest.raises(ag.UnsupportedError, match=named):
        call(x)


def test_a_plain_array_takes_a_constant_tensor_in_place():
    a, c = np.ones(2), ag.tensor([1.0, 2.0])
    a += c
    a -= 0.5 * c
    assert a.tolist() == [1.5, 2.0]
    with pytest.raises(ag.UnsupportedError, match="would lose its gradient"):
        a += ag.tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize("coerce", [
    np.asarray, np.array, lambda t: np.zeros(2).__setitem__(..., t[0]), lambda t: np.full(2, t[0, 0]),
])
def test_nothing_is_coerced_out_of_the_graph(x, coerce):
    with pytest.raises((ag.CoercionError, ag.UnsupportedError), match=r"numpy\(\)"):
        coerce(x)
    constant = x.detach()
    np.testing.assert_array_equal(np.asarray(constant), [[1, 2], [3, 4]])
    assert np.asarray(constant, dtype=np.float32).dtype == np.float32


def test_none_for_an_option_is_as_good_as_leaving_it_out(x):
    assert np.sum(x, axis=None, out=None, dtype=None).item() == 10.0
