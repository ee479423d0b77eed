"""The functions of ``nn.functional``: PyTorch's numbers under PyTorch's names, and plain words for the rest."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, SelectionError, ShapeError
from nn import functional


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


X, W, B = drawn(2, 4, 3), drawn(3, seed=1), drawn(3, seed=2)
IMAGE = drawn(2, 4, 5, 6)

CALLS = [
    ("linear", [X, drawn(5, 3), drawn(5)], {}), ("linear", [X, drawn(5, 3)], {}),
    ("layer_norm", [X, (3,), W, B], {}), ("layer_norm", [X, (4, 3)], {"eps": 0.1}),
    ("layer_norm", [X, (3,)], {"bias": B}), ("rms_norm", [X, (3,), W], {"eps": 1e-3}),
    ("group_norm", [IMAGE, 2, drawn(4), drawn(4)], {}), ("group_norm", [IMAGE, 4], {}),
    ("normalize", [X], {}), ("normalize", [X], {"p": 1.0, "dim": -1}), ("normalize", [X], {"p": 3.0, "dim": 0}),
    ("cosine_similarity", [X, drawn(2, 4, 3, seed=3)], {}),
    ("cosine_similarity", [X, drawn(4, 3, seed=3)], {"dim": -1}), ("cosine_similarity", [X, drawn(3, seed=3)], {}),
    ("cosine_similarity", [drawn(4, 1), drawn(4, 5, seed=3)], {"dim": 1}),
    ("pairwise_distance", [X, X + 1], {"p": 3.0}), ("pairwise_distance", [X, W], {"p": np.inf}),
    ("normalize", [X], {"p": np.inf}), ("linear", [X, drawn(5, 3), drawn(1)], {}),
    ("gelu", [X], {}), ("gelu", [X], {"approximate": "tanh"}), ("elu", [X], {"alpha": 0.5}),
    ("celu", [X], {"alpha": 0.5}), ("hardtanh", [X], {"min_val": 0.0, "max_val": 0.0}),
    ("pad", [X, (1, 2)], {}), ("pad", [X, (1, 0, 2, 1)], {"value": 7.0}),
    ("pad", [IMAGE, (1, 2, 3, 0)], {"mode": "reflect"}), ("pad", [IMAGE, (1, 2, 3, 0)], {"mode": "replicate"}),
    ("pad", [X, (1, 2)], {"mode": "circular"}),
    ("hardtanh", [2 * X], {}), ("hardtanh", [2 * X], {"min_val": -0.5, "max_val": 2.0}), ("relu6", [5 * X], {}),
    ("hardsigmoid", [4 * X], {}), ("hardswish", [4 * X], {}), ("leaky_relu", [X], {"negative_slope": 0.3}),
    ("prelu", [X, drawn(4)], {}), ("prelu", [X, drawn(1)], {}), ("softplus", [9 * X], {"beta": 2.0, "threshold": 5.0}),
    ("threshold", [X, 0.2, -1.0], {}), ("softmax", [X], {"dim": 1}), ("log_softmax", [X], {"dim": 0}),
    ("glu", [IMAGE], {"dim": 1}), ("dropout", [X, 0.5], {"training": False}),
]


@pytest.mark.parametrize(("name", "args", "options"), CALLS, ids=[f"{name}-{i}" for i, (name, *_) in enumerate(CALLS)])
def test_values_and_gradients_are_pytorchs(name, args, options):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    floats = [i for i, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    ours, theirs = list(args), list(args)
    for i in floats:
        ours[i], theirs[i] = ag.tensor(args[i], requires_grad=True), torch.tensor(args[i], requires_grad=True)
    y = getattr(functional, name)(*ours, **options)
    arrays = {key: torch.tensor(value) for key, value in options.items() if isinstance(value, np.ndarray)}
    z = getattr(torch.nn.functional, name)(*theirs, **{**options, **arrays})
    np.testing.assert_allclose(y.numpy(), z.detach().numpy(), rtol=1e-12, atol=1e-12)
    seed = drawn(*y.shape, seed=9)
    y.backward(seed)
    z.backward(torch.tensor(seed))
    for i in floats:
        np.testing.assert_allclose(ours[i].grad.numpy(), theirs[i].grad.numpy(), atol=1e-10,
                                   rtol=1e-7 if name == "hardsigmoid" else 1e-10)  # PyTorch's 1/6 is a float32


@pytest.mark.parametrize(("labels", "options"), [([2, 0, 1], {}), ([[2, 0]], {"num_classes": 5}), (3, {})])
def test_embedding_and_one_hot_are_pytorchs(labels, options):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    hot = functional.one_hot(labels, **options)
    np.testing.assert_array_equal(hot.numpy(), torch.nn.functional.one_hot(torch.tensor(labels), **options).numpy())
    assert hot.dtype == np.int64
    table = drawn(6, 2)
    theirs = torch.nn.functional.embedding(torch.tensor(labels), torch.tensor(table))
    np.testing.assert_array_equal(functional.embedding(labels, table).numpy(), theirs.numpy())


def test_a_row_of_padding_gets_no_gradient():
    table = ag.tensor(drawn(3, 2), requires_grad=True)
    functional.embedding([0, 2, 2], table, padding_idx=-1).sum().backward()
    np.testing.assert_array_equal(table.grad.numpy(), [[1, 1], [0, 0], [0, 0]])


@pytest.mark.parametrize("name", ["dropout", "dropout1d", "dropout2d"])
def test_a_layer_of_dropout_is_its_function(name):
    x = np.ones((3, 40, 2, 2)[:{"dropout": 4, "dropout1d": 3, "dropout2d": 4}[name]])
    layer = getattr(nn, name.capitalize())(0.25, rng=3)
    y = getattr(functional, name)(x, 0.25, rng=3).numpy()
    np.testing.assert_array_equal(layer(x).numpy(), y)
    assert set(np.unique(y)) == {0.0, 1 / 0.75}


@pytest.mark.parametrize("x", [np.float32, np.float64])
@pytest.mark.parametrize("bias", [np.float32, np.float64])
def test_a_bias_promotes_like_any_operand(x, bias):
    y = functional.linear(np.ones((2, 3), x), np.ones((4, 3), x), np.ones(4, bias))
    assert y.dtype == np.result_type(x, bias)
    np.testing.assert_array_equal(functional.linear([1, 2, 3], [[1, 2, 3]], [0.5]).numpy(), [14.5])


@pytest.mark.parametrize("call", [
    lambda x, a, b: functional.hardtanh(x, a, b), lambda x, a, b: nn.Hardtanh(a, b)(x),
    lambda x, a, b: functional.softplus(x, b, a), lambda x, a, b: functional.threshold(x, a, b),
    lambda x, a, b: functional.leaky_relu(x, a), lambda x, a, b: functional.elu(x, a),
    lambda x, a, b: functional.celu(x, b), lambda x, a, b: functional.pairwise_distance(x, x, b, a),
    lambda x, a, b: functional.normalize(x, b, -1, a), lambda x, a, b: functional.pad(x, (1, 1), value=a),
    lambda x, a, b: functional.triplet_margin_loss(x, x, x, b, b, a),
    lambda x, a, b: functional.huber_loss(x, x, delta=b), lambda x, a, b: functional.cosine_embedding_loss(x, x, 1, a),
])
def test_options_are_numbers_whatever_their_dtype(call):
    assert call(np.ones(3, np.float32), np.float64(0), np.float64(1)).dtype == np.float32
    for wrong in ("a", None, [1.0, 2.0], ag.tensor(1.0, requires_grad=True)):
        with pytest.raises((DTypeError, OptionError), match=r"=.*; expected"):
            call(np.ones(3, np.float32), wrong, wrong)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: functional.dropout(X, 1.5), OptionError, r"dropout: p=1\.5; expected a number from 0 to 1"),
    (lambda: functional.dropout2d(np.ones(3)), ShapeError, r"dropout2d: an input of shape \(3,\)"),
    (lambda: functional.linear(X, drawn(5, 4), drawn(5)), ShapeError,
     "linear: .* has 3 features in its last axis; this layer takes 4"),
    (lambda: functional.linear(X, drawn(5, 4)), ShapeError, "linear: .* has 3 features in its last axis"),
    (lambda: functional.linear(X, drawn(5, 3), drawn(4)), ShapeError, r"linear: bias of shape \(4,\).*expected \(5,\)"),
    (lambda: functional.linear(X, drawn(3), drawn(3)), ShapeError, r"linear: weight of shape \(3,\); expected \(out"),
    (lambda: functional.linear(1.0, drawn(5, 3)), ShapeError, "linear: the input is a single number"),
    (lambda: functional.layer_norm(X, 4), ShapeError,
     r"layer_norm: an input of shape \(2, 4, 3\); expected \(..., 4\)"),
    (lambda: functional.layer_norm(X, 3, drawn(4)), ShapeError, r"layer_norm: weight of shape \(4,\); expected \(3,\)"),
    (lambda: functional.layer_norm(X, 3, eps=-1), OptionError, "layer_norm: eps=-1"),
    (lambda: functional.group_norm(IMAGE, 3), OptionError, "group_norm: num_groups=3 does not divide 4 channels"),
    (lambda: functional.group_norm(np.ones(3), 1), ShapeError, r"expected \(N, C, \*space\)"),
    (lambda: functional.one_hot([0, -1]), SelectionError, "one_hot: label -1; expected 0 to 0"),
    (lambda: functional.one_hot([0, 3], 3), SelectionError, "one_hot: label 3; expected 0 to 2"),
    (lambda: functional.one_hot([0.5]), DTypeError, "one_hot: indices of float64; expected integers"),
    (lambda: functional.one_hot([]), OptionError, "one_hot: no labels to count the classes of"),
    (lambda: functional.embedding([1], np.ones(3)), ShapeError, r"embedding: a weight of shape \(3,\)"),
    (lambda: functional.embedding([1], np.ones((3, 1)), padding_idx=3), SelectionError, "padding_idx=3"),
    (lambda: functional.pad(X, (1,)), OptionError, r"pad: pad=\(1,\) for an input of 3 axes; expected two widths"),
    (lambda: functional.pad(X, 3), DTypeError, "pad: pad=3; expected two widths"),
    (lambda: functional.pad(X, (-1, 0)), OptionError, "pad: pad=-1; expected at least 0"),
    (lambda: functional.pad(X, (1, 1), mode="edge"), OptionError, "pad: mode='edge'; expected 'constant', 'reflect'"),
    (lambda: functional.hardtanh(X, 1.0, 0.0), OptionError, "hardtanh: min_val=1.0 is above max_val=0.0"),
    (lambda: functional.prelu(X, drawn(3)), ShapeError, r"prelu: an input of shape \(2, 4, 3\) for slopes \(3,\)"),
    (lambda: functional.softplus(X, beta=0), OptionError, "softplus: beta=0; expected a finite number above 0"),
    (lambda: functional.normalize([1, 2]), DTypeError, "normalize: input of int64; expected floats"),
    (lambda: functional.huber_loss([1.0], [2.0], delta=-1), OptionError, "huber_loss: delta=-1"),
    (lambda: functional.cross_entropy(drawn(2, 3), [0, 1], label_smoothing=2), OptionError,
     "cross_entropy: label_smoothing=2"),
    (lambda: functional.cross_entropy(drawn(2, 3), [0, 1], ignore_index=1.5), DTypeError,
     r"cross_entropy: ignore_index=1\.5; expected an integer"),
    (lambda: functional.cross_entropy(drawn(2, 3), np.ones((2, 3)), ignore_index=0), OptionError,
     "ignore_index=0 with probabilities"),
    (lambda: functional.nll_loss(drawn(2, 3), [0, 1], "abc"), DTypeError, "nll_loss: weight of <U3"),
    (lambda: functional.cross_entropy(drawn(2, 3), [0, 4], ignore_index=5), SelectionError, r"target\[1\] is 4"),
    (lambda: functional.softmax(X, dim=3), ShapeError, r"softmax: dim=3 .* of shape \(2, 4, 3\); expected -3 to 2"),
    (lambda: functional.log_softmax(X, dim=-4), ShapeError, "log_softmax: dim=-4"),
    (lambda: functional.glu(X, dim="a"), DTypeError, "glu: dim='a'; expected an integer"),
    (lambda: functional.normalize(X, dim=3), ShapeError, "normalize: dim=3"),
    (lambda: functional.cosine_similarity(X, X, dim=3), ShapeError, "cosine_similarity: dim=3"),
    (lambda: functional.cosine_similarity(X, drawn(2)), ShapeError, r"x2 of shape \(2,\) do not broadcast"),
    (lambda: functional.pairwise_distance(1.0, 2.0), ShapeError, "pairwise_distance: single numbers"),
    (lambda: functional.triplet_margin_loss(X, X, X, margin=0), OptionError, "triplet_margin_loss: margin=0"),
    (lambda: functional.kl_div(X, -np.ones(X.shape)), ShapeError, "kl_div: target has values below 0.*log_target=True"),
    (lambda: nn.huffman(5), DTypeError, "huffman: counts=5; expected numbers"),
    (lambda: functional.gelu(X, "x"), OptionError, "gelu: approximate='x'; expected 'none' or 'tanh'"),
    (lambda: functional.celu(X, 0), OptionError, "celu: alpha=0"),
    (lambda: functional.leaky_relu(X, ag.tensor(0.1, requires_grad=True)), DTypeError, "negative_slope=tensor"),
    (lambda: functional.ctc_loss(drawn(2, 1, 3), [[1]], [2], [1], "a"), DTypeError, "ctc_loss: blank='a'"),
    (lambda: functional.binary_cross_entropy_with_logits(X, 0 * X, pos_weight=np.ones(5)), ShapeError,
     r"binary_cross_entropy_with_logits: pos_weight of shape \(5,\) does not broadcast to losses \(2, 4, 3\)"),
    (lambda: functional.binary_cross_entropy_with_logits(X, 0 * X, "a"), DTypeError, "weight of <U1"),
])
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
