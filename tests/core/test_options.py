"""Checks of options: what passes comes back as a plain number; what does not has an error of its own class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import options
from autograd_core.errors import DTypeError, OptionError


@given(value=st.floats(allow_nan=False) | st.integers(-(2**63), 2**63 - 1), as_given=st.sampled_from(
    [lambda x: x, np.asarray, np.float64, lambda x: ag.tensor(float(x))]))
def test_a_number_comes_back_as_a_float(value, as_given):
    found = options.number("X: x", as_given(value))
    assert type(found) is float
    assert found == float(value)


@given(value=st.integers(-(2**63), 2**63 - 1))
def test_an_integer_comes_back_as_an_int_if_it_is_large_enough(value):
    for given_value in (value, np.int64(value)):
        assert options.integer("X: n", given_value) == value
        assert type(options.integer("X: n", given_value, least=value)) is int
        with pytest.raises(OptionError, match=f"X: n={value}; expected at least {value + 1}"):
            options.integer("X: n", value, least=value + 1)


@pytest.mark.parametrize("value", ["1", b"1", True, np.True_, None, 1j, np.complex128(1), [1.0], np.ones(1), {}])
@pytest.mark.parametrize("check", [options.number, options.at_least_0, options.above_0, options.from_0_to_1,
                                   options.integer, options.two_at_least_0])
def test_what_is_no_number_is_a_dtype_error(check, value):
    with pytest.raises(DTypeError, match="X: x="):
        check("X: x", value)


@pytest.mark.parametrize(("check", "value", "message"), [
    (options.number, np.nan, "nan; expected a number, not NaN"),
    (options.number, 10**400, "is an integer too large for a float"),
    (options.integer, 10**400, "is an integer too large for an int64"),
    (options.integer, -(2**63) - 1, "too large for an int64"),
    (options.at_least_0, -1e-300, "-1e-300; expected a finite number, at least 0"),
    (options.at_least_0, np.inf, "inf; expected a finite number"),
    (options.above_0, 0, "0; expected a finite number above 0"),
    (options.from_0_to_1, 1.1, "1.1; expected a number from 0 to 1"),
    (options.two_at_least_0, (0.5, -1), r"X: x\[1\]=-1; expected"),
])
def test_what_is_out_of_range_is_an_option_error(check, value, message):
    with pytest.raises(OptionError, match=message):
        check("X: x", value)


def test_a_flag_is_true_or_false():
    assert options.flag("X: x", np.True_) is True
    for value in ("no", 0, None, np.ones(1)):
        with pytest.raises(DTypeError, match="expected True or False"):
            options.flag("X: x", value)
