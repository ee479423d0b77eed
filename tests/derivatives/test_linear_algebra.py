"""What no domain of the registry can hold: singular matrices, repeated eigenvalues, failures, other call forms."""

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.testing import gradcheck


def singular(n, rank):
    rng = np.random.default_rng(n + rank)
    return rng.uniform(-1, 1, (n, rank)) @ rng.uniform(-1, 1, (rank, n))


@pytest.mark.parametrize(("n", "rank"), [(1, 0), (2, 1), (2, 0), (3, 2), (3, 1), (4, 3), (4, 2), (4, 1)])
def test_det_of_a_singular_matrix(n, rank):
    """Beside something whose derivatives are not 0, for differences to have a scale."""
    assert gradcheck(lambda x: ag.linalg.det(x) + (x * x * x).sum(), singular(n, rank)).passed


def test_det_of_regular_and_singular_matrices_together():
    batch = np.stack([singular(3, 2), np.eye(3) * 2, np.diag([1.0, 2.0, 0.0])])
    assert gradcheck(ag.linalg.det, batch).passed


def test_pinv_keeps_the_rank():
    """Of matrices of rank 1, seen by their factors."""
    u, v = np.array([1.0, 2.0, 0.5]), np.array([0.7, -1.0])
    assert gradcheck(lambda u, v: ag.linalg.pinv(ag.outer(u, v)), u, v).passed


@pytest.mark.parametrize("f", [ag.linalg.eigvalsh, ag.linalg.svdvals], ids=["eigvalsh", "svdvals"])
def test_repeated_values_have_a_gradient(f):
    x = ag.tensor(np.eye(3), requires_grad=True)
    f(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.eye(3), atol=1e-15)


@pytest.mark.parametrize("f", [
    lambda x: ag.linalg.eigh(x).eigenvectors, lambda x: ag.linalg.svd(x).U, lambda x: ag.linalg.svd(x).Vh,
], ids=["eigh", "svd U", "svd Vh"])
def test_vectors_of_a_repeated_value_have_none(f):
    x = ag.tensor(np.diag([1.0, 1.0, 3.0]), requires_grad=True)
    with pytest.raises(ag.GraphError, match="repeated"):
        (f(x) * np.arange(9.0).reshape(3, 3)).sum().backward()
    assert x.grad is None


def test_vectors_of_the_other_values_do():
    """The derivative of (v v') for a single eigenvalue, beside a repeated one."""
    x = ag.tensor(np.diag([1.0, 1.0, 3.0]), requires_grad=True)
    v = ag.linalg.eigh(x).eigenvectors[:, 2]
    ag.outer(v, v)[0, 2].backward()
    np.testing.assert_allclose(x.grad.numpy(), [[0, 0, 0.25], [0, 0, 0], [0.25, 0, 0]], atol=1e-15)


@pytest.mark.parametrize("function", ["inv", "cholesky"])
def test_a_failure_names_the_op_and_is_a_linalg_error(function):
    with pytest.raises(ag.MatrixError, match=function) as raised:
        getattr(np.linalg, function)(ag.tensor([[1.0, 1.0], [1.0, 1.0]]) * 0)
    assert isinstance(raised.value, np.linalg.LinAlgError)


@pytest.mark.parametrize("call", [
    lambda: ag.linalg.inv([[1.0, 2.0]]), lambda: ag.linalg.solve(np.eye(2), np.ones(3)), lambda: ag.linalg.det(1.0),
    lambda: ag.linalg.eigh(np.ones((2, 3))), lambda: ag.linalg.svd([1.0]), lambda: ag.linalg.qr(1.0),
    lambda: ag.linalg.norm(np.ones((2, 2, 2)), ord=2), lambda: ag.linalg.multi_dot([np.eye(2), np.eye(3)]),
    lambda: ag.linalg.lstsq(np.ones((3, 2)), np.ones(3)), lambda: ag.einsum("ij,jk->ik", np.eye(2), np.eye(3)),
    lambda: ag.einsum("ij->ik", np.eye(2)), lambda: ag.einsum("i1", np.eye(2)), lambda: ag.einsum("i,j", np.eye(2)),
    lambda: ag.tensordot(np.eye(2), np.eye(3), 1), lambda: ag.cross(np.eye(2), np.eye(2)),
    lambda: ag.convolve([], [1.0]), lambda: ag.linalg.matrix_norm([1.0]), lambda: ag.linalg.expm(np.ones((2, 3))),
])
def test_shapes_that_do_not_fit_are_errors_of_ours(call):
    with pytest.raises(ag.ShapeError):
        call()


@pytest.mark.parametrize("ord", [None, 1, 2, 3, math.inf])
@pytest.mark.parametrize("shape", [(3,), (2, 2)])
def test_norms_at_zero_have_a_zero_gradient(ord, shape):
    if shape == (2, 2) and ord == 3:
        return
    x = ag.tensor(np.zeros(shape), requires_grad=True)
    g, = ag.gradients(ag.linalg.norm(x, ord=ord), x, create_graph=True)
    np.testing.assert_array_equal(g.numpy(), 0)


@pytest.mark.parametrize("spec", [
    "ij,jk,kl,lm->im", "bij,bjk,bkl->bil", "...i,...j,ij->...", "ab,ab,ab->", "ijk,kl,li->j",
])
@pytest.mark.parametrize("optimize", [True, False, "optimal", "greedy"])
def test_einsum_along_any_path(spec, optimize):
    rng = np.random.default_rng(0)
    operands = [rng.uniform(-1, 1, [2] * len(term.replace("...", "z"))) for term in spec.split("->")[0].split(",")]
    y = ag.einsum(spec, *map(ag.tensor, operands), optimize=optimize)
    np.testing.assert_allclose(y.numpy(), np.einsum(spec, *operands), rtol=1e-12)


def test_einsum_by_lists():
    a, b = np.arange(6.0).reshape(2, 3), ag.tensor(np.arange(3.0))
    np.testing.assert_array_equal(ag.einsum(a, [0, 1], b, [1], [0]).numpy(), a @ b.numpy())
    np.testing.assert_array_equal(ag.einsum(a, [0, 1], b, [1], [1, 0]).numpy(), (a * b.numpy()).T)
    np.testing.assert_array_equal(np.einsum(a, [..., 1], b, [1]).numpy(), a @ b.numpy())


@pytest.mark.parametrize(("m", "n"), [(m, n) for m in range(1, 6) for n in range(1, 6)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolutions_are_cut_as_numpy_cuts_them(m, n, mode):
    a, v = np.arange(1.0, m + 1), np.arange(2.0, n + 2)
    np.testing.assert_array_equal(ag.convolve(a, v, mode).numpy(), np.convolve(a, v, mode))
    np.testing.assert_array_equal(ag.correlate(a, v, mode).numpy(), np.correlate(a, v, mode))


def test_outer_flattens():
    a = np.arange(4.0).reshape(2, 2)
    np.testing.assert_array_equal(ag.outer(a, 2.0).numpy(), np.outer(a, 2.0))


def test_what_is_complex_says_so():
    with pytest.raises(ag.UnsupportedError, match="complex"):
        ag.linalg.eig(np.eye(2))
    with pytest.raises(ag.UnsupportedError, match="full_matrices"):
        np.linalg.svd(ag.tensor(np.ones((2, 3)), requires_grad=True))
