"""The page of ``viz.explore`` as text: the backward pass it tells is the true one, and names stay data."""

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import viz
from autograd_core.modes import module_path
from viz.explorer.formulas import Letters, tell
from viz.explorer.steps import backward_steps

pytest.importorskip("jinja2", reason="the pages are made with jinja2")


def leaf(value, name=None):
    return ag.tensor(value, requires_grad=True, name=name)


def worked():
    x, y, z = leaf(-2.0, "x"), leaf(5.0, "y"), leaf(-4.0, "z")
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f


def told(output):
    graph = ag.graph(output)
    return tell(backward_steps([output]), graph, Letters(graph, [""] * len(graph.vertices)))


# The steps are the walk's


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


@pytest.mark.parametrize("backward_first", [False, True])
def test_exploring_leaves_everything_as_it_was(tmp_path, backward_first):
    f = worked()
    if backward_first:
        f.backward(retain_graph=True)
    before = [None if node.grad is None else node.grad.item() for node in (edge[1] for edge in f.node.edges)]
    viz.explore(f, tmp_path / "f.html")
    assert before == [None if node.grad is None else node.grad.item() for node in (edge[1] for edge in f.node.edges)]
    f.backward()  # nothing was freed


def test_what_the_textbook_says():
    lines = [line.formula + line.result for words in told(worked()) for line in (words.arrived, *words.lines)]
    assert lines == [
        "df/df = 1", "df/dq = df/dq · df/df = -4 · 1 = -4", "df/dz = df/dz · df/df = 3 · 1 = 3",
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
    assert tell(steps, graph, Letters(graph, [""] * 3))[-1].arrived.formula == "x.grad = dL/dx = "


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
    letters = Letters(graph, ["", "layer", ""])
    assert [letters[i] for i in range(3)] == ["w", "layer.w", "out"]
    assert [Letters(graph, [""] * 3)[i] for i in range(2)] == ["w₀", "w₁"]


# The page


class Page(HTMLParser):
    """What a browser's parser makes of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.ids, self.attributes, self.texts, self.links, self.scripts = [], set(), [], [], set(), []
        self.open = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open = tag
        self.attributes += attrs
        for name, value in attrs:
            if name == "id":
                assert value not in self.ids
                self.ids.add(value)
            if name == "href" and value != "data:,":
                assert value.startswith("#")
                self.links.add(value[1:])

    def handle_endtag(self, tag):
        self.open = ""

    def handle_data(self, data):
        (self.scripts if self.open in ("script", "style") else self.texts).append(data)


TAGS = {"html", "head", "meta", "title", "link", "style", "body", "header", "h1", "h2", "h3", "div", "button", "output",
        "input", "main", "section", "figure", "figcaption", "svg", "g", "a", "text", "path", "polygon", "polyline",
        "ellipse", "p", "label", "ol", "li", "data", "details", "summary", "table", "thead", "tbody", "tr", "th", "td",
        "dl", "script", "span", "template", "ul", "strong"}
ALLOWED = re.compile(r"(data-[a-z]+|aria-[a-z]+|[a-z]+(-[a-z]+)?|viewBox)$")
NASTY = ["</script><script>hack()</script>", "</text></svg><b>", "'\" onload=hack()", "<!--", "]]>", "{{ 7*7 }}",
         "{% raw %}", "a\0b", "\u202egnp", "\u2028", "\ud800", "&lt;", "n" * 1_000_000, "日本語",
         "javascript:hack()", "", " ", "\\"]


def check_inert(names, path):
    total = 0
    for name in names:
        with module_path(name or "m"):
            x = leaf(2.0, name)
            q = ag.exp(x * 2)
        q.name = name
        total = total + q
    path = viz.explore(total, path, title="".join(names)[:1000])
    page = Page(path)
    assert set(page.tags) <= TAGS
    assert page.tags.count("script") == 2
    assert all(ALLOWED.match(key) and not key.startswith("on") for key, _ in page.attributes)
    text = path.read_text("utf-8")
    assert not re.search("[\0\u202e\u2028\u2029\ud800]", text)
    return text


def test_nasty_names_are_data(tmp_path):
    page = check_inert(NASTY, tmp_path / "x.html")
    assert len(page) < 2_500_000
    assert "{{ 7*7 }}" in page


@settings(max_examples=3)
@given(st.lists(st.text(st.characters() | st.sampled_from("<>&\"'{}%\0\u202e\u2029")), min_size=1, max_size=9))
def test_any_names_are_data(tmp_path_factory, names):
    check_inert(names, tmp_path_factory.mktemp("any") / "x.html")


def test_only_our_scripts_and_styles_may_run(tmp_path):
    page = Page(viz.explore(worked(), tmp_path / "f.html"))
    policy = next(value for key, value in page.attributes if key == "content" and "default-src" in value)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.scripts]
    style, *scripts = digests
    assert rules["style-src"] == f"'sha256-{style}'"
    assert rules["script-src"] == " ".join(f"'sha256-{digest}'" for digest in scripts)
    loading = r"https?://|//\w|url\(|@import|fetch\(|XMLHttp|eval\(|innerHTML"
    assert not any(re.search(loading, text) for text in page.scripts)


def test_every_link_leads_to_a_row_and_every_vertex_has_one(tmp_path):
    page = Page(viz.explore(worked(), tmp_path / "f.html"))
    assert {id for id in page.ids if re.match(r"n\d", id)} == {f"n{i}" for i in range(5)} == page.links


def test_without_a_script_every_number_is_there(tmp_path):
    page = Page(viz.explore(worked(), tmp_path / "f.html"))
    texts = [text.strip() for text in page.texts]
    for number in ("-2", "5", "-4", "3", "-12", "1"):
        assert number in texts
    assert "df/dx = dq/dx · df/dq = 1 · (-4) =" in texts


def test_where_it_was_recorded_is_told(tmp_path):
    with ag.debug_mode():
        y = ag.exp(leaf(1.0))
    texts = " ".join(Page(viz.explore(y, tmp_path / "y.html")).texts)
    assert "test_explorer.py:" in texts
    assert "y = ag.exp(leaf(1.0))" in texts


def test_what_is_wrong_is_told_where_it_is(tmp_path):
    y = ag.relu(leaf([[-1.0, -2.0]], "x") * 3).sum()
    path = viz.explore(y, tmp_path / "y.html")
    assert [text for text in Page(path).texts if "DEAD RELU" in text][-1] == "† DEAD RELU: 2 of 2 units are off"
    row = path.read_text().partition('<tr id="n2">')[2].partition("</tr>")[0]
    assert "relu" in row
    assert "DEAD RELU" in row


def test_a_view_for_every_depth_until_one_is_too_large(tmp_path):
    x = leaf(0.5, "x")
    for i in range(4):
        with module_path(f"layer{i}"), module_path("inner"):
            x = ag.tanh(x) * 2
    page = viz.explore(x, tmp_path / "all.html").read_text()
    assert re.findall(r'data-label="([^"]*)"', page)[:3] == ["depth 0", "depth 1", "all open"]
    page = viz.explore(x, tmp_path / "some.html", max_nodes=10).read_text()
    assert "as much as fits" in re.findall(r'data-label="([^"]*)"', page)
    assert "more than max_nodes=10" in page
    assert page.count("<li data-vertex") == len(ag.graph(x).vertices)  # the steps are all there


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    first, second = (viz.explore(worked(), tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


@pytest.mark.parametrize("output", [lambda: leaf([1.0, 2.0]) * 2, lambda: freed()], ids=["not a number", "freed"])
def test_a_page_without_steps_says_why(tmp_path, output):
    page = viz.explore(output(), tmp_path / "y.html").read_text()
    assert "There are no steps to show" in page
    assert "<svg" in page


def freed():
    f = worked()
    f.backward()
    return f


def test_without_graphviz_the_page_is_written_and_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_VIZ_DOT", "/no/such/dot")
    with pytest.raises(viz.RendererError, match=r"AUTOGRAD_VIZ_DOT.*explore wrote .*f\.html without the drawing"):
        viz.explore(worked(), tmp_path / "f.html")
    page = (tmp_path / "f.html").read_text()
    assert "<svg" not in page
    assert "There is no drawing." in page
    assert "df/dx = dq/dx" in page


def test_without_jinja_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ag.MissingExtraError, match=r"autograd-core\[html\]"):
        viz.explore(worked(), tmp_path / "f.html")
    assert not (tmp_path / "f.html").exists()


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(viz.FormatError, match=r"explore: 'f\.svg' ends in '\.svg'"):
        viz.explore(worked(), tmp_path / "f.svg")


@pytest.mark.parametrize(("output", "options", "said"), [
    (worked, {"depth": -1}, "explore: depth=-1"),
    (worked, {"max_nodes": 1}, "explore: max_nodes=1"),
    (worked, {"direction": "RL"}, "explore: direction='RL'"),
    (lambda: ag.graph(worked()), {}, "explore: a snapshot has no backward pass"),
    (worked, {"grad": [1.0, 2.0]}, "seed of float64 and shape"),
])
def test_what_cannot_be_explored_is_an_error_that_helps(tmp_path, output, options, said):
    with pytest.raises((viz.FormatError, ag.ShapeError), match=said):
        viz.explore(output(), tmp_path / "f.html", **options)
    assert not (tmp_path / "f.html").exists()


def test_a_gradient_for_outputs_that_are_not_numbers():
    x = leaf([1.0, 2.0], "x")
    y = x * x
    y.name = "y"
    steps = backward_steps([y], [10.0, 1.0])
    assert [step.arrived.elements.tolist() for step in steps] == [[10, 1], [20, 4]]
    graph = ag.graph(y, [10.0, 1.0])
    words = tell(steps, graph, Letters(graph, ["", ""], weighted=True))
    assert words[0].arrived.formula == "dL/dy = "
    assert words[1].arrived.formula == "x.grad = dL/dx = "


def test_parameters_that_no_gradient_reaches_have_rows(tmp_path):
    model = nn.ModuleDict({"used": nn.Linear(2, 1, rng=0), "unused": nn.Linear(2, 1, rng=0)})
    page = Page(viz.explore(model["used"]([[1.0, 2.0]]).sum(), tmp_path / "y.html", model=model))
    assert {"unused.weight", "unused.bias"} <= set(page.texts)
    assert page.texts.count("○ NO GRAD: the outputs do not depend on it") == 2
    assert page.links <= page.ids


def test_the_thresholds_of_flags_can_be_chosen(tmp_path):
    page = viz.explore(worked(), tmp_path / "f.html", huge=3.5).read_text()
    assert "EXPLODING" in page
    assert "gradient RMS above 3.5" in page


@pytest.mark.parametrize("missing", [False, True])
def test_progress_is_for_terminals(tmp_path, monkeypatch, capsys, missing):
    if missing:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    viz.explore(worked(), tmp_path / "f.html")
    assert capsys.readouterr() == ("", "")
