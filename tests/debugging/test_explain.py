"""What explain says of zero, tiny, huge and broken gradients: each symptom on a small network, and nowhere else."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.debugging import Explanation
from autograd_core.debugging.symptoms import dead_units


def leaf(*values: float, name: str = "x", dtype: str = "float64") -> ag.Tensor:
    return ag.tensor(np.array(values, dtype), requires_grad=True, name=name)


def network(*sizes: int, act: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    rng = np.random.default_rng(3)
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out, rng=rng), act()]
    return nn.Sequential(*layers[:-1])


def loss_of(model: nn.Module, samples: int = 8) -> ag.Tensor:
    first = next(iter(model.parameters()))
    x = np.random.default_rng(4).normal(size=(samples, first.shape[1])).astype("float32")
    return (model(x) ** 2).mean()


def kinds(found: Explanation) -> list[str]:
    return [finding.kind for finding in found.findings]


def healthy(model: nn.Module, loss: ag.Tensor, but: set[str] = frozenset()) -> None:
    """Every other parameter's gradient is fine, and nothing is said of it."""
    for name, parameter in model.named_parameters():
        if name not in but:
            found = ag.explain(parameter, loss)
            assert found.verdict == "fine", (name, str(found))
            assert not kinds(found), (name, str(found))


def only(found: Explanation, verdict: str, kind: str, *words: str) -> None:
    """One finding, of this kind, that says these words."""
    assert found.verdict == verdict, str(found)
    assert kinds(found) == [kind], str(found)
    for word in words:
        assert word in str(found), str(found)


# Zero


def test_a_relu_that_is_off_for_the_whole_batch():
    model = network(3, 5, 2)
    with ag.no_grad():
        model[0].bias -= 100
    loss = loss_of(model)
    found = ag.explain(model[0].weight, loss)
    only(found, "zero", "off", "relu in module 1: all 5 units of this layer are off for the whole batch of 8")
    assert found.findings[0].numbers == {"off": 5, "units": 5, "batch": 8}
    assert found.findings[0].module == "1"
    path = "path: loss -> mean -> power -> linear [2] -> relu [1] -0-> linear [0] -0-> 0.weight"
    assert str(found).endswith(path)
    only(ag.explain(model[2].weight, loss), "zero", "zero factor", "x (the output of relu) is all zeros")
    healthy(model, loss, but={"0.weight", "0.bias", "2.weight"})


def test_some_units_that_are_off_are_a_remark_on_a_fine_gradient():
    model = network(3, 4, 2)
    with ag.no_grad():
        model[0].bias[:3] = -100
    found = ag.explain(model[0].weight, loss_of(model))
    assert found.verdict == "fine"
    assert kinds(found) == ["zeros", "off"]
    assert "3 of 4 units of this layer are off for the whole batch of 8" in str(found)


def test_bounds_that_hold_most_elements():
    found = ag.explain(x := leaf(-9.0, -9.0, 0.5, -9.0), ag.clip(x, 0.0, 1.0).sum())
    assert found.verdict == "fine"
    assert "clip: 3 of 4 elements are flat" in str(found)


@pytest.mark.parametrize(("f", "kind", "words"), [
    (lambda x: ag.maximum(x, 9.0), "off", "maximum: the other operand is larger"),
    (lambda x: ag.minimum(x, -9.0), "off", "minimum: the other operand is smaller"),
    (lambda x: ag.clip(x, 5.0, 6.0), "off", "clip: every element is outside of the bounds"),
    (lambda x: ag.where(np.zeros(2, bool), x, 1.0), "off", "where: the condition chooses the other branch"),
    (lambda x: x * np.zeros(2), "zero factor", "multiply: b (a constant) is all zeros"),
    (lambda x: x * 0.0, "zero factor", "b (a constant) is all zeros"),
    (lambda x: x @ np.zeros((2, 3)), "zero factor", "all zeros"),
    (lambda x: x**0.0, "zero factor", "power"),
    (lambda x: ag.floor(x), "step", "floor: piecewise constant"),
    (lambda x: ag.round(x, 1), "step", "round: piecewise constant"),
    (lambda x: ag.sign(x), "step", "sign: piecewise constant"),
    (lambda x: ag.sigmoid(x * 1000), "off", "sigmoid"),
    (lambda x: ag.tanh(x * 1000), "off", "tanh: all 2 elements are saturated"),
    (lambda x: x - x, "cancellation", "the 2 gradients that meet here cancel exactly: from subtract, subtract"),
    (lambda x: x - x + ag.relu(x - 100), "cancellation", "the 2 gradients that meet here cancel exactly"),
    (lambda x: ag.softmax(x, axis=0), "cancellation", "softmax"),
    (lambda x: x - x.mean(), "cancellation", "cancel"),
    (lambda x: 0 * x + ag.sign(x), "step, zero factor", "multiply: a (a constant)"),
    (lambda x: x[:0], "empty", "there are no elements"),
    (lambda x: 1e-200 * (1e-200 * x), "underflow", "multiply: underflow: a product below the smallest float64"),
    (lambda x: ag.relu(x) * np.array([0.0, 1.0]), "missed", "relu: the derivative is 0 at every element"),
])
def test_zero(f, kind, words):
    x = leaf(1.25, -2.25)
    y = leaf(1.25, -2.25)
    found = ag.explain(x, f(x).sum() + (y * 3).sum())
    assert (found.verdict, ", ".join(kinds(found))) == ("zero", kind), str(found)
    assert words in str(found), str(found)
    assert "cancellation" in kinds(found) or "-0->" in str(found)
    assert ag.explain(y, f(x).sum() + (y * 3).sum()).verdict == "fine"


