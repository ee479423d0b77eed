"""Layers and activations do what PyTorch's do: the same state in, the same outputs and gradients out."""

import numpy as np
import pytest
from against_torch import same_as_torch, torch
from hypothesis import given, settings
from hypothesis import strategies as st

import nn

dtypes = st.sampled_from([np.float32, np.float64])
sizes = st.integers(1, 5)
seeds = st.integers(0, 99)
few = settings(max_examples=25)


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def alike(name, *args, **kwargs):
    """Our module and PyTorch's, made alike."""
    return getattr(nn, name)(*args, **kwargs), getattr(torch.nn, name)(*args, **kwargs)


@few
@given(batch=st.lists(sizes, max_size=3), a=sizes, b=sizes, out=sizes, bias=st.booleans(), dtype=dtypes, seed=seeds)
def test_bilinear(batch, a, b, out, bias, dtype, seed):
    same_as_torch(*alike("Bilinear", a, b, out, bias), normal(seed, *batch, a), normal(seed + 1, *batch, b),
                  dtype=dtype)


@st.composite
def convolutions(draw, axes):
    def each(low, high):
        return draw(st.one_of(st.integers(low, high), st.tuples(*[st.integers(low, high)] * axes)))

    groups = draw(st.integers(1, 2))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    return channels, {"kernel_size": each(1, 3), "stride": each(1, 2), "padding": each(0, 2), "dilation": each(1, 2),
                      "groups": groups, "bias": draw(st.booleans())}


@pytest.mark.filterwarnings("ignore:Using padding='same'")  # PyTorch is sorry to copy
@few
@given(st.data(), st.integers(1, 2), st.booleans(), dtypes, seeds)
def test_convolutions(data, axes, batched, dtype, seed):
    (inputs, outputs), options = data.draw(convolutions(axes))
    options["padding_mode"] = mode = data.draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    if data.draw(st.booleans()):
        options |= {"padding": data.draw(st.sampled_from(["same", "valid"])), "stride": 1}
    shape = (2, inputs, *[7, 6][:axes]) if batched else (inputs, *[7, 6][:axes])
    ours, theirs = alike(f"Conv{axes}d", inputs, outputs, **options)
    if mode == "reflect" and axes == 2 and not batched:
        shape = (1, *shape)  # PyTorch's reflection of a single picture has another meaning of its axes
    same_as_torch(ours, theirs, normal(seed, *shape), dtype=dtype)
    assert sorted(repr(ours)) == sorted(repr(theirs))  # in some order


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_an_odd_border_has_its_larger_part_at_the_end(mode):
    same_as_torch(*alike("Conv2d", 1, 1, (2, 4), padding="same", padding_mode=mode), normal(0, 1, 1, 4, 5))


@few
@given(st.data(), st.integers(1, 2), dtypes, seeds)
def test_transposed_convolutions(data, axes, dtype, seed):
    (inputs, outputs), options = data.draw(convolutions(axes))
    options |= {"stride": 3, "output_padding": data.draw(st.integers(0, 2)), "padding": data.draw(st.integers(0, 1))}
    ours, theirs = alike(f"ConvTranspose{axes}d", inputs, outputs, **options)
    same_as_torch(ours, theirs, normal(seed, 2, inputs, *[4, 3][:axes]), dtype=dtype)
    assert repr(ours) == repr(theirs)


