"""Two computations in one picture: nothing is lost, equal ones are equal everywhere, and ratios are what they are."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, run
from svg import SVG, labels, nodes, numbers
from test_hostile_labels import NASTY, TAGS

import autograd_core as ag
import nn
import viz
from autograd_core.graph import Reading
from autograd_core.modes import module_path
from viz.comparing.alignment import LIMIT, align, paired
from viz.comparing.changes import look_of_changes
from viz.comparing.differences import differ, first_differences
from viz.comparing.joining import joined
from viz.comparing.ratios import ADDED, FACTORS, PENS, REMOVED, SAME, SCALE, orders, ratio_pen, ratio_words
from viz.looks.flow import NONE, UNKNOWN
from viz.pictures.flags import flags_of
from viz.pictures.folding import fold, unfold
from viz.pictures.picture import Kind, picture

INPUTS = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


def leaf(value, name=None):
    return ag.tensor(value, requires_grad=True, name=name)


def captured(program):
    return picture(ag.graph(run(program)))


def both(before, after):
    graphs = [ag.graph(side, diagnose=True) for side in (before, after)]
    return joined(*(picture(graph, flags_of(graph)) for graph in graphs))


def look(before, after, closed=lambda call: False):
    pictures = both(before, after)
    view = fold(pictures.picture, closed)
    return {box.text: box.id for box in view.boxes}, look_of_changes(view, pictures, viz.pictures.captions.SHOW)


def said(mark):
    return [line for row in mark.rows for line in row.lines]


def network(*layers, scale=1.0):
    model = nn.Sequential(*layers)
    with ag.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("weight"):
                parameter *= scale
    return (model(INPUTS) ** 2).mean()


def linear(width=4, seed=0):
    return nn.Linear(4, width, rng=seed)


# Alignment

words = st.text("abc", max_size=12)


def longest(a, b):
    """The length of the longest common subsequence, by the textbook's table."""
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1, j + 1] = table[i, j] + 1 if x == y else max(table[i, j + 1], table[i + 1, j])
    return table[-1, -1]


@given(words, words)
def test_alignments_are_the_longest(a, b):
    pairs = align(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    assert len(pairs) == longest(a, b)


def test_alignments_of_what_differs_everywhere_are_still_alignments():
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 9, 40 * LIMIT).tolist() for _ in range(2))
    pairs = align(a, b)
    assert len(pairs) > len(a) / 3
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    assert align(a, a) == [(i, i) for i in range(len(a))]
    assert align(a, [-1] * len(a)) == []


@given(programs, programs)
def test_nothing_is_lost_and_order_is_kept(first, second):
    before, after = captured(first), captured(second)
    pairs = paired(before, after).boxes
    assert len(set(pairs.values())) == len(pairs)
    ranks = [{box.id: box.rank for box in side.boxes if box.kind is Kind.OPERATION} for side in (before, after)]
    ops = [(ranks[0][a], ranks[1][b]) for a, b in pairs.items() if a in ranks[0]]
    assert ops == sorted(ops)
    assert [b for _, b in ops] == sorted(b for _, b in ops)

    together = joined(before, after)
    assert len(together.picture.boxes) == len(before.boxes) + len(after.boxes) - len(pairs)
    for side, whole in (("before", before), ("after", after)):
        there = [sides for sides in together.boxes.values() if getattr(sides, side)]
        assert sorted(getattr(sides, side).id for sides in there) == sorted(box.id for box in whole.boxes)
        other = "after" if side == "before" else "before"
        assert sum(together.wires.get(wire) != other for wire in together.picture.wires) == len(whole.wires)
    order = {box.id: box.rank for box in together.picture.boxes}
    assert [*order.values()] == [*range(len(order))]
    assert all(order[wire.source] < order[wire.target] for wire in together.picture.wires)
    assert unfold(fold(together.picture, lambda call: True)) == together.picture


