"""Data as they were, decorrelated and whitened."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd_core as ag
import nn
import viz

pytest.importorskip("matplotlib", reason="draws the plots: pip install autograd-core[plot]")

RNG = np.random.default_rng(0)
DATA = RNG.normal(size=(200, 3)) @ RNG.normal(size=(3, 3)) + [3, 1, -2]


def clouds(figure):
    return [np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() != "None"])
            for axes in figure.axes]


def test_the_clouds_are_those_of_nn_pca():
    raw, turned, white = clouds(viz.plot_projection(DATA))
    np.testing.assert_array_equal(raw, DATA[:, :2])
    for found, whiten in ((turned, "no"), (white, "pca")):
        layer = nn.PCA(3, 2, whiten=whiten, dtype=np.float64).fit(DATA)
        np.testing.assert_allclose(found, layer(DATA).numpy(), atol=1e-10)


@settings(max_examples=15)
@given(arrays(float, (12, 3), elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 3))))
def test_components_are_not_correlated_and_whitened_ones_have_variance_1_or_0(data):
    _, turned, white = clouds(viz.plot_projection(data))
    covariance = np.cov(turned.T, bias=True)
    assert abs(covariance[0, 1]) <= 1e-9 * max(covariance.max(), 1)
    assert covariance[0, 0] >= covariance[1, 1] - 1e-9 * max(covariance.max(), 1)
    variances = np.var(white, axis=0)
    assert all(variance == pytest.approx(before / (before + 1e-5), abs=1e-3)
               for variance, before in zip(variances, np.diag(covariance), strict=True))


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


@pytest.mark.parametrize(("X", "labels", "words"), [
    (np.ones(3), None, "X has shape"), (np.ones((1, 2)), None, "at least two"), (np.ones((5, 1)), None, "at least two"),
    ([[np.nan, 1], [2, 3]], None, "all finite"), (DATA, [1, 2], "one for each of the 200")])
def test_what_does_not_fit_is_refused(X, labels, words):
    with pytest.raises(ag.ShapeError, match=words):
        viz.plot_projection(X, labels)
