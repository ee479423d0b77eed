"""Embedding and EmbeddingBag: rows, their gradients, padding, bags, errors. (test_layers_against_torch.py compares.)"""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, SelectionError, ShapeError
from autograd_core.testing import gradcheck
from nn.layers.embedding import _take_rows


def test_rows_that_are_used_twice_get_both_gradients():
    table = nn.Embedding(4, 2, rng=0)
    table([[1, 3], [1, 1]]).sum().backward()
    np.testing.assert_array_equal(table.weight.grad.numpy(), [[0, 0], [3, 3], [0, 0], [1, 1]])


def test_the_padding_row_starts_as_zeros_and_learns_nothing():
    table = nn.Embedding(4, 2, padding_idx=-1, rng=0)
    assert table.padding_idx == 3
    assert not table.weight.numpy()[3].any()
    assert table.weight.numpy()[:3].all()
    table([3, 1, 3]).sum().backward()
    np.testing.assert_array_equal(table.weight.grad.numpy(), [[0, 0], [1, 1], [0, 0], [0, 0]])


@pytest.mark.parametrize("padding", [None, 2])
def test_second_order(padding):
    index = np.array([[0, 1], [1, 3]])
    gradcheck(lambda w: ag.tanh(_take_rows(w, index=index, padding=padding)),
              np.random.default_rng(0).standard_normal((4, 2)), order=2)


def test_writing_into_the_indices_afterwards_changes_no_gradient():
    table, index = nn.Embedding(3, 1, rng=0), np.array([1])
    y = table(index)
    index[0] = 2
    y.sum().backward()
    assert table.weight.grad.numpy().ravel().tolist() == [0, 1, 0]


@pytest.mark.parametrize("layer", [nn.Embedding(4, 2), nn.EmbeddingBag(4, 2)])
@pytest.mark.parametrize("index", [4, -1])
def test_an_index_outside_is_named(layer, index):
    with pytest.raises(SelectionError, match=f"index {index}; expected 0 to 3"):
        layer([[1, index]])


@pytest.mark.parametrize("index", [[[0.0]], [[True]]])
def test_indices_are_integers(index):
    with pytest.raises(DTypeError, match=r"embedding: indices of .*; expected integers"):
        nn.Embedding(4, 2)(index)


def test_bad_options_are_named():
    with pytest.raises(SelectionError, match="Embedding: padding_idx=4; expected less than num_embeddings=4"):
        nn.Embedding(4, 2, padding_idx=4)
    with pytest.raises(OptionError, match="Embedding: padding_idx=-5"):
        nn.Embedding(4, 2, padding_idx=-5)
    with pytest.raises(OptionError, match="EmbeddingBag: mode='min'"):
        nn.EmbeddingBag(4, 2, mode="min")
    bags = nn.EmbeddingBag(4, 2)
    with pytest.raises(OptionError, match="per_sample_weights need mode='sum'"):
        bags([[1]], per_sample_weights=np.ones((1, 1)))
    with pytest.raises(ShapeError, match=r"per_sample_weights of shape \(2,\) for indices of shape \(1, 1\)"):
        nn.EmbeddingBag(4, 2, mode="sum")([[1]], per_sample_weights=np.ones(2))


@pytest.mark.parametrize(("index", "offsets"), [
    ([1, 2], None), ([[1, 2]], [0]), ([1, 2], [1]), ([1, 2], [0, 3]), ([1, 2], [0, 2, 1]), ([1, 2], [0.0]),
    ([1, 2], [[0]])])
def test_offsets_that_make_no_bags_are_refused(index, offsets):
    with pytest.raises(ShapeError, match="EmbeddingBag: "):
        nn.EmbeddingBag(4, 2)(index, offsets)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_empty_bags_are_zeros_and_bags_are_what_they_say(mode):
    table = nn.EmbeddingBag(6, 3, mode=mode, padding_idx=5, rng=0)
    y = table(np.array([5, 2, 4, 1, 5]), np.array([0, 1, 4, 4]))
    rows = table.weight.numpy()[[2, 4, 1]]
    np.testing.assert_allclose(y.numpy()[1], getattr(rows, mode)(axis=0), rtol=1e-6)
    assert not y.numpy()[[0, 2, 3]].any()
    (y * y).sum().backward()
    assert np.isfinite(table.weight.grad.numpy()).all()
    assert not table.weight.grad.numpy()[[0, 3, 5]].any()
