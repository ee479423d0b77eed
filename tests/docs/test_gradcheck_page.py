"""What docs/gradcheck.md shows beside its doctests: the example for pytest, and the picture."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"

pytest_plugins = ["pytester"]


def test_the_example_for_pytest_passes(pytester):
    (code,) = re.findall(r"```python\n(import pytest\n.*?)```", (DOCS / "gradcheck.md").read_text("utf-8"), re.DOTALL)
    pytester.makepyfile(code)
    result = pytester.runpytest_inprocess("-p", "autograd_core_pytest", "--strict-markers", "--gradcheck-seed=7")
    result.assert_outcomes(passed=2)


def test_the_script_draws_the_picture(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib draws the picture, and is not installed")
    target = tmp_path / "step_size.svg"
    subprocess.run([sys.executable, DOCS / "scripts" / "draw_step_size.py", target], check=True)
    kept = (DOCS / "images" / "step_size.svg").read_text("utf-8")
    assert target.read_text("utf-8").count("<path") == pytest.approx(kept.count("<path"), rel=0.1)
