"""Starting values: their distributions, against formulas and PyTorch's; their structure; and what they refuse."""

import functools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, SavedArrayError, ShapeError


def weights(*shape):
    return nn.Parameter(np.zeros(shape))


IN, OUT = 400, 300
SCALED = {
    "lecun_normal": (nn.init.lecun_normal_, 1 / IN),
    "xavier_uniform": (nn.init.xavier_uniform_, 2 / (IN + OUT)),
    "xavier_normal": (nn.init.xavier_normal_, 2 / (IN + OUT)),
    "xavier_gain": (functools.partial(nn.init.xavier_normal_, gain=3.0), 9 * 2 / (IN + OUT)),
    "kaiming_uniform": (nn.init.kaiming_uniform_, 2 / IN),
    "kaiming_normal": (nn.init.kaiming_normal_, 2 / IN),
    "kaiming_out": (functools.partial(nn.init.kaiming_normal_, mode="fan_out"), 2 / OUT),
    "kaiming_tanh": (functools.partial(nn.init.kaiming_uniform_, nonlinearity="tanh"), 25 / 9 / IN),
    "kaiming_leaky": (functools.partial(nn.init.kaiming_normal_, a=0.5), 2 / 1.25 / IN),
    "small normal": (functools.partial(nn.init.normal_, std=0.01), 1e-4),
}


