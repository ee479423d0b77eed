"""What a text that was typed stands for, and when a number becomes a tensor."""

import math

import numpy as np
import pytest

import autograd_core as ag
from viz.command_line.arguments import UsageError, arguments_of, plain_ints, value


def test_values():
    rng = np.random.default_rng(0)
    for text, expected in (("2", 2), ("-1e-3", -1e-3), ("True", True), ("None", None), ("'a b'", "a b"),
                           ("inf", np.inf), ("-Inf", -np.inf), ("[1, 2.5]", [1, 2.5]), ("data/x.csv", "data/x.csv"),
                           ("['a','b']", ["a", "b"]), (str(10**25), 1e25)):
        assert value(text, "x", rng) == expected
    assert math.isnan(value("-nan", "x", rng))
    assert value("zeros()", "x", rng).shape == ()
    assert value("ones(2, 3)", "x", rng).sum() == 6
    assert value("uniform(5)", "x", rng).min() >= 0


@pytest.mark.parametrize("text", ["[1,[2,3]]", "normal(", "normal(a)", "a b", "", "__import__('os')", "lambda: 0",
                                  "1/2", "-x", "1j", "{1:2}", "{1}", "b'x'", "[1, None]", "{[]: 1}", "1" * 400])
def test_what_is_no_value(text):
    with pytest.raises(UsageError, match="not a number, a list of numbers"):
        value(text, "x", np.random.default_rng(0))


def given(function, **typed):
    return arguments_of(function, typed, "file.py:function")


@pytest.mark.parametrize("default", [1.5, [1.0, 2], (1.0, 2.0), [[1.0], [2.0]], np.ones(3), np.arange(3),
                                     np.float32(2)])
def test_defaults_that_become_tensors(default):
    x = given(lambda x=default: x).arguments["x"]
    assert isinstance(x, ag.Tensor)
    assert x.requires_grad
    assert x.name == "x"
    np.testing.assert_array_equal(x.data, default)


@pytest.mark.parametrize("default", [1, True, (1, 2), [0], "mean", None, [1.0, "a"], [[1.0], [2.0, 3.0]], [],
                                     np.ones(2) > 0])
def test_defaults_that_stay(default):
    assert given(lambda x=default: x).arguments["x"] is default


def test_lists_typed_for_lists_of_ints_stay_unless_they_have_floats():
    def function(axes=(0, 1)): ...

    assert given(function, axes="[1, 0]").arguments["axes"] == [1, 0]
    assert isinstance(given(function, axes="[1.5, 0]").arguments["axes"], ag.Tensor)


def test_a_default_that_is_a_number_can_be_none_but_no_text():
    def function(x=1.0, how="sum", n: int = 3): ...

    assert given(function, x="None").arguments["x"] is None
    assert given(function, how="mean").arguments["how"] == "mean"
    for name in ("x", "n"):
        with pytest.raises(UsageError, match=rf"{name}=mean: {name} is a number in function\(x=1\.0"):
            given(function, **{name: "mean"})


def test_ints_that_nobody_said_are_meant_so():
    def function(x=-2, y=5.0, flag=True, n: int = 3, z=0): ...

    assert plain_ints(given(function, z="4")) == ["x=-2", "z=4"]
