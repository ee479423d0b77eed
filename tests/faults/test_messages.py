"""Calls that cannot work: the message names op, argument and remedy. More are in tests/core/test_errors.py."""

import math

import numpy as np
import pytest

import autograd_core as ag

X = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda x: x @ x, ag.ShapeError, r"^matmul: \(3, 4\) @ \(3, 4\): the inner dimensions 4 and 3 differ"),
    (lambda x: x.reshape(-1, -1), ag.ShapeError, r"^reshape: .*\(3, 4\) \(12 elements\).*\(-1, -1\)"),
    (lambda x: x.reshape("a"), ag.DTypeError, "^reshape: .*the shape a"),
    (lambda x: ag.sum(x, axis=1.0), ag.DTypeError, r"^sum: axis=1\.0 does not fit shape \(3, 4\)"),
    (lambda x: ag.softmax(x, axis=2), ag.ShapeError, r"^softmax: axis=2 does not fit"),
    (lambda x: ag.einsum("ij,jk->iz", x, x.T), ag.ShapeError, r"^einsum: 'ij,jk->iz': the subscripts of the result"),
    (lambda x: ag.einsum("ij,jk->ik", x), ag.ShapeError, r"^einsum: 'ij,jk->ik' names 2 operands, 1 were given"),
    (lambda x: ag.einsum("i!->i", x), ag.ShapeError, "^einsum: .*'!' is not a subscript; use letters"),
    (lambda x: ag.einsum("ijk->i", x), ag.ShapeError, "^einsum: .*operand 0 do not name its 2 axes"),
    (lambda x: ag.concatenate([x, x[0]]), ag.ShapeError, r"^concatenate: shapes \(3, 4\), \(4,\)"),
    (lambda x: ag.take(x, 7, axis=0), ag.SelectionError, "index 7|7"),
    (lambda x: ag.take(x, [0.5], axis=0), ag.SelectionError, "indices of float64; expected integers"),
    (lambda x: np.fft.rfft(x), ag.UnsupportedError,
     r"^numpy\.fft\.rfft has no derivative rule.*custom_derivative.*numpy\(\)"),
    (lambda x: np.exp(x, out=x), ag.InPlaceError, r"^numpy\.exp: this is a leaf that requires grad.*no_grad"),
    (lambda x: np.exp(x, out=np.zeros((3, 4))), ag.UnsupportedError,
     r"^numpy\.exp: .*plain array would lose its gradient"),
    (lambda x: np.add.at(x, 0, 1.0), ag.UnsupportedError, r"^numpy\.add\.at .*ag\.scatter_add"),
    (lambda x: np.frompyfunc(abs, 1, 1)(x), ag.UnsupportedError, "has no derivative rule"),
    (lambda x: np.vectorize(math.sin)(x), ag.CoercionError, r"ag\.stack.*\.numpy\(\)"),
    (lambda x: np.save("never written", x), ag.UnsupportedError, r"^numpy\.save .*a file holds no graph"),
    (lambda x: x.astype(int), ag.DTypeError, r"^astype: int64 carries no gradient"),
    (lambda x: ag.tensor(x.numpy(), device="gpu"), TypeError, "device"),
    (lambda x: x & 1, ag.DTypeError, "bitwise_and"), (lambda x: x < "a", ag.DTypeError, "less"),
    (lambda x: ag.average(x, weights="abc"), ag.DTypeError, "^average: an operand is a str of dtype <U3"),
    (lambda x: ag.diff(x, append=1j), ag.DTypeError, "^diff: an operand is a complex of dtype complex128"),
])
def test_the_message_names_op_argument_and_remedy(call, error, words):
    x = ag.tensor(X, requires_grad=True)
    with pytest.raises(error, match=words):
        call(x)
    np.testing.assert_array_equal(x.numpy(), X)
    assert x.grad is None
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2 * X)
