"""One question to PyTorch, the oracle: the same state in, do the same outputs and the same gradients come out?"""

import numpy as np
import pytest

import autograd_core as ag

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
torch.set_num_threads(1)  # beside other test processes, more threads only wait for one another

TOLERANCE = {np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-10}


def same_as_torch(ours, theirs, *inputs, dtype=np.float32, **options):
    """Assert that our module and PyTorch's agree: outputs, gradients of inputs and parameters, the state afterwards.

    Args:
        ours, theirs: the modules, in the same mode; both are converted to ``dtype``, and theirs lends its state.
        inputs: arrays (floats among them are converted, and get gradients), or anything both modules take.
        dtype: float32 compares to 1e-5, float64 to 1e-10; relative to the largest element of each array.
        options: passed to both as keyword arguments; arrays become Tensors.
    """
    dtype = np.dtype(dtype)
    ours.to(dtype)
    theirs.to(torch.float32 if dtype == np.float32 else torch.float64)
    state = {name: value.numpy().copy() for name, value in theirs.state_dict().items()}
    assert ours.load_state_dict(state) == ([], [])
    assert list(ours.state_dict()) == list(state)
    assert [name for name, _ in ours.named_parameters()] == [name for name, _ in theirs.named_parameters()]

    arrays = [x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in inputs]
    our_inputs, their_inputs = [_leaf(x) for x in arrays], [_their_leaf(x) for x in arrays]
    theirs_of = {name: _their_leaf(x, grad=False) for name, x in options.items()}
    outputs = _flat(ours(*our_inputs, **options))
    expected = _flat(theirs(*their_inputs, **theirs_of))
    assert len(outputs) == len(expected)
    rng = np.random.default_rng(0)
    total, their_total = 0.0, 0.0
    for y, ty in zip(outputs, expected, strict=True):
        assert_close(y, ty, "output")
        weights = rng.standard_normal(y.shape).astype(dtype)
        if ty.requires_grad:
            total, their_total = total + (y * weights).sum(), their_total + (ty * torch.tensor(weights)).sum()
    if isinstance(total, ag.Tensor):
        total.backward()
        their_total.backward()
    leaves = [*enumerate(our_inputs), *ours.named_parameters()]
    their_leaves = [*their_inputs, *theirs.parameters()]
    for (name, leaf), their_leaf in zip(leaves, their_leaves, strict=True):
        if isinstance(leaf, ag.Tensor) and their_leaf.grad is not None:
            assert_close(leaf.grad, their_leaf.grad, f"gradient of {name}")
    for name, value in theirs.state_dict().items():
        assert_close(ours.state_dict()[name], value, f"{name} afterwards")


def assert_close(ours, theirs, what):
    """Same shape and dtype, and the same numbers up to the tolerance of the dtype."""
    found = ours.numpy() if isinstance(ours, ag.Tensor) else ours
    expected = theirs.detach().numpy()
    assert found is not None, f"{what}: there is none"
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype), what
    if expected.dtype.kind != "f":
        np.testing.assert_array_equal(found, expected, err_msg=what)
        return
    tolerance = TOLERANCE[expected.dtype]
    size = max(1.0, float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * size, err_msg=what)


def _leaf(x):
    is_float = isinstance(x, np.ndarray) and x.dtype.kind == "f"
    return ag.tensor(x, requires_grad=True) if is_float else x


def _their_leaf(x, grad=True):
    if not isinstance(x, np.ndarray):
        return x
    return torch.tensor(x, requires_grad=grad and x.dtype.kind == "f")


def _flat(output):
    """The tensors in what a module returned, which may be nested."""
    if isinstance(output, (tuple, list)):
        return [y for part in output for y in _flat(part)]
    return [] if output is None else [output]
