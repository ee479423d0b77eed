"""What nn.watch has seen, over the steps: updates, and the heatmap of gradients."""

import math
import warnings

import numpy as np
import pytest

import nn
import optim
import viz
from autograd_core.debugging.symptoms import TINY

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")


@pytest.fixture(scope="module")
def watch():
    model = nn.Sequential(nn.Linear(4, 6, rng=0), nn.Tanh(), nn.Linear(6, 1, rng=1))
    optimizer = optim.SGD(model, lr=0.05)
    with nn.watch(model, every=2) as watch:
        for _ in range(7):
            optimizer.zero_grad()
            (model(X) ** 2).mean().backward()
            optimizer.step()
    return watch


def lines(figure):
    return {line.get_label(): line for line in figure.axes[0].lines}


def test_updates_are_those_of_the_watch(watch):
    figure = viz.plot_updates(watch)
    found = lines(figure)
    assert list(found) == [*watch.updates, "usual: 0.001"]
    for name, values in watch.updates.items():
        assert list(found[name].get_xdata()) == watch.steps == [1, 3, 5, 7]
        np.testing.assert_array_equal(found[name].get_ydata(), values)
    assert list(found["usual: 0.001"].get_ydata()) == [1e-3, 1e-3]
    assert figure.axes[0].get_yscale() == "log"
    assert [found[name].get_linestyle() for name in ("0.weight", "0.bias")] == ["-", "--"]
    assert found["0.weight"].get_color() == found["0.bias"].get_color() != found["2.weight"].get_color()
    assert found["0.weight"].get_marker() != found["2.weight"].get_marker()


def test_updates_of_zero_and_infinity_are_marked_and_unknown_ones_are_gaps():
    figure = viz.plot_updates({"a.weight": [0.1, 0.0, math.inf, math.nan]})
    (zero,), (infinite,) = ([line for line in figure.axes[0].lines if line.get_marker() == marker] for marker in "v^")
    assert zero.get_xydata().tolist() == [[2, 0]]
    assert infinite.get_xydata().tolist() == [[3, 1]]
    assert np.isnan(lines(figure)["a.weight"].get_ydata()).tolist() == [False, True, True, True]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "a.weight", "usual: 0.001", "exactly 0", "infinite"]


def test_many_layers_are_shaded_from_first_to_last():
    figure = viz.plot_updates({f"{i}.weight": [1e-3, 0.0] for i in range(20)})
    shades = [sum(line.get_color()[:3]) for line in figure.axes[0].lines if line.get_label().endswith("weight")]
    assert len(shades) == 20
    assert shades == sorted(shades)
    assert [text.get_text() for text in figure.axes[1].get_yticklabels()] == ["first: 0", "last: 19"]
    assert "exactly 0" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_heatmap_holds_the_logarithms_of_the_norms(watch):
    figure = viz.plot_gradient_history(watch)
    axes, bar = figure.axes
    expected = [np.log10(measures["gradient_norm"]) for measures in watch.history.values()]
    np.testing.assert_allclose(axes.images[0].get_array(), expected)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["0", "1", "2"]
    assert axes.get_ylim() == (2.5, -0.5)  # the first at the top
    figure.canvas.draw()
    assert {"1", "3", "5", "7"} >= {text.get_text() for text in axes.get_xticklabels()} - {""} > set()
    assert "gradient norm" in bar.get_ylabel()
    assert figure.legends == []  # nothing to be explained


def test_the_heatmap_tells_nan_zero_and_infinity_apart():
    figure = viz.plot_gradient_history({"a": [1e-9, math.nan, 0.0, math.inf], "b": [1.0, 10.0, 100.0, 1.0]})
    image = figure.axes[0].images[0]
    assert np.ma.getmaskarray(image.get_array()).tolist() == [[False, True, False, False], [False] * 4]
    colours = image.to_rgba(image.get_array())
    assert colours[0, 1, 3] == 0  # through which the hatching is seen
    assert colours[0, 2, :3].tolist() == [1, 1, 1]
    assert colours[0, 3, :3].tolist() == [0, 0, 0]
    assert [patch.get_hatch() for patch in figure.axes[0].patches] == ["////"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "not a number, or not known", "exactly 0", "infinite"]
    assert image.get_clim() == (-9, 2)


def test_one_step_is_one_tick():
    for figure in (viz.plot_gradient_history({"a": [0.1]}), viz.plot_updates({"a": [0.1]})):
        figure.canvas.draw()
        left, right = figure.axes[0].get_xlim()
        labels = figure.axes[0].get_xticklabels()
        assert [label.get_text() for label in labels if left <= label.get_position()[0] <= right] == ["1"]


def test_layers_come_in_the_order_in_which_they_run():
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, rng=0)
    with warnings.catch_warnings(), nn.watch(model, every=1) as watch:
        warnings.simplefilter("ignore")
        (model(np.ones((2, 3, 8), "f4")) ** 2).mean().backward()
    figure = viz.plot_gradient_history(watch)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [
        "self_attn.out_proj", "dropout1", "norm1", "linear1", "dropout", "linear2", "dropout2", "norm2"]


def test_healthy_gradients_do_not_fill_the_scale():
    figure = viz.plot_gradient_history({"a": [0.1, 0.2], "b": [0.3, 0.1]})
    assert figure.axes[0].images[0].get_clim() == (math.log10(TINY), 0)


@pytest.mark.parametrize("plot", [viz.plot_updates, viz.plot_gradient_history])
def test_what_was_not_measured_is_refused(plot):
    watch = nn.watch(nn.Linear(2, 2, rng=0))
    with pytest.raises(viz.HistoryError, match="measured nothing yet"):
        plot(watch)
    watch.remove()
    for bad in ({}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": "x"}, 3, nn.Linear(2, 2, rng=0)):
        with pytest.raises(viz.HistoryError, match=plot.__name__):
            plot(bad)


EXTREMES = {"zero": [0, 0], "infinite": [math.inf, math.inf], "tiny and huge": [1e-300, 1e300], "below 0": [-1, 1]}


@pytest.mark.parametrize("extremes", [{"unknown": [math.nan]}, EXTREMES], ids=["unknown", "extremes"])
@pytest.mark.parametrize("plot", [viz.plot_updates, viz.plot_gradient_history])
def test_any_numbers_draw(plot, extremes, tmp_path):
    plot(extremes, path=tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 1000


def test_a_diverging_run_draws(tmp_path):
    model = nn.Sequential(nn.Linear(4, 6, rng=0), nn.ReLU(), nn.Linear(6, 1, rng=1))
    optimizer = optim.SGD(model, lr=1e4, nonfinite="ignore")
    with np.errstate(all="ignore"), warnings.catch_warnings(), nn.watch(model, every=1) as watch:
        warnings.simplefilter("ignore")  # the watch says so, too
        for _ in range(12):
            optimizer.zero_grad()
            (model(X) ** 2).mean().backward()
            optimizer.step()
    image = viz.plot_gradient_history(watch, path=tmp_path / "x.png").axes[0].images[0]
    assert np.ma.getmaskarray(image.get_array()).any()
    viz.plot_updates(watch, path=tmp_path / "y.png")
    assert any("NaN" in text.get_text() for text in viz.plot_gradients(model).axes[0].texts)
