"""np.f(tensor): recorded where there is a rule, constant where nothing varies, an error elsewhere; never silent."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import numpy_verdicts as verdicts
from autograd_core.derivatives import NUMPY
from autograd_core.differentiability import numpy_functions


@pytest.fixture
def x():
    return ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="x")


def agree(f, *arrays):
    """The value is NumPy's; the gradient, and that of the gradient, are those of finite differences."""
    result = f(*(ag.tensor(a, requires_grad=True) for a in arrays))
    assert isinstance(result, ag.Tensor)
    assert result.requires_grad
    np.testing.assert_allclose(result.numpy(), f(*arrays), rtol=1e-14)
    assert result.dtype == np.asarray(f(*arrays)).dtype
    ag.testing.gradcheck(f, *(ag.tensor(a, requires_grad=True) for a in arrays))


A, B = np.array([[1.0, 2.5, 0.5], [3.0, 4.0, -2.0]]), np.array([0.75, 2.0, 1.5])
MASK = np.array([[True, False, True], [False, True, True]])


def test_functions_and_ufuncs_record(x):
    joined = np.concatenate([x, np.ones((1, 2))])
    for y in (np.exp(x), np.sum(x, axis=0), np.add(1, x), np.where(x > 2, x, 0.0), joined, np.stack([x[0], x[1]])):
        assert isinstance(y, ag.Tensor)
        assert y.requires_grad
    assert (np.ones(2) @ x).requires_grad
    assert (np.ones((2, 2)) * x).requires_grad
    assert (np.float64(2) - x).requires_grad


def test_functions_that_do_not_vary_give_constants(x):
    for y in (np.isnan(x), np.argmax(x), np.zeros_like(x), np.logical_and(x > 1, x < 3), np.ones_like(x),
              np.argsort(x), np.isin(x, [1.0]), np.digitize(x, [2.0]), np.searchsorted([2.0], x),
              np.linalg.matrix_rank(x), np.less.outer(x, x), np.logical_or.reduce(x)):
        assert isinstance(y, ag.Tensor)
        assert not y.requires_grad
    assert np.shape(x) == (2, 2)
    assert np.allclose(x, x.numpy()) is True
    assert np.array_equal(x, x.numpy()) is True
    rows, columns = np.nonzero(x > 3)
    assert (rows.tolist(), columns.tolist()) == ([1], [1])


@pytest.mark.parametrize("f", [
    lambda a: np.add.reduce(a), lambda a: np.add.reduce(a, 1, keepdims=True), lambda a: np.add.reduce(a, axis=None),
    lambda a: np.add.reduce(a, axis=(0, 1), initial=5.0), lambda a: np.add.reduce(a, where=MASK),
    lambda a: np.multiply.reduce(a, axis=-1), lambda a: np.multiply.reduce(a, where=MASK, initial=2.0),
    lambda a: np.maximum.reduce(a), lambda a: np.maximum.reduce(a, axis=1, where=MASK, initial=-9.0),
    lambda a: np.minimum.reduce(a, axis=1, initial=2.2), lambda a: np.logaddexp.reduce(a, axis=1),
    lambda a: np.add.accumulate(a), lambda a: np.multiply.accumulate(a, 1), lambda a: np.maximum.accumulate(a, axis=1),
    lambda a: np.minimum.accumulate(a, axis=1), lambda a: np.sum(a, axis=1, where=MASK),
    lambda a: np.prod(a, initial=3.0), lambda a: np.max(a, axis=1, initial=2.2),
])
def test_reductions_and_scans_of_ufuncs(f):
    agree(f, A)


@pytest.mark.parametrize("ufunc", [np.multiply, np.subtract, np.maximum, np.hypot])
def test_outer_of_binary_ufuncs(ufunc):
    agree(ufunc.outer, A, B)
    agree(lambda b: ufunc.outer(3.0, b), B)
    agree(lambda a: ufunc.outer(a, 1.75), A)


@pytest.mark.parametrize("f", [
    lambda a: np.exp(a, dtype=np.float64), lambda a: np.add(a, 1, dtype="float64"),
    lambda a: np.sum(a, dtype=np.float64), lambda a: np.mean(a, axis=0, dtype=np.float64),
    lambda a: np.cumsum(a, dtype=np.float64), lambda a: np.add.reduce(a, dtype=np.float64),
    lambda a: np.multiply.outer(a, 2.0, dtype=np.float64), lambda a: np.add.accumulate(a, dtype=np.float64),
])
def test_dtype_is_that_of_the_calculation(f):
    a = A.astype("float32") / 3
    t = ag.tensor(a, requires_grad=True)
    y = f(t)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.numpy(), f(a), rtol=1e-14)
    y.sum().backward()
    assert t.grad.dtype == np.float32