@given(programs)
def test_equal_graphs_are_the_same_everywhere(program):
    before, after = captured(program), captured(program)
    together = joined(before, after)
    assert paired(before, after).boxes == {box.id: box.id for box in before.boxes}
    assert not together.wires
    assert first_differences(together) == (None, None)
    for closed in (lambda call: False, lambda call: True):
        result = look_of_changes(fold(together.picture, closed), together, viz.pictures.captions.SHOW)
        assert {pen.meaning for pen in result.pens.values()} <= {SAME.meaning, NONE.meaning}
        assert all(line == "gradients same" for mark in result.marks.values() for line in said(mark))
        assert "→" not in "".join(line for each in result.captions.values() for line in each.above.lines)


def test_parameters_tell_ops_apart():
    def chain(*names):
        h = ag.tensor(np.ones((1, 2)))
        for name in names:
            h = ag.tanh(h @ leaf(np.eye(2), name))
        return h.sum()

    together = both(chain("w0", "w2"), chain("w0", "w1", "w2"))
    added = {id: sides.after.text for id, sides in together.boxes.items() if sides.before is None}
    assert sorted(added.values()) == ["@", "tanh", "w1"]
    users = [wire.target for wire in together.picture.wires if added.get(wire.source) == "w1"]
    assert [added.get(user) for user in users] == ["@"]


def test_a_leaf_is_the_partner_of_one():
    one, another = leaf(1.0), leaf(2.0)
    shared = leaf(1.0)
    pairs = paired(*(picture(ag.graph(y)) for y in (ag.exp(one) + ag.exp(another), ag.exp(shared) + ag.exp(shared))))
    assert len(set(pairs.boxes.values())) == len(pairs.boxes)


def test_leaves_of_one_name_are_told_apart_by_their_users():
    def difference(*order):
        made = {i: leaf(float(i), "x") for i in order}
        return made[1] - made[2]

    together = both(difference(1, 2), difference(2, 1))
    assert first_differences(together) == (None, None)


def test_an_op_has_the_entrances_of_both_sides():
    x = leaf([1.0], "x")
    drawing = viz.diff(ag.concatenate([x, x, x]).sum(), ag.concatenate([x, x]).sum())
    entrances = [label.text for name, node in nodes(drawing).items() for label in labels(node)]
    assert {"0", "1", "2"} <= set(entrances)


def test_twenty_thousand_ops():
    def chain(length):
        y = leaf(0.5, "x")
        for _ in range(length):
            y = ag.tanh(y)
        return y

    drawing = viz.diff(chain(20_000), chain(20_001), max_nodes=40)
    assert "20,002 boxes are in both, 1 only after, 0 only before" in drawing.text


# Ratios


@given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100))
def test_pens_follow_the_ratio_both_ways(a, b):
    forth, back = (ratio_pen(*map(Reading.of, map(np.array, pair))) for pair in ((a, b), (b, a)))
    assert PENS.index(forth) + PENS.index(back) == len(PENS) - 1
    if abs(np.log10(b / a) % 1 - 0.5) < 0.49:
        assert PENS.index(forth) == len(FACTORS) + sum(b / a > f for f in FACTORS) - sum(a / b > f for f in FACTORS)


@given(st.floats(1e-100, 1e100), st.sampled_from(FACTORS))
def test_a_factor_is_reached_whatever_the_rounding(a, factor):
    assert ratio_pen(Reading.of(np.array(a)), Reading.of(np.array(a * factor))).meaning == f"×{factor} or more"


