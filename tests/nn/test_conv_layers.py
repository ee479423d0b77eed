"""Convolution, pooling and reshaping layers: shapes, errors. (test_layers_against_torch.py compares the numbers.)"""

import numpy as np
import pytest

import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError


def test_the_layers_of_lenet_fit_together():
    rng = np.random.default_rng(0)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 10, rng=rng),
    )
    y = model(np.zeros((3, 1, 28, 28), np.float32))
    y.sum().backward()
    assert (y.shape, y.dtype) == ((3, 10), np.float32)
    assert nn.summary(model).learnable == 6 * 26 + 16 * 151 + 4010
    assert all(p.grad.shape == p.shape for p in model.parameters())


def test_same_padding_keeps_the_size_in_every_mode():
    for mode in ("zeros", "reflect", "replicate", "circular"):
        layer = nn.Conv2d(2, 3, (2, 5), padding="same", padding_mode=mode, rng=0)
        assert layer(np.ones((1, 2, 6, 7))).shape == (1, 3, 6, 7)
        assert nn.Conv2d(2, 3, 3, padding="valid", padding_mode=mode)(np.ones((1, 2, 6, 7))).shape == (1, 3, 4, 5)


def test_a_transposed_convolution_undoes_the_shape():
    x = np.ones((2, 3, 9, 8))
    y = nn.Conv2d(3, 4, 3, stride=2, padding=1)(x)
    assert nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=(0, 1))(y).shape == x.shape


BAD = [
    (lambda: nn.Conv2d(0, 1, 3), OptionError, "Conv2d: in_channels=0; expected at least 1"),
    (lambda: nn.Conv2d(1, 1, 2.0), DTypeError, r"Conv2d: kernel_size=2\.0; expected an integer"),
    (lambda: nn.Conv2d(1, 1, (1, 2, 3)), OptionError, r"Conv2d: kernel_size=\(1, 2, 3\); .*one for each of 2 axes"),
    (lambda: nn.Conv1d(1, 1, 3, padding=-1), OptionError, "Conv1d: padding=-1; expected at least 0"),
    (lambda: nn.Conv1d(3, 4, 1, groups=2), OptionError, "Conv1d: groups=2 does not divide in_channels=3"),
    (lambda: nn.Conv1d(1, 1, 3, padding="full"), OptionError, "Conv1d: padding='full'"),
    (lambda: nn.Conv2d(1, 1, 3, 2, padding="same"), OptionError, "Conv2d: padding='same', stride=.*stride 1"),
    (lambda: nn.Conv2d(1, 1, 3, padding_mode="edge"), OptionError, "Conv2d: padding_mode='edge'; expected 'zeros'"),
    (lambda: nn.ConvTranspose1d(1, 1, 3, output_padding=-1), OptionError, "ConvTranspose1d: output_padding=-1"),
    (lambda: nn.MaxPool2d(0), OptionError, "MaxPool2d: kernel_size=0; expected at least 1"),
    (lambda: nn.AvgPool1d(2, padding="same"), OptionError, "AvgPool1d: padding='same'"),
    (lambda: nn.AdaptiveAvgPool2d((1, 2, 3)), OptionError, "AdaptiveAvgPool2d: output_size=.*each of 2 axes"),
    (lambda: nn.AdaptiveMaxPool1d(0), OptionError, "AdaptiveMaxPool1d: output_size=0"),
    (lambda: nn.Bilinear(1, 0, 1), OptionError, "Bilinear: in2_features=0"),
    (lambda: nn.Maxout(1, 1, k=0), OptionError, "Maxout: k=0"),
    (lambda: nn.Hardtanh(2.0, 1.0), OptionError, "Hardtanh: min_val=2.0 is above"),
    (lambda: nn.GELU("fast"), OptionError, "GELU: approximate='fast'"),
    (lambda: nn.Softplus(0.0), OptionError, "Softplus: beta=0.0"),
    (lambda: nn.CELU(0.0), OptionError, "CELU: alpha=0"),
    (lambda: nn.Threshold("a", 1.0), DTypeError, "Threshold: threshold='a'"),
]


@pytest.mark.parametrize(("make", "error", "message"), BAD)
def test_options_that_make_no_sense_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


MISFITS = [
    (nn.Conv2d(3, 1, 2), (1, 2, 5, 5), r"conv2d: x of shape \(1, 2, 5, 5\)"),
    (nn.Conv2d(1, 1, 3, padding_mode="circular"), (3, 3), "Conv2d: an input of 2 axes; expected"),
    (nn.MaxPool2d(4), (1, 1, 3, 3), r"max_pool2d: shape \(1, 1, 3, 3\), kernel_size=4"),
    (nn.MaxPool1d(2, padding=2), (1, 1, 4), "max_pool1d: .* at most half of the window"),
    (nn.AdaptiveAvgPool2d(1), (3, 3), r"AdaptiveAvgPool2d: an input of shape \(3, 3\)"),
    (nn.Flatten(), (3,), r"Flatten: start_dim=1, but the input has shape \(3,\)"),
    (nn.Flatten(2, 1), (3, 3, 3), "Flatten: start_dim=2 is behind end_dim=1"),
    (nn.Unflatten(1, (2, 2)), (3, 5), r"Unflatten: axis 1 of shape \(3, 5\) has 5 elements; they do not make up"),
    (nn.PReLU(3), (2, 4), r"prelu: an input of shape \(2, 4\) for slopes \(3,\); expected \(N, C, ...\)"),
    (nn.Maxout(3, 2), (2, 4), "4 features in its last axis; this layer takes 3"),
    (nn.GLU(), (2, 3), "glu: axis=-1 of shape .* has an odd length"),
]


@pytest.mark.parametrize(("layer", "shape", "message"), MISFITS)
def test_inputs_that_do_not_fit_are_named(layer, shape, message):
    with pytest.raises(ShapeError, match=message):
        layer(np.ones(shape))


@pytest.mark.parametrize("shapes", [((2, 3), (2, 5)), ((2, 3), (1, 4)), ((3,), (2, 4)), ((2, 4), (2, 3))])
def test_bilinear_names_inputs_that_do_not_match(shapes):
    with pytest.raises(ShapeError, match="Bilinear: inputs of shapes"):
        nn.Bilinear(3, 4, 1)(*map(np.ones, shapes))
