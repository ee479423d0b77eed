"""Every row of the tables in docs/conventions.md, run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

PAGE = Path(__file__).parents[2] / "docs" / "conventions.md"


def rows(section: str) -> list[Any]:
    """The rows of the table under a heading, as dictionaries by column name, backquotes taken off."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    header, _, *body = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    found = [dict(zip(header, cells, strict=True)) for cells in body]
    return [pytest.param(row, id=f"{next(iter(row.values()))}".replace(" ", "-")) for row in found]


NUMBERS = {"nan": np.nan, "inf": np.inf, "np": np}
MAKERS = {
    "f32": lambda data: ag.tensor(data, dtype=np.float32, requires_grad=True),
    "f64": lambda data: ag.tensor(data, dtype=np.float64, requires_grad=True),
    "n32": lambda data: np.array(data, np.float32),
    "n64": lambda data: np.array(data, np.float64),
    "i64": lambda data: np.array(data, np.int64),
    "z": lambda *shape: ag.tensor(np.ones(shape), requires_grad=True),
}
OURS = {name: getattr(ag, name) for name in ag.__dict__ if not name.startswith("_")}
OURS |= {"amax": ag.max, "amin": ag.min, "abs": abs} | NUMBERS | MAKERS


def tuple_of(text: str, names: dict[str, Any]) -> tuple[Any, ...]:
    """Comma-separated values as a tuple, also when there is only one."""
    return eval(f"({text},)", names)  # the page is ours


def run(row: dict[str, str], names: dict[str, Any], leaves: dict[str, Any]) -> tuple[Any, list[Any]]:
    with np.errstate(all="ignore"):
        value = eval(row["Function"], names | leaves)
        value.backward(np.ones(value.shape) if names is OURS else names["ones_like"](value))
    return value, [leaf.grad for leaf in leaves.values()]


def same(got: Any, expected: Any) -> None:
    got = np.asarray(got.detach() if hasattr(got, "detach") else got)
    np.testing.assert_array_equal(got, np.asarray(expected, got.dtype), strict=True)


@pytest.mark.parametrize("row", rows("Kinks, ties and edges"))
def test_kinks(row: dict[str, str]) -> None:
    at = eval(f"dict({row['At']})", dict(NUMBERS))
    leaves = {name: ag.tensor(data, dtype=float, requires_grad=True) for name, data in at.items()}
    value, gradients = run(row, OURS, leaves)
    same(value, eval(row["Value"], dict(NUMBERS)))
    for got, expected in zip(gradients, tuple_of(row["Gradients"], dict(NUMBERS)), strict=True):
        same(got, expected)


@pytest.mark.parametrize("row", rows("Kinks, ties and edges"))
def test_what_is_said_of_pytorch(row: dict[str, str]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed: see CONTRIBUTING.md")
    names = torch.__dict__ | {"abs": abs} | NUMBERS
    at = eval(f"dict({row['At']})", dict(NUMBERS))
    leaves = {name: torch.tensor(data, dtype=torch.float64, requires_grad=True) for name, data in at.items()}
    _, gradients = run(row, names, leaves)
    said = row["Gradients"] if row["PyTorch"] == "same" else row["PyTorch"]
    assert row["PyTorch"] != row["Gradients"], "say 'same'"
    for got, expected in zip(gradients, tuple_of(said, dict(NUMBERS)), strict=True):
        same(got, expected)


@pytest.mark.parametrize("row", rows("Dtypes"))
def test_dtypes(row: dict[str, str]) -> None:
    leaves = eval(f"dict({row['At']})", dict(OURS))
    value, gradients = run(row, OURS, leaves)
    assert str(value.dtype) == row["Result"]
    assert ", ".join(str(g.dtype) for g in gradients) == row["Gradients"]


@pytest.mark.parametrize("row", rows("Shapes"))
def test_shapes(row: dict[str, str]) -> None:
    leaves = eval(f"dict({row['At']})", dict(OURS))
    value, gradients = run(row, OURS, leaves)
    assert str(value.shape) == row["Result"]
    assert ", ".join(str(g.shape) for g in gradients) == row["Gradients"]


@pytest.mark.parametrize("row", rows("Refusals"))
def test_refusals(row: dict[str, str]) -> None:
    with pytest.raises(ag.AutogradError) as raised:
        eval(row["Call"], dict(OURS))
    assert type(raised.value).__name__ == row["Error"]
    assert row["Also a"] in {cls.__name__ for cls in type(raised.value).__mro__}
