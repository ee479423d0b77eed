"""Penalties and their gradients, what they apply to, and the bound on weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_core.errors import OptionError
from autograd_core.testing import gradcheck


def model():
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1)).to(np.float64)


GRADIENTS = {
    "L2": (nn.L2(0.3), lambda w: 0.3 * w),
    "L1": (nn.L1(0.3), lambda w: 0.3 * np.sign(w)),
    "elastic net": (nn.ElasticNet(0.3, 0.2), lambda w: 0.3 * np.sign(w) + 0.4 * w),
}


@pytest.mark.parametrize(("penalty", "gradient"), GRADIENTS.values(), ids=GRADIENTS)
def test_gradient_is_the_textbooks_and_biases_are_free(penalty, gradient):
    net = model()
    penalty(net).backward()
    for name, p in net.named_parameters():
        if name.endswith("bias"):
            assert p.grad is None
        else:
            np.testing.assert_allclose(p.grad.numpy(), gradient(p.numpy()), rtol=1e-14)


@pytest.mark.parametrize("penalty", [penalty for penalty, _ in GRADIENTS.values()], ids=GRADIENTS)
def test_gradcheck(penalty):
    gradcheck(penalty.of, np.random.default_rng(0).standard_normal((3, 2)))


def test_values():
    net = model()
    w = np.concatenate([p.numpy().ravel() for p in net.parameters() if p.ndim > 1])
    assert nn.L2(0.3)(net).item() == pytest.approx(0.15 * (w**2).sum())
    assert nn.L1(0.3)(net).item() == pytest.approx(0.3 * np.abs(w).sum())
    assert nn.ElasticNet(0.3, 0.2)(net).item() == pytest.approx((0.3 * np.abs(w) + 0.2 * w**2).sum())


def test_other_parameters_can_be_chosen():
    net = model()
    everything = nn.L2(1.0, choose=lambda name, p: True)(net).item()
    assert everything == pytest.approx(sum((p.numpy() ** 2).sum() for p in net.parameters()) / 2)
    assert nn.L2(1.0, choose=lambda name, p: name == "2.bias")(net).item() == pytest.approx(
        (net[2].bias.numpy() ** 2).sum() / 2)
    assert nn.L2(1.0)(nn.ReLU()).item() == 0


def test_the_dtype_is_the_models():
    assert nn.ElasticNet(0.1, 0.1)(model().to(np.float32)).dtype == np.float32


@given(c=st.just(0.0) | st.floats(1e-100, 5.0), scale=st.floats(0.1, 100.0))  # below, squares are subnormal
def test_max_norm_bounds_every_unit_and_turns_none(c, scale):
    layer = nn.Linear(3, 5, rng=0).to(np.float64)
    layer.weight.data = before = layer.weight.numpy() * scale
    bias = layer.bias.numpy()
    nn.max_norm_(layer, c)
    lengths, after = np.linalg.norm(before, axis=1), layer.weight.numpy()
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), np.minimum(lengths, c), rtol=1e-13)
    np.testing.assert_allclose(after * lengths[:, None], before * np.minimum(lengths, c)[:, None], rtol=1e-12, atol=0)
    np.testing.assert_array_equal(after[lengths <= c], before[lengths <= c])
    np.testing.assert_array_equal(layer.bias.numpy(), bias)


def test_a_unit_of_a_convolution_is_one_kernel():
    layer = nn.Module()
    layer.kernels = nn.Parameter(np.full((2, 3, 2, 2), 10.0))
    nn.max_norm_(layer, 4.0)
    np.testing.assert_allclose(np.linalg.norm(layer.kernels.numpy().reshape(2, -1), axis=1), 4.0, rtol=1e-6)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.L2(-1), "L2: strength=-1"), (lambda: nn.L1(np.nan), "L1: strength=nan"),
    (lambda: nn.ElasticNet(0, -1), "ElasticNet: l2=-1"), (lambda: nn.max_norm_(model(), -3), "max_norm_: c=-3"),
])
def test_what_is_refused(make, message):
    with pytest.raises(OptionError, match=message):
        make()
