"""Saved states: any run can stop at any step and go on bitwise the same, by the names of its parameters."""

import copy
import json

import numpy as np
import pytest
from cases import ALL_OPTIONS, EVERY
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import optim

SHAPES = {"w": (3, 2), "b": (2,), "scale": ()}
every = pytest.mark.parametrize(("name", "options"), EVERY)


def start(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    drawn = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    return {name: ag.tensor(array, dtype=dtype, requires_grad=True) for name, array in drawn.items()}


def train(optimizer, params, steps, first=0, seed=0):
    """Steps with gradients that depend on the step, the name and the parameter, as in training on minibatches."""
    for t in range(first, steps):
        for name in sorted(params):
            noise = np.random.default_rng([seed, t, *name.encode()]).standard_normal(params[name].shape)
            params[name].grad = ag.tensor(np.asarray(params[name].data + noise, params[name].dtype))
        optimizer.step()


def values(params):
    return {name: params[name].data.copy() for name in sorted(params)}


def through_a_file(state):
    """What JSON for the options and named arrays for the rest keep of it."""
    arrays = {}

    def out(value, path):
        if isinstance(value, np.ndarray):
            arrays[path] = np.ascontiguousarray(value)
            return {"array": path, "shape": value.shape}
        if isinstance(value, dict):
            return {key: out(item, f"{path}/{key}") for key, item in value.items()}
        return value

    def back(value):
        if isinstance(value, dict) and value.keys() == {"array", "shape"}:
            return arrays[value["array"]].reshape(value["shape"])
        if isinstance(value, dict):
            return {key: back(item) for key, item in value.items()}
        return value

    return back(json.loads(json.dumps(out(state, ""), allow_nan=False)))


def resumed_and_whole(name, options, dtype, seed, stop, steps):
    """The values after a run that was saved and loaded after ``stop`` steps, and after one that was not."""
    kind = getattr(optim, name)
    whole, first = start(seed, dtype), start(seed, dtype)
    train(kind(whole.items(), **options), whole, steps, seed=seed)
    optimizer = kind(first.items(), **options)
    train(optimizer, first, stop, seed=seed)
    second = {key: ag.tensor(p.data.copy(), requires_grad=True) for key, p in first.items()}
    resumed = kind(list(second.items())[::-1])  # the options come with the state
    resumed.load_state_dict(through_a_file(optimizer.state_dict()))
    train(resumed, second, steps, first=stop, seed=seed)
    return values(second), values(whole)


@every
def test_a_run_resumed_at_each_step_is_bitwise_the_same_run(name, options):
    for stop in range(6):
        np.testing.assert_equal(*resumed_and_whole(name, options, np.float32, seed=0, stop=stop, steps=6))


@settings(max_examples=60)
@given(data=st.data())
def test_for_any_options_seed_and_step_too(data):
    name = data.draw(st.sampled_from(sorted(ALL_OPTIONS)))
    options = data.draw(st.sampled_from(ALL_OPTIONS[name]))
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    seed, steps = data.draw(st.integers(0, 99)), data.draw(st.integers(1, 12))
    stop = data.draw(st.integers(0, steps))
    np.testing.assert_equal(*resumed_and_whole(name, options, dtype, seed, stop, steps))


def copy_sorted(optimizer):
    return dict(sorted(optimizer.state_dict()["state"].items()))


@settings(max_examples=40)
@given(data=st.data())
def test_permuting_and_regrouping_parameters_changes_nothing(data):
    name = data.draw(st.sampled_from(sorted(ALL_OPTIONS)))
    options = data.draw(st.sampled_from(ALL_OPTIONS[name]))
    plain, permuted = start(0), start(0)
    order = data.draw(st.permutations(sorted(SHAPES)))
    cut = data.draw(st.integers(1, 3))
    groups = [{"params": [(key, permuted[key]) for key in part]} for part in (order[:cut], order[cut:]) if part]
    kind = getattr(optim, name)
    a, b = kind(plain.items(), **options), kind(groups, **options)
    train(a, plain, 6)
    train(b, permuted, 6)
    np.testing.assert_equal(values(plain), values(permuted))
    b.load_state_dict(a.state_dict())
    np.testing.assert_equal(copy_sorted(a), copy_sorted(b))


def test_the_moment_of_a_switch_does_not_depend_on_the_order_either():
    rng = np.random.default_rng(0)
    starts = {str(k): rng.standard_normal(3) for k in range(40)}  # so many sums that their order would show
    rates = []
    for names in (list(starts), list(starts)[::-1]):
        params = {name: ag.tensor(starts[name], requires_grad=True) for name in names}
        optimizer = optim.SWATS(params.items(), lr=0.1)
        for t in range(20):
            train(optimizer, params, t + 1, first=t)
            rates.append(optimizer.param_groups[0].mean_rate)
    assert rates[:20] == rates[20:]


@every
def test_a_state_is_plain_data_that_later_steps_do_not_change(name, options):
    params = start(0)
    optimizer = getattr(optim, name)(params.items(), **options)
    train(optimizer, params, 2)
    state = optimizer.state_dict()
    before = copy.deepcopy(state)
    train(optimizer, params, 4, first=2)
    np.testing.assert_equal(state, before)
    np.testing.assert_equal(through_a_file(state), before)


def adam(**more):
    params = start(0)
    params |= {name: ag.tensor(np.ones(shape), requires_grad=True) for name, shape in more.items()}
    optimizer = optim.Adam(params.items())
    train(optimizer, params, 2)
    return optimizer


def edited(edit):
    state = adam().state_dict()
    edit(state)
    return state


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda s: s.pop("groups"), "no 'groups'; this is not what Adam.state_dict"),
        (lambda s: s.update({"class": "SGD"}), "the state is that of SGD, not of Adam; nothing was loaded"),
        (lambda s: s["state"]["w"].update(exp_avg=np.zeros((2, 3))),
         r"exp_avg of w is float64\[2, 3\], expected float64\[3, 2\]"),
        (lambda s: s["state"]["b"].update(exp_avg=np.zeros(2, np.float32)),
         r"exp_avg of b is float32\[2\], expected float64"),
        (lambda s: s["state"]["b"].pop("exp_avg_sq"), "exp_avg_sq of b is missing"),
        (lambda s: s["state"]["b"].pop("step"), "step of b is missing"),
        (lambda s: s["state"]["b"].update(extra=np.zeros(2)), "extra of b is not used with these options"),
        (lambda s: s["groups"][0].update(amsgrad=True), "max_exp_avg_sq of w is missing"),
        (lambda s: s["groups"][0].update(speed=3), "options speed are only in one of the two"),
        (lambda s: s["groups"][0].pop("eps"), "options eps are only in one of the two"),
        *[(lambda s, n=n: s["state"]["b"].update(step=n), "step of b=") for n in ("abc", -5, -1, 2.7, None, True)],
        (lambda s: s["state"]["b"].update(step=10**400), "step of b is an integer too large"),
        (lambda s: s["state"]["w"].update(exp_avg=[[1], [2, 3]]), "exp_avg of w has rows of unequal length"),
        (lambda s: s["state"].update(b=None), "the state of b is a NoneType"),
        (lambda s: s["state"].update(other=s["state"].pop("b")), "the state of 'other', which is in no group"),
        (lambda s: s.update(state=None), "'state' is a NoneType; this is not what Adam"),
        (lambda s: s.update(groups=5), "'groups' is a int; this is not what Adam"),
        (lambda s: s["groups"][0].pop("names"), "group 0 has no 'names'"),
        (lambda s: s["groups"][0]["names"].append("w"), "the name 'w' in group 0"),
        (lambda s: s["groups"][0].update(maximize="no"), "Adam: maximize='no'; expected True or False"),
        (lambda s: s["groups"][0].update(lr=-1), "Adam: lr=-1; expected a finite number"),
        (lambda s: s["groups"][0].update(names=["w", "b"]), "missing: scale"),
        (lambda s: s["groups"][0]["names"].append("new"), "unexpected: new"),
        (lambda s: s["groups"].append({**s["groups"][0], "names": [s["groups"][0]["names"].pop()], "lr": 9.0}),
         "parameters of one group had different options: w, b, scale"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(edit, message):
    optimizer = adam()
    train(optimizer, dict(zip(SHAPES, optimizer.params, strict=True)), 3, first=2)
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises((optim.OptionError, ag.StateError), match=message):
        optimizer.load_state_dict(edited(edit))
    np.testing.assert_equal(optimizer.state_dict(), before)


def test_every_misfit_is_listed_at_once():
    def edit(state):
        state["groups"][0]["names"][0] = "other"
        state["state"]["b"]["exp_avg"] = np.zeros(7)

    with pytest.raises(ag.StateError, match=r"missing: w\n  unexpected: other\n  wrong: .*'w', .*exp_avg of b is"):
        adam().load_state_dict(edited(edit))


def test_the_state_of_a_run_that_overflowed_loads():
    """Else a checkpoint that cannot be loaded could not be taken back."""
    optimizer = adam()
    train(optimizer, dict(zip(SHAPES, optimizer.params, strict=True)), 1)
    state = optimizer.state_dict()
    state["state"]["w"]["exp_avg"].fill(np.nan)
    optimizer.load_state_dict(state)
    np.testing.assert_equal(optimizer.state_dict(), state)


def test_parameters_that_were_added_or_removed_are_reported():
    bigger, smaller = adam(head=(2,)), adam()
    state = smaller.state_dict()
    assert bigger.load_state_dict(state, strict=False) == (["head"], [])
    assert "head" not in bigger.state_dict()["state"]  # it starts afresh
    assert smaller.load_state_dict(adam(head=(2,)).state_dict(), strict=False) == ([], ["head"])
    with pytest.raises(ag.StateError, match="missing: head"):
        adam(head=(2,)).load_state_dict(state)


def test_a_loaded_state_is_a_copy():
    state, optimizer = adam().state_dict(), adam()
    optimizer.load_state_dict(state)
    state["state"]["w"]["exp_avg"][...] = 7
    assert (optimizer.state_dict()["state"]["w"]["exp_avg"] != 7).all()


def test_a_misspelled_option_is_refused():
    for wrong in ({"learning_rate": 1.0}, {"weigth_decay": 0.1}):
        for make in (optim.SGD, optim.Adam, optim.AdamW, optim.SWATS, optim.Lion):
            with pytest.raises(optim.OptionError, match=f"no option '{next(iter(wrong))}'; there are .*lr"):
                make([ag.tensor([1.0], requires_grad=True)], **wrong)


def test_a_model_that_was_converted_trains_on_and_its_state_loads():
    model = nn.Linear(2, 1, rng=0)
    optimizer = optim.Adam(model)
    for dtype in (np.float32, np.float64):
        model.to(dtype)
        optimizer.zero_grad()
        model(np.ones((1, 2), dtype)).sum().backward()
        optimizer.step()
        assert {array.dtype for kept in optimizer._state.values() for array in kept.values()} == {np.dtype(dtype)}
        optimizer.load_state_dict(optimizer.state_dict())
