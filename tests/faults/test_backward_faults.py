"""Backward passes that go wrong: seeds, misuse, interruptions at every point. All of ``.grad`` changes, or none."""

import gc
import itertools
import linecache
import signal
import sys
import time

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.modes import current_mode
from autograd_core.walk import nodes_behind


def leaf(value, **options):
    return ag.tensor(value, requires_grad=True, **options)


# Seeds


@pytest.mark.parametrize(("seed", "error", "words"), [
    (np.ones(2), ag.ShapeError, r"seed of float64 and shape \(2,\) for an output of shape \(3,\)"),
    (1.0, ag.ShapeError, r"shape \(\) for an output"), (np.ones((1, 3)), ag.ShapeError, r"\(1, 3\)"),
    ([[1], [1, 2]], ag.ShapeError, "the seed cannot become an array"),
    (np.ones(3) * 1j, ag.DTypeError, "the seed is .*complex128"), ("abc", ag.DTypeError, "the seed is a str"),
    (np.array([1, 2, None]), ag.DTypeError, "dtype object"), ({}, ag.DTypeError, "the seed is a dict"),
    (np.full(3, np.datetime64("2026")), ag.DTypeError, "datetime64"),
    (np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0]), ag.DTypeError, r"masked array.*filled"),
    ([leaf(1.0), leaf(2.0), leaf(3.0)], ag.CoercionError, r"ag\.stack"),
])
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_wrong_seed_changes_nothing(seed, error, words, create_graph):
    x = leaf([1.0, 2.0, 3.0])
    y = x * x
    with pytest.raises(error, match=words):
        y.backward(seed, create_graph=create_graph)
    with pytest.raises(error, match=words):
        ag.gradients([y], x, [seed], create_graph=create_graph)
    assert x.grad is None
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize("seed", [np.float64(2), np.int64(2), np.float32(2), 2, True + 1, np.array(2), ag.tensor(2)])
def test_a_seed_may_be_any_real_number(seed):
    x = leaf(3.0)
    (g,) = ag.gradients(x * x, x, seed)
    assert (g.item(), g.dtype) == (12.0, np.float64)


def test_nan_and_infinite_seeds_go_where_they_lead_and_nowhere_else():
    x = leaf([1.0, 2.0, 3.0])
    (g,) = ag.gradients(x * 2, x, np.array([np.nan, np.inf, 1.0]))
    np.testing.assert_array_equal(g.numpy(), [np.nan, np.inf, 2.0])


def test_a_seed_too_large_for_float16_is_infinite_and_numpy_says_so():
    x = leaf([1.0, 2.0], dtype="float16")
    with pytest.warns(RuntimeWarning, match="overflow"):
        (g,) = ag.gradients(x * 2, x, np.array([1e10, 1.0]))
    assert (g.tolist(), g.dtype) == ([np.inf, 2.0], np.float16)


