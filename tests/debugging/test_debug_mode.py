"""debug_mode: a saved array that changed in whatever way is noticed, with both lines where they can be known."""

import inspect

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from autograd_core.transforms.batching import pull_rows

hypothesis = pytest.importorskip("hypothesis", reason="draws which bit is flipped")
st = pytest.importorskip("hypothesis.strategies", reason="draws which bit is flipped")


def leaf(array):
    return ag.tensor(array, requires_grad=True)


@hypothesis.given(st.sampled_from(["float16", "float32", "float64"]), st.integers(1, 300), st.data())
@hypothesis.settings(max_examples=60)
def test_a_single_bit_is_noticed(dtype, n, data):
    x, c = leaf(np.ones(n, dtype)), np.linspace(1, 2, n).astype(dtype)
    with ag.debug_mode():
        loss = (x * c).sum()
    bit = data.draw(st.integers(0, 8 * c.nbytes - 1))
    raw = c.view(np.uint8)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ag.SavedArrayError, match=r"multiply at .*test_debug_mode.py:\d+: b, an array of shape"):
        loss.backward()
    assert x.grad is None
    raw[bit // 8] ^= 1 << bit % 8  # put back: nothing else had changed, nothing was freed
    loss.backward()
    np.testing.assert_array_equal(x.grad.numpy(), c)


def _data(x, c, view):
    x.data[0, 1] = 9.0


def _operand(x, c, view):
    c *= 2


def _older_view(x, c, view):
    view[...] = 7.0


def _order(x, c, view):
    c[0], c[1] = c[1].copy(), c[0].copy()


def _signed_zero(x, c, view):
    c[0, 0] = -0.0


@pytest.mark.parametrize("write", [_data, _operand, _older_view, _order, _signed_zero])
@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, lambda a: np.repeat(a, 2, axis=0)[::2],
                                    lambda a: a[::-1, ::-1]])
def test_raw_writes_are_noticed(write, layout):
    base = layout(np.arange(6.0).reshape(2, 3))
    view, c = base[:1], base
    x = leaf(np.ones((2, 3)))
    with ag.debug_mode():
        loss = (x * x * c).sum()
    write(x, c, view)
    with pytest.raises(ag.SavedArrayError, match="written past its Tensor"):
        loss.backward()
    assert x.grad is None


def test_repeated_memory_and_index_arrays_are_looked_at_too():
    x, row, index = leaf(np.ones((4, 3))), np.ones(3), np.array([0, 2])
    with ag.debug_mode():
        repeated = (x * np.broadcast_to(row, (4, 3))).sum()
        picked = x[index].sum()
        both = x[index, index].sum()
    row[1] = 2.0
    index[0] = 1
    for loss in (repeated, picked, both):
        with pytest.raises(ag.SavedArrayError):
            loss.backward()


@pytest.mark.parametrize("mode", [ag.debug_mode, ag.detect_anomaly])
def test_a_write_through_a_tensor_is_told_with_both_lines(mode):
    w = leaf([1.0, 2.0])
    writes = {
        "+=": lambda: w.__iadd__(1.0),
        "setitem": lambda: w.detach().__setitem__(0, 5.0),
        "an assignment to .data": lambda: setattr(w, "data", w.data),
    }
    for by, write in writes.items():
        with mode():
            loss = (w * w).sum(); saved = inspect.currentframe().f_lineno  # noqa: E702  # one line
            with ag.no_grad():
                write()
        with pytest.raises(ag.SavedArrayError) as info:
            loss.backward()
        written = write.__code__.co_firstlineno
        assert f"test_debug_mode.py:{saved}: an array" in str(info.value)
        assert f"written by {by} at " in str(info.value)
        assert f"test_debug_mode.py:{written} after" in str(info.value)


def test_without_the_mode_the_op_is_named():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    with ag.no_grad():
        w += 1.0
    with pytest.raises(ag.SavedArrayError, match=r"^multiply: .* written by \+= after"):
        loss.backward()


WALKS = {
    "backward": lambda x, y, g: y.sum().backward(),
    "gradients": lambda x, y, g: ag.gradients(y.sum(), x),
    "recorded": lambda x, y, g: ag.gradients(y.sum(), x, create_graph=True),
    "rows": lambda x, y, g: pull_rows(y, np.eye(2), [x], create_graph=False),
    "recorded rows": lambda x, y, g: pull_rows(y, np.eye(2), [x], create_graph=True),
    "second order": lambda x, y, g: g.sum().backward(),
}


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_every_walk_looks(walk):
    x, c = leaf([1.0, 2.0]), np.array([3.0, 4.0])
    with ag.debug_mode():
        y = ag.exp(x * c) * x
        (g,) = ag.gradients(y.sum(), x, create_graph=True)
    c[0] = 5.0
    with pytest.raises(ag.SavedArrayError, match="multiply"):
        walk(x, y, g)


def test_recorded_writes_and_freed_graphs_are_as_ever():
    x = leaf([1.0, 2.0])
    with ag.debug_mode():
        y = ag.exp(x)
        y += 1.0
        y[0] = x[1] * 3
        y.sum().backward()
        with pytest.raises(ag.GraphError, match="freed"):
            y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [0.0, np.exp(2.0) + 3.0])


def test_training_is_the_same():
    def losses():
        model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        x, y = np.random.default_rng(0).normal(size=(8, 3)).astype("float32"), np.arange(8) % 2
        found = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(model(x), y)
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        return found

    expected = losses()
    with ag.debug_mode(), ag.detect_anomaly():
        assert losses() == expected
