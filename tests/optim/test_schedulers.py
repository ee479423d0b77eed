"""Schedules: PyTorch's rates at every step, and momenta; saved states; combinations; refusals."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import optim
from autograd_core.errors import DTypeError, StateError

STEPS = 40
CASES = [
    ("StepLR", {"step_size": 7, "gamma": 0.3}),
    ("StepLR", {"step_size": 1}),
    ("MultiStepLR", {"milestones": [3, 3, 20, 11], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ConstantLR", {"factor": 0.2, "total_iters": 6}),
    ("ConstantLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 9}),
    ("LinearLR", {}),
    ("PolynomialLR", {"total_iters": 15, "power": 2.5}),
    ("PolynomialLR", {}),
    ("CosineAnnealingLR", {"T_max": 13, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": STEPS}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2}),
    ("LambdaLR", {"lr_lambda": lambda t: 1 / (1 + t)}),
    ("LambdaLR", {"lr_lambda": [lambda t: 0.5**t, lambda t: 1.0]}),
    *[
        ("OneCycleLR", {"max_lr": max_lr, "total_steps": STEPS + 1, "anneal_strategy": anneal, "three_phase": three})
        for max_lr in (0.5, [0.5, 0.1]) for anneal in ("cos", "linear") for three in (False, True)
    ],
    ("OneCycleLR", {"max_lr": 0.5, "epochs": 8, "steps_per_epoch": 6, "pct_start": 0.5, "div_factor": 10.0}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 50, "cycle_momentum": False, "final_div_factor": 3.0}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 50, "base_momentum": [0.5, 0.7], "max_momentum": 0.8}),
]
KINDS = {name for name, _ in CASES} | {"SequentialLR", "ChainedScheduler", "ReduceLROnPlateau"}
cases = pytest.mark.parametrize(("name", "options"), CASES)


def optimizer(kind=optim.SGD, rates=(0.3, 0.02), **options):
    return kind([{"params": [ag.tensor(1.0, requires_grad=True)], "lr": lr} for lr in rates], **options)


def oracle(kind="SGD", rates=(0.3, 0.02), **options):
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    groups = [{"params": [torch.ones((), requires_grad=True)], "lr": lr} for lr in rates]
    made = getattr(torch.optim, kind)(groups, **options)
    made.step()  # it warns where a schedule comes before the optimizer
    return made, torch.optim.lr_scheduler


def settings_of(made):
    """The rate of each group, and its momentum or betas."""
    return [[g["lr"], *g.get("betas", [g.get("momentum", 0.0)])] for g in made.param_groups]


def same(ours, theirs, our_schedule, their_schedule, steps=STEPS, arguments=lambda t: ()):
    for t in range(steps + 1):
        np.testing.assert_allclose(settings_of(ours), settings_of(theirs), rtol=1e-12, atol=1e-15, err_msg=f"step {t}")
        if t < steps:
            theirs.step()
            our_schedule.step(*arguments(t))
            their_schedule.step(*arguments(t))


def test_every_public_schedule_is_tested():
    kinds = {name for name in optim.__all__ if name.endswith("LR") or "Scheduler" in name or "Anneal" in name}
    assert kinds - {"Scheduler"} | {"ReduceLROnPlateau"} == KINDS


@cases
@pytest.mark.parametrize(("kind", "more"), [("SGD", {"momentum": 0.9}), ("Adam", {"betas": (0.8, 0.99)})])
def test_rates_and_momenta_are_torchs(name, options, kind, more):
    ours, (theirs, library) = optimizer(getattr(optim, kind), **more), oracle(kind, **more)
    same(ours, theirs, getattr(optim, name)(ours, **options), getattr(library, name)(theirs, **options))


def parts(library, made):
    """A warm-up, a cosine and steps, of either library."""
    return [
        library.LinearLR(made, 0.1, total_iters=5), library.CosineAnnealingLR(made, 10), library.StepLR(made, 3, 0.5),
    ]


def test_one_after_the_other_is_torchs():
    ours, (theirs, library) = optimizer(), oracle()
    same(ours, theirs, optim.SequentialLR(ours, parts(optim, ours), [5, 15]),
         library.SequentialLR(theirs, parts(library, theirs), [5, 15]))


def test_all_at_once_is_torchs():
    ours, (theirs, library) = optimizer(), oracle()
    made = [[lib.ConstantLR(o, 0.5, 4), lib.ExponentialLR(o, 0.9), lib.MultiStepLR(o, [6])]
            for lib, o in ((optim, ours), (library, theirs))]
    same(ours, theirs, optim.ChainedScheduler(made[0]), library.ChainedScheduler(made[1]))


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
@pytest.mark.parametrize(
    "more", [{}, {"cooldown": 3, "min_lr": [0.01, 0.0]}, {"factor": 0.5, "min_lr": 0.01}, {"eps": 0.1}]
)
def test_cuts_on_a_plateau_are_torchs(mode, threshold_mode, more):
    options = {"mode": mode, "threshold_mode": threshold_mode, "patience": 2, "threshold": 0.02, **more}
    losses = np.random.default_rng(0).uniform(0.5, 1.5, STEPS) / np.sqrt(1 + np.arange(STEPS))
    losses[17] = np.nan
    ours, (theirs, library) = optimizer(), oracle()
    same(ours, theirs, optim.ReduceLROnPlateau(ours, **options), library.ReduceLROnPlateau(theirs, **options),
         arguments=lambda t: (losses[t],))


def test_a_whole_training_run_under_one_cycle_is_torchs():
    """Adam's betas change at every step; its state has to mean the same under each."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")
    start, curvature = np.random.default_rng(0).standard_normal(5), np.geomspace(0.01, 10, 5)
    for kind in ("Adam", "SGD"):
        ours, theirs = ag.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
        o = getattr(optim, kind)([ours], **({"momentum": 0.9} if kind == "SGD" else {}))
        to = getattr(torch.optim, kind)([theirs], **({"momentum": 0.9} if kind == "SGD" else {}))
        schedule = optim.OneCycleLR(o, 0.05, total_steps=60)
        torch_schedule = torch.optim.lr_scheduler.OneCycleLR(to, 0.05, total_steps=60)
        for _ in range(59):
            ours.grad = ag.tensor(curvature * ours.data)
            theirs.grad = torch.tensor(curvature) * theirs.detach()
            for made in (o, to, schedule, torch_schedule):
                made.step()
        np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=0, atol=1e-12)


