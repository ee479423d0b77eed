"""Module: what belongs to it, loading and saving its values, paths on the graph, and its errors."""

import copy
import itertools

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, GraphError, InPlaceError, SavedArrayError, SelectionError, ShapeError


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
        ("linear", "body.0"), ("relu", "body.1"), ("linear", "body.2"), ("multiply", ""),
        ("cross_entropy", ""), ("mean", ""),
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
        "load_state_dict: the state does not fit this Net; nothing was loaded.\n"
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


@pytest.mark.parametrize("strict", [True, False])
def test_a_shared_tensor_takes_one_value(strict):
    tied = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 2, rng=1))
    tied[1].weight = tied[0].weight
    state = {name: array + 1 for name, array in tied.state_dict().items()}
    tied.load_state_dict(state, strict)  # equal copies
    np.testing.assert_array_equal(tied[1].weight.numpy(), state["0.weight"])
    before = tied.state_dict()
    state["1.weight"][0, 0] += 1
    with pytest.raises(nn.StateError, match=r"shared but different: 0\.weight and 1\.weight are one tensor here$"):
        tied.load_state_dict(state, strict)
    assert same(tied.state_dict(), before)
    tied.load_state_dict(state | dict.fromkeys(("0.weight", "1.weight"), np.full((2, 2), np.nan)))


@pytest.mark.parametrize("value", ["text", 1j, None])
def test_values_that_are_not_real_numbers_are_refused_and_change_nothing(value):
    net = Net()
    before = net.state_dict()
    with pytest.raises(nn.StateError, match=r"(?s)load_state_dict: .*body\.2\.bias has dtype"):
        net.load_state_dict(before | {"scale": 9.0, "body.2.bias": value})
    assert same(net.state_dict(), before)


@pytest.mark.parametrize(("name", "value", "message"), [
    ("1.num_batches_tracked", 2.7, r"1\.num_batches_tracked holds 2\.7, which int64 cannot"),
    ("1.num_batches_tracked", np.nan, "holds nan, which int64 cannot"),
    ("1.num_batches_tracked", 1e30, "holds 1e"),
    ("1.num_batches_tracked", 2**63, "which int64 cannot"),
    ("1.num_batches_tracked", -3, r"1\.num_batches_tracked=-3; expected at least 0"),
    ("0.bias", [1.0, -1e300], r"0\.bias holds -1e\+300, which float32 cannot"),
])
def test_values_that_the_dtype_or_the_layer_cannot_hold_are_refused_and_change_nothing(name, value, message):
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    before = net.state_dict()
    with pytest.raises(nn.StateError, match=message):
        net.load_state_dict({key: array + 1 for key, array in before.items()} | {name: value})
    assert same(net.state_dict(), before)
    net.load_state_dict(before | {"0.bias": [np.inf, np.nan], "1.num_batches_tracked": 7.0})  # these it can
    assert net[1].num_batches_tracked.item() == 7


def test_read_only_memory_is_refused_before_anything_changes():
    net = nn.Linear(3, 2)
    net.bias.data.flags.writeable = False
    before = net.state_dict()
    with pytest.raises(nn.StateError, match="read-only: the memory of bias"):
        net.load_state_dict({key: array + 1 for key, array in before.items()})
    assert same(net.state_dict(), before)
    net.load_state_dict({"weight": before["weight"] + 1}, strict=False)


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
    tail = model[1:]
    assert (type(tail), list(tail.named_children())) == (nn.Sequential, [("1", second)])
    assert list(model[:].named_children()) == [("0", first), ("1", second)]
    assert nn.Sequential()(3.0) == 3.0
    with pytest.raises(SelectionError, match="Sequential: no element 2; it has 2"):
        model[2]
    with pytest.raises(DTypeError, match="Sequential: a list; pass modules one by one"):
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


