"""The textbook recipe, on data it works for and on data it should complain about."""

import numpy as np
import pytest

import nn
import optim
from autograd_core.errors import ShapeError


def spiral(count=192):
    """Three classes that no line separates."""
    rng = np.random.default_rng(0)
    y = np.arange(count) % 3
    r = rng.uniform(0.2, 1.0, count)
    angle = 2 * np.pi * y / 3 + 3 * r + 0.1 * rng.standard_normal(count)
    return (2 * r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)).astype(np.float32), y


def network():
    return nn.Sequential(nn.Linear(2, 32, rng=0), nn.Tanh(), nn.Linear(32, 3, rng=1))


def test_it_trains_a_network_and_says_how():
    (x, y), model = spiral(), network()
    report = optim.tune(model, nn.CrossEntropyLoss(), (x[:128], y[:128]), (x[128:], y[128:]), epochs=30,
                        batch_sizes=(8, 32), rng=0)
    assert [check.passed for check in report.checks] == [True] * 4
    assert report.lr in report.rates.rates
    assert report.batch_sizes[report.batch_size] == min(report.batch_sizes.values())
    assert len(report.train_losses) == len(report.test_losses) == len(report.epoch_rates) == 30
    accuracy = (model(x[128:]).data.argmax(axis=1) == y[128:]).mean()
    assert accuracy > 0.85
    assert report.train_losses[-1] < 0.4 * report.train_losses[0]
    shown = str(report)
    chosen = f"rate {report.lr:g}: loss", f"batch {report.batch_size}: loss"
    for words in ("ok  overfits 8 samples", *chosen, "epoch 29: rate"):
        assert words in shown
    pytest.importorskip("matplotlib", reason="draws the plots")
    figure = report.plot()
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [30, 30]


def test_the_rate_is_cut_by_ten_where_the_loss_has_stalled_for_a_fifth_of_the_run():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 2)).astype(np.float32)
    y = (x[:, :1] + rng.standard_normal((64, 1))).astype(np.float32)  # noise that a line cannot follow
    report = optim.tune(nn.Linear(2, 1, rng=0), nn.MSELoss(), (x, y), epochs=20, batch_sizes=(32,), rng=0)
    assert report.cuts
    first = report.cuts[0]
    assert report.epoch_rates[first] == pytest.approx(0.1 * report.lr)
    assert first >= 4
    assert not report.batch_sizes


def test_the_same_seed_gives_the_same_run():
    x, y = spiral(64)
    a, b = (optim.tune(network(), nn.CrossEntropyLoss(), (x, y), epochs=2, rng=3) for _ in range(2))
    assert a.train_losses == b.train_losses


def test_what_is_wrong_is_reported():
    x, y = spiral(64)
    report = optim.tune(network(), nn.CrossEntropyLoss(), (1000 * x, y), epochs=1, batch_sizes=(32,), rng=0)
    assert not {check.name: check.passed for check in report.checks}["normalised"]
    assert "NO  normalised: mean" in str(report)


def test_a_loss_that_never_calms_leaves_the_model_as_it_was():
    x, y = spiral(64)
    x[3, 0] = np.nan
    model = network()
    before = model.state_dict()
    with pytest.raises(optim.OptionError, match=r"no rate from 1 to 1e-6\. no NaN in the data: 1 are not"):
        optim.tune(model, nn.CrossEntropyLoss(), (x, y), rng=0)
    np.testing.assert_equal(model.state_dict(), before)


def test_a_split_is_data_and_other_things_are_refused():
    x, y = spiral(64)
    train, _, test = nn.split(x, y, test=0.25, rng=0)
    report = optim.tune(network(), nn.CrossEntropyLoss(), train, test, epochs=1, batch_sizes=(32,), rng=0)
    assert len(report.test_losses) == 1
    for data, message in (((x,), "train has no targets"), ((x, y[:3]), "expected as many rows")):
        with pytest.raises(ShapeError, match=message):
            optim.tune(network(), nn.CrossEntropyLoss(), data)
    for options, message in (({"epochs": 0}, "epochs=0"), ({"batch_sizes": ()}, "batch_sizes is empty")):
        with pytest.raises(optim.OptionError, match=message):
            optim.tune(network(), nn.CrossEntropyLoss(), (x, y), **options)
