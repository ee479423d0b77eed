"""jacobian and hessian: closed forms, and the walk in rows against one walk for each."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives.define import TABLE
from autograd_core.testing.samples import samples
from autograd_core.transforms import batching, jacobians

RNG = np.random.default_rng(0)
M = RNG.standard_normal((5, 3))


def looped(output, seeds, *rest):
    """In the place of pull_rows: refuse, so that every row gets a walk of its own."""
    if not len(seeds):
        return batching.pull_rows(output, seeds, *rest)
    raise batching.NotBatchedError


def test_a_linear_map_is_its_own_jacobian():
    np.testing.assert_array_equal(ag.jacobian(lambda x: M @ x)(RNG.standard_normal(3)).numpy(), M)
    np.testing.assert_array_equal(ag.jacobian(lambda x: x @ M)(RNG.standard_normal(5)).numpy(), M.T)
    tall = RNG.standard_normal((300, 3))  # by columns
    np.testing.assert_array_equal(ag.jacobian(lambda x: tall @ x)(RNG.standard_normal(3)).numpy(), tall)


@pytest.mark.parametrize("rows", [1, 60])
def test_shapes_are_those_of_output_and_input(rows):
    def f(a, b):
        return {"y": [a * b[:, None] * np.ones((rows, 1, 1)), a.sum()], "n": 3}

    a, b = RNG.standard_normal((2, 3)), RNG.standard_normal(2)
    found = ag.jacobian(f, (0, 1))(a, b)
    assert found["n"] is None
    (ya, yb), (sa, sb) = found["y"]
    assert (ya.shape, yb.shape, sa.shape, sb.shape) == ((rows, 2, 3, 2, 3), (rows, 2, 3, 2), (2, 3), (2,))
    expected = np.einsum("ik,jl,i->ijkl", np.eye(2), np.eye(3), b)
    np.testing.assert_allclose(ya.numpy(), np.broadcast_to(expected, ya.shape))
    np.testing.assert_allclose(yb.numpy(), np.broadcast_to(np.einsum("ik,ij->ijk", np.eye(2), a), yb.shape))
    np.testing.assert_array_equal(sa.numpy(), np.ones((2, 3)))
    np.testing.assert_array_equal(sb.numpy(), np.zeros(2))


def test_no_outputs_no_rows():
    assert ag.jacobian(lambda x: x[:0] * 2)(np.ones(3)).shape == (0, 3)
    assert ag.jacobian(lambda x: x * 2)(np.ones((0, 2))).shape == (0, 2, 0, 2)


def test_hessians_are_symmetric_and_right():
    x = RNG.standard_normal(6)
    q = RNG.standard_normal((6, 6))
    found = ag.hessian(lambda x: x @ q @ x + ag.exp(x).sum())(x).numpy()
    np.testing.assert_allclose(found, q + q.T + np.diag(np.exp(x)), rtol=1e-12)
    found = ag.hessian(lambda x: ag.tanh(M @ ag.tanh(x[:3]) * x[3]).sum() / x[1:].max())(x).numpy()
    np.testing.assert_allclose(found, found.T, rtol=1e-11, atol=1e-13)
    blocks = ag.hessian(lambda a, b: (a @ b) ** 2, (0, 1))(x, x[::-1].copy())
    np.testing.assert_allclose(blocks[0][1].numpy(), blocks[1][0].numpy().T, rtol=1e-12)


def test_jacobians_can_be_differentiated():
    third = ag.jacobian(ag.hessian(lambda x: (x**4).sum()))(np.array([1.0, 2.0])).numpy()
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0], expected[1, 1, 1] = 24, 48
    np.testing.assert_allclose(third, expected)
    w = ag.tensor(M, requires_grad=True)
    jacobian = ag.jacobian(lambda x: ag.tanh(w @ x))(np.zeros(3))  # it is w
    (jacobian * jacobian).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 2 * M)
    columns = ag.jacobian(lambda x: np.ones((20, 1)) * (w * w).reshape(-1) * x)(2.0)  # 300 outputs, 1 input
    assert ag.gradients(columns.sum(), w)[0].numpy() == pytest.approx(40 * M)


def test_hooks_of_the_function_run_for_every_row():
    seen = []

    def f(x):
        y = x * 1
        y.register_hook(lambda g: seen.append(g) or g * 2)
        return y * 3

    np.testing.assert_array_equal(ag.jacobian(f)(np.ones(2)).numpy(), 6 * np.eye(2))
    assert len(seen) == 2


def test_many_rows_are_walked_in_goes(monkeypatch):
    x = RNG.standard_normal(7)
    expected = ag.jacobian(ag.tanh)(x).numpy()
    monkeypatch.setattr(batching, "MOST_ELEMENTS", 20)
    goes, walk_rows = [], batching.walk_rows
    monkeypatch.setattr(batching, "walk_rows", lambda *args: goes.append(1) or walk_rows(*args))
    np.testing.assert_array_equal(ag.jacobian(ag.tanh)(x).numpy(), expected)
    assert len(goes) == 4


def test_infinite_slopes_stay_where_they_are():
    with pytest.warns(RuntimeWarning, match="derivative of sqrt is infinite"):
        found = ag.jacobian(np.sqrt)(np.array([0.0, 4.0])).numpy()
    np.testing.assert_array_equal(found, [[np.inf, 0], [0, 0.25]])


def test_writes_in_between_are_noticed():
    def f(x):
        y = x * 1
        z = y * y
        with ag.no_grad():
            y[0] = 5.0
        return z

    with pytest.raises(ag.SavedArrayError):
        ag.jacobian(f)(np.ones(2))


def floats(result):
    results = result if isinstance(result, (list, tuple)) else [result]
    return [y for y in results if isinstance(y, ag.Tensor) and y.dtype.kind == "f"]


@pytest.mark.parametrize("name", TABLE)
def test_rows_agree_with_one_walk_for_each(name, monkeypatch):
    """Every rule of the table, on a few of its calls: at once, and one after the other; recorded too."""
    calls = [s for s in samples(TABLE[name], np.random.default_rng(0)) if max(map(np.size, s.operands), default=0) < 9]
    for sample in calls[1:5:2] or calls[:1]:
        at = [i for i, x in enumerate(sample.operands) if np.asarray(x).dtype.kind == "f"]

        def f(*operands, sample=sample):
            return floats(sample(*operands))

        together = ag.jacobian(f, at)(*sample.operands)
        with monkeypatch.context() as patch:
            patch.setattr(jacobians, "pull_rows", looped)
            each = ag.jacobian(f, at)(*sample.operands)
        found, expected = ([g.numpy() for row in found for g in row] for found in (together, each))
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12, err_msg=str(sample))


@pytest.mark.parametrize("name", ["multiply", "matmul", "sum", "tanh", "where", "getitem", "stack", "reshape", "max"])
def test_recorded_rows_agree_too(name, monkeypatch):
    for sample in samples(TABLE[name], np.random.default_rng(0)):
        if max(map(np.size, sample.operands)) > 8:
            continue
        at = [i for i, x in enumerate(sample.operands) if np.asarray(x).dtype.kind == "f"]

        def f(*operands, sample=sample, at=at):
            first = ag.jacobian(lambda *xs: floats(sample(*xs)), at)(*operands)
            return [g * g for row in first for g in row]

        together = ag.jacobian(f, at)(*sample.operands)
        with monkeypatch.context() as patch:
            patch.setattr(jacobians, "pull_rows", looped)
            each = ag.jacobian(f, at)(*sample.operands)
        for a, b in zip(together, each, strict=True):
            for x, y in zip(a, b, strict=True):
                np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=1e-10, atol=1e-12, err_msg=str(sample))
