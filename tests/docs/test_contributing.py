"""The op that CONTRIBUTING.md adds, added."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.derivatives.define import NUMPY, TABLE, Entry
from autograd_core.testing import gradcheck

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
NAME = "logaddexp"


@pytest.fixture
def entry() -> Iterator[Entry]:
    """What the page's code block registers, and afterwards no longer."""
    assert NAME not in TABLE, f"{NAME} is in the table now: CONTRIBUTING.md needs another example"
    table, numpy = dict(TABLE), dict(NUMPY)
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {"__name__": "contributed"}
    try:
        exec(compile(block, str(PAGE), "exec"), names)  # the page is ours
        yield TABLE[NAME]
    finally:
        for registry, before in ((TABLE, table), (NUMPY, numpy)):
            registry.clear()
            registry.update(before)  # type: ignore[arg-type]  # each with its own


@pytest.mark.parametrize("shapes", [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (3,))])
def test_the_example_is_right_to_second_order_over_its_domain(entry: Entry, shapes: Any) -> None:
    rng = np.random.default_rng(0)
    operands = [
        rng.uniform(interval.low, interval.high, shape)
        for interval, shape in zip(entry.over.intervals, shapes, strict=True)
    ]
    assert gradcheck(entry.function, *operands, order=2).passed


def test_numpy_finds_the_example(entry: Entry) -> None:
    a = ag.tensor([1000.0, -1000.0, 0.0], requires_grad=True)
    y = np.logaddexp(a, np.zeros(3))
    np.testing.assert_array_equal(y.numpy(), np.logaddexp(a.numpy(), 0))
    y.sum().backward()
    np.testing.assert_array_equal(a.grad.numpy(), [1.0, 0.0, 0.5])
    assert entry.function(a, 0.0).node.primitive.name == NAME


def test_what_its_docstring_says_is_true(entry: Entry) -> None:
    assert "tensor(0.69314718)" in entry.function.__doc__
    assert repr(entry.function(0.0, 0.0)) == "tensor(0.69314718)"


def test_the_example_keeps_float32(entry: Entry) -> None:
    a = ag.tensor([1.0, 2.0], dtype="float32", requires_grad=True)
    y = entry.function(a, 0.5)
    y.sum().backward()
    assert (y.dtype, a.grad.dtype) == (np.float32, np.float32)


def test_the_example_leaves_nothing_behind() -> None:
    assert NAME not in TABLE
    assert np.logaddexp not in NUMPY
