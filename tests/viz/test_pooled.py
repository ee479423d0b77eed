"""Several arrays as one: their statistics together, and how far apart they are, so that none can hide among others."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
import viz
from autograd_core.graph import Reading
from viz.looks.flow import PENS, ZERO, pen_for
from viz.pictures.captions import exact, gradient_line
from viz.pictures.pooled import WIDE, span, summed_up


def pooled(*sizes, length=3):
    return summed_up([Reading.of(np.full(length, size)) for size in sizes])


def test_several_arrays_are_summed_up_as_one():
    rng = np.random.default_rng(0)
    arrays = [rng.normal(i, 1 + i, size=(100, 2)) for i in range(3)]
    together, all_of_it = summed_up([Reading.of(array) for array in arrays]), np.concatenate(arrays)
    assert together.shape == (100, 2)
    assert together.mean == pytest.approx(all_of_it.mean())
    assert together.std == pytest.approx(all_of_it.std())
    assert together.rms == pytest.approx(math.sqrt((all_of_it**2).mean()))
    broken = summed_up([Reading.of(np.array([np.inf])), Reading.of(arrays[0])])
    assert not broken.finite
    assert broken.shape == (201,)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1e-200, 1e-12, 0.01, 0.05, 3.0]), st.sampled_from([1, 3, 64, 65])),
                min_size=2, max_size=6))
def test_the_ends_are_those_of_the_single_arrays(parts):
    arrays = [size * np.resize([1.0, -1.0, 1.0], length) for size, length in parts]
    ends = span(summed_up([Reading.of(array) for array in arrays]))
    sizes = [size for size, _ in parts]
    if max(sizes) <= WIDE * min(sizes):
        assert ends == ()
    else:
        assert (ends[0], ends[-1]) == (min(sizes), pytest.approx(max(sizes)))
        assert (len(ends) == 3) == (min(sizes) == 0 and len(set(sizes)) > 2)
        assert ends[-2] == pytest.approx(min(filter(None, sizes))) or len(ends) == 2


def test_what_vanishes_among_others_is_written_and_drawn():
    assert gradient_line(pooled(1e-9, 0.01)) == "rms 1e-9 … 0.01"
    assert gradient_line(pooled(0.02, 0.01)) == "rms 0.016"
    assert gradient_line(pooled(0.0, 1e-9, 0.01)) == "rms 0 … 1e-9 … 0.01"
    assert "of its parts 1e-09 … 0.01" in exact(pooled(1e-9, 0.01))
    assert pen_for(pooled(1e-9, 0.01)) is PENS[0]
    assert pen_for(pooled(0.01, 1e5)) is PENS[-1]
    assert pen_for(pooled(0.0, 0.01)) is pen_for(pooled(0.01))  # the one 0 is in the words
    assert pen_for(pooled(0.0, 0.0)) is ZERO
    assert gradient_line(pooled(np.nan, 0.01)) == "has NaN or inf"
    assert span(Reading.of(np.ones(3))) == ()


def test_the_vanishing_gradient_of_a_long_recurrence_is_seen():
    reader = nn.ModuleDict({"cell": nn.LSTMCell(3, 4, rng=1), "head": nn.Linear(4, 1, rng=2)})
    state = None
    for letter in np.random.default_rng(2).normal(size=(50, 2, 3)).astype("float32"):
        state = reader["cell"](letter, state)
    drawing = viz.draw(reader["head"](state[0]).square().mean())
    ends = [re.search(r"^  v\d+ = .*rms (\S+) … (\S+) ", line) for line in drawing.text.splitlines()]
    assert min(float(found[1]) / float(found[2]) for found in ends if found and float(found[1])) < 1e-8
    assert f'color="{PENS[0].colour}"' in drawing.source


def test_what_is_empty_is_not_unknown():
    x = ag.tensor(np.zeros((0, 3)), requires_grad=True, name="x")
    text = viz.draw((x * 2).sum()).text
    assert text.count("(0, 3) float64  grad []") == 2
    assert "?" not in text
