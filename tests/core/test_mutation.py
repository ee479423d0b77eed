"""Writing into Tensors: what is recorded, what every view sees, and what is refused."""

import numpy as np
import pytest

import autograd_core as ag


def leaf(value, **options):
    return ag.tensor(value, requires_grad=True, **options)


def grad_of(loss, *leaves):
    return [g.numpy().tolist() for g in ag.gradients(loss, list(leaves), retain_graph=True)]


def test_operators_in_place_are_recorded():
    x = leaf([1.0, 2.0])
    t = x * 1
    same = t
    t += 1
    t *= x
    t -= 3
    t /= 2
    t **= 2
    assert same is t
    expected = ((x + 1) * x - 3) / 2
    np.testing.assert_allclose(t.numpy(), (expected * expected).numpy())
    assert grad_of(t.sum(), x) == grad_of((expected * expected).sum(), x)


def test_matmul_and_modulo_in_place():
    m = leaf(np.eye(2))
    t = m * 2
    t @= [[1.0, 2.0], [3.0, 4.0]]
    t %= 5.0
    np.testing.assert_array_equal(t.numpy(), [[2, 4], [1, 3]])


def test_what_the_graph_saved_survives_a_recorded_write():
    x = leaf([0.5, 1.0])
    y = ag.exp(x)
    y += 1  # exp kept its output: it keeps the old one
    y[0] = 0.0
    assert grad_of(y.sum(), x) == [[0.0, np.exp(1.0)]]


