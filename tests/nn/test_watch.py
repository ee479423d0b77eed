"""watch: the numbers are those of the arrays, and what is wrong is said once, in words."""

import math
import weakref

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from autograd_core.errors import DTypeError, OptionError, ShapeError
from nn.watching.gauges import SAMPLED

pytestmark = pytest.mark.filterwarnings("ignore::nn.WatchWarning")  # beside those that a test is about
RNG = np.random.default_rng(0)
X = RNG.standard_normal((20, 3)).astype("f4")


def step(model, x=X, lr=0.001):
    """One step of gradient descent on the mean square of the output."""
    model.zero_grad()
    output = model(x)
    output = output[0] if isinstance(output, tuple) else output
    (output * output).mean().backward()
    optim.SGD(model, lr=lr).step()


def kinds(watch):
    return [(finding.kind, finding.module) for finding in watch.findings]


def test_the_numbers_are_those_of_activations_and_gradients():
    model = nn.Sequential(nn.Linear(3, 5, rng=0), nn.Tanh(), nn.Linear(5, 1, rng=1))
    hidden = ag.tanh(ag.tensor(X, requires_grad=True) @ model[0].weight.T + model[0].bias)
    hidden.retain_grad()
    (model[2](hidden) ** 2).mean().backward()
    with nn.watch(model, every=1) as watch:
        step(model)
    found = {key: values[0] for key, values in watch.history["1"].items()}
    for prefix, array in (("", hidden.numpy()), ("gradient_", hidden.grad.numpy())):
        assert found[f"{prefix}mean"] == pytest.approx(array.mean(dtype=float), rel=1e-5)
        assert found[f"{prefix}std"] == pytest.approx(array.std(dtype=float), rel=1e-5)
        assert found[f"{prefix}norm"] == pytest.approx(np.linalg.norm(array.astype(float)), rel=1e-5)
    assert found["saturated"] == pytest.approx((1 - hidden.numpy() ** 2 < 0.01).mean())
    assert math.isnan(found["dead"])
    assert watch.findings == []


def test_updates_are_relative_changes():
    model = nn.Sequential(nn.Linear(3, 5, rng=0), nn.ReLU(), nn.Linear(5, 1, rng=1))
    before = model.state_dict()
    with nn.watch(model, every=1) as watch:
        step(model, lr=0.01)
        for name, array in model.state_dict().items():
            wanted = np.linalg.norm(array.astype(float) - before[name]) / np.linalg.norm(before[name].astype(float))
            before[name] = wanted
        step(model)
    assert {name: values[0] for name, values in watch.updates.items()} == pytest.approx(before, rel=1e-9)


def test_large_parameters_are_sampled_at_random():
    model = nn.Linear(400, 64, rng=0)
    assert model.weight.size > 5 * SAMPLED
    with nn.watch(model, every=1) as watch, ag.no_grad():
        model(np.zeros((1, 400), "f4"))
        factors = np.where(np.arange(64) < 32, 1, 1.01).astype("f4")
        model.weight.data = model.weight.data * factors[:, None]  # half of it moves
    assert watch.updates["weight"] == pytest.approx([0.01 / math.sqrt(2)], rel=0.05)


def test_it_looks_at_every_kth_step_in_train_mode_only():
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.ReLU())
    with nn.watch(model, every=3) as watch:
        for _ in range(8):
            step(model)
            model.eval()(X)
            model.train()
    assert watch.steps == [1, 4, 7]
    assert {len(v) for layer in watch.history.values() for v in layer.values()} == {3}
    assert {len(v) for v in watch.updates.values()} == {3}


def test_the_update_is_found_though_gradients_are_accumulated():
    model = nn.Linear(3, 2, rng=0)
    optimizer = optim.SGD(model, lr=0.01)
    with nn.watch(model, every=4) as watch:
        for i in range(9):
            (model(X) ** 2).mean().backward()
            if i % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()
    assert watch.steps == [1, 5, 9]
    assert all(update > 0 for update in watch.updates["weight"][:2])
    assert math.isnan(watch.updates["weight"][2])


def relu_with(bias):
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
    model[0].bias.data = np.asarray(bias, "f4")
    return model


def test_dead_units_were_off_for_every_sample_seen():
    model = relu_with([-50, -50, 9, -50])
    with nn.watch(model, every=1, window=3) as watch:
        step(model)
        step(model)
        step(model)
        assert ("dead", "1") not in kinds(watch)  # the window is not over
        with pytest.warns(nn.WatchWarning, match="step 3: 1: 3 of 4 units are dead"):
            step(model)
        step(model)
    assert watch.history["1"]["dead"] == [0.75] * 5
    assert kinds(watch).count(("dead", "1")) == 1
    assert next(finding for finding in watch.findings if finding.kind == "dead").numbers == {"dead": 0.75}


def test_a_unit_that_fires_for_one_sample_in_a_window_is_alive():
    model = relu_with([-50, -50, -50, 9])
    rare = np.full((1, 3), 500.0, "f4") * np.sign(model[0].weight.numpy()[0])
    with nn.watch(model, every=1, window=2) as watch:
        step(model, np.concatenate([X, rare]), lr=0.0)
        step(model, lr=0.0)
        first = watch.history["1"]["dead"][0]
        assert first < 0.75
    assert watch.history["1"]["dead"] == [first, first]


