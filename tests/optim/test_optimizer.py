"""What all optimizers share: what they accept, that a step is all or nothing, that the engine notices it."""

import copy
from functools import partial

import numpy as np
import pytest
from cases import ALL_OPTIONS, EVERY, TYPICAL, first_order, leaf

import autograd_core as ag
import optim
from autograd_core.errors import DTypeError, GraphError, InPlaceError, SavedArrayError, ShapeError
from optim.first_order import BLOCK, _blocks

every = pytest.mark.parametrize("make", [partial(getattr(optim, name), **options) for name, options in EVERY])


def test_every_first_order_optimizer_is_tested():
    assert set(ALL_OPTIONS) == set(TYPICAL) == first_order()


def run(make, parameters, steps=3):
    """A few steps on Σ p**4, and the values after them."""
    optimizer = make(parameters)
    for _ in range(steps):
        optimizer.zero_grad()
        sum((p.square().square().sum() for p in parameters), ag.tensor(0.0)).backward()
        optimizer.step()
    return [p.data.copy() for p in parameters]


@every
def test_a_step_goes_downhill_and_float32_stays_float32(make):
    for dtype in (np.float32, np.float64):
        p = leaf(3, 2, dtype=dtype)
        before, array = p.numpy().copy(), p.data
        (after,) = run(make, [p])
        assert p.data is array
        assert p.dtype == dtype
        assert (np.abs(after) < np.abs(before)).all()


@every
def test_float16_is_computed_in_float32(make):
    p = leaf(3, 2, dtype=np.float16)
    wide = ag.tensor(p.numpy(), dtype=np.float32, requires_grad=True)
    optimizer, wide_optimizer = make([p]), make([wide])
    for _ in range(3):
        p.grad, wide.grad = ag.tensor(np.sign(p.data)), ag.tensor(np.sign(wide.data))
        p.grad.data[0] = wide.grad.data[0] = 0  # 0 / (0 + eps), where eps is 0 in float16
        optimizer.step()
        wide_optimizer.step()
        assert p.dtype == np.float16
        np.testing.assert_allclose(p.data, wide.data, rtol=2e-3, atol=2e-3)
    assert all(array.dtype == np.float32 for array in optimizer.state_dict()["state"]["0"].values() if np.ndim(array))


@every
def test_large_parameters_are_updated_block_by_block_to_the_same_result(make):
    if make.func in (optim.LAMB, optim.SWATS):
        pytest.skip("a step depends on all elements")
    rows = BLOCK // 100 + 7
    whole = leaf(rows, 100)
    parts = [ag.tensor(whole.numpy()[i : i + 50], requires_grad=True) for i in range(0, rows, 50)]
    (after,) = run(make, [whole], steps=2)
    np.testing.assert_array_equal(after, np.concatenate(run(make, parts, steps=2)))


@every
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3, 4)])
def test_any_shape(make, shape):
    p = leaf(*shape)
    flat = ag.tensor(p.numpy().reshape(-1), requires_grad=True)
    np.testing.assert_array_equal(run(make, [p])[0].reshape(-1), run(make, [flat])[0])


@every
def test_any_memory_layout(make):
    plain, turned, part = leaf(350, 200), leaf(350, 200), leaf(350, 200)
    turned.data = np.asfortranarray(turned.data)
    part.data = np.repeat(part.data, 2, axis=1)[:, ::2]
    expected = run(make, [plain])[0]
    for other in (turned, part):  # sums over all elements, as of LAMB, may come in another order
        np.testing.assert_allclose(run(make, [other])[0], expected, rtol=1e-13, atol=1e-15)