def test_out_may_be_a_tensor_and_is_recorded(x):
    out = ag.zeros((2, 2))
    assert np.multiply(x, x, out=out) is out
    out.sum().backward()
    assert x.grad.tolist() == [[2, 4], [6, 8]]

    total = ag.zeros(2)
    np.sum(x, axis=0, out=total)
    assert total.requires_grad
    np.add(1.0, [1.0, 2.0], out=total)
    assert total.tolist() == [2, 3]
    assert ag.gradients(total.sum(), [x])[0].tolist() == [[0, 0], [0, 0]]

    with pytest.raises(ag.InPlaceError, match="leaf that requires grad"):
        np.add(x, 1, out=x)
    with pytest.raises(ag.ShapeError, match="does not fit"):
        np.add(x, 1, out=ag.zeros(2))
    with pytest.raises(ag.DTypeError, match=r"numpy\.add: a result of float64 does not fit into out= of int64"):
        np.add(x, 1, out=ag.zeros((2, 2), int))
    with pytest.raises(ag.UnsupportedError, match="would lose its gradient"):
        np.sum(x, axis=0, out=np.zeros(2))


def test_where_with_out_keeps_the_other_elements(x):
    safe = np.divide(1.0, x - 1.0, out=np.zeros_like(x), where=x > 1.0)
    assert safe.tolist() == [[0, 1], [0.5, 1 / 3]]
    safe.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [[0, -1], [-1 / 4, -1 / 9]])


def test_a_plain_array_takes_a_constant_tensor_in_place():
    a, c = np.ones(2), ag.tensor([1.0, 2.0])
    a += c
    a -= 0.5 * c
    assert a.tolist() == [1.5, 2.0]
    np.add.at(a, [0, 0], c)
    assert a.tolist() == [4.5, 2.0]
    with pytest.raises(ag.UnsupportedError, match="would lose its gradient"):
        a += ag.tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize(("call", "named"), [
    (lambda x: np.fft.fft(x), r"numpy\.fft\.fft has no derivative rule \(impossible: its result is complex"),
    (lambda x: np.linalg.eig(x), r"numpy\.linalg\.eig .*impossible"),
    (lambda x: np.nextafter(x, 1.0), r"numpy\.nextafter .*planned"),
    (lambda x: np.poly(x), r"numpy\.poly .*planned.*np\.convolve"),
    (lambda x: np.copyto(x, 1.0), r"numpy\.copyto .*it writes into its argument.*t\[\.\.\.\] = values"),
    (lambda x: np.copyto(x.detach(), 1.0), r"numpy\.copyto"),
    (lambda x: np.add.at(x, 0, 1.0), r"numpy\.add\.at .*ag\.scatter_add"),
    (lambda x: np.add.reduceat(x, [0, 1]), r"numpy\.add\.reduceat"),
    (lambda x: np.hypot.reduce(x), r"numpy\.hypot\.reduce"),
    (lambda x: np.subtract.accumulate(x), r"numpy\.subtract\.accumulate"),
    (lambda x: np.add(x, 1, where=[True, False]), r"numpy\.add: where= without a Tensor as out=.*np\.where"),
    (lambda x: np.add(x, 1, casting="unsafe"), r"numpy\.add: the options \['casting'\]"),
    (lambda x: np.maximum.reduce(x, where=[True, False]), r"numpy\.maximum\.reduce: where= needs initial="),
    (lambda x: np.add(x, 1, out=np.ones((2, 2))), r"numpy\.add: writing a tensor that requires grad"),
])
def test_what_has_no_rule_says_so_by_name(x, call, named):
    with pytest.raises(ag.UnsupportedError, match=named):
        call(x)


def test_a_refusal_names_the_ways_out(x):
    with pytest.raises(ag.UnsupportedError, match=r"ag\.custom_derivative.*\.numpy\(\)"):
        np.fft.fft(x)
    with pytest.raises(ag.DTypeError, match=r"numpy\.add: dtype=int64 carries no gradient"):
        np.add(x, 1, dtype=int)


def test_options_at_their_defaults_are_no_options(x):
    assert np.sum(x, axis=None, out=None, dtype=None).item() == 10.0
    assert np.add(x, 1, casting="same_kind", order="K", subok=True, where=True, dtype=None).requires_grad


@pytest.mark.parametrize("f", [
    np.gcd.reduce, np.unwrap, np.bincount, np.unique, lambda i: np.sum(i, dtype=np.int8), np.left_shift.accumulate,
    lambda i: np.add(i, 1, where=i > 0, out=np.zeros(3)), lambda i: np.percentile(i, 30.0), np.mean, np.exp,
    lambda i: np.sort(i, kind="stable"), lambda i: np.add.reduce(i, dtype=float), lambda i: np.take(i, 7, mode="clip"),
    lambda i: np.histogram(i, 2)[0], lambda i: i << 1, lambda i: ~i, lambda i: i // 2,
])
def test_constants_work_wherever_those_of_numpy_do(f):
    i = np.array([1, 3, 2])
    y, expected = f(ag.tensor(i)), f(i)
    np.testing.assert_array_equal(np.asarray(y), expected)
    assert np.asarray(y).dtype == expected.dtype
    assert not getattr(y, "requires_grad", False)


