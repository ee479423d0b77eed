"""The test vectors of ONNX's training operators: Adam, Adagrad, Momentum, Nesterov."""

import importlib

import numpy as np
import pytest

import autograd_core as ag
import optim

pytest.importorskip("onnx", reason="its backend tests are the oracle here: pip install onnx")


def vectors(monkeypatch):
    """For each test of a training operator its node, inputs and expected outputs, by name.

    ONNX writes a module for each operator, and each test in it ends in a call of ``expect``.
    """
    from onnx.backend.test.case import node as tests

    found = {}

    def expect(node, inputs, outputs, name, **_):
        found[name] = node, inputs, outputs

    monkeypatch.setattr(tests, "expect", expect)
    for operator in ("adam", "adagrad", "momentum"):
        importlib.reload(importlib.import_module(f"{tests.__name__}.{operator}"))
    return found


def make(node, options, rate, params):
    """Our optimizer for an operator: at T = 0 it corrects no bias, and takes the whole gradient."""
    common = {"lr": rate, "weight_decay": options["norm_coefficient"]}
    if node.op_type == "Adam":
        betas = options["alpha"], options["beta"]
        return optim.Adam(params, betas=betas, eps=options["epsilon"], bias_correction=False, **common)
    if node.op_type == "Adagrad":
        return optim.Adagrad(params, eps=options["epsilon"], lr_decay=options["decay_factor"], **common)
    nesterov = options["mode"] == b"nesterov"
    return optim.SGD(params, momentum=options["alpha"], nesterov=nesterov, **common)


KEYS = {"Adam": ["exp_avg", "exp_avg_sq"], "Adagrad": ["sum"], "Momentum": ["momentum_buffer"]}


def test_the_vectors_of_the_backend_tests(monkeypatch):
    from onnx.helper import get_attribute_value

    found = vectors(monkeypatch)
    assert found.keys() >= {"test_adam", "test_adagrad", "test_momentum", "test_nesterov_momentum"}
    for name, (node, (rate, step, *arrays), outputs) in found.items():
        assert step == 0
        keys = KEYS[node.op_type]
        parts = _columns(arrays, 2 + len(keys))
        params = [ag.tensor(x, requires_grad=True) for x in parts[0]]
        options = {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}
        optimizer = make(node, options, float(rate), params)
        state = optimizer.state_dict()
        state["state"] = {
            str(i): {"step": 0, **{key: column[i] for key, column in zip(keys, parts[2:], strict=True)}}
            for i in range(len(params))
        }
        optimizer.load_state_dict(state)
        for p, g in zip(params, parts[1], strict=True):
            p.grad = ag.tensor(g)
        optimizer.step()
        after = optimizer.state_dict()["state"]
        ours = [p.data for p in params] + [after[str(i)][key] for key in keys for i in range(len(params))]
        for our, their in zip(ours, outputs, strict=True):
            np.testing.assert_allclose(our, their, rtol=1e-5, err_msg=name)


def _columns(arrays, kinds):
    """The inputs come kind by kind: all X, all G, then each kind of state."""
    count = len(arrays) // kinds
    return [arrays[k * count : (k + 1) * count] for k in range(kinds)]