def test_a_unit_that_dies_later_is_found_by_later_windows():
    model = relu_with([9, 9, 9, 9])
    with nn.watch(model, every=1, window=2) as watch:
        for _ in range(3):
            step(model)
        model[0].bias.data = np.full(4, -50, "f4")
        for _ in range(5):
            step(model)
    # steps 3 and 4 share a window, in which units fired; it counts until two later ones are over
    assert watch.history["1"]["dead"] == [0.0] * 6 + [1.0] * 2
    assert ("dead", "1") in kinds(watch)


def test_the_channels_of_an_image_are_units():
    model = nn.Sequential(nn.Conv2d(1, 2, 3, rng=0), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1, rng=0))
    model[0].bias.data = np.array([-50, 9], "f4")
    with pytest.warns(nn.WatchWarning, match="1: 1 of 2 units are dead"), nn.watch(model, every=1, window=1) as watch:
        step(model, RNG.standard_normal((5, 1, 4, 4)).astype("f4"))
    assert watch.history["1"]["dead"] == [0.5]


@pytest.mark.parametrize(("function", "dead", "saturated"), [
    (lambda x: -ag.relu(x), 1.0, math.nan), (lambda x: ag.maximum(x, 0) * 2, 1.0, math.nan),
    (lambda x: 1 - ag.tanh(x), math.nan, 1.0), (ag.sign, math.nan, math.nan), (ag.square, math.nan, math.nan),
])
def test_slopes_are_those_of_the_activation_whatever_follows_it_in_the_layer(function, dead, saturated):
    class Layer(nn.Module):
        def forward(self, x):
            return function(x)

    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Sequential(Layer(), nn.Dropout(0.1, rng=0)))
    model[0].bias.data = np.full(4, -50, "f4")
    with nn.watch(model, every=1, window=1) as watch:
        step(model, lr=0.0)
    assert watch.history["1.0"]["dead"] == pytest.approx([dead], nan_ok=True)
    assert watch.history["1.0"]["saturated"] == pytest.approx([saturated], nan_ok=True)
    assert math.isnan(watch.history["1.1"]["dead"][0])  # of the layer before it
    assert {kind for kind, path in kinds(watch) if path == "1.0"} >= {
        kind for kind, share in (("dead", dead), ("saturated", saturated)) if share == 1}


@pytest.mark.parametrize("activation", [nn.Sigmoid(), nn.Tanh()])
def test_saturation_is_said(activation):
    model = nn.Sequential(nn.Linear(3, 5, rng=0), activation, nn.Linear(5, 1, rng=0))
    model[0].weight.data = model[0].weight.data * 200
    with nn.watch(model, every=5) as watch:
        step(model)
        with pytest.warns(nn.WatchWarning, match="1: 9.% of its outputs are saturated"):
            step(model)
        for _ in range(30):
            step(model)
    assert kinds(watch).count(("saturated", "1")) == 1


def test_a_gradient_that_vanishes_or_explodes_is_said():
    def model(scale):
        layers = [nn.Linear(4, 4, bias=False) for _ in range(6)]
        for layer in layers:
            layer.weight.data = np.eye(4, dtype="f4") * scale
        return nn.Sequential(*layers)

    x = np.ones((2, 4), "f4")
    with nn.watch(model(0.01), every=1) as watch:
        step(watch._model, x)
    assert ("vanishing", "0") in kinds(watch)
    with nn.watch(model(20.0), every=1) as watch:
        step(watch._model, x, lr=1e-30)
    assert ("exploding", "0") in kinds(watch)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_said(value):
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh())
    model[0].bias.data = np.array([value, 0], "f4")
    with nn.watch(model, every=1) as watch:
        model(X)
        with pytest.warns(nn.WatchWarning, match="0: its output has NaN or inf"):
            watch.remove()
    assert ("not finite", "0") in kinds(watch)


@pytest.mark.parametrize(("lr", "kind"), [(50.0, "large update"), (1e-7, "small update"), (0.01, None)])
def test_updates_out_of_proportion_are_said(lr, kind):
    model = nn.Linear(3, 2, rng=0)
    with nn.watch(model, every=1) as watch:
        step(model, lr=lr)
        if kind:
            with pytest.warns(nn.WatchWarning, match="weight: one step moved it by"):
                watch.remove()
    assert kinds(watch) == ([(kind, "weight")] if kind else [])


def test_a_weight_that_the_optimizer_does_not_have_is_said():
    model = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Linear(3, 2, rng=0))
    model[0].bias.requires_grad = False  # is not to move
    with nn.watch(model, every=1) as watch:
        (model(X) ** 2).mean().backward()
        optim.SGD(model[1], lr=0.01).step()
        with pytest.warns(nn.WatchWarning, match=r"0\.weight: a step that moved others"):
            watch.remove()
    assert kinds(watch) == [("no update", "0.weight")]
    assert list(watch.updates) == ["0.weight", "1.weight", "1.bias"]


