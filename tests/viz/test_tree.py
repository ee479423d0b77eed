"""Trees of models and computations as text, and the words that every drawing carries."""

import html
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, run
from svg import SVG
from test_hostile_labels import NASTY

import autograd_core as ag
import nn
import viz
from autograd_core.errors import DTypeError
from autograd_core.modes import module_path
from viz.looks.ordinary import ordinary_look
from viz.outlines.listing import Cell, Line, plain_text, width_of
from viz.outlines.outline import outline
from viz.pictures.flags import Trouble
from viz.pictures.folding import fold
from viz.pictures.picture import Kind, picture
from viz.pictures.repeats import merge_repeats

ID = re.compile(r"\bv\d+\w*")
WORDS = [trouble.title for trouble in Trouble if trouble is not Trouble.DEAD]

NASTY = [*NASTY, "\x1b[31mred\x1b[0m", "[red]name[/red]", "[/]", "a\nb", "a\rb", "\x9b31m", ":smile:", "a\x08b",
         "\u2028"]


def worked():
    x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f


class Tied(nn.Module):
    def __init__(self):
        self.embedding = nn.Parameter([[1.0, -2.0], [0.5, 0.25], [0.0, 3.0]])
        self.frozen = nn.Linear(2, 2, rng=0).requires_grad_(False)
        self.act = self.again = nn.Tanh()
        self.head = nn.Linear(2, 3, rng=0)
        self.head.weight = self.embedding
        self.seen = nn.Buffer([0, 7])

    def forward(self, x):
        return self.head(self.again(self.act(self.frozen(x))))


def small():
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(4, 8, rng=rng), nn.ReLU(), nn.Sequential(nn.Linear(8, 8, rng=rng), nn.Sigmoid()),
                          nn.Linear(8, 1, rng=rng))
    return model, rng.normal(size=(32, 4)).astype("float32")


# What it says


def test_the_worked_example_word_for_word():
    assert str(viz.tree(worked())) == (
        "input x    -2   grad -4\n"
        "input y    5    grad -4\n"
        "q = x + y  3    grad -4\n"
        "input z    -4   grad 3\n"
        "f = q * z  -12  grad 1\n"
        "output f"
    )
    assert str(viz.tree(ag.graph(worked(), diagnose=True))) == str(viz.tree([worked()])) == str(viz.tree(worked()))


def test_a_model_word_for_word():
    model = Tied()
    model.embedding.grad = ag.tensor([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], dtype="float32")
    model.frozen.weight.data = np.array([[1.0, 2.0], [2.0, 2.0]], "float32")
    model.frozen.bias.data = np.array([1.0, 2.0], "float32")
    model.head.bias.data = np.array([0.25, 0.0, 0.25], "float32")
    assert str(viz.tree(model)) == """\
gradient rms:  ▇▇▇▇▇·· ≥ 0.1
○ NO GRAD: no gradient arrives

Tied                         15 parameters, 6 frozen
  parameter embedding        (3, 2) float32           -2 .. 3    grad rms 0.50  ▇▇▇▇▇··
  buffer seen                (2,) int64               0 .. 7
  again, same as act
  frozen: Linear             6 parameters, frozen
    frozen parameter weight  (2, 2) float32           1 .. 2
    frozen parameter bias    (2,) float32             1 .. 2
  act: Tanh
  head: Linear               3 parameters
    parameter bias           (3,) float32             0 .. 0.25  grad ?  ○ NO GRAD: no gradient arrived, \
although others have theirs
    weight, same as embedding"""


def test_a_computation_word_for_word():
    x = ag.tensor(2.0, requires_grad=True, name="x")
    with module_path("net"), module_path("layer"):
        y = 1 / ag.exp(-x) - x * x
    with module_path("head"):
        z = y * nn.Parameter(3.0)
    out = ag.concatenate([ag.reshape(z, (1,)), np.array([5.0])])[0:1].sum(axis=0)
    assert str(viz.tree(out)) == """\
input x                          2           grad 10.17
module net
  module layer
    v1 = negative(x)             -2          grad -22.17
    v2 = exp(v1)                 0.14        grad -163.79
    v3 = 1 / v2                  7.39        grad 3
    v4 = x * x                   4           grad -3
    v5 = v3 - v4                 3.39        grad 3
module head
  parameter v6                   3           grad 3.39
  v7 = v5 * v6                   10.17       grad 1
v8 = reshape(v7, shape=(1,))     10.17       grad 1
v9 = concatenate(v8, 5, axis=0)  [10.17, 5]  grad [1, 0]
v10 = getitem(v9, index=0:1)     10.17       grad 1
out = sum(v10, axis=0)           10.17       grad 1
output out"""


