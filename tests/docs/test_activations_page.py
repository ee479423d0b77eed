"""docs/activations.md and its picture know every activation."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from nn import activations

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_has_a_row_for_every_activation():
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "activations.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(activations.__all__)


def kinks(axes):
    """Where a panel has dots."""
    return np.concatenate([line.get_xdata() for line in axes.lines if line.get_marker() == "o"])


def test_the_picture_has_a_panel_for_every_activation(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib draws the picture, and is not installed")
    script = runpy.run_path(str(DOCS / "scripts" / "draw_activations.py"))
    assert sorted(script["CURVES"]) == sorted(activations.__all__)
    figure = script["picture"]()
    assert [axes.get_title("left") for axes in figure.axes] == list(script["CURVES"])
    for axes, (_, function) in zip(figure.axes, script["CURVES"].values(), strict=True):
        lines = {line.get_label(): line for line in axes.lines}  # what is drawn dashed is the slope of what is solid
        x, slope = lines["derivative"].get_data()
        far = [abs(x - kink) > 0.01 for kink in kinks(axes)]
        smooth = np.logical_and.reduce([np.isfinite(slope), *far])
        assert smooth.mean() > 0.9
        rise = [function(ag.tensor(x[smooth] + step)).numpy() for step in (-1e-4, 1e-4)]
        np.testing.assert_allclose((rise[1] - rise[0]) / 2e-4, slope[smooth], atol=1e-3)
    target = tmp_path / "activations.svg"
    subprocess.run([sys.executable, DOCS / "scripts" / "draw_activations.py", target], check=True)
    kept = (DOCS / "images" / "activations.svg").read_text("utf-8")
    assert target.read_text("utf-8").count("<path") == pytest.approx(kept.count("<path"), rel=0.1)
