"""Preprocessing: what it makes of data, its way back, its derivative, its state, and its refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_core.errors import OptionError, ShapeError
from autograd_core.testing import gradcheck

DATA = np.random.default_rng(0).standard_normal((200, 4)) @ np.diag([3.0, 1.0, 0.1, 1.0]) + [5.0, 0.0, -1.0, 100.0]
DATA[:, 3] += 2 * DATA[:, 0]  # correlated
IMAGES = np.random.default_rng(1).standard_normal((20, 3, 4, 5)) * np.reshape([2.0, 1.0, 0.5], (3, 1, 1)) + 3.0

LAYERS = {
    "center": lambda: nn.Center(4, dtype=float),
    "standardize": lambda: nn.Standardize(4, dtype=float),
    "standardize all": lambda: nn.Standardize(dtype=float),
    "min-max": lambda: nn.MinMax(4, dtype=float),
    "pca": lambda: nn.PCA(4, dtype=float),
    "pca whitening": lambda: nn.PCA(4, whiten="pca", dtype=float),
    "zca whitening": lambda: nn.PCA(4, whiten="zca", dtype=float),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@every_layer
def test_inverse_undoes_it(make):
    layer = make().fit(DATA)
    np.testing.assert_allclose(layer.inverse(layer(DATA)).numpy(), DATA, rtol=1e-10)


@every_layer
def test_gradcheck(make):
    layer = make().fit(DATA)
    gradcheck(lambda x: (layer(x), layer.inverse(x)), DATA[:3])


@every_layer
def test_statistics_are_saved_and_loaded(make):
    layer, fresh = make().fit(DATA), make()
    with pytest.raises(nn.StateError, match="not fitted"):
        fresh(DATA)
    with pytest.raises(nn.StateError, match="not fitted"):
        fresh.inverse(DATA)
    fresh.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(fresh(DATA[:5]).numpy(), layer(DATA[:5]).numpy())


@every_layer
def test_only_training_data_may_be_fitted_on(make):
    train, validation, test = nn.split(DATA, validation=0.2, rng=0)
    before = make().fit(train)
    after = make().fit(train)
    for held_out in (validation, test):
        with pytest.raises(OptionError, match=f"this is the {held_out.role} split; .* on training data"):
            after.fit(held_out)
    for name, value in before.state_dict().items():
        np.testing.assert_array_equal(after.state_dict()[name], value)
    np.testing.assert_array_equal(make().fit(train.x)(DATA).numpy(), before(DATA).numpy())


def test_results_are_what_they_are_named_for():
    np.testing.assert_allclose(nn.Center(4, dtype=float).fit(DATA)(DATA).numpy().mean(0), 0, atol=1e-12)
    y = nn.Standardize(4, dtype=float).fit(DATA)(DATA).numpy()
    np.testing.assert_allclose([y.mean(0), y.std(0)], [[0] * 4, [1] * 4], atol=1e-12)
    y = nn.MinMax(4, dtype=float).fit(DATA)(DATA).numpy()
    np.testing.assert_allclose([y.min(0), y.max(0)], [[-1] * 4, [1] * 4], atol=1e-12)
    y = nn.PCA(4, dtype=float).fit(DATA)(DATA).numpy()
    covariance = np.cov(y.T, bias=True)
    np.testing.assert_allclose(covariance - np.diag(np.diag(covariance)), 0, atol=1e-10)
    assert (np.diff(np.diag(covariance)) < 0).all()
    for whiten in ("pca", "zca"):
        y = nn.PCA(4, whiten=whiten, eps=0.0, dtype=float).fit(DATA)(DATA).numpy()
        np.testing.assert_allclose(np.cov(y.T, bias=True), np.eye(4), atol=1e-8)


def test_zca_stays_closest_to_the_data_and_a_large_epsilon_smooths():
    centred = DATA - DATA.mean(0)
    distance = {w: np.abs(nn.PCA(4, whiten=w).fit(DATA)(DATA).numpy() - centred).mean() for w in ("pca", "zca")}
    assert distance["zca"] < distance["pca"]
    smooth = nn.PCA(4, whiten="pca", eps=1.0, dtype=float).fit(DATA)
    expected = smooth.variance.numpy() / (smooth.variance.numpy() + 1)
    np.testing.assert_allclose(smooth(DATA).numpy().var(0), expected, rtol=1e-9)


@pytest.mark.parametrize("components", [1, 2, 4])
def test_pca_agrees_with_scikit_learn(components):
    decomposition = pytest.importorskip("sklearn.decomposition", reason="scikit-learn is the oracle here")
    theirs = decomposition.PCA(components).fit(DATA)
    ours = nn.PCA(4, components, dtype=float).fit(DATA)
    np.testing.assert_allclose(np.abs(ours(DATA).numpy()), np.abs(theirs.transform(DATA)), atol=1e-9)
    restored = theirs.inverse_transform(theirs.transform(DATA))
    np.testing.assert_allclose(ours.inverse(ours(DATA)).numpy(), restored, atol=1e-9)


def test_images_have_statistics_per_channel_or_global_ones():
    y = nn.Standardize(3, axis=1, dtype=float).fit(IMAGES)(IMAGES).numpy()
    np.testing.assert_allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std((0, 2, 3)), 1, atol=1e-12)
    y = nn.Center(dtype=float).fit(IMAGES)(IMAGES).numpy()
    np.testing.assert_allclose(y, IMAGES - IMAGES.mean(), atol=1e-12)
    layer = nn.MinMax(3, axis=1, dtype=float).fit(IMAGES)
    np.testing.assert_allclose(layer.inverse(layer(IMAGES)).numpy(), IMAGES, rtol=1e-12)


@pytest.mark.parametrize("layer", [nn.Standardize(2), nn.MinMax(2), nn.PCA(2, whiten="pca")], ids=repr)
def test_a_feature_that_never_varies_makes_no_nan(layer):
    x = np.array([[1.0, 7.0], [2.0, 7.0], [4.0, 7.0]])
    y = layer.fit(x)(x).numpy()
    assert np.isfinite(y).all()
    assert not y[:, 1].any()


@given(st.integers(2, 30))
def test_float32_in_float32_out(n):
    x = np.random.default_rng(n).standard_normal((n, 2)).astype(np.float32)
    for layer in (nn.Center(2), nn.Standardize(2), nn.MinMax(2), nn.PCA(2, whiten="zca")):
        assert layer.fit(x)(x).dtype == np.float32


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.Center(3).fit(DATA), r"expected samples with 3 features along axis -1"),
    (lambda: nn.Center(4).fit(DATA)(DATA[:, :2]), r"data of shape \(200, 2\)"),
    (lambda: nn.Center(4).fit(DATA[:0]), "no samples"),
    (lambda: nn.Center(2).fit([[1.0, np.nan]]), r"NaN or inf, first at \(0, 1\)"),
    (lambda: nn.PCA(3, 4), "4 components of 3 features"),
    (lambda: nn.PCA(3, whiten="yes"), "whiten='yes'"),
    (lambda: nn.PCA(4).fit(IMAGES), r"expected \(samples, 4\)"),
])
def test_what_is_refused(call, message):
    with pytest.raises((OptionError, ShapeError), match=message):
        call()
