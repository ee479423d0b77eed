"""Checkpoints: going on from one gives the same bits as never having stopped."""

import json

import numpy as np
import pytest

import nn
import optim
from autograd_core.errors import AutogradError, DTypeError
from nn import files

pytest.importorskip("safetensors", reason="needs safetensors: pip install '.[files]'")

DATA = np.random.default_rng(0)
X = DATA.standard_normal((50, 4)).astype("f4")
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def in_groups(model):
    first, *rest = model.named_parameters()
    return optim.Adam([{"params": [first], "lr": 0.02}, {"params": rest}], lr=0.01, weight_decay=0.01)


OPTIMIZERS = {
    "momentum": lambda model: optim.SGD(model, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda model: optim.AdamW(model, lr=0.01),
    "groups": in_groups,
}
SCHEDULERS = {  # and when they step
    "momentum": (lambda optimizer: optim.OneCycleLR(optimizer, 0.1, total_steps=42), "step"),
    "adam": (lambda optimizer: optim.ReduceLROnPlateau(optimizer, patience=0), "epoch"),
    "groups": (lambda optimizer: optim.CosineAnnealingLR(optimizer, 6), "epoch"),
}
BITS = {"PCG64": np.random.PCG64, "MT19937": np.random.MT19937, "Philox": np.random.Philox}


class Run:
    """Everything that takes part in training, made afresh: other seeds than the first time must not matter."""

    def __init__(self, optimizer, bits, seed):
        self.model = nn.Sequential(nn.Linear(4, 16, rng=seed), nn.BatchNorm1d(16), nn.ReLU(),
                                   nn.Dropout(0.3, rng=seed), nn.Linear(16, 2, rng=seed))
        self.optimizer = OPTIMIZERS[optimizer](self.model)
        scheduler, self.every = SCHEDULERS[optimizer]
        self.scheduler = scheduler(self.optimizer)
        self.rng = np.random.Generator(BITS[bits](seed))
        self.stopping = nn.EarlyStopping("val_loss", patience=50)

    def fit(self, *callbacks, epochs=6, **options):
        return nn.fit(self.model, nn.CrossEntropyLoss(), self.optimizer, (X[:40], Y[:40]), validation=(X[40:], Y[40:]),
                      epochs=epochs, batch_size=6, metrics=["accuracy"], scheduler=self.scheduler,
                      scheduler_every=self.every, rng=self.rng, callbacks=[self.stopping, *callbacks],
                      progress=False, **options)

    def everything(self):
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                "scheduler": self.scheduler.state_dict(), "stopping": self.stopping.state_dict(),
                "rng": self.rng.bit_generator.state, "dropout": self.model[3].rng.bit_generator.state}


