"""docs/differentiability.md is what the table says now, and ``differentiable`` answers by every name."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import NUMPY, TABLE
from autograd_core.differentiability import DTYPES, numpy_functions

WRITER = Path(__file__).parents[2] / "docs" / "scripts" / "write_differentiability.py"


def test_the_page_is_current():
    written = runpy.run_path(str(WRITER))
    text = written["PAGE"].read_text(encoding="utf-8")
    if f"with NumPy {written['NUMPY_VERSION']};" not in text:
        pytest.skip(f"the page is about another NumPy than {np.__version__}")
    assert text == written["page"](), "docs/differentiability.md is out of date: run `make docs`"


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if hasattr(ag, name)])
def test_every_entry_answers(name):
    answer = ag.differentiable(name)
    assert answer == ag.differentiable(getattr(ag, name)) == ag.differentiable(f"ag.{name}")
    assert answer.name == name
    assert answer.status in ("differentiable", "piecewise constant")
    assert answer.arguments
    assert set(answer.dtypes) <= set(DTYPES)
    assert repr(answer).startswith(f"{name}: {answer.status} in ")


def test_every_function_of_numpys_answers():
    for name, function in numpy_functions():
        answer = ag.differentiable(name)
        assert answer == ag.differentiable(function) == ag.differentiable(name.replace("numpy", "np", 1))
        assert (name in answer.numpy) == (function in NUMPY)
        assert answer.status != "no rule" or answer.why


@pytest.mark.parametrize("name", ["linalg.svd", "numpy.linalg.svd", "np.linalg.svd", "svd", "ag.linalg.svd"])
def test_a_name_may_say_where_it_is(name):
    assert ag.differentiable(name) == ag.differentiable(np.linalg.svd) == ag.differentiable(ag.linalg.svd)


def test_a_name_that_nobody_has_is_refused_with_a_hint():
    with pytest.raises(ag.UnsupportedError, match=r"'sing'\. Did you mean .*sin"):
        ag.differentiable("sing")


def test_what_is_measured_is_true():
    assert ag.differentiable("floor").status == "piecewise constant"
    assert ag.differentiable("float_power").dtypes == ("float64",)
    assert ag.differentiable("where").constants == ("condition",)
    assert ag.differentiable("fft.fft").why.startswith("impossible")
