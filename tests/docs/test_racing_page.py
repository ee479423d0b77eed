"""docs/racing.md says what its script finds: the figures of its tables come out again."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def race():
    pytest.importorskip("matplotlib", reason="matplotlib draws the race: pip install matplotlib")
    return runpy.run_path(str(DOCS / "scripts" / "draw_race.py"))


def rows(name):
    """The table between the marks of that name: its first column, and the others as numbers."""
    text = (DOCS / "racing.md").read_text("utf-8")
    inside = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)[1].strip().split("\n")
    lines = [line.strip("|").split("|") for line in inside[2:]]
    return {racer.strip(): [float(cell) for cell in cells] for racer, *cells in lines}


def test_the_valleys(race):
    table = rows("valleys")
    assert list(table) == list(race["RACERS"])
    for racer, cells in table.items():
        for valley, rate, loss in zip(race["VALLEYS"], cells[::2], cells[1::2], strict=True):
            assert rate in race["RATES"]
            if valley != "noisy bowl":  # eight runs each
                assert race["mean_loss"](valley, racer, rate) == pytest.approx(loss, abs=2e-3)


def test_the_rule(race):
    lowest = {1.0: 3.0, 2.0: 1.0, 5.0: np.nan, 10.0: 2.0}
    assert race["best"](lowest.get, lowest) == (2.0, 1.0)


def test_the_digits(race):
    pytest.importorskip("sklearn", reason="scikit-learn has the digits: pip install scikit-learn")
    table = rows("digits")
    assert list(table) == list(race["RACERS"])
    first = race["learn"]("momentum", table["momentum"][0], epochs=1)
    assert first[1] < first[0] / 3
    losses = race["learn_whole"](10)
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 11
    assert losses[-1] < losses[0] / 2


def test_the_film(race, tmp_path):
    image = pytest.importorskip("PIL.Image", reason="matplotlib brings Pillow, which writes the film")
    with image.open(DOCS / "images" / "race.gif") as film:
        assert film.n_frames == len([*range(40), *range(40, race["STEPS"] + 1, 2)])
    assert (DOCS / "images" / "race.gif").stat().st_size < 1_000_000
