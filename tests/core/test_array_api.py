"""The array API standard on Tensors, and code of others written for it: differentiable where it goes through us."""

import inspect
import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import array_api as xp

X = np.array([[0.5, 1.5, 2.5], [1.25, 3.0, 1.75]])


@pytest.fixture
def x():
    return ag.tensor(X, requires_grad=True)


def test_a_tensor_knows_its_namespace(x):
    assert x.__array_namespace__() is xp
    assert x.__array_namespace__(api_version="2024.12") is xp
    with pytest.raises(ag.UnsupportedError, match=r"2030\.12.*2024\.12"):
        x.__array_namespace__(api_version="2030.12")
    assert x.device == "cpu"
    assert x.to_device("cpu") is x
    with pytest.raises(ag.UnsupportedError, match="to_device: there is no device 'cuda'"):
        x.to_device("cuda")
    assert x.mT.shape == (3, 2)


def test_every_public_name_is_there():
    for module in (xp, xp.linalg):
        assert len(set(module.__all__)) == len(module.__all__)
        for name in module.__all__:
            value = getattr(module, name)
            assert not callable(value) or isinstance(value, np.dtype) or inspect.getdoc(value)
    assert (xp.pi, xp.e, xp.inf, xp.newaxis) == (np.pi, np.e, np.inf, None)
    assert np.isnan(xp.nan)


def test_names_are_those_of_the_table():
    assert xp.acos is ag.arccos
    assert xp.pow is ag.power
    assert xp.abs is ag.absolute
    assert xp.atan2 is ag.arctan2


@pytest.mark.parametrize("f", [
    lambda x: xp.permute_dims(x, (1, 0)), lambda x: xp.concat([x, x], axis=1), lambda x: xp.asinh(x),
    lambda x: xp.matrix_transpose(x), lambda x: xp.vecdot(x, x), lambda x: xp.cumulative_sum(x, axis=1),
    lambda x: xp.cumulative_prod(x, axis=0), lambda x: xp.sum(x, axis=1, dtype=xp.float64),
    lambda x: xp.prod(x, dtype=xp.float64), lambda x: xp.std(x, axis=1, correction=1), lambda x: xp.var(x),
    lambda x: xp.sort(x, axis=1, descending=True), lambda x: xp.take(x, [2, 0], axis=1), lambda x: xp.clip(x, 1.2, 2.2),
    lambda x: xp.clip(x, max=2.2), lambda x: xp.reshape(x, (3, 2), copy=True), lambda x: xp.astype(x, xp.float64),
    lambda x: xp.full_like(x, x[0, 0]), lambda x: xp.unstack(x)[1], lambda x: xp.meshgrid(x[0], x[1])[1],
    lambda x: xp.broadcast_arrays(x, x[0])[1], lambda x: xp.where(x > 1.2, x, 0.0), lambda x: xp.logaddexp(x, x[0]),
    lambda x: xp.linalg.vector_norm(x, axis=1), lambda x: xp.linalg.matrix_norm(x), lambda x: xp.linalg.trace(x),
    lambda x: xp.linalg.diagonal(x), lambda x: xp.linalg.outer(x[0], x[1]), lambda x: xp.linalg.svdvals(x),
    lambda x: xp.linalg.solve(x[:, :2], x), lambda x: xp.linalg.slogdet(x[:, :2])[1],
    lambda x: xp.linalg.cholesky(x @ x.mT), lambda x: xp.linalg.matrix_transpose(x), lambda x: xp.linalg.cross(x, x[0]),
    lambda x: xp.unique_values(xp.concat([x, x])), lambda x: np.astype(x, np.float64), lambda x: np.linalg.trace(x),
])
def test_differentiable_through(x, f):
    assert f(x).requires_grad
    ag.testing.gradcheck(f, x)


def test_what_is_constant_or_about_dtypes(x):
    assert xp.argsort(x, axis=1, descending=True).tolist() == [[2, 1, 0], [1, 2, 0]]
    assert xp.argsort(xp.asarray([1, 2, 1]), descending=True).tolist() == [1, 0, 2]
    integers = xp.astype(x, xp.int32)
    assert (integers.dtype, integers.requires_grad) == (np.int32, False)
    assert xp.astype(x, xp.float64, copy=False) is x
    assert xp.bitwise_left_shift(integers, 2).tolist() == (integers << 2).tolist()
    assert xp.sum(integers, dtype=xp.int8).dtype == np.int8
    assert xp.unique_counts(integers).counts.tolist() == [1, 3, 1, 1]
    assert xp.isdtype(x.dtype, "real floating")
    assert xp.result_type(x, xp.float32, 1) == np.float64
    assert xp.can_cast(integers, xp.float64)
    assert not xp.can_cast(x, xp.int8)
    assert isinstance(xp.finfo(x).eps, float)
    assert xp.iinfo(xp.int8).max == 127
    assert xp.broadcast_shapes((2, 1), (3,)) == (2, 3)
    with pytest.raises(ag.DTypeError, match="astype: tensors hold real numbers, not complex128"):
        xp.astype(x, xp.complex128)
    with pytest.raises(ag.ShapeError, match="reshape: copy=False"):
        xp.reshape(xp.permute_dims(x, (1, 0)), (6,), copy=False)


