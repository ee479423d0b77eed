"""Attention: who is read and who is not, masks and their equivalents, dropout, second derivatives, errors."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.testing import gradcheck
from nn.layers.attention import _attention_weights

sizes = st.integers(1, 4)
seeds = st.integers(0, 99)


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def attention(features=4, heads=2, **options):
    return nn.MultiheadAttention(features, heads, batch_first=True, rng=0, **options).to(np.float64)


@given(sizes, sizes, sizes, seeds)
def test_it_is_the_formula(queries, keys, features, seed):
    q, k, v = normal(seed, (queries, features), (keys, features), (keys, 2))
    e = np.exp(q @ k.T / np.sqrt(features))
    expected = e / e.sum(axis=1, keepdims=True) @ v
    np.testing.assert_allclose(nn.scaled_dot_product_attention(q, k, v).numpy(), expected, rtol=1e-12)


def test_the_softmax_is_that_of_the_table_and_passes_gradcheck():
    (scores,) = normal(0, (2, 3, 4))
    np.testing.assert_allclose(_attention_weights(scores, False).numpy(), ag.softmax(scores).numpy(), rtol=1e-14)
    excluded = np.arange(12).reshape(3, 4) % 3 == 0
    excluded[1] = True  # nothing left for this one
    gradcheck(lambda x: _attention_weights(x, excluded), scores, order=2)


@pytest.mark.parametrize("mask", [None, np.tri(3, dtype=bool), np.linspace(-1.0, 1.0, 9).reshape(3, 3)])
def test_it_passes_gradcheck_to_second_order(mask):
    q, k, v = normal(0, (2, 3, 2), (2, 3, 2), (2, 3, 1))
    if mask is None or mask.dtype == bool:
        gradcheck(lambda *x: nn.scaled_dot_product_attention(*x, mask), q, k, v, order=2)
    else:  # a mask of floats can be learned
        gradcheck(nn.scaled_dot_product_attention, q, k, v, mask, order=2)


@settings(max_examples=20)
@given(st.integers(2, 5), seeds)
def test_causal_attention_never_looks_ahead(steps, seed):
    layer = attention()
    x = ag.tensor(normal(seed, (1, steps, 4))[0], requires_grad=True)
    for t in range(steps):
        y, _ = layer(x, x, x, is_causal=True)
        (gradient,) = ag.gradients(y[0, t].sum(), x)
        assert not gradient.numpy()[0, t + 1 :].any()  # exactly
        assert gradient.numpy()[0, : t + 1].any(axis=-1).all()


@given(sizes, st.integers(1, 5), seeds)
def test_masks_that_say_the_same_do_the_same(queries, keys, seed):
    layer = attention()
    rng = np.random.default_rng(seed)
    q, k = normal(seed, (2, queries, 4), (2, keys, 4))
    out = rng.random((2, keys)) < 0.4
    pairs = np.repeat(out[:, None, None, :], 2, axis=1).repeat(queries, axis=2).reshape(4, queries, keys)
    y, weights = layer(q, k, k, key_padding_mask=out)
    for options in (
        {"key_padding_mask": np.where(out, -np.inf, 0.0)}, {"attn_mask": pairs},
        {"attn_mask": ag.tensor(np.where(pairs, -np.inf, 0.0))}, {"attn_mask": pairs, "key_padding_mask": out},
    ):
        again, same_weights = layer(q, k, k, **options)
        np.testing.assert_allclose(again.numpy(), y.numpy(), rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(same_weights.numpy(), weights.numpy(), rtol=1e-13, atol=1e-15)
    assert not weights.numpy().swapaxes(1, 2)[out].any()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), seeds)
def test_masked_keys_are_as_if_they_were_not_there(lengths, seed):
    layer = attention()
    (x,) = normal(seed, (len(lengths), 4, 4))
    masked, _ = layer(x, x, x, key_padding_mask=np.arange(4) >= np.array(lengths)[:, None])
    for i, length in enumerate(lengths):
        alone, _ = layer(*[x[i : i + 1, :length]] * 3)
        np.testing.assert_allclose(masked.numpy()[i, :length], alone.numpy()[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("excluded", [True, -np.inf])
def test_a_query_without_keys_reads_zero_and_sends_no_gradient(excluded):
    q, k, v = (ag.tensor(x, requires_grad=True) for x in normal(0, (2, 3), (4, 3), (4, 2)))
    mask = np.zeros((2, 4), bool if excluded is True else float)
    mask[1] = excluded
    y = nn.scaled_dot_product_attention(q, k, v, ~mask if excluded is True else mask)
    assert y.numpy()[0].all()
    assert not y.numpy()[1].any()
    y.sum().backward()
    assert q.grad.numpy()[0].all()
    assert not q.grad.numpy()[1].any()
    assert all(np.isfinite(x.grad.numpy()).all() for x in (k, v))
    layer = attention(dropout=0.5)
    read, weights = layer(*[np.ones((1, 2, 4))] * 3, key_padding_mask=np.ones((1, 2), bool))
    np.testing.assert_array_equal(read.numpy(), np.zeros((1, 2, 4)) + layer.out_proj.bias.numpy())
    assert not weights.numpy().any()


def test_large_scores_do_not_overflow():
    q = ag.tensor([[1e4, 0.0]], requires_grad=True)
    y = nn.scaled_dot_product_attention(q, [[1e4, 0.0], [-1e4, 0.0]], [[3.0], [5.0]])
    y.sum().backward()
    assert y.numpy() == 3.0
    assert np.isfinite(q.grad.numpy()).all()


def test_the_order_of_keys_does_not_matter():
    layer = attention()
    q, k = normal(0, (1, 2, 4), (1, 5, 4))
    order = [3, 0, 4, 1, 2]
    np.testing.assert_allclose(layer(q, k[:, order], k[:, order])[0].numpy(), layer(q, k, k)[0].numpy(), rtol=1e-12)


def test_dropout_takes_weights_in_training_only():
    layer = attention(dropout=0.5)
    (x,) = normal(0, (1, 6, 4))
    twin = copy.deepcopy(layer)
    (y, weights), (same, _) = layer(x, x, x), twin(x, x, x)
    np.testing.assert_array_equal(y.numpy(), same.numpy())
    assert not weights.numpy().all()
    layer.eval()
    np.testing.assert_allclose(layer(x, x, x)[1].numpy().sum(axis=-1), 1.0)
    dropped = nn.scaled_dot_product_attention(x, x, np.eye(6)[None], dropout_p=0.5, rng=0).numpy()
    whole = nn.scaled_dot_product_attention(x, x, np.eye(6)[None]).numpy()
    np.testing.assert_allclose(dropped[dropped != 0], 2 * whole[dropped != 0])
    assert 0.2 < (dropped == 0).mean() < 0.8


def test_weights_come_only_if_asked_for():
    x = normal(0, (2, 3, 4))[0]
    assert attention()(x, x, x, need_weights=False)[1] is None
    assert attention()(x, x, x)[1].shape == (2, 3, 3)
    assert attention()(x, x, x, average_attn_weights=False)[1].shape == (2, 2, 3, 3)
    assert attention()(x[0], x[0], x[0], average_attn_weights=False)[1].shape == (2, 3, 3)


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: nn.MultiheadAttention(5, 2), OptionError, "embed_dim=5 is not a multiple of num_heads=2"),
    (lambda: nn.MultiheadAttention(4, 0), OptionError, "MultiheadAttention: num_heads=0; expected at least 1"),
    (lambda: nn.MultiheadAttention(4, 2, dropout=2), OptionError, "dropout=2; expected a number from 0 to 1"),
    (lambda: nn.MultiheadAttention(4, 2, kdim=1.0), DTypeError, r"kdim=1\.0; expected an integer"),
])
def test_bad_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(("shapes", "options", "error", "message"), [
    (((1, 3, 4), (1, 3, 5), (1, 3, 4)), {}, ShapeError, r"key \(1, 3, 5\), value .* 4, 4 and 4 features"),
    (((1, 3, 4), (2, 3, 4), (2, 3, 4)), {}, ShapeError, "one batch"),
    (((1, 3, 4), (1, 2, 4), (1, 3, 4)), {}, ShapeError, "as many values as keys"),
    (((3, 4), (1, 3, 4), (1, 3, 4)), {}, ShapeError, r"query \(3, 4\)"),
    (((4,), (4,), (4,)), {}, ShapeError, r"expected \(batch, steps, features\)"),
    (((1, 3, 4),) * 3, {"attn_mask": np.zeros((2, 3), bool)}, ShapeError,
     r"attn_mask of shape \(2, 3\); expected \(3, 3\) or \(2, 3, 3\)"),
    (((1, 3, 4),) * 3, {"key_padding_mask": np.zeros(3, bool)}, ShapeError,
     r"key_padding_mask of shape \(3,\); expected \(1, 3\)"),
    (((1, 3, 4),) * 3, {"attn_mask": np.zeros((3, 3), int)}, DTypeError, "attn_mask of dtype int64; expected bools"),
])
def test_bad_inputs_are_named(shapes, options, error, message):
    with pytest.raises(error, match=message):
        attention()(*map(np.zeros, shapes), **options)


@pytest.mark.parametrize("shapes", [((2, 3), (2, 4), (2, 3)), ((2, 3), (2, 3), (1, 3)), ((3,), (2, 3), (2, 3))])
def test_bad_inputs_of_the_function_are_named(shapes):
    with pytest.raises(ShapeError, match=r"scaled_dot_product_attention: query .*; expected \(..., L, E\)"):
        nn.scaled_dot_product_attention(*map(np.zeros, shapes))


@pytest.mark.parametrize("samples", [1, 3, 6])
def test_each_sample_is_attended_to_on_its_own(samples):
    """Bit by bit, the gradient too."""
    rng = np.random.default_rng(0)
    q, k, v, g = (rng.standard_normal((7, 5, 11)).astype(np.float32) for _ in range(4))

    def run(part):
        leaves = [ag.tensor(x[part], requires_grad=True) for x in (q, k, v)]
        y = nn.scaled_dot_product_attention(*leaves, is_causal=True)
        return [y, *ag.gradients(y, leaves, g[part])]

    for whole, some in zip(run(slice(None)), run(slice(samples)), strict=True):
        np.testing.assert_array_equal(some.numpy(), whole.numpy()[:samples])
