"""fit is the loop that one writes by hand; and it looks at the data first."""

import os
import signal
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import optim
from autograd_core.errors import AutogradError, DTypeError, MissingExtraError, OptionError, ShapeError

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3)).astype("f4")
Y = (X[:, 0] > X[:, 1]).astype(int)
TRAIN, HELD_OUT = (X[:40], Y[:40]), (X[40:], Y[40:])
LOSS = nn.CrossEntropyLoss()


def classifier(p=0.0, hidden=8):
    return nn.Sequential(nn.Linear(3, hidden, rng=0), nn.Tanh(), nn.Dropout(p, rng=1), nn.Linear(hidden, 2, rng=2))


def fitted(model=None, optimizer=None, data=TRAIN, **options):
    model = model or classifier()
    given = {"epochs": 3, "batch_size": 8, "rng": 0, "progress": False} | options
    loss = given.pop("loss", LOSS)
    return model, nn.fit(model, loss, optimizer or optim.Adam(model, lr=0.01), data, **given)


def state(model):
    return {name: array.tobytes() for name, array in model.state_dict().items()}


# The loop

def test_it_is_the_loop_written_by_hand():
    model = classifier(p=0.5)
    optimizer, rng = optim.Adam(model, lr=0.01), np.random.default_rng(0)
    losses = []
    for _ in range(3):
        total = 0.0
        for x, y in nn.batches(*TRAIN, 8, rng=rng):
            optimizer.zero_grad()
            loss = LOSS(model(x), y)
            loss.backward()
            optimizer.step()
            total += float(loss) * len(x)
        losses.append(total / 40)
    same, history = fitted(classifier(p=0.5))
    assert state(model) == state(same)
    assert history["loss"] == losses


