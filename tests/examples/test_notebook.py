"""The lesson in examples/chain_rule.ipynb runs in a real kernel, and what is kept of an earlier run is what it gives.

``python docs/scripts/run_lesson.py`` writes what is kept.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import autograd_core as ag
import viz
from viz.errors import RendererError
from viz.looks.render import find_dot

for package in ("nbconvert", "ipykernel"):
    pytest.importorskip(package, reason='the lesson runs in: pip install ".[notebook]"')
pytest.importorskip("sklearn", reason='the digits come from: pip install ".[data]"')

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "examples" / "chain_rule.ipynb"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The lesson's cells after it ran in a kernel of this very Python."""
    try:
        find_dot()
    except RendererError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("lesson")
    shutil.copy(LESSON, folder)
    settings = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook", "--inplace", "--log-level", "ERROR",
               LESSON.name]
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    # In a process of its own: the sockets that nbclient leaves open warn when they are collected.
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=120)
    return cells_of(folder / LESSON.name)


@pytest.fixture(params=["kept", "fresh"])
def cells(request):
    return cells_of(LESSON) if request.param == "kept" else request.getfixturevalue("fresh")


def cells_of(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def said(cell):
    """All text that a cell gave."""
    return "".join("".join(output.get("text") or output["data"]["text/plain"]) for output in cell.get("outputs", []))


def pictures(cells):
    """The texts in each picture."""
    svgs = ["".join(output["data"]["image/svg+xml"]) for cell in cells for output in cell.get("outputs", [])
            if "image/svg+xml" in output.get("data", {})]
    return [[text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] for svg in svgs]


def words(text):
    """A text without numbers, the widths of columns and bars, in which machines differ."""
    return re.sub(r"[-\d.%,e▇·\s]+", " ", text)


def test_what_is_kept_is_what_it_gives(fresh):
    kept = cells_of(LESSON)
    assert [words(said(cell)) for cell in kept] == [words(said(cell)) for cell in fresh]
    by_hand = [i for i, cell in enumerate(kept) if cell["id"] in ("cell-03", "cell-05", "cell-11", "cell-13")]
    assert [said(kept[i]) for i in by_hand] == [said(fresh[i]) for i in by_hand]
    assert LESSON.stat().st_size < 400_000
    assert sys.prefix not in LESSON.read_text("utf-8")


def test_what_it_says_is_true(cells):
    texts = [said(cell) for cell in cells]
    assert "df/dx = -4.0  df/dy = -4.0  df/dz = 3.0\n" in texts
    assert any(text.startswith("gradcheck: right to order 2") for text in texts)
    assert any("The gradient of 0.0.weight is tiny" in text for text in texts)
    (right,) = (match for text in texts if (match := re.search(r"([\d.]+)% of 359 digits", text)))
    assert float(right[1]) > 95
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert not any(output.get("name") == "stderr" or output["output_type"] == "error" for output in outputs)


def test_its_pictures_have_their_numbers(cells):
    formula, neuron, sigmoid, network, vanishing, kept = pictures(cells)
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


def test_its_last_exercise_has_steps_to_show(cells, tmp_path):
    pytest.importorskip("jinja2", reason="the pages are made with jinja2")
    told = "".join(cells[-1]["source"])
    (call,) = re.findall(r"`(viz\.explore\(.*?\))` ", told)
    first = next("".join(cell["source"]) for cell in cells if cell["id"] == "cell-03")
    names = {"ag": ag, "viz": viz}
    exec(first, names)  # with its backward()
    page = eval(call.replace("f.html", str(tmp_path / "f.html")), names).read_text("utf-8")
    assert "There are no steps to show" not in page
    assert page.count("<li data-vertex") == 5
