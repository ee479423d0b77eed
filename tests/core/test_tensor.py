"""Tensor as a Python and NumPy object."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag

numbers = st.floats(-3, 3).filter(lambda v: abs(v) > 0.1)
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod]


SOME_DATA = [3, 2.5, True, [1, 2], [[1.0], [2.0]], np.arange(6).reshape(2, 3), np.float32(1.5), []]


@pytest.mark.parametrize("data", SOME_DATA)
def test_made_of_numbers_sequences_and_arrays(data):
    t = ag.tensor(data)
    expected = np.array(data)
    assert (t.shape, t.dtype, t.ndim, t.size) == (expected.shape, expected.dtype, expected.ndim, expected.size)
    assert t.tolist() == expected.tolist()
    assert not t.requires_grad
    assert t.is_leaf
    assert ag.tensor(t, dtype="float32").dtype == np.float32


def test_data_is_copied():
    a = np.ones(3)
    a.flags.writeable = False
    t = ag.tensor(a)
    t[0] = 5.0
    assert a[0] == 1.0
    swapped = ag.tensor(np.array([1.0, 2.0], dtype=">f8"))
    assert swapped.dtype.isnative
    assert swapped.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(("data", "error", "message"), [
    ("a", ag.DTypeError, "dtype <U1; expected real numbers"),
    (None, ag.DTypeError, "dtype object"),
    (1j, ag.DTypeError, "complex128"),
    ([[1, 2], [3]], ag.ShapeError, "inhomogeneous"),
    (np.ma.masked_array([1.0], [True]), ag.DTypeError, r"masked array; fill it with \.filled"),
    (np.array(["2020-01-01"], dtype="datetime64[D]"), ag.DTypeError, "datetime64"),
])
def test_what_cannot_become_a_tensor(data, error, message):
    with pytest.raises(error, match=message):
        ag.tensor(data)


@pytest.mark.parametrize("data", [1, True, [1, 2]])
def test_only_floats_require_grad(data):
    with pytest.raises(ag.DTypeError, match=r"a tensor of (int64|bool) cannot have a gradient.*dtype=float"):
        ag.tensor(data, requires_grad=True)
    assert ag.tensor(data, dtype=float, requires_grad=True).requires_grad


def test_requires_grad_can_be_switched_on_leaves():
    t = ag.tensor([1.0])
    t.requires_grad = True
    y = t * 2
    assert y.requires_grad
    assert not y.is_leaf
    y.requires_grad = True
    with pytest.raises(ag.GraphError, match="detach"):
        y.requires_grad = False
    t.requires_grad = False
    assert not (t * 2).requires_grad
    with pytest.raises(ag.DTypeError, match="int64"):
        ag.tensor(1).requires_grad = True


def test_grad_can_be_set_to_what_fits():
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    t.grad = ag.tensor([3.0, 4.0])
    assert t.grad.tolist() == [3.0, 4.0]
    for bad in ([1.0, 2.0], ag.tensor([1.0]), ag.tensor([1.0, 2.0], dtype="float32")):
        with pytest.raises(ag.ShapeError, match=r"grad: expected a Tensor of shape \(2,\) and float64"):
            t.grad = bad
    t.grad = None
    assert t.grad is None
    with pytest.raises(ag.GraphError, match="does not require grad"):
        ag.tensor(1.0).grad = None


@given(numbers, numbers)
def test_operators_with_numbers_arrays_and_tensors_on_either_side(a, b):
    for op in OPERATORS:
        expected = op(np.float64(a), b)
        ta, tb = ag.tensor(a, requires_grad=True), ag.tensor(b, requires_grad=True)
        for left, right in [(ta, b), (a, tb), (ta, tb), (ta, np.array(b)), (np.array(a), tb), (np.float64(a), tb)]:
            result = op(left, right)
            assert isinstance(result, ag.Tensor)
            assert result.requires_grad
            np.testing.assert_array_equal(result.numpy(), expected)


def test_divmod():
    t = ag.tensor(7.5, requires_grad=True)
    assert [part.item() for part in (*divmod(t, 2), *divmod(20, t))] == [3.0, 1.5, 2.0, 5.0]


def test_power_matmul_and_unary_operators():
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    assert (t**2).tolist() == [1.0, 4.0]
    assert (2**t).tolist() == [2.0, 4.0]
    assert (np.array([2.0, 3.0]) ** t).tolist() == [2.0, 9.0]
    assert (t @ [3.0, 4.0]).item() == (np.array([3.0, 4.0]) @ t).item() == 11.0
    assert ([3.0, 4.0] @ t).requires_grad
    assert (-t).tolist() == [-1.0, -2.0]
    assert abs(-t).tolist() == [1.0, 2.0]
    assert (+t) is t


def test_comparisons_give_constants():
    t = ag.tensor([1.0, 2.0, 3.0], requires_grad=True)
    for op in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        result = op(t, 2)
        assert result.tolist() == op(np.array([1.0, 2.0, 3.0]), 2).tolist()
        assert not result.requires_grad
        assert op(2, t).tolist() == op(2, np.array([1.0, 2.0, 3.0])).tolist()
    assert ((t > 1) & ~(t > 2)).tolist() == [False, True, False]
    assert ((t > 2) | (t < 2)).tolist() == [True, False, True]
    assert ((t > 1) ^ (t > 2)).tolist() == [False, True, False]
    with pytest.raises(ag.DTypeError, match="less"):
        _ = t < "a"


def test_as_python_numbers():
    t = ag.tensor([[2.5]], requires_grad=True)
    assert (float(t), int(t), bool(t), t.item()) == (2.5, 2, True, 2.5)
    assert f"{t:.3f}" == "2.500"
    assert f"{t}" == repr(t)
    assert [10, 20, 30][ag.tensor(1)] == 20
    with pytest.raises(ag.DTypeError, match="int"):
        _ = [10][ag.tensor(0.0)]
    pair = ag.tensor([1.0, 2.0])
    for convert in (float, int, ag.Tensor.item):
        with pytest.raises(ag.ShapeError, match=r"shape \(2,\) has 2 elements"):
            convert(pair)
    with pytest.raises(ag.ShapeError, match=r"ambiguous.*any\(\)"):
        bool(pair)


def test_as_a_sequence():
    t = ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert len(t) == 2
    assert [row.tolist() for row in t] == [[1, 2], [3, 4]]
    assert 3.0 in t
    assert 5.0 not in t
    a, b = t
    (a * b).sum().backward()
    assert t.grad.tolist() == [[3, 4], [1, 2]]
    for use in (len, iter):
        with pytest.raises(ag.DTypeError, match="scalar"):
            use(ag.tensor(1.0))


def test_hashed_by_identity():
    a, b = ag.tensor(1.0), ag.tensor(1.0)
    assert len({a, b, a}) == 2


def test_repr_says_what_matters():
    assert repr(ag.tensor(1.5)) == "tensor(1.5)"
    assert repr(ag.tensor([1, 2])) == "tensor([1, 2])"
    assert repr(ag.tensor([1.0], dtype="float32", requires_grad=True, name="w")) == (
        "tensor([1.], dtype=float32, name='w', requires_grad=True)")
    assert repr(ag.tensor(2.0, requires_grad=True) * 2) == "tensor(4., op=multiply)"


def test_names_reach_the_node():
    t = ag.tensor(1.0, requires_grad=True, name="x")
    y = t * 2
    y.name = "y"
    assert (t.name, t.node.name, y.node.name) == ("x", "x", "y")


def test_methods_are_the_functions():
    x = np.array([[0.5, 1.5], [2.5, 0.25]])
    t = ag.tensor(x, requires_grad=True)
    names = ["exp", "log", "sqrt", "square", "sin", "cos", "tanh", "sigmoid", "relu"]
    names += ["abs", "sum", "mean", "max", "min", "expm1", "log1p", "tan", "sign", "floor", "ceil", "round", "prod"]
    names += ["var", "std", "cumsum", "cumprod", "sort", "ravel", "diagonal", "trace", "softmax", "logsumexp", "conj"]
    for name in names:
        function = getattr(ag, {"abs": "absolute", "conj": "conjugate"}.get(name, name))
        np.testing.assert_array_equal(getattr(t, name)().numpy(), function(t).numpy())
    for name in ("argmax", "argmin", "argsort", "all", "any"):
        np.testing.assert_array_equal(getattr(t, name)(axis=1).numpy(), getattr(x, name)(axis=1))
    for name, args in {"clip": (0.4, 2.0), "take": ([1, 0], 1), "repeat": (2, 0), "dot": ([1.0, 2.0],)}.items():
        np.testing.assert_array_equal(getattr(t, name)(*args).numpy(), getattr(x, name)(*args))
    assert [i.tolist() for i in t.nonzero()] == [i.tolist() for i in x.nonzero()]
    assert t.copy().requires_grad
    assert t.flatten().tolist() == x.flatten().tolist()
    assert t.sort(axis=0) is not t
    assert complex(t[0, 0]) == 0.5
    assert t.reshape(4).shape == t.reshape((4,)).shape == t.reshape(-1).shape == (4,)
    assert t.reshape(4, 1).shape == (4, 1)
    cube = ag.tensor(np.zeros((2, 3, 4)))
    assert cube.T.shape == cube.transpose().shape == (4, 3, 2)
    assert cube.mT.shape == (2, 4, 3)
    assert cube.transpose(1, 0, 2).shape == cube.transpose((1, 0, 2)).shape == (3, 2, 4)


def test_indexing_with_tensors():
    t = ag.tensor([1.0, 2.0, 3.0], requires_grad=True)
    assert t[ag.tensor([2, 0])].tolist() == [3.0, 1.0]
    assert t[t > 1.5].tolist() == [2.0, 3.0]
    assert t[ag.tensor(1)].item() == 2.0
    with pytest.raises(ag.SelectionError, match="float64 cannot be an index"):
        _ = t[ag.tensor([1.0])]
