"""explain has something to say of every op in the table, and its factors add up on every graph."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.debugging import scaled
from autograd_core.debugging.flows import watched
from autograd_core.debugging.measure import rms
from autograd_core.derivatives import TABLE
from autograd_core.testing.samples import samples
from autograd_core.walk import leading_to, nodes_behind

STEPS = (
    lambda a, b: a + b, lambda a, b: a * b * 0.5, lambda a, b: ag.tanh(a), lambda a, b: a - b.mean(axis=0),
    lambda a, b: ag.sigmoid(a) * 3, lambda a, b: (a @ b.T) @ b * 0.1,
)


def flows_to(x: ag.Tensor, loss: ag.Tensor):
    return watched(x.node, loss.node, leading_to({x.node}, nodes_behind([loss.node])), np.ones_like(loss.data))


def factors_add_up(x: ag.Tensor, loss: ag.Tensor, size: float) -> bool:
    """Whether the factors on the strongest path, one after the other, give the size of the gradient."""
    flows = flows_to(x, loss)
    product = math.prod(factor.size for factor in scaled.factors(flows, flows.strongest(x.node)))
    return math.isclose(product, size, rel_tol=1e-6)


@pytest.mark.parametrize("name", sorted(TABLE))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_op(name):
    sample = next(s for s in samples(TABLE[name], np.random.default_rng(5)) if any(np.size(x) for x in s.operands))
    leaves = [ag.tensor(x, requires_grad=True) if x.dtype.kind == "f" else x for x in sample.operands]
    y = sample(*leaves)
    if not y.requires_grad:
        return
    loss = (y * np.linspace(0.5, 1.5, y.size).reshape(y.shape)).sum()
    gradients = ag.gradients(loss, wanted := [x for x in leaves if isinstance(x, ag.Tensor)], allow_unused=True,
                             retain_graph=True)
    for x, g in zip(wanted, gradients, strict=True):
        found = ag.explain(x, loss)
        if g is None:
            assert found.verdict == "none"
            continue
        size = float(np.sqrt((g.numpy() ** 2).mean()))
        assert found.numbers["rms"] == pytest.approx(size)
        if found.verdict == "zero":
            assert found.findings, str(found)
        else:
            assert factors_add_up(x, loss, size), str(found)
            assert ag.explain(x, loss, tiny=math.inf).findings, str(found)
            assert ag.explain(x, loss, huge=0).verdict == "huge"


@pytest.mark.parametrize("seed", range(20))
def test_factors_add_up_on_random_graphs(seed):
    rng = np.random.default_rng(seed)
    x = ag.tensor(rng.normal(size=(3, 4)), requires_grad=True)
    pool = [x]
    for _ in range(12):
        a, b = (pool[i] for i in rng.integers(len(pool), size=2))
        pool.append(STEPS[rng.integers(len(STEPS))](a, b))
    loss = pool[-1].sum() + x.mean()
    (g,) = ag.gradients(loss, x, retain_graph=True)
    assert factors_add_up(x, loss, float(np.sqrt((g.numpy() ** 2).mean())))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-7, 1.0, 1e4, 1e30, math.inf, math.nan])
def test_the_size_of_an_array(dtype, scale):
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        array = (np.linspace(0.5, 1.0, 50) * scale).astype(dtype)
        wide = array.astype(np.longdouble)
        expected = float(np.sqrt((wide * wide).mean()))
        found = rms(array)
        array[7] = np.nan
        assert math.isnan(rms(array))
    assert found == pytest.approx(expected, rel=1e-3 if dtype == "float16" else 1e-6, abs=0, nan_ok=True)
