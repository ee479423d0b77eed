"""Recurrent layers, attention and Transformers: PyTorch's state in, its outputs and gradients out."""

import numpy as np
import pytest
from against_torch import assert_close, same_as_torch, torch
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn

kinds = st.sampled_from(["RNN", "LSTM", "GRU"])
sizes = st.integers(1, 4)
seeds = st.integers(0, 99)
dtypes = st.sampled_from([np.float32, np.float64])


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


class Calling(nn.Module):
    """A layer called in a way of its own, so that all that it is given are inputs."""

    def __init__(self, layer, call):
        self.layer, self.call = layer, call

    def forward(self, *inputs):
        return self.call(self.layer, *inputs)


class TorchCalling(torch.nn.Module):
    """The same of PyTorch."""

    def __init__(self, layer, call):
        super().__init__()
        self.layer, self.call = layer, call

    def forward(self, *inputs):
        return self.call(self.layer, *inputs)


def same_calls(ours, our_call, theirs, their_call, *inputs, dtype):
    same_as_torch(Calling(ours, our_call), TorchCalling(theirs, their_call), *inputs, dtype=dtype)


# Recurrent layers

def with_states(layer, x, *states):
    """``hx`` as the layer wants it: nothing, one, or a pair."""
    return layer(x, states if len(states) > 1 else states[0] if states else None)


@st.composite
def recurrent_layers(draw):
    """A kind of layer, and the arguments with which to make it."""
    kind = draw(kinds)
    options = {
        "num_layers": draw(st.integers(1, 2)), "bias": draw(st.booleans()),
        "batch_first": draw(st.booleans()), "bidirectional": draw(st.booleans()),
    }
    if kind == "RNN":
        options["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    return kind, (draw(sizes), draw(sizes)), options


def both(kind, args, options, seed):
    torch.manual_seed(seed)
    return getattr(nn, kind)(*args, **options), getattr(torch.nn, kind)(*args, **options)


@settings(max_examples=30)
@given(recurrent_layers(), sizes, st.integers(0, 3), st.booleans(), dtypes, seeds)
def test_recurrent_layers(drawn, steps, batch, given_states, dtype, seed):
    kind, (features, units), options = drawn
    ours, theirs = both(*drawn, seed)
    batches = (batch,) if batch else ()  # none: one sequence alone
    shape = (*batches, steps, features) if options["batch_first"] else (steps, *batches, features)
    rows = options["num_layers"] * (1 + options["bidirectional"])
    count = (1 + (kind == "LSTM")) * given_states
    inputs = normal(seed, shape, *((rows, *batches, units),) * count)
    same_calls(ours, with_states, theirs, with_states, *inputs, dtype=dtype)
    assert repr(ours).replace(", nonlinearity=relu", "") == repr(theirs)


@settings(max_examples=20)
@given(recurrent_layers(), st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2), dtypes, seeds)
def test_lengths_are_packed_sequences(drawn, lengths, padding, dtype, seed):
    _, (features, _), options = drawn
    batch_first, steps = options["batch_first"], max(lengths) + padding

    def packed(layer, x):
        pack, pad = torch.nn.utils.rnn.pack_padded_sequence, torch.nn.utils.rnn.pad_packed_sequence
        y, last = layer(pack(x, lengths, batch_first, enforce_sorted=False))
        return pad(y, batch_first, total_length=steps)[0], last

    ours, theirs = both(*drawn, seed)
    shape = (len(lengths), steps, features) if batch_first else (steps, len(lengths), features)
    same_calls(ours, lambda layer, x: layer(x, lengths=lengths), theirs, packed, *normal(seed, shape), dtype=dtype)


@settings(max_examples=15)
@given(kinds, sizes, sizes, st.booleans(), st.sampled_from([(), (3,)]), dtypes, seeds)
def test_cells(kind, features, units, bias, batch, dtype, seed):
    ours, theirs = both(f"{kind}Cell", (features, units, bias), {}, seed)
    inputs = normal(seed, (*batch, features), *((*batch, units),) * (1 + (kind == "LSTM")))
    same_calls(ours, with_states, theirs, with_states, *inputs, dtype=dtype)
    assert repr(ours) == repr(theirs)


