"""Models handed to gradcheck: every parameter is checked, and everything is left as it was."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import GradcheckError, gradcheck

X = np.random.default_rng(0).standard_normal((5, 3))


class Noisy(nn.Module):
    """Scales by batch statistics and drops at random: its state changes in every call."""

    def __init__(self, *, rng):
        self.scale = nn.Parameter(np.ones(3))
        self.mean = nn.Buffer(np.zeros(3))
        self.calls = np.array(0)
        self.rng = rng

    def forward(self, x):
        mean = x.mean(axis=0)
        self.mean.data = (self.mean.data + 0.1 * mean.data).astype(np.float32)
        self.calls += 1
        return (x - mean) * self.scale * (self.rng.random(x.shape) < 0.7)


def model(rng=None):
    rng = rng or np.random.default_rng(3)
    return nn.Sequential(Noisy(rng=rng), nn.Linear(3, 4, rng=0), nn.ReLU(), nn.Linear(4, 2, rng=1))


def test_parameters_and_inputs_vary_under_their_names():
    report = gradcheck(model(), X)
    assert {c.input for c in report.comparisons if c.order == 1} == {
        "input 0", "0.scale", "1.weight", "1.bias", "3.weight", "3.bias"}


def test_the_model_is_left_as_it_was():
    rng = np.random.default_rng(3)
    net = model(rng)
    net[0].scale.grad = ag.tensor(np.ones(3, np.float32))
    own = [(p, p.data, p.node) for p in net.parameters()]
    before, drawn, mean = net.state_dict(), rng.bit_generator.state, net[0].mean
    gradcheck(net, X)
    for p, (owned, data, node) in zip(net.parameters(), own, strict=True):
        assert p is owned
        assert p.data is data
        assert p.node is node
        assert p.dtype == np.float32
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert net[0].rng is rng
    assert rng.bit_generator.state == drawn
    assert net[0].mean is mean
    assert net[0].calls == 0
    np.testing.assert_array_equal(net[0].scale.grad.numpy(), 1)
    assert net[1].weight.grad is None


def test_also_after_an_error():
    class Fails(nn.Linear):
        calls = 0

        def forward(self, x):
            Fails.calls += 1
            if Fails.calls == 5:
                raise KeyboardInterrupt
            return super().forward(x)

    net = Fails(3, 2, rng=0)
    weight = net.weight.data
    with pytest.raises(KeyboardInterrupt):
        gradcheck(net, X)
    assert net.weight.data is weight
    assert not net.weight.node.edges


def test_a_wrong_layer_is_named():
    class Wrong(nn.Linear):
        def forward(self, x):
            return super().forward(x) + self.weight.sum() - self.weight.detach().sum()

    with pytest.raises(GradcheckError, match=r"order 1: the gradient of 1\.weight is wrong, most of all at \(\d, \d\)"):
        gradcheck(nn.Sequential(nn.Tanh(), Wrong(3, 2, rng=0)), X)


def test_frozen_parameters_are_left_out():
    net = nn.Linear(3, 2, rng=0)
    net.bias.requires_grad = False
    assert {c.input for c in gradcheck(net, X, order=1).comparisons} == {"input 0", "weight"}


def test_shared_parameters_and_generators_stay_shared():
    rng = np.random.default_rng(0)
    first, second = Noisy(rng=rng), Noisy(rng=rng)
    second.scale = first.scale
    seen = []

    class Both(nn.Module):
        def __init__(self):
            self.first, self.second = first, second

        def forward(self, x):
            seen.append(self.first.rng is self.second.rng)
            return self.second(self.first(x))

    gradcheck(Both(), X, order=1)
    assert all(seen)


def test_a_model_of_many_parameters():
    net = nn.Sequential(nn.Linear(100, 200, rng=0), nn.ReLU(), nn.Linear(200, 10, rng=1))
    gradcheck(net, np.random.default_rng(0).standard_normal((8, 100)), directions=2)
