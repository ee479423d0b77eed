"""docs/gallery.md and its pictures are in step: what the code on the page draws is what the pictures show."""

import re
import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from viz.errors import RendererError
from viz.looks.render import find_dot
from viz.pictures.flags import Trouble

DOCS = Path(__file__).parents[2] / "docs"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
LIMIT = 150_000


@pytest.fixture(scope="module")
def gallery():
    """The writer's names, and the pictures it makes now."""
    try:
        find_dot()
    except RendererError as error:
        pytest.skip(str(error))
    script = runpy.run_path(str(DOCS / "scripts" / "draw_gallery.py"))
    return [(path, path.read_text("utf-8"), drawing.svg()) for path, drawing in script["pictures"]()]


def shapes(svg):
    """How many there are of each, and all texts without their numbers: the same for whichever dot and NumPy."""
    root = ET.fromstring(svg)
    kinds = [element.get("class") for element in root.iter() if element.get("class")]
    return sorted(kinds), sorted(NUMBER.sub("#", text) for text in texts(root))


def texts(root):
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def numbers(svg):
    return sorted(float(number) for text in texts(ET.fromstring(svg)) for number in NUMBER.findall(text))


def test_every_picture_is_current(gallery):
    for path, kept, drawn in gallery:
        assert shapes(kept) == shapes(drawn), f"{path.name} is out of date: run python docs/scripts/draw_gallery.py"
        assert numbers(kept) == pytest.approx(numbers(drawn), rel=0.02, abs=1e-6), path.name


def test_every_picture_is_on_the_page_and_small(gallery):
    kept = sorted((DOCS / "images").glob("gallery_*"))
    assert sorted(path for path, _, _ in gallery) == kept
    assert all(path.stat().st_size < LIMIT for path in kept)


def test_every_flag_has_its_picture(gallery):
    flagged = {path.stem: {trouble for trouble in Trouble if f">{trouble.title}<" in kept} for path, kept, _ in gallery}
    alone = [flags for flags in flagged.values() if len(flags) == 1]
    assert set().union(*alone) == set(Trouble)
    assert flagged["gallery_deep_sigmoid"] == {Trouble.VANISHING}
    assert not flagged["gallery_deep_relu"]
