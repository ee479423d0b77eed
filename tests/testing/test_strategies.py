"""The strategies draw what they promise."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives.domains import Interval
from autograd_core.testing import gradcheck
from autograd_core.testing.layouts import LAYOUTS, repeated

hypothesis = pytest.importorskip("hypothesis", reason="the strategies need hypothesis")
given, settings, st = hypothesis.given, hypothesis.settings, hypothesis.strategies

from autograd_core.testing import strategies  # noqa: E402  # after the check that hypothesis is there


@given(strategies.arrays(interval=Interval(-1.0, 2.0, kinks=(0.0,))))
def test_arrays_lie_in_the_interval_and_off_its_kinks(x):
    assert x.dtype == np.float64
    assert ((x >= -1.0) & (x <= 2.0) & (np.abs(x) >= 0.1)).all()


@given(strategies.arrays(), strategies.layouts())
def test_layouts_keep_the_values(x, layout):
    np.testing.assert_array_equal(layout(x), x)


@settings(max_examples=30)
@given(strategies.arrays(), strategies.layouts(), st.integers(0, 100))
def test_a_users_test_is_three_lines(x, layout, seed):
    gradcheck(lambda x: ag.sin(x) * x, layout(x), seed=seed, directions=1)


@given(strategies.programs())
def test_programs_print_as_code(program):
    lines = str(program).splitlines()
    assert len(lines) == len(program.inputs) + len(program.steps)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_differ(name):
    x = np.arange(6.0).reshape(2, 3)
    y = LAYOUTS[name](x)
    assert y.strides != x.strides or y.flags.writeable != x.flags.writeable
    assert repeated(x).strides == (0, 0)