def same(a, b):
    """Whether nested data is equal to the bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and a == b


class StopAt(nn.Callback):
    def __init__(self, step):
        self.step = step

    def on_step_end(self, training):
        if training.step == self.step:
            training.stop("the machine went down")


@pytest.mark.parametrize("step", [7, 10, 21, 24, 25], ids=lambda step: f"step{step}")  # 7 steps an epoch
@pytest.mark.parametrize(("optimizer", "bits"), [("momentum", "PCG64"), ("adam", "MT19937"), ("groups", "Philox")])
def test_a_resumed_run_is_the_run_that_did_not_stop(tmp_path, optimizer, bits, step):
    straight = Run(optimizer, bits, seed=0)
    history = straight.fit()

    path = tmp_path / "run.safetensors"
    stopped = Run(optimizer, bits, seed=0)
    stopped.fit(nn.Checkpoint(path, every_steps=step), StopAt(step + 2))
    resumed = Run(optimizer, bits, seed=7)
    again = resumed.fit(nn.Checkpoint(tmp_path / "other"), resume=path)

    assert same(dict(history), dict(again))
    assert same(straight.everything(), resumed.everything())
    assert not same(stopped.everything(), resumed.everything())


def test_a_loop_written_by_hand_is_resumed_the_same_way(tmp_path):
    def steps(model, optimizer, rng, epochs):
        for _ in range(epochs):
            for x, y in nn.batches(X, Y, 8, rng=rng):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()

    straight, first, second = Run("adam", "PCG64", 0), Run("adam", "PCG64", 0), Run("adam", "PCG64", 7)
    steps(straight.model, straight.optimizer, straight.rng, 4)
    steps(first.model, first.optimizer, first.rng, 2)
    nn.save_checkpoint(tmp_path / "a", model=first.model, optimizer=first.optimizer, rng=first.rng, epoch=2)
    rest = nn.load_checkpoint(tmp_path / "a", model=second.model, optimizer=second.optimizer, rng=second.rng)
    assert rest == {"epoch": 2}
    steps(second.model, second.optimizer, second.rng, 2)
    assert same(straight.everything(), second.everything())


def test_plain_values_come_back(tmp_path):
    values = {"text": "ü\"\\", "none": None, "yes": True, "pi": np.float64(0.1), "huge": 2**200, "inf": -np.inf,
              "list": [1, [2.5, np.arange(3)]], "dict": {"a/b": np.ones(2), "a": {"b": np.zeros(())}}}
    nn.save_checkpoint(tmp_path / "a", **values)
    assert same(nn.load_checkpoint(tmp_path / "a"), values | {"pi": 0.1})
    assert np.isnan(saved_and_loaded(tmp_path, float("nan")))
    assert saved_and_loaded(tmp_path, (1, np.int64(2))) == [1, 2]


def saved_and_loaded(tmp_path, value):
    nn.save_checkpoint(tmp_path / "b", value=value)
    return nn.load_checkpoint(tmp_path / "b")["value"]


def test_states_that_are_not_asked_for_are_returned(tmp_path):
    run = Run("momentum", "PCG64", 0)
    nn.save_checkpoint(tmp_path / "a", model=run.model, optimizer=run.optimizer)
    rest = nn.load_checkpoint(tmp_path / "a", model=Run("momentum", "PCG64", 1).model)
    assert same(rest, {"optimizer": run.optimizer.state_dict()})


@pytest.mark.parametrize(("value", "message"), [
    ({1, 2}, "value is a set"), (object(), "value is a object"), ({"a": [lambda: 0]}, "value/a/0 is a function"),
    ({3: 1}, "value has the key 3"), ({"$array": 1}, r"the key '\$array'"), (np.array(["a"]), "value has dtype <U1"),
])
def test_what_cannot_be_saved_is_named(tmp_path, value, message):
    with pytest.raises(DTypeError, match=message):
        nn.save_checkpoint(tmp_path / "a", value=value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", ["optimizer", "rng", "missing", "plain"])
def test_a_part_that_does_not_fit_leaves_all_as_they_were(tmp_path, wrong):
    run, other = Run("adam", "PCG64", 0), Run("adam", "PCG64", 1)
    run.fit(epochs=1)
    nn.save_checkpoint(tmp_path / "a", model=run.model, optimizer=run.optimizer, rng=run.rng, epoch=1)
    parts = {"model": other.model, "rng": other.rng, "optimizer": other.optimizer} | {
        "optimizer": {"optimizer": optim.SGD(other.model, lr=0.1)},
        "rng": {"rng": np.random.Generator(np.random.MT19937(0))},
        "missing": {"scheduler": other.scheduler},
        "plain": {"epoch": 0},
    }[wrong]
    before = other.everything()
    with pytest.raises(AutogradError, match={"missing": "no 'scheduler'", "plain": "epoch is a int"}.get(wrong)):
        nn.load_checkpoint(tmp_path / "a", **parts)
    assert same(before, other.everything())


def test_models_with_other_random_layers_are_refused(tmp_path):
    nn.save_checkpoint(tmp_path / "a", model=nn.Sequential(nn.Dropout(0.5)))
    with pytest.raises(nn.StateError, match="random layers are others: here none"):
        nn.load_checkpoint(tmp_path / "a", model=nn.Sequential(nn.ReLU()))


def test_other_data_is_refused(tmp_path):
    run = Run("adam", "PCG64", 0)
    run.fit(nn.Checkpoint(tmp_path / "a"), epochs=1)
    with pytest.raises(nn.StateError, match="of 40 samples, the data has 50"):
        nn.fit(run.model, nn.CrossEntropyLoss(), run.optimizer, (X, Y), epochs=2, scheduler=run.scheduler,
               callbacks=[run.stopping], validation=(X, Y), progress=False, resume=tmp_path / "a")


def test_a_run_is_not_resumed_from_nothing(tmp_path):
    run = Run("adam", "PCG64", 0)
    before = run.everything()
    with pytest.raises(FileNotFoundError):
        run.fit(resume=tmp_path / "none")
    assert same(before, run.everything())


def test_weights_and_checkpoints_are_not_mixed_up(tmp_path):
    model = nn.Linear(2, 2)
    nn.save(model, tmp_path / "weights")
    nn.save_checkpoint(tmp_path / "checkpoint", model=model)
    with pytest.raises(nn.FileError, match=r"nn\.load\(path\)"):
        nn.load_checkpoint(tmp_path / "weights", model=model)
    with pytest.raises(nn.FileError, match=r"nn\.load_checkpoint"):
        nn.load(tmp_path / "checkpoint", model)


@pytest.mark.parametrize("text", ["", "[", "3", '{"a": {"$array": "none"}}', '{"a": {"$array": []}}', "[" * 99999])
def test_a_checkpoint_that_says_nonsense_is_a_broken_file(tmp_path, text):
    files.write(tmp_path / "a", {}, {"checkpoint": text})
    with pytest.raises(nn.FileError):
        nn.load_checkpoint(tmp_path / "a")


def test_the_arrays_can_be_read_by_name_elsewhere(tmp_path):
    from safetensors.numpy import load_file

    model = nn.Linear(2, 3)
    nn.save_checkpoint(tmp_path / "a", model=model, epoch=3)
    np.testing.assert_array_equal(load_file(tmp_path / "a")["model/state/weight"], model.weight.numpy())
    assert json.loads(files.read(tmp_path / "a")[1]["checkpoint"])["epoch"] == 3
