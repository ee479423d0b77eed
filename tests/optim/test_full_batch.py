"""What the optimizers share whose step takes a closure: what it may do, resuming, errors, where parameters end."""

import copy
import itertools
import json

import numpy as np
import pytest
from valleys import rosenbrock

import autograd_core as ag
import nn
import optim
from autograd_core.errors import DTypeError, GraphError, InPlaceError, ShapeError

MAKE = {
    "LBFGS": lambda params: optim.LBFGS(params, max_iter=2, line_search_fn="strong_wolfe"),
    "LBFGS, fixed step": lambda params: optim.LBFGS(params, lr=0.5, max_iter=2, history_size=2),
    "CG, Polak-Ribière": lambda params: optim.ConjugateGradient(params, max_iter=2),
    "CG, Fletcher-Reeves": lambda params: optim.ConjugateGradient(params, beta="fletcher-reeves", max_iter=2),
    "Newton": lambda params: optim.Newton(params, damping=0.3),
    "Newton, searching": lambda params: optim.Newton(params, line_search_fn="strong_wolfe"),
    "NewtonCG": optim.NewtonCG,
    "GaussNewton": lambda params: optim.GaussNewton(params, line_search_fn="strong_wolfe"),
    "LevenbergMarquardt": lambda params: optim.LevenbergMarquardt(params, max_iter=1),
}
every = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
on_losses = pytest.mark.parametrize("make", list(MAKE.values())[:-2])


def parameters(dtypes=("float64", "float64")):
    rng = np.random.default_rng(0)
    return [("w", ag.tensor(rng.standard_normal((2, 3)), dtype=dtypes[0], requires_grad=True)),
            ("b", ag.tensor(rng.standard_normal(2), dtype=dtypes[1], requires_grad=True))]


def problem(optimizer, named):
    """A closure for the optimizer: residuals, or half the sum of their squares."""
    rng = np.random.default_rng(1)
    x, w, b = rng.standard_normal((12, 3)), *(p.numpy() for _, p in parameters())
    y = np.tanh(x @ (w + 0.2).T + b - 0.3) + 0.05 * rng.standard_normal((12, 2))
    parameter = dict(named)

    def residuals():
        return ag.tanh(x @ parameter["w"].T + parameter["b"]) - y

    if isinstance(optimizer, (optim.GaussNewton, optim.LevenbergMarquardt)):
        return residuals
    return lambda: (residuals() ** 2).sum() / 2


def after(make, steps, named=None, optimizer=None):
    named = named or parameters()
    optimizer = optimizer or make(named)
    losses = [optimizer.step(problem(optimizer, named)) for _ in range(steps)]
    return [p.numpy().copy() for _, p in named], losses, optimizer


@pytest.mark.parametrize("make", [make for name, make in MAKE.items() if name not in ("LBFGS, fixed step", "Newton")])
def test_what_searches_goes_downhill_to_the_minimum(make):
    _, losses, _ = after(make, 25)
    assert all(b <= a + 1e-12 for a, b in itertools.pairwise(losses))
    assert losses[-1] == pytest.approx(after(MAKE["NewtonCG"], 25)[1][-1], rel=1e-4)


@every
@pytest.mark.parametrize("before", [0, 1, 3])
def test_resumed_it_is_bitwise_the_same_run(make, before):
    whole, _, _ = after(make, before + 3)
    named = parameters()
    *_, optimizer = after(make, before, named)
    state = copy.deepcopy(optimizer.state_dict())
    json.dumps(state["groups"])
    fresh = [(name, ag.tensor(p.numpy().copy(), requires_grad=True)) for name, p in named]
    after(make, 2, named, optimizer)  # what happens to the one does not matter to the other
    other = make(fresh)
    other.load_state_dict(state)
    resumed, _, _ = after(make, 3, fresh, other)
    for a, b in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(a, b)


@every
def test_the_order_of_parameters_does_not_matter(make):
    (w, b), _, _ = after(make, 4)
    named = parameters()
    (b2, w2), _, _ = after(make, 4, named[::-1])
    np.testing.assert_allclose(w, w2, rtol=1e-6)
    np.testing.assert_allclose(b, b2, rtol=1e-6)


