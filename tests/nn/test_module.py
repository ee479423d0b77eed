"""Module: what belongs to it, loading and saving its values, paths on the graph, and its errors."""

import copy

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, GraphError, InPlaceError, SavedArrayError, SelectionError


class Net(nn.Module):
    def __init__(self, rng=0):
        rng = np.random.default_rng(rng)
        self.scale = nn.Parameter(2.0)
        self.body = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.ReLU(), nn.Linear(4, 2, rng=rng))
        self.note = "not a parameter"

    def forward(self, x):
        return self.body(x) * self.scale


def same(state, other):
    return state.keys() == other.keys() and all(np.array_equal(state[k], other[k]) for k in state)


def test_what_belongs_to_a_module_is_named_by_its_attributes_in_their_order():
    net = Net()
    names = ["scale", "body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"]
    assert [name for name, _ in net.named_parameters()] == names
    assert [p.shape for p in net.parameters()] == [(), (4, 3), (4,), (2, 4), (2,)]
    assert [path for path, _ in net.named_modules()] == ["", "body", "body.0", "body.1", "body.2"]
    assert [type(m) for m in net.modules()] == [Net, nn.Sequential, nn.Linear, nn.ReLU, nn.Linear]
    assert list(net.children()) == [net.body]
    assert [name for name, _ in net.body.named_children()] == ["0", "1", "2"]


def test_what_is_shared_is_listed_once_and_saved_under_every_name():
    net = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 2, rng=1))
    net[1].weight = net[0].weight
    net.again = net[0]
    assert [name for name, _ in net.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert [path for path, _ in net.named_modules()] == ["", "0", "1"]
    assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias", "again.weight", "again.bias"]


def test_train_and_eval_reach_every_module_and_return_the_model():
    net = Net()
    assert all(m.training for m in net.modules())
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    net.train()
    assert all(m.training for m in net.modules())


def test_zero_grad_forgets_every_gradient():
    net = Net()
    net(np.ones((1, 3))).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_every_recorded_op_carries_the_path_of_the_module_that_ran_it():
    loss = nn.CrossEntropyLoss()(Net()(np.ones((5, 3))), np.zeros(5, int))
    paths = [(v.op, v.path) for v in ag.graph(loss).vertices if v.op]
    assert paths == [
        ("linear", "body.0"), ("relu", "body.1"), ("linear", "body.2"), ("multiply", ""), ("cross_entropy", ""),
    ]


def test_the_path_ends_with_the_module_even_if_forward_raises():
    class Broken(nn.Module):
        def forward(self, x):
            raise KeyError("on purpose")

    model = nn.Sequential(Broken())
    with pytest.raises(KeyError):
        model(1.0)
    assert (ag.tensor(1.0, requires_grad=True) * 2).node.path == ""


def test_parameters_are_labelled_by_their_attribute_for_pictures():
    layer = nn.Linear(2, 2)
    named = nn.Module()
    named.factor = parameter = nn.Parameter(1.0)
    parameter.name = "mine"
    named.other = parameter
    assert (layer.weight.name, layer.bias.name, parameter.name) == ("weight", "bias", "mine")


def test_state_dict_is_a_copy():
    net = Net()
    state = net.state_dict()
    with ag.no_grad():
        net.scale += 1.0
    assert state["scale"] == 2.0


@pytest.mark.parametrize("as_given", [np.asarray, ag.tensor, np.ndarray.tolist, lambda a: a.astype(np.float64)])
def test_loading_makes_two_models_equal_whatever_the_kind_of_values(as_given):
    source, target = Net(rng=1), Net(rng=2)
    parameters = list(target.parameters())
    assert target.load_state_dict({k: as_given(v) for k, v in source.state_dict().items()}) == ([], [])
    assert same(source.state_dict(), target.state_dict())
    assert all(a is b for a, b in zip(parameters, target.parameters(), strict=True))
    assert {p.dtype for p in parameters} == {np.dtype(np.float32)}


def test_a_mismatch_lists_everything_and_changes_nothing():
    net = Net()
    before = net.state_dict()
    state = net.state_dict() | {"body.0.weight": np.zeros((3, 4)), "scale": np.zeros(2), "extra": 1.0, "more": 2.0}
    del state["body.2.bias"], state["body.0.bias"]
    state["body.2.weight"] = np.ones((2, 4))
    with pytest.raises(nn.StateError) as error:
        net.load_state_dict(state)
    assert str(error.value) == (
        "load_state_dict: the state does not fit Net; nothing was loaded.\n"
        "  missing: body.0.bias; body.2.bias\n"
        "  unexpected: extra; more\n"
        "  wrong shape: scale is (2,), expected (); body.0.weight is (3, 4), expected (4, 3)"
    )
    assert same(net.state_dict(), before)


def test_not_strict_loads_what_there_is_but_no_wrong_shape():
    net = Net()
    before = net.state_dict()
    assert net.load_state_dict({"scale": 5.0, "extra": 1}, strict=False) == (list(before)[1:], ["extra"])
    assert same(net.state_dict(), before | {"scale": np.float32(5)})
    with pytest.raises(nn.StateError, match=r"wrong shape: body\.2\.bias is \(3,\), expected \(2,\)$"):
        net.load_state_dict({"scale": 7.0, "body.2.bias": np.zeros(3)}, strict=False)
    assert net.scale.item() == 5


@pytest.mark.parametrize("value", ["text", 1j, None])
def test_values_that_are_not_real_numbers_are_refused_and_change_nothing(value):
    net = Net()
    before = net.state_dict()
    with pytest.raises(DTypeError, match=r"load_state_dict: body\.2\.bias has dtype"):
        net.load_state_dict(before | {"scale": 9.0, "body.2.bias": value})
    assert same(net.state_dict(), before)


def test_loading_values_that_alias_each_other_copies_them_first():
    pair = nn.Module()
    pair.a, pair.b = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0, 4.0])
    pair.load_state_dict({"a": pair.b, "b": pair.a})
    assert (pair.a.tolist(), pair.b.tolist()) == ([3.0, 4.0], [1.0, 2.0])