@settings(max_examples=20)
@given(batch=st.integers(1, 12), accumulate=st.integers(1, 12))
def test_accumulated_batches_are_one_large_batch(batch, accumulate):
    """Also where the last one, or the last group, is smaller."""
    def run(**sizes):
        model = classifier().to(np.float64)
        history = fitted(model, optim.SGD(model, lr=0.1), (X[:40].astype(float), Y[:40]), epochs=2, **sizes)[1]
        return model.state_dict(), history

    (one, history), (other, again) = run(batch_size=batch, accumulate=accumulate), run(batch_size=batch * accumulate)
    for name, array in one.items():
        np.testing.assert_allclose(array, other[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history["loss"], again["loss"], rtol=1e-9)


def test_what_is_measured():
    def largest(output, y):
        assert isinstance(output, np.ndarray)
        return output.max()

    model, history = fitted(validation=HELD_OUT, metrics=["accuracy", largest])
    assert list(history) == ["loss", "accuracy", "largest", "val_loss", "val_accuracy", "val_largest"]
    assert {len(values) for values in history.values()} == {3}
    assert history.reason == "all 3 epochs are done"
    found = nn.evaluate(model, LOSS, HELD_OUT, metrics=["accuracy"])
    assert found["loss"] == pytest.approx(history["val_loss"][-1], rel=1e-6)
    assert found["accuracy"] == pytest.approx(history["val_accuracy"][-1])
    wanted = (model.eval()(HELD_OUT[0]).numpy().argmax(1) == HELD_OUT[1]).mean()
    assert found["accuracy"] == pytest.approx(wanted)


def test_modes_are_restored_and_gradients_gone():
    model = classifier(p=0.5)
    model[2].eval()
    modes = []
    fitted(model, validation=HELD_OUT, callbacks=[lambda training: modes.append(training.model.training)])
    assert [module.training for module in model.modules()] == [True, True, True, False, True]
    assert modes == [True] * 3
    assert all(p.grad is None for p in model.parameters())


def test_validation_does_not_change_what_is_learned():
    one, other = fitted(classifier(0.5))[0], fitted(classifier(0.5), validation=HELD_OUT, metrics=["accuracy"])[0]
    assert state(one) == state(other)


def test_floats_become_those_of_the_parameters():
    model, _ = fitted(data=(X[:40].astype(float), Y[:40]))
    assert state(model) == state(fitted()[0])


def test_a_loss_with_parameters_is_learned_and_may_be_a_function():
    model, loss = classifier(), nn.Linear(2, 2, rng=5)
    before = state(loss)

    class Learned(nn.Module):
        def __init__(self):
            self.head = loss

        def forward(self, output, y):
            return LOSS(self.head(output), y)

    criterion = Learned()
    fitted(model, optim.SGD([*criterion.named_parameters(), *model.named_parameters()], lr=0.1), loss=criterion)
    assert state(loss) != before
    penalty = nn.L2(0.01)
    assert fitted(loss=lambda output, y: LOSS(output, y) + penalty(model), model=model)[1]["loss"]


def test_no_epochs_and_a_resumed_end_do_nothing():
    model = classifier()
    before = state(model)
    assert fitted(model, epochs=0)[1] == {}
    assert state(model) == before


@pytest.mark.parametrize(("every", "count"), [("epoch", 3), ("step", 15)])
def test_when_a_scheduler_steps(every, count):
    model = classifier()
    optimizer = optim.Adam(model, lr=1.0)
    scheduler = optim.ExponentialLR(optimizer, 0.9)
    fitted(model, optimizer, scheduler=scheduler, scheduler_every=every)
    assert optimizer.lr == pytest.approx(0.9**count)


@pytest.mark.parametrize("validation", [None, HELD_OUT])
def test_a_scheduler_that_asks_for_the_loss_gets_it(validation):
    seen = []

    class Plateau:
        def step(self, metrics, epoch=None):
            seen.append(metrics)

    _, history = fitted(scheduler=Plateau(), validation=validation)
    assert seen == history["val_loss" if validation else "loss"]


# Accuracy

@pytest.mark.parametrize(("loss", "output", "y", "expected"), [
    (nn.CrossEntropyLoss(), [[1.0, 2.0], [2.0, 1.0]], [1, 1], 0.5),
    (nn.CrossEntropyLoss(), [[1.0, 2.0], [2.0, 1.0]], [[0.1, 0.9], [0.8, 0.2]], 1.0),
    (nn.CrossEntropyLoss(), np.arange(12.0).reshape(2, 3, 2), [[2, 2], [2, 0]], 0.75),
    (nn.BCEWithLogitsLoss(), [0.1, -0.1, 3.0, -3.0], [1, 1, 1, 0], 0.75),
    (nn.BCELoss(), [0.1, 0.6, 0.9, 0.2], [1, 1, 1, 0], 0.75),
    (nn.AttributeHingeLoss(), [[0.1, -0.2], [0.3, 0.4]], [[1, -1], [-1, 1]], 0.75),
])
def test_accuracy_knows_the_loss(loss, output, y, expected):
    found = nn.evaluate(nn.Identity(), loss, (np.asarray(output), np.asarray(y)), metrics=["accuracy"])
    assert found["accuracy"] == expected


def test_accuracy_refuses_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"output of shape \(3, 1\) for targets of shape \(4,\)"):
        nn.accuracy(np.ones((3, 1)), np.ones(4))


@given(size=st.integers(1, 25))
def test_the_batch_size_of_an_evaluation_does_not_matter(size):
    model = classifier(0.5)
    one, other = (nn.evaluate(model, LOSS, (X, Y), batch_size=n, metrics=["accuracy"]) for n in (size, 60))
    assert one == pytest.approx(other)
    assert model.training


def test_an_evaluation_that_fails_restores_the_modes():
    model = classifier()
    with pytest.raises(ShapeError):
        nn.evaluate(model, LOSS, (np.ones((4, 7)), Y[:4]))
    assert model.training
    assert ag.is_grad_enabled()


# Callbacks

