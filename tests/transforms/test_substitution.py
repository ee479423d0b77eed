"""Other values in the place of parameters: a model as a function of them, and everything as before afterwards."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError


def test_a_model_becomes_a_function_of_its_parameters():
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh(), nn.Linear(4, 1, rng=rng)).to(np.float64)
    parameters, x = list(model.parameters()), rng.standard_normal((5, 3))

    def loss_of(values):
        with ag.substitute(parameters, values):
            return model(x).square().sum()

    values = [p.numpy() for p in parameters]
    loss = model(x).square().sum()
    loss.backward()
    for p, g in zip(parameters, ag.grad(loss_of)(values), strict=True):
        np.testing.assert_array_equal(p.grad.numpy(), g.numpy())
    others = [v + 1 for v in values]
    assert loss_of(others).item() != loss.item()
    assert model(x).square().sum().item() == loss.item()


def test_the_tensors_are_themselves_again_whatever_happens():
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    data, node = w.data, w.node
    seen = []

    def use():
        with ag.substitute([w], [[5.0, 6.0]]):
            seen.append((w.tolist(), w.requires_grad))
            raise KeyError

    with pytest.raises(KeyError):
        use()
    assert seen == [([5.0, 6.0], False)]
    assert (w.data is data, w.node is node, w.name) == (True, True, "w")


def test_a_view_that_was_substituted_shows_its_memory_again():
    w = ag.tensor([1.0, 2.0])
    part = w[:1]
    with ag.substitute([part], [[9.0]]):
        assert part.tolist() == [9.0]
    w[0] = ag.tensor(7.0, requires_grad=True)
    assert part.tolist() == [7.0]


@pytest.mark.parametrize(("values", "message"), [
    ([], "0 values for 1 tensors"), ([[1.0]], r"shape \(1,\); expected \(2,\)"),
])
def test_values_that_do_not_fit_change_nothing(values, message):
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ShapeError, match=message), ag.substitute([w], values):
        raise AssertionError("never reached")
    assert w.tolist() == [1.0, 2.0]


def test_values_may_be_the_tensors_themselves_in_another_order():
    a, b = ag.tensor([1.0], requires_grad=True), ag.tensor([2.0])
    with ag.substitute(iter([a, b]), [b, a]):
        assert (a.item(), b.item(), a.requires_grad, b.requires_grad) == (2.0, 1.0, False, True)
    with pytest.raises(ag.GraphError, match=r"tensors\[1\] is there twice"), ag.substitute([a, a], [[1.0], [2.0]]):
        raise AssertionError("never reached")