def test_nothing_changes_by_being_watched():
    def trained(watched):
        model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.ReLU(), nn.Dropout(0.3, rng=1), nn.Linear(8, 1, rng=2))
        watch = nn.watch(model, every=2) if watched else None
        for _ in range(6):
            step(model, lr=0.05)
        if watch:
            watch.remove()
            assert not any(m._before or m._after for m in model.modules())
            step(model, lr=0.0)
            assert watch.steps == [1, 3, 5]
        return [array.tobytes() for array in model.state_dict().values()]

    assert trained(True) == trained(False)


def test_no_activation_is_kept():
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.ReLU(), nn.Linear(8, 1, rng=2))
    alive = []
    model[1].register_forward_hook(lambda module, args, output: alive.append(weakref.ref(output._data)))
    with nn.watch(model, every=1):
        step(model)
        assert alive[0]() is None


def test_the_history_does_not_grow_without_end():
    model = nn.Linear(3, 2, rng=0)
    with nn.watch(model, every=1, keep=4) as watch:
        for _ in range(9):
            step(model)
    assert watch.steps == [6, 7, 8, 9]
    assert len(watch.history[""]["mean"]) == len(watch.updates["weight"]) == 4


def test_a_forward_that_raises_leaves_the_watch_in_order():
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.ReLU())
    with nn.watch(model, every=2) as watch:
        with pytest.raises(ShapeError):
            model(np.ones((1, 7), "f4"))
        step(model)
        step(model)
    assert watch.steps == [1, 3]
    assert math.isnan(watch.history["1"]["mean"][0])
    assert watch.history["1"]["mean"][1] > 0


@pytest.mark.parametrize("make", [lambda: nn.LSTM(3, 4, rng=0), lambda: nn.MultiheadAttention(3, 1, rng=0)])
def test_layers_that_return_several_things(make):
    class Model(nn.Module):
        def __init__(self):
            self.layer = make()

        def forward(self, x):
            return self.layer(x, x, x) if isinstance(self.layer, nn.MultiheadAttention) else self.layer(x)

    model = Model()
    with nn.watch(model, every=1) as watch:
        step(model, X.reshape(4, 5, 3), lr=0.01)
    (first, *_) = watch.history.values()
    assert first["norm"][0] > 0


def test_it_prints_a_table_and_its_findings():
    model = relu_with([-50, -50, -50, 9])
    watch = nn.watch(model, every=1, window=1)
    assert "nothing was measured" in str(watch)
    step(model)
    with pytest.warns(nn.WatchWarning):
        step(model)
    lines = str(watch).splitlines()
    assert lines[0] == "step 1"
    assert " ".join(lines[1].split()) == "layer kind output mean std gradient norm saturated dead update"
    assert [line.split()[:2] for line in lines[3:6]] == [["0", "Linear"], ["1", "ReLU"], ["2", "Linear"]]
    assert "75%" in lines[4]
    assert lines[6] == "- 1: 3 of 4 units are dead: off for every sample seen. A lower learning rate, He's starting " \
        "weights, or LeakyReLU keep them alive."


def test_layers_come_in_the_order_in_which_they_run():
    class Backwards(nn.Module):
        def __init__(self):
            self.last, self.unused, self.first = nn.Linear(3, 3, rng=0), nn.Tanh(), nn.ReLU()

        def forward(self, x):
            return self.last(self.first(x))

    model = Backwards()
    with nn.watch(model, every=1) as watch:
        step(model)
    assert list(watch.history) == ["first", "last", "unused"]
    assert [line.split()[0] for line in str(watch).splitlines()[3:6]] == ["first", "last", "unused"]


def test_what_is_found_in_many_layers_is_one_warning():
    model = nn.Sequential(*(layer for i in range(30) for layer in (nn.Linear(3, 3, rng=i), nn.Tanh())))
    model[-2].weight.data = np.zeros((3, 3), "f4")  # no gradient gets past it
    with pytest.warns(nn.WatchWarning) as caught, nn.watch(model, every=1) as watch:
        step(model)
    said = [str(warning.message) for warning in caught]
    vanishing = [finding.module for finding in watch.findings if finding.kind == "vanishing"]
    assert vanishing == [str(i) for i in range(58)]
    assert len(said) == len({finding.kind for finding in watch.findings}) == len(str(watch).split("\n- ")) - 1
    assert said[0] == ("step 1: 0: its gradient is 0. ag.explain says where it was lost. Also vanishing: 1, 2, 3, 4, "
                       "5, 6, 7, 8 and 49 more.")


@pytest.mark.parametrize("options", [{"every": 0}, {"window": 0}, {"keep": 0}])
def test_counts_are_at_least_1(options):
    with pytest.raises(OptionError, match=f"watch: {next(iter(options))}=0"):
        nn.watch(nn.Linear(1, 1), **options)


@pytest.mark.parametrize("model", [None, nn.Linear, np.ones(3)])
def test_only_modules_are_watched(model):
    with pytest.raises(DTypeError, match="watch: expected a Module, got a"):
        nn.watch(model)
