"""Arguments that make no sense, for layers, losses, starts and helpers: an error of ours names class and argument."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError, StateError
from nn import functional

X = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)
W = nn.Parameter(np.zeros((2, 2)))

CALLS = [
    (lambda: nn.BatchNorm1d(3, eps=-1), OptionError, "BatchNorm1d: eps=-1"),
    (lambda: nn.BatchNorm2d(3, momentum=2.0), OptionError, r"BatchNorm2d: momentum=2\.0; expected a number from 0"),
    (lambda: nn.BatchNorm1d(3, momentum="x"), DTypeError, "BatchNorm1d: momentum='x'"),
    (lambda: nn.LayerNorm(3, eps=-5), OptionError, "LayerNorm: eps=-5"),
    (lambda: nn.LayerNorm("3"), OptionError, "LayerNorm: normalized_shape='3'"),
    (lambda: nn.GroupNorm(1, 3, eps="a"), DTypeError, "GroupNorm: eps='a'; expected a number"),
    (lambda: nn.RMSNorm(3, eps=-1), OptionError, "RMSNorm: eps=-1"),
    (lambda: nn.Dropout(True), DTypeError, "Dropout: p=True; expected a number"),
    (lambda: nn.GaussianNoise(np.inf), OptionError, "GaussianNoise: std=inf"),
    (lambda: nn.Flatten("a"), DTypeError, "Flatten: start_dim='a'; expected an integer"),
    (lambda: nn.Flatten(1, 2.0), DTypeError, r"Flatten: end_dim=2\.0; expected an integer"),
    (lambda: nn.Unflatten(1, (2, -3)), OptionError, "Unflatten: unflattened_size=-3; expected at least -1"),
    (lambda: nn.Unflatten(1, (-1, -1)), OptionError, "Unflatten: .* has -1 more than once"),
    (lambda: nn.LSTMCell(3, 2)(X, X), DTypeError, r"LSTMCell: hx is a ndarray; expected the pair \(h, c\)"),
    (lambda: nn.LSTMCell(3, 2)(X, (X,)), DTypeError, "LSTMCell: hx is a tuple; expected the pair"),
    (lambda: nn.TransformerEncoder("layer", 2), DTypeError, "layer='layer'; expected a Module to copy"),
    (lambda: nn.TransformerEncoderLayer(4, 2, layer_norm_eps=-1), OptionError, "LayerNorm: eps=-1"),
    (lambda: nn.CrossEntropyLoss(ignore_index="x"), DTypeError, "CrossEntropyLoss: ignore_index='x'"),
    (lambda: nn.CrossEntropyLoss(reduction=None), OptionError, "CrossEntropyLoss: reduction=None; expected 'mean'"),
    (lambda: nn.MultiMarginLoss(margin="a"), DTypeError, "MultiMarginLoss: margin='a'"),
    (lambda: nn.WestonWatkinsLoss(margin=-2), OptionError, "WestonWatkinsLoss: margin=-2"),
    (lambda: nn.CrammerSingerLoss(margin=-2), OptionError, "CrammerSingerLoss: margin=-2"),
    (lambda: nn.TripletMarginLoss(margin=0), OptionError, "TripletMarginLoss: margin=0; expected .* above 0"),
    (lambda: nn.TripletMarginLoss(p=0.5), OptionError, r"TripletMarginLoss: p=0\.5; expected at least 1"),
    (lambda: functional.pairwise_distance(X, X, p=-1), OptionError, "pairwise_distance: p=-1; expected at least 1"),
    (lambda: functional.normalize(X, p="a"), DTypeError, "normalize: p='a'"),
    (lambda: functional.pad(X, (3, 0), mode="reflect"), ShapeError, r"pad=\(3, 0\) is too wide for 'reflect'"),
    (lambda: functional.pad(X, (4, 0), mode="circular"), ShapeError, r"pad=\(4, 0\) is too wide for 'circular'"),
    (lambda: nn.CTCLoss(blank=-1), OptionError, "CTCLoss: blank=-1"),
    (lambda: nn.huffman([]), OptionError, "huffman: there are no counts"),
    (lambda: nn.huffman([1, -1]), OptionError, r"huffman: counts\[1\]=-1"),
    (lambda: nn.HierarchicalSoftmax(0, 3), OptionError, "HierarchicalSoftmax: in_features=0"),
    (lambda: nn.Hardtanh("a", "b"), DTypeError, "Hardtanh: min_val='a'"),
    (lambda: nn.LeakyReLU(np.nan), OptionError, "LeakyReLU: negative_slope=nan; expected a number, not NaN"),
    (lambda: nn.ELU(None), DTypeError, "ELU: alpha=None; expected a number"),
    (lambda: nn.PReLU(init="a"), DTypeError, "PReLU: init='a'"),
    (lambda: nn.init.uniform_(W, 2, 1), OptionError, "uniform_: a=2, b=1; expected a to be at most b"),
    (lambda: nn.init.uniform_(W, "a"), DTypeError, "uniform_: a='a'"),
    (lambda: nn.init.normal_(W, mean="a"), DTypeError, "normal_: mean='a'"),
    (lambda: nn.init.normal_(np.zeros(2)), DTypeError, "init: a ndarray to fill; expected a Tensor"),
    (lambda: nn.init.constant_(W, "a"), DTypeError, "constant_: value='a'"),
    (lambda: nn.init.xavier_uniform_(W, gain=-1), OptionError, "xavier_uniform_: gain=-1"),
    (lambda: nn.init.xavier_normal_(W, gain="a"), DTypeError, "xavier_normal_: gain='a'"),
    (lambda: nn.init.orthogonal_(W, gain="a"), DTypeError, "orthogonal_: gain='a'"),
    (lambda: nn.init.kaiming_normal_(W, a="x", nonlinearity="leaky_relu"), DTypeError, "calculate_gain: param='x'"),
    (lambda: nn.init.dirac_(nn.Parameter(np.zeros((2, 2, 3))), groups=1.5), DTypeError, r"dirac_: groups=1\.5"),
    (lambda: nn.init.sparse_(W, k=2.5), DTypeError, r"sparse_: k=2\.5"),
    (lambda: nn.init.initialize("model", nn.init.kaiming_normal_), DTypeError, "initialize: model='model'"),
    (lambda: nn.ModuleDict([nn.ReLU()]), DTypeError, "ModuleDict: a list; pass a dict"),
    (lambda: nn.ReLU().to("cuda"), DTypeError, r"ReLU\.to: 'cuda' is not a float dtype.*no devices"),
    (lambda: nn.ReLU().to(None), DTypeError, r"ReLU\.to: None is not a float dtype"),
    (lambda: nn.ReLU().register_buffer("a.b", 1.0), DTypeError, r"register_buffer: name='a\.b' cannot name"),
    (lambda: nn.ReLU().load_state_dict(3), StateError, "load_state_dict: the state is a int; this is not what"),
    (lambda: nn.Linear(2, 1).load_state_dict({"weight": [[1], [1, 2]], "bias": [0]}), StateError,
     "(?s)load_state_dict: .*weight has rows of unequal length"),
    (lambda: nn.accuracy(np.zeros((0, 3)), np.zeros(0, int)), ShapeError, "accuracy: .* of no predictions"),
    (lambda: nn.accuracy(X, ["a", "b"]), DTypeError, "accuracy: targets of <U1"),
    (lambda: nn.evaluate(nn.Identity(), nn.MSELoss(), (X, X), batch_size=0), OptionError, "evaluate: batch_size=0"),
    (lambda: nn.summary(3, (1, 2)), DTypeError, "summary: model=3; expected a Module"),
    (lambda: nn.save(3, "model.safetensors"), DTypeError, "save: model=3; expected a Module"),
    (lambda: nn.L2(0.1)(3), DTypeError, "for a Module, and this is a int"),
    (lambda: nn.Center(0), OptionError, "Center: features=0"),
    (lambda: nn.Standardize("a"), DTypeError, "Standardize: features='a'"),
    (lambda: nn.Standardize(3).fit("abc"), DTypeError, "Standardize: the data are not numbers"),
    (lambda: nn.MinMax(3, axis=7).fit(X), ShapeError, r"MinMax: data of shape \(2, 3\)"),
    (lambda: nn.PCA(3, eps=-1), OptionError, "PCA: eps=-1"),
    (lambda: nn.split(X, validation="a"), DTypeError, "split: validation='a'"),
    (lambda: list(nn.batches(X, None, 2.5)), DTypeError, r"batches: size=2\.5"),
    (lambda: nn.L2("a"), DTypeError, "L2: strength='a'"),
]


@pytest.mark.parametrize(("call", "error", "message"), CALLS)
def test_what_makes_no_sense_is_named(call, error, message):
    with pytest.raises(error, match=message) as said:
        call()
    assert isinstance(said.value, ag.AutogradError)


def test_layers_of_integers_compute_in_floats():
    whole = np.arange(6).reshape(2, 3)
    for layer in (nn.RMSNorm(3), nn.LayerNorm(3), nn.GroupNorm(1, 3), nn.BatchNorm1d(3)):
        np.testing.assert_allclose(layer(whole).numpy(), layer(whole.astype(float)).numpy(), rtol=1e-5)


def test_batches_of_a_list():
    assert sorted(np.concatenate([x for (x,) in nn.batches([1, 2, 3], None, 2, rng=0)])) == [1, 2, 3]
