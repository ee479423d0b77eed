"""Nothing is lost by folding: every box and every wire is somewhere, and comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, run

import autograd_core as ag
from autograd_core.modes import module_path
from viz.looks.dot import to_dot
from viz.pictures.cutting import apart, around
from viz.pictures.fitting import fitted
from viz.pictures.folding import fold, hidden, unfold, unfolded
from viz.pictures.picture import Kind, picture
from viz.pictures.repeats import merge_repeats


def captured(program):
    return picture(ag.graph(run(program)))


def views(whole, depth, most):
    folded = fold(whole, lambda call: call.level >= depth)
    return [folded, merge_repeats(whole), merge_repeats(folded), fold(folded, lambda call: True),
            fitted(whole, most), fitted(folded, most), fitted(whole, most, repeats=False)]


def check_whole(view, whole):
    """The boxes and wires of the unfolded picture are in the view once each."""
    assert {box.id for box in unfolded(view.boxes)} == {box.id for box in whole.boxes}
    ends = {box.id for box in view.boxes}
    assert all(wire.source in ends and wire.target in ends for wire in view.wires)
    inside = [wire for box in view.boxes for wire in hidden(box)]
    assert sum(wire.count for wire in view.wires) + len(inside) == len(whole.wires)


@given(programs, st.integers(0, 3), st.integers(4, 20))
def test_unfolding_brings_back_what_was_folded(program, depth, most):
    whole = captured(program)
    for view in views(whole, depth, most):
        check_whole(view, whole)
        back = unfold(view)
        assert (back.boxes, back.wires) == (whole.boxes, whole.wires)


@given(programs, st.integers(0, 2), st.data())
def test_boxes_can_be_unfolded_one_by_one_in_any_order(program, depth, data):
    whole = captured(program)
    view = merge_repeats(fold(whole, lambda call: call.level >= depth))
    while folded := [box.id for box in view.boxes if box.inside]:
        view = unfold(view, data.draw(st.sampled_from(folded)))
        check_whole(view, whole)
    assert view == whole


@given(programs, st.integers(0, 2))
def test_folded_calls_leave_no_cycle(program, depth):
    view = fold(captured(program), lambda call: call.level >= depth)
    ranks = {box.id: box.rank for box in view.boxes}
    assert all(ranks[wire.source] < ranks[wire.target] for wire in view.wires)


@given(programs, st.integers(4, 20))
def test_a_picture_fits_and_says_how(program, most):
    whole = captured(program)
    view = fitted(whole, most)
    assert len(view.boxes) <= most
    assert bool(view.remarks) == (len(whole.boxes) > most)


@given(programs, st.integers(0, 2), st.integers(0, 5), st.data())
def test_what_a_focus_cuts_off_is_counted(program, depth, radius, data):
    view = fold(captured(program), lambda call: call.level >= depth)
    centre = data.draw(st.sampled_from([box.id for box in view.boxes]))
    part = around(view, [centre], radius)
    near = {box.id for box in part.boxes if box.kind is not Kind.MORE}
    assert centre in near
    touching = [wire for wire in view.wires if wire.source in near or wire.target in near]
    assert sum(wire.count for wire in part.wires) == sum(wire.count for wire in touching)
    assert bool(part.remarks) == (len(near) < len(view.boxes))


@given(programs, st.integers(1, 3))
def test_crowded_values_are_drawn_again_and_no_wire_is_lost(program, most):
    whole = captured(program)
    view = apart(whole, most)
    assert sum(wire.count for wire in view.wires) == len(whole.wires)
    origin = {box.id: box.id.partition(".again")[0] for box in view.boxes}
    assert sorted((origin[wire.source], wire.target, wire.place) for wire in view.wires) == sorted(
        (wire.source, wire.target, wire.place) for wire in whole.wires)


@given(programs, st.integers(0, 2))
def test_dot_is_the_same_bytes_for_the_same_computation(program, depth):
    first, second = (to_dot(apart(view, 2)) for _ in range(2) for view in views(captured(program), depth, 8)[:1])
    assert first == second


def test_a_shared_value_keeps_each_of_its_wires():
    x = ag.tensor(1.0, requires_grad=True, name="x")
    for _ in range(17):
        x = x + x
    whole = picture(ag.graph(x))
    assert sum(box.value is not None for box in whole.boxes) == 18
    assert sum(wire.count for wire in whole.wires if not wire.target.endswith(".out")) == 34
    small = fitted(whole, 6)
    assert sum(wire.count for wire in small.wires) + sum(len(list(hidden(box))) for box in small.boxes) == 35


def cells(times):
    w = ag.tensor(0.5, requires_grad=True, name="w")
    w.node.params = {"role": "parameter"}
    h = ag.tensor(1.0, requires_grad=True, name="h")
    for _ in range(times):
        with module_path("cell"):
            h = ag.tanh(h * w)
    return h


def test_each_call_of_a_module_is_a_frame_of_its_own():
    whole = picture(ag.graph(cells(3)))
    calls = [box.call for box in whole.boxes if box.kind is Kind.OPERATION]
    assert [call.title for call in calls[::2]] == [f"cell (call {i} of 3)" for i in (1, 2, 3)]
    assert calls[0] is calls[1] is not calls[2]


def test_calls_of_a_cell_become_one_that_feeds_itself():
    folded = merge_repeats(fold(picture(ag.graph(cells(12))), lambda call: True))
    assert [(box.text, box.note) for box in folded.boxes] == [
        ("h", ""), ("cell × 12 calls", "*, tanh, 1 parameter"), ("out", "")]
    loops = [wire.count for wire in folded.wires if wire.source == wire.target]
    assert loops == [11]


def test_equal_layers_are_shown_once_with_their_wires():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    for i in range(12):
        with module_path(f"layers.{i}"), module_path("inner"):
            x = ag.tanh(x * 2)
    merged = merge_repeats(picture(ag.graph(x)))
    times, tanh = (box for box in merged.boxes if box.kind is Kind.OPERATION)
    assert tanh.call.outer.title == "layers.0 … layers.11 × 12"
    assert tanh.call.title == "inner"
    counts = {(wire.source, wire.target): wire.count for wire in merged.wires}
    assert counts["v0", times.id] == 1
    assert counts[tanh.id, times.id] == 11
    assert counts[times.id, tanh.id] == 12


@pytest.mark.parametrize("second", [
    lambda x: ag.exp(x).cumsum(axis=0) - x,
    lambda x: ag.tanh(x).cumsum(axis=1) - x,
    lambda x: x - ag.tanh(x).cumsum(axis=0),
    lambda x: ag.tanh(x).cumsum(axis=0) - x - 1,
], ids=["op", "option", "wires", "more"])
def test_layers_that_differ_are_not_merged(second):
    def first(x):
        return ag.tanh(x).cumsum(axis=0) - x

    def views(*layers):
        x = ag.tensor(np.ones((3, 3)), requires_grad=True)
        for i, layer in enumerate(layers):
            with module_path(f"layers.{i}"):
                x = layer(x)
        whole = picture(ag.graph(x))
        return [whole, fold(whole, lambda call: True)]

    assert all(merge_repeats(view) is view for view in views(first, second))
    assert all(len(merge_repeats(view).boxes) < len(view.boxes) for view in views(first, first))


@pytest.mark.parametrize("rows", [2, 3])
def test_layers_of_other_shapes_are_not_merged(rows):
    results = []
    for i, n in enumerate((3, rows)):
        x = ag.tensor(np.ones((n, 3)), requires_grad=True)
        with module_path(f"heads.{i}"):
            results.append(ag.tanh(x))
    whole = picture(ag.graph([result.sum() for result in results]))
    assert (merge_repeats(whole) is whole) == (rows == 2)


def test_steps_through_a_sequence_are_repeats():
    x = ag.tensor(np.ones((5, 2)), requires_grad=True, name="x")
    w = ag.tensor(0.5, requires_grad=True, name="w")
    h = np.zeros(2)
    for t in range(5):
        step = x[t]
        with module_path("cell"):
            h = ag.tanh(step * w + h)
    merged = merge_repeats(picture(ag.graph(h)))
    assert [(box.text, box.note, box.times) for box in merged.boxes if box.kind is Kind.OPERATION] == [
        ("x[i]", "index=0 … index=4", 5), ("*", "", 5), ("+", "", 5), ("tanh", "", 5)]


def test_a_hundred_thousand_ops_fold_into_a_picture():
    x = ag.tensor(1.0, requires_grad=True, name="x")
    for _ in range(100_000):
        x = -x
    view = fitted(picture(ag.graph(x)), 400)
    assert len(view.boxes) < 20
    assert sum(box.kind is Kind.OPERATION for box in unfolded(view.boxes)) == 100_000