def test_no_gradient_is_not_zero():
    model = nn.Linear(1, 1, rng=0)
    assert str(viz.tree(model)).count("grad ?") == 2
    (0 * model([[1.0]])).sum().backward()
    assert re.findall(r"grad \S+", str(viz.tree(model))) == ["grad 0", "grad 0"]


def test_a_gradient_of_which_a_part_is_missing_is_not_known():
    model = nn.Sequential(nn.Linear(1, 1, rng=0))
    model[0].weight.grad = ag.tensor([[1.0]], dtype="float32")
    assert "grad ?" in str(viz.tree(model, depth=0))


def test_a_gradient_that_is_exactly_0_is_told_from_a_small_one_and_from_none():
    model, inputs = small()
    with ag.no_grad():
        model[0].bias -= 50
    loss = (model(inputs) ** 2).mean()
    assert ag.explain(model[0].bias, loss).verdict == "zero"
    loss.backward()
    text = str(viz.tree(model))
    assert re.search(r"parameter bias +\(8,\) float32 .* grad rms 0 +exactly 0$", text, re.MULTILINE)
    assert "  exactly 0 (ag.explain(parameter, loss) says why)\n" in text
    assert text.count("exactly 0\n") == 3  # both of the layer before the dead one, and the weight behind it
    assert not any(trouble.word in text for trouble in Trouble)
    assert re.search(r"^  2: Sequential .* exactly 0 \(1 of 2\)$", str(viz.tree(model, depth=0)), re.MULTILINE)
    for parameter in model.parameters():
        parameter.grad = ag.full_like(parameter, 1e-30)
    assert "exactly" not in str(viz.tree(model))


def test_ranges_with_nan_or_inf_say_so():
    model = nn.Module()
    model.a, model.b = nn.Parameter([np.nan, 1.0]), nn.Parameter([-np.inf, 1.0])
    text = str(viz.tree(model))
    assert re.search(r"parameter a +\(2,\) float32 +NaN +grad", text)
    assert re.search(r"parameter b +\(2,\) float32 +-inf \.\. 1 +grad", text)
    assert text.count("× NaN/INF: its values are not all finite") == 2


def test_equal_names_are_told_apart():
    a, b = (ag.tensor(v, requires_grad=True, name="n" * 500 + str(v)) for v in (1.0, 2.0))
    lines = str(viz.tree(a - b)).splitlines()
    (first, second), difference = (line.split()[1:3] for line in lines[:2]), lines[2]
    assert first != second
    assert f"out = ({' '.join(first)}) - ({' '.join(second)})" in difference


@settings(max_examples=40, deadline=None)
@given(programs, st.sampled_from([0, 1, 9]), st.booleans())
def test_every_box_has_its_line_and_operands_are_told_before_they_are_used(program, depth, repeats):
    view = fold(picture(ag.graph(run(program))), lambda call: call.level >= depth)
    view = merge_repeats(view) if repeats else view
    heads = [line.cells[0].text for line in outline(view, ordinary_look(view))]
    heads = heads[heads.index("") + 1 :] if "" in heads else heads
    frames = {call for box in view.boxes for call in (box.call.chain() if box.call else ())}
    numbers = [box for box in view.boxes if box.kind is Kind.CONSTANT and not box.inside]  # stand where they are used
    assert len(heads) == len(frames) + len(view.boxes) - len(numbers)
    told = set()
    for head in heads:
        name, sign, formula = head.partition(" = ")
        used = re.sub(r"\S+ of the repeat before", "", formula or head.partition(" from ")[2])
        assert told >= set(ID.findall(used)) or (" × " in head and not sign), head
        told |= set(ID.findall(name if sign else head))


def test_what_comes_from_outside_stands_before_the_module_that_uses_it():
    x, w = (ag.tensor(2.0, requires_grad=True, name=name) for name in "xw")
    with module_path("layer"):
        y = ag.exp(x) * w
    heads = [line.split("  ")[0] for line in str(viz.tree(y)).splitlines()]
    assert heads[:3] == ["input x", "input w", "module layer"]


# Flags


