"""Strings, objects, dates, complex and masked arrays: no function of the table takes them, and nothing is half done."""

import itertools

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.testing.samples import samples

BAD = {
    "text": lambda shape: np.full(shape, "a"), "bytes": lambda shape: np.full(shape, b"a"),
    "objects": lambda shape: np.full(shape, object()), "complex": lambda shape: np.full(shape, 1j),
    "dates": lambda shape: np.full(shape, np.datetime64("2026")),
    "durations": lambda shape: np.full(shape, np.timedelta64(1)),
    "records": lambda shape: np.zeros(shape, [("a", int)]), "a dict": lambda shape: {}, "a function": lambda shape: len,
    "masked": lambda shape: np.ma.masked_array(np.ones(shape), np.ones(shape, bool)),
}
TRUTHS = {("compress", 0), ("extract", 0), ("select", 0), ("piecewise", 1)}
"""Conditions: whatever has a truth, as in NumPy."""


def _first_samples():
    for entry in TABLE.values():
        if getattr(entry.over, "through", None) is not None:
            continue  # its operands are made from others
        by_count = {len(sample.operands): sample for sample in samples(entry, np.random.default_rng(0))}
        yield from by_count.values()


@pytest.mark.parametrize("sample", list(_first_samples()), ids=str)
def test_every_function_refuses_what_is_not_real_numbers(sample):
    for kind, i in itertools.product(BAD, range(len(sample.operands))):
        if (sample.entry.name, i) in TRUTHS:
            continue
        operands = [ag.tensor(a, requires_grad=True) if a.dtype.kind == "f" else a for a in sample.operands]
        operands[i] = BAD[kind](sample.operands[i].shape)
        with pytest.raises(ag.AutogradError) as caught:
            sample(*operands)
        assert isinstance(caught.value, TypeError | ValueError | IndexError)
        for j, t in enumerate(operands):
            if j != i:
                np.testing.assert_array_equal(getattr(t, "_data", t), sample.operands[j])


@pytest.mark.parametrize(("data", "error", "words"), [
    ("a", ag.DTypeError, "<U1; expected real numbers"), (b"a", ag.DTypeError, "S1"), (None, ag.DTypeError, "object"),
    ({}, ag.DTypeError, "object"), ((i for i in range(3)), ag.DTypeError, "object"), (1j, ag.DTypeError, "complex128"),
    (np.datetime64("2026"), ag.DTypeError, "datetime64"), (np.zeros(2, [("a", int)]), ag.DTypeError, "'a'"),
    ([1.0, None], ag.DTypeError, "object"), ([[1.0], [1.0, 2.0]], ag.ShapeError, "inhomogeneous"),
    (10**30, ag.DTypeError, "object"), (np.ma.masked_array([1.0], [True]), ag.DTypeError, r"\.filled\(value\)"),
])
@pytest.mark.parametrize("dtype", [None, float, "float32"])
def test_no_tensor_is_made_of_them_whatever_dtype_is_asked_for(data, error, words, dtype):
    """NumPy would make NaN of None, and 3.0 of "3"."""
    for make in (ag.tensor, ag.asarray):
        with pytest.raises(error, match=words):
            make(data, dtype=dtype)


@pytest.mark.parametrize("dtype", ["U1", "O", "complex64", "M8[s]", "nonsense"])
def test_no_such_dtype_can_be_asked_for(dtype):
    t = ag.tensor([1.0])
    for make in (lambda: ag.tensor([1.0], dtype=dtype), lambda: ag.zeros(2, dtype), lambda: t.astype(dtype)):
        with pytest.raises((ag.AutogradError, TypeError)):
            make()


def test_real_numbers_of_every_kind_are_taken():
    x = ag.tensor([1.0, 2.0], requires_grad=True, dtype="float32")
    for other in (True, 3, 10**30, 2.5, np.int8(3), np.uint64(3), np.float16(3), np.longdouble(3), [1, 2], (1.0, 2.0),
                  range(2), np.array([1, 2], ">i4"), ag.tensor([1, 2])):
        (x * other).sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("ragged", [[[1.0], [1.0, 2.0]], [1.0, [2.0]]])
def test_ragged_operands_are_named(ragged):
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    for call, name in ((lambda: x + ragged, "add: operand b"), (lambda: ag.exp(ragged), "exp: operand x"),
                       (lambda: x @ ragged, "matmul: operand b"), (lambda: ag.diff(ragged), "diff: an operand")):
        with pytest.raises(ag.ShapeError, match=f"{name} cannot become an array"):
            call()
