"""Gradients of parameters: where they are drawn, and what is said of those that have no place."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from autograd_core.debugging.symptoms import HUGE, TINY
from viz.pictures.flags import Trouble, flags_of

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(32, 4)).astype("float32")


def deep(activation, start, layers=20):
    rng = np.random.default_rng(0)
    hidden = [layer for _ in range(layers) for layer in (nn.Linear(32, 32, rng=rng), activation())]
    model = nn.Sequential(nn.Linear(4, 32, rng=rng), activation(), *hidden, nn.Linear(32, 1, rng=rng))
    return nn.init.initialize(model, start, rng=rng)


def drawn(figure):
    """By kind, what is at which row."""
    (axes,) = figure.axes
    return {line.get_label(): dict(zip(line.get_ydata(), line.get_xdata(), strict=True))
            for line in axes.lines if len(line.get_xdata()) != 2 or line.get_linestyle() != ":"}


def said(figure):
    """By row, what stands at the right."""
    return {text.get_position()[1]: text.get_text() for text in figure.axes[0].texts
            if " below " not in text.get_text() and " above " not in text.get_text()}


def rows(figure):
    return [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_weights_and_biases_of_a_model_share_rows_from_first_to_last():
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
    (model(INPUTS) ** 2).mean().backward()
    figure = viz.plot_gradients(model)
    assert rows(figure) == ["0", "2"]
    bottom, top = figure.axes[0].get_ylim()
    assert bottom > top  # the first layer is at the top
    for kind, name in (("weights", "weight"), ("biases", "bias")):
        expected = [float(np.sqrt((p.grad.numpy() ** 2).mean())) for n, p in model.named_parameters() if name in n]
        assert list(drawn(figure)[kind].values()) == pytest.approx(expected, rel=1e-6)
    markers = {line.get_label(): line.get_marker() for line in figure.axes[0].lines}
    assert markers["weights"] != markers["biases"]
    assert said(figure) == {}


def test_what_has_no_place_on_the_axis_is_said():
    gradients = {"0.weight": None, "0.bias": None, "1.weight": np.zeros((2, 2)), "1.bias": np.ones(2),
                 "2.weight": np.array([1.0, np.nan]), "2.bias": np.array([np.inf]), "3.weight": np.full(3, TINY / 2),
                 "4.bias": np.full(3, HUGE * 2)}
    figure = viz.plot_gradients(gradients)
    assert said(figure) == {0: "○ NO GRAD", 1: "weights exactly 0", 2: "weights × NaN, biases × inf",
                            3: "▼ VANISHING", 4: "▲ EXPLODING"}
    finite = [x for kind in drawn(figure).values() for x in kind.values() if np.isfinite(x)]
    assert sorted(finite) == pytest.approx([TINY / 2, 1.0, HUGE * 2])
    low, high = figure.axes[0].get_xlim()
    assert low < TINY / 2 < HUGE * 2 < high
    assert figure.axes[0].get_xscale() == "log"


def test_the_guides_are_those_of_the_flags():
    figure = viz.plot_gradients({"weight": np.ones(3)})
    assert sorted(line.get_xdata()[0] for line in figure.axes[0].lines if line.get_linestyle() == ":") == [TINY, HUGE]


def test_frozen_parameters_are_not_taken_for_forgotten_ones():
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Linear(8, 1, rng=1))
    model[0].requires_grad_(False)
    model(INPUTS).sum().backward()
    assert said(viz.plot_gradients(model)) == {0: "frozen"}
    assert said(viz.plot_gradients(dict(model.named_parameters()))) == {0: "frozen"}
    assert said(viz.plot_gradients(dict(model[0].named_parameters()))) == {0: "frozen"}  # not a mapping of gradients
    assert said(viz.plot_gradients(nn.Linear(2, 2, rng=0))) == {0: "○ NO GRAD"}


def test_a_mapping_of_parameters_and_one_of_their_gradients_draw_alike():
    w = ag.tensor([3.0, -4.0], requires_grad=True)
    (w * w).sum().backward()
    figures = [viz.plot_gradients({"w": entry}) for entry in (w, w.grad, w.grad.numpy())]
    assert [list(drawn(figure)["others"].values()) for figure in figures] == [[pytest.approx(50**0.5)]] * 3


def test_recurrent_weights_have_rows_of_their_own():
    model = nn.LSTM(3, 4, rng=0)
    names = [name for name, _ in model.named_parameters()]
    figure = viz.plot_gradients(model)
    pairs = {name.replace("weight", "").replace("bias", "") for name in names}
    assert len(rows(figure)) == len(pairs) < len(names)


def test_twenty_sigmoids_vanish_and_relus_with_hes_start_do_not():
    found = {}
    for name, model in (("sigmoid", deep(nn.Sigmoid, nn.init.xavier_normal_)),
                        ("relu", deep(nn.ReLU, nn.init.kaiming_normal_))):
        loss = (model(INPUTS) ** 2).mean()
        flags = flags_of(ag.graph(loss, diagnose=True))
        loss.backward()
        figure = viz.plot_gradients(model)
        found[name] = list(drawn(figure)["weights"].values()), said(figure)
        flagged = any(flag.trouble is Trouble.VANISHING for kinds in flags.values() for flag in kinds)
        assert flagged == any("VANISHING" in words for words in said(figure).values())  # as the drawing says
    assert found["sigmoid"][0][0] < 1e-7 < 1e-3 < found["sigmoid"][0][-1]
    assert found["sigmoid"][1][0] == "▼ VANISHING"
    assert min(found["relu"][0]) > 1e-4
    assert found["relu"][1] == {}


@pytest.mark.parametrize("source", [nn.ReLU(), {}, 3, np.ones(3)])
def test_what_has_no_parameters_is_refused(source):
    with pytest.raises(ag.DTypeError, match="plot_gradients: expected a model with parameters"):
        viz.plot_gradients(source)


@pytest.mark.parametrize("gradient", ["frozen", [None, 1.0], {}])
def test_what_is_no_gradient_is_refused(gradient):
    with pytest.raises(ag.DTypeError, match="'w' is a"):
        viz.plot_gradients({"w": gradient})


def test_very_many_layers_stay_readable():
    figure = viz.plot_gradients({f"{i}.weight": np.ones(2) for i in range(300)})
    assert 20 < len(rows(figure)) <= 48
    assert figure.get_size_inches()[1] < 14


def test_of_very_many_layers_the_worst_speak():
    gradients = {f"{i}.weight": np.zeros(2) for i in range(480)}
    gradients["13.weight"] = None
    found = said(viz.plot_gradients(gradients))
    assert list(found) == list(range(0, 480, 10))
    assert [found[0], found[10], found[20]] == ["exactly 0", "13: ○ NO GRAD", "exactly 0"]


@pytest.mark.parametrize("sizes", [(1e-30,), (1e300,)])
def test_the_captions_of_the_guides_do_not_overlap(sizes):
    figure = viz.plot_gradients({f"{i}.weight": np.full(2, size) for i, size in enumerate(sizes)})
    figure.canvas.draw()
    below, above = (text.get_window_extent() for text in figure.axes[0].texts if " 1e-07" in text.get_text()
                    or " 1000" in text.get_text())
    assert 0 <= below.x0 < below.x1 < above.x0


def test_tied_weights_say_so():
    class Tied(nn.Module):
        def __init__(self):
            self.embedding = nn.Embedding(5, 4, rng=0)
            self.head = nn.Linear(4, 5, rng=1)
            self.head.weight = self.embedding.weight

        def forward(self, words):
            return self.head(self.embedding(words))

    model = Tied()
    model([0, 1]).sum().backward()
    figure = viz.plot_gradients(model)
    assert rows(figure) == ["embedding", "head"]
    assert said(figure) == {1: "weights tied to embedding.weight"}


def test_parameters_that_are_neither_weights_nor_biases_need_no_kind():
    figure = viz.plot_gradients({"w": ag.tensor(1.0, requires_grad=True)})
    assert said(figure) == {0: "○ NO GRAD"}
    assert figure.legends == []