def made(name, options):
    """A schedule of any kind on an optimizer of its own."""
    o = optimizer(momentum=0.9)
    if name == "SequentialLR":
        return optim.SequentialLR(o, parts(optim, o), [5, 15])
    if name == "ChainedScheduler":
        return optim.ChainedScheduler(parts(optim, o))
    return getattr(optim, name)(o, **options)


@given(data=st.data())
def test_a_schedule_resumed_at_any_step_is_the_same(data):
    every = [*CASES, ("SequentialLR", {}), ("ChainedScheduler", {}), ("ReduceLROnPlateau", {"patience": 1})]
    name, options = data.draw(st.sampled_from(every))
    stop, losses = data.draw(st.integers(0, 20)), [math.sin(t) for t in range(STEPS)]
    a, b = made(name, options), made(name, options)

    def step(schedule, t):
        schedule.step(*([losses[t]] if name == "ReduceLROnPlateau" else []))

    for t in range(stop):
        step(a, t)
    b.load_state_dict(json.loads(json.dumps(a.state_dict(), allow_nan=False)))
    b.optimizer.load_state_dict(a.optimizer.state_dict())
    for t in range(stop, STEPS):
        assert settings_of(a.optimizer) == settings_of(b.optimizer)
        step(a, t)
        step(b, t)
    assert a.state_dict() == b.state_dict()


def test_groups_added_later_are_scheduled_from_their_own_rate():
    o = optimizer(rates=(1.0,))
    schedule = optim.ExponentialLR(o, 0.5)
    schedule.step()
    o.add_param_group({"params": [ag.tensor(2.0, requires_grad=True)], "lr": 8.0})
    schedule.step()
    assert schedule.get_last_lr() == [0.25, 2.0]


def test_a_group_that_was_not_scheduled_yet_is_not_when_the_state_is_loaded_either():
    o = optimizer(rates=(1.0,))
    schedule = optim.ExponentialLR(o, 0.5)
    schedule.step()
    o.add_param_group({"params": [ag.tensor(2.0, requires_grad=True)], "lr": 8.0})
    schedule.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert schedule.get_last_lr() == [0.5, 8.0]
    schedule.step()
    assert schedule.get_last_lr() == [0.25, 2.0]


@pytest.mark.parametrize("wrong", [{"last_epoch": 10**6}, {"initial_lrs": 5}, {"initial_lrs": [1e308, "a"]},
                                   {"last_epoch": -1}, {"initial_lrs": [0.1, np.nan]}])
@pytest.mark.parametrize("make", [
    lambda o: optim.OneCycleLR(o, 0.5, total_steps=9),
    lambda o: optim.SequentialLR(o, [optim.StepLR(o, 1), optim.OneCycleLR(o, 0.5, total_steps=9)], [1]),
    lambda o: optim.LambdaLR(o, lambda t: 1 / (10**6 - t)),
])
def test_a_state_whose_rates_cannot_be_computed_is_refused_before_anything_changes(make, wrong):
    o = optimizer(momentum=0.9)
    schedule = make(o)
    schedule.step()
    before = schedule.state_dict(), settings_of(o)
    with pytest.raises(StateError, match=next(iter(wrong))):
        schedule.load_state_dict({**schedule.state_dict(), **wrong})
    assert (schedule.state_dict(), settings_of(o)) == before


