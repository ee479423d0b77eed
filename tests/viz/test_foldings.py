"""Which foldings the page of ``explore`` has, and how opening and closing modules leads from one to another."""

import numpy as np
import programs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.modes import module_path
from viz.explorer.foldings import ROOM, Folding, Foldings
from viz.pictures.folding import folded_call
from viz.pictures.picture import picture


def opened_calls(drawn):
    return {call for box in drawn.boxes if box.call for call in box.call.chain()}


def blocks(count, ops=3):
    x = ag.tensor(0.5, requires_grad=True, name="x")
    for i in range(count):
        with module_path(f"block{i}"):
            for _ in range(ops):
                with module_path("inner"):
                    x = ag.tanh(x) * 2
    return picture(ag.graph(x))


def call_named(whole, path):
    return next(call for call in opened_calls(whole) if call.path == path)


@settings(max_examples=60)
@given(programs.programs, st.sampled_from([4, 8, 15, 400]))
def test_every_way_leads_to_a_drawing_in_which_the_module_is_open_or_closed(program, max_nodes):
    whole = picture(ag.graph(programs.run(program)))
    foldings = Foldings(whole, max_nodes)
    drawn = {folding: foldings.drawn(folding) for folding in foldings.all}
    assert sum(len(view.boxes) for folding, view in drawn.items() if folding.inner) <= ROOM * max_nodes
    assert all(len(view.boxes) <= max_nodes for view in drawn.values())
    exact = [frozenset((box.id, box.call) for box in view.boxes) for folding, view in drawn.items() if not view.remarks]
    assert len(set(exact)) == len(exact)  # no picture twice
    for folding, view in drawn.items():
        for call in filter(None, map(folded_call, view.boxes)):
            target = foldings.opened(folding, call)
            assert drawn[target].remarks or call in opened_calls(drawn[target])
            if foldings.companions(call, target) == 0 and not view.remarks:
                gone = opened_calls(drawn[target]) - opened_calls(view) - {call}
                assert not gone
        for call in opened_calls(view):
            target = foldings.closed(folding, call)
            assert target is not None or view.remarks
            assert target is None or call not in opened_calls(drawn[target])


def test_sizes_are_known_before_anything_is_folded():
    rng = np.random.default_rng(0)
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 8, dropout=0.0, rng=0), 2)
    whole = picture(ag.graph(model(rng.normal(size=(3, 2, 8))).sum()))
    foldings = Foldings(whole, 400)
    assert len(foldings.all) > 20
    for folding in foldings.all:
        assert foldings._size(folding) == len(foldings.drawn(folding).boxes)


def test_what_is_open_by_depth_stays_open():
    whole = blocks(3)
    foldings = Foldings(whole, 400)
    inner = call_named(whole, "block1.inner")
    opened = foldings.opened(Folding(1), inner)
    assert opened == Folding(1, inner)
    before, after = (opened_calls(foldings.drawn(each)) for each in (Folding(1), opened))
    assert after == before | {inner}
    assert foldings.closed(opened, inner) == Folding(1)
    elsewhere = call_named(whole, "block2.inner")
    assert foldings.opened(opened, elsewhere) == Folding(1, elsewhere)
    assert foldings.label(opened).startswith("depth 1 + inner")


def test_one_module_in_another_opens_along_the_chain():
    whole = blocks(3)
    foldings = Foldings(whole, 400)
    outer, inner = call_named(whole, "block1"), call_named(whole, "block1.inner")
    assert foldings.opened(Folding(0), outer) == Folding(0, outer)
    assert foldings.opened(Folding(0, outer), inner) == Folding(0, inner)
    assert foldings.closed(Folding(0, inner), inner) == Folding(0, outer)
    assert foldings.closed(Folding(0, inner), outer) == Folding(0)


@pytest.mark.parametrize(("max_nodes", "expected"), [
    (400, "in place"), (20, "alone"), (15, "with its depth")])
def test_where_room_is_short_less_stays_open_around_a_module(max_nodes, expected):
    whole = blocks(6, ops=2)
    foldings = Foldings(whole, max_nodes)
    inner = call_named(whole, "block3.inner")
    opened = foldings.opened(Folding(1), inner)
    assert opened == {"in place": Folding(1, inner), "alone": Folding(0, inner),
                      "with its depth": Folding(foldings.deepest)}[expected]
    assert foldings.companions(inner, opened) == (11 if expected == "with its depth" else 0)


def test_a_module_that_is_all_there_is_opens_by_depth():
    x = ag.tensor(0.5, requires_grad=True)
    with module_path("model"), module_path("layer"):
        y = ag.tanh(x)
    foldings = Foldings(picture(ag.graph(y)), 400)
    assert [(folding.depth, folding.inner) for folding in foldings.all] == [(0, None), (1, None), (2, None)]
