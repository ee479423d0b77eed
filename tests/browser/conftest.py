"""A real browser, and pages to open in it. Where something is missing, tests skip; ``make browser`` installs it."""

import shutil

import explored
import pytest

import viz

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    pytest.importorskip("jinja2", reason="needs jinja2: make browser")
    folder = tmp_path_factory.mktemp("pages")
    names = ("worked", "square", "network", "hostile", "blocks", "crowded", "vector")
    return {name: viz.explore(getattr(explored, name)(), folder / f"{name}.html", **explored.OPTIONS.get(name, {}))
            for name in names}


@pytest.fixture(scope="package")  # no longer than these tests: while it lives, no other test can run an asyncio loop
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make browser")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("needs Chromium: make browser")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, pages):
    """Open a page by name; at the end nothing may have been said on the console, and nothing loaded."""
    said, asked, contexts, opened = [], [], [], []

    def open_page(name, **options):
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        opened.append(pages[name].as_uri())
        page.goto(opened[-1])
        return page

    yield open_page
    loaded = [page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
              for context in contexts for page in context.pages]
    for context in contexts:
        context.close()
    assert said == []
    assert asked == opened
    assert not any(loaded)