def test_zeros_and_nan_have_pens_of_their_own():
    def meaning(a, b):
        return ratio_pen(*(None if x is None else Reading.of(np.array(x)) for x in (a, b))).meaning

    cases = {(1.0, 0.0): "became 0", (0.0, 1.0): "was 0", (0.0, 0.0): SAME.meaning, (1.0, np.nan): "became NaN or inf",
             (np.inf, 1.0): "was NaN or inf", (np.nan, np.nan): "NaN or inf both times", (None, 1.0): "not known"}
    assert {case: meaning(*case) for case in cases} == cases
    looks = [(pen.colour, pen.width, pen.style) for pen in SCALE]
    assert len(set(looks)) == len(looks)
    assert orders(Reading.of(np.array(5e-324)), Reading.of(np.array(1e308))) == pytest.approx(631.3, abs=0.1)
    assert ratio_words(631.3) == "×1e300"


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_a_parameter_that_was_scaled_has_a_known_effect(factor):
    def loss(scale):
        x, v, w = leaf(3.0, "x"), leaf(2.0, "v"), leaf(5.0 * scale, "w")
        return (x * v) * w

    ids, result = look(loss(1.0), loss(factor))
    far = PENS[-1] if factor > 1 else PENS[0]
    assert {name: result.pens[ids[name]] for name in "xvw"} == {"x": far, "v": far, "w": SAME}
    below = {name: result.captions[ids[name]].below.lines for name in "xvw"}
    words = ratio_words(np.log10(factor))
    assert below["w"] == ("6",)
    assert below["x"] == (("10 → 1000", "×100") if factor > 1 else ("10 → 0.10", "÷100"))
    assert words == below["x"][1]
    assert result.captions[ids["w"]].above.lines == (("5 → 500",) if factor > 1 else ("5 → 0.05",))
    assert said(result.marks[ids["w"]]) == ["first difference, forward"]


def test_a_folded_module_says_what_it_hides():
    def loss(scale):
        with module_path("m"):
            return (leaf(1.0, "a") * 3) * leaf(scale, "b") + (leaf(1.0, "c") * scale) * 0

    _, result = look(loss(1.0), loss(100.0), lambda call: True)
    (module,) = [mark for id, mark in result.marks.items() if id.endswith(".module")]
    assert said(module)[0] == "gradients same … ×100"
    assert result.pens[next(id for id in result.pens if id.endswith(".module"))] is SAME  # of the loss itself


def test_a_folded_module_compares_what_leaves_it_on_both_sides():
    def loss(more):
        x = leaf(1.0, "x")
        with module_path("m"):
            a, b = ag.exp(x), ag.tanh(x)
        return a + 1000 * b if more else a

    _, result = look(loss(False), loss(True), lambda call: True)
    assert result.pens[next(id for id in result.pens if id.endswith(".module"))] is SAME


def test_a_folded_module_does_not_guess_what_is_not_known():
    def loss():
        x, y = leaf([1.0, 2.0], "x"), leaf([1.0, 2.0], "y")
        with module_path("m"):
            a, b = ag.exp(x), ag.exp(y)
        return x, (a * 2).sum() + (b * 2).sum()

    x, after = loss()
    ag.gradients(after, [x])  # and frees the graph: nobody will know those of y
    _, result = look(loss()[1], after, lambda call: True)
    assert result.pens[next(id for id in result.pens if id.endswith(".module"))] is UNKNOWN


def test_numbers_that_only_look_the_same_are_written_twice():
    drawing = viz.diff(leaf(0.731, "x") * 1, leaf(0.734, "x") * 1)
    assert "0.73 → 0.73/1" in numbers(drawing)


def test_rounding_is_no_difference():
    x = Reading.of(np.array([1.0, 2.0, np.nan]))
    assert not differ(x, Reading.of(np.array([1.0 + 1e-9, 2.0, np.nan])))
    assert differ(x, Reading.of(np.array([1.0 + 1e-3, 2.0, np.nan])))
    assert differ(x, Reading.of(np.array([1.0, 2.0, 3.0])))
    assert differ(x, Reading.of(np.array([1.0, 2.0])))
    large = np.random.default_rng(0).normal(size=1000)
    assert not differ(Reading.of(large), Reading.of(large * (1 + 1e-12)))
    assert differ(Reading.of(large), Reading.of(large * 1.01))