def test_without_recording_everything_is_a_constant(x):
    with ag.no_grad():
        assert np.unwrap(x).tolist() == x.tolist()
    assert np.fft.fft(x.detach()).dtype == complex  # not real, so not a Tensor


@pytest.mark.parametrize("coerce", [
    np.asarray, np.array, lambda t: np.zeros(2).__setitem__(..., t[0]), lambda t: np.full(2, t[0, 0]),
    lambda t: np.array([t[0], t[1]]), lambda t: np.array([t[0, 0], 1.0]), lambda t: np.asarray([[t[0, 0]]]),
    lambda t: ag.tensor([t[0], t[1]]), lambda t: ag.asarray([t[0, 0], 2.0]),
])
def test_nothing_is_coerced_out_of_the_graph(x, coerce):
    with pytest.raises(ag.CoercionError, match=r"ag\.stack.*numpy\(\)"):
        coerce(x)
    constant = x.detach()
    np.testing.assert_array_equal(np.asarray(constant), [[1, 2], [3, 4]])
    assert np.asarray(constant, dtype=np.float32).dtype == np.float32


class Unit:
    """A foreign type that knows what to do with numbers of any kind."""

    __array_ufunc__ = None

    def __add__(self, other):
        return "unit + it"

    def __radd__(self, other):
        return "it + unit"


class Duck:
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return f"duck.{ufunc.__name__}"


def test_foreign_types_have_their_say(x):
    assert x + Unit() == "it + unit"
    assert Unit() + x == "unit + it"
    assert np.add(x, Duck()) == np.add(Duck(), x) == "duck.add"
    with pytest.raises(ag.DTypeError, match="operand b is a str"):
        _ = x + "a"
    with pytest.raises(ag.DTypeError, match="multiply: operand b is a Unit"):
        _ = x * Unit()


def test_every_function_of_numpy_is_decided():
    """In the table, constant, or refused with a reason."""
    if np.lib.NumpyVersion(np.__version__) >= "2.5.0":
        pytest.skip("this NumPy may have functions that were not there when the list was made")
    undecided = {name for name, function in numpy_functions()
                 if function not in NUMPY and verdicts.why_no_rule(function) == "it has no rule"}
    assert undecided == set()


def test_no_verdict_is_outdated():
    ours = {verdicts.name_of(function).removeprefix("numpy.") for function in NUMPY}
    assert not ours & {*verdicts.PLANNED, *verdicts.IMPOSSIBLE}
    assert not NUMPY.keys() & verdicts.CONSTANT


# Names

NOT_NAMED = {
    # of integers
    "bitwise_and", "bitwise_count", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "gcd", "invert", "lcm", "left_shift", "packbits", "right_shift", "unpackbits",
    # of complex numbers
    "angle", "iscomplex", "iscomplexobj", "isreal", "isrealobj",
    # of dtypes, memory, indices and texts
    "array2string", "array_equiv", "array_repr", "array_str", "can_cast", "common_type", "diag_indices_from",
    "einsum_path", "in1d", "ix_", "may_share_memory", "min_scalar_type", "ravel_multi_index", "result_type",
    "row_stack", "shares_memory", "spacing", "tril_indices_from", "triu_indices_from", "unravel_index",
}


def test_what_numpy_does_with_tensors_has_its_name_here_too():
    names = {name for name in np.__all__ if callable(f := getattr(np, name)) and not isinstance(f, type)
             and (f in NUMPY or f in verdicts.CONSTANT)}
    assert {name for name in names - NOT_NAMED if not hasattr(ag, name)} == set()
    assert {name for name in NOT_NAMED if hasattr(ag, name)} == set()


@pytest.mark.parametrize(("name", "rest"), [
    ("abs", ()), ("atan2", (2.0,)), ("copy", ()), ("mod", (3,)), ("permute_dims", ((1, 0),)), ("pow", (2,)),
    ("all", ()), ("allclose", (1.0,)), ("any", (0,)), ("argmax", (1,)), ("argsort", (0,)), ("count_nonzero", ()),
    ("isfinite", ()), ("isin", ([1.0, 3.0],)), ("isnan", ()), ("less", (2.5,)), ("logical_not", ()), ("shape", ()),
])
def test_a_name_of_numpy_does_what_numpy_does(x, name, rest):
    ours, theirs = getattr(ag, name)(x, *rest), getattr(np, name)(x, *rest)
    assert type(ours) is type(theirs)
    assert str(ours) == str(theirs)  # with the name of the op
    np.testing.assert_array_equal(getattr(ag, name)(x.numpy(), *rest), getattr(np, name)(x.numpy(), *rest))
