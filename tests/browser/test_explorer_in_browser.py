"""``viz.explore`` as somebody at a browser meets it: by mouse, finger, keyboard, search, and without a script."""

import re

import explored
import pytest

import autograd_core as ag
from viz.looks.text import clean
from viz.pictures.captions import exact, gradient_line


def wires(page):
    """The gradients that the drawing shows now, by what the vertex is called."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("figure:not([hidden]) .value")]
        .filter((value) => value.dataset.of && value.querySelector(".gradient"))
        .map((value) => [document.querySelector(`#n${value.dataset.of.split(" ").at(-1)} th`).textContent,
                         value.querySelector(".gradient").textContent]))""")


def unfold(page):
    while page.locator("#unfold").count() and page.locator("#unfold").is_enabled():
        page.click("#unfold")
    return page


def boxes(page):
    return page.locator("figure:not([hidden]) a[data-box]").count()


def centre(page, selector):
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# The backward pass


def test_each_step_shows_the_numbers_known_then(opened):
    page = opened("worked")
    assert set(wires(page).values()) == {""}
    known = [{"f": "1", "q": "-4", "z": "3"}, {"x": "-4", "y": "-4"}, {}, {}, {}]
    so_far = {}
    for i, new in enumerate(known):
        page.keyboard.press("ArrowRight")
        so_far |= new
        assert {name: text for name, text in wires(page).items() if text} == so_far, i
    assert page.locator("#count").text_content() == "5 of 5"


def test_the_formula_of_the_textbook(opened):
    page = opened("worked")
    page.click("#next")
    page.click("#next")
    assert "+ gives q" in page.inner_text("#steps")
    assert page.locator("#steps li:visible .line").all_inner_texts() == [
        "df/dx = dq/dx · df/dq = 1 · (-4) = -4", "df/dy = dq/dy · df/dq = 1 · (-4) = -4"]
    assert page.locator("figure a.now").get_attribute("data-box") == "v3"


@pytest.mark.parametrize("name", ["worked", "square", "network"])
def test_stepping_to_the_end_gives_the_true_gradients(opened, name):
    page = unfold(opened(name))
    count = page.locator("#steps > li").count()
    for _ in range(count):
        page.keyboard.press("ArrowRight")
    assert page.locator("#next").is_disabled()
    output = getattr(explored, name)()
    output.backward(retain_graph=True)
    for vertex in ag.graph(output).vertices:
        step = page.locator(f'#steps li[data-vertex="{vertex.id}"] .arrived')
        assert step.locator("data").get_attribute("value") == clean(exact(vertex.gradient), 400)
        assert (".grad = " in step.text_content()) == (vertex.op is None)
        shown = page.locator(f'figure:not([hidden]) .value[data-of="{vertex.id}"] .gradient').text_content()
        assert shown == gradient_line(vertex.gradient)


def test_gradients_add_up_before_they_are_complete(opened):
    page = opened("square")
    seen = []
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        seen.append(wires(page)["x"])
    assert seen == ["", "20.09", "26.09", "26.09"]
    page.keyboard.press("ArrowLeft")
    lines = page.locator("#steps li:visible .line").all_inner_texts()
    assert lines[1].replace("\N{NARROW NO-BREAK SPACE}", " ") == (
        "d out/dx += dv₁/dx (as b) · d out/dv₁ = 3 · 1 = 3, together 23.09 + 3 = 26.09")


def test_both_wires_of_a_value_used_twice_are_lit_together(opened):
    page = opened("square")
    lit = 'figure .edge.now[data-from="v0"][data-to="v1"]'
    assert page.locator("figure .edge.now").count() == 0
    counts = []
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        counts.append(page.locator(lit).count())
    assert counts == [0, 0, 2, 0]  # the sum, exp, the product, x


def test_a_constant_is_chosen_itself_with_its_value(opened):
    page = unfold(opened("network"))
    page.click("#fit")
    constant = page.locator('figure:not([hidden]) a[data-box$="_x"]')
    constant.click()
    assert page.locator("#node-title").text_content() == "const"
    assert "Value\n[[1.40" in page.inner_text("#node dl")
    assert constant.get_attribute("class") == "chosen whole"
    assert page.locator("a.chosen").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.box") == constant.get_attribute("data-box")
    page.locator('figure:not([hidden]) .value[data-box$="_x"]').click()
    assert page.locator("#node-title").text_content() == "const"
    page.locator("#node dd a").first.click()
    assert page.locator("#node-title").text_content() != "const"


def test_an_output_box_is_chosen_itself(opened):
    page = opened("worked")
    page.click('a[data-box="v4.out"]')
    assert page.locator("a.chosen").get_attribute("data-box") == "v4.out"
    assert page.locator("#node-title").text_content() == "f"


