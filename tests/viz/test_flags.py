"""Flags: each fires on its own network, there and nowhere else, and as ``ag.explain`` says."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from svg import SVG

import autograd_core as ag
import nn
import viz
from autograd_core.debugging.symptoms import HUGE, MANY, TINY
from autograd_core.graph import Reading
from autograd_core.modes import module_path
from autograd_core.recording import wrap
from autograd_core.walk import nodes_behind
from viz.looks.dot import to_dot
from viz.looks.flow import PENS, pen_for
from viz.looks.marks import flags_in
from viz.pictures.flags import Trouble, flags_of
from viz.pictures.folding import fold
from viz.pictures.picture import picture

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(32, 4)).astype("float32")


def leaf(value, name="x"):
    return ag.tensor(value, requires_grad=True, name=name)


def small(activation, seed=0):
    return nn.Sequential(nn.Linear(4, 8, rng=seed), activation, nn.Linear(8, 1, rng=seed + 1))


def squares(model, inputs=INPUTS):
    return (model(inputs) ** 2).mean()


def dead():
    model = small(nn.ReLU())
    with ag.no_grad():
        model[0].bias -= 50
    return squares(model)


def nan_forward():
    with np.errstate(all="ignore"):
        return (ag.log(leaf([0.5, -0.2, 0.7])) * 2).sum()


def detached():
    h = ag.tanh(leaf([0.5, 1.0]))
    return (h.detach() * h).sum()


HEALTHY = {
    "tanh network": lambda: squares(small(nn.Tanh())),
    "relu network": lambda: squares(small(nn.ReLU())),
    "maximum with 0": lambda: ag.maximum(leaf(RNG.normal(size=(8, 3))), 0).sum(),
    "one sample": lambda: squares(small(nn.ReLU()), INPUTS[:1]),
    "scalars": lambda: (leaf(-2.0) + leaf(5.0)) * leaf(-4.0),
    "a relu that is off for one number": lambda: ag.relu(leaf(-2.0)) + leaf(1.0),
    "zeros squared": lambda: (leaf(np.zeros((4, 3))) ** 2).sum() + ag.square(leaf(np.zeros((4, 3)))).sum(),
    "dropped out": lambda: (leaf(np.ones((4, 4))) * np.eye(4)[:1]).sum(),
    "an attention mask": lambda: ag.softmax(ag.where(np.tri(5, dtype=bool), leaf(np.ones((5, 5))), -np.inf), -1)[0, 0],
    "frozen": lambda: squares(frozen()),
}

SICK = {  # what fires, and where: the op, or the leaf's name
    "vanishing": (lambda: ag.exp(leaf([-30.0, -20.0])).sum(), {("x", Trouble.VANISHING)}),
    "exploding": (lambda: ag.exp(10 * leaf([1.0, 2.0])).sum(), {("x", Trouble.EXPLODING)}),
    "dead relu": (dead, {("relu", Trouble.DEAD)}),
    "dead maximum": (lambda: ag.maximum(leaf(np.full((8, 3), -1.0)), 0).sum(), {("maximum", Trouble.DEAD)}),
    "saturated": (lambda: squares(small(nn.Tanh()), 300 * INPUTS), {("tanh", Trouble.SATURATED)}),
    "nan forward": (nan_forward, {("log", Trouble.BROKEN)}),
    "nan backward": (lambda: ag.sqrt((leaf([0.0, 0.0]) ** 2).sum()), {("sqrt", Trouble.BROKEN), ("x", Trouble.BROKEN)}),
    "bad data": (lambda: squares(nn.Linear(4, 8, rng=0), INPUTS + np.where(np.eye(32, 4), np.nan, 0)), {
        ("linear operand x", Trouble.BROKEN), ("weight", Trouble.BROKEN), ("bias", Trouble.BROKEN)}),
    "detached": (detached, {("multiply operand a", Trouble.DETACHED)}),
}


def frozen():
    model = small(nn.ReLU())
    for parameter in model[0].parameters():
        parameter.requires_grad = False
    return model


def fired(loss, **limits):
    """The flags, by op or name."""
    with np.errstate(all="ignore"):
        graph = ag.graph(loss, diagnose=True)
    found = {}
    for id, flags in flags_of(graph, **limits).items():
        number, _, operand = id[1:].partition("_")
        vertex = graph.vertices[int(number)]
        place = (vertex.op or vertex.name) + (f" operand {operand}" if operand else "")
        for flag in flags:
            found[place, flag.trouble] = flag
    return found


@pytest.mark.parametrize("name", SICK)
def test_each_flag_fires_where_it_should_and_nowhere_else(name):
    make, expected = SICK[name]
    with np.errstate(all="ignore"):
        found = fired(make())
    assert set(found) == expected


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_fires_where_nothing_is_wrong(name):
    loss = HEALTHY[name]()
    assert not fired(loss)
    assert not any(trouble.word in viz.draw(loss).source for trouble in Trouble)


def test_what_is_not_used_has_no_grad():
    model = nn.ModuleDict({"used": nn.Linear(4, 2, rng=0), "unused": nn.Linear(4, 2, rng=1)})
    loss = squares(model["used"])
    source = viz.draw(loss, model=model).source
    assert source.count("○ NO GRAD</FONT>") == 2
    assert "unused.weight" in source
    assert "NO GRAD" not in viz.draw(loss).source
    assert ag.explain(model["unused"].weight, loss).verdict == "none"
    model = frozen()
    assert "NO GRAD" not in viz.draw(squares(model), model=model).source  # as it was asked for


def test_a_leaf_that_backward_left_out_has_no_grad():
    a, b = leaf([1.0, 2.0], "a"), leaf([3.0, 4.0], "b")
    loss = (a * b).sum()
    ag.gradients(loss, a)  # frees the graph
    assert set(fired(loss)) == {("b", Trouble.NO_GRAD)}


def test_no_gradient_at_all_is_no_flag():
    assert not fired(leaf([1.0, 2.0]) * 2)


def leaves(loss):
    return [wrap(np.asarray(node.value), node) for node in nodes_behind([loss.node]) if not node.edges]


VERDICTS = {"tiny": Trouble.VANISHING, "huge": Trouble.EXPLODING, "nan": Trouble.BROKEN}


@pytest.mark.parametrize("name", [*SICK, *HEALTHY])
def test_leaves_are_flagged_as_explain_says(name):
    with np.errstate(all="ignore"):
        loss = SICK[name][0]() if name in SICK else HEALTHY[name]()
        graph = ag.graph(loss, diagnose=True)
        flags = flags_of(graph)
        for tensor in leaves(loss):
            (vertex,) = (v for v in graph.vertices if v.serial == tensor.node.serial)
            verdict = ag.explain(tensor, loss).verdict
            said = [flag.trouble for flag in flags.get(f"v{vertex.id}", ())]
            assert said == [VERDICTS[verdict]] if verdict in VERDICTS else not said


@given(st.floats(-14, 10), st.sampled_from([1e-10, TINY, 0.1]), st.sampled_from([1.0, HUGE, 1e6]),
       st.sampled_from(["float32", "float64"]))
def test_thresholds_are_those_of_explain(power, tiny, huge, dtype):
    x = leaf(np.ones(3, dtype))
    loss = (x * 10.0**power).sum()
    said = [trouble for _, trouble in fired(loss, tiny=tiny, huge=huge)]
    verdict = ag.explain(x, loss, tiny=tiny, huge=huge).verdict
    assert said == ([VERDICTS[verdict]] if verdict in VERDICTS else [])


def test_the_smallest_gradients_are_tiny_and_not_zero():
    x = leaf([1.0, 2.0])
    loss = (x * 1e-200).sum()  # whose square is 0
    assert ag.explain(x, loss).verdict == "tiny"
    assert set(fired(loss)) == {("x", Trouble.VANISHING)}


def test_dead_units_are_those_of_explain():
    model = small(nn.ReLU())
    with ag.no_grad():
        model[0].bias[:5] = -50
    loss = squares(model)
    (flag,) = fired(loss).values()
    finding = next(f for f in ag.explain(model[0].weight, loss).findings if f.kind == "off")
    assert (finding.op, finding.module) == ("relu", "1")
    off, units, batch = (int(finding.numbers[name]) for name in ("off", "units", "batch"))
    assert flag.about == f"{off} of {units} units are off for the whole batch of {batch}"
    assert not fired(loss, many=0.9)


def test_saturation_is_that_of_explain():
    model = small(nn.Sigmoid())
    loss = squares(model, 100 * INPUTS)
    (flag,) = fired(loss).values()
    finding = next(f for f in ag.explain(model[0].weight, loss, tiny=math.inf).findings if f.kind == "saturated")
    assert flag.about.startswith(f"{finding.numbers['flat']:.0%} of the slopes")
    assert finding.numbers["flat"] >= MANY
    assert not fired(loss, many=1.0)


@pytest.mark.parametrize(("make", "op", "order"), [
    (nan_forward, "log", "forward"),
    (lambda: ag.sqrt((leaf([0.0, 0.0]) ** 2).sum()), "sqrt", "backward"),
    (lambda: ag.sqrt(z := leaf([0.0])).sum() + z.sum(), "sqrt", "backward"),
    (lambda: (ag.sqrt(z := leaf([0.0])) * ag.log(z + 1)).sum() + ag.log(z).sum(), "log", "forward"),
    (lambda: (ag.log(leaf(np.linspace(-1.0, 1.0, 200))) + 1).sum(), "log", "forward"),  # too large to have been kept
])
def test_the_first_bad_op_is_the_one_that_explain_names(make, op, order):
    with np.errstate(all="ignore"):
        loss = make()
        (first,) = (place for (place, _), flag in fired(loss).items() if flag.first)
        assert [flag.first for flag in fired(loss).values() if flag.first] == [order]
        (x,) = leaves(loss)
        explained = ag.explain(x, loss)
        assert first == op
        assert op in [finding.op for finding in explained.findings] or explained.verdict == "fine"


def test_a_sum_that_overflows_broke_where_it_was_summed():
    x = leaf(np.full(2, 1e-3, "float32"))
    with np.errstate(all="ignore"):
        (flag,) = fired((x * 2e38).sum() + (x * 3e38).min()).values()
        assert not math.isfinite(ag.explain(x, (x * 2e38).sum() + (x * 3e38).min()).numbers["rms"])
    assert (flag.trouble, flag.first) == (Trouble.BROKEN, "backward")


def test_backward_the_newest_of_several_is_the_first():
    loss = ag.sqrt(leaf([0.0])).sum() + (leaf([0.0]) ** 0.5).sum()
    with np.errstate(all="ignore"):
        found = fired(loss)
    assert {place for place, _ in found} == {"sqrt", "power", "x"}
    assert [place for (place, _), flag in found.items() if flag.first] == ["power"]


def test_an_infinity_that_was_asked_for_is_not_the_first():
    x = leaf([0.0, 1.0])
    with np.errstate(all="ignore"):
        found = fired(ag.pad(x, 1, constant_values=-np.inf).max() + ag.log(x).sum())
    assert [place for (place, _), flag in found.items() if flag.first] == ["log"]
    assert ("pad", Trouble.BROKEN) not in found


def test_a_nan_that_did_no_harm_is_no_flag():
    x = leaf([-1.0, 4.0])
    with np.errstate(all="ignore"):
        loss = ag.where(x > 0, ag.sqrt(x), 0.0).sum()
        assert not fired(loss)
        assert ag.explain(x, loss).verdict == "fine"


def test_bad_data_is_the_first():
    make, _ = SICK["bad data"]
    with np.errstate(all="ignore"):
        assert [place for (place, _), flag in fired(make()).items() if flag.first] == ["linear operand x"]


def test_debug_mode_tells_the_line_of_a_cut():
    with ag.debug_mode():
        loss = detached()
    (flag,) = fired(loss).values()
    assert flag.about.startswith(".detach() at ")
    assert "test_flags.py" in flag.about


def test_a_diagnosis_is_made_when_asked_for_alone():
    loss = dead()
    assert all(vertex.diagnosis is None for vertex in ag.graph(loss).vertices)
    assert not any(word in viz.draw(loss, show=["values", "flow"]).source for word in ("DEAD", "VANISHING"))


def test_what_was_freed_is_said_to_be():
    loss = dead()
    loss.backward()
    assert "backward() has freed" in viz.draw(loss).source
    assert "backward() has freed" not in viz.draw(dead()).source


# Flags in the picture


@pytest.mark.parametrize("name", SICK)
def test_a_flag_is_an_icon_a_word_and_a_border_and_the_legend_has_it(name):
    with np.errstate(all="ignore"):
        make, expected = SICK[name]
        root = ET.fromstring(viz.draw(make()).svg())
    groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == "node"]
    for trouble in {trouble for _, trouble in expected}:
        flagged = [g for g in groups if any(t.text == trouble.title for t in g.iter(f"{SVG}text"))]
        assert len(flagged) == sum(each is trouble for _, each in expected)
        for group in flagged:
            borders = [shape for shape in group.iter() if shape.get("stroke") == trouble.colour]
            assert any(float(border.get("stroke-width", "1")) > 2 for border in borders)
        legend = [t for t in root.iter(f"{SVG}text") if (t.text or "").startswith(f"{trouble.title}: ")]
        assert len(legend) == 1


def test_the_legend_is_above_everything():
    for direction in ("LR", "TB"):
        root = ET.fromstring(viz.draw(SICK["saturated"][0](), direction=direction).svg())
        texts = [(t.text or "", float(t.get("y"))) for t in root.iter(f"{SVG}text")]
        legend = [y for text, y in texts if text.startswith(("▬ SATURATED:", "gradient rms"))]
        assert len(legend) == 2
        points = [p for shape in root.iter(f"{SVG}polygon") if shape.get("fill") == "#f3f6f9" for p in
                  shape.get("points").split()]
        inside = [y for g in root.iter(f"{SVG}g") if g.get("class") == "node" for t in g.iter(f"{SVG}text")
                  for y in [float(t.get("y"))]]
        assert max(legend) < min([*inside, *(float(p.split(",")[1]) for p in points)])


def test_a_folded_module_has_the_worst_flag_inside_and_how_many():
    with np.errstate(all="ignore"):
        x = leaf(np.full((4, 3), -1.0))
        with module_path("block"):
            y = ag.sqrt(ag.relu(x))  # dead, and an infinite slope at 0
            z = ag.tanh(50 * leaf(np.ones((2, 2)))) + ag.tanh(60 * leaf(np.ones((2, 2))))
        graph = ag.graph(y.sum() + z.sum(), diagnose=True)
    whole = picture(graph, flags_of(graph))
    folded = fold(whole, lambda call: True)
    (block,) = (box for box in folded.boxes if box.inside)
    assert [flag.trouble for flag in flags_in(block)] == [Trouble.BROKEN, Trouble.DEAD, *[Trouble.SATURATED] * 2]
    source = to_dot(folded)
    assert "× NaN/INF</FONT>" in source
    assert "first NaN/inf, backward</FONT>" in source
    assert "and 2 more</FONT>" in source
    assert source.count("DEAD RELU</FONT>") == 1


# Gradient flow


def deep(activation, gain):
    rng = np.random.default_rng(1)
    layers = []
    for _ in range(20):
        linear = nn.Linear(16, 16, rng=rng)
        with ag.no_grad():
            linear.weight[...] = rng.normal(size=(16, 16)).astype("float32") * math.sqrt(gain / 16)
        layers += [linear, activation()]
    model = nn.Sequential(*layers)
    return model, squares(model, rng.normal(size=(32, 16)).astype("float32"))


def test_twenty_layers_of_sigmoid_and_of_relu_differ_in_numbers_and_looks():
    looks = {}
    for name, activation, gain in (("sigmoid", nn.Sigmoid, 1), ("relu", nn.ReLU, 2)):
        model, loss = deep(activation, gain)
        drawing = viz.draw(loss, depth=0, repeats=False)
        strokes = {edge.get("stroke") for edge in ET.fromstring(drawing.svg()).iter(f"{SVG}path")}
        vanished = {place for place, trouble in fired(loss) if trouble is Trouble.VANISHING}
        loss.backward()
        ratio = float(np.linalg.norm(model[0].weight.grad) / np.linalg.norm(model[38].weight.grad))
        looks[name] = strokes, vanished, ratio, drawing.source.count("VANISHING (")
    assert looks["sigmoid"][2] < 1e-9
    assert 0.1 < looks["relu"][2] < 100
    assert looks["sigmoid"][1] == {"weight", "bias"}
    assert looks["relu"][1] == set()
    assert looks["sigmoid"][3] > 8
    assert looks["relu"][3] == 0
    assert PENS[0].colour in looks["sigmoid"][0]
    assert PENS[0].colour not in looks["relu"][0]


@given(st.floats(1e-30, 1e30), st.floats(1e-30, 1e30))
def test_a_larger_gradient_has_no_thinner_wire(a, b):
    small, large = (pen_for(Reading.of(np.array(g))) for g in sorted((a, b)))
    assert small.width <= large.width
    assert (small.width == large.width) == (small.colour == large.colour)
    assert isinstance(small.width, int)  # Graphviz rounds the bars of tables: fractions would look equal
    assert (small is PENS[0]) == (min(a, b) < TINY)
    assert (large is PENS[-1]) == (max(a, b) >= HUGE)


def test_other_gradients_have_pens_of_their_own():
    pens = [pen_for(None), *(pen_for(Reading.of(np.array(g))) for g in (0.0, np.nan, 1.0))]
    assert len({pen.meaning for pen in pens}) == 4
    assert len({(pen.style, pen.width) for pen in pens}) == 4  # not by colour alone
