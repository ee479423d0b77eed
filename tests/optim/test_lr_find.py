"""The learning-rate range test: what it suggests, and that it touches nothing."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim


def problem(curvature=1.0, seed=0):
    """Least squares on inputs of variance ``curvature``: gradient descent explodes above 1 / curvature."""
    rng = np.random.default_rng(seed)
    x = (np.sqrt(curvature) * rng.standard_normal((64, 3))).astype(np.float32)
    y = x @ np.array([[1.0], [2.0], [3.0]], np.float32)
    batches = [(x[i : i + 16], y[i : i + 16]) for i in range(0, 64, 16)]
    return nn.Linear(3, 1, bias=False, rng=seed), batches


@pytest.mark.parametrize(("curvature", "expected"), [(0.02, 10.0), (2.0, 0.1), (200.0, 1e-3)])
def test_the_largest_power_of_ten_that_calms_is_suggested(curvature, expected):
    model, batches = problem(curvature)
    test = optim.lr_find(model, optim.GD(model), nn.MSELoss(), batches, start=100.0)
    assert test.suggestion == pytest.approx(expected)
    assert test.rates[:3] == pytest.approx([100.0, 10.0, 1.0])
    assert test.losses[test.rates.index(test.suggestion)][-1] < test.losses[-1][-1]
    larger = test.rates.index(test.suggestion) - 1
    assert not test.losses[larger][-1] < test.losses[larger][0]


def test_a_sweep_suggests_a_rate_below_the_explosion():
    model, batches = problem()
    test = optim.lr_find(model, optim.GD(model), nn.MSELoss(), batches, method="up", start=1e-4, stop=100.0)
    assert 1e-3 < test.suggestion < 1.0
    assert test.losses[-1] == [np.inf]  # it stops where the loss exploded
    assert len(test.rates) == len(test.losses) < 100


@pytest.mark.parametrize("method", ["down", "up"])
def test_nothing_is_touched_not_even_what_is_random(method):
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.BatchNorm1d(8), nn.Dropout(0.5, rng=0), nn.Linear(8, 1, rng=0))
    _, batches = problem()
    optimizer = optim.Adam(model, lr=0.02)
    loss = nn.MSELoss()

    def train():
        optimizer.zero_grad()
        loss(model(batches[0][0]), batches[0][1]).backward()
        optimizer.step()

    train()
    before = model.state_dict(), optimizer.state_dict(), model[2].rng.bit_generator.state
    gradients = [p.grad for p in model.parameters()]
    optim.lr_find(model, optimizer, loss, batches, method=method, steps=8)
    np.testing.assert_equal((model.state_dict(), optimizer.state_dict(), model[2].rng.bit_generator.state), before)
    assert all(p.grad is g for p, g in zip(model.parameters(), gradients, strict=True))
    train()


def test_batches_may_be_few_or_an_iterator():
    model, batches = problem()
    few = optim.lr_find(model, optim.GD(model), nn.MSELoss(), iter(batches[:1]), steps=8)
    assert all(len(losses) <= 9 for losses in few.losses)
    assert len(few.losses[-1]) == 8


def test_no_rate_may_be_good():
    model, batches = problem()
    test = optim.lr_find(model, optim.GD(model, maximize=True), nn.MSELoss(), batches)
    assert test.suggestion is None


def test_the_plots_mark_the_suggestion():
    pytest.importorskip("matplotlib", reason="draws the plots")
    for method in ("down", "up"):
        model, batches = problem()
        test = optim.lr_find(model, optim.GD(model), nn.MSELoss(), batches, method=method)
        figure = test.plot()
        labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert sum("suggestion" in label for label in labels) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "sideways"}, "lr_find: method='sideways'; expected 'down' or 'up'"),
        ({"start": 1e-9}, 'start=1e-09, stop=1e-06; "down" expects rates that go down'),
        ({"method": "up", "start": 100.0}, '"up" expects rates that go up'),
        ({"steps": 1}, "lr_find: steps=1; expected at least 4"),
    ],
)
def test_bad_options_are_refused(options, message):
    model, batches = problem()
    with pytest.raises(optim.OptionError, match=message):
        optim.lr_find(model, optim.GD(model), nn.MSELoss(), batches, **options)
    with pytest.raises(optim.OptionError, match="there are no batches"):
        optim.lr_find(model, optim.GD(model), nn.MSELoss(), [])
    assert isinstance(model.weight, ag.Tensor)
