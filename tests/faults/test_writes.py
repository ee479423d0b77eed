"""Writes into what a graph needs: refused, recorded, or (past Tensors) documented as not seen. Never wrong in silence.

The single cases are in tests/core/test_mutation.py; here are their combinations.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag


def leaf(value):
    return ag.tensor(value, requires_grad=True)


def _unrecorded(change):
    def write(a, b):
        with ag.no_grad():
            change(a, b)

    return write


WRITES = {
    "+=": lambda a, b: a.__iadd__(b), "*=": lambda a, b: a.__imul__(b), "**=": lambda a, b: a.__ipow__(2.0),
    "[0] =": lambda a, b: a.__setitem__(0, b.reshape(-1)[0]), "[[0, 0]] =": lambda a, b: a.__setitem__([0, 0], 0.5),
    "out=": lambda a, b: np.multiply(a, 1.5, out=a), "no_grad +=": _unrecorded(lambda a, b: a.__iadd__(0.25)),
    "detached +=": lambda a, b: a.detach().__iadd__(0.25), ".data +=": lambda a, b: _add_to_data(a),
}
VIEWS = {
    "[1:]": lambda a, b: a[1:], ".T": lambda a, b: a.T, "flat": lambda a, b: a.reshape(-1),
    "[[0, 0]]": lambda a, b: a[[0, 0]],
    "[::-1]": lambda a, b: a[::-1], "exp": lambda a, b: ag.exp(a * -0.1), "a * b": lambda a, b: a * b,
    "constant": lambda a, b: ag.tensor(np.full(a.shape, 0.7)),
}


def _add_to_data(t):
    t.data += 0.25


def _run(steps, x):
    """A sum of squares of everything that the steps make of ``x``. Shapes that do not fit are left out."""
    tensors = [x * 1.0]
    for name, i, j in steps:
        a, b = tensors[i % len(tensors)], tensors[j % len(tensors)]
        try:
            if name in WRITES:
                WRITES[name](a, b)
            else:
                tensors.append(VIEWS[name](a, b))
        except (ag.ShapeError, ag.SelectionError):
            pass
    return sum((t * t).sum() for t in tensors)


@given(st.lists(st.tuples(st.sampled_from([*WRITES, *VIEWS]), st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_any_sequence_of_writes_and_views_has_the_right_gradient_or_is_refused(steps):
    x, u = np.array([[0.6, 0.7, 0.9], [0.8, 0.5, 0.65]]), np.array([[0.3, -0.2, 0.1], [-0.4, 0.5, 0.2]])
    start = leaf(x)
    with np.errstate(over="ignore"):
        total = _run(steps, start)
        if not abs(total.item()) < 1e4:
            return
        try:
            total.backward()
        except ag.SavedArrayError:
            assert start.grad is None
            return
        h = 1e-6
        slope = (_run(steps, leaf(x + h * u)).item() - _run(steps, leaf(x - h * u)).item()) / (2 * h)
    assert (start.grad.numpy() * u).sum() == pytest.approx(slope, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("write", [
    lambda x: x.__iadd__(1), lambda x: x.__setitem__(0, 1.0), lambda x: np.exp(x, out=x), lambda x: x[:1].__imul__(2.0),
    lambda x: x.__setitem__(slice(None), x * 2),
])
def test_a_leaf_is_not_written_to_and_stays_usable(write):
    x = leaf([1.0, 2.0])
    with pytest.raises(ag.InPlaceError, match=r"a leaf that requires grad.*no_grad"):
        write(x)
    (x * x).sum().backward()
    assert (x.tolist(), x.grad.tolist()) == ([1.0, 2.0], [2.0, 4.0])


def test_after_a_refusal_the_forward_pass_can_be_run_again():
    x = leaf([1.0, 2.0])
    (x * 1.0).sum().backward()
    loss = (x * x).sum()
    with ag.no_grad():
        x += 1
    for _ in range(2):
        with pytest.raises(ag.SavedArrayError, match=r"multiply.*\+=.*clone"):
            loss.backward()
        assert x.grad.tolist() == [1.0, 1.0]
    (x * x).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]


def test_raw_arrays_are_not_watched_without_a_debugging_mode():
    """The documented limit, docs/mutation.md: NumPy tells nobody."""
    x = leaf([1.0, 2.0])
    loss = (x * x).sum()
    x.data[0] = 5.0
    loss.backward()
    assert x.grad.tolist() == [10.0, 4.0]
    with pytest.raises(ValueError, match="read-only"):
        x.numpy()[0] = 5.0


@pytest.mark.parametrize(("value", "error", "words"), [
    ("3", ag.DTypeError, "value is a str"), (None, ag.DTypeError, "value is a NoneType"),
    (1j, ag.DTypeError, "complex128"), (np.ma.masked_array([1.0, 2.0], [True, False]), ag.DTypeError, r"filled\("),
    ([[1.0], [1.0, 2.0]], ag.ShapeError, "inhomogeneous"), ([1.0, 2.0, 3.0], ag.ShapeError, r"shape \(3,\)"),
])
@pytest.mark.parametrize("recorded", [True, False])
def test_what_is_no_number_is_not_assigned(value, error, words, recorded):
    x = leaf([1.0, 2.0])
    t = x * 1 if recorded else x.detach().clone()
    with pytest.raises(error, match=words):
        t[:] = value
    assert t.tolist() == [1.0, 2.0]
    assert t.requires_grad is recorded


@pytest.mark.parametrize("index", ["a", 1.5, 9, [True, False, True], (0, 0)])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_wrong_index_writes_nothing(index, recorded):
    t = leaf([1.0, 2.0]) * 1 if recorded else ag.tensor([1.0, 2.0])
    with pytest.raises(ag.SelectionError, match=r"does not select from shape \(2,\)" if recorded else "setitem"):
        t[index] = 5.0
    assert t.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("other", [None, [1.0, 2.0], ag.tensor([1.0, 2.0]), np.ones(3), np.ones(2, "float32")])
def test_data_takes_only_an_array_that_fits(other):
    x = leaf([1.0, 2.0])
    words = r"data: expected an ndarray of shape \(2,\) and float64, got .*t\[\.\.\.\] ="
    with pytest.raises(ag.ShapeError, match=words):
        x.data = other
    assert x.tolist() == [1.0, 2.0]


def test_parts_of_one_buffer_are_written_each_on_its_own():
    """The factors of a decomposition lie in one array."""
    x = leaf(np.diag([3.0, 2.0]) + 0.1)
    values, vectors = np.linalg.eigh(x)
    expected = vectors.numpy().copy()
    values *= 10.0
    np.testing.assert_array_equal(vectors.numpy(), expected)
    values.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 10 * np.eye(2), atol=1e-13)


def test_one_array_as_several_operands():
    a = np.array([2.0, 3.0])
    x = leaf(a)
    x.data = a
    (x * x + x @ x + ag.stack([x, x]).sum() + x * a).sum().backward()
    assert x.grad.tolist() == [4 + 8 + 4 + 2.0, 6 + 12 + 4 + 3.0]
    assert a.tolist() == [2.0, 3.0]


def test_outputs_and_gradients_share_no_memory_with_what_came_in():
    """A rule of the user's own may return its operand, or one array again and again."""
    shared = np.array([7.0, 7.0])

    @ag.custom_derivative(x=lambda g, x: x)
    def half_square(x):
        return x * x / 2

    @ag.custom_derivative(x=lambda g: shared)
    def seven(x):
        return 7 * x

    x = leaf([1.0, 2.0])
    (half_square(x) + half_square(x) + seven(x) + seven(x)).sum().backward()
    assert x.grad.tolist() == [16.0, 18.0]
    assert (x.tolist(), shared.tolist()) == ([1.0, 2.0], [7.0, 7.0])
    half_square(y := leaf([1.0, 2.0])).sum().backward()
    assert not np.shares_memory(y.grad.data, y.data)
