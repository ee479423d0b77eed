"""The strategies draw what they promise, and what fails shrinks to something short."""

import importlib
import sys

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.testing import GradcheckError, gradcheck
from autograd_core.testing.layouts import LAYOUTS, big_endian, repeated
from autograd_core.testing.samples import samples

hypothesis = pytest.importorskip("hypothesis", reason="the strategies need hypothesis")
assume, find, given, settings, st = (
    hypothesis.assume, hypothesis.find, hypothesis.given, hypothesis.settings, hypothesis.strategies)

from autograd_core.testing import strategies  # noqa: E402  # after the check that hypothesis is there
from autograd_core.testing.strategies import Interval  # noqa: E402
from autograd_core.testing.strategies.numbers import FEW, operands  # noqa: E402

INTERVALS = [Interval(-1.0, 2.0, kinks=(0.0,)), Interval(0.1, 4.0), Interval(5.1, 5.4), Interval(-1e6, 1e9),
             Interval(0.0, 1e-9), Interval(-0.75, 0.25), Interval(-2.6, 2.6, kinks=(-2.0, -1.0, 0.0, 1.0, 2.0))]


def shrunk(strategy, condition=lambda drawn: True):
    """The simplest example there is."""
    return find(strategy, condition, settings=settings(database=None, max_examples=500))


# Arrays


@given(st.sampled_from(INTERVALS), st.data())
def test_elements_lie_in_the_interval_apart_and_off_its_kinks(interval, data):
    x = data.draw(strategies.arrays(interval=interval))
    assert x.dtype == np.float64
    assert ((x >= interval.low) & (x <= interval.high)).all()
    assert all((np.abs(x - kink) >= 0.1).all() for kink in interval.kinks)
    gaps = np.diff(np.sort(x.ravel()))
    assert (gaps > (interval.high - interval.low) / (100 * max(1, x.size))).all()


@given(strategies.arrays(shape=(FEW + 1, 2)))
def test_large_arrays_are_drawn_too(x):
    assert x.shape == (FEW + 1, 2)
    assert np.unique(x).size == x.size


@pytest.mark.parametrize("interval", [Interval(1.0, 1.0), Interval(2.0, 1.0), Interval(0.0, np.inf),
                                      Interval(np.nan, 1.0), Interval(1.0, 1.0 + 1e-15)])
def test_an_interval_without_room_is_refused(interval):
    with pytest.raises(ValueError, match="low must be below high"):
        shrunk(strategies.arrays(interval=interval))


def test_arrays_shrink_to_few_elements_and_simple_numbers():
    assert shrunk(strategies.arrays()).tolist() == 0.25
    assert shrunk(strategies.arrays(), lambda x: x.size > 2).tolist() == [0.25, -0.75, 1.25]
    assert shrunk(strategies.arrays(), lambda x: (x > 1).any()).tolist() in (1.25, 1.125)  # a few bits, in any case


@given(strategies.arrays(shape=strategies.shapes(max_dims=1, max_side=5, min_side=0),
                         dtype=st.sampled_from([np.float16, np.float32])))
def test_shape_and_dtype_can_be_drawn(x):
    assert x.ndim <= 1
    assert x.dtype in (np.float16, np.float32)


@given(strategies.tensors(shape=(3,), dtype=np.float32, name="x"), strategies.tensors(requires_grad=False))
def test_tensors(x, constant):
    assert (x.shape, x.dtype, x.name, x.requires_grad) == ((3,), np.float32, "x", True)
    assert not constant.requires_grad


@given(st.integers(1, 4), st.data())
def test_groups_broadcast_and_share_no_element(count, data):
    group = data.draw(strategies.broadcastable(count, min_side=0))
    assert len(group) == count
    np.broadcast_shapes(*(x.shape for x in group))
    everything = np.concatenate([x.ravel() for x in group])
    assert np.unique(everything).size == everything.size


def test_groups_shrink_together():
    x, y = shrunk(strategies.broadcastable(2), lambda xs: xs[0].ndim > xs[1].ndim)
    assert (x.tolist(), y.tolist()) == ([0.25], -0.75)


def test_intervals_in_a_group_keep_to_their_operand():
    x, y = shrunk(operands([Interval(5.1, 5.4), Interval(2.1, 2.4)], [(2,), ()]))
    assert ((x > 5) & (y < 3)).all()


# Layouts


@given(strategies.arrays(), strategies.layouts())
def test_layouts_keep_the_values(x, layout):
    np.testing.assert_array_equal(layout(x), x)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_differ(name):
    x = np.arange(6.0).reshape(2, 3)
    y = LAYOUTS[name](x)
    assert y.strides != x.strides or y.flags.writeable != x.flags.writeable
    assert repeated(x).strides == (0, 0)
    assert big_endian(x).dtype.byteorder == ">"


