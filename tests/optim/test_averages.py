"""Averages of weights: the formulas, the swap, saved states."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim

every = pytest.mark.parametrize("make", [lambda p: optim.EMA(p, decay=0.9), optim.SWA])


def walk(model, average, steps, seed=0):
    """Random steps; the weights after each."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in model.parameters():
            p.data = p.data + rng.standard_normal(p.shape).astype(np.float32)
        average.update()
        yield model.weight.data.copy()


def test_an_exponential_average():
    model = nn.Linear(3, 2, rng=0)
    average = optim.EMA(model, decay=0.9)
    first, *rest = walk(model, average, 20)
    for weight in rest:
        first = 0.9 * first + 0.1 * weight
    with average.applied():
        np.testing.assert_allclose(model.weight.data, first, rtol=1e-5, atol=1e-6)


def test_a_plain_average():
    model = nn.Linear(3, 2, rng=0)
    average = optim.SWA(model)
    weights = list(walk(model, average, 20))
    with average.applied():
        np.testing.assert_allclose(model.weight.data, np.mean(weights, axis=0), rtol=1e-5, atol=1e-6)


@every
def test_both_are_torchs(make):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    from torch.optim import swa_utils

    model, theirs = nn.Linear(3, 2, rng=0), torch.nn.Linear(3, 2)
    average = make(model)
    multi = swa_utils.get_ema_multi_avg_fn(0.9) if isinstance(average, optim.EMA) else None
    torch_average = swa_utils.AveragedModel(theirs, multi_avg_fn=multi)
    for _ in walk(model, average, 10):
        theirs.load_state_dict({name: torch.tensor(array) for name, array in model.state_dict().items()})
        torch_average.update_parameters(theirs)
    with average.applied():
        expected = torch_average.module.weight.detach().numpy()
        np.testing.assert_allclose(model.weight.data, expected, rtol=1e-6, atol=1e-6)


@every
def test_the_weights_come_back_exactly_also_after_an_error(make):
    model = nn.Linear(3, 2, rng=0)
    average = make(model)
    list(walk(model, average, 5))
    before, arrays = model.state_dict(), [p.data for p in model.parameters()]

    def fail():
        with average.applied():
            assert (model.weight.data != before["weight"]).any()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    np.testing.assert_equal(model.state_dict(), before)
    assert all(p.data is array for p, array in zip(model.parameters(), arrays, strict=True))


@every
def test_a_pending_backward_notices_the_swap(make):
    model = nn.Linear(3, 2, rng=0)
    average = make(model)
    list(walk(model, average, 2))
    x = ag.tensor(np.ones((1, 3), np.float32), requires_grad=True)
    loss = model(x).sum()
    with average.applied(), pytest.raises(ag.errors.SavedArrayError):
        loss.backward()


@every
def test_a_saved_average_goes_on_the_same(make):
    models = [nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=0)]
    a, b = make(models[0]), make(models[1])
    b.load_state_dict(a.state_dict())  # also before the first update
    list(walk(models[0], a, 4))
    models[1].load_state_dict(models[0].state_dict())
    b.load_state_dict(a.state_dict())
    for model, average in zip(models, (a, b), strict=True):
        list(walk(model, average, 4, seed=1))
    np.testing.assert_equal(a.state_dict(), b.state_dict())


@every
def test_what_cannot_be_averaged_is_refused(make):
    average = make(nn.Linear(3, 2))
    for call, message in (
        (lambda: make([]), "there is nothing to average"),
        (lambda: average.applied().__enter__(), r"there is no average before the first update\(\)"),
        (lambda: average.load_state_dict(5), r"the state is a int; this is not what \w+\.state_dict"),
        (lambda: average.load_state_dict({"updates": 1}), "no 'averages'; this is not what"),
        (lambda: average.load_state_dict({"updates": -1, "averages": {}}), "updates=-1; expected at least 0"),
        (lambda: average.load_state_dict({"updates": 1, "averages": {}}), "(?s)does not fit.*missing: weight; bias"),
        (lambda: optim.EMA(nn.Linear(3, 2), decay=1.0), "EMA: decay=1.0; expected"),
    ):
        with pytest.raises((optim.OptionError, ag.StateError), match=message):
            call()