def test_a_float32_underflow_is_not_called_flat():
    x = leaf(1.0, 2.0, dtype="float32")
    only(ag.explain(x, (x * np.float32(1e-30) * np.float32(1e-30)).sum()), "zero", "underflow", "float32, 1.4e-45")


def test_zero_weights_downstream():
    model = network(3, 4, 4, 2)
    with ag.no_grad():
        model[4].weight[...] = 0
    loss = loss_of(model)
    with ag.no_grad():
        assert loss.item() > 0
    only(ag.explain(model[0].weight, loss), "zero", "zero factor", "linear in module 4: weight is all zeros")
    healthy(model, loss, but={"0.weight", "0.bias", "2.weight", "2.bias"})


def test_dropped_units():
    x = leaf(1.0, 2.0)
    mask = np.zeros((4, 2))
    only(ag.explain(x, ((x * 2) * mask).sum()), "zero", "zero factor", "multiply: b (a constant) is all zeros")


def test_a_hook_or_a_seed_of_zero():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g * 0)
    found = ag.explain(x, y.sum())
    only(found, "zero", "hook", "multiply: a hook sets the gradient to 0")
    only(ag.explain(x, x * 2, np.zeros(2)), "zero", "seed", "starts from is 0")


def test_a_gradient_that_is_retained_is_not_called_hooked():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.retain_grad()
    only(ag.explain(x, (y - y).sum()), "zero", "cancellation", "multiply: the 2 gradients that meet here cancel")


@pytest.mark.parametrize(("shape", "off", "found"), [
    ((4,), np.s_[:3], (3, 4, 1)), ((8, 4), np.s_[:, 1], (1, 4, 8)), ((8, 4), np.s_[0, 1], (0, 4, 8)),
    ((2, 5, 3), np.s_[..., 2], (1, 3, 2)), ((2, 3, 5, 5), np.s_[:, :2], (2, 3, 2)),
])
def test_units_are_counted_by_layout(shape, off, found):
    slopes = np.ones(shape)
    slopes[off] = 0
    assert dead_units(slopes) == found


def test_the_same_at_many_places_is_said_once():
    x = leaf(-1.0)
    found = ag.explain(x, sum((ag.relu(x * i) for i in range(1, 50)), start=ag.tensor(0.0)).sum())
    only(found, "zero", "off", "The same at 48 more of its kind.")


# Tiny and huge


def test_a_sigmoid_that_saturates():
    model = network(3, 4, 4, 2, act=nn.Sigmoid)
    with ag.no_grad():
        model[2].bias += 14
    loss = loss_of(model)
    found = ag.explain(model[0].weight, loss)
    assert found.verdict == "tiny"
    first = found.findings[0]
    assert (first.kind, first.op, first.module) == ("saturated", "sigmoid", "3")
    assert "sigmoid in module 3: factor" in first.text
    assert first.numbers["factor"] < 1e-5
    assert first.numbers["flat"] == 1
    healthy(model, loss, but={"0.weight", "0.bias", "2.weight", "2.bias"})


def test_a_gradient_that_vanishes_in_depth():
    model = network(*[6] * 21, act=nn.Sigmoid)
    found = ag.explain(model[0].weight, model(np.ones((2, 6), "float32")).mean())
    assert found.verdict == "tiny"
    first = found.findings[0]
    assert (first.kind, first.op, first.numbers["times"]) == ("depth", "sigmoid", 19)
    assert 0.2 < first.numbers["each"] <= 0.25
    assert found.findings[-1].kind == "modules"
    assert " ... " in str(found)
    assert ag.explain(model[-1].weight, model(np.ones((2, 6), "float32")).mean()).verdict == "fine"