def test_dlpack_lends_constants(x):
    constant = x.detach()
    assert np.shares_memory(np.from_dlpack(constant), constant.data)
    assert xp.from_dlpack(np.array([1.0, 2.0])).tolist() == [1, 2]
    with pytest.raises(ag.CoercionError):
        np.from_dlpack(x)


def test_inspection():
    info = xp.__array_namespace_info__()
    assert (info.devices(), info.default_device()) == (["cpu"], "cpu")
    assert info.default_dtypes()["real floating"] == np.float64
    assert set(info.dtypes(kind="real floating")) == {"float32", "float64"}
    assert "complex128" not in info.dtypes()
    assert info.capabilities()["boolean indexing"]


# Code of others. SciPy reads its switch once, at import: so in a process of its own.

SCIPY = {
    "scipy.special": ["logsumexp(x, axis=1)", "softmax(x, axis=1)", "log_softmax(x, axis=1)", "xlogy(x, x)",
                      "rel_entr(x, x + 1)"],
    "scipy.stats": ["gmean(x, axis=1)", "hmean(x, axis=1)", "pmean(x, 3, axis=1)", "skew(x, axis=1)",
                    "kurtosis(x, axis=1)", "moment(x, 3, axis=1)", "zscore(x, axis=1)", "variation(x, axis=1)",
                    "sem(x, axis=1)", "circmean(x, axis=1)", "entropy(x, x**2, axis=1)", "trim_mean(x, 0.4, axis=1)",
                    "quantile(x, 0.3, axis=1)", "lmoment(x, 2, axis=1)", "tvar(x, axis=1)",
                    "boxcox_llf(0.5, x, axis=1)", "directional_stats(x).mean_direction"],
    "scipy.integrate": ["trapezoid(x, axis=1)", "cumulative_trapezoid(x, axis=1)", "cumulative_simpson(x, axis=1)"],
    "scipy.cluster.vq": ["whiten(x)"],
    "scipy.optimize": ["rosen(x)"],
}

SCIPY_SCRIPT = """
import importlib, json, sys
import numpy as np
import autograd_core as ag
for module, calls in json.loads(sys.argv[1]).items():
    names = vars(importlib.import_module(module))
    for call in calls:
        f = eval("lambda x: " + call, names)
        x = ag.tensor(json.loads(sys.argv[2]), requires_grad=True)
        y = f(x)
        assert isinstance(y, ag.Tensor) and y.requires_grad, call
        np.testing.assert_allclose(y.numpy(), f(x.numpy()), rtol=1e-12, atol=1e-14, err_msg=call)
        ag.testing.gradcheck(f, x)
"""


def in_a_process(script, *args):
    environment = os.environ | {"SCIPY_ARRAY_API": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", script, *map(json.dumps, args)], env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(find_spec("scipy") is None, reason="SciPy is not installed")
def test_scipy_is_differentiable_through_its_array_api_code():
    in_a_process(SCIPY_SCRIPT, SCIPY, X.tolist())


SKLEARN = {
    "sklearn.metrics.pairwise": ["cosine_similarity(x)", "euclidean_distances(x)", "rbf_kernel(x)", "linear_kernel(x)",
                                 "polynomial_kernel(x)", "paired_euclidean_distances(x, x**2)"],
    "sklearn.metrics": ["mean_squared_error(x, x**2, multioutput='raw_values')"],
    "sklearn.preprocessing": ["MinMaxScaler().fit_transform(x)", "MaxAbsScaler().fit_transform(x)",
                              "Normalizer().fit_transform(x)", "PolynomialFeatures(2).fit_transform(x)"],
    "sklearn.decomposition": ["PCA(2, svd_solver='full').fit(x).explained_variance_"],
    "sklearn.linear_model": ["Ridge(solver='svd').fit(x[:, :2], x[:, 2]).coef_"],
}


@pytest.mark.skipif(find_spec("sklearn") is None, reason="scikit-learn is not installed")
def test_scikit_learn_is_differentiable_through_its_array_api_code():
    script = "import sklearn; sklearn.set_config(array_api_dispatch=True)\n" + SCIPY_SCRIPT
    in_a_process(script, SKLEARN, [[0.5, 1.5, 2.5], [1.25, 3.0, 1.75], [2.0, 0.25, 1.0], [0.75, 1.0, 3.0]])