def test_loading_is_noticed_by_a_pending_backward():
    net = Net()
    x = ag.tensor(np.ones((1, 3)), requires_grad=True)
    y = net(x).sum()
    net.load_state_dict(Net(rng=3).state_dict())
    with pytest.raises(SavedArrayError, match=r"an assignment to \.data"):
        y.backward()
    assert x.grad is None


def test_repr_shows_the_tree():
    assert repr(Net()) == (
        "Net(\n"
        "  (body): Sequential(\n"
        "    (0): Linear(in_features=3, out_features=4, bias=True)\n"
        "    (1): ReLU()\n"
        "    (2): Linear(in_features=4, out_features=2, bias=True)\n"
        "  )\n"
        ")"
    )


def test_a_deep_copy_shares_nothing():
    net = Net()
    twin = copy.deepcopy(net)
    assert same(net.state_dict(), twin.state_dict())
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in twin.parameters())
    with ag.no_grad():
        twin.scale += 1.0
    assert net.scale.item() == 2


def test_a_parameter_cannot_be_lost_by_assigning_something_else():
    layer = nn.Linear(2, 2)
    weight = layer.weight
    with pytest.raises(DTypeError, match=r"Linear\.weight is a parameter .* assign an nn\.Parameter"):
        layer.weight = layer.weight * 0.5
    with pytest.raises(InPlaceError, match="a leaf that requires grad"):
        layer.weight -= 0.5
    assert layer.weight is weight
    layer.weight = replacement = nn.Parameter(np.zeros((2, 2)))
    assert layer.weight is replacement
    layer.weight = None
    assert [name for name, _ in layer.named_parameters()] == ["bias"]


def test_a_module_cannot_contain_itself():
    net = Net()
    with pytest.raises(GraphError, match="a module cannot contain itself"):
        net.body.parent = net
    assert not hasattr(net.body, "parent")


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Module has no forward\(\)"):
        nn.Module()(1)


def test_sequential():
    first, second = nn.Linear(2, 2), nn.Tanh()
    model = nn.Sequential(first, second)
    assert (len(model), list(model), model[0], model[-1]) == (2, [first, second], first, second)
    assert nn.Sequential()(3.0) == 3.0
    with pytest.raises(SelectionError, match="Sequential: no layer 2; it has 2"):
        model[2]
    with pytest.raises(DTypeError, match="Sequential: argument 0 is a list, not a Module"):
        nn.Sequential([first, second])


def test_parameter_is_a_float32_leaf_and_what_it_computes_is_a_plain_tensor():
    array = np.array([1.0, 2.0])
    parameter = nn.Parameter(array)
    array[0] = 9.0
    assert (parameter.dtype, parameter.is_leaf, parameter.requires_grad) == (np.float32, True, True)
    assert parameter.tolist() == [1.0, 2.0]
    assert type(parameter * 2) is type(parameter.detach()) is ag.Tensor
    (parameter * parameter).sum().backward()
    assert parameter.grad.tolist() == [2.0, 4.0]
    assert nn.Parameter(array, dtype=np.float64).dtype == np.float64
    with pytest.raises(DTypeError, match="int64 cannot have a gradient"):
        nn.Parameter([1], dtype=int)
    with pytest.raises(DTypeError, match="expected real numbers"):
        nn.Parameter(["a"], dtype=None)
