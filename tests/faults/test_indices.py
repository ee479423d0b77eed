"""Indices that name an element twice: reading, adding and writing, against loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
INDICES = [
    ([0, 0, 1, 0],), ([0, 0], [2, 2]), (slice(None), [1, 1, 1]), ([[0, 1], [1, 1]],), ([-1, 1, -1], slice(0, 2)),
    (np.array([1, 1]), None, [0, 0]), ([0, 0], ..., 2), (..., [2, 2]), (np.zeros((2, 3), int), np.full((2, 3), 2)),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_every_use_of_an_element_adds_to_its_gradient_to_order_2(index):
    numbers = np.arange(6).reshape(2, 3)[index]
    x = ag.tensor(X, requires_grad=True)
    y = x[index]
    weights = np.linspace(1, 2, y.size).reshape(y.shape)
    (g,) = ag.gradients(((y**3) * weights).sum(), x, create_graph=True)
    expected, slope = np.zeros(6), np.zeros(6)
    for number, weight in zip(numbers.ravel(), weights.ravel(), strict=True):
        expected[number] += weight * 3 * X.ravel()[number] ** 2
        slope[number] += weight * 6 * X.ravel()[number]
    np.testing.assert_allclose(g.numpy().ravel(), expected)
    np.testing.assert_allclose(ag.gradients(g.sum(), x)[0].numpy().ravel(), slope)


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_scatter_add_accumulates_and_its_gradient_gathers(index):
    numbers = np.arange(6).reshape(2, 3)[index]
    values = ag.tensor(np.linspace(1, 2, numbers.size).reshape(numbers.shape), requires_grad=True)
    y = ag.scatter_add(values, index, (2, 3))
    expected = np.zeros(6)
    np.add.at(expected, numbers, values.numpy())
    np.testing.assert_allclose(y.numpy().ravel(), expected)
    (y * X).sum().backward()
    np.testing.assert_array_equal(values.grad.numpy(), X.ravel()[numbers])


@given(st.lists(st.integers(-4, 3), min_size=1, max_size=12))
def test_of_values_written_to_one_place_only_the_last_counts(places):
    t = ag.tensor(np.arange(4.0), requires_grad=True) * 1
    v = ag.tensor(np.linspace(1, 2, len(places)), requires_grad=True)
    t[places] = v
    expected, last = np.arange(4.0), {}
    for k, place in enumerate(places):
        expected[place] = v.numpy()[k]
        last[place % 4] = k
    assert t.tolist() == expected.tolist()
    (g,) = ag.gradients(t.sum(), v)
    assert g.tolist() == [float(k in last.values()) for k in range(len(places))]


@pytest.mark.parametrize(("index", "words"), [
    (2, "index 2"), (-3, "index -3"), ((0, 3), "(0, 3)"), ((0, 0, 0), "(0, 0, 0)"), ([0, 2], "[0, 2]"), (1.5, "1.5"),
    ("a", "index a"), ([True], "[True]"), (np.array([0.0]), "(1,)"), ((..., ...), "Ellipsis"), ({}, "{}"),
    (object, "object"),
])
def test_what_does_not_select_says_so(index, words):
    x = ag.tensor(X, requires_grad=True)
    with pytest.raises(ag.SelectionError) as caught:
        _ = x[index]
    assert words in str(caught.value)
    assert "does not select from shape (2, 3)" in str(caught.value)
    with pytest.raises(ag.SelectionError, match="float64 cannot be an index"):
        _ = x[ag.tensor([0.0])]


def test_a_changed_index_array_does_not_change_the_gradient():
    """The index is kept for backward as it was given: changing it in between is a raw write like any other."""
    x, index = ag.tensor([1.0, 2.0, 3.0], requires_grad=True), np.array([0, 0])
    y = x[index.copy()]
    index[:] = 2
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 0.0]
