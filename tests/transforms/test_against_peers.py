"""The transforms against those of JAX and torch.func, on one function of a structure, where these are installed."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.transforms.structure import map_leaves

RNG = np.random.default_rng(0)
P = {"w": RNG.standard_normal((3, 4)), "b": RNG.standard_normal(4), "s": 0.7}
T = {"w": RNG.standard_normal((3, 4)), "b": RNG.standard_normal(4), "s": -0.4}
X = RNG.standard_normal((5, 3))


def many(m, p, x):
    """Outputs (5, 4): more than there are inputs, with products, broadcasting, an exponential."""
    return m.tanh(x @ p["w"] + p["b"]) * p["s"] + m.exp(p["b"] * 0.1)


def one(m, p, x):
    return (many(m, p, x) ** 2).sum()


def flat(tree):
    if isinstance(tree, dict):
        return [x for key in sorted(tree) for x in flat(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in flat(part)]
    return [np.asarray(tree.detach() if hasattr(tree, "detach") else tree)]


def answers(m, transforms, hvp, p, t, x, v):
    """What every transform gives; ``hvp`` and the two kinds of Jacobian have other names with the peers."""
    jacobian_by_rows, jacobian_by_columns = transforms[:2]
    grad, jvp, vjp, hessian = transforms[2:]
    return [
        jacobian_by_rows(lambda p: many(m, p, x))(p),
        jacobian_by_columns(lambda s: many(m, p | {"s": s}, x))(p["s"]),
        grad(lambda p: one(m, p, x))(p),
        jvp(lambda p: many(m, p, x), (p,), (t,)),
        vjp(lambda p: many(m, p, x), p)[1](v),
        hessian(lambda p: one(m, p, x))(p),
        hvp(lambda p: one(m, p, x), p, t),
    ]


def ask(theirs):
    """The peers' transforms, and the Hessian times a vector, which they do not have."""
    names = ("jacrev", "jacfwd", "grad", "jvp", "vjp", "hessian")
    return [getattr(theirs, name) for name in names], lambda f, p, t: theirs.jvp(theirs.grad(f), (p,), (t,))[1]


def from_jax(p, t, x, v):
    jax = pytest.importorskip("jax", reason="JAX, an oracle, is not installed: see CONTRIBUTING.md")
    with jax.enable_x64(True):
        return jax.jit(lambda *args: answers(jax.numpy, *ask(jax), *args))(p, t, x, v)


def from_torch(*args):
    torch = pytest.importorskip("torch", reason="PyTorch, an oracle, is not installed: see CONTRIBUTING.md")
    as_theirs = map_leaves(lambda x: torch.tensor(x, dtype=torch.float64), args)
    return answers(torch, *ask(torch.func), *as_theirs)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # PyTorch's own, when torch.func is first used
@pytest.mark.parametrize("peer", [from_jax, from_torch])
def test_all_of_them_agree(peer):
    args = (P, T, X, RNG.standard_normal((5, 4)))
    transforms = [ag.jacobian, ag.jacobian, ag.grad, ag.jvp, ag.vjp, ag.hessian]
    ours = answers(ag, transforms, lambda f, p, t: ag.hvp(f, (p,), (t,)), *args)
    for a, b in zip(flat(ours), flat(peer(*args)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12, strict=True)