def test_early_stopping_goes_back_to_the_best():
    states = []
    values = iter([3.0, 2.0, 1.0, float("nan"), 1.5, 1.2, 0.5])

    def score(output, y):
        return next(values)

    score.__name__ = "error"
    model, history = fitted(epochs=20, batch_size=40, metrics=[score], callbacks=[
        lambda training: states.append(state(training.model)), nn.EarlyStopping("error", patience=3)])
    assert len(history["error"]) == 6
    assert history.reason == "error has not got better since epoch 3"
    assert state(model) == states[2] != states[5]


def test_early_stopping_upwards_and_without_restoring():
    values = iter([0.5, 0.6, 0.6, 0.6])
    stopping = nn.EarlyStopping("score", better="higher", patience=2, restore_best=False)

    def score(output, y):
        return next(values)

    states = []
    model, history = fitted(epochs=20, batch_size=40, metrics=[score],
                            callbacks=[stopping, lambda training: states.append(state(training.model))])
    assert (stopping.best_epoch, len(history["score"])) == (2, 4)
    assert state(model) == states[-1]
    values = iter([0.1] * 9)
    assert len(fitted(epochs=20, batch_size=40, metrics=[score], callbacks=[stopping])[1]["score"]) == 3


def test_the_best_checkpoint_is_kept(tmp_path):
    pytest.importorskip("safetensors", reason="needs safetensors: pip install '.[files]'")
    values = iter([3.0, 1.0, 2.0])

    def error(output, y):
        return next(values)

    fitted(batch_size=40, metrics=[error], callbacks=[nn.Checkpoint(tmp_path / "a", monitor="error")])
    assert nn.load_checkpoint(tmp_path / "a")["training"]["epoch"] == 2


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.EarlyStopping("val_loss"), "'val_loss' will not be measured; there are 'loss'. For validation"),
    (lambda: nn.Checkpoint("a", monitor="accuracy"), "monitor='accuracy' will not be measured"),
    (lambda: nn.EarlyStopping("score"), "is a better 'score' lower or higher"),
    (lambda: nn.EarlyStopping(patience=0), "patience=0"),
    (lambda: nn.EarlyStopping(min_delta=-1), "min_delta=-1"),
    (lambda: nn.Checkpoint("a", every=0), "every=0"),
    (lambda: nn.Checkpoint("a", every_steps=0), "every_steps=0"),
    (lambda: nn.EarlyStopping, "expected a Callback"),
    (lambda: "stop", "expected a Callback"),
])
def test_callbacks_that_make_no_sense(make, message):
    model = classifier()
    before = state(model)
    with pytest.raises(AutogradError, match=message):
        fitted(model, callbacks=[make()])
    assert state(model) == before


# Ctrl-C

def test_ctrl_c_ends_training_between_two_steps():
    steps = []

    class Interrupting(nn.ReLU):  # in the middle of the seventh step
        def forward(self, x):
            if len(steps) == 6 and x.requires_grad:
                os.kill(os.getpid(), signal.SIGINT)
            return super().forward(x)

    class Counting(nn.Callback):
        def on_step_end(self, training):
            steps.append(state(training.model))

    model = nn.Sequential(nn.Linear(3, 4, rng=0), Interrupting(), nn.Linear(4, 2, rng=1))
    model, history = fitted(model, callbacks=[Counting()], epochs=99)
    assert (len(history["loss"]), len(steps)) == (1, 7)
    assert history.reason == "interrupted by Ctrl-C"
    assert state(model) == steps[-1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_does_not_wait():
    def metric(output, y):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("not reached")

    model, history = fitted(metrics=[metric])
    assert history.reason == "interrupted by Ctrl-C"
    assert all(p.grad is None for p in model.parameters())
    assert model.training
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_signals_are_left_alone():
    found = []
    thread = threading.Thread(target=lambda: found.append(fitted()[1]))
    thread.start()
    thread.join()
    assert len(found[0]["loss"]) == 3


# What is said

def test_the_bar_shows_loss_metrics_and_rate(capsys):
    pytest.importorskip("tqdm", reason="needs tqdm: pip install '.[progress]'")
    fitted(progress=True, metrics=["accuracy"], validation=HELD_OUT)
    shown = capsys.readouterr().err
    assert "epoch 3/3: 100%" in shown
    assert all(word in shown for word in ("samples/s", "loss ", "accuracy ", "val_accuracy "))


def test_without_tqdm_there_is_a_line_an_epoch(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    fitted(progress=True, metrics=["accuracy"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert all("loss " in line and "accuracy " in line and line.endswith("samples/s") for line in lines)


def test_it_can_be_silent(capsys):
    fitted()
    assert capsys.readouterr() == ("", "")


def test_the_history_draws_itself(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="needs matplotlib: pip install '.[plot]'")
    _, history = fitted(validation=HELD_OUT, metrics=["accuracy"])
    figure = history.plot(tmp_path / "history.png")
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert [line.get_label() for line in figure.axes[1].lines] == ["training", "validation"]
    np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), history["val_loss"])
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ShapeError, match="empty"):
        nn.History().plot()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"\.\[plot\]"):
        history.plot()


