"""``python -m viz``: what was typed is drawn, and whatever goes wrong is said in words that help."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import viz
from viz.command_line import main

FILE = '''
import numpy as np
import autograd_core as ag
import neighbour

def f(x=-2.0, y=5.0, z=-4.0):
    return (x + y) * z

def neuron(x, w=np.array([0.5, 2.0]), b=-3.0):
    return np.tanh(x @ w + b)

def whole(x=-2, y=5):
    return x * y

def repeated(n: int, x):
    for _ in range(n):
        x = np.tanh(x)
    return x

def array(X):
    return np.exp(X)

def several(x):
    return {"double": 2 * x, "more": [x * x, 7], "plain": ag.tensor(1.0)}

def keywords(x, /, *, scale=2.0, **others):
    return x * scale + sum(others.values())

def words(x, how="sum", flag=False):
    assert type(flag) is bool
    return getattr(np, how)(x)

def broken(x):
    return inner(x)

def inner(x):
    return 1 // neighbour.ZERO

def fails(x):
    raise ValueError("no such thing")

def leaves(x):
    import math
    return math.exp(x)

def lists(x=[1.0, 2.0], y=(3.0, 4.0), axes=(0,)):
    assert type(axes) in (list, tuple)
    return np.sum(x * y, axis=tuple(axes))

def counted(x, n: int = 3):
    return x * n

def in_place(x):
    x += 1
    return x

class Doubling:
    def method(self, x):
        return x * 2

method = Doubling.method

async def later(x):
    return x

def one_by_one(x):
    yield x

def nothing(x):
    x * 2

def called_with(x):
    import sys
    assert sys.argv == ["user.py"]
    return x * 2

def stops(x):
    raise SystemExit(3)

made = ag.tensor(2.0, requires_grad=True, name="x") * 3
number = 4

if __name__ == "__main__":
    raise RuntimeError("this is no script")
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", sys.argv)
    Path("user.py").write_text(FILE, "utf-8")
    Path("neighbour.py").write_text("ZERO = 0\n", "utf-8")
    yield tmp_path
    sys.modules.pop("neighbour", None)


def drawn(*arguments, name="out.txt"):
    assert main([*arguments, "-o", name]) == 0
    return Path(name).read_text("utf-8")


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    return capsys.readouterr().err


def test_the_worked_example_as_a_student_writes_it(folder, capsys):
    assert main(["user.py:f"]) == 0
    assert capsys.readouterr().out == "wrote f.svg\n"
    text = drawn("user.py:f")
    for line in (r"input x +-2 +grad -4", r"input y +5 +grad -4", r"input z +-4 +grad 3",
                 r"out = .* \* z +-12 +grad 1"):
        assert re.search(line, text)
    assert re.search(r"input x +-7 +grad -4", drawn("user.py:f", "x=-7"))


@pytest.mark.parametrize("suffix", ["svg", "png", "gv", "txt", "html"])
def test_every_format_is_written(folder, suffix):
    if suffix == "html":
        pytest.importorskip("jinja2", reason="fills in the page")
    assert main(["user.py:f", "z=1e3", "-o", f"pictures/f.{suffix}"]) == 0
    assert Path(f"pictures/f.{suffix}").stat().st_size > 100
    if suffix == "html":
        assert "user.py" in Path(f"pictures/f.{suffix}").read_text("utf-8")  # the line of code


def test_arrays_come_from_lists_defaults_and_chance(folder):
    text = drawn("user.py:neuron", "x=[1, 2]")
    assert re.search(r"input x +\[1, 2\]", text)
    assert re.search(r"input w +\[0.50, 2\]", text)
    assert re.search(r"input b +-3", text)
    same, other = (drawn("user.py:array", "X=normal(32,10)", "--seed", seed) for seed in ("1", "2"))
    assert "(32, 10) float64" in same
    assert same == drawn("user.py:array", "X=normal(32,10)", "--seed", "1") != other
    assert "array: gradients of the sum of all elements" in same


def test_what_counts_stays_a_plain_number(folder):
    assert drawn("user.py:repeated", "n=3", "x=0.5").count("= tanh") == 3
    text = drawn("user.py:whole", "x=-2.0")
    assert "input x" in text
    assert "input y" not in text
    assert "shape=" not in drawn("user.py:lists", "axes=[0]")


def test_a_note_says_that_an_int_has_no_gradient(folder, capsys):
    drawn("user.py:whole", "x=-2.0")
    assert capsys.readouterr().err == ("note: y=5: an int stays a plain number. For its gradient write y=5.0; "
                                       "if it is a count, annotate it, y: int.\n")
    drawn("user.py:counted", "x=1")
    drawn("user.py:f", "x=1")
    assert not capsys.readouterr().err


def test_a_list_of_floats_as_default_is_a_tensor_as_one_that_is_typed(folder):
    text = drawn("user.py:lists", "x=[5, 6]")
    assert re.search(r"input x +\[5, 6\]", text)
    assert re.search(r"input y +\[3, 4\]", text)


def test_what_is_too_large_for_an_integer_is_a_tensor_too(folder):
    assert re.search(r"input x +1e25", drawn("user.py:f", "x=10000000000000000000000000"))


def test_other_values_and_signatures(folder):
    assert "= mean(x)" in drawn("user.py:words", "x=[1,2]", "how=mean", "flag=True")
    text = drawn("user.py:keywords", "x=1", "bias=3")
    assert "input x" in text
    assert "input scale" in text
    assert "input bias" in text


def test_tensors_in_containers_are_called_by_their_keys(folder):
    text = drawn("user.py:several", "x=3")
    assert "output double" in text
    assert text.count("output ") == 2  # neither the number, nor what has no graph


def test_sums_keep_the_keys_and_are_said_to_be_sums(folder):
    text = drawn("user.py:several", "x=[3, 4]")
    assert "output sum(double)" in text
    assert text.startswith("several: gradients of the sum of all elements\n"
                           "Gradients are summed over the 2 outputs.\n")


def test_a_page_says_so_too(folder):
    pytest.importorskip("jinja2", reason="fills in the page")
    assert "Gradients are summed over the 2 outputs." in drawn("user.py:several", "x=3", name="f.html")


def test_a_tensor_can_be_drawn_too(folder, capsys):
    assert "out = x * 3" in drawn("user.py:made")
    assert "is a Tensor, which takes no values" in refused(capsys, "user.py:made", "x=1")


def test_options_are_those_of_draw(folder):
    text = drawn("user.py:repeated", "n=50", "--max-nodes", "6", "x=0.5", "--title", "Fifty", "--direction", "TB")
    assert text.startswith("Fifty\n")
    assert "max_nodes=6" in text
    assert "rankdir=TB" in drawn("user.py:f", "--direction", "TB", name="f.gv")
    assert "more" in drawn("user.py:repeated", "n=9", "x=1", "--focus", "x", "--radius", "1")
    assert "5" not in drawn("user.py:f", "--show", "gradients,flow").replace("v5", "")


@pytest.mark.parametrize(("arguments", "said"), [
    (["user.py:neuron"], "neuron(x, w=array([0.5, 2. ]), b=-3.0) needs a value for x. Type for instance: "
                         "python -m viz user.py:neuron x=1.0"),
    (["user.py:neuron", "w=normal(2)"], "Type for instance: python -m viz user.py:neuron 'w=normal(2)' x=1.0"),
    (["user.py:f", "q=1"], "has no parameter 'q'. It is f(x=-2.0, y=5.0, z=-4.0)"),
    (["user.py:fx"], "has no function or Tensor 'fx'. It has f, neuron,"),
    (["user.py:number"], "has no function or Tensor 'number'"),
    (["user.py"], "which function of user.py?"),
    (["other.py:f"], "other.py cannot be read: No such file"),
    (["user.py:Doubling"], "has no function or Tensor 'Doubling'"),
    (["user.py:Doubling.method"], "A method needs an object: write a function"),
    (["user.py:method", "x=1"], "A method needs an object: write a function"),
    (["user.py:later", "x=1"], "is async or has yield"),
    (["user.py:one_by_one", "x=1"], "is async or has yield"),
    (["user.py:nothing", "x=1"], "returned nothing: let it return"),
    *((["user.py:f", f"x={text}"], f"x={text}: not a number") for text in ("1+", "1/2", "1j", "{1:2}")),
    (["user.py:f", "x=abc"], "x=abc: x is a number in f(x=-2.0, y=5.0, z=-4.0); type one, such as x=1.5, or a list"),
    (["user.py:f", "x=True"], "x=True: x is a number in f("),
    (["user.py:repeated", "x=1", "n=many"], "n=many: n is a number in repeated(n: int, x)"),
    (["user.py:f", "x=normal(-3)"], "x=normal(-3): not a number"),
    (["user.py:f", "x"], "'x' is no name=value"),
    (["user.py:f", "x=1", "x=2"], "x was given twice"),
    (["user.py:f", "-o", "f.jpg"], "error: 'f.jpg' ends in '.jpg'; a drawing can be .svg, .png, "),
    (["user.py:f", "-o", "f.html", "--focus", "x"], "--focus is not for .html"),
    (["user.py:f", "--depth", "-1"], "error: --depth -1; expected at least 0"),
    (["user.py:f", "--max-nodes", "1"], "error: --max-nodes 1; expected at least 4"),
    (["user.py:f", "-o", "f.html", "--depth", "-1"], "error: --depth -1; expected at least 0"),
    (["user.py:f", "--focus", "xy"], "error: --focus 'xy' is no name in this graph. There are 6, among them 'y', 'x'"),
    (["user.py:f", "--fold", "nobody"], "error: --fold 'nobody' is no module that ran"),
    (["user.py:f", "--seed", "-1"], "no whole number"),
    (["user.py:whole"], "returned int, no Tensor"),
    (["user.py:leaves", "x=1"], "use np.exp for math.exp"),
    ([], "the following arguments are required: FILE.py:FUNCTION\n"),
])
def test_what_cannot_be_done_is_said_with_a_remedy(folder, capsys, arguments, said):
    assert said in refused(capsys, *arguments)


def test_errors_of_the_function_are_shown_without_our_frames(folder, capsys):
    assert main(["user.py:broken", "x=1"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Traceback")
    assert re.findall(r"in (\w+)\n", error) == ["broken", "inner"]
    assert error.endswith("ZeroDivisionError: integer division or modulo by zero\n")
    assert main(["user.py:fails", "x=1"]) == 1
    assert main(["user.py:stops", "x=1"]) == 1
    capsys.readouterr()
    assert main(["user.py:in_place", "x=1"]) == 1
    error = capsys.readouterr().err
    assert re.findall(r"in (\w+)\n", error) == ["in_place"]
    assert "no_grad" in error


def test_the_file_finds_its_own_name_alone_in_argv(folder):
    assert "output out" in drawn("user.py:called_with", "x=1")


def test_errors_of_the_file_are_shown_without_our_frames(folder, capsys):
    Path("wrong.py").write_text("def f(:\n", "utf-8")
    assert main(["wrong.py:f"]) == 1
    error = capsys.readouterr().err
    assert "wrong.py\", line 1" in error
    assert "SyntaxError" in error
    assert "calling.py" not in error


def test_without_a_renderer_the_source_is_left(folder, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_VIZ_DOT", "no-such-dot")
    assert main(["user.py:f"]) == 1
    error = capsys.readouterr().err
    assert "f.svg.gv" in error
    assert ".save(" not in error
    assert error.startswith("python -m viz: $AUTOGRAD_VIZ_DOT is")
    assert Path("f.svg.gv").exists()


def test_a_dot_that_takes_too_long_is_said_in_options(folder, capsys, monkeypatch):
    monkeypatch.setattr("viz.looks.render.TIMEOUT", 0.1)
    Path("slow").write_text("#!/bin/sh\nsleep 600\n", "utf-8")
    Path("slow").chmod(0o755)
    monkeypatch.setenv("AUTOGRAD_VIZ_DOT", "./slow")
    assert main(["user.py:f"]) == 1
    assert "fold modules (--depth, --max-nodes), or show a part (--focus)" in capsys.readouterr().err


def run(*arguments, **streams):
    environment = os.environ | {"PYTHONPATH": str(Path(viz.__file__).parents[1])}
    return subprocess.run([sys.executable, "-m", "viz", *arguments], text=True, env=environment, check=False,
                          **(streams or {"capture_output": True}))


def test_as_a_program(folder):
    done = run("user.py:f", "x=3", "-o", "f.svg")
    assert (done.returncode, done.stdout, done.stderr) == (0, "wrote f.svg\n", "")
    assert "<svg" in Path("f.svg").read_text("utf-8")
    failed = run("user.py:fails", "x=1")
    assert failed.returncode == 1
    assert "no such thing" in failed.stderr
    assert "calling.py" not in failed.stderr


def test_nobody_needs_to_read_what_it_says(folder):
    reading, writing = os.pipe()
    os.close(reading)
    done = run("user.py:f", "-o", "f.txt", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("f.txt").exists()


def test_help_has_examples(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "examples:" in capsys.readouterr().out