@every
def test_mixed_dtypes_meet_in_the_widest_and_stay_what_they_are(make):
    named = parameters(("float32", "float64"))
    arrays = [p.data for _, p in named]
    (w, b), _, optimizer = after(make, 20, named)
    assert (w.dtype, b.dtype) == (np.float32, np.float64)
    assert all(p.data is array for (_, p), array in zip(named, arrays, strict=True))
    (w64, b64), _, _ = after(make, 20)
    np.testing.assert_allclose(w, w64, atol=2e-3)
    np.testing.assert_allclose(b, b64, atol=2e-3)
    make(named).load_state_dict(optimizer.state_dict())


@every
@pytest.mark.parametrize(("edit", "message"), [
    (lambda entries: entries["b"].update(step=7), "step of b is 7, of w "),
    (lambda entries: entries.pop("b"), "missing: b"),
    (lambda entries: entries["b"].pop("step"), "step of b is missing"),
    (lambda entries: [entry.update(other=np.ones_like(p)) for entry, p in zip(
        entries.values(), (np.ones((2, 3)), np.ones(2)), strict=True)], "has just .*other|other of . is"),
])
def test_a_memory_that_was_changed_is_refused_and_changes_nothing(make, edit, message):
    *_, optimizer = after(make, 3)
    before = copy.deepcopy(optimizer.state_dict())
    state = copy.deepcopy(before)
    edit(state["state"])
    with pytest.raises(ag.StateError, match=message):
        optimizer.load_state_dict(state)
    np.testing.assert_equal(optimizer.state_dict(), before)


@every
def test_a_model_is_known_by_its_names(make):
    model = nn.Linear(3, 2, rng=0)
    optimizer = make(model)
    optimizer.step(problem(optimizer, [("w", model.weight), ("b", model.bias)]))
    assert optimizer.state_dict()["groups"][0]["names"] == ["weight", "bias"]
    wider = make(nn.Linear(4, 2, rng=0))
    if optimizer.state_dict()["state"]["weight"].keys() > {"step"}:
        with pytest.raises(ag.StateError, match="weight"):
            wider.load_state_dict(optimizer.state_dict())
    assert wider.iterations == 0
    assert not wider.memory


@pytest.mark.parametrize("make", [MAKE["LBFGS"], MAKE["CG, Polak-Ribière"]])
def test_closures_as_pytorch_has_them_work_and_gradients_are_not_left_behind(make):
    named = parameters()
    optimizer = make(named)
    loss = problem(optimizer, named)

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    for _ in range(3):
        optimizer.step(closure)
    expected, _, _ = after(make, 3)
    for (_, p), value in zip(named, expected, strict=True):
        np.testing.assert_array_equal(p.numpy(), value)
        assert p.grad is None


@pytest.mark.parametrize("name", ["Newton", "NewtonCG"])
def test_second_derivatives_need_the_graph(name):
    named = parameters()
    optimizer = MAKE[name](named)
    loss = problem(optimizer, named)

    def closure():
        value = loss()
        value.backward()
        return value

    before = [p.numpy().copy() for _, p in named]
    with pytest.raises(GraphError, match="called backward"):
        optimizer.step(closure)
    for (_, p), value in zip(named, before, strict=True):
        np.testing.assert_array_equal(p.numpy(), value)


@on_losses
@pytest.mark.parametrize(("result", "error", "match"), [
    (lambda p: None, DTypeError, "return loss"),
    (lambda p: "low", DTypeError, "a str"),
    (lambda p: p * 2, ShapeError, r"\(2,\)"),
    (lambda p: ag.tensor(3.0), GraphError, "does not depend"),
    (lambda p: 3.0, GraphError, "does not depend"),
    (lambda p: p.detach().sum(), GraphError, "does not depend"),
    (lambda p: (p * np.nan).sum(), GraphError, "nan"),
    (lambda p: (p * np.inf).sum(), GraphError, "inf|nan"),
])
def test_what_is_no_loss_changes_nothing(make, result, error, match):
    p = ag.tensor([1.0, 2.0], requires_grad=True)
    optimizer = make([p])
    with pytest.raises(error, match=match):
        optimizer.step(lambda: result(p))
    np.testing.assert_array_equal(p.numpy(), [1.0, 2.0])
    assert p.is_leaf
    assert not optimizer.memory