# What came and went


def test_an_extra_layer_is_added_and_a_missing_one_removed():
    small, large = (linear(), nn.Tanh(), linear()), (linear(), nn.Tanh(), linear(), nn.Tanh(), linear())
    drawing = viz.diff(network(*small), network(*large))
    assert drawing.text.count("+ ADDED") == 2 + 2  # tanh, linear, weight, bias
    assert "REMOVED" not in drawing.text
    texts = [label.text for node in nodes(drawing).values() for label in labels(node)]
    assert texts.count("+ ADDED") == 4
    back = viz.diff(network(*large), network(*small))
    assert back.text.count("− REMOVED") == 4
    assert "ADDED" not in back.text


def test_dropout_that_is_off_is_removed_and_its_wires_with_it():
    model = nn.Sequential(linear(), nn.Dropout(0.5, rng=0), linear())
    before = (model(INPUTS) ** 2).mean()
    after = (model.eval()(INPUTS) ** 2).mean()
    together = both(before, after)
    gone = [sides.before for sides in together.boxes.values() if sides.after is None]
    assert {box.module for box in gone if box.kind is Kind.OPERATION} == {"1"}
    assert [*together.wires.values()].count("after") == 1  # past the dropout
    first = together.boxes[first_differences(together).forward]
    assert first.after is None
    assert first.before.kind is Kind.CONSTANT  # the mask
    _, result = look(before, after)
    assert ADDED in result.wires.values()
    assert REMOVED in result.wires.values()


def test_another_activation_in_the_same_place_is_said_on_its_frame():
    source = viz.diff(network(linear(), nn.Tanh()), network(linear(), nn.Sigmoid())).source
    assert "Tanh → Sigmoid" in source


def test_options_that_changed_are_written():
    x = np.ones((2, 3))
    assert "axis=0 → axis=1" in viz.diff(ag.max(leaf(x), axis=0).sum(), ag.max(leaf(x), axis=1).sum()).source


def test_only_flags_that_one_side_lacks_are_shown():
    good, bad = (network(linear(), nn.Sigmoid(), linear(1), scale=scale) for scale in (1.0, 1000.0))
    assert "new: ▬ SATURATED" in viz.diff(good, bad).text
    assert "gone: ▬ SATURATED" in viz.diff(bad, good).text
    assert "SATURATED" not in viz.diff(bad, bad).text
    assert "SATURATED" not in viz.diff(good, bad, show=("values", "flow")).text


def test_the_first_bad_op_is_marked_where_it_is_new():
    def loss(x):
        with np.errstate(all="ignore"):
            return (ag.log(leaf(x, "x")) * 2).sum()

    text = viz.diff(loss([1.0, 2.0]), loss([1.0, -2.0])).text
    assert text.count("new: first NaN/inf, forward") == 1
    assert "became NaN or inf" in viz.diff(loss([1.0, 2.0]), loss([1.0, 0.0])).source


def test_flags_are_only_compared_if_both_sides_were_diagnosed():
    good, bad = (network(linear(), nn.Sigmoid(), linear(1), scale=scale) for scale in (1.0, 1000.0))
    text = viz.diff(ag.graph(good), bad).text
    assert "SATURATED" not in text
    assert "without diagnose=True" in text


def test_the_places_where_two_runs_part():
    def run(wrong):
        x, w = leaf([1.0, 2.0], "x"), leaf([3.0, 4.0], "w")
        h = ag.exp(x)
        y = ag.tanh(h * (1e-3 * w + wrong))
        return (ag.square(y) * 2).sum()

    _, result = look(run(0.0), run(5.0))
    (forward,), (backward,) = ([id for id, mark in result.marks.items() if f"first difference, {way}" in said(mark)]
                               for way in ("forward", "backward"))
    together = both(run(0.0), run(5.0))
    assert together.boxes[forward].after.kind is Kind.CONSTANT  # the number that was added
    assert together.boxes[backward].after.text == "tanh"


