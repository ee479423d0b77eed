"""Functions and their derivatives: the numbers, the gaps and the dots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
import viz
from viz.plots.jumps import curve

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")


def parts(axes):
    """The lines by label, and the dots in the same order."""
    lines = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_child")}
    dots = [[tuple(map(float, dot)) for dot in line.get_xydata()] for line in axes.lines if line.get_marker() == "o"]
    return lines, dots


@pytest.mark.parametrize(("name", "slope"), [
    ("tanh", lambda x: 1 - np.tanh(x) ** 2), ("exp", np.exp), ("sin", np.cos), ("square", lambda x: 2 * x)])
def test_smooth_functions_are_drawn_whole(name, slope):
    (axes,) = viz.plot_functions([getattr(ag, name)]).axes
    lines, dots = parts(axes)
    x, y = lines["function"].get_data()
    np.testing.assert_allclose(y, getattr(np, name)(x))
    x, y = lines["derivative"].get_data()
    np.testing.assert_allclose(y, slope(x), atol=1e-12)
    assert (x[0], x[-1]) == (-4, 4)
    assert dots == [[], []]
    assert lines["function"].get_linestyle() != lines["derivative"].get_linestyle()


@pytest.mark.parametrize(("function", "dot"), [
    (ag.relu, (0, 0)), (ag.abs, (0, 0)), (lambda x: ag.maximum(x, 2 - x), (1, 0)), (nn.LeakyReLU(0.1), (0, 0.1))])
def test_at_a_kink_the_derivative_has_a_gap_and_a_dot_where_autograd_says(function, dot):
    (axes,) = viz.plot_functions({"f": function}).axes
    lines, dots = parts(axes)
    assert dots == [[], [pytest.approx(dot)]]
    x, slope = lines["derivative"].get_data()
    assert np.isnan(slope).sum() == 1
    assert x[np.isnan(slope)] == pytest.approx(dot[0], abs=1e-8)
    assert np.isfinite(lines["function"].get_ydata()).all()


def test_a_step_jumps_itself():
    (axes,) = viz.plot_functions({"step": nn.Threshold(1.0, -1.0)}).axes
    _, dots = parts(axes)
    assert dots == [[(1.0, -1.0)], [(1.0, 0.0)]]


def test_poles_are_gaps_and_do_not_flatten_the_rest():
    (axes,) = viz.plot_functions({"1/x": lambda x: 1 / x}).axes
    lines, dots = parts(axes)
    assert dots == [[], []]
    assert np.nanmax(np.abs(lines["function"].get_ydata())) < 1e3
    low, high = axes.get_ylim()
    assert high - low < 100


def test_outside_its_domain_a_function_has_no_slope():
    (axes,) = viz.plot_functions([ag.log]).axes
    for line in parts(axes)[0].values():
        x, y = line.get_data()
        assert np.isnan(y[x < 0]).all()
        assert np.isfinite(y[x > 0.02]).all()


@given(st.floats(-3, 3), st.floats(0.1, 5), st.booleans())
def test_jumps_are_found_wherever_they_are(place, height, upwards):
    line = curve(lambda x: np.sin(x) + (height if upwards else -height) * (x > place), np.linspace(-4, 4, 400))
    gaps = line.x[np.isnan(line.y)]
    assert len(gaps) == 1
    assert gaps[0] == pytest.approx(place, abs=1e-8)
    before, after = np.flatnonzero(np.isnan(line.y))[0] + np.array([-1, 1])
    assert abs(line.y[after] - line.y[before]) == pytest.approx(height, abs=1e-6)
    assert (np.diff(line.x) >= 0).all()


@given(st.floats(0.1, 20), st.floats(-5, 5))
def test_steep_is_not_a_jump(slope, shift):
    assert np.isfinite(curve(lambda x: np.tanh(slope * (x - shift)), np.linspace(-4, 4, 400)).y).all()


def test_panels_have_names_and_a_span():
    figure = viz.plot_functions([ag.tanh, nn.GELU(), ag.exp, ag.sin, ag.cos], span=(0, 1))
    assert [axes.get_title("left") for axes in figure.axes] == ["tanh", "GELU", "exp", "sin", "cos"]
    assert all(axes.get_xlim() == (0, 1) for axes in figure.axes)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["function", "derivative"]


def test_one_function_needs_no_list():
    assert [axes.get_title("left") for axes in viz.plot_functions(nn.ReLU()).axes] == ["ReLU"]


def test_recording_is_as_it_was():
    with ag.no_grad():
        (axes,) = viz.plot_functions([ag.tanh]).axes
        assert not ag.is_grad_enabled()
    assert max(parts(axes)[0]["derivative"].get_ydata()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("functions", [[], {}, [lambda x: x, lambda x: -x]])
def test_names_must_differ(functions):
    with pytest.raises(ag.ShapeError, match="names that differ"):
        viz.plot_functions(functions)


@pytest.mark.parametrize(("function", "words"), [
    (lambda x: x.sum(), r"sum made shape \(\)"), (lambda x: 3, "made a int")])
def test_functions_must_keep_the_shape(function, words):
    with pytest.raises(ag.ShapeError, match=words):
        viz.plot_functions({"sum": function})


@pytest.mark.parametrize("functions", [None, 3, "tanh", ["tanh"], {"f": None}, [ag.tanh, 3]])
def test_what_cannot_be_called_is_refused(functions):
    with pytest.raises(ag.DTypeError, match="cannot be called; expected functions"):
        viz.plot_functions(functions)


def test_modules_are_shown_in_eval_mode_and_stay_as_they_were():
    dropout = nn.Dropout(0.5, rng=0)
    x, y = parts(viz.plot_functions(dropout).axes[0])[0]["function"].get_data()
    np.testing.assert_array_equal(x, y)
    assert dropout.training
    np.testing.assert_array_equal(dropout(np.ones(20)).numpy(), nn.Dropout(0.5, rng=0)(np.ones(20)).numpy())


def test_infinity_is_said():
    overflow, log = viz.plot_functions({"e": np.exp, "log": ag.log}, span=(-1e6, 1e6)).axes
    assert [text.get_text() for text in overflow.texts] == ["infinite in 50% of the span"]
    assert list(log.texts) == []


@pytest.mark.parametrize("span", [(1, 1), (2, 1), (0, np.inf), (np.nan, 1), 3, (1, 2, 3), ("a", "b"), None])
def test_a_span_goes_up(span):
    with pytest.raises(ag.OptionError, match="the smaller one first"):
        viz.plot_functions([ag.tanh], span=span)
