"""Dropout and its kin: how much is dropped, what is done about it, and that nothing is in use."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError

probabilities = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


@given(p=probabilities, dtype=st.sampled_from([np.float32, np.float64]), seed=st.integers(0, 99))
def test_dropout_drops_its_share_and_scales_the_rest(p, dtype, seed):
    x = np.full((100, 100), 3, dtype)
    y = nn.Dropout(p, rng=seed)(x).numpy()
    assert y.dtype == dtype
    kept = y != 0
    assert abs(kept.mean() - (1 - p)) < 5 * 0.5 / 100
    np.testing.assert_allclose(y[kept], 3 / (1 - p) if p < 1 else 0, rtol=1e-6)


@given(p=probabilities, seed=st.integers(0, 99))
def test_the_classic_variant_scales_in_use_instead(p, seed):
    x = np.random.default_rng(seed).standard_normal((20, 30))
    classic, inverted = nn.ClassicDropout(p, rng=seed), nn.Dropout(p, rng=seed)
    if p < 1:
        np.testing.assert_allclose(classic(x).numpy(), inverted(x).numpy() * (1 - p))
    np.testing.assert_allclose(classic.eval()(x).numpy(), x * (1 - p))
    np.testing.assert_array_equal(inverted.eval()(x).numpy(), x)


def test_the_gradient_passes_where_the_value_did():
    x = ag.tensor(np.ones((50, 50)), requires_grad=True)
    y = nn.Dropout(0.3, rng=0)(x)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.numpy())


@pytest.mark.parametrize(("layer", "shape"), [(nn.Dropout1d(rng=0), (50, 8, 3)), (nn.Dropout2d(rng=0), (50, 8, 2, 3)),
                                              (nn.Dropout2d(rng=1), (50, 2, 3))])
def test_whole_channels_go(layer, shape):
    y = layer(np.ones(shape)).numpy()
    flat = y.reshape(-1, np.prod(shape[-1 if isinstance(layer, nn.Dropout1d) else -2:]))
    assert (flat == flat[:, :1]).all()
    assert set(np.unique(flat)) == {0.0, 2.0}
    assert 0.3 < (flat[:, 0] == 0).mean() < 0.7


def test_dropconnect_drops_weights_not_units():
    layer = nn.DropConnect(40, 30, p=0.25, rng=0)
    dropped = layer(np.eye(40)).numpy() - layer.bias.numpy()  # one row for each input: the weights themselves
    weight = layer.weight.numpy().T
    gone = np.isclose(dropped, 0)
    assert 0.15 < gone.mean() < 0.35
    np.testing.assert_allclose(dropped[~gone], weight[~gone] / 0.75, rtol=1e-5)
    np.testing.assert_allclose(layer.eval()(np.eye(40)).numpy() - layer.bias.numpy(), weight, atol=1e-6)


def test_dropconnect_starts_like_linear():
    ours, linear = nn.DropConnect(4, 3, rng=0).state_dict(), nn.Linear(4, 3, rng=0).state_dict()
    assert all((ours[name] == linear[name]).all() for name in linear)


def test_noise_has_its_standard_deviation_and_passes_the_gradient():
    x = ag.tensor(np.ones((100, 100), np.float32), requires_grad=True)
    layer = nn.GaussianNoise(0.5, rng=0)
    noise = layer(x).numpy() - 1
    assert noise.dtype == np.float32
    assert abs(noise.mean()) < 0.025
    assert noise.std() == pytest.approx(0.5, rel=0.03)
    layer(x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 1)
    assert layer.eval()(x) is x


RANDOM = [lambda rng: nn.Dropout(rng=rng), lambda rng: nn.ClassicDropout(rng=rng),
          lambda rng: nn.GaussianNoise(rng=rng), lambda rng: nn.DropConnect(9, 9, rng=rng)]


@pytest.mark.parametrize("make", RANDOM)
def test_the_rng_decides(make):
    x = np.ones((9, 9))
    first, again, other = make(0)(x).numpy(), make(np.random.default_rng(0))(x).numpy(), make(1)(x).numpy()
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    layer = make(0)
    twin = copy.deepcopy(layer)
    np.testing.assert_array_equal(layer(x).numpy(), twin(x).numpy())
    assert (layer(x).numpy() != first).any()  # each call draws anew


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("name", ["Dropout", "ClassicDropout", "Dropout1d", "Dropout2d"])
def test_probabilities_are_from_0_to_1(name, p):
    with pytest.raises(OptionError, match=f"{name}: p=.*; expected a number"):
        getattr(nn, name)(p)


def test_other_bad_options_are_named():
    with pytest.raises(DTypeError, match="Dropout: p='a'; expected a number"):
        nn.Dropout("a")
    with pytest.raises(OptionError, match="DropConnect: p=2"):
        nn.DropConnect(2, 2, p=2)
    with pytest.raises(OptionError, match="GaussianNoise: std=-1"):
        nn.GaussianNoise(-1)
    with pytest.raises(ShapeError, match=r"dropout2d: an input of shape \(2, 3\)"):
        nn.Dropout2d()(np.ones((2, 3)))
