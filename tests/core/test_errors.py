"""Bad input: an error of its own class that names the op, the argument and what to do; nothing changes."""

import numpy as np
import pytest

import autograd_core as ag

X = ag.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: X @ np.ones((5, 2)), ag.ShapeError,
     r"^matmul: \(3, 4\) @ \(5, 2\): the inner dimensions 4 and 5 differ\.$"),
    (lambda: X @ 3.0, ag.ShapeError, r"matmul: .*a scalar has no matrix product; use \*"),
    (lambda: ag.matmul(np.ones((2, 3, 4)), np.ones((5, 4, 2))), ag.ShapeError, r"batch dimensions \(2,\) and \(5,\)"),
    (lambda: X + np.ones(7), ag.ShapeError, r"^add: shapes \(3, 4\) and \(7,\) do not broadcast together"),
    (lambda: X + "a", ag.DTypeError, "add: operand b is a str"),
    (lambda: None * X, ag.DTypeError, "multiply: operand a is a NoneType"),
    (lambda: X * 1j, ag.DTypeError, "multiply: operand b is a complex of dtype complex128"),
    (lambda: X - np.ma.masked_array([1.0]), ag.DTypeError, "subtract: operand b is a masked array"),
    (lambda: ag.exp("a"), ag.DTypeError, "exp: operand x is a str"),
    (lambda: X[9], ag.SelectionError, r"getitem: the index 9 does not select from shape \(3, 4\)"),
    (lambda: X[0, 0, 0], ag.SelectionError, r"getitem: the index \(0, 0, 0\)"),
    (lambda: X[[1.5]], ag.SelectionError, "getitem"),
    (lambda: ag.sum(X, axis=5), ag.ShapeError, r"sum: axis=5 does not fit shape \(3, 4\)"),
    (lambda: ag.mean(X, axis=(0, 0)), ag.ShapeError, r"mean: axis=\(0, 0\)"),
    (lambda: ag.max(np.ones((0, 3))), ag.ShapeError, r"max: shape \(0, 3\) has no elements to choose from"),
    (lambda: X.reshape(5, 5), ag.ShapeError, r"reshape: cannot give shape \(3, 4\) \(12 elements\) the shape \(5, 5\)"),
    (lambda: X.transpose(0, 0), ag.ShapeError, r"transpose: axes=\(0, 0\) does not fit shape \(3, 4\)"),
    (lambda: ag.swapaxes(X, 0, 7), ag.ShapeError, r"swapaxes: axis1=0, axis2=7"),
    (lambda: ag.squeeze(X, 0), ag.ShapeError, r"squeeze: axis=0 does not fit"),
    (lambda: ag.expand_dims(X, 9), ag.ShapeError, r"expand_dims: axis=9"),
    (lambda: ag.broadcast_to(X, (2,)), ag.ShapeError, r"broadcast_to: shape \(3, 4\) does not broadcast to \(2,\)"),
    (lambda: ag.concatenate([]), ag.ShapeError, "concatenate: there is nothing to join"),
    (lambda: ag.stack([X, 1.0]), ag.ShapeError, r"stack: shapes \(3, 4\), \(\) cannot be joined along axis 0"),
    (lambda: ag.where([True, False], X, 0), ag.ShapeError, r"where: shapes \(2,\), \(3, 4\), \(\)"),
    (lambda: X.astype(int), ag.DTypeError, "astype: int64 carries no gradient"),
    (lambda: ag.sum(X, initial=1.0), ag.UnsupportedError,
     r"sum: the option initial= is not supported; it takes \['axis', 'keepdims', 'dtype'\]"),
    (lambda: ag.sum(), TypeError, "sum: takes"),
    (lambda: ag.reshape(X), TypeError, r"reshape: missing \['shape'\]"),
    (lambda: ag.sum(X, 0, False, 1), TypeError, "sum: takes"),
])
def test_each_mistake_has_its_message(call, error, message):
    before = X.numpy().copy()
    with pytest.raises(error, match=message) as caught:
        call()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    np.testing.assert_array_equal(X.numpy(), before)


@pytest.mark.parametrize(("ours", "builtin"), [
    (ag.ShapeError, ValueError), (ag.DTypeError, TypeError), (ag.SelectionError, IndexError),
    (ag.GraphError, RuntimeError),
    (ag.SavedArrayError, RuntimeError), (ag.InPlaceError, RuntimeError), (ag.UnsupportedError, NotImplementedError),
    (ag.CoercionError, TypeError), (ag.OptionError, ValueError), (ag.StateError, RuntimeError),
    (ag.StateError, ValueError),
])
def test_errors_are_what_people_already_catch(ours, builtin):
    assert issubclass(ours, ag.AutogradError)
    assert issubclass(ours, builtin)


def test_operands_and_options_by_keyword():
    assert ag.sum(x=X, axis=0).shape == (4,)
    assert ag.concatenate(tensors=[X, X], axis=1).shape == (3, 8)
    assert ag.matmul(X, b=np.ones(4)).shape == (3,)
