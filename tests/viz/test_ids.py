"""No two things in a picture have one id, whatever operands are called."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_core as ag
import viz
from autograd_core.modes import module_path
from viz.looks.dot import to_dot
from viz.looks.ordinary import ordinary_look
from viz.pictures.cutting import apart, around
from viz.pictures.fitting import fitted
from viz.pictures.folding import fold
from viz.pictures.picture import picture
from viz.pictures.repeats import merge_repeats


@ag.custom_derivative(x=lambda g, value: g * value, value=None)
def value(x, value):
    return x * value


@ag.custom_derivative(x=lambda g, out: g * out, out=None)
def out(x, out):
    return x * out


@ag.custom_derivative(x=lambda g, module: g * module, module=None)
def module(x, module):
    return x * module


@ag.custom_derivative(x=lambda g, segment: g * segment, segment=None)
def segment(x, segment):
    return x * segment


@ag.custom_derivative(x=lambda g, again1: g * again1, again1=None)
def again1(x, again1):
    return x * again1


@ag.custom_derivative(x=lambda g, more_in: g * more_in, more_in=None)
def more_in(x, more_in):
    return x * more_in


@ag.custom_derivative(x=lambda g, x2: g * x2, x2=None)
def x2(x, x2):
    return x * x2


FUNCTIONS = [value, out, module, segment, again1, more_in, x2]
WAYS = {
    "whole": lambda whole: whole,
    "folded": lambda whole: fold(whole, lambda call: True),
    "repeats": merge_repeats,
    "fitted": lambda whole: fitted(whole, 5),
    "focus": lambda whole: around(whole, [whole.boxes[len(whole.boxes) // 2].id], 1),
}


@pytest.mark.parametrize("way", WAYS)
@example(steps=[(x2, "b.0", 1), (x2, "b.1", 2)])
@example(steps=[(again1, "a", 2), (out, "a", 2)])
@given(steps=st.lists(st.tuples(st.sampled_from(FUNCTIONS), st.sampled_from(["a", "b.0", "b.1"]),
                                st.sampled_from([1, 2])), min_size=1, max_size=6))
def test_the_nodes_of_a_drawing_have_ids_of_their_own(way, steps):
    y = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    for function, path, size in steps:
        with module_path(path):
            last = function(y, np.ones(size))
            y = last + last  # which draws the last again, at its second use
    view = apart(WAYS[way](picture(ag.graph([last, y], np.ones(2)))), 1)
    look = ordinary_look(view)
    ids = re.findall(r'^\t+"?(v[^" ]+)"? \[', to_dot(view, look), re.MULTILINE)
    assert len(ids) == len(view.boxes) + len(look.captions)
    assert len(set(ids)) == len(ids)


def test_a_page_has_a_row_and_a_link_for_each_of_them(tmp_path):
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    page = viz.explore(out(value(x, [3.0, 4.0]), [5.0, 6.0]), tmp_path / "ids.html").read_text("utf-8")
    assert sorted(re.findall(r'<a href="#n(\w+)" data-box="([\w.]+)"', page)) == [
        ("0", "v0"), ("1", "v1"), ("1_value", "v1_value"), ("2", "v2"), ("2", "v2.out"), ("2_out", "v2_out")]