def test_the_nonlinearity_of_a_cell():
    ours, theirs = nn.RNNCell(2, 3, nonlinearity="relu"), torch.nn.RNNCell(2, 3, nonlinearity="relu")
    same_as_torch(ours, theirs, *normal(0, (4, 2), (4, 3)))
    assert repr(ours) == repr(theirs)


# Attention

def a_mask(rng, kind, shape):
    """A mask that leaves every query its first key, or None."""
    if kind is None:
        return None
    mask = rng.random(shape) < 0.4 if kind == "bool" else rng.standard_normal(shape)
    mask[..., 0] = False if kind == "bool" else 0.0
    return mask


def mask_for(layer, mask, dtype):
    """The mask as the layer takes it: PyTorch's wants a Tensor, and floats in its own dtype."""
    if mask is None:
        return None
    mask = mask if mask.dtype == bool else mask.astype(dtype)
    return mask if isinstance(layer, nn.Module) else torch.tensor(mask)


masks = st.sampled_from([None, "bool", "float"])


@settings(max_examples=30)
@given(st.sampled_from([(), (2,), (2, 3)]), sizes, sizes, sizes, sizes, masks, st.booleans(), dtypes, seeds)
def test_scaled_dot_product_attention(leading, queries, keys, features, values, mask, causal, dtype, seed):
    inputs = normal(seed, (*leading, queries, features), (*leading, keys, features), (*leading, keys, values))
    mask = None if causal else a_mask(np.random.default_rng(seed), mask, (queries, keys))
    if mask is not None and mask.dtype == bool:
        mask = ~mask
    ours = [ag.tensor(x.astype(dtype), requires_grad=True) for x in inputs]
    theirs = [torch.tensor(x.astype(dtype), requires_grad=True) for x in inputs]
    attend, options = torch.nn.functional.scaled_dot_product_attention, {"is_causal": causal, "scale": 0.7}
    y = nn.scaled_dot_product_attention(*ours, mask_for(nn.Identity(), mask, dtype), **options)
    ty = attend(*theirs, mask_for(None, mask, dtype), **options)
    assert_close(y, ty, "output")
    (weights,) = normal(seed, y.shape)
    (y * weights).sum().backward()
    (ty * torch.tensor(weights)).sum().backward()
    for x, tx in zip(ours, theirs, strict=True):
        assert_close(x.grad, tx.grad, "gradient")


@settings(max_examples=30)
@given(
    heads=st.integers(1, 3), width=st.integers(1, 3), batch=st.integers(0, 3), queries=sizes, keys=sizes,
    kdim=st.none() | sizes, vdim=st.none() | sizes, bias=st.booleans(), batch_first=st.booleans(),
    mask=masks, padded=st.booleans(), each=st.sampled_from([None, False, True]), average=st.booleans(),
    dtype=dtypes, seed=seeds,
)
def test_multihead_attention(heads, width, batch, queries, keys, kdim, vdim, bias, batch_first, mask, padded, each,
                             average, dtype, seed):
    rng, features = np.random.default_rng(seed), heads * width
    ours, theirs = both("MultiheadAttention", (features, heads),
                        {"bias": bias, "kdim": kdim, "vdim": vdim, "batch_first": batch_first}, seed)

    def shape(steps, size):
        return (steps, size) if not batch else (batch, steps, size) if batch_first else (steps, batch, size)

    inputs = normal(seed, shape(queries, features), shape(keys, kdim or features), shape(keys, vdim or features))
    pairs = ((batch or 1) * heads, queries, keys) if each else (queries, keys)
    attn_mask = None if each is None else a_mask(rng, mask, pairs)
    key_padding_mask = a_mask(rng, mask, (batch, keys) if batch else (keys,)) if padded else None

    def call(layer, q, k, v):
        return layer(q, k, v, key_padding_mask=mask_for(layer, key_padding_mask, dtype),
                     attn_mask=mask_for(layer, attn_mask, dtype), average_attn_weights=average)

    same_calls(ours, call, theirs, call, *inputs, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_self_attention_that_is_causal(dtype):
    ours, theirs = both("MultiheadAttention", (6, 2), {}, 0)
    later = np.triu(np.ones((5, 5), bool), 1)
    same_calls(ours, lambda layer, x: layer(x, x, x, need_weights=False, is_causal=True)[0],
               theirs, lambda layer, x: layer(x, x, x, need_weights=False, attn_mask=torch.tensor(later))[0],
               *normal(0, (5, 3, 6)), dtype=dtype)


# Transformers

transformer_options = st.fixed_dictionaries({
    "dim_feedforward": sizes, "dropout": st.just(0.0), "activation": st.sampled_from(["relu", "gelu"]),
    "batch_first": st.booleans(), "norm_first": st.booleans(), "bias": st.booleans(),
    "layer_norm_eps": st.sampled_from([1e-5, 1e-2]),
})


def spread(module, seed):
    """Draw every parameter of PyTorch's anew: LayerNorms start alike, and biases at 0."""
    torch.manual_seed(seed)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)


