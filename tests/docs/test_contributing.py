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
from autograd_core.testing.samples import samples

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
NAME = "gaussian"


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


def test_the_example_is_right_to_second_order_over_its_domain(entry: Entry) -> None:
    drawn = list(samples(entry, np.random.default_rng(0)))
    assert drawn
    for sample in drawn:
        assert gradcheck(sample, *sample.operands, order=2).passed


def test_what_its_docstring_says_is_true(entry: Entry) -> None:
    assert "tensor(1.)" in (entry.function.__doc__ or "")
    assert repr(entry.function(0.0)) == "tensor(1.)"


def test_the_example_records_under_its_name_and_keeps_float32(entry: Entry) -> None:
    a = ag.tensor([1.0, 2.0], dtype="float32", requires_grad=True)
    y = entry.function(a)
    assert y.node is not None
    assert y.node.primitive.name == NAME
    y.sum().backward()
    assert (y.dtype, a.grad.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(a.grad.numpy(), -2 * a.numpy() * np.exp(-(a.numpy() ** 2)), rtol=1e-6)


def test_the_example_leaves_nothing_behind() -> None:
    assert NAME not in TABLE
