"""L-BFGS: PyTorch's steps; and what it carries from one step to the next."""

import itertools

import numpy as np
import pytest
from valleys import powell

import autograd_core as ag
import nn
import optim

TOLERANCE = {np.float32: 1e-6, np.float64: 1e-12}
OPTIONS = [dict(zip(("line_search_fn", "history_size", "max_iter", "lr"), choice, strict=True))
           for choice in itertools.product((None, "strong_wolfe"), (2, 100), (5, 20), (1.0, 0.1))]


@pytest.fixture(scope="module")
def torch():
    module = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    module.set_num_threads(1)
    return module


def quadratic_runs(torch, options, dtype, curvature, iterations):
    """The largest difference on the way down ½ Σ c p², relative to where it starts."""
    c = curvature.astype(dtype)
    start = np.random.default_rng(0).standard_normal(len(c)).astype(dtype)
    ours, theirs = ag.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    our_optimizer, their_optimizer = optim.LBFGS([ours], **options), torch.optim.LBFGS([theirs], **options)
    torch_c, worst = torch.tensor(c), 0.0

    def closure():
        their_optimizer.zero_grad()
        loss = (0.5 * torch_c * theirs * theirs).sum()
        loss.backward()
        return loss.detach()

    for _ in range(max(1, iterations // options["max_iter"])):
        our_loss = our_optimizer.step(lambda: (0.5 * c * ours * ours).sum())
        their_loss = float(their_optimizer.step(closure))
        worst = max(worst, np.abs(ours.data - theirs.detach().numpy()).max() / np.abs(start).max())
        assert our_loss == pytest.approx(their_loss, rel=1e-4, abs=1e-6)
    return worst


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_all_options_crossed(torch, dtype):
    """With curvatures from 1 to 10: on steeper valleys rounding alone soon sends PyTorch itself other ways."""
    worst = {str(o): quadratic_runs(torch, o, dtype, np.geomspace(1, 10, 12), 10) for o in OPTIONS}
    assert max(worst.values()) < TOLERANCE[dtype], max(worst, key=worst.get)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_two_hundred_iterations(torch, dtype):
    options = {"lr": 0.1, "max_iter": 5}
    assert quadratic_runs(torch, options, dtype, np.geomspace(1, 10, 12), 200) < TOLERANCE[dtype]


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_the_first_iterations_down_a_steep_valley_are_pytorchs(torch, dtype):
    options = [{**o, "max_iter": min(o["max_iter"], 5)} for o in OPTIONS]
    worst = {str(o): quadratic_runs(torch, o, dtype, np.geomspace(1e-3, 100, 12), 5) for o in options}
    assert max(worst.values()) < TOLERANCE[dtype], max(worst, key=worst.get)


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_an_mlp_learns_as_with_pytorch(torch, line_search_fn):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 5)), rng.standard_normal((40, 2))
    ours = nn.Sequential(nn.Linear(5, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1)).to(np.float64)
    theirs = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2)).double()
    theirs.load_state_dict({name: torch.tensor(p.numpy()) for name, p in ours.named_parameters()})
    options = {"lr": 0.5, "max_iter": 5, "line_search_fn": line_search_fn}
    our_optimizer, their_optimizer = optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs.parameters(), **options)
    torch_x, torch_y = torch.tensor(x), torch.tensor(y)

    def closure():
        their_optimizer.zero_grad()
        loss = ((theirs(torch_x) - torch_y) ** 2).mean()
        loss.backward()
        return loss.detach()

    for _ in range(5):
        our_loss = our_optimizer.step(lambda: ((ours(x) - y) ** 2).mean())
        assert our_loss == pytest.approx(float(their_optimizer.step(closure)), rel=1e-9)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.numpy(), q.detach().numpy(), rtol=1e-7, atol=1e-9)


def test_with_all_pairs_and_exact_steps_a_quadratic_takes_as_many_iterations_as_it_has_curvatures():
    c = np.array([1.0, 3.0, 10.0, 10.0])
    p = ag.tensor(np.ones(4), requires_grad=True)
    optimizer = optim.LBFGS([p], max_iter=50, line_search_fn="strong_wolfe", tolerance_grad=1e-8, tolerance_change=0)
    optimizer.curvature = 1e-10  # the search is exact: on a quadratic the cubic is
    optimizer.step(lambda: (0.5 * c * p * p).sum())
    assert optimizer.iterations <= 4
    assert np.abs(p.numpy()).max() < 1e-7


def test_it_keeps_as_many_pairs_as_it_should():
    p = ag.tensor([3.0, -1.0, 0.0, 1.0], requires_grad=True)
    optimizer = optim.LBFGS([p], max_iter=9, history_size=3, line_search_fn="strong_wolfe")
    optimizer.step(lambda: powell(p))
    assert sorted(key[0] for key in optimizer.memory) == ["g", "m", "s", "s", "s", "y", "y", "y"]
    optimizer.param_groups[0]["history_size"] = 1
    optimizer.step(lambda: powell(p))
    assert len(optimizer.memory) == 4


def test_flat_minima_need_a_smaller_least_curvature():
    def run(**options):
        p = ag.tensor([3.0, -1.0, 0.0, 1.0], requires_grad=True)
        optimizer = optim.LBFGS([p], max_iter=100, max_eval=200, history_size=10, line_search_fn="strong_wolfe",
                                tolerance_grad=1e-8, tolerance_change=0, **options)
        optimizer.step(lambda: powell(p))
        return np.abs(ag.grad(powell)(p.numpy()).numpy()).max()

    assert run(min_curvature=0) < 1e-8 < run()


def test_its_options_are_checked():
    p = ag.tensor([1.0], requires_grad=True)
    for options in ({"history_size": 0}, {"max_eval": 0}, {"line_search_fn": "armijo"}, {"min_curvature": -1}):
        with pytest.raises(optim.OptionError, match=f"LBFGS: {next(iter(options))}"):
            optim.LBFGS([p], **options)
    assert optim.LBFGS([p], max_iter=10).param_groups[0].max_eval == 12


def test_a_scheduler_sets_the_first_step():
    p = ag.tensor([1.0], requires_grad=True)
    optimizer = optim.LBFGS([p], lr=0.5, max_iter=1)
    scheduler = optim.StepLR(optimizer, step_size=1, gamma=0.1)
    scheduler.step()
    optimizer.step(lambda: (0.5 * p * p).sum())
    np.testing.assert_allclose(p.numpy(), 0.95)
