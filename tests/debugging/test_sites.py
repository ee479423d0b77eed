"""Where things were recorded, and where values left the graph."""

import gc
import inspect
import weakref

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.debugging import cut_behind, cuts, origin_of, site_of


def line():
    """The line of the caller."""
    return inspect.currentframe().f_back.f_lineno


def leaf(*values):
    return ag.tensor(list(values), requires_grad=True)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2, rng=0)

    def forward(self, x):
        self.line = line() + 1
        return self.first(x)


def test_the_site_is_the_users_line_and_not_the_librarys():
    x = leaf(1.0, 2.0)
    with ag.debug_mode():
        y = ag.exp(x); here = line()  # noqa: E702  # one line
        z = np.mean(y * y)
    assert site_of(y.node) == (__file__, here, "test_the_site_is_the_users_line_and_not_the_librarys")
    assert site_of(y.node).text.startswith("y = ag.exp(x)")
    assert str(site_of(y.node)).endswith(f"test_sites.py:{here}")
    assert site_of(z.node).text == "z = np.mean(y * y)"
    assert origin_of(z.node).op == z.node.primitive.name


@pytest.mark.parametrize("mode", [ag.debug_mode, ag.detect_anomaly])
def test_inside_of_layers_it_is_the_line_of_the_model_that_called_them(mode):
    model = nn.Sequential(Model(), nn.ReLU())
    with mode():
        y = model(np.ones((1, 2), np.float32)); here = line()  # noqa: E702  # one line
    assert (site_of(y.node).line, origin_of(y.node).path) == (here, "1")
    (inner,) = (edge[1] for edge in y.node.edges)
    assert (site_of(inner).line, origin_of(inner).path) == (model[0].line, "0.first")
    assert "(in 0.first)" in str(origin_of(inner))


def test_what_a_rule_records_belongs_to_the_line_that_it_differentiates():
    x = leaf(1.0, 2.0)
    with ag.debug_mode():
        y = ag.exp(x); here = line()  # noqa: E702  # one line
        (g,) = ag.gradients(y.sum(), x, create_graph=True)
    assert site_of(g.node).line == here
    assert origin_of(g.node).op == "multiply in the derivative of exp"


def test_a_users_own_rule_and_what_checkpoint_runs_again_have_lines_of_their_own():
    lines = {}

    def rule(g, x):
        lines["rule"] = line() + 1
        return g * x * 2

    square = ag.custom_derivative(x=rule)(lambda x: x * x)
    x = leaf(1.0, 2.0)
    with ag.debug_mode():
        (g,) = ag.gradients(square(x).sum(), x, create_graph=True)
    assert site_of(g.node).line == lines["rule"]

    def part(x):
        lines["part"] = line() + 1
        return ag.exp(x) * x

    y = ag.checkpoint(part)(x)
    with ag.debug_mode():
        (g,) = ag.gradients(y.sum(), x, create_graph=True)
    found = {site_of(node).line for node in _nodes(g) if site_of(node)}
    assert lines["part"] in found


def _nodes(tensor):
    from autograd_core.walk import nodes_behind

    return nodes_behind([tensor.node])


def test_without_a_mode_nothing_is_noted():
    x = leaf(1.0)
    before = len(cuts())
    y = ag.exp(x)
    y.numpy()
    with ag.no_grad():
        x * 2
    assert origin_of(y.node) is None
    assert site_of(y.node) is None
    assert len(cuts()) == before
    with ag.detect_anomaly():  # has no use for them
        y.numpy()
    assert len(cuts()) == before


def _under_no_grad(function):
    def run(x):
        with ag.no_grad():
            return function(x)

    return run


WAYS = {
    ".numpy()": lambda x: x.numpy(),
    ".detach()": lambda x: x.detach(),
    ".data": lambda x: x.data,
    ".item()": lambda x: x.item(),
    ".tolist()": lambda x: x.tolist(),
    "argmax": lambda x: x.argmax(),
    "greater": lambda x: x > 0.5,
    "isfinite": lambda x: np.isfinite(x),
    "stop_gradient": lambda x: ag.stop_gradient([x])[0],
    "exp under no_grad": _under_no_grad(ag.exp),
    "add under no_grad": _under_no_grad(lambda x: 1.0 + x),
    "sum under no_grad": _under_no_grad(lambda x: x.sum()),
}


@pytest.mark.parametrize(("kind", "way"), WAYS.items(), ids=WAYS)
def test_every_way_out_is_noted(kind, way):
    x = leaf(1.0)
    y = x * 2
    with ag.debug_mode():
        out = way(y)
    cut = cuts()[-1]
    assert cut.kind == kind
    assert cut.site.file == __file__
    assert cut.node() is y.node
    assert {ref() for ref in cut.leaves} == {x.node}
    if isinstance(out, (ag.Tensor, np.ndarray)):
        assert cut_behind(out.numpy() if isinstance(out, ag.Tensor) else out) is cut
        assert cut.number is None
    else:
        assert cut.number == (None if isinstance(out, list) else float(out))


@pytest.mark.parametrize("spell", [float, bool, int, lambda x: f"{x:.2f}", lambda x: 1 if x > 1 else 0])
def test_numbers_are_ways_out_too(spell):
    x = leaf(1.0)
    before = cuts()[-1:]
    with ag.debug_mode():
        spell(x)
    assert cuts()[-1:] != before


def test_a_constant_operand_knows_how_it_came_out():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with ag.debug_mode():
        middle = ag.exp(x)
        mask = middle > 3
        y = w * middle.detach() + ag.where(mask, w, 0.0)
    add, multiply = y.node, y.node.edges[0][1]
    where = next(edge[1] for edge in add.edges if edge[1].primitive.name == "where")
    assert origin_of(add).cuts == {}
    assert [(i, cut.kind) for i, cut in origin_of(multiply).cuts.items()] == [(1, ".detach()")]
    assert [cut.kind for cut in origin_of(where).cuts.values()] == ["greater"]


def test_the_leaves_are_known_when_the_tensor_that_was_left_is_gone():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with ag.debug_mode():
        (x * w + x).numpy()
    cut = cuts()[-1]
    assert cut.node() is None
    assert {ref() for ref in cut.leaves} == {x.node, w.node}


def test_nothing_is_kept_alive():
    x = leaf(1.0, 2.0)
    gc.collect()
    gc.disable()
    try:
        with ag.debug_mode():
            y = ag.exp(x * 2)
            out = y.numpy()
            (g,) = ag.gradients(y.sum(), x, create_graph=True)
            nodes = [weakref.ref(node) for t in (y, g) for node in _nodes(t) if node is not x.node]
        key, memory = cut_behind(out), weakref.ref(y.data)
        assert key is not None
        del y, g, out
        assert [node() for node in nodes if node() is not None] == []
        assert memory() is None
    finally:
        gc.enable()