@few
@given(st.data(), st.sampled_from(["Max", "Avg"]), st.integers(1, 2), st.booleans(), dtypes, seeds)
def test_pooling(data, kind, axes, batched, dtype, seed):
    size = data.draw(st.integers(1, 4))
    options = {"kernel_size": size, "stride": data.draw(st.none() | st.integers(1, 3)),
               "padding": data.draw(st.integers(0, size // 2))}
    if kind == "Avg":
        options["count_include_pad"] = data.draw(st.booleans())
    else:
        options["dilation"] = data.draw(st.integers(1, 2))
    shape = (2, 3, *[9, 8][:axes])
    same_as_torch(*alike(f"{kind}Pool{axes}d", **options), normal(seed, *(shape if batched else shape[1:])),
                  dtype=dtype)


@few
@given(st.sampled_from(["Max", "Avg"]), st.tuples(sizes, sizes), st.integers(1, 2), st.integers(5, 9), dtypes, seeds)
def test_adaptive_pooling(kind, wanted, axes, length, dtype, seed):
    output_size = wanted[0] if axes == 1 else wanted
    same_as_torch(*alike(f"Adaptive{kind}Pool{axes}d", output_size), normal(seed, 2, 3, *[length, 7][:axes]),
                  dtype=dtype)


@few
@given(st.data(), st.sampled_from([(2,), (2, 5), (2, 3, 4)]), st.integers(2, 4), dtypes, seeds)
def test_batch_norm_over_several_steps(data, space, batch, dtype, seed):
    (channels, *space), options = space, {
        "eps": data.draw(st.sampled_from([1e-5, 0.1])), "momentum": data.draw(st.sampled_from([0.1, 0.7, None])),
        "affine": data.draw(st.booleans()), "track_running_stats": data.draw(st.booleans()),
        "bias": data.draw(st.booleans()),
    }
    ours, theirs = alike(f"BatchNorm{max(1, len(space))}d", channels, **options)
    assert repr(ours) == repr(theirs)
    if options["affine"]:
        theirs.weight.data = torch.tensor(normal(seed, channels))
    for step in range(2):
        same_as_torch(ours, theirs, 3 * normal(seed + step, batch, channels, *space) + 2, dtype=dtype)
    same_as_torch(ours.eval(), theirs.eval(), normal(seed, batch, channels, *space), dtype=dtype)


@few
@given(st.lists(sizes, min_size=1, max_size=2), st.lists(sizes, max_size=2), st.booleans(), st.booleans(), dtypes,
       seeds)
def test_layer_norm(shape, batch, affine, bias, dtype, seed):
    ours, theirs = alike("LayerNorm", shape, elementwise_affine=affine, bias=bias, eps=0.01)
    if affine:
        theirs.weight.data = torch.tensor(normal(seed, *shape))
    same_as_torch(ours, theirs, normal(seed, *batch, *shape), dtype=dtype)


@few
@given(sizes, st.integers(1, 2), st.lists(sizes, max_size=2), st.booleans(), st.booleans(), dtypes, seeds)
def test_group_norm(groups, each, space, affine, bias, dtype, seed):
    ours, theirs = alike("GroupNorm", groups, groups * each, eps=0.01, affine=affine, bias=bias)
    if affine:
        theirs.weight.data = torch.tensor(normal(seed, groups * each))
    same_as_torch(ours, theirs, normal(seed, 2, groups * each, *space), dtype=dtype)
    assert repr(ours) == repr(theirs)


@few
@given(st.lists(sizes, min_size=1, max_size=2), st.lists(sizes, max_size=2), st.booleans(),
       st.sampled_from([None, 1e-3]), dtypes, seeds)
def test_rms_norm(shape, batch, affine, eps, dtype, seed):
    ours, theirs = alike("RMSNorm", shape, eps=eps, elementwise_affine=affine)
    if affine:
        theirs.weight.data = torch.tensor(normal(seed, *shape))
    same_as_torch(ours, theirs, normal(seed, *batch, *shape), dtype=dtype)
    assert repr(ours) == repr(theirs)


@few
@given(st.lists(sizes, max_size=3), st.none() | st.integers(-4, 3), dtypes, seeds)
def test_embedding(shape, padding, dtype, seed):
    ours, theirs = alike("Embedding", 4, 3, padding)
    same_as_torch(ours, theirs, np.random.default_rng(seed).integers(0, 4, shape), dtype=dtype)


@few
@given(st.data(), st.sampled_from(["sum", "mean", "max"]), st.none() | st.integers(0, 5), dtypes, seeds)
def test_embedding_bag(data, mode, padding, dtype, seed):
    rng = np.random.default_rng(seed)
    ours, theirs = alike("EmbeddingBag", 6, 3, mode=mode, padding_idx=padding)
    weights = data.draw(st.booleans()) and mode == "sum"
    if data.draw(st.booleans()):
        inputs = [rng.integers(0, 6, (3, 4)), None]
    else:
        bags = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
        inputs = [rng.integers(0, 6, sum(bags)), np.cumsum([0, *bags[:-1]])]
    if mode == "max":  # a tie within a bag is shared here, and goes to the first in PyTorch
        inputs = [rng.permutation(6), np.array([0, 2, 2])]
    same_as_torch(ours, theirs, *inputs, *([rng.standard_normal(inputs[0].shape)] if weights else []), dtype=dtype)


ACTIVATIONS = {
    "CELU": [(), (2.0,)], "ELU": [(), (0.5,)], "GELU": [(), ("tanh",)], "GLU": [(), (0,)], "Hardsigmoid": [()],
    "Hardswish": [()], "Hardtanh": [(), (-0.5, 2.0)], "LeakyReLU": [(), (0.1,)], "LogSigmoid": [()],
    "LogSoftmax": [(0,), (-1,)], "Mish": [()], "PReLU": [(), (4, 0.1)], "ReLU": [()], "ReLU6": [()], "SELU": [()],
    "SiLU": [()], "Sigmoid": [()], "Softmax": [(0,), (-1,)], "Softplus": [(), (2.0,), (1.0, 3.0)], "Softsign": [()],
    "Tanh": [()], "Threshold": [(0.1, -3.0)],
}


@pytest.mark.parametrize(("name", "args"), [(name, args) for name, calls in ACTIVATIONS.items() for args in calls])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations(name, args, dtype):
    ours, theirs = alike(name, *args)
    if name == "Hardsigmoid" and dtype is np.float64:
        pytest.skip("PyTorch's slope in float64 is 1/6 rounded to float32")
    for scale in (1.0, 10.0, 1e4):
        same_as_torch(ours, theirs, normal(0, 6, 4) * scale, dtype=dtype)
    if name != "Softplus":  # PyTorch shows integers, which are its defaults
        assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", ["Hardsigmoid", "Hardtanh", "LeakyReLU", "ReLU", "ReLU6"])
def test_activations_at_their_corners(name):
    x = np.array([-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0])
    same_as_torch(*alike(name), x)


@pytest.mark.parametrize(("name", "shape"), [
    ("Dropout", (3, 4)), ("Dropout1d", (2, 3, 4)), ("Dropout2d", (2, 3, 4, 4))])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_dropout_where_nothing_is_left_to_chance(name, shape, p):
    ours, theirs = alike(name, p)
    if p != 0.3:
        same_as_torch(ours, theirs, normal(0, *shape))
    same_as_torch(ours.eval(), theirs.eval(), normal(0, *shape))


@pytest.mark.parametrize(("name", "args"), [
    ("Linear", (200, 300)), ("Bilinear", (100, 5, 60)), ("Conv1d", (50, 60, 4)), ("Conv2d", (16, 40, 5, 1, 0, 1, 2)),
    ("ConvTranspose1d", (60, 50, 4)), ("ConvTranspose2d", (40, 16, 5, 1, 0, 0, 2)), ("Embedding", (200, 100)),
    ("EmbeddingBag", (200, 100))])
def test_the_start_has_pytorchs_distribution(name, args):
    torch.manual_seed(0)
    ours, theirs = getattr(nn, name)(*args, rng=0), getattr(torch.nn, name)(*args)
    for p, tp in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert p.shape == tuple(tp.shape)
        sample, other = np.sort(p.numpy(), axis=None), np.sort(tp.detach().numpy(), axis=None)
        below = np.searchsorted(other, sample) - np.arange(len(sample))
        assert np.abs(below).max() / len(sample) < 1.95 * np.sqrt(2 / len(sample))  # Kolmogorov-Smirnov, 1 in 1,000


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (0, 3, 4)])
def test_flatten_and_unflatten(shape):
    same_as_torch(*alike("Flatten"), normal(0, *shape))
    same_as_torch(*alike("Flatten", 0, 1), normal(0, *shape))
    same_as_torch(*alike("Unflatten", 2, (2, 2)), normal(0, *shape))
    assert repr(nn.Flatten()) == repr(torch.nn.Flatten())