def test_a_button_that_has_done_its_work_keeps_the_focus(opened):
    page = opened("worked")
    page.locator("#next").focus()
    for _ in range(7):
        page.keyboard.press("Enter")
    assert page.locator("#count").text_content() == "5 of 5"
    assert page.evaluate("document.activeElement.id") == "next"
    assert page.locator("#next").get_attribute("aria-disabled") == "true"
    page = opened("network")
    page.locator("#unfold").focus()
    for _ in range(5):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "unfold"
    assert page.locator("#view-label").text_content() == "all open"


def test_escape_leaves_the_search(opened):
    page = opened("worked")
    page.keyboard.press("/")
    page.keyboard.type("add")
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.keyboard.press("ArrowRight")
    assert page.locator("#count").text_content() == "1 of 5"


def test_slider_home_end_and_play(opened):
    page = opened("worked")
    page.keyboard.press("End")
    assert page.locator("#count").text_content() == "5 of 5"
    page.keyboard.press("Home")
    assert page.locator("#start").is_visible()
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#count").text_content() == "1 of 5"
    page.locator("#slider").fill("3")
    assert wires(page)["x"] == "-4"
    page.clock.install()
    page.click("#play")
    page.clock.run_for(10_000)
    assert page.locator("#count").text_content() == "5 of 5"
    assert page.locator("#play").text_content() == "Play"


# Finding one's way


def test_a_click_shows_what_is_known_of_a_node(opened):
    page = unfold(opened("network"))
    page.click("#fit")
    page.click('figure:not([hidden]) a[data-box] >> text="relu"')
    terms, details = page.locator("#node dt").all_inner_texts(), page.locator("#node dd").all_inner_texts()
    told = dict(zip(terms, details, strict=True))
    assert told["Operation"] == "relu"
    assert told["Module"] == "2"
    assert told["Shape"] == "(8, 8)"
    assert told["Dtype"] == "float64"
    assert told["Value"].startswith("[[")
    assert told["Gradient"].startswith("[[")
    assert "nn.CrossEntropyLoss()(model(" in told["Line"]
    page.locator("#node dd a").first.click()  # where it came from
    assert "linear" in page.inner_text("#node dl")


def test_search_marks_counts_and_centres(opened):
    page = unfold(opened("network"))
    page.keyboard.press("/")
    page.keyboard.type("linear")
    assert page.locator("#found").text_content() == "1 of 3"
    assert page.locator("figure:not([hidden]) a.hit").count() == 3
    page.keyboard.press("Enter")
    assert page.locator("#found").text_content() == "2 of 3"
    x, y = centre(page, "figure:not([hidden]) a.chosen")
    graph = page.locator("figure:not([hidden]) svg").bounding_box()
    assert abs(x - graph["x"] - graph["width"] / 2) < 2
    assert abs(y - graph["y"] - graph["height"] / 2) < 2
    page.fill("#search", "no such thing")
    assert page.locator("#found").text_content() == "0 found"
    page.keyboard.press("Escape")
    assert page.locator("a.hit").count() == 0
    page.fill("#search", "0.1")  # a module
    assert page.locator("figure:not([hidden]) a.hit").count() == 1


def test_modules_fold_and_unfold(opened):
    page = unfold(opened("network"))
    counts = [boxes(page)]
    while page.locator("#fold").is_enabled():
        page.click("#fold")
        counts.append(boxes(page))
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == len(counts) >= 2
    page.click("#unfold")
    assert boxes(page) == counts[-2]


def test_the_walk_passes_through_folded_modules(opened):
    page = unfold(opened("network"))
    page.click("#fold")
    page.click("#fold")
    visited = []
    for _ in range(page.locator("#steps > li").count()):
        page.keyboard.press("ArrowRight")
        now = page.locator("figure:not([hidden]) a.now")
        assert now.count() == 1
        visited.append(now.get_attribute("data-box"))
    assert len(set(visited)) < len(visited)
    assert all(wires(page).values())


# Mouse, finger, keyboard


def test_the_mouse_pans_and_zooms(opened):
    page = opened("worked")
    x, y = centre(page, 'a[data-box="v3"]')
    page.mouse.move(300, 700)
    page.mouse.down()
    page.mouse.move(350, 660, steps=4)
    page.mouse.up()
    assert centre(page, 'a[data-box="v3"]') == pytest.approx((x + 50, y - 40), abs=1)
    page.mouse.move(x + 50, y - 40)
    width = page.locator('a[data-box="v3"]').bounding_box()["width"]
    page.mouse.wheel(0, -300)
    assert page.locator('a[data-box="v3"]').bounding_box()["width"] > 1.5 * width
    assert centre(page, 'a[data-box="v3"]') == pytest.approx((x + 50, y - 40), abs=1)
    page.click("#fit")
    assert centre(page, 'a[data-box="v3"]') == pytest.approx((x, y), abs=1)


