"""Modules that open and close one by one in the page of ``viz.explore``."""

import explored
import pytest

import autograd_core as ag
from viz.pictures.captions import gradient_line

SHOWN = "figure:not([hidden])"


def folded(page):
    return page.locator(f"{SHOWN} a[data-folded] text:first-of-type").all_text_contents()


def frames(page):
    signs = page.locator(f"{SHOWN} .close").all()
    return sorted(sign.get_attribute("aria-label").removeprefix("Close ") for sign in signs)


def box(page, text):
    return page.locator(f"{SHOWN} a[data-folded]", has_text=text)


def sign(page, text):
    return page.get_by_role("button", name=f"Close {text}").and_(page.locator(f"{SHOWN} .close"))


def start(opened, name="blocks", depth=0, **options):
    page = opened(name, **options)
    page.click("h1")
    while page.locator("#fold").is_enabled():
        page.click("#fold")
    for _ in range(depth):
        page.click("#unfold")
    return page


def inside(page, shape):
    """Whether a shape is in the window onto the drawing."""
    a, b = shape.bounding_box(), page.locator(f"{SHOWN} svg").bounding_box()
    return (a["x"] >= b["x"] - 1 and a["x"] + a["width"] <= b["x"] + b["width"] + 1
            and a["y"] >= b["y"] - 1 and a["y"] + a["height"] <= b["y"] + b["height"] + 1)


def test_the_first_click_chooses_and_the_second_opens(opened):
    page = start(opened)
    box(page, "block1").click()
    assert folded(page) == ["block0", "block1", "block2"]
    assert page.locator("#node-title").text_content() == "block1"
    assert "4 ops" in page.inner_text("#node dl")
    box(page, "block1").click()
    assert folded(page) == ["block0", "first", "second", "block2"]
    assert frames(page) == ["block1"]
    assert page.locator("#view-label").text_content() == "depth 0 + block1"


def test_a_double_click_a_plus_and_a_button_open_too(opened):
    page = start(opened)
    box(page, "block0").dblclick()
    assert frames(page) == ["block0"]
    box(page, "block1").locator(".sign").click()
    assert frames(page) == ["block1"]
    box(page, "first").click()
    page.click("#node >> text=Open first")
    assert frames(page) == ["block1", "first"]
    page.click("#node >> text=Close first")
    assert frames(page) == ["block1"]


def test_what_is_open_by_depth_stays_open(opened):
    page = start(opened, depth=1)
    box(page, "second").nth(1).dblclick()
    assert frames(page) == ["block0", "block1", "block2", "second"]
    assert folded(page) == ["first", "second", "first", "first", "second"]
    page.click("#fold")
    assert frames(page) == ["block0", "block1", "block2"]
    page.click("#unfold")
    assert folded(page) == []


def test_frames_close(opened):
    page = start(opened)
    box(page, "block1").dblclick()
    box(page, "second").dblclick()
    sign(page, "second").click()
    assert frames(page) == ["block1"]
    sign(page, "block1").click()
    assert folded(page) == ["block0", "block1", "block2"]
    page.click("#unfold")
    sign(page, "block2").click()  # open by depth: its depth closes
    assert folded(page) == ["block0", "block1", "block2"]


def test_open_and_close_by_keyboard(opened):
    page = start(opened)
    page.locator(f'{SHOWN} a[tabindex="0"]').focus()
    focus = """() => {
        const at = document.activeElement;
        return at.getAttribute("aria-label") ?? at.querySelector("text").textContent }"""
    while page.evaluate(focus) != "block1":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert frames(page) == ["block1"]
    assert page.evaluate(focus) == "Close block1"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focus) != "Close block1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert folded(page) == ["block0", "block1", "block2"]
    assert page.evaluate(focus) == "block1"
    page.keyboard.press("Enter")  # chooses
    page.keyboard.press("Enter")
    while page.evaluate(focus) != "first":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert folded(page) == ["block0", "block1", "block2"]


def test_step_and_selection_stay(opened):
    page = start(opened)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    box(page, "block2").dblclick()
    assert page.locator("#count").text_content().startswith("5 of")
    assert page.locator(f"{SHOWN} a.now").count() == 1
    chosen = page.locator(f"{SHOWN} a.chosen")
    assert chosen.locator("text").first.text_content() == "second"  # what comes out of the module
    chosen.dblclick()
    assert page.locator(f"{SHOWN} a.chosen text").first.text_content() == "*"
    title = page.inner_text("#node-title")
    sign(page, "block2").click()
    assert page.inner_text("#node-title") == title
    assert page.locator(f"{SHOWN} a.chosen text").first.text_content() == "block2"


