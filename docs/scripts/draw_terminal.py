"""Writes docs/images/terminal_*.png: trees, in a dark and a light terminal. Needs rich, playwright and a Chromium."""

import io
import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI

import autograd_core as ag
import nn
import viz

IMAGES = Path(__file__).parents[1] / "images"


def ailing() -> tuple[nn.Module, ag.Tensor]:
    """A network with a saturated layer, before which gradients vanish, and a dead one; and its loss."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(4, 8, rng=rng), nn.Sigmoid(), nn.Linear(8, 8, rng=rng), nn.ReLU(),
                          nn.Linear(8, 1, rng=rng))
    with ag.no_grad():
        model[0].weight *= 1500
        model[2].bias[:6] -= 5.0
    inputs = rng.normal(size=(32, 4)).astype("float32")
    loss = nn.MSELoss()(model(inputs), np.zeros((32, 1), "float32"))
    loss.name = "loss"
    loss.backward(retain_graph=True)
    return model, loss


model, loss = ailing()
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    for name, shown, theme in (("model", model, DIMMED_MONOKAI), ("loss", loss, DEFAULT_TERMINAL_THEME)):
        console = Console(record=True, file=io.StringIO(), width=120, force_terminal=True)
        console.print(viz.tree(shown))
        page.set_content(console.export_html(theme=theme, inline_styles=True))
        page.add_style_tag(content="pre { display: inline-block; padding: 1rem; background: inherit; font-size: 14px; "
                                   "line-height: 1.35; margin: 0 }")
        page.locator("pre").screenshot(path=IMAGES / f"terminal_{name}.png")
    browser.close()
