"""Grad mode: blocks, decorators, threads, tasks and generators each see their own."""

import asyncio
import threading

import pytest

import autograd_core as ag
from autograd_core.modes import current_mode, module_path


@pytest.fixture(autouse=True)
def _mode_is_put_back():
    yield
    assert ag.is_grad_enabled()


def test_blocks_nest_and_are_put_back_after_an_exception():
    def fail_inside():
        with ag.no_grad(), ag.enable_grad():
            assert ag.is_grad_enabled()
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    assert ag.is_grad_enabled()


def test_one_switch_can_be_entered_again():
    switch = ag.no_grad()
    with switch:
        with switch:
            assert not ag.is_grad_enabled()
        assert not ag.is_grad_enabled()
    assert ag.is_grad_enabled()


@pytest.mark.parametrize("decorate", [ag.no_grad, ag.no_grad()])
def test_decorated_function(decorate):
    @decorate
    def f(depth):
        """Docstring."""
        return ag.is_grad_enabled() or (depth and f(depth - 1))

    assert not f(2)
    assert f.__name__ == "f"
    assert f.__doc__ == "Docstring."


def test_decorated_generator_leaves_its_consumer_alone():
    @ag.no_grad
    def g():
        received = yield ag.is_grad_enabled()
        yield received, ag.is_grad_enabled()

    steps = g()
    assert next(steps) is False
    assert ag.is_grad_enabled()
    assert steps.send("hello") == ("hello", False)
    assert ag.is_grad_enabled()
    assert list(steps) == []


def test_block_inside_a_generator_leaves_its_consumer_alone():
    def g():
        with ag.no_grad():
            yield ag.is_grad_enabled()
            yield ag.is_grad_enabled()
        yield ag.is_grad_enabled()

    seen = [(inside, ag.is_grad_enabled()) for inside in g()]
    assert seen == [(False, True), (False, True), (True, True)]


def test_abandoned_generator():
    def g():
        with ag.no_grad():
            yield 1

    steps = g()
    next(steps)
    assert ag.is_grad_enabled()
    steps.close()
    assert ag.is_grad_enabled()


def test_generator_that_ends_inside_its_consumers_block():
    def g():
        with ag.no_grad():
            yield 1

    steps = g()
    next(steps)
    with ag.no_grad():
        assert list(steps) == []
        assert not ag.is_grad_enabled()
    assert ag.is_grad_enabled()


def test_interleaved_generators():
    def off():
        with ag.no_grad():
            while True:
                yield ag.is_grad_enabled()

    def on():
        with ag.enable_grad():
            while True:
                yield ag.is_grad_enabled()

    a, b = off(), on()
    for _ in range(3):
        assert next(a) is False
        assert next(b) is True
        assert ag.is_grad_enabled()
    a.close()
    b.close()


def test_async_tasks_each_have_their_own():
    async def off(steps):
        with ag.no_grad():
            for _ in range(steps):
                assert not ag.is_grad_enabled()
                await asyncio.sleep(0)

    async def on(steps):
        for _ in range(steps):
            assert ag.is_grad_enabled()
            await asyncio.sleep(0)

    @ag.no_grad
    async def decorated():
        await asyncio.sleep(0)
        return ag.is_grad_enabled()

    @ag.no_grad
    async def numbers():
        yield ag.is_grad_enabled()
        yield ag.is_grad_enabled()

    async def main():
        await asyncio.gather(off(5), on(5), off(3))
        assert await decorated() is False
        assert [inside async for inside in numbers()] == [False, False]
        assert ag.is_grad_enabled()

    asyncio.run(main())


def test_threads_with_opposite_modes():
    wrong = []
    start = threading.Barrier(8)

    def work(recording):
        x = ag.tensor(2.0, requires_grad=True)
        with ag.enable_grad() if recording else ag.no_grad():
            start.wait()
            wrong.extend(recording for _ in range(500) if (x * x).requires_grad is not recording)

    threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_threads_can_walk_one_graph_together():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = (ag.sin(x) * x).sum()
    expected = ag.gradients(y, x, retain_graph=True)[0].numpy()
    results = []

    def work():
        results.extend(ag.gradients(y, x, retain_graph=True)[0].numpy() for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200
    assert all((result == expected).all() for result in results)


def test_module_path_names_who_recorded_an_op():
    x = ag.tensor(1.0, requires_grad=True)
    with module_path("net"):
        with module_path("layer1"):
            inner = x * 2
        outer = inner * 2
    assert (inner.node.path, outer.node.path, (outer * 2).node.path) == ("net.layer1", "net", "")
    with module_path("net"), ag.no_grad(), module_path("layer2"):
        assert current_mode().path == "net.layer2"
        assert not ag.is_grad_enabled()
