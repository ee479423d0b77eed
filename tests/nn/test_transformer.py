"""Transformers and positions: what is copied, what is hidden, the formulas of the encodings, errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def test_a_decoder_never_looks_ahead_and_sees_all_of_memory():
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, 0.0, rng=0), 2)
    x, memory = (ag.tensor(a, requires_grad=True) for a in normal(0, (5, 1, 4), (3, 1, 4)))
    y = decoder(x, memory, tgt_is_causal=True)
    of_x, of_memory = ag.gradients((y[2] * np.arange(4)).sum(), (x, memory))
    assert not of_x.numpy()[3:].any()
    assert of_x.numpy()[:3].any(axis=-1).all()
    assert of_memory.numpy().any(axis=-1).all()


def test_copies_start_alike_but_are_not_the_same_and_drop_other_units():
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.5, rng=0)
    encoder = nn.TransformerEncoder(layer, 2)
    first, second = encoder.layers
    np.testing.assert_array_equal(first.linear1.weight.numpy(), second.linear1.weight.numpy())
    assert len({id(p) for p in (*encoder.parameters(), *layer.parameters())}) == 36
    (x,) = normal(0, (6, 3, 4))
    assert (first(x).numpy() != second(x).numpy()).any()
    np.testing.assert_array_equal(first.eval()(x).numpy(), second.eval()(x).numpy())
    assert len(list(encoder.modules())) == 1 + 1 + 2 * 10


def test_the_layers_of_a_transformer_start_each_on_their_own():
    model = nn.Transformer(4, 2, 2, 2, 8, rng=0)
    first, second = model.encoder.layers
    assert (first.linear1.weight.numpy() != second.linear1.weight.numpy()).all()
    twin = nn.Transformer(4, 2, 2, 2, 8, rng=0)
    for one, other in zip(model.parameters(), twin.parameters(), strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_masks_reach_every_layer():
    layer = nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True, rng=0)
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(4))
    (x,) = normal(0, (2, 5, 4))
    padding = np.arange(5) >= np.array([[3], [5]])
    masked = encoder(x, src_key_padding_mask=padding).numpy()
    np.testing.assert_allclose(masked[0, :3], encoder(x[:1, :3]).numpy()[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(masked[1], encoder(x[1:]).numpy()[0], rtol=1e-5, atol=1e-6)
    causal = encoder(x, is_causal=True).numpy()
    np.testing.assert_allclose(causal[:, :2], encoder(x[:, :2], is_causal=True).numpy(), rtol=1e-5, atol=1e-6)
    later = nn.Transformer.generate_square_subsequent_mask(5)
    np.testing.assert_allclose(encoder(x, mask=later).numpy(), causal, rtol=1e-5, atol=1e-6)


def test_any_function_or_module_can_be_the_activation():
    (x,) = normal(0, (3, 1, 4))
    outputs = [nn.TransformerEncoderLayer(4, 2, 8, 0.0, activation, rng=0)(x).numpy()
               for activation in ("relu", ag.relu, nn.ReLU())]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: nn.TransformerEncoderLayer(4, 2, activation="elu"), OptionError,
     "TransformerEncoderLayer: activation='elu'; expected 'relu', 'gelu' or a function"),
    (lambda: nn.TransformerDecoderLayer(4, 3), OptionError, "embed_dim=4 is not a multiple of num_heads=3"),
    (lambda: nn.TransformerEncoder(nn.Identity(), 0), OptionError, "TransformerEncoder: num_layers=0"),
    (lambda: nn.TransformerDecoder(nn.Identity(), 1.0), DTypeError, r"TransformerDecoder: num_layers=1\.0"),
    (lambda: nn.SinusoidalPositionalEncoding(3), OptionError, "d_model=3; expected an even number"),
    (lambda: nn.RotaryPositionalEncoding(3), OptionError, "dim=3; expected an even number"),
    (lambda: nn.SinusoidalPositionalEncoding(4)(np.zeros((2, 3))), ShapeError, r"expected \(steps, 4\)"),
    (lambda: nn.RotaryPositionalEncoding(4)(np.zeros(4)), ShapeError, r"expected \(\.\.\., steps, 4\)"),
    (lambda: nn.RotaryPositionalEncoding(4)(np.zeros((2, 4)), positions=[0, 1, 2]), ShapeError,
     r"positions of shape \(3,\) do not broadcast to \(2,\)"),
])
def test_errors_name_what_is_wrong(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Positions

evens = st.integers(1, 4).map(lambda n: 2 * n)
steps = st.integers(1, 6)
seeds = st.integers(0, 99)


@given(steps, evens, st.booleans())
def test_sinusoidal_encodings_are_the_formula(steps, features, batch_first):
    expected = [[[np.sin, np.cos][i % 2](pos / 10000 ** (i // 2 * 2 / features)) for i in range(features)]
                for pos in range(steps)]
    encoding = nn.SinusoidalPositionalEncoding(features, batch_first=batch_first)
    shape = (2, steps, features) if batch_first else (steps, 2, features)
    y = encoding(np.zeros(shape)).numpy()
    for one in (y if batch_first else y.swapaxes(0, 1)):
        np.testing.assert_allclose(one, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(encoding(np.ones((steps, features))).numpy(), np.add(expected, 1), rtol=1e-12)


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), evens, seeds)
def test_rotated_products_depend_on_the_distance_only(i, j, shift, features, seed):
    q, k = (x.astype(np.float64) for x in normal(seed, (1, features), (1, features)))
    rotate = nn.RotaryPositionalEncoding(features)

    def product(i, j):
        return float((rotate(q, [i]) * rotate(k, [j])).sum())

    assert product(i, j) == pytest.approx(product(i + shift, j + shift), rel=1e-9, abs=1e-9)


@given(steps, evens, seeds)
def test_rotation_keeps_lengths_and_starts_at_nothing(steps, features, seed):
    (x,) = normal(seed, (2, 3, steps, features))
    y = nn.RotaryPositionalEncoding(features)(x).numpy()
    assert y.dtype == np.float32
    np.testing.assert_allclose((y * y).sum(axis=-1), (x * x).sum(axis=-1), rtol=1e-5)
    np.testing.assert_array_equal(y[:, :, 0], x[:, :, 0])
    positions = np.arange(steps) + np.array([[[0]], [[4]]])  # each sequence with its own
    apart = nn.RotaryPositionalEncoding(features)(x, positions).numpy()
    np.testing.assert_array_equal(apart[0], y[0])


@given(st.integers(0, 50), evens)
def test_each_pair_turns_by_its_own_angle(position, features):
    x = np.tile([1.0, 0.0], features // 2)[None]
    y = nn.RotaryPositionalEncoding(features)(x, [position]).numpy()[0]
    angles = position / 10000 ** (2 * np.arange(features // 2) / features)
    np.testing.assert_allclose(y[0::2] + 1j * y[1::2], np.exp(1j * angles), rtol=1e-12, atol=1e-12)
