"""Threads, tasks, generators and forks. Grad modes of each are in tests/core/test_modes.py; here whole passes run."""

import asyncio
import gc
import multiprocessing
import os
import threading

import numpy as np
import pytest

import autograd_core as ag


def leaf(value):
    return ag.tensor(value, requires_grad=True)


def together(work, count=8):
    """Run ``work(i)`` in threads that start at once; raise what went wrong in one."""
    start, failures = threading.Barrier(count), []

    def run(i):
        start.wait()
        try:
            work(i)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@pytest.fixture
def eager_switching():
    """Threads take turns a thousand times more often than they do otherwise."""
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_with_opposite_modes_differentiate_side_by_side(eager_switching):
    shared = leaf([2.0, 3.0])

    def work(i):
        for _ in range(50):
            with ag.enable_grad() if i % 2 else ag.no_grad():
                y = (ag.exp(shared) * shared).sum()
                assert y.requires_grad is bool(i % 2)
                if i % 2:
                    (g,) = ag.gradients(y, shared, create_graph=True)
                    assert g.requires_grad
        assert ag.is_grad_enabled()

    together(work)
    assert ag.is_grad_enabled()


def test_no_gradient_is_lost_when_threads_share_a_leaf(eager_switching):
    """Large enough for NumPy to let other threads run while it adds."""
    w = leaf(np.ones(50_000))

    def work(i):
        for _ in range(20):
            (w * float(i)).sum().backward()

    together(work)
    np.testing.assert_array_equal(w.grad.numpy(), 20.0 * sum(range(8)))


def test_threads_share_a_graph_that_is_retained(eager_switching):
    w = leaf([0.5, 1.5])
    loss = (ag.sin(w) * w).sum()
    (expected,) = ag.gradients(loss, w, retain_graph=True)

    def work(_):
        for _ in range(25):
            loss.backward(retain_graph=True)

    together(work)
    np.testing.assert_allclose(w.grad.numpy(), 200 * expected.numpy(), rtol=1e-12)


def test_an_error_in_one_thread_is_nothing_to_the_others(eager_switching):
    w = leaf([1.0, 2.0])

    def work(i):
        for _ in range(30):
            y = w * 2.0
            if i == 0:
                y.register_hook(lambda g: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    y.sum().backward()
            else:
                y.sum().backward()
            assert np.geterr()["divide"] == "warn"

    together(work)
    assert w.grad.tolist() == [7 * 30 * 2.0] * 2


def test_an_abandoned_generator_does_not_leave_its_mode_behind():
    def quiet():
        with ag.no_grad():
            yield 1
            yield 2

    steps = quiet()
    next(steps)
    x = leaf(3.0)
    y = x * x
    del steps
    gc.collect()
    assert ag.is_grad_enabled()
    y.backward()
    assert x.grad.item() == 6.0


def test_tasks_that_await_inside_a_mode_or_a_hook_do_not_mix():
    async def step(i):
        x = leaf(float(i))
        with ag.enable_grad() if i % 2 else ag.no_grad():
            await asyncio.sleep(0)
            y = x * x
            await asyncio.sleep(0)
        if i % 2:
            y.backward()
            return x.grad.item()
        return y.requires_grad

    async def main():
        return await asyncio.gather(*(step(i) for i in range(6)))

    assert asyncio.run(main()) == [False, 2.0, False, 6.0, False, 10.0]
    assert ag.is_grad_enabled()


def test_a_cancelled_task_puts_its_mode_back():
    async def main():
        async def wait():
            with ag.no_grad():
                await asyncio.sleep(10)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ag.is_grad_enabled()

    assert asyncio.run(main())


def _child(loss, w, answers):
    loss.backward()
    answers.put(w.grad.tolist())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_differentiates_a_graph_of_its_parent():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_child, args=(loss, w, answers))
    child.start()
    assert answers.get(timeout=60) == [2.0, 4.0]
    child.join()
    assert child.exitcode == 0
    assert w.grad is None
    (loss * 2).backward()
    assert w.grad.tolist() == [4.0, 8.0]
