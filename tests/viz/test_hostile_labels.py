"""Names are data: whatever they hold, the DOT parses to the same graph, and the SVG only shows them."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from svg import SVG, labels, nodes

import autograd_core as ag
import viz
from autograd_core.modes import module_path
from viz.looks.text import LABEL_LIMIT

NASTY = [
    "</text><script>alert(1)</script>", '"];x[', '"]; x -> y; z [label="', "<b>", "<<B>bold</B>>", "a\0b",
    "\u202egnp.exe", "\\", "\\N", '\\"', "ends\\", "&lt;", "&amp;", "&#0;", "]]>", "<!--", "-->", "{a|b}", "a:b:c",
    "\n\n", "\t", " ", "", "node", "\ud800", "\ufffe", "x" * 1_000_000,
    "日本語", "🦊", "http://e.x/?a=1&b='2'", "%n", "$x$",
]


TAGS = {"svg", "g", "title", "desc", "polygon", "path", "text", "a", "ellipse", "polyline"}


def drawing_named(name):
    x = ag.tensor(2.0, requires_grad=True, name=name)
    with module_path(name or "m"):
        q = ag.exp(x * 2)
    q.name = name
    f = q + x
    f.name = name
    return viz.draw(f, title=name)


def check(name):
    drawing = drawing_named(name)
    assert len(drawing.source) < 40_000
    root = ET.fromstring(drawing.svg())
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= TAGS
    for element in root.iter():
        assert not any(key.endswith("href") or key.startswith("on") for key in element.keys())  # noqa: SIM118  # an Element is no dict
    assert set(nodes(drawing)) == {"v0", "v0.value", "v1", "v1_b", "v1.value", "v1_b.value", "v2", "v2.value", "v3",
                                   "v3.value", "v3.out"}
    return drawing


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_nasty_names_are_inert(name):
    check(name)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters() | st.sampled_from('<>&"\\\'[]{};|\0\u202e'), max_size=60))
def test_any_name_is_inert(name):
    check(name)


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_nasty_names_are_inert_in_flags(name):
    class Model:
        def named_parameters(self):
            return [(name, ag.tensor(np.zeros(2), requires_grad=True))]

    w = ag.tensor([1.0, 2.0], requires_grad=True, name=name)
    with module_path(name or "m"):
        h = ag.exp(w * 5)  # explodes
        loss = (h.detach() * h).sum()
    drawing = viz.draw(loss, model=Model(), title=name)
    for word in ("▲ EXPLODING", "‖ DETACHED", "○ NO GRAD"):
        assert f"{word}</FONT>" in drawing.source
    elements = [*ET.fromstring(drawing.svg()).iter()]
    assert {element.tag.removeprefix(SVG) for element in elements} <= TAGS
    assert len(drawing.source) < 40_000


def test_a_page_holds_nothing_but_the_picture(tmp_path):
    drawing = drawing_named("</svg></title></text><script>alert(1)</script><b>")
    page = drawing.save(tmp_path / "x.html").read_text("utf-8")
    tags = {"html", "head", "meta", "style", "body", "main", "h1", "figure", "details", "summary", "pre"}
    assert set(re.findall(r"<(\w+)", page)) <= TAGS | tags


@pytest.mark.parametrize("name", ["<b>", "a&b", 'say "hi"', "back\\slash", "\\N", "\\\\", "&lt;", "&#92;", "x"])
def test_printable_names_are_shown_as_they_are(name):
    shown = [label.text for label in labels(nodes(drawing_named(name))["v0"])]
    assert shown == [name]


def test_long_names_end_in_an_ellipsis():
    (shown,) = labels(nodes(drawing_named("n" * 1000))["v0"])
    assert shown.text == "n" * (LABEL_LIMIT - 1) + "…"