@pytest.mark.parametrize(("start", "variance"), SCALED.values(), ids=SCALED)
@pytest.mark.parametrize("shape", [(OUT, IN), (OUT // 25, IN // 25, 5, 5)])
def test_variance_is_the_textbooks(start, variance, shape):
    w = start(weights(*shape), rng=0).numpy().ravel()
    # The sample variance of n draws is off by √(2/n) of itself; five times that is never seen.
    assert abs(w.var() / variance - 1) < 5 * math.sqrt(2 / w.size)
    assert abs(w.mean()) < 5 * math.sqrt(variance / w.size)
    assert np.unique(w).size > 0.99 * w.size


TORCH = {
    "uniform_": {"a": -1.0, "b": 3.0}, "normal_": {"mean": 1.0, "std": 2.0}, "xavier_uniform_": {"gain": 2.0},
    "xavier_normal_": {}, "kaiming_uniform_": {"a": 0.1, "mode": "fan_out"},
    "kaiming_normal_": {"nonlinearity": "relu"}, "trunc_normal_": {"std": 1.5, "a": -2.0, "b": 1.0},
    "orthogonal_": {"gain": 2.0}, "sparse_": {"sparsity": 0.3},
}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("shape", [(120, 80), (80, 120)])
def test_distribution_is_pytorchs(name, shape):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    torch.manual_seed(0)
    theirs = getattr(torch.nn.init, name)(torch.zeros(shape), **TORCH[name]).numpy()
    ours = getattr(nn.init, name)(weights(*shape), rng=0, **TORCH[name]).numpy()
    # Kolmogorov and Smirnov: the largest distance of two samples' distribution functions is below this in all but one
    # of a million cases.
    everything = np.sort(np.concatenate([ours.ravel(), theirs.ravel()]))
    below = [np.searchsorted(np.sort(w, axis=None), everything, side="right") / w.size for w in (ours, theirs)]
    assert np.abs(below[0] - below[1]).max() < math.sqrt(-math.log(1e-6 / 2) / ours.size)


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"])
def test_gains_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)
    assert nn.init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)


@given(units=st.integers(1, 8), inputs=st.integers(0, 30), k=st.integers(0, 12))
def test_sparse_connects_each_unit_to_k_inputs(units, inputs, k):
    w = nn.init.sparse_(weights(units, inputs), k=k, rng=0).numpy()
    assert (np.count_nonzero(w, axis=1) == min(k, inputs)).all()


@given(rows=st.integers(1, 6), columns=st.integers(1, 6), gain=st.sampled_from([1.0, 0.5]))
def test_orthogonal_rows_or_columns(rows, columns, gain):
    w = nn.init.orthogonal_(nn.Parameter(np.zeros((rows, columns)), dtype=float), gain, rng=0).numpy()
    square = w @ w.T if rows <= columns else w.T @ w
    np.testing.assert_allclose(square, gain**2 * np.eye(len(square)), atol=1e-14)


@pytest.mark.parametrize(("channels", "groups"), [((4, 4), 1), ((6, 2), 1), ((4, 2), 2)])
def test_dirac_passes_its_input_on(channels, groups):
    w = nn.init.dirac_(weights(*channels, 3, 3), groups)
    x = np.random.default_rng(0).standard_normal((2, channels[1] * groups, 5, 5)).astype(np.float32)
    y = ag.conv2d(x, w, padding=1, groups=groups).numpy()
    kept = min(channels[0], x.shape[1])
    np.testing.assert_array_equal(y[:, :kept], x[:, :kept])


def test_a_layer_of_equal_weights_warns_of_broken_symmetry():
    for start in (nn.init.zeros_, nn.init.ones_, functools.partial(nn.init.constant_, value=0.3)):
        with pytest.warns(nn.init.SymmetryWarning, match="the units get equal gradients and stay equal"):
            start(weights(3, 2))
        start(weights(3))
        start(weights(1, 2))  # one unit has nobody to be equal to


def test_a_model_is_started_as_a_whole():
    model = nn.Sequential(nn.Linear(300, 100, rng=1), nn.ReLU(), nn.Linear(100, 2, bias=False, rng=1))
    assert nn.init.initialize(model, nn.init.kaiming_normal_, bias=0.01, rng=0) is model
    assert set(model[0].bias.tolist()) == {float(np.float32(0.01))}
    assert model[0].weight.numpy().std() == pytest.approx(math.sqrt(2 / 300), rel=0.05)
    twin = nn.init.initialize(nn.Sequential(nn.Linear(300, 100), nn.ReLU()), nn.init.kaiming_normal_, rng=0)
    np.testing.assert_array_equal(model[0].weight.numpy(), twin[0].weight.numpy())
    seeded = functools.partial(nn.init.normal_, rng=3)  # a function that brings its own seed keeps it
    first, second = (nn.init.initialize(nn.Linear(4, 4), seeded).weight.numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)
    with pytest.warns(nn.init.SymmetryWarning) as said:
        nn.init.initialize(twin, nn.init.zeros_)
    assert {warning.filename for warning in said} == {__file__}  # where it was asked for, not inside the library
    assert not twin[0].weight.numpy().any()
    with pytest.raises(DTypeError, match="initialize: weight='he'"):
        nn.init.initialize(model, "he")


def test_starting_is_a_write_that_a_pending_backward_notices():
    w = nn.Parameter(np.ones((2, 2)))
    loss = (w * w).sum()
    nn.init.xavier_normal_(w, rng=0)
    with pytest.raises(SavedArrayError):
        loss.backward()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
@pytest.mark.parametrize(
    "name", ["lecun_normal_", "xavier_uniform_", "kaiming_normal_", "orthogonal_", "sparse_", "eye_"])
def test_empty_weights_need_no_special_care(name, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert getattr(nn.init, name)(weights(*shape)).shape == shape


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.init.kaiming_normal_(weights(3)), "no fan-in and fan-out"),
    (lambda: nn.init.kaiming_normal_(weights(3, 2), mode="in"), "mode='in'"),
    (lambda: nn.init.calculate_gain("swish"), "no gain for 'swish'; known are linear"),
    (lambda: nn.init.normal_(weights(2), std=-1), "std=-1"),
    (lambda: nn.init.trunc_normal_(weights(2), a=50, b=51), "almost nothing of N"),
    (lambda: nn.init.sparse_(weights(3)), "expected a matrix"),
    (lambda: nn.init.sparse_(weights(3, 2), 1.5), "sparsity=1.5"),
    (lambda: nn.init.sparse_(weights(3, 2), k=-1), "k=-1"),
    (lambda: nn.init.orthogonal_(weights(3)), "two axes or more"),
    (lambda: nn.init.eye_(weights(3)), "use dirac_"),
    (lambda: nn.init.dirac_(weights(3, 3)), "See also eye_"),
    (lambda: nn.init.dirac_(weights(3, 3, 3), groups=2), "does not divide the 3 output channels"),
])
def test_what_is_refused(call, message):
    with pytest.raises((OptionError, ShapeError), match=message):
        call()
