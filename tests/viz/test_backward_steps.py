"""The backward pass that the page of ``viz.explore`` tells is the true one, in the textbook's words."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worked import leaf, worked

import autograd_core as ag
import nn
from autograd_core.modes import module_path
from viz.explorer.formulas import Letters, tell
from viz.explorer.steps import backward_steps


def told(output):
    graph = ag.graph(output)
    return tell(backward_steps([output]), graph, Letters(graph))


@st.composite
def computations(draw):
    """A leaf, and something computed from it with much sharing."""
    shape = draw(st.sampled_from([(), (1,), (3,), (2, 3), (70,)]))
    x = leaf(np.linspace(0.2, 1.4, int(np.prod(shape))).reshape(shape))
    known = [x]
    ops = [ag.add, ag.multiply, ag.subtract, lambda a, b: ag.tanh(a), lambda a, b: a.sum() * b,
           lambda a, b: a - b[..., :1] if b.ndim else a / (1 + b * b)]
    for _ in range(draw(st.integers(1, 5))):
        op, a, b = draw(st.sampled_from(ops)), draw(st.sampled_from(known)), draw(st.sampled_from(known))
        known.append(op(a, b))
    return x, known[-1].sum()


@settings(max_examples=40)
@given(computations())
def test_every_contribution_is_told_and_the_sums_are_the_gradients(computation):
    _, output = computation
    graph = ag.graph(output)
    steps = backward_steps([output])
    assert [step.vertex for step in steps] == [vertex.id for vertex in graph.vertices][::-1]
    wires = sorted((wire.target, wire.source, wire.operand) for wire in graph.wires)
    assert sorted((step.vertex, c.target, c.operand) for step in steps for c in step.contributions) == wires
    totals = {}
    for step in steps:
        true = graph.vertices[step.vertex].gradient
        if step.vertex in totals:
            np.testing.assert_array_equal(totals[step.vertex].elements, true.elements)
            assert totals[step.vertex].statistics == step.arrived.statistics == true.statistics
        for c in step.contributions:
            assert (c.before is None) == (c.target not in totals)
            if c.before is not None:
                np.testing.assert_array_equal(c.before.elements, totals[c.target].elements)
            totals[c.target] = c.total
            if c.slope is not None and c.slope.elements is not None and step.arrived.elements is not None:
                product = c.slope.elements * step.arrived.elements
                assert np.isclose(product.sum(), c.sent.elements.sum())


def test_what_the_textbook_says():
    lines = [line.formula + line.result for words in told(worked()) for line in (words.arrived, *words.lines)]
    assert lines == [
        "df/df = 1", "df/dq = -4 · 1 = -4", "df/dz = 3 · 1 = 3",
        "df/dq = -4", "df/dx = dq/dx · df/dq = 1 · (-4) = -4", "df/dy = dq/dy · df/dq = 1 · (-4) = -4",
        "z.grad = df/dz = 3", "y.grad = df/dy = -4", "x.grad = df/dx = -4",
    ]


def test_arrays_are_told_by_shapes_and_sizes():
    W, x = leaf(np.ones((2, 3)), "W"), leaf([1.0, 2.0, 3.0], "x")
    y = W @ x
    y.name = "y"
    loss = (y * 0.5).sum()
    loss.name = "L"
    by_vertex = {words.title: words for words in told(loss)}
    assert [line.formula + line.result for line in by_vertex["@ gives y"].lines] == [
        "dL/dW = (dy/dW)ᵀ · dL/dy: (2,) [0.50, 0.50] → (2, 3) rms 1.08",
        "dL/dx = (dy/dx)ᵀ · dL/dy: (2,) [0.50, 0.50] → (3,) [1, 1, 1]"]
    assert by_vertex["@ gives y"].remarks == ("matmul: Matrix product a @ b, batched over leading axes. "
                                              "dy/da = g bᵀ, dy/db = aᵀ g.",)
    assert by_vertex["* gives v₃"].lines[0].formula == "dL/dy = dv₃/dy ⊙ dL/dv₃ = [0.50, 0.50] ⊙ [1, 1] = "


def test_several_outputs_start_from_their_sum():
    x = leaf(3.0, "x")
    a, b = x * 2, x * x
    steps = backward_steps([a, b])
    assert steps[-1].arrived.elements == 8.0
    graph = ag.graph([a, b])
    assert tell(steps, graph, Letters(graph))[-1].arrived.formula == "x.grad = dL/dx = "


def test_an_output_that_another_uses_gathers_on_top_of_its_seed():
    x = leaf(3.0)
    a = x * 2
    first = backward_steps([a, a * 5])[0].contributions[0]
    assert (first.before.elements, first.total.elements) == (1.0, 6.0)


def test_a_hook_is_mentioned():
    x = leaf(3.0, "x")
    y = x * 2
    y.register_hook(lambda g: g * 10)
    words = told(y + x)
    assert words[1].remarks[0] == "A hook changed what had gathered here."
    assert not any("hook" in remark for step in (words[0], words[2]) for remark in step.remarks)


def test_a_rule_that_does_not_multiply_has_no_slope():
    clipped = ag.custom_derivative(x=lambda g, x: np.clip(g, -1, 1))(lambda x: x * 1)
    y = clipped(leaf(3.0)) * 5
    assert [c.slope for step in backward_steps([y]) for c in step.contributions if step.vertex == 1] == [None]


def test_zero_stays_zero_where_the_slope_is_infinite():
    x = leaf(0.0, "x")
    steps = backward_steps([ag.sqrt(x) * 0])
    (contribution,) = steps[1].contributions
    assert np.isinf(contribution.slope.elements)
    assert contribution.sent.elements == 0


def test_checkpoints_are_one_step():
    x = leaf(3.0, "x")
    y = ag.checkpoint(lambda t: ag.exp(t) * t)(x) * 2
    steps = backward_steps([y])
    assert len(steps) == len(ag.graph(y).vertices)
    assert steps[-1].arrived.elements == pytest.approx(8 * np.exp(3))


def test_names_that_are_not_unique_get_their_number():
    a, b = leaf(1.0, "w"), leaf(2.0, "w")
    with module_path("layer"):
        y = a * b
    graph = ag.graph(y)
    letters = Letters(graph, {1: "layer.w"})
    assert [letters[i] for i in range(3)] == ["w", "layer.w", "out"]
    assert [Letters(graph)[i] for i in range(2)] == ["w₀", "w₁"]


def test_what_is_fused_has_a_line_that_explains_it():
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Embedding(4, 3, rng=rng), nn.Linear(3, 4, rng=rng))
    loss = nn.CrossEntropyLoss()(model([0, 1, 2]), [0, 1, 2])
    rules = {words.title.partition(" ")[0]: " ".join(words.remarks) for words in told(loss)}
    for op in ("cross_entropy", "linear", "embedding"):
        assert re.match(rf"{op}: .*=", rules[op])


def test_the_first_line_is_not_circular_and_rounded_sums_say_so():
    x = leaf(3.0, "x")
    lines = [line.formula + line.result for words in told(x * -0.0634 + x * -0.4149) for line in words.lines]
    assert not any("d out/d out" in line.replace("\N{NARROW NO-BREAK SPACE}", " ") for line in lines)
    assert lines[-1].endswith("together -0.41 + (-0.063) ≈ -0.48")
    assert any("3 + 3 = 6" in line.formula + line.result for words in told(x * x) for line in words.lines)
    v = leaf([1.0, 2.0], "v")
    assert told(v.sum())[0].lines[0].formula == "d\N{NARROW NO-BREAK SPACE}out/dv = 1 → "


def test_a_gradient_for_outputs_that_are_not_numbers():
    x = leaf([1.0, 2.0], "x")
    y = x * x
    y.name = "y"
    steps = backward_steps(y, [10.0, 1.0])
    assert [step.arrived.elements.tolist() for step in steps] == [[10, 1], [20, 4]]
    graph = ag.graph(y, [10.0, 1.0])
    words = tell(steps, graph, Letters(graph, weighted=True))
    assert words[0].arrived.formula == "dL/dy = "
    assert words[1].arrived.formula == "x.grad = dL/dx = "