@pytest.mark.parametrize(("f", "op", "words"), [
    (lambda x: ag.exp(9 * x), "exp", "slopes from"),
    (lambda x: x / 1e-5, "divide", "a slope of 100000"),
    (lambda x: x @ np.full((2, 2), 1e4), "matmul", "has RMS 10000"),
    (lambda x: (100 * x) ** 4, "power", "slopes from"),
])
def test_huge(f, op, words):
    x, y = leaf(1.0, 1.5), leaf(1.0, 1.5)
    found = ag.explain(x, (f(x) + y).sum())
    assert found.verdict == "huge"
    assert (found.findings[0].kind, found.findings[0].op) == ("factor", op)
    assert words in found.findings[0].text
    assert ag.explain(y, (f(x) + y).sum()).verdict == "fine"


def test_a_tensor_used_many_times():
    x = leaf(2.0)
    found = ag.explain(x, sum((x * 1.5 for _ in range(2000)), start=ag.tensor([0.0])).sum())
    assert found.verdict == "huge"
    assert found.findings[0].kind == "sum"
    assert found.findings[0].numbers["factor"] == pytest.approx(2000)


def test_parts_that_cancel_up_to_rounding():
    x = leaf(0.1, 0.2, 0.3)
    found = ag.explain(x, (x * 0.3 - x * 0.1 - x * 0.2).sum())
    assert found.verdict == "tiny"
    assert found.findings[0].kind == "cancellation"
    assert "up to rounding: it stands for 0" in str(found)


def test_a_tiny_seed():
    x = leaf(1.0, 2.0)
    only(ag.explain(x, x * 1.0, np.full(2, 1e-9)), "tiny", "seed", "starts from a gradient of RMS 1e-09")


def test_thresholds_are_arguments():
    x = leaf(1.0, 2.0)
    loss = (x * 1e-3).sum()
    assert ag.explain(x, loss).verdict == "fine"
    only(ag.explain(x, loss, tiny=0.01), "tiny", "factor", "below 0.01", "multiply: factor 0.001: a slope of 0.001")
    assert ag.explain(x, loss, huge=1e-4).verdict == "huge"


# NaN and inf


@pytest.mark.parametrize(("f", "kind", "words"), [
    (lambda x: ag.log(x) * np.array([1.0, 2.0]), "bad value", "log(0) made -inf."),
    (lambda x: ag.log(x) * x, "bad value", "log(0) made -inf; multiply(-inf, 0) made nan."),
    (lambda x: ag.log(x - 1), "bad value", "log(-1) made nan."),
    (lambda x: ag.sqrt(x), "infinite slope", "sqrt: sqrt(0): the derivative there is infinite"),
    (lambda x: ag.sqrt((x * np.array([1.0, 0.0])) @ x), "infinite slope", "0 times inf made NaN"),
    (lambda x: 1 / x, "bad value", "divide(1, 0) made inf."),
    (lambda x: x / x, "bad value", "divide(0, 0) made nan."),
    (lambda x: ag.exp(1000 * x), "bad value", "exp(1000) made inf."),
    (lambda x: ag.exp(1000 * x) - ag.exp(1000 * x), "bad value", "exp(1000) made inf. The same at 1 more"),
    (lambda x: x * np.array([np.inf, 1.0]), "bad value", "given inf by its operand b (a constant)"),
    (lambda x: (x * 1e200) ** 3, "bad value", "power(1e+200, 3) made inf."),
    (lambda x: 1e300 * (1e300 * x - 1e300 * x), "overflow", "a product above the largest float64, 1.8e+308, became"),
])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the forward pass does what NumPy warns of
def test_not_finite(f, kind, words):
    x, y = leaf(0.0, 1.0), leaf(0.0, 1.0, name="y")
    found = ag.explain(x, (f(x) + 3 * y).sum())
    only(found, "nan", kind, words)
    assert "inf->" in str(found) or "NaN->" in str(found)
    assert ag.explain(y, (f(x) + 3 * y).sum()).verdict == "fine"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_values_of_large_arrays_are_found_too():
    x = ag.tensor(np.linspace(0, 1, 200), requires_grad=True, name="x")
    weights = ag.tensor(np.ones(200), requires_grad=True)
    loss = (ag.log(x * 1.0) * weights).mean()
    only(ag.explain(weights, loss), "nan", "bad value", "log(0) made -inf.")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_nan_is_followed_before_an_infinity():
    x, z = leaf(1.0), leaf(0.0, name="z")
    only(ag.explain(x, (x * (1 / z + ag.log(z - 1))).sum()), "nan", "bad value", "log(-1) made nan.")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_float16_overflow_and_bad_data():
    x = leaf(300.0, 1.0, dtype="float16")
    only(ag.explain(x, (x * x * x).sum()), "nan", "bad value", "multiply(300, 300) made inf.")
    x = leaf(np.nan, 1.0)
    only(ag.explain(x, (x * x).sum()), "nan", "bad data", "x itself holds nan, in 1 of 2 elements.")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_not_finite_with_a_gradient_that_is():
    x, y = leaf(0.0, name="x"), leaf(1.0, name="y")
    found = ag.explain(y, (ag.log(x) + y).sum())
    only(found, "fine", "bad value", "The loss itself is not finite: log(0) made -inf.")