def test_a_second_schedule_starts_from_the_first_rate():
    o = optimizer(rates=(1.0,))
    optim.ExponentialLR(o, 0.5).step()
    optim.StepLR(o, 5)
    assert o.lr == 1.0


def test_a_step_past_the_end_changes_nothing():
    o = optimizer(rates=(1.0,), momentum=0.9)
    schedule = optim.OneCycleLR(o, 0.5, total_steps=3)
    for _ in range(3):
        schedule.step()
    before = settings_of(o)
    with pytest.raises(optim.OptionError, match="OneCycleLR: the cycle of 3 steps is over"):
        schedule.step()
    assert (settings_of(o), schedule.last_epoch) == (before, 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: optim.StepLR(o, 0), "StepLR: step_size=0; expected at least 1"),
        (lambda o: optim.ExponentialLR(o, -1), "ExponentialLR: gamma=-1; expected a finite number"),
        (lambda o: optim.ConstantLR(o, 1.5), "ConstantLR: factor=1.5; expected a number from 0 to 1"),
        (lambda o: optim.LinearLR(o, 0.0), "LinearLR: start_factor=0; expected above 0"),
        (lambda o: optim.LambdaLR(o, lambda t: -1.0), "LambdaLR: the rate of group 0 after 0 steps=-0.3; expected"),
        (lambda o: optim.LambdaLR(o, [abs]), "LambdaLR: 1 functions, but there is a group 1"),
        (lambda o: optim.OneCycleLR(o, 1.0), "OneCycleLR: how long"),
        (lambda o: optim.OneCycleLR(o, [1.0], total_steps=3), "OneCycleLR: max_lr: 1 numbers for 2 groups"),
        (lambda o: optim.OneCycleLR(o, 1.0, total_steps=3, pct_start=2.0), "OneCycleLR: pct_start=2.0"),
        (lambda o: optim.OneCycleLR(optimizer(optim.GD), 1.0, total_steps=3), "GD has no momentum; pass"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(o, 1)], [3]), r"milestones=\[3\] for 1 schedulers"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(optimizer(), 1)], []), "the StepLR is another optimizer's"),
        (lambda o: optim.ChainedScheduler([]), "ChainedScheduler: no schedulers"),
        (lambda o: optim.ReduceLROnPlateau(o, "low"), "ReduceLROnPlateau: mode='low'; expected 'min' or 'max'"),
        (lambda o: optim.ReduceLROnPlateau(o, factor=1.0), "factor=1.0; expected .* at least 0 and below 1"),
        (lambda o: optim.ReduceLROnPlateau(o).load_state_dict(
            {**optim.ReduceLROnPlateau(o).state_dict(), "last_epoch": 3, "cooldown_counter": -1, "best": "low"}),
         "cooldown_counter=-1; expected at least 0; best='low'; expected a number"),
        (lambda o: optim.StepLR(o, 1).load_state_dict({"class": "StepLR"}), "no 'initial_lrs'; this is not what"),
        (lambda o: optim.StepLR(o, 1).load_state_dict(made("ConstantLR", {}).state_dict()), "that of ConstantLR"),
        (lambda o: optim.StepLR(o, 1).load_state_dict({"class": "StepLR", "last_epoch": 1, "initial_lrs": [1]}),
         "rates for 1 groups, but the optimizer has 2"),
    ],
)
def test_what_makes_no_schedule_is_refused_and_changes_nothing(make, message):
    o = optimizer()
    with pytest.raises((optim.OptionError, StateError), match=message):
        make(o)
    assert [group["lr"] for group in o.param_groups] == [0.3, 0.02]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: optim.StepLR(3, 1), "StepLR: expected an Optimizer first, got a int"),
        (lambda o: optim.OneCycleLR(3, 1.0, 5), "OneCycleLR: expected an Optimizer first"),
        (lambda o: optim.StepLR(o, 1.5), "StepLR: step_size=1.5; expected an integer"),
        (lambda o: optim.LambdaLR(o, 3), "LambdaLR: lr_lambda=3; expected a function"),
        (lambda o: optim.ChainedScheduler([optim.ReduceLROnPlateau(o)]), "ReduceLROnPlateau cannot be combined"),
        (lambda o: optim.ReduceLROnPlateau(o).step("low"), "metrics='low'; expected one number"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused(make, message):
    with pytest.raises(DTypeError, match=message):
        make(optimizer())