@every
def test_a_parameter_without_gradient_is_left_alone_and_its_count_of_steps_too(make):
    if make.func is optim.SWATS:
        pytest.skip("all parameters switch together")
    late, other, alone = leaf(2), leaf(3, seed=1), leaf(2)
    expected = run(make, [alone])
    optimizer = make([late, other])
    before = late.numpy().copy()
    (other * other).sum().backward()
    optimizer.step()
    assert np.array_equal(late.numpy(), before)
    for _ in range(3):
        optimizer.zero_grad()
        late.square().square().sum().backward()
        optimizer.step()
    np.testing.assert_array_equal(late.numpy(), expected[0])


@every
def test_gradients_are_only_read_and_zero_grad_forgets_them(make):
    p = leaf(3)
    optimizer = make([p])
    (p * p).sum().backward()
    before = p.grad.numpy().copy()
    optimizer.step()
    np.testing.assert_array_equal(p.grad.numpy(), before)
    optimizer.zero_grad()
    assert p.grad is None


@every
def test_a_pending_backward_that_needs_the_old_values_raises(make):
    p = leaf(3)
    loss = (p * p).sum()
    optimizer = make([p])
    loss.backward(retain_graph=True)
    grad = p.grad.numpy().copy()
    optimizer.step()
    with pytest.raises(SavedArrayError, match="multiply: an array of shape"):
        loss.backward()
    np.testing.assert_array_equal(p.grad.numpy(), grad)
    (p * p).sum().backward()  # recorded after the step: fine


def test_a_step_records_nothing():
    p = leaf(3)
    (p * p).sum().backward()
    optim.Adam([p]).step()
    assert p.is_leaf
    assert p.requires_grad


def snapshot(optimizer, parameters):
    hidden = [getattr(optimizer, name) for name in ("_state", "_steps")]
    return copy.deepcopy(([p.data for p in parameters], hidden))


def spoil_shape(p):
    p.node.grad = ag.tensor(np.zeros(7))


def spoil_dtype(p):
    p.node.grad = ag.tensor(np.zeros(p.shape), dtype=np.float32)


def spoil_memory(p):
    p.data.flags.writeable = False


@every
@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (spoil_shape, ShapeError, r"params\[1\] has shape \(3,\), its gradient \(7,\); no parameter was changed"),
        (spoil_dtype, DTypeError, r"params\[1\] has dtype float64, its gradient float32; no parameter was changed"),
        (spoil_memory, InPlaceError, r"params\[1\] is in read-only memory; no parameter was changed"),
    ],
)
def test_a_step_that_cannot_be_whole_changes_nothing(make, spoil, error, message):
    parameters = [leaf(2), leaf(3)]
    optimizer = make(parameters)
    (parameters[0].sum() + parameters[1].sum()).backward()
    optimizer.step()
    before = snapshot(optimizer, parameters)
    spoil(parameters[1])
    with pytest.raises(error, match=message):
        optimizer.step()
    np.testing.assert_equal(snapshot(optimizer, parameters), before)


def twice():
    p = leaf(2)
    return [p, leaf(1), p]


