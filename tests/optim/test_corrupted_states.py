"""A state with one entry wrong loads if it still is one, or is a StateError that names the entry; then nothing changed.

For every kind of state: of models, optimizers, schedules and averages.
"""

import copy
import re
import warnings
from contextlib import suppress

import numpy as np
import pytest
from cases import EVERY
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import optim
from autograd_core.errors import AutogradError

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
FULL_BATCH = ["LBFGS", "ConjugateGradient", "NewtonCG", "LevenbergMarquardt", "GaussNewton"]
AVERAGES = [lambda m: optim.EMA(m, 0.5), optim.SWA]
SCHEDULES = [
    lambda o: optim.StepLR(o, 2),
    lambda o: optim.OneCycleLR(o, 0.5, total_steps=9),
    lambda o: optim.SequentialLR(o, [optim.LinearLR(o), optim.OneCycleLR(o, 0.5, total_steps=9)], [3]),
    lambda o: optim.ChainedScheduler([optim.ExponentialLR(o, 1.5), optim.CosineAnnealingWarmRestarts(o, 2, 2)]),
    lambda o: optim.LambdaLR(o, lambda t: 7 - t),
    lambda o: optim.LambdaLR(o, lambda t: 1 / (10**6 - t)),
    optim.ReduceLROnPlateau,
]


class Trained:
    """A model, and one thing more that has a state, after two steps; what is loaded into is ``subject``."""

    def __init__(self):
        self.model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.BatchNorm1d(2), nn.Linear(2, 1, rng=1))
        self.optimizer = self.average = self.schedule = None

    def run(self, steps=2):
        for _ in range(steps):
            self.model.zero_grad()
            (self.model(X) ** 2).mean().backward()
            if isinstance(self.optimizer, optim.FirstOrder):
                self.optimizer.step()
            elif self.optimizer is not None:
                self.optimizer.step(self.full_batch_loss)
            if self.average is not None:
                self.average.update()
            if self.schedule is not None:
                self.schedule.step(*[1.0] * isinstance(self.schedule, optim.ReduceLROnPlateau))
        return self

    def full_batch_loss(self):
        residuals = self.model.eval()(X).reshape(-1)
        of_residuals = isinstance(self.optimizer, (optim.GaussNewton, optim.LevenbergMarquardt))
        return residuals if of_residuals else (residuals**2).mean()

    @property
    def subject(self):
        return self.schedule or self.average or self.optimizer or self.model

    def everything(self):
        """All that a load could change."""
        parts = [part for part in (self.model, self.optimizer, self.average, self.schedule) if part is not None]
        starts = [group.initial_lr for group in self.optimizer.param_groups] if self.optimizer else []
        return [copy.deepcopy(part.state_dict()) for part in parts], starts


def trained(kind, data):
    """Something of this kind that has a state."""
    run = Trained()
    if kind == "optimizer":
        name, options = data.draw(st.sampled_from(EVERY))
        run.optimizer = getattr(optim, name)(run.model, **options)
    elif kind == "full batch":
        run.optimizer = getattr(optim, data.draw(st.sampled_from(FULL_BATCH)))(run.model, max_iter=2)
    elif kind == "schedule":
        head, *rest = run.model.parameters()
        run.optimizer = optim.SGD([{"params": [head], "lr": 0.02}, {"params": rest}], lr=0.01, momentum=0.9)
        run.schedule = data.draw(st.sampled_from(SCHEDULES))(run.optimizer)
    elif kind == "average":
        run.average = data.draw(st.sampled_from(AVERAGES))(run.model)
    return run.run()


JUNK = [None, "abc", "no", -1, -5, 2.7, 7, 11, 10**6, 2**70, 10**400, -0.5, 1e300, np.nan, np.inf, -np.inf, True, 1j,
        b"x", [], {}, [1, [2, 3]], {"step": "x"}, object(), np.zeros((7, 5)), np.array(np.nan), np.array(["a"]),
        np.int64(-2)]


def places(state, path=()):
    """The path of every entry, also within entries."""
    for key, value in state.items() if isinstance(state, dict) else enumerate(state):
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def changed_array(data, array):
    """An array of another shape or dtype, or with NaN in it, or large."""
    return data.draw(st.sampled_from([
        array[None], array.astype(np.float16), array.astype(np.float64) * 1e300, np.full_like(array, 3),
        array.astype("U"), np.where(np.arange(array.size).reshape(array.shape) == 0, np.nan, array),
    ]))


def corrupt(data, state):
    """Change one entry, wherever it lies; its name, or that of the list that it is in."""
    path = data.draw(st.sampled_from(sorted(places(state), key=repr)))
    *above, last = path
    holder = state
    for key in above:
        holder = holder[key]
    how = data.draw(st.sampled_from(["replace", "replace", "delete", "add"]))
    if how == "delete":
        del holder[last]
    elif how == "add" and isinstance(holder, list):
        holder.append(data.draw(st.sampled_from([*holder, *JUNK])))
    elif how == "add":
        last = data.draw(st.sampled_from(["extra", 3]))
        holder[last] = data.draw(st.sampled_from(JUNK))
    elif isinstance(holder[last], np.ndarray) and data.draw(st.booleans()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            holder[last] = changed_array(data, holder[last])
    else:
        holder[last] = data.draw(st.sampled_from(JUNK))
    return str(last if isinstance(holder, dict) else above[-1])


@pytest.mark.parametrize("kind", ["model", "optimizer", "full batch", "schedule", "average"])
@settings(max_examples=100)
@given(data=st.data())
def test_one_wrong_entry_is_refused_whole_or_is_a_state(kind, data):
    run = trained(kind, data)
    state = copy.deepcopy(run.subject.state_dict())
    run.run(data.draw(st.integers(0, 1)))
    before = run.everything()
    entry = corrupt(data, state)
    refusal = None
    try:
        run.subject.load_state_dict(state)
    except ag.StateError as error:
        refusal = str(error)
    after = run.everything()
    if refusal is None:
        loaded = run.subject.state_dict()
        np.testing.assert_equal(loaded, {key: state[key] for key in loaded})
        run.subject.load_state_dict(run.subject.state_dict())  # what was loaded is a state
        np.testing.assert_equal(run.everything(), after)
        with np.errstate(all="ignore"), suppress(AutogradError):  # a rate of 1e300 is one, the schedule may be over
            run.run(1)
    else:
        np.testing.assert_equal(after, before)
        words = refusal.removeprefix("load_state_dict: the state").replace(".state_dict()", "")
        lists = re.search("missing: |unexpected: | has just ", words)  # these name the names, not their list
        assert entry.removesuffix("s") in words or lists or entry == "class"