@settings(max_examples=20)
@given(strategies.arrays(), strategies.layouts(), st.integers(0, 100))
def test_a_users_test_is_three_lines(x, layout, seed):
    gradcheck(lambda x: ag.sin(x) * x, layout(x), seed=seed, directions=1)


def test_the_byte_order_of_other_machines_changes_no_derivative():
    """Of any function of the table, in the tensor, in what stands beside it and in the seed."""
    for entry in TABLE.values():
        for sample in samples(entry, np.random.default_rng(0)):
            for i in [i for i, x in enumerate(sample.operands) if x.dtype.kind == "f"]:
                native, swapped = (gradient(sample, i, order) for order in (np.asarray, big_endian))
                assert swapped.dtype.isnative
                np.testing.assert_allclose(swapped, native, rtol=1e-14, err_msg=str(sample))


def gradient(sample, i, layout):
    laid_out = [layout(x) for x in sample.operands]
    laid_out[i] = ag.tensor(laid_out[i], requires_grad=True)
    y = sample(*laid_out)
    (g,) = ag.gradients(y, laid_out[i], layout(np.linspace(1, 2, y.size).reshape(y.shape)))
    return g.numpy()


# Special values


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_special_values_reach_every_kind_of_number(dtype):
    drawn = strategies.special_values(dtype=dtype)
    limits = np.finfo(dtype)
    for there in (np.isnan, np.isposinf, np.isneginf, lambda x: np.signbit(x) & (x == 0), lambda x: x == limits.max,
                  lambda x: (x > 0) & (x < limits.tiny), lambda x: x == 2.5):
        assert shrunk(drawn, lambda x, there=there: there(x).any()).dtype == dtype


@given(strategies.special_values(shape=(4,), finite=True))
def test_special_values_can_be_finite(x):
    assert np.isfinite(x).all()


# Calls


@settings(max_examples=60)
@given(strategies.calls())
def test_calls_of_the_whole_table_are_right(sample):
    gradcheck(sample, *sample.operands, directions=1)


def test_calls_keep_options_and_print_as_code():
    sample = shrunk(strategies.calls("cumsum"), lambda s: s.options == {"axis": 0})
    assert repr(sample).startswith("cumsum(array([[ 0.25 , -0.75 ,  1.25 ],")
    assert repr(sample).endswith(", axis=0)")
    np.testing.assert_array_equal(sample(*sample.operands).numpy(), np.cumsum(*sample.operands, axis=0))


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="'sigmoyd'; near it: sigmoid"):
        strategies.calls("sigmoyd")


# Programs


@settings(max_examples=30)
@given(strategies.programs(max_steps=5, smooth=True))
def test_smooth_programs_pass_gradcheck(program):
    with np.errstate(all="ignore"):
        assume(np.abs(program(*map(ag.tensor, program.inputs)).item()) < 1e100)
    gradcheck(program, *program.inputs, directions=1)


@settings(max_examples=50)
@given(strategies.programs())
def test_a_program_prints_as_the_code_that_it_runs(program):
    printed = {}
    with np.errstate(all="ignore"):
        exec(repr(program), printed)  # ends with a backward pass
        leaves = [ag.tensor(x, requires_grad=True) for x in program.inputs]
        program(*leaves).backward()
    for i, leaf in enumerate(leaves):
        np.testing.assert_array_equal(printed[f"v{i}"].grad.numpy(), leaf.grad.numpy())


def test_programs_can_do_without_writes_and_bends():
    pure = strategies.programs(writes=False, smooth=True)
    with pytest.raises(hypothesis.errors.NoSuchExample):
        find(pure, lambda p: any(step.writes or step.op in ("relu", "maximum") for step in p.steps),
             settings=settings(database=None, max_examples=200))


def test_programs_shrink_to_the_steps_that_matter():
    def reads_what_was_written(program):
        written = [step.values[0] for step in program.steps if step.op == "write_multiply"]
        return any(step.op == "tanh" and step.values[0] in written for step in program.steps)

    program = shrunk(strategies.programs(), reads_what_was_written)
    assert sorted(map(str, program.steps)) == ["ag.tanh(v0)", "v0 *= v0"]
    assert [x.tolist() for x in program.inputs] == [0.25]


def test_a_wrong_derivative_is_shown_at_a_simple_array():
    @ag.custom_derivative(x=lambda g, x, y: g * y * np.where(x < 1, 1.0, 0.5))
    def wrong(x):
        return np.exp(x)

    @settings(database=None, max_examples=50)
    @given(strategies.arrays())
    def users_test(x):
        gradcheck(wrong, x, order=1, directions=1)

    with pytest.raises(GradcheckError) as caught:
        users_test()
    shown = "".join(caught.value.__notes__)
    assert "x=array(1.25)" in shown or "x=array(1.125)" in shown


def test_without_hypothesis_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, strategies.__name__)
    with pytest.raises(ImportError, match=r'pip install "\.\[testing\]"'):
        importlib.import_module(strategies.__name__)