def scaled(factor):
    """A layer whose gradients are of a given size, and one whose units are all off."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(4, 8, rng=rng), nn.ReLU(), nn.Linear(8, 8, rng=rng), nn.ReLU())
    with ag.no_grad():
        model[2].bias -= 50
    loss = (model(rng.normal(size=(32, 4)).astype("float32")).sum() + (model[0].weight * factor).sum())
    return model, loss


@pytest.mark.parametrize(("factor", "verdict", "trouble"), [
    (1e-9, "tiny", Trouble.VANISHING), (1.0, "fine", None), (1e5, "huge", Trouble.EXPLODING),
    (np.nan, "nan", Trouble.BROKEN),
])
def test_flags_are_those_of_explain_and_of_the_drawing(factor, verdict, trouble):
    model, loss = scaled(factor)
    assert ag.explain(model[0].weight, loss).verdict == verdict
    loss.backward(retain_graph=True)
    of_model, of_loss, drawn = viz.tree(model), viz.tree(loss), viz.draw(loss)
    for said in (line_of("weight", of_model), line_of("weight", of_loss)):
        assert [word for word in WORDS if word in said] == ([trouble.title] if trouble else [])
    for word in WORDS:
        assert (word in str(of_loss)) == (word in drawn.source)
    assert "† DEAD RELU: 8 of 8 units are off for the whole batch of 32" in str(of_loss)


def line_of(name, tree):
    return next(line for line in str(tree).splitlines() if re.search(rf"parameter (0\.)?{name} ", line))


def test_thresholds_are_arguments():
    model, loss = scaled(1.0)
    loss.backward(retain_graph=True)
    for tree in (viz.tree(model, tiny=2.0), viz.tree(loss, tiny=2.0)):
        assert "▼ VANISHING: the gradient's RMS is 1" in line_of("weight", tree)
    for tree in (viz.tree(model, huge=0.5), viz.tree(loss, huge=0.5)):
        assert "▲ EXPLODING: gradient RMS above 0.5" in str(tree)


def test_what_broke_first_is_said():
    x = ag.tensor([0.0, 1.0], requires_grad=True, name="x")
    with np.errstate(all="ignore"):
        text = str(viz.tree((ag.log(x) - ag.log(x)).sum()))
    assert re.search(r"log\(x\).*× NaN/INF: it made NaN or inf  first NaN/inf, forward$", text, re.MULTILINE)


def test_a_folded_module_counts_its_flags():
    model, loss = scaled(1e-9)
    loss.backward(retain_graph=True)
    of_model, of_loss = str(viz.tree(model, depth=0)), str(viz.tree(loss, depth=0))
    assert re.search(r"^  0: Linear .*▼ VANISHING$", of_model, re.MULTILINE)
    assert re.search(r"^module 3: ReLU \(relu\) from module 2 .*† DEAD RELU$", of_loss, re.MULTILINE)


# Folding


def test_models_of_too_many_lines_are_folded_and_say_so():
    model, _ = small()
    lines = len(str(viz.tree(model)).splitlines())
    assert str(viz.tree(model, max_nodes=lines)) == str(viz.tree(model))
    text = str(viz.tree(model, max_nodes=lines - 1))
    assert text.startswith(f"{lines} lines are more than max_nodes={lines - 1}: modules are folded below depth 1.\n\n")
    assert re.search(r"^    0: Linear +72 parameters +-0.\d+ \.\. 0.\d+ +grad \?$", text, re.MULTILINE)
    assert str(viz.tree(model, depth=1)) == text.partition("\n\n")[2]


def test_computations_fold_as_drawings_do():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    for i in range(12):
        with module_path(f"layers.{i}"):
            x = ag.tanh(x)
    text = str(viz.tree(x, repeats=True))
    assert "module layers.0 … layers.11 × 12" in text
    assert "  v1 = tanh(x or v1 of the repeat before)  12 × ()" in text
    assert text == viz.draw(x, repeats=True).text
    small = str(viz.tree(x, repeats=False, max_nodes=6))
    assert small.startswith("14 boxes are more than max_nodes=6: ")
    assert "module layers.3 (tanh)" not in small


def test_inside_repeats_names_are_those_of_the_frame():
    x = ag.tensor([0.5, 2.0], requires_grad=True, name="x")
    for i in range(5):
        with module_path(f"layers.{i}"):
            with module_path("first"):
                x = ag.exp(ag.tanh(x))
            with module_path("second"):
                x = ag.tanh(x * 0.5) * x
    heads = [line.split("  [")[0].strip() for line in str(viz.tree(x * x, depth=1, repeats=True)).splitlines()]
    heads = [re.split("  +", head)[0] for head in heads]
    assert "module layers.0 … layers.4 × 5" in heads
    assert "module first (tanh, exp) from x, module second of the repeat before" in heads
    assert "module second (*, tanh, *) from module first (2 times)" in heads
    assert "out = (module second of layers.0 … layers.4) * (module second of layers.0 … layers.4)" in heads
    assert ".x5" not in "".join(heads)


def test_of_two_computations_operands_are_told_before_and_after():
    x, w = (ag.tensor(2.0, requires_grad=True, name=name) for name in "xw")
    text = viz.diff(ag.tanh(x) * w, ag.exp(ag.tanh(x)) * w).text
    assert "gradient rms, after ÷ before:  ▇▇▇▇··· same (within ×2)  ▇▇▇▇▇·· ×2 or more\n" in text
    heads = [re.split("  +", line)[0] for line in text.splitlines()]
    assert heads[-4:] == ["v3 = exp(v2)", "input w", "out = (v2 → v3) * w", "output out"]
    two, three = ag.stack([x, w]).sum(), ag.stack([x, w, x * w]).sum()
    assert " = stack(x, w, none → v2, axis=0)" in viz.diff(two, three).text
    assert " = stack(x, w, before_v2 → none, axis=0)" in viz.diff(three, two).text


def test_what_is_drawn_again_is_told_once():
    x = y = ag.tensor(0.5, requires_grad=True, name="x")
    for _ in range(40):
        y = ag.tanh(y) * x
    drawing = viz.draw(y)
    assert "(again)" in drawing.source
    assert drawing.text.count("input x") == 1
    assert drawing.text.count(" * x ") == 40


def test_what_is_left_out_is_said():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    drawing = viz.draw(3 - x, show=("values", "gradients"))
    assert drawing.text.startswith("Not drawn: 1 constant.\n")
    assert "out = … - x" in drawing.text


# Width


@given(st.integers(1, 130))
def test_nothing_is_cut_at_any_width(width):
    tree = viz.tree(small()[0])
    narrow = plain_text(tree.lines, width)
    assert narrow.split() == str(tree).split()
    assert all(len(line) <= max(width, 40) for line in narrow.splitlines())


def test_wide_characters_count_twice():
    lines = [Line(0, (Cell("日本"), Cell("1"))), Line(0, (Cell("abcdef"), Cell("2")))]
    assert plain_text(lines) == "日本    1\nabcdef  2"
    assert width_of("e\u0301") == 1


# Terminals


SHOW = """
import sys
import autograd_core as ag, viz
if {hide}:
    sys.modules["rich"] = sys.modules["rich.console"] = None