def test_a_leaf_differs_where_it_is_first_used():
    def run(shift):
        w, x = leaf(1.0 + shift, "w"), leaf(2.0, "x")  # recorded first, used last
        return ag.exp(x * (3 + shift)) * w

    together = both(run(0.0), run(0.5))
    assert together.boxes[first_differences(together).forward].after.kind is Kind.CONSTANT


# Sides


def test_a_snapshot_stays_as_it_was_while_training_goes_on():
    w = leaf(0.5, "w")
    early = ag.graph((w * 3) ** 2, diagnose=True)
    with ag.no_grad():
        w *= 100
    loss = (w * 3) ** 2
    assert "0.50 → 50/9 → 900" in numbers(viz.diff(early, loss))
    assert viz.draw(early).source != viz.draw(loss).source


def test_a_snapshot_draws_as_its_tensor_does():
    loss = network(linear(), nn.Tanh())
    assert viz.draw(ag.graph(loss, diagnose=True)).source == viz.draw(loss).source
    with pytest.raises(viz.FormatError, match=r"ag\.graph"):
        viz.draw(ag.graph(loss), grad=1.0)


def test_a_freed_side_is_named():
    loss = network(linear(40), nn.Tanh(), nn.Linear(40, 40, rng=0))
    early = ag.graph(loss, diagnose=True)
    loss.backward()
    assert "after: Not all is known" in viz.diff(early, loss).text
    assert UNKNOWN.meaning in viz.diff(early, loss).source


def test_an_unknown_gradient_has_no_ratio():
    ids, result = look(leaf([1.0, 2.0], "x") * 2, leaf([1.0, 2.0], "x") * 2)
    assert result.pens[ids["x"]] is UNKNOWN
    assert result.captions[ids["x"]].below.lines == ("?",)


def test_it_folds_until_it_fits_as_draw_does():
    before, after = (network(*(linear(seed=i) for i in range(length))) for length in (12, 13))
    drawing = viz.diff(before, after, max_nodes=12, direction="TB", title="deeper")
    assert "max_nodes=12" in drawing.text
    assert "deeper" in drawing.source
    assert "rankdir=TB" in drawing.source
    assert len([name for name in nodes(drawing) if not name.endswith(".value")]) <= 12
    with pytest.raises(viz.FormatError, match="diff: direction"):
        viz.diff(before, after, direction="up")
    with pytest.raises(ag.OptionError, match="diff: max_nodes=1"):
        viz.diff(before, after, max_nodes=1)


def test_show_and_focus_are_those_of_draw():
    before, after = network(linear(), nn.Tanh()), network(linear(), nn.Tanh(), scale=100.0)
    assert SAME.meaning in viz.diff(before, after).source
    plain = viz.diff(before, after, show=("values", "gradients")).source
    assert SAME.meaning not in plain
    assert "penwidth=7" not in plain
    near = viz.diff(before, after, focus=after, radius=1)
    assert "more than 1 wires away" in near.text
    assert "Linear" not in near.source


def test_outputs_are_partners_whatever_gives_them():
    x = leaf([1.0, 2.0], "x")
    kinds = [sides.after.kind for sides in both(ag.mean(x), ag.sum(x)).boxes.values() if sides.before and sides.after]
    assert kinds == [Kind.INPUT, Kind.OUTPUT]


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_nasty_names_are_inert(name):
    x = leaf(2.0, name)
    with module_path(name or "m"):
        before, after = ag.exp(x * 2), ag.tanh(x * leaf(1.0, name))
    for side in (before, after):
        side.name = name
    drawing = viz.diff(before, after, title=name)
    assert len(drawing.source) < 40_000
    elements = [*ET.fromstring(drawing.svg()).iter()]
    assert {element.tag.removeprefix(SVG) for element in elements} <= TAGS