def test_a_drag_that_begins_on_a_box_chooses_nothing(opened):
    page = opened("worked")
    page.mouse.move(*centre(page, 'a[data-box="v3"]'))
    page.mouse.down()
    page.mouse.move(600, 600, steps=4)
    page.mouse.up()
    assert page.locator("a.chosen").count() == 0
    page.click('a[data-box="v3"]')
    assert page.locator("a.chosen").count() == 1


def test_two_fingers_zoom(opened):
    page = opened("worked", viewport={"width": 400, "height": 800}, has_touch=True)
    width = page.locator('a[data-box="v3"]').bounding_box()["width"]
    touch = page.context.new_cdp_session(page)

    def fingers(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [
            {"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})

    fingers("touchStart", (180, 330), (220, 330))
    for spread in range(20, 61, 10):
        fingers("touchMove", (200 - spread, 330), (200 + spread, 330))
    fingers("touchEnd")
    assert page.locator('a[data-box="v3"]').bounding_box()["width"] == pytest.approx(3 * width, rel=0.05)
    page.tap('a[data-box="v4"] >> nth=0')
    assert page.locator("#node-title").text_content() == "f"


def test_everything_by_keyboard(opened):
    page = unfold(opened("network"))
    page.click("h1")
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        focus = page.evaluate("""() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const name = at.id || at.dataset.box || at.getAttribute("class") || at.tagName;
            return [name, style.outlineStyle, style.outlineWidth] }""")
        reached.add(focus[0])
        assert focus[0] == "BODY" or focus[1:] == ["solid", "3px"], focus
        if focus[0] == "BODY":
            break
    assert {"fold", "search", "theme", "v0", "zoom-in", "fit", "play", "slider", "next", "scroll"} <= reached
    page.locator('figure:not([hidden]) a[tabindex="0"]').focus()
    page.keyboard.press("Enter")
    first = page.locator("#node-title").text_content()
    page.keyboard.press("ArrowDown")
    assert page.locator("#node-title").text_content() != first
    page.keyboard.press("ArrowUp")
    assert page.locator("#node-title").text_content() == first
    width = page.locator("figure:not([hidden]) a.chosen").bounding_box()["width"]
    page.keyboard.press("+")
    assert page.locator("figure:not([hidden]) a.chosen").bounding_box()["width"] > 1.2 * width
    x, y = centre(page, "figure:not([hidden]) a.chosen")
    page.keyboard.press("Shift+ArrowLeft")
    assert centre(page, "figure:not([hidden]) a.chosen") == pytest.approx((x + 60, y), abs=1)
    page.keyboard.press("0")


# For everybody


@pytest.mark.parametrize(("name", "scheme", "width"), [
    ("worked", "light", 1400), ("network", "dark", 1400), ("network", "light", 400), ("hostile", "dark", 400)])
def test_axe_finds_nothing(opened, name, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser").Axe()
    page = opened(name, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.keyboard.press("ArrowRight")
    page.click("figure:not([hidden]) a.now")
    page.fill("#search", "exp")
    violations = axe.run(page).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []


def test_without_a_script_all_is_there(opened):
    page = opened("network", java_script_enabled=False)
    assert page.locator("figure svg").first.is_visible()
    vertices = [step.get_attribute("data-vertex") for step in page.locator("#steps > li").all()]
    assert {f"n{vertex}" for vertex in vertices} < {row.get_attribute("id") for row in page.locator("tbody tr").all()}
    assert all(step.is_visible() for step in page.locator("#steps > li").all())
    assert not any(control.is_visible() for control in page.locator("button, input").all())
    link = page.locator("figure a").first
    target = link.get_attribute("href")
    link.click()
    assert page.locator(f"{target}:target").is_visible()


def test_dark_by_the_system_and_by_hand(opened):
    def ground(page):
        return sum(map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]))

    light, dark = opened("worked", color_scheme="light"), opened("worked", color_scheme="dark")
    assert ground(light) > 700
    assert ground(dark) < 100
    light.click("#theme")
    dark.click("#theme")
    assert ground(light) < 100
    assert ground(dark) > 700
    assert light.locator("#theme").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("name", ["worked", "network", "hostile"])
def test_a_phone_scrolls_only_down(opened, name):
    page = opened(name, viewport={"width": 400, "height": 800})
    page.keyboard.press("End")
    page.click("figure:not([hidden]) a.now")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_names_are_data(opened):
    page = opened("hostile")
    while page.locator("#next").is_enabled():
        page.keyboard.press("ArrowRight")
    unfold(page)
    page.click("#fold")
    page.fill("#search", "</script>")
    assert page.locator("#found").text_content() == "1 of 3"
    assert page.locator("script").count() == 2
    assert page.locator("b, [onmouseover], iframe, object, embed, form").count() == 0
    shown = page.inner_text("#node-title")
    assert shown.startswith("</script></text><b onmouse")
    content = page.content()
    assert "\0" not in content
    assert "\u202e" not in content
    assert "49" not in shown
