"""detect_anomaly: the first NaN or infinity is found, named and located, and nothing else is."""

import asyncio
import contextvars
import inspect
import threading

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.derivatives import TABLE
from autograd_core.modes import current_mode
from autograd_core.testing.samples import samples

hypothesis = pytest.importorskip("hypothesis", reason="draws where the bad number is")
st = pytest.importorskip("hypothesis.strategies", reason="draws where the bad number is")

HIDDEN = np.array([False, True, True])


@pytest.fixture(autouse=True)
def _numpy_does_not_warn():
    with np.errstate(all="ignore"):
        yield
    assert current_mode().watch is None


def leaf(*values, dtype="float64"):
    return ag.tensor(list(values), dtype=dtype, requires_grad=True)


def caught(run, **options):
    with pytest.raises(ag.AnomalyError) as info, ag.detect_anomaly(**options):
        run()
    return str(info.value)


def test_forward_names_op_module_line_operands_and_index():
    class Head(nn.Module):
        def forward(self, x):
            self.line = inspect.currentframe().f_lineno + 1
            return ag.log(x).sum()

    model = nn.Sequential(Head())
    x = ag.tensor([[1.0, 2.0], [3.0, 0.0]], requires_grad=True, name="probabilities")
    said = caught(lambda: model(x))
    assert f"test_anomaly.py:{model[0].line} (in 0) made -inf of finite numbers" in said
    assert said.startswith("log at ")
    assert "return ag.log(x).sum()" in said
    assert "output: shape (2, 2), float64, -inf at (1, 1)" in said
    assert "x (the leaf 'probabilities'): shape (2, 2), float64, 0.0 at (1, 1)" in said


@hypothesis.given(st.integers(1, 4).flatmap(lambda n: st.tuples(
    st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, 2)), min_size=1))))
@hypothesis.settings(max_examples=40)
def test_the_first_bad_index_is_the_first(drawn):
    n, bad = drawn
    x = np.ones((n, 3))
    for place in bad:
        x[place] = -1.0
    said = caught(lambda: ag.sqrt(ag.tensor(x, requires_grad=True) * 2))
    assert f"nan at {min(bad)}" in said
    assert f"-2.0 at {min(bad)}" in said


MAKES = {
    "of finite numbers": [
        lambda x: 1 / (x - x), lambda x: ag.exp(x * 1e5), lambda x: (x * 1e200) @ (x * 1e200), lambda x: ag.log(-x),
        lambda x: ag.prod(x * 1e200), lambda x: x / np.zeros(3), lambda x: ag.linalg.norm(x * 1e300, ord=5),
    ],
    "of infinite": [
        lambda x: x * np.inf - x * np.inf, lambda x: (x - x) * np.array([1.0, np.inf, 1.0]),
        lambda x: ag.softmax(ag.where(np.ones(3, bool), -np.inf, x), 0),  # a row that is masked altogether
    ],
    "came in with b": [lambda x: x * np.array([1.0, np.nan, 1.0]), lambda x: x + ag.tensor(np.nan)],
    "came in with a": [lambda x: leaf(1.0, np.nan) * 2],
}


@pytest.mark.parametrize(("cause", "run"), [(cause, run) for cause, runs in MAKES.items() for run in runs])
def test_the_cause_is_told(cause, run):
    assert cause in caught(lambda: run(leaf(1.0, 2.0, 3.0))).splitlines()[0]


PASSES = {
    "where": lambda x: ag.softmax(ag.where(HIDDEN, -np.inf, x), 0),
    "added mask": lambda x: ag.softmax(x + np.where(HIDDEN, -np.inf, 0.0), 0),
    "maximum": lambda x: ag.exp(ag.maximum(x, -np.inf)),
    "clip": lambda x: ag.clip(x, -np.inf, 2.5),
    "joined": lambda x: ag.softmax(ag.concatenate([x, np.full(2, -np.inf)]), 0),
    "max over a mask": lambda x: ag.where(HIDDEN, -np.inf, x).max(),
    "logsumexp of a mask": lambda x: ag.logsumexp(ag.where(HIDDEN, -np.inf, x), 0),
    "NaN passed over": lambda x: ag.nansum(ag.where(HIDDEN, x, 1.0)) + ag.fmax(x, np.nan).sum(),
    "picked": lambda x: ag.where(HIDDEN, -np.inf, x)[0],
    "large but finite": lambda x: (x * 1e200).sum(),
    "no elements": lambda x: x[:0].sum() + 1,
    "float16": lambda x: ag.exp(x.astype("float16") * 2),
}