# Fine, and what explain leaves alone


def test_a_healthy_network_is_fine():
    model = network(3, 5, 5, 2, act=nn.Tanh)
    loss = loss_of(model)
    healthy(model, loss)
    found = ag.explain(model[0].bias, loss)
    loss.backward()
    g = model[0].bias.grad.numpy()
    assert found.numbers["rms"] == pytest.approx(np.sqrt((g**2).mean()))
    assert str(found).startswith("The gradient of 0.bias is fine: RMS ")
    assert [step.op for step in found.path] == ["mean", "power", "linear", "tanh", "linear", "tanh", "linear"]


def test_nothing_is_written_or_freed():
    model = network(3, 4, 2)
    loss = loss_of(model)
    for parameter in model.parameters():
        ag.explain(parameter, loss)
    assert all(parameter.grad is None for parameter in model.parameters())
    loss.backward()


def test_after_backward_with_retain_graph():
    x = leaf(-1.0, -2.0)
    loss = ag.relu(x).sum()
    loss.backward(retain_graph=True)
    only(ag.explain(x, loss), "zero", "off", "relu: all 2 elements are off")


def test_after_backward_has_freed_the_graph():
    x = leaf(-1.0, -2.0)
    loss = (ag.relu(x * 1.0) * 3).sum()
    loss.backward()
    found = ag.explain(x, loss)
    assert found.verdict == "zero"
    assert kinds(found) == ["zero", "freed"]
    assert "relu: let none of the gradient through" in str(found)
    assert "retain_graph=True" in str(found)


def test_after_backward_has_freed_a_large_graph():
    w = ag.tensor(np.full((20, 20), -1.0), requires_grad=True, name="w")
    hidden = w * 2.0
    loss = ag.relu(hidden).sum()
    loss.backward()
    found = ag.explain(w, loss)
    assert found.verdict == "zero"
    assert "freed" in kinds(found)
    with pytest.raises(ag.GraphError, match=r"explain: .* Call explain before backward"):
        ag.explain(hidden, loss)


def test_an_intermediate_result():
    x = leaf(1.0, 2.0)
    h = x * 2
    only(ag.explain(h, h.sum()), "fine", "not a leaf", "retain_grad()")
    h.retain_grad()
    assert not kinds(ag.explain(h, h.sum()))


def test_the_loss_itself():
    x = leaf(1.0)
    loss = x.sum()
    assert ag.explain(loss, loss).numbers["rms"] == 1


def test_a_gradient_of_a_gradient():
    x = leaf(2.0)
    (slope,) = ag.gradients((ag.relu(x) ** 3).sum(), x, create_graph=True)
    assert ag.explain(x, slope.sum()).numbers["rms"] == pytest.approx(12)


def test_through_a_checkpoint():
    x, w = leaf(-1.0, -2.0), leaf(3.0, name="w")
    loss = (ag.checkpoint(lambda x: ag.relu(x) + w)(x)).sum()
    assert ag.explain(w, loss).numbers["rms"] == 2
    assert ag.explain(x, loss).verdict == "zero"


def test_a_loss_that_is_not_a_scalar():
    x = leaf(1.0, 2.0)
    with pytest.raises(ag.ShapeError, match="no single derivative"):
        ag.explain(x, x * 2)
    assert ag.explain(x, x * 2, np.ones(2)).numbers["rms"] == 2


def test_what_is_not_a_tensor():
    x = leaf(1.0)
    with pytest.raises(ag.GraphError, match="explain: expected a Tensor, got a ndarray"):
        ag.explain(np.ones(2), x.sum())


def test_no_elements():
    x = ag.tensor(np.ones((0, 2)), requires_grad=True, name="x")
    found = ag.explain(x, x.sum())
    assert found.verdict == "fine"
    assert "has no elements" in str(found)


def test_deep_and_wide_graphs():
    x = leaf(0.5)
    y = x
    for _ in range(5_000):
        y = ag.tanh(y) + x * 1e-6
    found = ag.explain(x, y.sum())
    assert len(found.path) > 10_000
    assert math.isfinite(found.numbers["rms"])
    assert len(str(found)) < 1000


def test_an_explanation_cannot_be_changed():
    x = leaf(1.0)
    found = ag.explain(x, x.sum())
    with pytest.raises(AttributeError):
        found.verdict = "zero"  # type: ignore[misc]  # that is what is tested