# The data

def spoilt(value):
    x = X[:40].copy()
    x[7, 1] = value
    return x


PARTS = nn.split(X, Y, validation=0.2, test=0.2, rng=0)


@pytest.mark.parametrize(("data", "message"), [
    ((spoilt(np.nan), Y[:40]), r"fit: x has NaN or inf in 1 of 40 samples, first nan at \(7, 1\)"),
    ((spoilt(np.inf), Y[:40]), r"first inf at \(7, 1\)"),
    ((X[:40], np.where(np.arange(40) == 3, np.nan, Y[:40])), r"fit: y has NaN or inf in 1 of 40 samples, .* \(3,\)"),
    ((X[:40], Y[:39]), "40 samples of x, but 39 of y"),
    ((X[:40], None), "there are no targets"),
    ((X[:0], Y[:0]), r"x has shape \(0, 3\)"),
    ((1.0, 2.0), r"x has shape \(\)"),
    ((np.array([["a"]]), Y[:1]), "x has dtype <U1"),
    (X, "expected a Split or"),
    ((X[:40], Y[:40] * 7), r"target\[\d\] is 7, but the classes are 0 to 1"),
    ((X[:40], Y[:40] - 1), r"target\[\d\] is -1, but the classes are 0 to 1"),
    ((X[:40], Y[:40].astype(float)), "expected integer labels"),
    ((np.ones((40, 5), "f4"), Y[:40]), "linear: an input of shape"),
    (PARTS.test, "this is the test split"),
    (PARTS.validation, "this is the validation split"),
])
def test_bad_data_is_named_before_any_step(data, message):
    model = classifier(0.5)
    before, noise = state(model), model[2].rng.bit_generator.state
    with pytest.raises(AutogradError, match=message):
        fitted(model, data=data)
    assert state(model) == before
    assert model[2].rng.bit_generator.state == noise
    assert model.training


def test_bad_labels_are_found_wherever_they_are():
    for place in range(40):
        y = Y[:40].copy()
        y[place] = 2
        with pytest.raises(AutogradError, match="but the classes are 0 to 1") as caught:
            fitted(data=(X[:40], y), epochs=0)
        assert any(f"{place}" in note for note in caught.value.__notes__)


def test_a_test_split_is_no_validation_data():
    with pytest.raises(OptionError, match="fit: validation: this is the test split"):
        fitted(data=PARTS.train, validation=PARTS.test)
    history = fitted(data=PARTS.train, validation=PARTS.validation)[1]
    assert len(history["val_loss"]) == 3
    nn.evaluate(classifier(), LOSS, PARTS.test)


