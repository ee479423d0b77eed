"""Every entry of the table, over the domain it declares. A new entry is tested here without a line being added."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import NUMPY, TABLE
from autograd_core.testing import gradcheck
from autograd_core.testing.layouts import LAYOUTS, repeated
from autograd_core.testing.samples import samples

SAMPLES = [sample for entry in TABLE.values() for sample in samples(entry, np.random.default_rng(0))]
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)


def floats(operands):
    """Positions of the operands that can carry a gradient."""
    return [i for i, x in enumerate(operands) if x.dtype.kind == "f"]


def leaves(operands):
    """Leaves that show the very arrays given, and the constants among them as they are."""
    made = [ag.tensor(x, requires_grad=True) if x.dtype.kind == "f" else x for x in operands]
    for i in floats(operands):
        made[i].data = operands[i]
    return made


def value_and_gradients(f, operands):
    """The value of f; its gradient; and the gradient of (the sum of the squares of) that."""
    operands = leaves(operands)
    inputs = [x for x in operands if isinstance(x, ag.Tensor)]
    y = f(*operands)
    v = np.linspace(1, 2, y.size).reshape(y.shape)
    first = ag.gradients(y, inputs, v, create_graph=True)
    total = sum(((g * g).sum() for g in first), ag.tensor(0.0))
    second = ag.gradients(total, inputs, allow_unused=True) if total.requires_grad else ()
    return [t.numpy() for t in (y, *first, *(g for g in second if g is not None))]


def cast(sample, dtypes):
    return [x.astype(dtypes[i % len(dtypes)]) if x.dtype.kind == "f" else x for i, x in enumerate(sample.operands)]


@every_sample
def test_derivatives_are_right_to_order_2(sample):
    gradcheck(sample, *sample.operands)


@every_sample
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_derivatives_are_right_in_every_memory_layout(sample, layout):
    gradcheck(sample, *(layout(x) for x in sample.operands), directions=1)


@every_sample
def test_repeated_memory_is_worth_a_copy_of_it(sample):
    operands = [repeated(x) for x in sample.operands]
    shown, copied = (value_and_gradients(sample, xs) for xs in (operands, [np.array(x) for x in operands]))
    for a, b in zip(shown, copied, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14, atol=1e-14)


@every_sample
def test_one_operand_varies_among_constants(sample):
    """The others are arrays, read-only arrays, constant Tensors and, where 0-d, Python numbers."""
    base = leaves(sample.operands)
    expected = sample(*base)
    v = np.linspace(1, 2, expected.size).reshape(expected.shape)
    for i in floats(sample.operands):
        (whole,) = ag.gradients(expected, base[i], v, retain_graph=True)
        for constant in (np.asarray, LAYOUTS["reversed"], LAYOUTS["readonly"], ag.tensor, number):
            operands = [constant(x) if x.dtype.kind == "f" else x for x in sample.operands]
            operands[i] = ag.tensor(sample.operands[i], requires_grad=True)
            y = sample(*operands)
            # NumPy itself may round differently in another layout.
            np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-14, atol=1e-15)
            (g,) = ag.gradients(y, operands[i], v)
            np.testing.assert_allclose(g.numpy(), whole.numpy(), rtol=1e-14, atol=1e-15)


def number(x):
    return x.item() if x.ndim == 0 else x


WIDENING = {"float_power"}  # float64 at least, in NumPy too


@every_sample
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_low_precision_stays_low_to_order_2(sample, dtype):
    operands = cast(sample, [dtype])
    if "dtype" not in sample.options and sample.entry.name not in WIDENING:
        assert sample(*operands).dtype == dtype
    gradcheck(sample, *operands, directions=1)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if len(floats(s.operands)) > 1], ids=str)
@pytest.mark.parametrize("dtypes", [("float32", "float64"), ("float64", "float32"), ("float16", "float32")], ids=str)
def test_mixed_dtypes_give_each_gradient_its_own(sample, dtypes):
    gradcheck(sample, *cast(sample, dtypes), directions=1)


BY_NUMPY_NAME = [(function, s) for function, ours in NUMPY.items() for s in SAMPLES if s.entry.function is ours]


@pytest.mark.parametrize(("function", "sample"), BY_NUMPY_NAME, ids=lambda x: getattr(x, "__name__", str(x)))
def test_numpy_name_means_the_same(function, sample):
    """np.f of Tensors is ag.f of Tensors, and both have the values of np.f of arrays."""
    ours, theirs = leaves(sample.operands), leaves(sample.operands)
    y, z = sample(*ours), sample.of(function, theirs)
    assert isinstance(z, ag.Tensor)
    np.testing.assert_array_equal(y.numpy(), z.numpy())
    # What is contracted in another order, or decomposed once for all its parts, may be rounded otherwise.
    np.testing.assert_allclose(y.numpy(), np.asarray(sample.of(function, sample.operands)), rtol=1e-13, atol=1e-14)
    for i in floats(sample.operands):
        (g,), (h,) = (ag.gradients(out.sum(), x[i], retain_graph=True) for out, x in ((y, ours), (z, theirs)))
        np.testing.assert_array_equal(g.numpy(), h.numpy())


def test_every_numpy_name_is_reached():
    entries = {entry.function for entry in TABLE.values()}
    assert {function for function, _ in BY_NUMPY_NAME} == {f for f, ours in NUMPY.items() if ours in entries}
