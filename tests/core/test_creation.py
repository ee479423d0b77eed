"""Creation functions: NumPy's values, dtypes and arguments; leaves on request."""

import numpy as np
import pytest

import autograd_core as ag

LIKE = np.array([[1, 2], [3, 4]], dtype="float32")

CALLS = [
    ("zeros", (3,), {}), ("zeros", ((2, 3),), {"dtype": "float32"}), ("zeros", ((),), {}), ("zeros", ([2, 0],), {}),
    ("ones", ((2, 3), int), {}), ("ones", ((2,),), {"dtype": bool}), ("full", ((2, 2), 7), {}), ("full", (3, 0.5), {}),
    ("full", ((2, 2), [1.0, 2.0]), {"dtype": "float32"}), ("full", ((2,), True), {}),
    ("arange", (5,), {}), ("arange", (1.0, 2.0, 0.25), {}), ("arange", (5, 0, -2), {"dtype": "float32"}),
    ("arange", (2, 2), {}), ("linspace", (0, 1, 5), {}), ("linspace", (0.0, 1.0), {"num": 4, "endpoint": False}),
    ("linspace", ([0.0, 1.0], 3.0, 3), {"axis": 1}), ("linspace", (0, 9, 4), {"dtype": int}),
    ("linspace", (0, 1, 0), {}), ("eye", (3,), {}),
    ("eye", (2, 3), {"k": 1, "dtype": "float32"}), ("eye", (2, None, -1), {}),
    ("zeros_like", (LIKE,), {}), ("ones_like", (LIKE,), {"dtype": int}), ("zeros_like", (LIKE,), {"shape": (3,)}),
]


@pytest.mark.parametrize(("name", "args", "options"), CALLS)
def test_values_and_dtypes_are_those_of_numpy(name, args, options):
    expected = getattr(np, name)(*args, **options)
    made = getattr(ag, name)(*args, **options, name="it", device="cpu")
    np.testing.assert_array_equal(made.numpy(), expected)
    assert (made.dtype, made.shape, made.name) == (expected.dtype, expected.shape, "it")
    assert not made.requires_grad
    if made.dtype.kind == "f":
        leaf = getattr(ag, name)(*args, **options, requires_grad=True)
        assert leaf.requires_grad
        assert leaf.is_leaf
        assert leaf.node.value.size == leaf.size
    else:
        with pytest.raises(ag.DTypeError, match="cannot have a gradient"):
            getattr(ag, name)(*args, **options, requires_grad=True)


def test_of_tensors():
    x = ag.tensor([[1.0, 2.0]], dtype="float32", requires_grad=True)
    for like in (ag.zeros_like, ag.ones_like, ag.empty_like):
        made = like(x)
        assert (made.shape, made.dtype, made.requires_grad) == ((1, 2), np.float32, False)
    assert ag.arange(ag.tensor(3)).tolist() == [0, 1, 2]
    assert ag.empty((2, 3), int).shape == (2, 3)
    with pytest.raises(ag.CoercionError, match=r"arange.*linspace"):
        ag.arange(0.0, x[0, 1])


def test_full_and_linspace_are_differentiable_in_what_they_are_made_of():
    value, ends = ag.tensor([1.0, 2.0], requires_grad=True), ag.tensor([0.5, 2.0], requires_grad=True)
    ag.testing.gradcheck(lambda v: ag.full((3, 2), v) ** 2, value)
    ag.testing.gradcheck(lambda v: ag.full((3, 2), v[0]), value)
    for endpoint in (True, False):
        ag.testing.gradcheck(lambda v, e=endpoint: np.linspace(v[0], v[1], 4, endpoint=e) ** 2, ends)
    ag.testing.gradcheck(lambda v: ag.linspace(v, 3.0, 3) ** 2, ends)
    np.testing.assert_allclose(ag.linspace(ends, 3.0, 4).numpy(), np.linspace([0.5, 2.0], 3.0, 4), rtol=1e-15)
    line = ag.linspace(ag.tensor(0.0, dtype="float32", requires_grad=True), 1.0, 3)
    assert line.dtype == np.float32
    assert ag.full(2, value, dtype="float32").dtype == np.float32
    assert ag.linspace(0.0, 1.0, 5, retstep=True)[1] == 0.25
    with pytest.raises(ag.UnsupportedError, match=r"linspace.*axis=0"):
        ag.linspace(ends, 3.0, 3, axis=1)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: ag.zeros(-1), ag.ShapeError, "zeros: negative"),
    (lambda: ag.ones("ab"), ag.DTypeError, "ones"),
    (lambda: ag.zeros(2, dtype=complex), ag.DTypeError, "zeros: data of dtype complex128"),
    (lambda: ag.full(2, [1.0, 2.0, 3.0]), ag.ShapeError, "full: could not broadcast"),
    (lambda: ag.arange(0, 1, 0), ag.ShapeError, "arange: "),
    (lambda: ag.linspace(0, 1, -1), ag.ShapeError, "linspace: "),
    (lambda: ag.zeros(2, device="gpu"), ag.UnsupportedError, r"zeros: there is no device 'gpu'"),
    (lambda: ag.asarray(1j), ag.DTypeError, "asarray: data of dtype complex128"),
    (lambda: ag.asarray([1.0], copy=False), ag.ShapeError, "asarray: "),
    (lambda: ag.asarray(ag.ones(2, requires_grad=True), "float32", copy=False), ag.ShapeError, "asarray: copy=False"),
])
def test_what_cannot_be_made(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_asarray_copies_only_where_it_must():
    x, a = ag.tensor([1.0, 2.0], requires_grad=True), np.array([1.0, 2.0])
    assert ag.asarray(x) is x
    assert ag.asarray(x, dtype=float) is x
    ag.asarray(a)[0] = 5.0
    assert a[0] == 5.0
    ag.asarray(a, copy=True)[0] = 6.0
    assert a[0] == 5.0
    for changed in (ag.asarray(x, copy=True), ag.asarray(x, dtype="float32")):
        assert changed is not x
        changed.sum().backward()
    assert x.grad.tolist() == [2, 2]
    assert ag.asarray(ag.tensor([1, 2]), dtype=float).dtype == np.float64
    assert ag.asarray(np.array([1.0], dtype=">f8")).dtype.isnative
