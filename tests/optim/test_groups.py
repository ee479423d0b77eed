"""Groups and names; gradients that are missing or not finite; what may happen to a parameter meanwhile."""

import copy

import numpy as np
import pytest
from cases import leaf

import autograd_core as ag
import nn
import optim
from autograd_core.errors import GraphError


def pair(**options):
    """Two parameters with gradients of 1, and an optimizer."""
    a, b = leaf(2), leaf(3)
    for p in (a, b):
        p.grad = ag.tensor(np.ones(p.shape))
    return a, b, optim.GD([("a", a), ("b", b)], lr=0.5, **options)


def test_a_model_names_its_parameters():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    assert optim.Adam(model).param_groups[0]["names"] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    head, body = optim.Adam([{"params": model[1], "lr": 0.1}, {"params": model[0]}]).param_groups
    assert (head.lr, body.lr) == (0.1, 0.001)
    assert head["names"] + body["names"] == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_groups_have_options_of_their_own():
    a, b = leaf(2), leaf(3)
    for p in (a, b):
        p.grad = ag.tensor(np.ones(p.shape))
    before = a.data.copy(), b.data.copy()
    optimizer = optim.GD([{"params": [a], "lr": 0.5}, {"params": [b], "maximize": True}], lr=0.25)
    optimizer.step()
    np.testing.assert_array_equal(a.data, before[0] - 0.5)
    np.testing.assert_array_equal(b.data, before[1] + 0.25)
    optimizer.lr = 2.0
    assert [group.lr for group in optimizer.param_groups] == [2.0, 2.0]
    with pytest.raises(optim.OptionError, match=r"GD: lr=-1; expected"):
        optimizer.lr = -1
    with pytest.raises(AttributeError, match="this group has no option 'momentum'; it has params, names, lr"):
        _ = optimizer.param_groups[0].momentum


def test_a_group_added_later_joins_in_and_a_wrong_one_changes_nothing():
    a, b, optimizer = pair()
    late = leaf(1)
    late.grad = ag.tensor(np.ones(1))
    before = late.data.copy()
    again = r"params\[\d\] is params\[a\] again"
    for wrong, message in (({"params": [a]}, again), ({"params": []}, "group 1"), ({}, "group 1")):
        with pytest.raises(ag.AutogradError, match=message):
            optimizer.add_param_group(wrong)
        assert len(optimizer.param_groups) == 1
    optimizer.add_param_group({"params": [late], "lr": 2.0})
    optimizer.step()
    np.testing.assert_array_equal(late.data, before - 2)
    assert [id(p) for p in optimizer.params] == [id(a), id(b), id(late)]


def test_frozen_parameters_stay_and_learn_again_when_thawed():
    model = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=0))
    optimizer = optim.SGD(model, lr=0.1, momentum=0.9)
    model[0].requires_grad_(False)
    frozen, learned = model[0].weight.data.copy(), model[1].weight.data.copy()
    model(np.ones((1, 2), np.float32)).sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(model[0].weight.data, frozen)
    assert (model[1].weight.data != learned).all()
    model[0].requires_grad_(True)
    optimizer.zero_grad()
    model(np.ones((1, 2), np.float32)).sum().backward()
    optimizer.step()
    assert (model[0].weight.data != frozen).any()


def test_a_parameter_that_becomes_a_view_is_written_through():
    flat, (a, b, optimizer) = np.zeros(5), pair()
    a.data, b.data = flat[:2], flat[2:]
    optimizer.step()
    np.testing.assert_array_equal(flat, -0.5)


def test_missing_raise_names_the_parameter_without_a_gradient():
    a, b, optimizer = pair(missing="raise")
    b.grad = None
    before = a.data.copy()
    with pytest.raises(GraphError, match=r"GD: params\[b\] has no gradient; no parameter was changed"):
        optimizer.step()
    np.testing.assert_array_equal(a.data, before)
    with pytest.raises(GraphError, match=r"GD: no parameter has a gradient; call loss.backward\(\) before"):
        optim.GD([leaf(1)]).step()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite(bad):
    moves = {}
    for choice in ("raise", "skip", "scale", "ignore"):
        a, b, optimizer = pair(nonfinite=choice)
        b.grad = ag.tensor(np.array([1.0, bad, 3.0]))
        before = [p.data.copy() for p in (a, b)]
        if choice == "raise":
            with pytest.raises(GraphError, match=rf"GD: the gradient of params\[b\] is {bad} at \(1,\); no parameter"):
                optimizer.step()
        else:
            optimizer.step()
        moves[choice] = [p.data - old for p, old in zip((a, b), before, strict=True)]
    for choice in ("raise", "skip"):
        assert not any(move.any() for move in moves[choice])
    for choice in ("scale", "ignore"):
        np.testing.assert_allclose(moves[choice][0], -0.5)
    np.testing.assert_allclose(moves["scale"][1], [0, 0 if np.isnan(bad) else -0.5 * np.sign(bad), 0])
    np.testing.assert_array_equal(np.isfinite(moves["ignore"][1]), [True, False, True])


def test_huge_finite_gradients_are_finite():
    p = leaf(2, dtype=np.float32)
    p.grad = ag.tensor(np.array([1e30, -1e30], np.float32))  # their squares are not
    before = p.data.copy()
    optim.GD([p], lr=1e-30).step()
    np.testing.assert_allclose(p.data, before - [1, -1], rtol=1e-6)


def test_a_deep_copy_of_model_and_optimizer_goes_its_own_way():
    model = nn.Linear(2, 1, rng=0)
    optimizer = optim.Adam(model, lr=0.1)
    model(np.ones((1, 2), np.float32)).sum().backward()
    optimizer.step()
    twin, twin_optimizer = copy.deepcopy((model, optimizer))
    before = model.weight.data.copy()
    for m, o in ((twin, twin_optimizer), (model, optimizer)):
        assert (model.weight.data == before).all()
        o.zero_grad()
        m(np.ones((1, 2), np.float32)).sum().backward()
        o.step()
    np.testing.assert_array_equal(twin.weight.data, model.weight.data)


def test_gradients_accumulate_until_zero_grad():
    a, b, optimizer = pair()
    optimizer.zero_grad()
    before = a.data.copy()
    for _ in range(4):
        ((a.sum() + b.sum()) / 4).backward()
    optimizer.step()
    np.testing.assert_array_equal(a.data, before - 0.5)