@pytest.mark.parametrize("run", PASSES.values(), ids=PASSES)
def test_infinities_that_were_given_may_pass(run):
    x = leaf(1.0, 2.0, 3.0)
    with ag.detect_anomaly():
        y = run(x)
        y.backward(np.ones(y.shape, y.dtype))
    assert np.isfinite(x.grad.numpy()).all()


def test_an_infinity_beside_a_given_one_is_still_found():
    said = caught(lambda: ag.exp(leaf(np.inf, 1.0, 1e5) * 1.0))
    assert "inf at (2,)" in said


def test_inf_false_lets_infinities_pass_but_no_nan():
    x = leaf(1.0, 0.0)
    with ag.detect_anomaly(inf=False):
        y = ag.log(x)
        ag.sqrt(x).sum().backward()
    assert y.numpy()[1] == -np.inf
    assert x.grad.numpy()[1] == np.inf
    assert "made nan of infinite" in caught(lambda: ag.log(x) * np.zeros(2), inf=False)


def test_backward_names_the_forward_line_and_leaves_everything_as_it_was():
    class Root(nn.Module):
        def forward(self, x):
            return ag.sqrt(x)

    x = leaf(4.0, 0.0)
    loss = (x * 3).sum()
    loss.backward()
    before = x.grad.numpy().copy()
    with ag.detect_anomaly():
        y = nn.Sequential(Root())(x)
        with pytest.raises(ag.AnomalyError) as info, np.errstate(all="raise"):  # which would say less
            (y * 2).sum().backward()
    said = str(info.value)
    here = inspect.getsourcelines(Root)[1] + 2
    assert said.startswith("backward: the derivative of sqrt at ")
    assert f"test_anomaly.py:{here} (in 0) by x gave inf." in said
    assert "gradient that arrived: shape (2,), float64, 2.0 at (1,)" in said
    assert "x: shape (2,), float64, 0.0 at (1,)" in said
    np.testing.assert_array_equal(x.grad.numpy(), before)


def test_a_graph_recorded_before_is_told_by_op_and_how_to_learn_the_line():
    y = ag.sqrt(leaf(0.0)).sum()
    said = caught(y.backward)
    assert "the derivative of sqrt by x" in said
    assert "Run the forward pass" in said
    with pytest.warns(RuntimeWarning, match="derivative of sqrt"), np.errstate(divide="warn"):
        y.backward()  # nothing was freed; and without the mode there is a warning


def test_gradients_that_do_not_come_from_a_rule():
    x = leaf(1.0, 2.0)
    assert "was given" in caught(lambda: (x * 2).backward(np.array([1.0, np.nan])))

    def hooked():
        y = x * 2
        y.register_hook(lambda g: g * np.inf)
        y.sum().backward()

    assert "what a hook made of it" in caught(hooked)
    tiny = ag.tensor(1e-300, requires_grad=True, name="tiny")
    said = caught((tiny * 1e308 + tiny * 1.5e308).backward)
    assert "the gradient at the leaf tiny has inf through the sum of several gradients" in said


@pytest.mark.parametrize("order", ["gradients", "recorded", "second order", "jacobian", "recorded rows", "jvp"])
def test_every_way_to_differentiate(order):
    x = leaf(1.0, 0.0)

    def run():
        if order == "gradients":
            ag.gradients(ag.sqrt(x).sum(), x)
        elif order == "recorded":
            ag.gradients(ag.sqrt(x).sum(), x, create_graph=True)
        elif order == "second order":
            (g,) = ag.gradients((x**1.5).sum(), x, create_graph=True)
            g.sum().backward()
        elif order == "jacobian":
            ag.jacobian(ag.sqrt)(np.array([1.0, 0.0]))
        elif order == "recorded rows":
            ag.hessian(lambda x: (x**1.5).sum())(np.array([1.0, 0.0]))
        else:
            ag.jvp(ag.sqrt, (np.array([1.0, 0.0]),), (np.ones(2),))

    said = caught(run)
    assert "derivative of" in said.splitlines()[0]
    assert "test_anomaly.py" in said


