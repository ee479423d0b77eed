"""The page of ``viz.explore`` as text: all is in it, and names stay data."""

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worked import leaf, worked

import autograd_core as ag
import nn
import viz
from autograd_core.modes import module_path
from viz.explorer.steps import backward_steps

pytest.importorskip("jinja2", reason="the pages are made with jinja2")


@pytest.mark.parametrize("backward_first", [False, True])
def test_exploring_leaves_everything_as_it_was(tmp_path, backward_first):
    f = worked()
    if backward_first:
        f.backward(retain_graph=True)
    before = [None if node.grad is None else node.grad.item() for node in (edge[1] for edge in f.node.edges)]
    viz.explore(f, tmp_path / "f.html")
    assert before == [None if node.grad is None else node.grad.item() for node in (edge[1] for edge in f.node.edges)]
    f.backward()  # nothing was freed


def test_outputs_of_different_shapes_are_stepped_through_with_a_gradient_each(tmp_path):
    x = leaf(3.0, "x")
    a, b = x * np.ones((5, 4)), x * x
    grad = [np.ones((5, 4)), 1.0]
    assert backward_steps([a, b], grad)[-1].arrived.elements == 26.0
    page = Page(viz.explore([b, a], tmp_path / "x.html", grad=grad[::-1]))
    assert {"out₁", "out₂", "* gives out₁", "* gives out₂"} <= set(page.texts)
    row = page_row(tmp_path / "x.html", "1")
    assert ">out₂<" in row  # the second that was given, though recorded first
    assert ">(5, 4)<" in row


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


def page_row(path, key):
    """What the table says of one row."""
    return path.read_text("utf-8").partition(f'<tr id="n{key}">')[2].partition("</tr>")[0]


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


def test_a_value_used_twice_by_one_op_has_two_wires_that_know_their_ends(tmp_path):
    x = leaf(3.0, "x")
    page = viz.explore(x * x, tmp_path / "x.html").read_text()
    edges = re.findall(r'<g class="edge"[^>]*>', page)
    assert edges.count('<g class="edge" data-from="v0" data-to="v1">') == 2
    assert all("data-from" in edge for edge in edges)
    assert "v0-&gt;v1" not in page  # nothing of what Graphviz calls them


def test_constants_have_rows(tmp_path):
    x = leaf([1.0, 2.0], "x")
    path = viz.explore((x * np.array([3.0, 4.0])).sum(), tmp_path / "x.html")
    row = page_row(path, "1_b")
    assert ">constant<" in row
    assert "[3.0, 4.0]" in row
    assert '<a href="#n1">v₁</a>' in row
    assert '<a href="#n1_b">[3.0, 4.0] (2,) float64 as b</a>' in page_row(path, "1")
    assert '<a href="#n1_b" data-box="v1_b" data-rows="1_b">' in path.read_text()


def test_a_tied_weight_has_the_names_of_its_module_and_of_who_shares_it(tmp_path):
    emb, head = nn.Embedding(4, 3, rng=0), nn.Linear(3, 4, rng=0)
    head.weight = emb.weight
    model = nn.ModuleDict({"emb": emb, "head": head})
    path = viz.explore(head(emb([1, 2])).sum(), tmp_path / "x.html", model=model)
    row = page_row(path, "0")
    assert '<th scope="row">emb.weight</th>' in row
    assert "also in head" in row
    assert "emb.weight.grad = " in path.read_text()


def test_a_line_break_in_a_name_is_a_space(tmp_path):
    page = viz.explore(leaf(1.0, "two\nlines") * 2, tmp_path / "x.html").read_text()
    assert "two lines" in page
    assert "\N{REPLACEMENT CHARACTER}" not in page


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
    row = page_row(path, "2")
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
    with pytest.raises(ag.MissingExtraError, match=r"\.\[html\]"):
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
    (worked, {"grad": [1.0, 2.0]}, "explore: grad= of float64 and shape"),
    (worked, {"model": "m"}, "explore: model='m'"),
    (worked, {"title": 3}, "explore: title=3"),
    (list, {}, "explore: expected a Tensor"),
    (lambda: np.ones(3), {}, "explore: expected a Tensor"),
])
def test_what_cannot_be_explored_is_an_error_that_helps(tmp_path, output, options, said):
    with pytest.raises((viz.FormatError, ag.OptionError, ag.ShapeError, ag.DTypeError), match=said):
        viz.explore(output(), tmp_path / "f.html", **options)
    assert not (tmp_path / "f.html").exists()


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
