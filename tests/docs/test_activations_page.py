"""docs/activations.md and its picture know every activation."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nn import activations

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_has_a_row_for_every_activation():
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "activations.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(activations.__all__)


def test_the_picture_has_a_panel_for_every_activation(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib draws the picture, and is not installed")
    script = runpy.run_path(str(DOCS / "draw_activations.py"))
    assert sorted(script["CURVES"]) == sorted(activations.__all__)
    for name, (_, function) in script["CURVES"].items():  # what is drawn dashed is the slope of what is drawn solid
        x, y, slope = script["curves"](function)
        rise = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
        inside = np.isfinite(rise) & np.isfinite(slope[:-2]) & np.isfinite(slope[2:]) & np.isfinite(slope[1:-1])
        assert inside.mean() > 0.95
        assert np.abs(rise - slope[1:-1])[inside].max() < 0.03, name
    target = tmp_path / "activations.svg"
    subprocess.run([sys.executable, DOCS / "draw_activations.py", target], check=True)
    kept = (DOCS / "images" / "activations.svg").read_text("utf-8")
    assert target.read_text("utf-8").count("<path") == pytest.approx(kept.count("<path"), rel=0.1)
