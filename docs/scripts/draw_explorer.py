"""Writes docs/images/explorer_*.png, the page of ``viz.explore`` in Chromium. Needs what ``make browser`` installs."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

import autograd_core as ag
import nn
import viz

IMAGES = Path(__file__).parents[1] / "images"


def worked() -> ag.Tensor:
    """The worked example of every course."""
    x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f


def network() -> ag.Tensor:
    """The loss of a network with a module in a module."""
    rng = np.random.default_rng(0)
    features = nn.Sequential(nn.Linear(4, 8, rng=rng), nn.Tanh())
    model = nn.Sequential(features, nn.Linear(8, 8, rng=rng), nn.ReLU(), nn.Linear(8, 3, rng=rng))
    with ag.debug_mode():
        loss = nn.CrossEntropyLoss()(model(rng.normal(size=(8, 4)).astype("float32")), np.arange(8) % 3)
    loss.name = "loss"
    return loss


def open_module(page: Page, title: str) -> None:
    """Open one module by its plus."""
    page.locator("figure:not([hidden]) a[data-opens]", has_text=title).locator(".sign").click()


with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    pages = {
        "worked": viz.explore(worked(), f"{folder}/worked.html", title="f = (x + y) z"),
        "network": viz.explore(network(), f"{folder}/network.html", title="A small network", depth=0),
    }
    for name, shape, width, scheme, steps, opened in (
        ("worked", "wide", 1400, "light", 2, ()), ("network", "wide", 1400, "dark", 3, ["3: Linear"]),
        ("worked", "narrow", 400, "light", 2, ()), ("network", "narrow", 400, "dark", 3, ["3: Linear"]),
    ):
        page = browser.new_page(viewport={"width": width, "height": 700 if width > 800 else 900}, color_scheme=scheme)
        page.goto(pages[name].as_uri())
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
        for title in opened:
            open_module(page, title)
        if name == "network":
            page.locator("figure:not([hidden]) a.now").click()
        page.screenshot(path=IMAGES / f"explorer_{shape}_{scheme}.png")
    browser.close()
