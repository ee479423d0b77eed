"""What explain says of a gradient that is None: what does not require grad, and where the way was cut."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.debugging import Explanation


def leaf(*values: float, name: str = "x") -> ag.Tensor:
    return ag.tensor(np.array(values), requires_grad=True, name=name)


def none(tensor: ag.Tensor, loss: object, kind: str, *words: str) -> Explanation:
    """The one finding is of this kind, and says these words."""
    found = ag.explain(tensor, loss)
    assert found.verdict == "none", str(found)
    assert [finding.kind for finding in found.findings] == [kind], str(found)
    assert str(found).startswith(f"The gradient of {tensor.name or 'this tensor'}"), str(found)
    assert " is None.\n" in str(found)
    for word in words:
        assert word in str(found), str(found)
    return found


def line_of(text: str) -> int:
    """The number of the line in this file that holds ``text`` first."""
    with open(__file__, encoding="utf-8") as file:
        return next(i for i, line in enumerate(file, 1) if text in line)


# The tensor does not require grad


def test_it_was_made_without():
    x = ag.tensor([1.0, 2.0], name="x")
    none(x, (leaf(1.0, 2.0) * x).sum(), "constant", "made without requires_grad=True", "debug_mode")


def test_integers():
    x = ag.tensor([1, 2], name="x")
    none(x, (leaf(1.0, 2.0) * x).sum(), "integers", "int64, and only floats have derivatives")


def test_a_frozen_parameter():
    layer = nn.Linear(2, 2, rng=0)
    layer.weight.requires_grad = False
    loss = layer(np.ones((1, 2), "float32")).sum()
    none(layer.weight, loss, "frozen", "requires_grad is False")
    assert ag.explain(layer.bias, loss).verdict == "fine"


def test_it_was_detached():
    x = leaf(1.0, 2.0)
    h = ag.tanh(x)
    d = h.detach()
    none(d, (d * x).sum(), "cut", "shows the memory of tanh", ".detach()")
    with ag.debug_mode():
        d = h.detach()  # here it is taken out
    found = none(d, (d * x).sum(), "cut", "it left the graph by .detach() at ")
    assert found.findings[0].site.line == line_of("# here it is taken out")


# The loss does not require grad


@pytest.mark.parametrize(("loss", "kind", "words"), [
    (lambda x: x.sum().item(), "loss is a number", "a float, not a Tensor"),
    (lambda x: float(x.sum()), "loss is a number", ".item(), float() or .numpy()"),
    (lambda x: x.sum().numpy(), "loss is a number", "a ndarray, not a Tensor"),
    (lambda x: x.argmax(), "integers", "it holds int64. Comparisons, argmax"),
    (lambda x: (x > 0).sum(), "integers", "cross-entropy"),
    (lambda x: ag.tensor(x.sum().item()), "loss without graph", "computed under no_grad(), or from tensors"),
    (lambda x: ag.no_grad(ag.sum)(x), "loss without graph", "no_grad()"),
])
def test_the_loss_has_no_graph(loss, kind, words):
    none(x := leaf(1.0, 2.0), loss(x), kind, words)


@pytest.mark.parametrize("out", [ag.Tensor.detach, ag.stop_gradient], ids=["detach", "stop_gradient"])
def test_the_loss_was_detached(out):
    x = leaf(1.0, 2.0)
    total = x.sum()
    none(x, out(total), "cut", "The loss does not require grad, but shows the memory of sum")


def test_the_line_where_the_loss_left_the_graph():
    x = leaf(1.0, 2.0)
    with ag.debug_mode(), ag.no_grad():
        loss = x.sum()  # nothing is recorded here
    found = none(x, loss, "cut", "sum under no_grad at ")
    assert found.findings[0].site.line == line_of("# nothing is recorded here")


# The loss does not depend on the tensor


@pytest.mark.parametrize("out", [ag.Tensor.detach, ag.Tensor.numpy, ag.stop_gradient, lambda h: h.data],
                         ids=["detach", "numpy", "stop_gradient", "data"])
def test_the_way_was_cut(out):
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    h = ag.tanh(x)
    loss = (out(h) * y).sum()
    none(x, loss, "cut", "multiply: the way to the loss was cut: it takes the output of tanh", "in operand a")
    none(h, loss, "cut", "takes the tensor itself as a constant")
    assert ag.explain(y, loss).verdict == "fine"


def test_the_line_where_the_way_was_cut():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)

    def forward() -> ag.Tensor:
        h = ag.tanh(x).numpy()  # the way is cut here
        return (y * h).sum()

    with ag.debug_mode():
        loss = forward()
    found = none(x, loss, "cut", "was cut by .numpy() at ", "used as a constant in multiply at ")
    assert found.findings[0].site.line == line_of("# the way is cut here")
    assert ag.explain(y, loss).verdict == "fine"


def test_the_line_where_a_number_was_taken_out():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with ag.debug_mode():
        scale = x.sum().item()  # a number comes out
        loss = (y * scale).sum()
    found = none(x, loss, "cut", ".item() at ")
    assert found.findings[0].site.line == line_of("# a number comes out")


def test_large_arrays_are_recognised_by_their_memory():
    x, y = (ag.tensor(np.ones((20, 20)), requires_grad=True) for _ in range(2))
    h = ag.exp(x)
    none(x, (y * h.detach()).sum(), "cut", "multiply", "the output of exp")


def test_parameters_in_one_buffer_are_not_mistaken_for_one_another():
    buffer = np.arange(4.0)
    x, y = ag.asarray(buffer[:2]), ag.asarray(buffer[2:])
    x.requires_grad = y.requires_grad = True
    constant = ag.asarray(buffer[2:])
    kept = x * 2
    assert "takes" not in str(none(x, (y * constant).sum(), "cut", "It was used, last in multiply"))
    none(constant, (y * constant).sum(), "cut", "shows the memory of")
    assert kept.requires_grad


def test_never_used():
    x, y = leaf(1.0, 2.0), leaf(3.0, 5.0)
    none(x, (y * 2).sum(), "unused", "most likely the forward pass does not use it")


def test_used_but_not_in_the_loss():
    x, y = leaf(1.0, 2.0), leaf(3.0, 5.0)
    kept = ag.cos(x)
    none(x, (y * np.array(kept.numpy())).sum(), "cut", "It was used, last in cos", "a copy of its values")


def test_a_parameter_that_was_replaced():
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
    loss = model(np.ones((4, 2), "float32")).sum()
    old = model[0].weight
    model[0].weight = nn.Parameter(np.zeros((3, 2)))
    none(model[0].weight, loss, "replaced", "computed with another tensor, weight of shape (3, 2), older than this one")
    assert ag.explain(old, loss).verdict == "fine"


def test_requires_grad_switched_off_and_on():
    layer = nn.Linear(2, 3, rng=0)
    loss = layer(np.ones((4, 2), "float32")).sum()
    layer.weight.requires_grad = False
    layer.weight.requires_grad = True
    none(layer.weight, loss, "replaced", "with the same memory", "switched off and on")


def test_the_model_was_copied():
    model = nn.Linear(2, 3, rng=0)
    twin = copy.deepcopy(model)
    loss = twin(np.ones((4, 2), "float32")).sum()
    none(model.weight, loss, "replaced", "with the same values", "Was the model copied?")
    assert ag.explain(twin.weight, loss).verdict == "fine"


def test_made_after_the_loss():
    x = leaf(1.0, 2.0)
    loss = x.sum()
    none(leaf(5.0, name="late"), loss, "later", "made after the loss was computed")
    none(loss * 2, loss, "later", "computed from the loss, not the loss from it")
