"""The quickstart's numbers, and a short real training run."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag

for package in ("sklearn", "tqdm"):
    pytest.importorskip(package, reason="the quickstart needs the extras that `make demo` installs")

FILE = Path(__file__).parents[2] / "examples" / "quickstart.py"


@pytest.fixture(scope="module")
def quickstart():
    spec = importlib.util.spec_from_file_location("quickstart", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_worked_example(quickstart):
    x, y, z, q, f = quickstart.worked_example()
    found = [q.item(), f.item(), x.grad.item(), y.grad.item(), z.grad.item()]
    np.testing.assert_allclose(found, [3, -12, -4, -4, 3], rtol=0, atol=1e-12)


@pytest.mark.parametrize("one_node", [True, False])
def test_the_neuron(quickstart, one_node):
    output, gradients = quickstart.neuron(ag.sigmoid if one_node else quickstart.sigmoid_step_by_step)
    s = 1 / (1 + np.exp(-1.0))
    slope = s * (1 - s)
    assert output.item() == pytest.approx(s, abs=1e-12)
    expected = {"w0": -slope, "x0": 2 * slope, "w1": -2 * slope, "x1": -3 * slope, "w2": slope}
    assert gradients == pytest.approx(expected, abs=1e-12)
    ops = [vertex.op for vertex in ag.graph(output).vertices if vertex.op]
    tail = ["sigmoid"] if one_node else ["negative", "exp", "add", "divide"]
    assert ops == ["multiply", "multiply", "add", "add", *tail]


def test_the_digits_are_split_and_scaled_by_the_training_part(quickstart):
    train_pixels, train_labels, test_pixels, test_labels = quickstart.digits()
    assert (train_pixels.shape, test_pixels.shape) == ((1437, 64), (360, 64))
    assert train_pixels.dtype == test_pixels.dtype == np.float32
    np.testing.assert_allclose(train_pixels.mean(axis=0), 0, atol=1e-5)
    assert train_pixels.std(axis=0).max() == pytest.approx(1, abs=1e-5)
    shares = np.bincount(train_labels) / 1437 - np.bincount(test_labels) / 360
    assert np.abs(shares).max() < 0.002


def test_a_short_training_run_learns_and_repeats_exactly(quickstart):
    data = quickstart.digits()
    model, history = quickstart.train(data, epochs=3)
    assert history["training loss"][0] > 3 * history["training loss"][-1]
    assert history["test accuracy"][-1] > 0.9
    assert history["test accuracy"][-1] == quickstart.accuracy(model, data[2], data[3])
    assert quickstart.train(data, epochs=3)[1] == history


def test_a_wrong_number_ends_the_demo_with_an_error(quickstart):
    quickstart.expect("f", -12.0, -12)
    for wrong in (-12.1, float("nan")):
        with pytest.raises(SystemExit, match=f"f is {wrong}, but should be -12"):
            quickstart.expect("f", wrong, -12)
