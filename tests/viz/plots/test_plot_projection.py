"""Data as they were, decorrelated and whitened."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd_core as ag
import nn
import viz
from viz.plots import points

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

RNG = np.random.default_rng(0)
DATA = RNG.normal(size=(200, 3)) @ RNG.normal(size=(3, 3)) + [3, 1, -2]


def clouds(figure):
    return [np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() != "None"])
            for axes in figure.axes]


def test_the_clouds_are_those_of_nn_pca():
    raw, turned, white = clouds(viz.plot_projection(DATA))
    np.testing.assert_array_equal(raw, DATA[:, :2])
    for found, whiten, atol in ((turned, "no", 1e-10), (white, "pca", 1e-4)):  # nn.PCA adds 1e-5 to variances
        layer = nn.PCA(3, 2, whiten=whiten, dtype=np.float64).fit(DATA)
        np.testing.assert_allclose(found, layer(DATA).numpy(), atol=atol)


def test_of_many_features_the_two_that_vary_most_are_shown_as_they_were():
    data = RNG.normal(size=(50, 5)) * [0, 3, 1, 0, 2]
    figure = viz.plot_projection(data)
    np.testing.assert_array_equal(clouds(figure)[0], data[:, [1, 4]])
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("feature 2", "feature 5")


@pytest.mark.parametrize("scale", [1e-150, 1e140])
def test_whitening_does_not_depend_on_the_scale(scale, tmp_path):
    figure = viz.plot_projection(RNG.normal(size=(50, 2)) * [1e-3 * scale, scale], path=tmp_path / "x.png")
    np.testing.assert_allclose(clouds(figure)[2].std(axis=0), [1, 1])


@settings(max_examples=8)
@given(arrays(float, (12, 3), elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 3))))
def test_components_are_not_correlated_and_whitened_ones_have_variance_1_or_0(data):
    _, turned, white = clouds(viz.plot_projection(data))
    covariance = np.cov(turned.T, bias=True)
    assert abs(covariance[0, 1]) <= 1e-9 * max(covariance.max(), 1)
    assert covariance[0, 0] >= covariance[1, 1] - 1e-9 * max(covariance.max(), 1)
    for variance, before in zip(np.var(white, axis=0), np.diag(covariance), strict=True):
        assert variance == pytest.approx(1 if before > 1e-12 * covariance[0, 0] else 0, abs=1e-6)


def test_axes_are_drawn_equal_and_principal_ones_as_arrows():
    figure = viz.plot_projection(DATA[:, :2])
    assert [axes.get_aspect() for axes in figure.axes] == [1.0] * 3
    first = figure.axes[0]
    assert [line.get_xdata() for line in first.lines[:2]] == [[0, 1], [0, 0]]  # through 0, all the way
    starts, ends = (np.array([getattr(text, part) for text in first.texts]) for part in ("xyann", "xy"))
    np.testing.assert_allclose(starts, [DATA[:, :2].mean(axis=0)] * 2)
    variances = np.sort(np.linalg.eigvalsh(np.cov(DATA[:, :2].T, bias=True)))[::-1]
    np.testing.assert_allclose(((ends - starts) ** 2).sum(axis=1), 4 * variances)
    assert abs((ends - starts)[0] @ (ends - starts)[1]) < 1e-9
    assert figure.legends == []
    assert viz.plot_projection(DATA).axes[0].texts[:] == []  # of three features, the plane shown is not the arrows'


def test_labels_have_markers_and_a_key():
    labels = np.array(["cat", "_dog"])[np.arange(200) % 2]
    figure = viz.plot_projection(DATA, labels)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [" _dog", "cat"]
    points = [line for line in figure.axes[1].lines if line.get_marker() != "None"]
    assert len({line.get_marker() for line in points}) == len({line.get_color() for line in points}) == 2
    assert [len(line.get_xdata()) for line in points] == [100, 100]


@pytest.mark.parametrize("labels", [np.arange(10), np.arange(10.0), np.arange(10) * 7 - 3, list("abcdefghij")])
def test_ten_classes_look_different_whatever_they_are_called(labels):
    figure = viz.plot_projection(DATA[:20], np.tile(labels, 2))
    looks = [(line.get_color(), line.get_markerfacecolor() == "none", line.get_marker())
             for line in figure.axes[1].lines if line.get_marker() != "None"]
    assert looks == [looks_of(i) for i in range(10)]
    assert len({look[:2] for look in looks}) == 10  # also where markers are too small to be told apart


def looks_of(i):
    return points.colour_of(i), points.is_hollow(i), points.MARKERS[i % len(points.MARKERS)]


def test_as_many_looks_as_there_are_said_to_be():
    assert len(set(map(looks_of, range(200)))) == points.LOOKS


@pytest.mark.parametrize("labels", [[1.0, np.nan] * 100, [None, "a"] * 100, [None, 3] * 100])
def test_samples_without_a_label_are_drawn_too(labels):
    figure = viz.plot_projection(DATA, labels)
    assert [len(cloud) for cloud in clouds(figure)] == [200] * 3
    assert len(figure.legends[0].get_texts()) == 2


def test_numbers_are_no_classes():
    with pytest.raises(ag.OptionError, match="200 labels differ; expected classes, 84 at most"):
        viz.plot_projection(DATA, RNG.normal(size=200))


@pytest.mark.parametrize("X", [[["a", "b"], ["c", "d"]], [["1", "2"], ["3", "4"]], DATA + 1j, [[1, 2], [3]], None])
def test_what_is_no_number_is_refused(X):
    with pytest.raises(ag.AutogradError, match=r"plot_projection: X .*expected"):
        viz.plot_projection(X)


def test_a_file_name_is_not_taken_for_labels():
    with pytest.raises(ag.DTypeError, match=r"labels is 'a\.png'; to save the picture, pass path='a\.png'"):
        viz.plot_projection(DATA, "a.png")


@pytest.mark.parametrize(("X", "labels", "words"), [
    (np.ones(3), None, "X has shape"), (np.ones((1, 2)), None, "at least two"), (np.ones((5, 1)), None, "at least two"),
    ([[0, np.nan], [2, 3]], None, r"X\[0, 1\] is nan; expected finite"),
    (DATA * 1e200, None, "below 1e150"), (DATA, [1, 2], "one for each of the 200")])
def test_what_does_not_fit_is_refused(X, labels, words):
    with pytest.raises(ag.ShapeError, match=words):
        viz.plot_projection(X, labels)
