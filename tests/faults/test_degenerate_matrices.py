"""Singular, rank-deficient, repeated, empty and infinite matrices: the right value, or an error that says why.

Gradients at singular matrices, and of norms at 0, are checked in tests/derivatives/test_linear_algebra.py.
"""

import numpy as np
import pytest

import autograd_core as ag

linalg = ag.linalg
SINGULAR = {"zero": np.zeros((2, 2)), "of rank 1": np.ones((2, 2)), "twice a row": np.array([[1.0, 2.0], [1.0, 2.0]])}
IDENTITY = np.eye(3)


def leaf(value):
    return ag.tensor(value, requires_grad=True)


@pytest.mark.parametrize("matrix", SINGULAR.values(), ids=SINGULAR)
@pytest.mark.parametrize(("name", "call", "remedy"), [
    ("inv", linalg.inv, "pinv or lstsq"), ("solve", lambda x: linalg.solve(x, [1.0, 2.0]), "pinv or lstsq"),
    ("inv", lambda x: linalg.matrix_power(x, -1), "pinv"), ("lstsq", lambda x: linalg.lstsq(x, [1.0, 2.0]), "rank"),
])
def test_what_a_singular_matrix_has_not_is_said_with_a_remedy(matrix, name, call, remedy):
    x = leaf(matrix)
    with pytest.raises(ag.MatrixError, match=rf"^{name}: .*{remedy}") as caught:
        call(x)
    assert isinstance(caught.value, np.linalg.LinAlgError)
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2 * matrix)


@pytest.mark.parametrize("matrix", [-np.eye(2), np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros((2, 2))])
def test_only_positive_definite_matrices_have_a_cholesky_factor(matrix):
    with pytest.raises(ag.MatrixError, match=r"^cholesky: .*positive definite; make it symmetric, and add"):
        linalg.cholesky(leaf(matrix))


@pytest.mark.parametrize("matrix", SINGULAR.values(), ids=SINGULAR)
def test_the_logarithm_of_a_zero_determinant_has_no_gradient(matrix):
    x = leaf(matrix)
    _, size = linalg.slogdet(x)
    assert size.item() == -np.inf
    with pytest.raises(ag.MatrixError, match="Singular"):
        size.backward()
    assert x.grad is None
    linalg.det(x).backward()
    (a, b), (c, d) = matrix
    np.testing.assert_allclose(x.grad.numpy(), [[d, -c], [-b, a]], atol=1e-15)


REPEATED = {"the identity": IDENTITY, "two of three": np.diag([1.0, 1.0, 3.0]), "up to rounding": IDENTITY + 1e-16,
            "zero": np.zeros((3, 3))}


@pytest.mark.parametrize("matrix", REPEATED.values(), ids=REPEATED)
def test_repeated_values_alone_are_exact(matrix):
    x = leaf(matrix)
    (g,) = ag.gradients(linalg.eigvalsh(x).sum(), x)
    np.testing.assert_allclose(g.numpy(), IDENTITY, atol=1e-14)  # of the trace
    if matrix.any():
        (g,) = ag.gradients(linalg.svdvals(x).sum(), x)
        np.testing.assert_allclose(g.numpy(), IDENTITY, atol=1e-14)


@pytest.mark.parametrize("matrix", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize(("vectors", "said"), [
    (lambda x: linalg.eigh(x).eigenvectors, "eigh.*repeated.*eigvalsh.*perturb"),
    (lambda x: linalg.svd(x).U, "svd.*repeated.*perturb"), (lambda x: linalg.svd(x).Vh, "svd.*repeated.*perturb"),
])
def test_their_vectors_have_no_gradient_and_nothing_changes(matrix, vectors, said):
    x = leaf(matrix)
    y = (vectors(x) * np.arange(9.0).reshape(3, 3)).sum()
    with pytest.raises(ag.GraphError, match=said):
        y.backward(retain_graph=True)
    assert x.grad is None
    linalg.eigvalsh(x).sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("shape", [(3, 2), (2, 3)])
def test_a_zero_singular_value_has_a_gradient_of_0_and_its_vectors_none(shape):
    x = leaf(np.outer([1.0, 2.0, 2.0][: shape[0]], [2.0, 1.0, 2.0][: shape[1]]))
    u, s, vh = linalg.svd(x, full_matrices=False)
    (g,) = ag.gradients(s.sum(), x, retain_graph=True)
    np.testing.assert_allclose(g.numpy(), np.outer(u.numpy()[:, 0], vh.numpy()[0]), atol=1e-14)
    with pytest.raises(ag.GraphError, match="singular value is 0 does not exist"):
        ((u if shape[0] > shape[1] else vh) * np.arange(6.0).reshape(shape)).sum().backward()
    assert x.grad is None


def test_columns_that_are_not_independent_stop_qr_in_backward():
    x = leaf(np.zeros((2, 2)))
    q, r = linalg.qr(x)
    with pytest.raises(ag.MatrixError, match="Singular"):
        (q + r).sum().backward()
    assert x.grad is None


@pytest.mark.parametrize("f", [linalg.svdvals, linalg.pinv, lambda x: linalg.norm(x, ord=2), linalg.cond])
def test_nan_in_a_decomposition_that_iterates_is_an_error(f):
    with pytest.raises(ag.MatrixError, match="did not converge"):
        f(leaf(np.full((2, 2), np.nan)))


@pytest.mark.parametrize("f", [linalg.inv, linalg.det, linalg.eigvalsh, lambda x: linalg.solve(x, [1.0, 2.0])])
def test_elsewhere_nan_goes_on(f):
    x = leaf(np.full((2, 2), np.nan))
    with np.errstate(invalid="ignore"):
        f(x).sum().backward()
    assert np.isnan(x.grad.numpy()).all()


@pytest.mark.parametrize(("f", "value"), [
    (linalg.inv, []), (linalg.det, 1.0), (lambda x: linalg.slogdet(x)[1], 0.0), (linalg.eigvalsh, []),
    (linalg.svdvals, []), (lambda x: linalg.eigh(x)[1], []), (linalg.cholesky, []),
    (lambda x: linalg.solve(x, np.ones((0, 2))), []),
    (lambda x: linalg.qr(x)[1], []), (linalg.pinv, []), (lambda x: x @ x, []), (linalg.norm, 0.0), (ag.trace, 0.0),
])
def test_a_matrix_of_size_0(f, value):
    x = leaf(np.zeros((0, 0)))
    y = f(x)
    assert y.tolist() == value
    assert ag.gradients(y.sum(), x)[0].shape == (0, 0)


@pytest.mark.parametrize("call", [
    lambda x: linalg.inv(x), lambda x: linalg.det(x), lambda x: linalg.eigh(x), lambda x: linalg.cholesky(x),
    lambda x: linalg.solve(x, [1.0, 2.0]), lambda x: linalg.matrix_power(x, 2), lambda x: linalg.expm(x),
])
def test_matrices_that_are_not_square_are_named_by_shape(call):
    with pytest.raises(ag.ShapeError, match=r"\(2, 3\)"):
        call(leaf(np.ones((2, 3))))
