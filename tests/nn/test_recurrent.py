"""RNN, LSTM, GRU and their cells: sequences as steps one by one, lengths, second derivatives, errors."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.testing import gradcheck
from nn.layers import recurrences

KINDS = ["RNN", "LSTM", "GRU"]
kinds = st.sampled_from(KINDS)
sizes = st.integers(1, 4)


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def flat(output):
    """Outputs and last states, one after the other."""
    y, last = output
    return [y, *(last if isinstance(last, tuple) else [last])]


def with_gradients(layer, x, *args, **options):
    """Outputs, last states, and all gradients of a weighted sum of them, as arrays."""
    layer.zero_grad()
    x = ag.tensor(x, requires_grad=True)
    outputs = flat(layer(x, *args, **options))
    weights = normal(1, *(y.shape for y in outputs))
    sum((y * w).sum() for y, w in zip(outputs, weights, strict=True)).backward()
    return [y.numpy() for y in outputs], [x.grad.numpy(), *(p.grad.numpy() for p in layer.parameters())]


def array(x):
    return x.numpy() if isinstance(x, ag.Tensor) else x


def assert_all_close(found, expected):
    for a, b in zip(map(array, found), map(array, expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@given(kinds, sizes, st.integers(1, 5), sizes, st.integers(0, 99))
def test_a_layer_is_its_cell_step_by_step(kind, features, steps, units, seed):
    layer = getattr(nn, kind)(features, units, rng=seed).to(np.float64)
    cell = getattr(nn, f"{kind}Cell")(features, units)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(cell, name, getattr(layer, f"{name}_l0"))
    (x,) = normal(seed, (steps, 2, features))

    def by_steps(x):
        state, states = None, []
        for t in range(steps):
            state = cell(x[t], state)
            states.append(state[0] if kind == "LSTM" else state)
        return ag.stack(states), tuple(s[None] for s in state) if kind == "LSTM" else state[None]

    by_steps.zero_grad, by_steps.parameters = layer.zero_grad, layer.parameters
    for found, expected in zip(with_gradients(layer, x), with_gradients(by_steps, x), strict=True):
        assert_all_close(found, expected)


@settings(max_examples=30)
@given(kinds, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.booleans(), st.integers(0, 99))
def test_padding_is_never_looked_at(kind, lengths, bidirectional, seed):
    layer = getattr(nn, kind)(2, 3, 2, bidirectional=bidirectional, rng=seed).to(np.float64)
    (x,) = normal(seed, (5, len(lengths), 2))
    for i, length in enumerate(lengths):
        x[length:, i] = np.nan
    outputs, (x_grad, *gradients) = with_gradients(layer, x, lengths=lengths)
    for i, length in enumerate(lengths):
        alone = flat(layer(x[:length, i]))
        assert_all_close([outputs[0][:length, i], *(last[:, i] for last in outputs[1:])], alone)
        assert not outputs[0][length:, i].any()
        assert not x_grad[length:, i].any()
    assert all(np.isfinite(g).all() for g in (x_grad, *gradients))


@pytest.mark.parametrize("kind", KINDS)
def test_full_lengths_change_nothing(kind):
    layer = getattr(nn, kind)(2, 3, bidirectional=True, batch_first=True, rng=0).to(np.float64)
    (x,) = normal(0, (3, 4, 2))
    full = with_gradients(layer, x, lengths=ag.tensor([4, 4, 4]))
    for found, expected in zip(full, with_gradients(layer, x), strict=True):
        assert_all_close(found, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_may_be_cut_and_its_state_handed_on(kind):
    layer = getattr(nn, kind)(2, 3, num_layers=2, rng=0).to(np.float64)
    (x,) = normal(0, (6, 2, 2))
    whole, last = layer(x)
    first, state = layer(x[:4])
    second, final = layer(x[4:], state)
    assert_all_close([ag.concatenate([first, second])], [whole])
    assert_all_close(flat((second, final))[1:], flat((whole, last))[1:])


def test_nothing_looks_ahead_in_time():
    layer = nn.LSTM(2, 3, num_layers=2, rng=0)
    x = ag.tensor(normal(0, (5, 1, 2))[0], requires_grad=True)
    (gradient,) = ag.gradients(layer(x)[0][2].sum(), x)
    assert gradient.numpy()[:3].all()
    assert not gradient.numpy()[3:].any()


@pytest.mark.parametrize("kind", KINDS)
def test_large_inputs_saturate_without_a_warning(kind):
    layer = getattr(nn, kind)(2, 3, rng=0)
    outputs, gradients = with_gradients(layer, np.array([[[1e4, -1e4]], [[-1e4, 1e4]]]))
    assert all(np.isfinite(array).all() for array in (*outputs, *gradients))


@pytest.mark.parametrize("relu", [False, True])
def test_the_recurrence_of_rnn_passes_gradcheck_to_second_order(relu):
    gradcheck(lambda *xs: recurrences.rnn(*xs, relu=relu), *normal(0, (3, 2, 2), (2, 2), (2, 2)), order=2)


def test_the_recurrence_of_lstm_passes_gradcheck_to_second_order():
    gradcheck(recurrences.lstm, *normal(0, (3, 2, 8), (8, 2), (2, 2), (2, 2)), order=2)


def test_the_recurrence_of_gru_passes_gradcheck_to_second_order():
    gradcheck(recurrences.gru, *normal(0, (3, 2, 6), (6, 2), (6,), (2, 2)), order=2)


def test_dropout_acts_between_layers_in_training_only():
    layer = nn.GRU(2, 50, num_layers=2, dropout=0.5, rng=0)
    x = np.ones((3, 1, 2), np.float32)
    again = copy.deepcopy(layer)
    trained, repeated = layer(x)[0].numpy(), again(x)[0].numpy()
    np.testing.assert_array_equal(trained, repeated)  # the seed decides
    assert (trained != layer(x)[0].numpy()).any()
    np.testing.assert_array_equal(layer.eval()(x)[0].numpy(), layer(x)[0].numpy())
    one = nn.GRU(2, 50)
    with pytest.warns(UserWarning, match="GRU: dropout=0.5 acts between layers, and there is only one"):
        two = nn.GRU(2, 50, dropout=0.5)
    two.load_state_dict(one.state_dict())
    np.testing.assert_array_equal(one(x)[0].numpy(), two(x)[0].numpy())


def test_weights_start_uniform_within_one_over_root_hidden():
    layer = nn.LSTM(30, 100, bidirectional=True, rng=0)
    for _, parameter in layer.named_parameters():
        values = parameter.numpy()
        assert np.abs(values).max() <= 0.1
        assert abs(values.std() - 0.1 / np.sqrt(3)) < 0.006
    twin = nn.LSTM(30, 100, bidirectional=True, rng=0)
    np.testing.assert_array_equal(layer.weight_hh_l0_reverse.numpy(), twin.weight_hh_l0_reverse.numpy())


# Errors

@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: nn.LSTM(0, 2), OptionError, "LSTM: input_size=0; expected at least 1"),
    (lambda: nn.GRU(2, 2.0), DTypeError, r"GRU: hidden_size=2\.0; expected an integer"),
    (lambda: nn.RNN(2, 2, nonlinearity="elu"), OptionError, "RNN: nonlinearity='elu'; expected 'tanh' or 'relu'"),
    (lambda: nn.RNNCell(2, 2, nonlinearity="elu"), OptionError, "RNNCell: nonlinearity='elu'"),
    (lambda: nn.GRU(2, 2, 2, dropout=1.5), OptionError, r"GRU: dropout=1\.5; expected a number from 0"),
    (lambda: nn.GRUCell(2, -1), OptionError, "GRUCell: hidden_size=-1; expected at least 1"),
])
def test_bad_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(("args", "options", "error", "message"), [
    ((np.zeros((4, 2, 5)),), {}, ShapeError, r"LSTM: input of shape \(4, 2, 5\); expected \(steps, batch, 3\)"),
    ((np.zeros(3),), {}, ShapeError, r"LSTM: input of shape \(3,\)"),
    ((np.zeros((0, 2, 3)),), {}, ShapeError, r"LSTM: input of shape \(0, 2, 3\) has no steps"),
    ((np.zeros((4, 2, 3)), np.zeros((1, 2, 2))), {}, DTypeError, r"LSTM: hx is a ndarray; expected the pair"),
    ((np.zeros((4, 2, 3)), (np.zeros((1, 2, 2)), np.zeros((1, 1, 2)))), {}, ShapeError,
     r"LSTM: c_0 of shape \(1, 1, 2\); expected \(1, 2, 2\)"),
    ((np.zeros((4, 2, 3)),), {"lengths": [1.0, 2.0]}, DTypeError, "LSTM: lengths of dtype float64; expected integers"),
    ((np.zeros((4, 2, 3)),), {"lengths": [1]}, ShapeError, r"LSTM: lengths of shape \(1,\); expected \(2,\)"),
    ((np.zeros((4, 2, 3)),), {"lengths": [5, 1]}, ShapeError, r"LSTM: lengths \[5, 1\]; expected 1 to 4"),
    ((np.zeros((4, 2, 3)),), {"lengths": [0, 1]}, ShapeError, r"LSTM: lengths \[0, 1\]; expected 1 to 4"),
])
def test_bad_inputs_are_named(args, options, error, message):
    with pytest.raises(error, match=message):
        nn.LSTM(3, 2)(*args, **options)


def test_bad_inputs_of_cells_are_named():
    with pytest.raises(ShapeError, match=r"LSTMCell: input of shape \(4, 5\); expected \(3,\) or \(batch, 3\)"):
        nn.LSTMCell(3, 2)(np.zeros((4, 5)))
    with pytest.raises(ShapeError, match=r"GRUCell: a state of shape \(2,\); expected \(4, 2\)"):
        nn.GRUCell(3, 2)(np.zeros((4, 3)), np.zeros(2))