x = ag.tensor([1e-9, 2e-9], requires_grad=True, name="x")
viz.tree((x * x).sum()).show()
"""


def in_a_terminal(hide=False, **environment):
    """What a terminal is sent, of 60 columns."""
    pty = pytest.importorskip("pty", reason="no terminals of this kind here")
    leader, follower = pty.openpty()
    keep = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen([sys.executable, "-c", SHOW.format(hide=hide)], stdout=follower, stderr=subprocess.PIPE,
                               env=keep | {"TERM": "xterm-256color", "COLUMNS": "60", **environment})
    os.close(follower)
    said = b""
    while True:
        try:
            said += (more := os.read(leader, 4096))
        except OSError:  # Linux says so when the other end is closed
            break
        if not more:
            break
    os.close(leader)
    assert process.communicate()[1] == b""
    return said.decode().replace("\r\n", "\n")


def without_colours(text):
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_terminal_gets_colours_that_say_no_more_than_the_words():
    pytest.importorskip("rich", reason="colours are rich's")
    said, plain = in_a_terminal(), in_a_terminal(hide=True)
    assert "\x1b[1;94m▼ VANISHING" in said
    assert "\x1b" not in plain
    assert without_colours(said).split() == plain.split()
    assert all(len(line) <= 60 for line in plain.splitlines())
    assert "\x1b[1;94m" not in in_a_terminal(NO_COLOR="1")


def test_rich_prints_a_tree_and_only_text():
    console = pytest.importorskip("rich.console", reason="colours are rich's")
    loss = worked()
    loss.name = "[red]f[/red] :smile:"
    file = io.StringIO()
    console.Console(file=file, force_terminal=True, width=200).print(viz.tree(loss))
    assert "\x1b[32m" in file.getvalue()
    assert [line.rstrip() for line in without_colours(file.getvalue()).splitlines()] == str(viz.tree(loss)).splitlines()
    assert "[red]f[/red] :smile: = q * z" in file.getvalue()


@pytest.mark.parametrize("rich", [True, False])
def test_elsewhere_it_is_plain_text_of_any_width_and_needs_no_rich(rich, capsys, monkeypatch):
    if not rich:
        monkeypatch.setitem(sys.modules, "rich", None)
        monkeypatch.setitem(sys.modules, "rich.console", None)
    tree = viz.tree(scaled(1e-9)[1])
    tree.show()
    print(tree)
    assert capsys.readouterr().out == f"{tree!r}\n{tree}\n" == f"{tree}\n{tree}\n"
    assert "\x1b" not in str(tree)
    assert max(map(len, str(tree).splitlines())) > 100


@pytest.mark.parametrize("call", ["viz.tree(nn.ReLU()).show()", "repr(viz.tree(nn.ReLU()))"])
def test_where_nothing_can_be_printed_nothing_is(call, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it where standard output is closed
    eval(call)


# Names are data


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_nasty_names_are_inert(name):
    check(name)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\x1b[]\r\n\u202e\u2028"), max_size=40))
def test_any_name_is_inert(name):
    check(name)


def check(name):
    x = ag.tensor([1e-9, 2.0], requires_grad=True, name=name)
    with module_path(name or "m"):
        y = ag.exp(x * 2)
    y.name = name
    drawing = viz.draw(y.sum(), title=name or None)
    model = type("Model", (), {"named_parameters": lambda self: [(name, x)], "named_buffers": lambda self: []})()
    for lines in (drawing.text.splitlines(), str(viz.tree(model)).splitlines()):
        assert all(line.isprintable() and len(line) < 600 for line in lines)
    body = drawing.text.splitlines()[2 if name else 0 :]
    assert [line.split()[0] for line in body if not line.startswith(" ")] == ["input", "module", "out", "output"]
    assert len(str(viz.tree(model)).splitlines()) == 2


# What drawings carry


def test_pictures_have_a_name_and_a_description(tmp_path):
    drawing = viz.draw(worked(), title="f < g & h")
    for svg in (drawing.svg(), drawing.save(tmp_path / "f.svg").read_text("utf-8")):
        root = ET.fromstring(svg.encode())
        assert root.get("role") == "img"
        assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
        assert root.findtext(f"{SVG}title") == "f < g & h"
        assert root.findtext(f"{SVG}desc") == drawing.text
    assert ET.fromstring(viz.draw(worked()).svg()).findtext(f"{SVG}title") == "Computation graph"


def test_a_page_has_the_words_and_loads_nothing(tmp_path):
    drawing = viz.draw(worked(), title="f < g & h")
    page = drawing.save(tmp_path / "f.html").read_text("utf-8")
    assert html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[1]) == drawing.text
    assert "<title>f &lt; g &amp; h</title>" in page
    assert not re.search(r"(src|href|action)=|@import|url\(", page)
    assert "<script" not in page


def test_the_words_can_be_a_file(tmp_path):
    drawing = viz.draw(worked())
    assert drawing.save(tmp_path / "f.txt").read_text("utf-8") == f"{drawing.text}\n"


# Bad input


@pytest.mark.parametrize(("what", "kind"), [(5, "int"), ([], "list"), (["x"], "list"), (None, "NoneType")])
def test_what_is_neither_a_model_nor_tensors_is_an_error(what, kind):
    with pytest.raises(DTypeError, match=rf"tree: expected a model, .* or a Tensor or several; got {kind}\."):
        viz.tree(what)


@pytest.mark.parametrize(("options", "message"), [
    ({"depth": -1}, "depth=-1; expected at least 0"), ({"max_nodes": 3}, "max_nodes=3; expected at least 4"),
    ({"repeats": "no"}, "repeats='no'; expected True, False or None"),
])
def test_bad_options_are_errors(options, message):
    with pytest.raises(ag.OptionError, match=f"tree: {message}"):
        viz.tree(nn.ReLU(), **options)
