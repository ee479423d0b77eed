"""PyTorch's trajectory, step by step: all options crossed on ill-conditioned quadratics, long runs on an MLP."""

import numpy as np
import pytest
from cases import ALL_OPTIONS, TYPICAL

import autograd_core as ag
import nn
import optim

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
torch.set_num_threads(1)  # beside other test processes, more threads only wait for one another

SHARED = sorted(name for name in ALL_OPTIONS if hasattr(torch.optim, name))
TOLERANCE = {np.float32: 1e-6, np.float64: 1e-12}
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(autouse=True)
def torch_counts_in_float64():
    """PyTorch keeps NAdam's product of momenta in its default dtype, whatever the parameters'."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def differ(ours, theirs):
    """The largest difference between two lists of arrays, relative to the largest element."""
    scale = max(np.abs(array).max() for array in theirs)
    return max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) / scale


def quadratic_runs(name, options, dtype, steps):
    """The largest difference in ``steps`` steps down ½ Σ c p², with curvatures c from 1e-3 to 100."""
    curvature = np.geomspace(1e-3, 100, 12).astype(dtype).reshape(3, 4)
    start = np.random.default_rng(0).standard_normal((3, 4)).astype(dtype)
    ours, theirs = ag.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    our_optimizer = getattr(optim, name)([ours], **options)
    their_optimizer = getattr(torch.optim, name)([theirs], foreach=False, **options)
    torch_curvature, worst = torch.tensor(curvature), 0.0
    for _ in range(steps):
        ours.grad = ag.tensor(curvature * ours.data)
        theirs.grad = torch_curvature * theirs.detach()
        our_optimizer.step()
        their_optimizer.step()
        worst = max(worst, differ([ours.data], [theirs.detach().numpy()]))
    assert ours.dtype == dtype
    return worst


@dtypes
@pytest.mark.parametrize("name", SHARED)
def test_all_options_crossed(name, dtype):
    worst = {str(options): quadratic_runs(name, options, dtype, steps=5) for options in ALL_OPTIONS[name]}
    assert max(worst.values()) < TOLERANCE[dtype], max(worst, key=worst.get)


@dtypes
@pytest.mark.parametrize(("name", "options"), [(name, options) for name in SHARED for options in TYPICAL[name]])
def test_two_hundred_steps_on_an_ill_conditioned_quadratic(name, options, dtype):
    steep = {"lr": 0.01} if name == "SGD" else {}  # 2 / 100 is the largest rate that does not explode
    assert quadratic_runs(name, options | steep, dtype, steps=200) < TOLERANCE[dtype]


@dtypes
@pytest.mark.parametrize(("name", "options"), [(name, options) for name in SHARED for options in TYPICAL[name]])
def test_two_hundred_steps_of_a_small_network(name, options, dtype):
    torch_dtype = torch.float32 if dtype is np.float32 else torch.float64
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((16, 5)).astype(dtype), rng.integers(0, 3, 16)
    ours = nn.Sequential(nn.Linear(5, 8, rng=rng, dtype=dtype), nn.Tanh(), nn.Linear(8, 3, rng=rng, dtype=dtype))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(5, 8, dtype=torch_dtype), torch.nn.Tanh(), torch.nn.Linear(8, 3, dtype=torch_dtype)
    )
    theirs.load_state_dict({key: torch.tensor(array) for key, array in ours.state_dict().items()})
    our_optimizer = getattr(optim, name)(ours, **options)
    their_optimizer = getattr(torch.optim, name)(theirs.parameters(), foreach=False, **options)
    our_loss, their_loss, torch_x, torch_target = nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), *map(
        torch.tensor, (x, target)
    )
    worst = 0.0
    for _ in range(200):
        our_optimizer.zero_grad()
        our_loss(ours(x), target).backward()
        our_optimizer.step()
        their_optimizer.zero_grad()
        their_loss(theirs(torch_x), torch_target).backward()
        their_optimizer.step()
        expected = [p.detach().numpy() for p in theirs.parameters()]
        worst = max(worst, differ([p.data for p in ours.parameters()], expected))
    assert worst < TOLERANCE[dtype]