@pytest.mark.parametrize(("options", "message"), [
    ({"loss": nn.CrossEntropyLoss(reduction="none")}, r"the loss has shape \(\d,\)"),
    ({"loss": lambda output, y: LOSS(output, y) * np.nan}, "the loss is nan before the first step"),
    ({"epochs": -1}, "epochs=-1"), ({"batch_size": 0}, "batch_size=0"), ({"accumulate": 0}, "accumulate=0"),
    ({"scheduler_every": "batch"}, "scheduler_every='batch'"), ({"metrics": ["f1"]}, "metrics: 'f1'"),
    ({"optimizer": optim.Adam(classifier())}, "holds no parameter of this model"), ({"rng": "seed"}, "rng: expected"),
    ({"loss": lambda output, y: None}, "the loss returned None"), ({"loss": lambda output, y: 1.0}, "returned 1.0"),
    ({"loss": nn.CrossEntropyLoss}, "loss is the class CrossEntropyLoss"), ({"loss": "mse"}, "loss='mse'"),
    ({"optimizer": optim.SGD}, "optimizer is the class SGD"), ({"optimizer": 0.1}, "optimizer=0.1"),
    ({"callbacks": nn.EarlyStopping("loss")}, "callbacks=.*pass a list"), ({"callbacks": print}, "pass a list"),
    ({"scheduler": optim.StepLR(optim.SGD(classifier(), lr=0.1), 1)}, "scheduler sets the rates of another optimizer"),
])
def test_bad_options_are_named_before_any_step(options, message):
    model = classifier()
    before = state(model)
    with pytest.raises(AutogradError, match=message):
        fitted(model, **options)
    assert state(model) == before


def test_an_optimizer_that_needs_a_closure_is_refused():
    model = classifier()
    with pytest.raises(DTypeError, match=r"fit: LBFGS\.step needs a closure"):
        fitted(model, optim.LBFGS(model))


@pytest.mark.parametrize("model", [classifier, nn.Sequential, LOSS.forward])
def test_only_modules_are_trained(model):
    with pytest.raises(DTypeError, match="fit: model"):
        nn.fit(model, LOSS, optim.SGD(classifier(), lr=0.1), TRAIN, epochs=1)


def test_unscaled_features_are_warned_of():
    wide, large = X[:40] * [1, 1e-4, 1], X[:40] * 100
    with pytest.warns(nn.DataWarning, match=r"feature [02] has a standard deviation of .*, feature 1 of .*e-05"):
        fitted(data=(wide, Y[:40]))
    with pytest.warns(nn.DataWarning, match="x is large: its root mean square is"):
        fitted(data=(large, Y[:40]))
    model = nn.Sequential(nn.Standardize(3).fit(wide), classifier())
    fitted(model, data=(wide, Y[:40]))  # is scaled by the model
    fitted(nn.Sequential(nn.BatchNorm1d(3), classifier()), data=(large, Y[:40]))
    fitted(data=(X[:40] * [1, 0, 1], Y[:40]))  # a constant feature has no spread


def test_pixels_as_integers_are_large_and_indices_are_not():
    x = np.random.default_rng(0).integers(0, 256, (40, 1, 2, 2), np.uint8)
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, rng=0))
    with pytest.warns(nn.DataWarning, match="x is large"):
        fitted(model, data=(x, Y[:40]))
    words = nn.Sequential(nn.Embedding(256, 3, rng=0), nn.Flatten(), nn.Linear(12, 2, rng=0))
    fitted(words, data=(x.reshape(40, 4).astype(int), Y[:40]))


def test_a_difference_that_would_broadcast_is_warned_of():
    model = nn.Linear(3, 1)
    with pytest.warns(nn.DataWarning, match="every prediction against every target"):
        fitted(model, data=(X[:40], X[:40, 0]), loss=lambda output, y: ((output - y) ** 2).mean())
    fitted(model, data=(X[:40], X[:40, :1]), loss=lambda output, y: ((output - y) ** 2).mean())


def test_metrics_must_be_known():
    with pytest.raises(OptionError, match="metrics: 3; expected"):
        nn.evaluate(classifier(), LOSS, HELD_OUT, metrics=[3])
