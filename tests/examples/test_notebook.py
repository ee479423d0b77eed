"""The lesson in examples/chain_rule.ipynb runs in a real kernel, and its page shows the pictures with their numbers."""

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from viz.errors import RendererError
from viz.looks.render import find_dot

for package in ("nbclient", "nbconvert", "ipykernel"):
    pytest.importorskip(package, reason='the lesson runs in: pip install "autograd-core[notebook]"')
pytest.importorskip("sklearn", reason='the digits come from: pip install "autograd-core[data]"')

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "examples" / "chain_rule.ipynb"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The lesson as HTML, after it ran in a kernel of this very Python."""
    try:
        find_dot()
    except RendererError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("lesson")
    shutil.copy(LESSON, folder)
    settings = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--log-level", "ERROR", LESSON.name]
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    # In a process of its own: the sockets that nbclient leaves open warn when they are collected.
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=120)
    return (folder / LESSON.with_suffix(".html").name).read_text("utf-8")


def test_it_is_kept_without_outputs():
    kept = json.loads(LESSON.read_text("utf-8"))
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in kept["cells"])
    assert kept["metadata"]["kernelspec"]["name"] == "python3"


def test_what_it_says_is_true(page):
    said = [html.unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    assert "df/dx = -4.0  df/dy = -4.0  df/dz = 3.0\n" in said
    assert any(text.startswith("gradcheck: right to order 2") for text in said)
    assert any("The gradient of 0.0.weight is tiny" in text for text in said)
    (right,) = (match for text in said if (match := re.search(r"([\d.]+)% of 359 digits", text)))
    assert float(right[1]) > 95
    assert "output_stderr" not in re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)  # no warnings


def test_its_pictures_are_on_the_page_with_their_numbers(page):
    pictures = re.findall(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]+)"', page)
    formula, neuron, sigmoid, network, vanishing, kept = (
        [text.text for text in ET.fromstring(base64.b64decode(picture)).iter(f"{SVG}text")] for picture in pictures)
    wires = ["-2", "-4", "5", "-4", "3", "-4", "-4", "3", "-12", "1"]
    assert sorted(formula) == sorted(["x", "y", "z", "+", "*", "q = ", "f", *wires])
    assert {"0.20", "0.39", "-0.39", "-0.59", "0.37", "-0.53", "1.37", "0.73"} <= set(neuron)
    assert "σ" in sigmoid
    assert {"-0.20", "0.39", "-0.39", "-0.59", "0.73"} <= set(sigmoid)
    assert {"0: Linear", "1: ReLU", "2: Linear", "cross_entropy", "loss"} <= set(network)
    assert any("VANISHING" in text for text in vanishing)
    gradients = [[float(text[4:]) for text in texts if text.startswith("rms ")] for texts in (vanishing, kept)]
    assert min(gradients[0]) < 1e-12
    assert min(gradients[1]) > 1e-5
