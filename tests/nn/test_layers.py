"""Linear, activations and starting values: shapes, gradients to second order, errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.testing import gradcheck
from nn.layers.linear import linear

sizes = st.integers(1, 5)


@settings(deadline=None)
@given(batch=st.lists(st.integers(0, 3), max_size=3), features=sizes, units=sizes, bias=st.booleans())
def test_linear_maps_the_last_axis_and_leaves_the_others(batch, features, units, bias):
    layer = nn.Linear(features, units, bias=bias, rng=0)
    x = ag.tensor(np.random.default_rng(0).standard_normal((*batch, features)), dtype=np.float32, requires_grad=True)
    y = layer(x)
    expected = x.numpy() @ layer.weight.numpy().T + (layer.bias.numpy() if bias else 0)
    assert y.shape == (*batch, units)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-5, atol=1e-6)
    y.sum().backward()
    for tensor in (x, *layer.parameters()):
        assert (tensor.grad.shape, tensor.grad.dtype) == (tensor.shape, np.float32)


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3), (0, 3), (1, 1, 3)])
def test_the_fused_map_passes_gradcheck_to_second_order(shape):
    rng = np.random.default_rng(0)
    gradcheck(linear, rng.standard_normal(shape), rng.standard_normal((2, 3)), rng.standard_normal(2), order=2)


def test_the_fused_map_equals_its_composition():
    rng = np.random.default_rng(0)
    x, w, b = (ag.tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((4, 3), (2, 3), (2,)))
    weights = rng.standard_normal((4, 2))
    fused = ag.gradients(linear(x, w, b), (x, w, b), weights)
    composed = ag.gradients(x @ w.T + b, (x, w, b), weights)
    for one, other in zip(fused, composed, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-13)


def test_linear_names_the_sizes_that_do_not_fit():
    layer = nn.Linear(64, 10)
    message = r"linear: an input of shape \(5, 3\) has 3 features in its last axis; this layer takes 64\."
    with pytest.raises(ShapeError, match=message):
        layer(np.ones((5, 3)))
    with pytest.raises(ShapeError, match="linear: the input is a single number"):
        layer(1.0)


@pytest.mark.parametrize("size", [0, -1])
def test_linear_refuses_empty_sizes(size):
    with pytest.raises(OptionError, match=f"Linear: in_features={size}; expected at least 1"):
        nn.Linear(size, 2)
    with pytest.raises(OptionError, match=f"Linear: out_features={size}; expected at least 1"):
        nn.Linear(2, size)


@pytest.mark.parametrize("size", [2.0, "2", True, None])
def test_linear_refuses_sizes_that_are_not_integers(size):
    with pytest.raises(DTypeError, match=r"Linear: in_features=.*; expected an integer"):
        nn.Linear(size, 2)


def test_linear_starts_uniform_within_one_over_root_in():
    layer = nn.Linear(400, 300, rng=0)
    for values in (layer.weight.numpy(), layer.bias.numpy()):
        assert -0.05 <= values.min() < -0.048
        assert 0.048 < values.max() <= 0.05
        assert abs(values.mean()) < 0.005
        assert values.std() == pytest.approx(0.1 / np.sqrt(12), rel=0.05)


def test_the_rng_decides_the_start():
    def weights(rng):
        return nn.Linear(3, 3, rng=rng).state_dict()["weight"].tolist()

    assert weights(0) == weights(0) == weights(np.random.default_rng(0)) != weights(1)
    rng = np.random.default_rng(0)
    assert weights(rng) != weights(rng)
    assert weights(None) != weights(None)


@pytest.mark.parametrize("rng", ["a", -1, 1.5])
def test_a_bad_rng_is_refused(rng):
    with pytest.raises(DTypeError, match=r"rng: expected a numpy\.random\.Generator"):
        nn.Linear(2, 2, rng=rng)


def test_uniform_fills_in_place_and_is_noticed_by_a_pending_backward():
    w = nn.Parameter(np.zeros(1000))
    y = (w * w).sum()
    assert nn.init.uniform_(w, 2.0, 3.0, rng=0) is w
    assert 2 <= w.numpy().min() < 2.1 < 2.9 < w.numpy().max() <= 3
    with pytest.raises(ag.SavedArrayError):
        y.backward()


@pytest.mark.parametrize(
    ("module", "function"), [(nn.ReLU(), ag.relu), (nn.Sigmoid(), ag.sigmoid), (nn.Tanh(), ag.tanh)]
)
def test_activations_are_their_functions(module, function):
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(module(x).numpy(), function(x).numpy())