@pytest.mark.parametrize("make", [optim.SGD, optim.Adam])
@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (list, optim.OptionError, "params: there is nothing to optimize"),
        (lambda: iter(()), optim.OptionError, "params: there is nothing to optimize"),
        (lambda: leaf(2), DTypeError, "params: a single Tensor; put it in a list"),
        (lambda: 3, DTypeError, "params: expected a model, Tensors or a list of groups, got a int"),
        (lambda: [("w", 3)], DTypeError, r"params\[w\] is a int, not a Tensor"),
        (lambda: [("w", leaf(1)), ("w", leaf(1))], GraphError, "two parameters are called 'w'"),
        (lambda: {"params": [leaf(1)]}, DTypeError, "expected a model, Tensors or a list of groups, got a dict"),
        (lambda: [{"params": [leaf(1)]}, {"params": []}], optim.OptionError, "group 1: there is nothing to optimize"),
        (lambda: [{"params": [leaf(1)], "rate": 1}], optim.OptionError, "group 0: no option 'rate'; there are lr, "),
        (lambda: [{"lr": 1}], optim.OptionError, 'group 0: no key "params"'),
        (lambda: [leaf(2), ag.tensor([1, 2])], DTypeError, r"params\[1\] has dtype int64, which has no gradient"),
        (lambda: [leaf(2) * 2], GraphError, r"params\[0\] was computed from other tensors"),
        (twice, GraphError, r"params\[2\] is params\[0\] again"),
    ],
)
def test_what_cannot_be_optimized_is_refused(make, params, error, message):
    with pytest.raises(error, match=message):
        make(params())


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (optim.SGD, {"lr": -0.1}, r"SGD: lr=-0\.1; expected a finite number, at least 0\.$"),
        (optim.SGD, {"lr": float("nan")}, "SGD: lr=nan"),
        (optim.SGD, {"lr": float("inf")}, "SGD: lr=inf"),
        (optim.SGD, {"momentum": -1}, "SGD: momentum=-1"),
        (optim.SGD, {"momentum": 0.9, "dampening": -1}, "SGD: dampening=-1"),
        (optim.SGD, {"weight_decay": -1}, "SGD: weight_decay=-1"),
        (optim.SGD, {"nesterov": True}, "SGD: nesterov=True needs momentum > 0 and dampening = 0"),
        (optim.SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "SGD: nesterov=True needs"),
        (optim.Adam, {"lr": -1}, "Adam: lr=-1"),
        (optim.Adam, {"betas": (1.0, 0.9)}, r"Adam: betas\[0\]=1\.0; expected .* at least 0 and below 1"),
        (optim.Adam, {"betas": (0.9, -0.1)}, r"Adam: betas\[1\]=-0\.1"),
        (optim.Adam, {"eps": -1e-8}, "Adam: eps=-1e-08"),
        (optim.Adam, {"weight_decay": -1}, "Adam: weight_decay=-1"),
    ],
)
def test_options_that_make_no_sense_are_refused(make, options, message):
    with pytest.raises(optim.OptionError, match=message):
        make([leaf(1)], **options)


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (optim.SGD, {"lr": "fast"}, "SGD: lr='fast'; expected a number"),
        (optim.Adam, {"betas": 0.9}, r"Adam: betas=0\.9; expected two numbers"),
        (optim.Adam, {"betas": (0.9,)}, r"Adam: betas=\(0\.9,\); expected two numbers"),
    ],
)
def test_options_of_the_wrong_kind_are_refused(make, options, message):
    with pytest.raises(DTypeError, match=message):
        make([leaf(1)], **options)


def test_the_learning_rate_is_a_plain_attribute():
    p = ag.tensor(1.0, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.5)
    p.grad = ag.tensor(1.0)
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    assert p.item() == 0.25


def test_repr_shows_the_options():
    assert repr(optim.GD([leaf(1)], maximize=True)) == "GD(1 parameters, lr=0.001, maximize=True)"
    groups = [{"params": [leaf(1)]}, {"params": [leaf(2)], "lr": 1}]
    assert repr(optim.GD(groups)).startswith("GD(2 parameters in 2 groups, lr=0.001")


def test_an_optimizer_without_a_formula_says_so():
    p = leaf(1)
    p.sum().backward()
    with pytest.raises(NotImplementedError, match=r"FirstOrder has no update\(\)"):
        optim.FirstOrder([p]).step()


@pytest.mark.parametrize("shape", [(), (0,), (BLOCK,), (BLOCK + 1,), (3, BLOCK // 2), (700, 100, 3), (2, 2 * BLOCK)])
def test_blocks_cover_an_array_once_in_pieces_that_fit_the_cache(shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    blocks = [block for (block,) in _blocks(array)]
    np.testing.assert_array_equal(np.concatenate([block.reshape(-1) for block in blocks]), array.reshape(-1))
    row = int(np.prod(shape[1:]))
    assert all(block.size <= max(BLOCK, row) for block in blocks)
