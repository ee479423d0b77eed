"""Batch, layer, group and RMS norm: what they make of the data, their running statistics, errors."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import OptionError, ShapeError
from autograd_core.testing import gradcheck
from nn.layers.channels import affine, center, mean_square, scaled
from nn.layers.normalization import standardize

SHAPES = [(4, 3, 1), (2, 3, 5), (1, 4, 3), (3, 1, 2)]


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_parts_are_what_they_say_and_pass_gradcheck(shape):
    x, scale, shift = normal(*shape), normal(shape[1]), normal(shape[1]) + 1
    np.testing.assert_allclose(center(x).numpy(), x - x.mean(axis=(0, 2), keepdims=True), atol=1e-15)
    np.testing.assert_allclose(mean_square(x).numpy(), (x * x).mean(axis=(0, 2)))
    np.testing.assert_allclose(affine(x, scale, shift).numpy(), x * scale[:, None] + shift[:, None])
    np.testing.assert_allclose(scaled(x, scale).numpy(), x * scale[:, None])
    for function, operands in ((center, [x]), (mean_square, [x]), (affine, [x, scale, shift]), (scaled, [x, scale])):
        gradcheck(function, *operands, order=2)


@pytest.mark.parametrize("shape", [(4, 3), (1, 5), (3, 2)])
def test_standardize_is_what_it_says_to_second_order(shape):
    def composed(x):
        return (x - x.mean(axis=1, keepdims=True)) / ag.sqrt(x.var(axis=1, keepdims=True) + 0.1)

    x, weights = ag.tensor(normal(*shape), requires_grad=True), normal(*shape)
    for function in (ag.tanh, ag.square):
        first, second = (ag.gradients(function(f(x)), x, weights, create_graph=True)[0]
                         for f in (composed, lambda x: standardize(x, eps=0.1)))
        np.testing.assert_allclose(first.numpy(), second.numpy(), rtol=1e-10)
        first, second = (ag.gradients(y, x, weights)[0].numpy() for y in (first, second))
        np.testing.assert_allclose(first, second, rtol=1e-10)
    gradcheck(lambda x: standardize(x, eps=0.1), normal(*shape), order=2)


LAYERS = [
    (nn.BatchNorm1d(3), (8, 3), 0), (nn.BatchNorm2d(3), (4, 3, 5, 2), (0, 2, 3)), (nn.LayerNorm(6), (4, 6), 1),
    (nn.GroupNorm(1, 3), (2, 3, 4), (1, 2)), (nn.GroupNorm(3, 3), (2, 3, 4), 2),
]


@pytest.mark.parametrize(("layer", "shape", "axes"), LAYERS)
@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (100.0, -20.0), (1.0, 1e3)])
def test_the_output_has_mean_0_and_variance_1(layer, shape, axes, scale, offset):
    y = layer((normal(*shape) * scale + offset).astype(np.float32)).numpy()
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.mean(axis=axes), 0, atol=1e-6 * (1 + abs(offset)))  # the rounding of the mean
    np.testing.assert_allclose(y.var(axis=axes), 1, rtol=1e-2)


def test_rms_norm_keeps_the_mean_and_brings_the_mean_square_to_1():
    x = normal(4, 6) + 3
    y = nn.RMSNorm(6)(x).numpy()
    np.testing.assert_allclose((y * y).mean(axis=1), 1)
    np.testing.assert_allclose(y / y[:, :1], x / x[:, :1])


def test_running_statistics_come_to_those_of_the_data():
    layer, rng = nn.BatchNorm1d(2, momentum=None), np.random.default_rng(0)
    data = rng.normal([5.0, -1.0], [2.0, 0.1], (1000, 2))
    for batch in data.reshape(10, 100, 2):
        layer(batch)
    assert layer.num_batches_tracked.item() == 10
    np.testing.assert_allclose(layer.running_mean.numpy(), data.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(layer.running_var.numpy(), data.var(axis=0, ddof=1), rtol=0.05)
    y = layer.eval()(data).numpy()
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=0.05)
    assert layer.num_batches_tracked.item() == 10  # not in eval mode


def test_in_eval_mode_samples_are_independent():
    layer, x = nn.BatchNorm1d(3), normal(6, 3)
    layer(x)
    layer.eval()
    np.testing.assert_allclose(layer(x).numpy()[:1], layer(x[:1]).numpy(), rtol=1e-12)


def test_a_training_step_between_forward_and_backward_changes_no_gradient():
    layer, x = nn.BatchNorm1d(2), ag.tensor(normal(4, 2), requires_grad=True)
    layer.eval()
    y = layer(x)
    layer.train()(normal(4, 2) * 10)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 1 / np.sqrt(1 + 1e-5))


def test_the_gradient_of_a_constant_channel_is_finite():
    x = ag.tensor(np.full((4, 2), 7.0), requires_grad=True)
    (nn.BatchNorm1d(2)(x) ** 2).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 0)


@pytest.mark.parametrize(("layer", "shape", "message"), [
    (nn.BatchNorm1d(3), (2, 4), r"BatchNorm1d: an input of shape \(2, 4\); expected \(N, 3\) or \(N, 3, L\)"),
    (nn.BatchNorm2d(3), (2, 3), r"BatchNorm2d: an input of shape \(2, 3\); expected \(N, 3, H, W\)"),
    (nn.BatchNorm1d(3), (1, 3), "BatchNorm1d: .* has 1 values for each channel.*eval"),
    (nn.LayerNorm((2, 3)), (2, 4), r"LayerNorm: an input of shape \(2, 4\); expected \(..., 2, 3\)"),
    (nn.RMSNorm(3), (), r"RMSNorm: an input of shape \(\)"),
    (nn.GroupNorm(1, 3), (2, 4), r"GroupNorm: an input of shape \(2, 4\); expected \(N, 3, "),
])
def test_inputs_that_do_not_fit_are_named_and_change_nothing(layer, shape, message):
    before = layer.state_dict()
    with pytest.raises(ShapeError, match=message):
        layer(np.zeros(shape))
    assert all((before[name] == array).all() for name, array in layer.state_dict().items())


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.BatchNorm1d(0), "BatchNorm1d: num_features=0; expected at least 1"),
    (lambda: nn.GroupNorm(2, 3), "GroupNorm: num_groups=2 does not divide num_channels=3"),
    (lambda: nn.LayerNorm((2, 0)), "LayerNorm: normalized_shape=0; expected at least 1"),
    (lambda: nn.LayerNorm(()), r"LayerNorm: normalized_shape=\(\) names no axis"),
])
def test_sizes_that_make_no_sense_are_refused(make, message):
    with pytest.raises(OptionError, match=message):
        make()


@pytest.mark.parametrize(("layer", "shape"), [
    (nn.LayerNorm(3), (0, 3)), (nn.RMSNorm(3), (0, 3)), (nn.GroupNorm(1, 2), (0, 2, 2)),
    (nn.BatchNorm1d(3).eval(), (0, 3)),
])
def test_an_empty_batch_stays_empty(layer, shape):
    x = ag.tensor(np.zeros(shape), requires_grad=True)
    y = layer(x)
    y.sum().backward()
    assert y.shape == x.grad.shape == shape
    assert layer.weight.grad is None or not layer.weight.grad.numpy().any()


@pytest.mark.parametrize("weight", [np.float16, np.float32])
@pytest.mark.parametrize(("make", "shape"), [
    (nn.LayerNorm, (4, 6)), (lambda n, dtype: nn.RMSNorm(n, eps=1e-5, dtype=dtype), (4, 6)),
    (lambda n, dtype: nn.GroupNorm(2, n, dtype=dtype), (2, 6, 5)),
    (lambda n, dtype: nn.BatchNorm1d(n, dtype=dtype, track_running_stats=False), (4, 6)),
    (lambda n, dtype: nn.BatchNorm2d(n, dtype=dtype, track_running_stats=False), (3, 6, 20, 20)),
])
def test_squares_of_float16_do_not_overflow(make, shape, weight):
    """300² is more than float16 holds."""
    half = (np.where(normal(*shape) > 0, 300, -300) + normal(*shape)).astype(np.float16)
    g = normal(*shape).astype(np.float16)

    def run(dtype, weight):
        x = ag.tensor(half, dtype=dtype, requires_grad=True)
        y = make(6, dtype=weight)(x)
        (y * g.astype(y.dtype)).sum().backward()
        return y.numpy(), x.grad.numpy()

    y, gradient = run(np.float16, weight)
    assert y.dtype == weight
    assert gradient.dtype == np.float16
    expected = run(np.float64, np.float64)
    np.testing.assert_allclose(y, expected[0], rtol=2e-3)
    np.testing.assert_allclose(gradient, expected[1], rtol=5e-3, atol=2e-5)


@pytest.mark.parametrize("normalized", [nn.functional.layer_norm, nn.functional.rms_norm])
@pytest.mark.parametrize("samples", [1, 3, 6])
def test_each_sample_is_normalized_on_its_own(normalized, samples):
    """Bit by bit, the gradient too."""
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((7, 33)).astype(np.float32) for _ in range(2))

    def run(part):
        leaf = ag.tensor(x[part], requires_grad=True)
        y = normalized(leaf, 33)
        return y, ag.gradients(y, leaf, g[part])[0]

    for whole, some in zip(run(slice(None)), run(slice(samples)), strict=True):
        np.testing.assert_array_equal(some.numpy(), whole.numpy()[:samples])
