"""Random programs, run by this engine and by PyTorch: the same values, gradients and second derivatives.

Programs write in place, and read through views. PyTorch refuses some of them ("modified by an inplace operation"), and
its ``allow_mutation_on_saved_tensors`` gets others wrong without a word (tanh, then a write to a view of the result).
So PyTorch never writes here: a ``Place`` says which elements of which memory a value shows, and a write replaces that
memory by a new tensor, out of place.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings

import autograd_core as ag
from autograd_core.testing.strategies import programs

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here, and is not installed")


class Memory:
    def __init__(self, tensor):
        self.flat = tensor.reshape(-1)


class Place:
    """What a value shows: the elements of ``memory`` at the positions ``at``."""

    def __init__(self, memory, at):
        self.memory, self.at = memory, at

    @classmethod
    def holding(cls, tensor):
        return cls(Memory(tensor), np.arange(tensor.numel()).reshape(tensor.shape))

    @property
    def now(self):
        return self.memory.flat[torch.tensor(self.at)]

    def write(self, new):
        new = torch.broadcast_to(new, self.at.shape)
        self.memory.flat = self.memory.flat.index_put((torch.tensor(self.at),), new)


class OutOfPlace:
    """The ops of ``Theirs``, on places."""

    transpose = staticmethod(lambda x: Place(x.memory, x.at.T))
    expand = staticmethod(lambda x: Place(x.memory, x.at[None]))
    broadcast = staticmethod(lambda x, shape: Place(x.memory, np.broadcast_to(x.at, shape)))
    copy = staticmethod(Place.holding)
    total = staticmethod(lambda x: x.now.square().sum())
    write_add = staticmethod(lambda x, y: x.write(x.now + y.now))
    write_multiply = staticmethod(lambda x, y: x.write(x.now * y.now))
    write_at = staticmethod(lambda x, y, i: Place(x.memory, x.at[i]).write(y.now))
    write_reversed = staticmethod(lambda x, y: x.write(y.now.flip(0)))
    tail = staticmethod(lambda x: Place(x.memory, x.at[1:]))
    first = staticmethod(lambda x: row(x, 0))
    last = staticmethod(lambda x: row(x, -1))

    def __getattr__(self, op):
        return lambda *args: Place.holding(
            getattr(Theirs, op)(*(x.now if isinstance(x, Place) else x for x in args))
        )


class Theirs:
    tanh, sin, cos, sigmoid, square, absolute, relu, negative = (
        torch.tanh, torch.sin, torch.cos, torch.sigmoid, torch.square, torch.abs, torch.relu, torch.neg,
    )
    add, subtract, multiply, maximum, minimum, matmul = (
        torch.add, torch.sub, torch.mul, torch.maximum, torch.minimum, torch.matmul,
    )
    sum, mean, max, min, logsumexp = (
        staticmethod(lambda x, axis, keep, f=f: f(x, dim=every_axis(x) if axis is None else axis, keepdim=keep))
        for f in (torch.sum, torch.mean, torch.amax, torch.amin, torch.logsumexp)
    )
    softmax, log_softmax = torch.softmax, torch.log_softmax
    stack, concatenate = staticmethod(lambda *xs: torch.stack(xs)), staticmethod(lambda *xs: torch.cat(xs))
    where = staticmethod(lambda a, b: torch.where(a > b, a * 2, b))
    exp, log, sqrt = (staticmethod(lambda x, f=f, g=g: f(g(x))) for f, g in (
        (torch.exp, torch.tanh), (torch.log, lambda x: 1 + x * x), (torch.sqrt, lambda x: 1 + x * x)))
    cube, divide = staticmethod(lambda x: x**3), staticmethod(lambda a, b: a / (1 + b * b))
    gather, reshape = staticmethod(lambda x, index: x[index]), torch.reshape


def row(x, i):
    shown = Place(x.memory, np.asarray(x.at[i]))
    return shown if shown.at.ndim else Place.holding(shown.now)  # x[0] of a 1-d array is a copy, as in NumPy


def every_axis(x):
    return tuple(range(x.ndim))


def run_ours(program, second):
    inputs = [ag.tensor(x, requires_grad=True) for x in program.inputs]
    y = program(*inputs)
    first = ag.gradients(y, inputs, create_graph=second)
    again = []
    if second:
        slope = sum((g * g).sum() for g in first)
        again = ag.gradients(slope, inputs, allow_unused=True) if slope.requires_grad else [None] * len(inputs)
    return [t.numpy() if t is not None else 0.0 for t in (y, *first, *again)]


def run_theirs(program, second):
    inputs = [torch.tensor(x, requires_grad=True) for x in program.inputs]
    y = program.run(OutOfPlace(), inputs)
    first = torch.autograd.grad(y, inputs, create_graph=second)
    again = []
    if second:
        slope = sum((g * g).sum() for g in first)
        again = torch.autograd.grad(slope, inputs, allow_unused=True) if slope.requires_grad else [None] * len(inputs)
    return [t.numpy(force=True) if t is not None else 0.0 for t in (y, *first, *again)]


def agree(program, second=False):
    with np.errstate(all="ignore"):
        ours = run_ours(program, second)
    # Beyond that, and where it overflows, rounding decides.
    assume(all(np.abs(t).max() < 1e6 for t in ours))
    for a, b in zip(ours, run_theirs(program, second), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10 * max(1.0, np.abs(b).max()), err_msg=str(program))


@settings(max_examples=300)
@given(programs(writes=False))
def test_pure_programs_agree(program):
    agree(program)


@settings(max_examples=300)
@given(programs(writes=True))
def test_programs_that_write_in_place_agree(program):
    agree(program)


@settings(max_examples=150)
@given(programs(max_steps=7))
def test_second_derivatives_agree(program):
    agree(program, second=True)
