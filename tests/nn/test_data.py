"""Splits and minibatches: nothing is lost, repeated or mixed up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_core.errors import OptionError, ShapeError


@given(count=st.integers(6, 60), validation=st.floats(0, 0.4), test=st.floats(0, 0.4), seed=st.integers(0, 9))
def test_a_split_divides_all_samples_with_their_targets(count, validation, test, seed):
    x = np.arange(count)
    parts = nn.split(x, -x, validation=validation, test=test, rng=seed)
    assert sorted(np.concatenate([part.x for part in parts])) == x.tolist()
    assert [len(part.x) for part in parts[1:]] == [round(validation * count), round(test * count)]
    assert [part.role for part in parts] == ["train", "validation", "test"]
    for part, again in zip(parts, nn.split(x, -x, validation=validation, test=test, rng=seed), strict=True):
        np.testing.assert_array_equal(part.y, -part.x)
        np.testing.assert_array_equal(part.x, again.x)


@given(count=st.integers(0, 40), size=st.integers(1, 50))
def test_batches_hold_every_sample_once(count, size):
    x = np.arange(count)
    parts = list(nn.batches(x, x * 2, size, rng=0))
    assert sorted(i for part, _ in parts for i in part) == x.tolist()
    assert all(len(part) == size for part, _ in parts[:-1])
    assert all((y == 2 * part).all() for part, y in parts)


def test_a_generator_goes_on_from_epoch_to_epoch():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate([x for (x,) in nn.batches(np.arange(50), None, 8, rng=rng)]) for _ in range(2))
    assert (first != second).any()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.split(np.arange(3), np.arange(4)), "3 samples of x, but y has shape"),
    (lambda: nn.split(np.arange(3), test=1.0), "test=1.0"),
    (lambda: nn.split(np.arange(2), test=0.9), "leaves none to train on"),
    (lambda: nn.split(3.0), "single number"),
    (lambda: list(nn.batches(np.arange(3), None, 0)), "size=0"),
])
def test_what_is_refused(call, message):
    with pytest.raises((OptionError, ShapeError), match=message):
        call()