def test_inside_a_checkpoint_the_line_is_the_functions():
    def part(x):
        return ag.sqrt(x).sum()

    said = caught(lambda: ag.checkpoint(part)(leaf(0.0)).backward())
    assert "the derivative of sqrt at" in said
    assert f"test_anomaly.py:{inspect.getsourcelines(part)[1] + 1}" in said


def test_slopes_that_the_walk_settles_are_no_anomaly():
    x = leaf(0.0, 1.0)
    for create_graph in (False, True):
        with ag.detect_anomaly():
            y = ag.where(x > 0, ag.sqrt(x), 0.0)
            (g,) = ag.gradients(y.sum(), x, create_graph=create_graph)
        np.testing.assert_array_equal(g.numpy(), [0.0, 0.5])


def test_modes_add_up_and_are_put_back():
    x = leaf(0.0, 1.0)
    with ag.detect_anomaly(), ag.no_grad(), ag.enable_grad(), ag.debug_mode():
        with pytest.raises(ag.AnomalyError):
            ag.log(x)
        y = ag.exp(x)
        x.data[0] = 1.0
    y2 = ag.log(leaf(0.0))  # outside
    assert y2.numpy()[0] == -np.inf
    y.sum().backward()  # the output was kept, not the operand
    with pytest.raises(FloatingPointError), ag.detect_anomaly():
        ag.log(leaf(0.0))

    @ag.detect_anomaly()
    def decorated(x):
        return ag.log(x)

    with pytest.raises(ag.AnomalyError):
        decorated(leaf(0.0))
    ag.log(leaf(0.0))


def test_generators_tasks_and_threads_have_their_own():
    x = leaf(0.0)

    @ag.detect_anomaly()
    def steps():
        yield 1
        yield ag.log(x)

    generator = steps()
    next(generator)
    ag.log(x)  # the consumer's own mode
    with pytest.raises(ag.AnomalyError):
        next(generator)

    async def task(watched):
        if watched:
            with ag.detect_anomaly():
                await asyncio.sleep(0)
                with pytest.raises(ag.AnomalyError):
                    ag.log(x)
        else:
            await asyncio.sleep(0)
            ag.log(x)

    async def both():
        await asyncio.gather(task(True), task(False), task(True))

    asyncio.run(both())
    failures = []

    def work():
        try:
            for _ in range(50):  # one mode, walked by several threads at a time
                y = leaf(1.0, 4.0)
                ag.sqrt(y * y).sum().backward()
                with pytest.raises(ag.AnomalyError, match="derivative of sqrt at"):
                    ag.sqrt(leaf(0.0)).sum().backward()
        except BaseException as error:
            failures.append(error)

    with ag.detect_anomaly():
        threads = [threading.Thread(target=contextvars.copy_context().run, args=(work,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


ONE_EACH = [max(samples(entry, np.random.default_rng(0)), key=lambda s: sum(x.size for x in s.operands))
            for entry in TABLE.values()]


@pytest.mark.parametrize("sample", ONE_EACH, ids=str)
def test_every_function_gives_the_same_bits_and_no_alarm(sample):
    def derivatives():
        inputs = [ag.tensor(x, requires_grad=x.dtype.kind == "f") for x in sample.operands]
        wanted = [x for x in inputs if x.requires_grad]
        y = sample(*(x if x.requires_grad else x.numpy() for x in inputs))
        v = np.linspace(1, 2, y.size).reshape(y.shape)
        gradients = ag.gradients(y, wanted, v, create_graph=True, allow_unused=True)
        return [x.numpy() for x in (y, *gradients) if x is not None]

    expected = derivatives()
    with ag.detect_anomaly(), ag.debug_mode():
        found = derivatives()
    for a, b in zip(expected, found, strict=True):
        assert a.tobytes() == b.tobytes()