@pytest.mark.parametrize("width", [1400, 480])
def test_the_opened_module_stays_in_sight(opened, width):
    page = start(opened, viewport={"width": width, "height": 800})
    assert inside(page, page.locator(f"{SHOWN} g.graph"))  # at first, all is
    box(page, "block0").dblclick()
    assert inside(page, page.locator(f"{SHOWN} .cluster"))
    assert page.evaluate("views.viewport.scale") >= 0.5
    page.click("#fold")
    assert inside(page, page.locator(f"{SHOWN} g.graph"))


def test_who_has_zoomed_stays_as_near_and_at_the_place(opened):
    page = start(opened)
    for _ in range(4):
        page.click("#zoom-in")
    page.evaluate("views.viewport.reveal(views.boxes.find((a) => a.textContent.includes('block1')), { centre: true })")
    scale = page.evaluate("views.viewport.scale")
    box(page, "block1").dblclick()
    assert inside(page, sign(page, "block1"))
    assert page.evaluate("views.viewport.scale") == scale
    page.click("#fold")
    assert page.evaluate("views.viewport.scale") == scale
    assert inside(page, box(page, "block1"))


def test_stepping_through_an_open_module_gives_the_true_gradients(opened):
    page = start(opened)
    box(page, "block1").dblclick()
    box(page, "first").dblclick()
    page.keyboard.press("End")
    output = explored.blocks()
    graph = ag.graph(output)
    seen = 0
    for vertex in graph.vertices:
        shown = page.locator(f'{SHOWN} .value[data-of="{vertex.id}"] .gradient')
        if shown.count():
            assert shown.text_content() == gradient_line(vertex.gradient)
            seen += 1
    assert 5 < seen < len(graph.vertices)


def test_a_module_that_cannot_open_alone_says_so(opened):
    page = start(opened, "crowded")
    assert page.locator("template").count() == 0
    box(page, "layer29").click()
    button = page.locator("#node button")
    assert button.text_content() == "Open layer29, with the 29 others of its depth"
    button.click()
    assert "more than max_nodes=70" in page.inner_text(f"{SHOWN} figcaption")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_a_module_open(opened, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser").Axe()
    page = start(opened, color_scheme=scheme)
    box(page, "block1").dblclick()
    page.keyboard.press("ArrowRight")
    violations = axe.run(page).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []


def test_of_what_is_too_wide_to_be_read_at_once_the_output_is_in_sight(opened):
    page = start(opened, "crowded", viewport={"width": 800, "height": 400})
    assert page.evaluate("views.viewport.scale") == 0.9
    out, window = page.locator(f'{SHOWN} a[data-box$=".out"]'), page.locator(f"{SHOWN} svg").bounding_box()
    assert inside(page, out)
    middle = out.bounding_box()["y"] + out.bounding_box()["height"] / 2
    assert middle == pytest.approx(window["y"] + window["height"] / 2, abs=1)


# What explore can be asked for


def test_outputs_that_are_not_numbers_are_stepped_through_with_a_gradient(opened):
    page = opened("vector")
    assert "dL/d\N{NARROW NO-BREAK SPACE}out = [1, -2]" in page.inner_text("#start")
    page.keyboard.press("End")
    graph = ag.graph(explored.vector(), explored.GRAD)
    for vertex in graph.vertices:
        shown = page.locator(f'{SHOWN} .value[data-of="{vertex.id}"] .gradient').text_content()
        assert shown == gradient_line(vertex.gradient)


def test_parameters_that_no_gradient_reaches_are_shown_and_found(opened):
    page = opened("vector")
    page.fill("#search", "no grad")
    assert page.locator("#found").text_content() == "1 of 2"
    assert page.inner_text("#node-title") == "unused.weight"
    assert page.locator(f"{SHOWN} a.hit").count() == 2
    assert "NO GRAD" in page.inner_text(".legend")


def test_the_page_opens_at_the_depth_asked_for(opened):
    page = opened("blocks", viewport={"width": 400, "height": 800})
    assert page.locator("#view-label").text_content() == "depth 1"  # although depth 0 is all that can be read at once


def test_from_top_to_bottom(opened):
    page = opened("vector")
    assert page.locator("#view-label").text_content() == "all open"
    first, last = (page.locator(f'{SHOWN} a[data-box="{name}"]').bounding_box() for name in ("v2", "v2.out"))
    assert first["y"] + first["height"] < last["y"]
