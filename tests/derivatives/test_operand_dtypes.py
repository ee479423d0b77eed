"""Dtypes that NumPy's arithmetic treats in ways of its own: unsigned integers, booleans, longdouble."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import NUMPY, TABLE
from autograd_core.derivatives.domains import REALS

OURS = [e for e in TABLE.values() if e.over is REALS and e.function not in NUMPY.values()]
ACTIVATIONS = [ag.celu, ag.elu, ag.gelu, ag.leaky_relu, ag.relu, ag.selu, ag.silu, ag.softsign,
               lambda x: ag.gelu(x, approximate="tanh")]


@pytest.mark.parametrize("f", [e.function for e in OURS] + ACTIVATIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [np.array([0, 1, 2, 200, 255], np.uint8), np.array([-128, -1, 0, 127], np.int8),
                               np.array([False, True]), np.array([0, 2**63], np.uint64)], ids=lambda x: str(x.dtype))
def test_integers_do_not_wrap_around(f, x):
    found, expected = f(x), f(x.astype(float))
    # In float16 at the least, which NumPy makes of int8.
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-3)


def test_logit_of_integers():
    np.testing.assert_array_equal(ag.log_sigmoid(np.array([0, 1], np.uint8)).numpy(), ag.log_sigmoid([0, 1]).numpy())
    with np.errstate(divide="ignore"):
        for dtype in (np.uint8, bool):
            np.testing.assert_array_equal(ag.logit(np.array([0, 1], dtype)).numpy(), [-np.inf, np.inf])


@pytest.mark.skipif(np.finfo(np.longdouble).eps == np.finfo(float).eps, reason="longdouble is float64 here")
@pytest.mark.parametrize("f", [ag.erf, ag.ndtr, ag.gelu, ag.gammaln], ids=lambda f: f.__name__)
def test_longdouble_is_not_narrowed_silently(f):
    x = np.ones(2, np.longdouble)
    with pytest.raises(ag.errors.DTypeError, match=r"(erf|ndtr|gammaln): x of dtype float\d+; .*astype\(np.float64\)"):
        f(x)
    assert ag.gelu(x, approximate="tanh").dtype == np.longdouble