# Misuse


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda x: (x * 2).backward(), ag.ShapeError, r"shape \(2,\) has no single derivative.*\.sum\(\)"),
    (lambda x: (x[:0] * 2).backward(), ag.ShapeError, r"shape \(0,\)"),
    (lambda x: x.detach().backward(), ag.GraphError, r"does not require grad.*requires_grad=True.*no_grad"),
    (lambda x: ag.gradients(x.sum(), [x, leaf(1.0)]), ag.GraphError, r"inputs \[1\].*allow_unused=True"),
    (lambda x: ag.gradients(x.sum(), None), ag.GraphError, r"inputs\[0\]: expected a Tensor, got a NoneType"),
    (lambda x: ag.gradients(3.0, x), ag.GraphError, r"outputs\[0\]: expected a Tensor, got a float"),
    (lambda x: ag.gradients({"loss": x.sum()}, x), ag.GraphError, r"outputs\[0\]: expected a Tensor, got a str"),
    (lambda x: ag.gradients([x.sum(), x.sum()], x, [1.0]), ag.ShapeError, "1 grad_outputs for 2 outputs"),
    (lambda x: ag.gradients(x.sum(), x.numpy()), ag.GraphError, r"inputs\[0\]"),
    (lambda x: setattr(x, "grad", np.ones(2)), ag.ShapeError, r"grad: expected a Tensor of shape \(2,\)"),
    (lambda x: setattr(x * 2, "requires_grad", False), ag.GraphError, r"\.detach\(\)"),
    (lambda x: ag.Tensor([1.0]), ag.DTypeError, r"ag\.tensor\(data\)"),
])
def test_misuse_has_its_message_and_changes_nothing(call, error, words):
    x = leaf([1.0, 2.0])
    with pytest.raises(error, match=words):
        call(x)
    assert x.grad is None
    (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("ask", [lambda y, x: y.backward(), lambda y, x: ag.gradients(y, x)])
def test_a_second_backward_is_refused_until_the_graph_is_built_again(ask):
    x = leaf(2.0)
    y = ag.exp(x) * x
    y.backward()
    before = x.grad.item()
    for _ in range(2):
        with pytest.raises(ag.GraphError, match=r"freed.*retain_graph=True"):
            ask(y, x)
        assert x.grad.item() == before
    (ag.exp(x) * x).backward()
    assert x.grad.item() == 2 * before


# Interruptions

X, W = np.arange(6.0).reshape(2, 3) / 5, np.arange(12.0).reshape(3, 4) / 9


def _loss(x, w):
    h = ag.tanh(x @ w)
    return ((h * h + ag.exp(-h)) * x.sum()).sum()


def _leaves():
    """Two, of which one has a gradient already."""
    x, w = leaf(X), leaf(W)
    w.sum().backward()
    return x, w


@pytest.fixture(scope="module")
def gradients():
    x, w = _leaves()
    _loss(x, w).backward()
    return x.grad.numpy(), w.grad.numpy()


def _assert_undisturbed(mode):
    assert current_mode() is mode
    assert np.geterr()["divide"] == np.geterr()["invalid"] == "warn"


def _failing(rule, error, calls_left):
    def rule_or_error(g, *kept):
        if next(calls_left) == 0:
            raise error
        return rule(g, *kept)

    return rule_or_error


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_every_rule_may_fail(error, gradients):
    """The k-th rule that is called raises, for every k."""
    mode, k, failing = current_mode(), 0, True
    while failing:
        x, w = _leaves()
        loss, calls_left = _loss(x, w), itertools.count(k, -1)
        with pytest.MonkeyPatch.context() as patch:
            for primitive in {node.primitive for node in nodes_behind([loss.node]) if node.primitive}:
                rules = [_failing(rule, error, calls_left) for rule in primitive.rules]
                patch.setattr(primitive, "rules", rules)
            try:
                loss.backward()
            except error:
                pass
            else:
                failing = False
        if failing:
            assert x.grad is None
            np.testing.assert_array_equal(w.grad.numpy(), 1.0)
            loss.backward()
        _assert_undisturbed(mode)
        for t, expected in zip((x, w), gradients, strict=True):
            np.testing.assert_array_equal(t.grad.numpy(), expected)
        k += 1
    assert k > 10


def _raising_at(k, files):
    """A trace function that raises KeyboardInterrupt at the k-th bytecode run in ``files``; and whether it has.

    Not while a ``with`` line itself enters or leaves: there Python promises nothing, and delivers no signals.
    """
    ran = 0

    def trace(frame, event, _):
        nonlocal ran
        if not frame.f_code.co_filename.endswith(files):
            return None
        frame.f_trace_opcodes = True
        entering = linecache.getline(frame.f_code.co_filename, frame.f_lineno or 0).strip().startswith("with ")
        if event == "opcode" and not entering:
            ran += 1
            if ran == k:
                raise KeyboardInterrupt
        return trace

    return trace, lambda: ran >= k


def test_backward_can_be_interrupted_at_every_bytecode(gradients):
    """Either nothing has happened, and the next try is right, or all has."""
    mode, k, interrupted, done = current_mode(), 1, 0, False
    while not done:
        x, w = _leaves()
        loss = _loss(x, w)
        trace, fired = _raising_at(k, ("walk.py", "backward.py"))
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            loss.backward(retain_graph=True)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(before)
        done = not fired()
        _assert_undisturbed(mode)
        if x.grad is None:
            np.testing.assert_array_equal(w.grad.numpy(), 1.0)
            loss.backward()
        for t, expected in zip((x, w), gradients, strict=True):
            np.testing.assert_array_equal(t.grad.numpy(), expected)
        k += 5
    assert interrupted > 100


@pytest.fixture
def no_collector():
    """No garbage collection: libraries have it call them (JAX does), where an exception is swallowed."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timer")
def test_real_signals_in_a_long_backward():
    """Ctrl-C after 1, 2, 4 ... ms."""
    def interrupt(*_):
        raise KeyboardInterrupt

    x = leaf(np.ones(3))
    y = x
    for _ in range(20_000):
        y = y * 1.0 + x
    loss = y.sum()
    before = signal.signal(signal.SIGALRM, interrupt)
    interrupted, delay = 0, 0.001
    try:
        while x.grad is None:
            signal.setitimer(signal.ITIMER_REAL, delay)
            try:
                loss.backward(retain_graph=True)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            delay *= 2
            assert ag.is_grad_enabled()
        assert x.grad.tolist() == [20_001.0] * 3
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 0


@pytest.mark.usefixtures("no_collector")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timer")
def test_no_signal_arrives_between_two_leaves():
    """Thousands of leaves, and a flood of signals: their gradients appear together."""

    class StopError(Exception):
        pass

    def interrupt(*_):
        raise StopError

    leaves = [leaf(1.0) for _ in range(2_000)]
    loss = ag.stack(leaves).sum()
    before = signal.signal(signal.SIGALRM, interrupt)
    end, counts = time.monotonic() + 0.5, set()
    try:
        while time.monotonic() < end:
            try:
                signal.setitimer(signal.ITIMER_REAL, np.random.default_rng(len(counts)).uniform(1e-3, 1e-2))
                loss.backward(retain_graph=True)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except StopError:
                pass
            values = {None if x.grad is None else x.grad.item() for x in leaves}
            assert len(values) == 1
            counts |= values
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
