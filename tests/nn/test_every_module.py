"""What holds for every public module: right gradients, dtypes that are kept, states that load, copies, reprs, docs.

A module comes in by a :class:`module_case.Case` in a list ``CASES`` of some ``cases_*.py`` beside this file.
"""

import copy
import importlib
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import gradcheck

FILES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES = list(chain.from_iterable(importlib.import_module(name).CASES for name in FILES))
MODULES = {
    cls for cls in vars(nn).values()
    if isinstance(cls, type) and issubclass(cls, nn.Module) and cls.__name__ in nn.__all__
    and cls.forward is not nn.Module.forward  # lists of modules are not called
    and not issubclass(cls, nn.Penalty) and cls is not nn.Preprocessor  # take a model; is only a base
}
every = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
in_both_modes = pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])


def drawn(case, dtype=np.float64):
    """The inputs, floats among them in ``dtype``."""
    arrays = map(np.asarray, case.inputs(np.random.default_rng(0)))
    return [array.astype(dtype) if array.dtype.kind == "f" else array for array in arrays]


def tensors(output):
    """The Tensors in what a module returned, which may be nested."""
    if isinstance(output, ag.Tensor):
        return [output]
    return [y for part in output for y in tensors(part)] if isinstance(output, (tuple, list)) else []


class Flat(nn.Module):
    """A module whose output is a list of Tensors: what gradcheck takes."""

    def __init__(self, module):
        self.module = module

    def forward(self, *inputs):
        return tensors(self.module(*inputs))


def numbers(module, inputs):
    return [y.numpy().copy() for y in tensors(module(*inputs))]


def same(a, b):
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


@every
def test_gradcheck_in_train_and_eval_mode(case):
    module, inputs = case.make().to(np.float64), drawn(case)
    gradcheck(Flat(module), *inputs, order=case.order, directions=2)
    trained = numbers(copy.deepcopy(module), inputs)
    if not same(trained, numbers(module.eval(), inputs)):  # otherwise it is the same function
        gradcheck(Flat(module), *inputs, order=case.order, directions=2)


@every
@in_both_modes
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(case, training, dtype):
    module = case.make().to(dtype).train(training)
    inputs = [ag.tensor(x, requires_grad=True) if x.dtype.kind == "f" else x for x in drawn(case, dtype)]
    outputs = [y for y in tensors(module(*inputs)) if y.dtype.kind == "f"]
    assert {y.dtype for y in outputs} == {np.dtype(dtype)}
    differentiable = [y.sum() for y in outputs if y.requires_grad]
    if differentiable:
        ag.stack(differentiable).sum().backward()
    for leaf in (*module.parameters(), *(x for x in inputs if isinstance(x, ag.Tensor))):
        assert leaf.grad is None or (leaf.grad.dtype, leaf.grad.shape) == (np.dtype(dtype), leaf.shape)


@every
def test_a_state_makes_another_one_the_same(case):
    module, other = case.make().eval(), case.make().eval()
    for name, owned in (*other.named_parameters(), *other.named_buffers()):
        if name in other.state_dict():
            owned.data[...] += owned.dtype.type(1)
    inputs = drawn(case, np.float32)
    other.load_state_dict(module.state_dict())
    assert same(numbers(module, inputs), numbers(other, inputs))
    assert list(other.state_dict()) == list(module.state_dict())


@every
@in_both_modes
def test_a_deep_copy_does_the_same_and_shares_nothing(case, training):
    module, inputs = case.make().train(training), drawn(case, np.float32)
    twin, before = copy.deepcopy(module), module.state_dict()
    assert same(numbers(module, inputs), numbers(twin, inputs))
    after = module.state_dict()
    for owned in (*twin.parameters(), *twin.buffers()):
        owned.data[...] = 7
    assert same(list(after.values()), list(module.state_dict().values()))
    assert list(before) == list(after)


@every
def test_the_repr_names_the_class(case):
    module = case.make()
    assert repr(module).startswith(f"{type(module).__name__}(")
    assert "object at 0x" not in repr(module)


@pytest.fixture(scope="module")
def covered():
    return {type(case.make()) for case in CASES}


@pytest.mark.parametrize("module", sorted(MODULES, key=lambda cls: cls.__name__))
def test_every_public_module_has_a_case_and_an_example(module, covered):
    assert module in covered, f"add a Case for nn.{module.__name__} to a cases_*.py"
    assert module.__doc__.count("Example:") == 1


def test_ids_are_unique():
    assert len({case.id for case in CASES}) == len(CASES)