def test_assignment_by_every_kind_of_index():
    x, v = leaf(np.arange(12.0).reshape(3, 4)), leaf([10.0, 20.0])
    t = x * 1
    t[0, :2] = v
    t[[1, 2], [0, 0]] = v * 2
    t[:, 3] = v[0]
    t[np.array([False, False, True])] = 7
    gx, gv = grad_of(t.sum(), x, v)
    assert gx == [[0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert gv == [1 + 2 + 2, 1]


def test_of_values_written_twice_to_one_place_only_the_last_has_a_gradient():
    t, v = ag.tensor(np.zeros(3)), leaf([1.0, 2.0, 3.0])
    t[[0, 0, 2]] = v
    assert t.tolist() == [2.0, 0.0, 3.0]
    assert grad_of(t.sum(), v) == [[0.0, 1.0, 1.0]]


def test_a_buffer_that_required_no_grad_is_filled_step_by_step():
    w, h = leaf(0.5), ag.tensor(1.0)
    states = ag.tensor(np.zeros(4))
    for i in range(4):
        h = h * w
        states[i] = h
    assert states.tolist() == [0.5, 0.25, 0.125, 0.0625]
    assert grad_of(states.sum(), w) == [1 + 2 * 0.5 + 3 * 0.25 + 4 * 0.125]


def test_writes_reach_the_base_and_its_other_views():
    x = leaf(np.ones((2, 3)))
    base = x * 1
    row, column, flat = base[0], base.T[1], base.reshape(-1)
    row *= 3
    column += row[0]
    flat[5] = 0.0
    expected = [[3.0, 6.0, 3.0], [1.0, 4.0, 0.0]]
    assert base.tolist() == expected
    assert row.tolist() == expected[0]
    assert column.tolist() == [6.0, 4.0]
    assert flat.tolist() == [3, 6, 3, 1, 4, 0]
    # d/dx of: 3a, 3b + 3a, 3c, d, e + 3a, 0
    assert grad_of(base.sum(), x)[0] == [[9.0, 3.0, 3.0], [1.0, 1.0, 0.0]]
    assert grad_of(column.sum(), x)[0] == [[6.0, 3.0, 0.0], [0.0, 1.0, 0.0]]


def test_a_view_of_a_constant_records_into_its_base():
    x = leaf(2.0)
    base = ag.tensor(np.zeros((2, 2)))
    corner = base[1, 1:]
    corner += x
    assert base.tolist() == [[0, 0], [0, 2]]
    assert grad_of((base * base).sum(), x) == [4.0]


def test_writes_without_grad_go_into_memory_and_every_view_sees_them():
    t = ag.tensor(np.zeros((2, 2)))
    row, constant = t[0], t.detach()
    t += 1
    row[1] = 5
    assert t.tolist() == constant.tolist() == [[1, 5], [1, 1]]
    assert t.node is None


def test_a_leaf_is_updated_under_no_grad():
    w = leaf([1.0, 2.0])
    (w * w).sum().backward()
    data = w.data
    with ag.no_grad():
        w -= 0.5 * w.grad
        w[0] = 9.0
    assert w.data is data
    assert w.tolist() == [9.0, 0.0]
    assert w.requires_grad
    assert w.is_leaf


@pytest.mark.parametrize("write", [
    lambda w: w.__iadd__(1), lambda w: w.__setitem__(0, 1.0),
    lambda w: w[1:].__imul__(2), lambda w: w[1:].__setitem__(0, 3.0),
    lambda w: w.reshape(3, 1).__isub__(1),
])
def test_a_recorded_write_to_a_leaf_is_refused(write):
    w = leaf([1.0, 2.0, 3.0])
    with pytest.raises(ag.InPlaceError, match=r"leaf that requires grad.*no_grad"):
        write(w)
    assert w.tolist() == [1.0, 2.0, 3.0]
    assert w.is_leaf


def _assign_data(t):
    t.data -= 1


def _plain(change):
    def write(t):
        with ag.no_grad():
            change(t)

    return write


@pytest.mark.parametrize(("by", "write"), [
    (r"an assignment to \.data", _assign_data),
    (r"\+=", _plain(lambda t: t.__iadd__(1))),
    (r"\*=", _plain(lambda t: t[1:].__imul__(2))),
    ("setitem", _plain(lambda t: t.__setitem__(..., 0.0))),
    ("setitem", _plain(lambda t: t.detach().__setitem__(0, 0.0))),
    ("setitem", _plain(lambda t: t.reshape(3, 1).__setitem__(0, 0.0))),
])
@pytest.mark.parametrize(("op", "program"), [
    ("multiply", lambda t: t * leaf([1.0, 1.0, 1.0])),
    ("multiply", lambda t: t[::-1] * leaf([1.0, 1.0, 1.0])),
    ("matmul", lambda t: t @ leaf(np.ones((3, 2)))),
])
@pytest.mark.parametrize("requires_grad", [True, False])
def test_writing_into_what_a_pending_backward_needs_is_an_error(by, write, op, program, requires_grad):
    t = ag.tensor([1.0, 2.0, 3.0], requires_grad=requires_grad)
    loss = program(t).sum()
    write(t)
    with pytest.raises(ag.SavedArrayError, match=rf"^{op}: .*was written by {by} after it was saved.*clone"):
        loss.backward()
    assert t.grad is None
    fresh = program(t).sum()
    fresh.backward()


def test_an_output_that_a_rule_needs_is_watched_too():
    x = leaf([1.0, 2.0])
    y = ag.exp(x)
    with ag.no_grad():
        y += 1
    with pytest.raises(ag.SavedArrayError, match="exp"):
        y.sum().backward()


def test_a_write_to_another_part_of_the_memory_is_no_error():
    buffer, w = ag.tensor(np.arange(6.0)), leaf(2.0)
    loss = (buffer[:3] * w).sum()
    buffer[3:] = 0.0
    loss.backward()
    assert w.grad.item() == 3.0


def test_very_many_small_writes_are_still_noticed():
    buffer, w = ag.tensor(np.zeros(1000)), leaf(np.ones(10))
    early = (buffer[:10] * w).sum()
    for i in range(1000):
        buffer[i] = i
    with pytest.raises(ag.SavedArrayError):
        early.backward()
    (buffer[:10] * w).sum().backward()
    assert w.grad.tolist() == list(range(10))


def test_training_by_assignment_to_data_never_trips_the_check():
    w = leaf([1.0, 2.0])
    for _ in range(3):
        w.zero_grad()
        (w * w).sum().backward()
        w.data -= 0.25 * w.grad.data
    assert w.tolist() == [0.125, 0.25]


def test_replacing_data_rebinds_and_leaves_a_pending_graph_its_own():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    w.data = np.array([5.0, 6.0])
    loss.backward()
    assert w.grad.tolist() == [2.0, 4.0]
    with pytest.raises(ag.ShapeError, match=r"shape \(2,\) and float64, got float32"):
        w.data = np.ones(2, np.float32)
    assert w.tolist() == [5.0, 6.0]


def test_repeated_memory_is_not_written_to():
    x = leaf([1.0])
    t = ag.broadcast_to(x * 1, (3,))
    with pytest.raises(ag.InPlaceError, match="clone"):
        t += 1
    c = ag.broadcast_to(ag.tensor(1.0), (3,))
    with pytest.raises(ag.InPlaceError, match="clone"):
        c[0] = 2.0


def test_results_that_do_not_fit_change_nothing():
    x = leaf([1.0, 2.0])
    t = x * 1
    with pytest.raises(ag.ShapeError, match=r"\+=: a result of shape \(3, 2\) does not fit back into \(2,\)"):
        t += np.ones((3, 2))
    counts = ag.tensor([1, 2])
    with pytest.raises(ag.DTypeError, match="float64 does not fit back into int64"):
        counts += 0.5
    with pytest.raises(ag.ShapeError, match="setitem"):
        counts[:] = [1, 2, 3]
    with pytest.raises(ag.ShapeError, match="overwrite"):
        t[:] = [1.0, 2.0, 3.0]
    with pytest.raises(ag.SelectionError):
        counts[5] = 1
    with pytest.raises(ag.SelectionError):
        t[5] = 1.0
    assert (t.tolist(), counts.tolist()) == ([1.0, 2.0], [1, 2])


def test_a_float32_tensor_stays_float32_in_place():
    x = leaf([1.0, 2.0], dtype="float32")
    t = x * 1
    t += np.ones(2)
    assert t.dtype == np.float32
    t.sum().backward()
    assert x.grad.dtype == np.float32


def test_in_place_differentiates_twice():
    x = leaf([1.0, 2.0])
    t = x * x
    t[0] = t[1] * x[0]
    t *= t
    (g,) = ag.gradients(t.sum(), x, create_graph=True)  # (b² a)² + b⁴
    np.testing.assert_allclose(g.numpy(), [2 * 16.0, 4 * 8.0 + 4 * 8.0])
    (h,) = ag.gradients(g[0], x)
    np.testing.assert_allclose(h.numpy(), [2 * 16.0, 8 * 8.0])


def test_numpy_view_is_read_only():
    t = ag.tensor([1.0, 2.0])
    view = t.numpy()
    assert np.shares_memory(view, t.data)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 5.0


def test_a_write_that_many_views_show_has_the_same_gradient_to_the_last_bit_each_time():
    def gradient():
        x = leaf(0.1)
        t = x * 1
        views = [t[None] for _ in range(9)]
        t += x  # tells the views, and in an order that must not depend on where they lie in memory
        sum(view.sum() * (i + 0.1) for i, view in enumerate(views)).backward()
        return x.grad.item()

    kept = []
    seen = set()
    for i in range(50):
        kept.append([ag.tensor(0.0) for _ in range(i % 5)])
        seen.add(gradient())
    assert len(seen) == 1
