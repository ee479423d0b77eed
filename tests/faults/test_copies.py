"""copy, deepcopy and pickle: leaves are copied with what belongs to them; what would lose its graph is refused."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
import nn


def pickled(t):
    return pickle.loads(pickle.dumps(t))  # noqa: S301  # made a moment ago


again = pytest.mark.parametrize("again", [copy.deepcopy, pickled])


@again
def test_a_leaf_is_copied_with_its_gradient_and_name(again):
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w", dtype="float32")
    w.register_hook(lambda g: g * 3)
    (w * w).sum().backward()
    twin = again(w)
    assert (twin.name, twin.dtype, twin.requires_grad, twin.is_leaf) == ("w", np.float32, True, True)
    assert (twin.tolist(), twin.grad.tolist()) == ([1.0, 2.0], [6.0, 12.0])
    assert not np.shares_memory(twin.data, w.data)
    assert not np.shares_memory(twin.grad.data, w.grad.data)
    twin.zero_grad()
    (twin * twin).sum().backward()  # hooks stay behind
    assert (twin.grad.tolist(), w.grad.tolist()) == ([2.0, 4.0], [6.0, 12.0])


@again
@pytest.mark.parametrize("data", [1.5, [], [[1, 2]], True, np.ones((2, 0)), np.arange(6.0).reshape(2, 3).T])
def test_a_constant_is_copied_as_a_constant(again, data):
    t = ag.tensor(data)
    twin = again(t)
    assert (twin.shape, twin.dtype, twin.tolist()) == (t.shape, t.dtype, t.tolist())
    assert not twin.requires_grad


@again
def test_a_view_is_copied_as_a_tensor_of_its_own(again):
    base = ag.tensor(np.arange(6.0).reshape(2, 3))
    twin = again(base[0])
    base += 10
    assert twin.tolist() == [0.0, 1.0, 2.0]
    repeated = again(ag.broadcast_to(ag.tensor(1.0), (3,)))
    repeated[0] = 2.0
    assert repeated.tolist() == [2.0, 1.0, 1.0]


@again
def test_what_was_one_stays_one(again):
    t = ag.tensor(1.0, requires_grad=True)
    a, b = again([t, t])
    assert a is b


@again
def test_a_result_is_refused_at_any_depth(again):
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    for _ in range(20_000):
        y = y + 1.0
    for held in (y, [y], {"loss": y}):
        with pytest.raises(ag.GraphError, match=r"deepcopy or pickle: this tensor is part of a graph.*\.detach\(\)"):
            again(held)
    assert again(y.detach()).tolist() == y.tolist()
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_shallow_copy_is_a_clone():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    for t in (x, y):
        twin = copy.copy(t)
        assert not np.shares_memory(twin.data, t.data)
        x.zero_grad()
        twin.sum().backward(retain_graph=True)
        assert x.grad.tolist() == ag.gradients(t.sum(), x, retain_graph=True)[0].tolist()


@again
def test_a_model_is_copied_whole(again):
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
    model.scale = nn.Buffer([1.0], persistent=False)
    shared = nn.Sequential(model[0], model[0])
    model(np.ones((4, 3))).sum().backward()
    twin, twins = again(model), again(shared)
    for (name, p), (twin_name, q) in zip(model.named_parameters(), twin.named_parameters(), strict=True):
        assert (name, type(q)) == (twin_name, nn.Parameter)
        assert not np.shares_memory(p.data, q.data)
        np.testing.assert_array_equal(p.grad.numpy(), q.grad.numpy())
        assert q.node.params == {"role": "parameter"}
    assert twins[0] is twins[1]
    assert (type(twin.scale), twin.scale.persistent) == (nn.Buffer, False)
    before = model.state_dict()
    twin.zero_grad()
    twin(np.ones((4, 3))).sum().backward()
    for p in twin.parameters():
        p.data -= 1
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


class Tagged(ag.Tensor):
    """A subclass with attributes of its own."""

    def __init__(self, data, tag):
        made = ag.tensor(data, requires_grad=True)
        self._data, self.node, self.base, self.views, self._name = made._data, made.node, None, None, None
        self.tag = tag


@again
def test_attributes_of_a_subclass_come_along(again):
    twin = again(Tagged([1.0], ["a"]))
    assert (type(twin), twin.tag, twin.tolist()) == (Tagged, ["a"], [1.0])


def test_a_pickle_works_in_another_process():
    """There the tape's clock is behind: the copy has to be older than what is computed from it all the same."""
    for _ in range(10_000):
        w = ag.tensor([1.0, 2.0], requires_grad=True)
    program = ("import pickle, sys; w = pickle.loads(bytes.fromhex(sys.argv[1])); "
               "(w * w + w).sum().backward(); print(w.grad.tolist())")
    command = [sys.executable, "-c", program, pickle.dumps(w).hex()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[3.0, 5.0]", done.stderr
