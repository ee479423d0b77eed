"""Histograms of activations, and what is said of them."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz.pictures.flags import Trouble, flags_of
from viz.plots.outputs import outputs_of

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

TITLES = [trouble.title for trouble in Trouble]
RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(64, 4)).astype("float32")


def network(activation, scale=1.0):
    model = nn.Sequential(nn.Linear(4, 8, rng=0), activation(), nn.Dropout(0.5), nn.Linear(8, 8, rng=1), activation())
    with ag.no_grad():
        for layer in (model[0], model[3]):
            layer.weight *= scale
    return model


def rows(figure):
    return [text.get_text() for text in figure.axes[0].get_yticklabels()]


def said(figure):
    return [text.get_text().splitlines() for text in figure.axes[0].texts]


def heights(figure):
    """The height of each bar, by row, the highest of a row being 1."""
    return [(patch.get_data().baseline - patch.get_data().values) / 0.84 for patch in figure.axes[0].patches]


def test_the_histograms_are_those_of_the_outputs():
    outputs = {"a": RNG.normal(size=(200, 5)), "b": RNG.normal(size=(200, 5)) / 4}
    figure = viz.plot_activations(outputs)
    assert rows(figure) == ["a", "b"]
    low, high = figure.axes[0].get_xlim()
    assert low < -2
    assert high > 2
    for found, values in zip(heights(figure), outputs.values(), strict=True):
        expected, _ = np.histogram(values, bins=50, range=(low, high))
        np.testing.assert_allclose(found, expected / expected.max(), atol=1e-12)
    assert [words[0] for words in said(figure)] == [f"std {values.std():.2f}" for values in outputs.values()]


def test_exact_zeros_are_said_and_not_drawn():
    values = np.where(np.arange(100).reshape(50, 2) % 2, 3.0, 0.0)
    figure = viz.plot_activations({"relu": values})
    assert said(figure) == [["std 1.50, 50% zeros", "1 of 2 units always 0"]]
    assert np.count_nonzero(heights(figure)[0]) == 1


def test_the_activations_of_a_model_are_shown():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Identity(), nn.Linear(8, 3, rng=1),
                          nn.GELU())
    figure = viz.plot_activations(model, INPUTS.reshape(64, 2, 2))
    assert rows(figure) == ["2", "5"]
    assert said(figure)[0][0] == f"std {model[2](model[1](INPUTS)).numpy().std():.2f}"
    assert figure.axes[0].get_xlabel() == "output of each activation"
    linear = viz.plot_activations(model[1], INPUTS)
    assert len(rows(linear)) == 1  # without activations, all layers
    assert linear.axes[0].get_xlabel() == "output of each layer (no activation is a layer)"


ELEMENTWISE = [nn.CELU, nn.ELU, nn.GELU, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.LeakyReLU, nn.LogSigmoid,
               nn.Mish, nn.PReLU, nn.ReLU, nn.ReLU6, nn.SELU, nn.SiLU, nn.Sigmoid, nn.Softplus, nn.Softsign, nn.Tanh,
               lambda: nn.Threshold(0.1, 0.0)]


@pytest.mark.parametrize("shift", [-50.0, 50.0])  # all of a ReLU is off or on: its output is 0, or its input
@pytest.mark.parametrize("train", [True, False])
def test_the_kind_of_layer_decides_not_the_values(train, shift):
    layers = [layer() for layer in ELEMENTWISE]
    others = [nn.Dropout(rng=0), nn.ClassicDropout(rng=0), nn.GaussianNoise(0.1, rng=0), nn.Identity(), nn.Flatten(),
              nn.LayerNorm(4), nn.Linear(4, 4, rng=0), nn.Center(4).fit(INPUTS), nn.BatchNorm1d(4), nn.Softmax()]
    model = nn.Sequential(*(nn.Sequential(layer) for layer in (*layers, *others)))
    for part in model.train(train):
        outputs, _ = outputs_of("test", nn.Sequential(part, nn.Tanh()), INPUTS + np.float32(shift))
        assert list(outputs) == (["0.0", "1"] if part[0] in layers else ["1"])


@pytest.mark.parametrize("train", [True, False])
def test_where_activations_are_no_layers_all_layers_but_dropouts_are_shown(train):
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, rng=0).train(train)
    figure = viz.plot_activations(model, RNG.normal(size=(4, 5, 8)).astype("float32"))
    assert rows(figure) == ["self_attn.out_proj", "norm1", "linear1", "linear2", "norm2"]  # in the order they run


def test_of_very_many_layers_the_worst_speak():
    outputs = {f"layer {i}": np.linspace(0.1, 1, 20) for i in range(96)}
    outputs["layer 3"] = np.array([1.0, np.nan])
    figure = viz.plot_activations(outputs)
    assert len(said(figure)) == len(rows(figure)) == 48
    assert [words for (words,) in said(figure)[:2]] == ["std 0.27", "layer 3: × 50% NaN or inf, std 0"]


def test_a_file_name_is_not_taken_for_inputs():
    with pytest.raises(ag.DTypeError, match=r"inputs is 'a\.png'; to save the picture, pass path='a\.png'"):
        viz.plot_activations({"a": INPUTS}, "a.png")


@pytest.mark.parametrize(("activation", "scale", "words"), [
    (nn.Sigmoid, 100.0, "▬ SATURATED"), (nn.Tanh, 100.0, "▬ SATURATED"), (nn.Tanh, 0.1, "0% saturated"),
    (nn.ReLU, 1.0, "units dead"),
])
def test_saturated_layers_are_named(activation, scale, words):
    figure = viz.plot_activations(network(activation, scale).eval(), INPUTS)
    assert words in said(figure)[0][1]
    assert (figure.axes[0].texts[0].get_color() != "black") == words.startswith("▬")


def test_dead_units_are_counted():
    model = network(nn.ReLU).eval()
    with ag.no_grad():
        model[0].bias[:6] = -50.0
    assert said(viz.plot_activations(model, INPUTS))[0][1] == "† DEAD RELU 6 of 8 units"
    with ag.no_grad():
        model[0].bias[:3] = 50.0
        model[0].bias[6:] = 50.0
    assert said(viz.plot_activations(model, INPUTS))[0][1] == "3 of 8 units dead"


@pytest.mark.parametrize(("function", "words"), [
    (lambda x: -ag.relu(x), "† DEAD RELU 3 of 4 units"), (lambda x: ag.maximum(x, 0) / 2, "† DEAD RELU 3 of 4 units"),
    (lambda x: 1 - ag.tanh(100 * x), "▬ SATURATED 100%"), (ag.sign, None), (ag.exp, None),
])
def test_slopes_are_those_of_the_activation_as_in_drawings(function, words):
    class Layer(nn.Module):
        def forward(self, x):
            return function(x)

    inputs = np.array([[-1.0, -2.0, -1.0, 1.0], [-2.0, -1.0, -1.0, 2.0]])
    (row,) = said(viz.plot_activations(Layer(), inputs))
    assert row[1:] == ([words] if words else [])
    flags = flags_of(ag.graph(Layer()(ag.tensor(inputs, requires_grad=True)), diagnose=True))
    assert [flag.trouble.title for (flag,) in flags.values()] == [title for title in TITLES if words and title in words]


def test_nan_is_said():
    figure = viz.plot_activations({"a": [[1.0, np.nan], [2.0, np.inf]]})
    assert said(figure)[0][0].startswith("× 50% NaN or inf, std 0.50")


def test_the_model_stays_as_it_was():
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5, rng=3))
    model[0].weight.grad = ag.tensor(np.ones((8, 4), np.float32))
    before = {name: array.copy() for name, array in model.state_dict().items()}
    hooks = [(module._before, module._after) for module in model.modules()]
    viz.plot_activations(model, INPUTS)
    assert model.training
    assert [(module._before, module._after) for module in model.modules()] == hooks
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert model[0].weight.grad.numpy().sum() == 32
    assert ag.is_grad_enabled()
    other = nn.Sequential(nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5, rng=3))
    np.testing.assert_array_equal(model(INPUTS).numpy(), other(INPUTS).numpy())  # the same dropout mask


def test_hooks_of_the_model_run_because_they_may_change_what_it_computes():
    model, seen = network(nn.Tanh).eval(), []
    model[0].register_forward_hook(lambda module, args, output: seen.append(module) or output * 0)
    assert said(viz.plot_activations(model, INPUTS))[0][0] == "std 0, 100% zeros"
    assert len(seen) == 1
    assert seen[0] is not model[0]


def test_a_layer_that_runs_twice_adds_up():
    class Twice(nn.Module):
        def __init__(self):
            self.tanh = nn.Tanh()

        def forward(self, x):
            return self.tanh(x) + self.tanh(100 * x)

    figure = viz.plot_activations(Twice(), INPUTS)
    assert rows(figure) == ["tanh"]
    both = np.concatenate([np.tanh(INPUTS), np.tanh(100 * INPUTS)])
    assert said(figure)[0][0] == f"std {both.std():.2f}"


def test_a_layer_without_a_batch_may_run_twice_too():
    class Twice(nn.Module):
        def __init__(self):
            self.tanh = nn.Tanh()

        def forward(self, x):
            return self.tanh(self.tanh(x))

    assert said(viz.plot_activations(Twice(), ag.tensor(1.0))) == [["std 0.06", "0% saturated"]]


def test_a_layer_that_runs_on_samples_of_two_shapes_has_two_rows():
    class Twice(nn.Module):
        def __init__(self):
            self.tanh = nn.Tanh()

        def forward(self, x):
            return self.tanh(x).sum() + self.tanh(x[:, :2]).sum()

    assert rows(viz.plot_activations(Twice(), INPUTS)) == ["tanh (4,)", "tanh (2,)"]


def test_one_sample_is_not_called_dead():
    model = network(nn.ReLU).eval()
    with ag.no_grad():
        model[0].bias[:5] = -50.0
        model[0].bias[5:] = 50.0
    assert said(viz.plot_activations(model, INPUTS[:1]))[0][1] == "5 of 8 units off"


def test_of_a_layer_with_states_the_output_is_shown():
    figure = viz.plot_activations(nn.LSTM(4, 3, rng=0), INPUTS[None])
    assert len(rows(figure)) == 1


def test_several_inputs_come_as_a_tuple():
    class Sum(nn.Module):
        def __init__(self):
            self.tanh = nn.Tanh()

        def forward(self, x, y):
            return self.tanh(x + y)

    assert rows(viz.plot_activations(Sum(), (INPUTS, INPUTS))) == ["tanh"]


@pytest.mark.parametrize(("model", "inputs"), [
    (nn.Tanh(), None), ({"a": INPUTS}, INPUTS), (3, INPUTS), (np.tanh, INPUTS)])
def test_what_is_neither_model_nor_outputs_is_refused(model, inputs):
    with pytest.raises(ag.DTypeError, match="expected a model and its inputs, or a mapping"):
        viz.plot_activations(model, inputs)


@pytest.mark.parametrize("output", [["x"], None, [1.0, None], [1j], [[1.0], [1.0, 2.0]]])
def test_what_is_no_array_is_refused(output):
    with pytest.raises(ag.DTypeError, match="plot_activations: 'a' is no array of real numbers"):
        viz.plot_activations({"a": output})


@pytest.mark.parametrize("outputs", [{}, {"a": []}])
def test_nothing_to_show_is_refused(outputs):
    with pytest.raises(ag.ShapeError, match="nothing to show"):
        viz.plot_activations(outputs)


@pytest.mark.parametrize("values", [[np.nan], [0.0], [np.inf, 1.0], [[1e30], [-1e30]], [True, False], 3.0,
                                    [1.7e308, -1.7e308]])
def test_any_numbers_draw(values, tmp_path):
    viz.plot_activations({"a": values}, path=tmp_path / "x.png")
    assert (tmp_path / "x.png").exists()
