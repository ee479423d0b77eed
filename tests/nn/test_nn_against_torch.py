"""The same state in, the same outputs and gradients out as PyTorch's modules."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
torch.set_num_threads(1)  # beside other test processes, more threads only wait for one another

TOLERANCE = {np.float32: 1e-5, np.float64: 1e-10}
ACTIVATIONS = ["ReLU", "Sigmoid", "Tanh"]
sizes = st.integers(1, 6)


def close(ours, theirs, dtype):
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours.numpy(), theirs.detach().numpy(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@settings(max_examples=60, deadline=None)
@given(
    widths=st.lists(sizes, min_size=2, max_size=4), batch=st.lists(sizes, min_size=1, max_size=2),
    bias=st.booleans(), activation=st.sampled_from(ACTIVATIONS), dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 99),
)
def test_networks(widths, batch, bias, activation, dtype, seed):
    rng = np.random.default_rng(seed)
    torch_dtype = torch.float32 if dtype is np.float32 else torch.float64
    ours, theirs = [], []
    for a, b in pairwise(widths):
        ours += [nn.Linear(a, b, bias, rng=rng, dtype=dtype), getattr(nn, activation)()]
        theirs += [torch.nn.Linear(a, b, bias, dtype=torch_dtype), getattr(torch.nn, activation)()]
    our_model, their_model = nn.Sequential(*ours), torch.nn.Sequential(*theirs)
    assert our_model.load_state_dict(their_model.state_dict()) == ([], [])

    data = rng.standard_normal((*batch, widths[0])).astype(dtype)
    x, tx = ag.tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    y, ty = our_model(x), their_model(tx)
    close(y, ty, dtype)
    (y * y).sum().backward()
    (ty * ty).sum().backward()
    close(x.grad, tx.grad, dtype)
    for (name, p), (their_name, tp) in zip(
        our_model.named_parameters(), their_model.named_parameters(), strict=True
    ):
        assert name == their_name
        close(p.grad, tp.grad, dtype)


def test_a_state_goes_back_to_torch():
    ours = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    theirs.load_state_dict({name: torch.tensor(array) for name, array in ours.state_dict().items()})
    x = np.ones((1, 3), np.float32)
    close(ours(x), theirs(torch.tensor(x)), np.float32)


@settings(deadline=None)
@given(
    samples=sizes, classes=sizes, scale=st.sampled_from([1.0, 1e4]), dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 99),
)
def test_cross_entropy(samples, classes, scale, dtype, seed):
    rng = np.random.default_rng(seed)
    f, target = (rng.standard_normal((samples, classes)) * scale).astype(dtype), rng.integers(0, classes, samples)
    logits, their_logits = ag.tensor(f, requires_grad=True), torch.tensor(f, requires_grad=True)
    loss = nn.CrossEntropyLoss()(logits, target)
    their_loss = torch.nn.CrossEntropyLoss()(their_logits, torch.tensor(target))
    close(loss, their_loss, dtype)
    loss.backward()
    their_loss.backward()
    close(logits.grad, their_logits.grad, dtype)


def test_linear_starts_like_torch():
    ours, theirs = nn.Linear(200, 300, rng=0), torch.nn.Linear(200, 300)
    for p, tp in zip(ours.parameters(), theirs.parameters(), strict=True):
        sample, their_sample = np.sort(p.numpy(), axis=None), np.sort(tp.detach().numpy(), axis=None)
        # Two samples of one distribution: the distance of their quantiles shrinks with 1/√n.
        assert np.abs(sample - their_sample).max() < 0.25 * 2 / np.sqrt(200)
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("module", [
    nn.ReLU, nn.ReLU6, nn.SELU, nn.ELU, nn.CELU, nn.LeakyReLU, nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.SiLU,
    nn.Mish, nn.Dropout, nn.Dropout1d, nn.Dropout2d])
def test_inplace_is_accepted_where_pytorch_has_it_and_changes_nothing(module):
    getattr(torch.nn, module.__name__)(inplace=True)
    x = ag.tensor(np.linspace(-4, 4, 24).reshape(2, 3, 4))
    before = x.numpy().copy()
    y, z = (module(**options).eval()(x) for options in ({"inplace": True}, {}))
    np.testing.assert_array_equal(y.numpy(), z.numpy())
    np.testing.assert_array_equal(x.numpy(), before)