@settings(max_examples=15)
@given(transformer_options, st.integers(1, 2), sizes, sizes, sizes, st.booleans(), dtypes, seeds)
def test_transformer_layers(options, heads, batch, steps, length, causal, dtype, seed):
    features = 4
    source = (batch, length, features) if options["batch_first"] else (length, batch, features)
    target = (batch, steps, features) if options["batch_first"] else (steps, batch, features)
    x, memory = normal(seed, target, source)
    padding = np.random.default_rng(seed).random((batch, length)) < 0.3
    padding[:, 0] = False
    later = np.triu(np.ones((steps, steps), bool), 1)

    encoder, their_encoder = both("TransformerEncoderLayer", (features, heads), options, seed)
    spread(their_encoder, seed)
    same_calls(encoder, lambda layer, m: layer(m, src_key_padding_mask=padding),
               their_encoder, lambda layer, m: layer(m, src_key_padding_mask=torch.tensor(padding)),
               memory, dtype=dtype)

    decoder, their_decoder = both("TransformerDecoderLayer", (features, heads), options, seed)
    spread(their_decoder, seed)
    same_calls(decoder, lambda layer, t, m: layer(t, m, memory_key_padding_mask=padding, tgt_is_causal=causal),
               their_decoder, lambda layer, t, m: layer(t, m, memory_key_padding_mask=torch.tensor(padding),
                                                        tgt_mask=torch.tensor(later) if causal else None),
               x, memory, dtype=dtype)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")  # PyTorch's, of its own choice
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch_first", [False, True])
def test_the_whole_transformer(batch_first, dtype):
    options = {"dim_feedforward": 5, "dropout": 0.0, "batch_first": batch_first}
    ours, theirs = both("Transformer", (4, 2, 2, 2), options, 0)
    spread(theirs, 0)
    later = nn.Transformer.generate_square_subsequent_mask(3)
    np.testing.assert_array_equal(later, torch.nn.Transformer.generate_square_subsequent_mask(3).numpy())
    source, target = ((2, 5, 4), (2, 3, 4)) if batch_first else ((5, 2, 4), (3, 2, 4))
    same_calls(ours, lambda model, s, t: model(s, t, tgt_mask=later),
               theirs, lambda model, s, t: model(s, t, tgt_mask=torch.tensor(later.astype(dtype))),
               *normal(0, source, target), dtype=dtype)


def test_attention_starts_like_pytorch():
    ours, theirs = both("MultiheadAttention", (64, 4), {}, 0)
    for (name, p), (their_name, tp) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == their_name
        values, expected = p.numpy(), tp.detach().numpy()
        assert values.std() == pytest.approx(expected.std(), rel=0.05)
        assert np.abs(values).max() == pytest.approx(np.abs(expected).max(), rel=0.01)
