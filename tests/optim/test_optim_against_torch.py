"""Fifty steps along PyTorch's trajectory, all options crossed."""

import itertools

import numpy as np
import pytest

import nn
import optim

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
torch.set_num_threads(1)  # beside other test processes, more threads only wait for one another

TOLERANCE = {np.float32: 1e-5, np.float64: 1e-10}
SGD = [
    {"lr": 0.1, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov}
    for momentum, dampening, weight_decay, nesterov in itertools.product((0, 0.9), (0, 0.3), (0, 0.01), (False, True))
    if not nesterov or (momentum and not dampening)
]
ADAM = [
    {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
    for lr, betas in itertools.product((1e-3, 0.03), ((0.9, 0.999), (0.5, 0.9)))
    for eps, weight_decay in itertools.product((1e-8, 0.1), (0, 0.1))
]
FAMILIES = [("SGD", options) for options in [{}, *SGD]] + [("Adam", options) for options in [{}, *ADAM]]


def trajectory(library, optimizer, model, x, target, as_tensor, steps=50):
    loss_function = library.CrossEntropyLoss()
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_function(model(as_tensor(x)), as_tensor(target))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "options"), FAMILIES)
def test_the_trajectory_is_torchs(name, options, dtype):
    torch_dtype = torch.float32 if dtype is np.float32 else torch.float64
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((16, 5)).astype(dtype), rng.integers(0, 3, 16)
    ours = nn.Sequential(nn.Linear(5, 8, rng=rng, dtype=dtype), nn.Tanh(), nn.Linear(8, 3, rng=rng, dtype=dtype))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(5, 8, dtype=torch_dtype), torch.nn.Tanh(), torch.nn.Linear(8, 3, dtype=torch_dtype)
    )
    theirs.load_state_dict({key: torch.tensor(array) for key, array in ours.state_dict().items()})
    our_optimizer = getattr(optim, name)(ours.parameters(), **options)
    their_optimizer = getattr(torch.optim, name)(theirs.parameters(), **options)
    losses = trajectory(nn, our_optimizer, ours, x, target, np.asarray)
    their_losses = trajectory(torch.nn, their_optimizer, theirs, x, target, torch.tensor)
    np.testing.assert_allclose(losses, their_losses, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    for p, tp in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p.numpy(), tp.detach().numpy(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
