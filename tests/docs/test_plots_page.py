"""docs/plots.md shows every plot; its examples are run as doctests."""

import re
from pathlib import Path

import viz

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "plots.md").read_text("utf-8")


def test_every_plot_has_an_example_and_a_small_picture():
    plots = {name for name in viz.__all__ if name.startswith("plot_")}
    assert set(re.findall(r"viz\.(plot_\w+)\(", PAGE)) == plots
    shown = re.findall(r"!\[[^\]]+\]\(images/(\w+)\.png\)", PAGE)
    assert set(shown) == plots
    assert all((DOCS / "images" / f"{name}.png").stat().st_size < 150_000 for name in shown)


def test_its_links_lead_to_its_sections():
    sections = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) < sections