class Normed(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter([1.0, 2.0])
        self.mean = nn.Buffer([0.5, 0.5])
        self.register_buffer("steps", 3)
        self.scratch = nn.Buffer([7.0], persistent=False)
        self.inner = nn.Linear(2, 2, rng=0)

    def forward(self, x):
        return self.inner((x - self.mean) * self.weight)


def test_buffers_are_constants_that_are_saved_with_the_model():
    model = Normed()
    assert [name for name, _ in model.named_buffers()] == ["mean", "steps", "scratch"]
    assert list(model.state_dict()) == ["weight", "mean", "steps", "inner.weight", "inner.bias"]
    assert (model.mean.dtype, model.steps.dtype, model.mean.requires_grad) == (np.float32, np.int64, False)
    model.load_state_dict(model.state_dict() | {"steps": 9})
    assert model.steps.item() == 9
    with pytest.raises(DTypeError, match=r"Normed\.mean is a buffer .* assign an nn\.Buffer"):
        model.mean = np.zeros(2)
    twin = copy.deepcopy(model)
    assert same(twin.state_dict(), model.state_dict())
    assert not twin.scratch.persistent


def test_to_converts_floats_and_their_gradients_and_nothing_else():
    model = Normed()
    model(np.ones((1, 2), np.float32)).sum().backward()
    weight, grad = model.weight, model.weight.grad.numpy()
    assert model.to(np.float64) is model
    assert model.weight is weight
    assert (weight.name, weight.node.params) == ("weight", {"role": "parameter"})
    assert {p.dtype for p in model.parameters()} == {p.grad.dtype for p in model.parameters()} == {np.dtype(float)}
    np.testing.assert_array_equal(weight.grad.numpy(), grad)
    assert (model.mean.dtype, model.steps.dtype) == (np.float64, np.int64)
    assert model(np.ones((1, 2))).dtype == np.float64
    with pytest.raises(DTypeError, match="<class 'int'> is not a float dtype"):
        model.to(int)


def test_frozen_parameters_get_no_gradient_and_can_be_thawed():
    model = Normed().requires_grad_(False)
    model.weight.requires_grad = True
    data = model.inner.weight.data
    model(np.ones((1, 2))).sum().backward()
    assert model.weight.grad is not None
    assert model.inner.weight.grad is None
    model.requires_grad_()
    assert model.inner.weight.data is data
    assert model.inner.weight.node.params == {"role": "parameter"}


def test_hooks_see_and_replace_arguments_and_outputs_and_can_be_removed():
    model, calls = nn.ReLU(), []
    remove_before = model.register_forward_pre_hook(lambda module, args: (args[0] + 1.0,))
    remove_after = model.register_forward_hook(lambda module, args, output: calls.append((args, output)))
    remove_last = model.register_forward_hook(lambda module, args, output: output * 10)
    x = ag.tensor(1.0)
    assert model(x).item() == 20
    assert [(args[0].item(), y.item()) for args, y in calls] == [(2.0, 2.0)]
    for remove in (remove_before, remove_after, remove_last, remove_last):
        remove()
    assert model(x).item() == 1
    assert len(calls) == 1


def test_apply_goes_from_children_to_parents():
    seen = []
    net = Net()
    assert net.apply(seen.append) is net
    assert seen[-1] is net
    assert set(map(id, seen)) == set(map(id, net.modules()))
    assert seen.index(net.body[0]) < seen.index(net.body)


class Deep(nn.Module):
    def __init__(self):
        self.layers = nn.ModuleList([nn.Linear(2, 2, rng=i) for i in range(2)])
        self.heads = nn.ModuleDict({"a": nn.ModuleList([nn.Linear(2, 1, rng=0)])})
        self.layers.append(nn.Residual(nn.Tanh()))
        self.scales = nn.ParameterList([nn.Parameter(1.0)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.heads["a"][0](x) * self.scales[0]


def test_paths_go_through_lists_and_dicts_of_modules():
    model = Deep()
    y = model(np.ones((1, 2)))
    paths = [v.path for v in ag.graph(y).vertices if v.op]
    assert paths == ["layers.0", "layers.1", "layers.2.module", "layers.2", "heads.a.0", ""]
    assert {path for path in paths if path} <= {path for path, _ in model.named_modules()}
    assert model.get_submodule("layers.2.module") is model.layers[2].module
    with pytest.raises(SelectionError, match=r"Deep: no module 'layers\.9'; there are '', 'layers', "):
        model.get_submodule("layers.9")


def test_lists_and_dicts_of_modules():
    model = Deep()
    assert (len(model.layers), len(model.heads), len(model.scales)) == (3, 1, 1)
    assert model.layers[-1] is model.layers[2]
    model.layers[-1] = replacement = nn.ReLU()
    assert list(model.layers)[2] is replacement
    assert list(model.heads.keys()) == list(model.heads) == ["a"]
    assert next(iter(model.heads.items()))[1] is next(model.heads.values()) is model.heads["a"]
    assert "b" not in model.heads
    with pytest.raises(SelectionError, match="ModuleList: no element 3; it has 3"):
        model.layers[3]
    with pytest.raises(SelectionError, match="ModuleDict: no 'b'; it has 'a'"):
        model.heads["b"]
    with pytest.raises(SelectionError, match="'train' cannot name an element"):
        model.heads["train"] = nn.ReLU()
    with pytest.raises(DTypeError, match="ModuleList: element '3' is not a Module, but: 3"):
        model.layers.append(3)
    with pytest.raises(DTypeError, match="ParameterList: element '1' is not a Parameter, but: tensor"):
        model.scales.append(ag.tensor(1.0))


@pytest.mark.parametrize(("sizes", "count"), [((3, 4, 2), 26), ((3, 4, 4, 1), 41)])
def test_summary_counts_what_the_textbook_counts(sizes, count):
    layers = [nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
    found = nn.summary(nn.Sequential(*layers), (1, 3))
    assert (found.learnable, found.frozen, found.state_bytes) == (count, 0, 4 * count)
    assert found.output_bytes == 4 * sum(sizes[1:])


def test_summary_leaves_the_model_as_it_was():
    model = Normed()
    model.inner.training = False
    model.weight.requires_grad = False
    found = nn.summary(model, (5, 2))
    assert (model.training, model.inner.training) == (True, False)
    assert not model._after
    assert (found.learnable, found.frozen) == (6, 2)
    assert [(row.path, row.output) for row in found.rows] == [("", "(5, 2)"), ("inner", "(5, 2)")]
    assert str(nn.summary(model)).count("(5, 2)") == 0
    with pytest.raises(ShapeError, match="linear"):
        nn.summary(nn.Linear(3, 2), (1, 4))
    with pytest.raises(ShapeError, match="3 is not a shape"):
        nn.summary(nn.Linear(3, 2), 3)


def test_append_after_a_slice_takes_a_free_name():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    tail = model[1:].append(nn.Tanh())
    assert [type(layer) for layer in tail] == [nn.ReLU, nn.Linear, nn.Tanh]
    assert [type(layer) for layer in nn.Sequential({"1": nn.ReLU()}).append(nn.Tanh())] == [nn.ReLU, nn.Tanh]


@pytest.mark.parametrize("make", [lambda *modules: nn.Sequential(*modules), lambda *modules: nn.ModuleList(modules)])
def test_elements_can_be_replaced_inserted_and_taken_out(make):
    first, second, third = nn.ReLU(), nn.Tanh(), nn.Sigmoid()
    modules = make(first, second)
    modules[-1] = third
    assert list(modules) == [first, third]
    assert list(modules.insert(1, second)) == [first, second, third]
    del modules[0]
    assert [name for name, _ in modules.named_children()] == ["0", "1"]
    assert list(modules[::-1]) == [third, second]
    with pytest.raises(SelectionError, match="no element 2; it has 2"):
        del modules[2]
    with pytest.raises(DTypeError, match="'0' is no position"):
        modules["0"]


@pytest.mark.parametrize("name", ["forward", "train", "a.b", "", 3])
def test_a_name_that_would_hide_a_method_is_refused(name):
    for make in (nn.Sequential, nn.ModuleDict):
        with pytest.raises(SelectionError, match="cannot name an element"):
            make({name: nn.ReLU()})


def test_a_dict_of_modules_can_be_changed():
    heads = nn.ModuleDict({"a": nn.ReLU()})
    heads.update({"b": nn.Tanh()})
    assert isinstance(heads.pop("a"), nn.ReLU)
    assert list(heads) == ["b"]
    with pytest.raises(SelectionError, match="no 'a'"):
        del heads["a"]


@pytest.mark.parametrize("value", [[nn.ReLU()], (nn.ReLU(),), {"a": nn.ReLU()}, [nn.Parameter(1.0)]])
def test_a_plain_list_of_what_should_belong_to_the_model_warns(value):
    model = nn.Module()
    with pytest.warns(nn.LostModuleWarning, match=r"parts is a plain .* Use nn\.(Module|Parameter)List") as caught:
        model.parts = value
    assert caught[0].filename == __file__


def test_a_hook_that_is_registered_twice_is_removed_once():
    model, calls = nn.ReLU(), []

    def hook(module, args, output):
        calls.append(1)

    remove = model.register_forward_hook(hook)
    model.register_forward_hook(hook)
    remove()
    model(1.0)
    assert calls == [1]
    with pytest.raises(DTypeError, match="a hook must be a function, got 3"):
        model.register_forward_pre_hook(3)