@pytest.mark.parametrize("make", [MAKE["GaussNewton"], MAKE["LevenbergMarquardt"]])
def test_what_are_no_residuals(make):
    p = ag.tensor([1.0, 2.0], requires_grad=True)
    for residuals, error, match in (
        (lambda: None, DTypeError, "residuals"),
        (lambda: ag.tensor([1.0]), GraphError, "do not depend"),
        (lambda: p * np.nan, GraphError, "nan"),
    ):
        with pytest.raises(error, match=match):
            make([p]).step(residuals)
    np.testing.assert_array_equal(p.numpy(), [1.0, 2.0])


def test_the_best_point_survives_an_error_and_an_interrupt():
    for stop in (KeyboardInterrupt(), ValueError("no more data")):
        p = ag.tensor([-1.2, 1.0], requires_grad=True)
        optimizer, seen = optim.LBFGS([p], max_iter=100, line_search_fn="strong_wolfe"), []

        def closure(p=p, seen=seen, stop=stop):
            loss = rosenbrock(p)
            seen.append(loss.item())
            if len(seen) == 20:
                raise stop
            return loss

        with pytest.raises(type(stop)):
            optimizer.step(closure)
        assert rosenbrock(p).item() == pytest.approx(min(seen[:-1]))
        assert p.is_leaf


def test_a_fixed_step_that_explodes_raises_at_the_last_good_point():
    p = ag.tensor([3.0], requires_grad=True)
    optimizer = optim.LBFGS([p], lr=1e60, max_iter=20)
    with np.errstate(all="ignore"), pytest.raises(GraphError, match="last good point"):
        optimizer.step(lambda: (p**4).sum())
    assert np.isfinite(p.numpy()).all()


def test_a_search_that_cannot_go_lower_ends_where_it_was():
    p = ag.tensor([1.0], requires_grad=True)
    optimizer = optim.LBFGS([p], line_search_fn="strong_wolfe")
    optimizer.step(lambda: (2 * p.detach() * p.detach() - p * p).sum())  # p², with a slope that points the wrong way
    np.testing.assert_array_equal(p.numpy(), [1.0])


@every
def test_options_are_checked(make):
    p = ag.tensor([1.0], requires_grad=True)
    kind = type(make([p]))
    for options in ({"max_iter": 0}, {"tolerance_grad": -1}, {"tolerance_change": np.nan}):
        with pytest.raises(optim.OptionError, match=f"{kind.__name__}: {next(iter(options))}"):
            kind([p], **options)
    with pytest.raises(optim.OptionError, match="2 groups"):
        kind([{"params": [p]}, {"params": [ag.tensor([1.0], requires_grad=True)]}])
    with pytest.raises(optim.OptionError, match="maximize"):
        kind([{"params": [p], "maximize": True}])
    with pytest.raises(optim.OptionError, match="make a new one"):
        kind([p]).add_param_group({"params": []})
    p.data.flags.writeable = False
    with pytest.raises(InPlaceError, match="read-only"):
        kind([p]).step(lambda: p * p)


def test_no_elements_are_at_their_minimum():
    p = ag.tensor(np.zeros((0, 3)), requires_grad=True)
    for make in MAKE.values():
        make([p]).step(p.sum)


def test_parameters_that_are_not_used_stay():
    used, unused = (ag.tensor([3.0], requires_grad=True) for _ in range(2))
    for make in MAKE.values():
        make([used, unused]).step(lambda: (used * used).sum())
    np.testing.assert_array_equal(unused.numpy(), [3.0])


def test_a_pending_backward_that_needs_the_old_values_raises():
    p = ag.tensor([3.0], requires_grad=True)
    pending = (p * p).sum()
    optim.Newton([p]).step(lambda: (p * p).sum())
    with pytest.raises(ag.SavedArrayError):
        pending.backward()


def test_what_moves_by_gradients_alone_is_not_there():
    assert not {"update", "move"} & set(dir(optim.FullBatch))


def test_a_closure_is_a_function():
    with pytest.raises(DTypeError, match="LBFGS: closure=3; expected a function"):
        optim.LBFGS([ag.tensor([1.0], requires_grad=True)]).step(3)
