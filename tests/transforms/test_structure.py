"""Nested structures come apart and together again."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

import autograd_core as ag
from autograd_core.transforms.structure import aligned, leaves, map_leaves, rebuild

hypothesis = pytest.importorskip("hypothesis", reason="property tests need hypothesis, of the extra 'testing'")
st = hypothesis.strategies

Point = namedtuple("Point", "x y")
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=2) | st.floats(allow_nan=False)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3)
    | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
    | st.builds(Point, inner, inner)
    | st.dictionaries(st.text(max_size=2), inner, max_size=2).map(OrderedDict),
    max_leaves=12,
)


def same(a, b):
    if isinstance(a, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return a is b or a == b


@hypothesis.given(TREES)
def test_taken_apart_and_put_together_it_is_the_same(tree):
    assert same(rebuild(tree, leaves(tree)), tree)
    assert [leaf for _, leaf in aligned(tree, tree, "tree")] == leaves(tree)


@hypothesis.given(TREES)
def test_every_leaf_is_mapped_once_in_order(tree):
    seen = []
    numbered = map_leaves(lambda leaf: seen.append(leaf) or len(seen), tree)
    assert seen == leaves(tree)
    assert leaves(numbered) == list(range(1, len(seen) + 1))


@hypothesis.given(TREES)
def test_the_name_of_a_leaf_is_the_python_that_finds_it(tree):
    for name, leaf in aligned(tree, tree, "tree"):
        found = eval(name, {"tree": tree})
        assert found is leaf or found == leaf


def test_dicts_match_by_key_not_by_order():
    assert aligned({"b": 1, "a": 2}, {"a": 0, "b": 0}, "t") == [("t['a']", 2), ("t['b']", 1)]


def test_a_defaultdict_keeps_its_factory():
    tree = defaultdict(list, w=1.0)
    again = rebuild(tree, [2.0])
    assert again.default_factory is list
    assert (again, tree) == ({"w": 2.0}, {"w": 1.0})


@pytest.mark.parametrize(
    ("tree", "like", "said"),
    [
        ([1.0], [0.0, 0.0], r"t: expected a list with \[0\], \[1\], got a list, one with \[0\]"),
        ({"w": [1.0]}, {"w": 0.0, "b": 0.0}, r"t: expected a dict with \['w'\], \['b'\], got a dict, one with \['w'\]"),
        ({"w": 1.0}, {"w": [0.0]}, r"t\['w'\]: expected a list with \[0\], got a float, a leaf"),
        ((1.0, 2.0), Point(0.0, 0.0), r"t: expected a Point with .x, .y, got a tuple"),
        ([], [0.0], r"one with nothing inside"),
    ],
)
def test_another_structure_is_an_error_that_says_where(tree, like, said):
    with pytest.raises(ag.ShapeError, match=said):
        aligned(tree, like, "t")
